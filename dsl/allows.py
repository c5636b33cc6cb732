"""Warnings that a line silences: `# allow(code, code): reason` at its end.

In: what there is to say about a policy, and its sources. Out: the rest of it, what was silenced, and warnings
about comments that silence nothing: a code that nobody needs hides the next finding of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from solon.dsl.codes import CODES
from solon.dsl.diagnostics import Diagnostic, Fix, closest
from solon.dsl.files import PACKS
from solon.dsl.lexemes import scan
from solon.dsl.source import Source, Span

_ALLOW = re.compile(r"#[ \t]*allow[ \t]*\(([^()]*)\)[ \t]*(:[ \t]*\S)?")

CODE = "unused-allow"

BY_THE_DAY = frozenset({"exemption-expired", "exemption-expires-soon", CODE})
"""Codes of which nobody can say today that they will not be needed tomorrow."""


@dataclass(frozen=True, slots=True)
class Allow:
    """One comment: its place, its line, and the codes that it names, each with its place."""

    span: Span
    line: int
    codes: tuple[tuple[str, Span], ...]
    has_reason: bool


def allows_in(source: Source) -> Iterator[Allow]:
    """The comments of a source that allow something, with or without a reason."""
    if "allow" not in source.text:
        return
    for lexeme in scan(source.text):
        found = _ALLOW.search(lexeme.text) if lexeme.kind == "comment" else None
        if found is not None:
            start = lexeme.start + found.start(1)
            codes = tuple(
                (one.group(), Span(source.path, start + one.start(), start + one.end()))
                for one in re.finditer(r"[^\s,](?:[^,]*[^\s,])?", found[1])
            )
            whole = Span(source.path, lexeme.start, lexeme.end)
            yield Allow(whole, source.position(lexeme.start).line, codes, found[2] is not None)


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is left to say, and what a line silences."""

    left: tuple[Diagnostic, ...]
    silenced: tuple[Diagnostic, ...]


def sort_out(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Sorted:
    """Errors are never silenced; a warning is where its own line allows its code, with a reason."""
    allowed: dict[str, dict[int, set[str]]] = {}
    left: list[Diagnostic] = []
    silenced: list[Diagnostic] = []
    for one in diagnostics:
        path = one.span.source_path
        source = sources.get(path)
        if one.is_error or source is None:
            left.append(one)
            continue
        if path not in allowed:
            allowed[path] = {}
            for allow in allows_in(source):
                if allow.has_reason:
                    allowed[path].setdefault(allow.line, set()).update(code for code, _ in allow.codes)
        is_allowed = one.code in allowed[path].get(source.start(one.span).line, ())
        (silenced if is_allowed else left).append(one)
    return Sorted(tuple(left), tuple(silenced))


def unused_allows(
    silenced: Iterable[Diagnostic],
    sources: Mapping[str, Source],
    root_path: str,
    looked_for: Collection[str],
) -> list[Diagnostic]:
    """Warnings about comments that silence nothing.

    `looked_for` are the codes of which all findings are known. Whether another root file needs a comment of
    a file that several of them use cannot be known here: in those only what is never right is told.
    """
    needed = {
        (one.span.source_path, sources[one.span.source_path].start(one.span).line, one.code)
        for one in silenced
    }
    found: list[Diagnostic] = []
    for path, source in sources.items():
        if not path.startswith(PACKS):
            for allow in allows_in(source):
                found += _about(allow, source, needed, looked_for, path == root_path)
    return found


def _about(
    allow: Allow,
    source: Source,
    needed: Collection[tuple[str, int, str]],
    looked_for: Collection[str],
    is_root: bool,
) -> Iterator[Diagnostic]:
    if not allow.has_reason:
        help = ("write the reason after a colon: `# allow(code): the reason`",)
        yield Diagnostic(CODE, allow.span, "this silences nothing, for it gives no reason", help=help)
        return
    if not allow.codes:
        yield Diagnostic(CODE, allow.span, "this silences nothing, for it names no code")
    for code, span in allow.codes:
        if code not in CODES:
            meant = closest(code, CODES)
            label = f"did you mean `{meant}`?" if meant else None
            fix = Fix(span, meant) if meant else None
            yield Diagnostic(CODE, span, f"there is no code `{code}`", label, fix=fix)
        elif CODES[code].severity == "error":
            yield Diagnostic(CODE, span, f"`{code}` is an error, which cannot be silenced")
        elif (source.path, allow.line, code) in needed or code not in looked_for or code in BY_THE_DAY:
            continue
        elif is_root:
            fix = Fix(_with_space(allow.span, source), "", certain=True) if len(allow.codes) == 1 else None
            message = f"there is no `{code}` on this line to be allowed"
            yield Diagnostic(CODE, span, message, help=("take it out",), fix=fix)


def _with_space(span: Span, source: Source) -> Span:
    """The comment and the white space before it."""
    start = span.start
    while start > 0 and source.text[start - 1] in " \t":
        start -= 1
    return Span(span.source_path, start, span.end)
