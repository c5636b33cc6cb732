"""A pattern that finds nothing that another one does not find too.

In: a policy. Out: a finding a pattern. Told only where it is certain by what is listed: every term, text
and link of the one stands in the other, at the same level of evasions, and neither takes anything away. A
pattern that names another (`a or b`) contains it on purpose and is no finding, nor are the packs' patterns.
"""

from __future__ import annotations

from solon.compiler.analyses.listed import spelling
from solon.compiler.analyses.places import in_pack
from solon.compiler.analyses.presence import shape_within
from solon.compiler.analyses.question import Question
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic

CODE = "pattern-swallowed"

Listed = dict[tuple[str, ...], set[object]]
"""What a pattern lists, by kind and level."""


def swallowed(question: Question) -> list[Diagnostic]:
    """A finding for each pattern whose every entry another pattern has."""
    patterns = {one.name: one for one in question.policy.patterns}
    every = {name: _listed(one.root) for name, one in patterns.items()}
    listed = {name: one for name, one in every.items() if one is not None}
    having: dict[tuple[tuple[str, ...], object], set[str]] = {}
    for name, kinds in listed.items():
        for kind, entries in kinds.items():
            for entry in entries:
                having.setdefault((kind, entry), set()).add(name)
    found: list[Diagnostic] = []
    told: set[str] = set()
    for name, kinds in sorted(listed.items()):
        if in_pack(patterns[name].place):
            continue
        wider = _wider(name, kinds, listed, having) - told
        if wider:
            told.add(name)
            found.append(_finding(question, patterns[name], patterns[min(wider)]))
    return found


def _listed(root: ir.PatternNode) -> Listed | None:
    """All that a pattern lists; None where it is more than lists."""
    found: Listed = {}
    for part in root.parts if isinstance(root, ir.AnyOf) else (root,):
        match part:
            case ir.Words(terms=terms, level=level):
                entries: set[object] = {(spelling(one.text), one.open_left, one.open_right) for one in terms}
                found.setdefault(("words", level), set()).update(entries)
            case ir.Text(literals=literals, exact=exact, level=level):
                found.setdefault(("text", "exact" if exact else level), set()).update(literals)
            case ir.Url(shapes=shapes, level=level):
                found.setdefault(("url", level), set()).update(shapes)
            case _:
                return None
    return found


def _wider(
    name: str,
    kinds: Listed,
    listed: dict[str, Listed],
    having: dict[tuple[tuple[str, ...], object], set[str]],
) -> set[str]:
    """The patterns that have every entry: as it is, or for a link a shape around it."""
    wider: set[str] | None = None
    for kind, entries in kinds.items():
        for entry in entries:
            here = having[kind, entry] - {name}
            if kind[0] == "url" and isinstance(entry, ir.UrlShape):
                here = here | _around(entry, kind, name, listed)
            wider = here if wider is None else wider & here
            if not wider:
                return set()
    return wider or set()


_AROUND_MAX = 200


def _around(shape: ir.UrlShape, kind: tuple[str, ...], name: str, listed: dict[str, Listed]) -> set[str]:
    """The patterns with a link shape that has all links of this one."""
    found = set()
    for other, kinds in listed.items():
        shapes = kinds.get(kind, ())
        if other == name or len(shapes) > _AROUND_MAX:
            continue
        if any(isinstance(one, ir.UrlShape) and shape_within(shape, one) for one in shapes):
            found.add(other)
    return found


def _finding(question: Question, pattern: ir.Pattern, wider: ir.Pattern) -> Diagnostic:
    return Diagnostic(
        CODE,
        question.name_of(pattern),
        f"all that the pattern `{pattern.name}` finds, `{wider.name}` finds too",
        secondary=((question.name_of(wider), "lists the same and maybe more"),),
        help=(f"write `{wider.name}` as `{pattern.name} or …`, or take one of them out",),
    )
