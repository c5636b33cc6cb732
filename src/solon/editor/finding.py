"""What stands under the cursor, where it is declared, where it is used, and how it can be given another
name.

In: a view of a policy and a place. Out: occurrences, or edits of all files that use the name. A rule that
gets another name remembers the one that it had, by `was`, so that its history follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from solon.dsl import syntax
from solon.dsl.files import PACKS, inside
from solon.dsl.source import Span
from solon.editor.occurrences import Kind, Occurrence, occurrences
from solon.editor.workspace import View

__all__ = ["CannotRename", "TextEdit", "all_of", "at", "declaration", "rename", "used_file"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
_DOTTED = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*\Z")
NAMES_CHARS_MAX = 200
_NOUNS: dict[Kind, str] = {
    "fact": "a fact", "define": "a define", "score": "a score", "pattern": "a pattern", "rule": "a rule",
    "former": "a former name", "exemption": "an exemption", "action": "an action", "label": "a label",
    "value": "a value", "file": "a file",
}  # fmt: skip


class CannotRename(Exception):
    """Why not, in the author's words."""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """The text of `span` becomes `text`."""

    span: Span
    text: str


def at(view: View, path: str, offset: int) -> Occurrence | None:
    """The name that the cursor stands in, or directly behind."""
    file = next((one for one in view.files if one.path == path), None)
    if file is None:
        return None
    near = [item for item in file.items if item.span.start <= offset <= item.span.end]
    found = [
        one
        for one in occurrences(near, view.names, dict(view.sources))
        if one.span.start <= offset <= one.span.end
    ]
    # Behind one name and before another: the one that begins here is meant.
    return max(found, key=lambda one: one.span.start, default=None)


def all_of(view: View, wanted: Occurrence) -> list[Occurrence]:
    """Every place where the same thing is named, in the order of files and lines."""
    found = [
        one
        for file in view.files
        for one in occurrences(file.items, view.names, dict(view.sources))
        if one.key == wanted.key
    ]
    return sorted(found, key=lambda one: one.span)


def declaration(view: View, wanted: Occurrence) -> Span | None:
    """Where it is declared; for a rule's former name the rule as it is called now."""
    names, name = view.names, wanted.name
    tables = {
        "fact": names.facts, "define": names.defines, "score": names.scores, "pattern": names.patterns,
        "rule": names.rules, "exemption": names.exemptions,
    }  # fmt: skip
    if wanted.kind == "former":
        return wanted.span
    if wanted.kind in tables:
        node = tables[wanted.kind].get(name)  # type: ignore[attr-defined]
        return None if node is None else node.name.span
    if wanted.kind == "file":
        return None
    same = all_of(view, wanted)
    declared = [one for one in same if one.declares]
    return declared[0].span if declared else same[0].span if same and wanted.kind == "label" else None


def used_file(view: View, path: str, wanted: Occurrence) -> Span | None:
    """The start of the file that a `use` names."""
    used = inside(path, wanted.name)
    return Span(used, 0, 0) if used is not None and used in view.sources else None


def rename(view: View, wanted: Occurrence, new: str) -> list[TextEdit]:
    """The edits that give it another name everywhere. Raises CannotRename with the reason."""
    broken = next((file.path for file in view.files if file.broken), None)
    if broken is not None:
        raise CannotRename(f"`{broken}` has mistakes; mend them first, or uses in them would be left behind")
    _check_name(view, wanted, new)
    same = all_of(view, wanted)
    edits = [TextEdit(one.span, new) for one in same]
    if wanted.kind == "rule":
        rule = view.names.rules.get(wanted.name)
        if rule is not None:
            edits += _remembered(view, rule, wanted.name, new)
    return edits


def _check_name(view: View, wanted: Occurrence, new: str) -> None:
    noun = _NOUNS[wanted.kind]
    if wanted.kind in {"file", "former"}:
        raise CannotRename(f"{noun} cannot be renamed here")
    if len(new) > NAMES_CHARS_MAX or not (_DOTTED if wanted.kind == "fact" else _NAME).match(new):
        raise CannotRename(f"`{new[:40]}` is no name: small letters, digits and `_`, a letter first")
    if new == wanted.name:
        return
    declared = declaration(view, wanted)
    if declared is None:
        raise CannotRename(f"nothing declares `{wanted.name}`")
    if declared.source_path.startswith(PACKS):
        raise CannotRename(f"`{wanted.name}` ships with Solon and keeps its name")
    names = view.names
    asked: dict[str, object] = {**names.facts, **names.defines, **names.scores}
    taken: dict[Kind, dict[str, object]] = {
        "fact": asked, "define": asked, "score": asked, "pattern": {**names.patterns},
        "rule": {**names.rules}, "exemption": {**names.exemptions},
    }  # fmt: skip
    if wanted.kind in taken:
        clash = new in taken[wanted.kind]
    else:
        clash = any(
            one.name == new and one.kind == wanted.kind and one.of == wanted.of
            for file in view.files
            for one in occurrences(file.items, names)
        )
    if clash and wanted.kind != "label":
        raise CannotRename(f"there is already {noun} `{new}`")
    heir = names.former.get(new)
    if wanted.kind == "rule" and heir is not None and heir != wanted.name:
        raise CannotRename(f"`{new}` is the former name of `{heir}`, whose history it has")


def _remembered(view: View, rule: syntax.Rule, old: str, new: str) -> list[TextEdit]:
    """The edit that puts the old name into the rule's `was`; a name that it had before comes out of it."""
    clauses = syntax.clauses(rule.clauses, syntax.Was)
    former = [name for clause in clauses for name in clause.names]
    again = next((name for name in former if name.text == new), None)
    if again is not None:
        return [TextEdit(again.span, old)]
    if former:
        end = former[-1].span.end
        return [TextEdit(Span(rule.span.source_path, end, end), f", {old}")]
    if not rule.clauses:
        return []
    last = rule.clauses[-1]
    source = view.sources[rule.span.source_path]
    end = last.span.end
    here = Span(source.path, end, end)
    first_line = source.position(rule.span.start).line
    if source.position(last.span.start).line == first_line:
        return [TextEdit(here, f"  was {old}")]
    # On a line of its own, in the columns of the clause before it; a comment keeps its place.
    line = source.position(end).line
    written = source.line_text(line)
    start = source.offset(line, 1) + len(written)
    own = source.line_text(source.position(last.span.start).line)
    indent = own[: len(own) - len(own.lstrip())]
    word, gap = _first_word(own)
    closes_here = source.position(rule.span.end).line == line
    if closes_here:
        return [TextEdit(here, f"  was {old}")]
    return [TextEdit(Span(source.path, start, start), f"\n{indent}{'was'.ljust(len(word) + gap)}{old}")]


def _first_word(line: str) -> tuple[str, int]:
    """The first word of a line and the white space after it."""
    found = re.match(r"\s*(\w+)(\s*)", line)
    return (found[1], max(len(found[2]), 1)) if found else ("was", 1)
