"""What an editor offers for a mistake: the fix that it carries, or a comment that allows a warning.

In: diagnostics, the texts. Out: actions, each with its edits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from solon.dsl.diagnostics import Diagnostic
from solon.dsl.files import PACKS
from solon.dsl.source import Source, Span
from solon.editor.finding import TextEdit

__all__ = ["Action", "actions"]

SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Action:
    """`preferred` is the one that a hurried author would take."""

    title: str
    diagnostic: Diagnostic
    edits: tuple[TextEdit, ...]
    preferred: bool


def actions(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Iterator[Action]:
    """The fixes first, then what silences a warning."""
    listed = list(found)
    for one in listed:
        if one.fix is not None and not one.fix.span.source_path.startswith(PACKS):
            yield Action(_title(one, sources), one, (TextEdit(one.fix.span, one.fix.replacement),), True)
    for one in listed:
        source = sources.get(one.span.source_path)
        if not one.is_error and source is not None and one.code != "unused-allow":
            edit = _allowing(one, source)
            if edit is not None:
                yield Action(f"allow `{one.code}` on this line", one, (edit,), False)


def _title(one: Diagnostic, sources: Mapping[str, Source]) -> str:
    assert one.fix is not None
    source = sources.get(one.fix.span.source_path)
    old = "" if source is None else " ".join(source.text_of(one.fix.span).split())
    new = " ".join(one.fix.replacement.split())
    if not new:
        return f"take out `{_cut(old)}`"
    return f"write `{_cut(new)}` for `{_cut(old)}`" if old else f"put in `{_cut(new)}`"


def _allowing(one: Diagnostic, source: Source) -> TextEdit | None:
    line = source.position(one.span.start).line
    text = source.line_text(line)
    if "#" in text:  # the line has a comment, or a string with a sign like it: the author's to decide
        return None
    end = source.offset(line, 1) + len(text.rstrip())
    return TextEdit(Span(source.path, end, end), f"  # allow({one.code}): ")


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"
