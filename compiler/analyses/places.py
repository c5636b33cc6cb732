"""Places of the IR as spans of the sources, and what a condition names.

In: `ir.Place` or a condition. Out: what a diagnostic underlines; the facts, patterns and scores to speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from solon.compiler.decision.walk import walk
from solon.dsl import ir
from solon.dsl.source import Source, Span

Sources = Mapping[str, Source]

PACKS = "std/"
"""Files that ship with Solon start so; their authors are not here to read a finding."""


def span_of(place: ir.Place, sources: Sources) -> Span:
    """The characters from the first to the last of a place."""
    source = sources[place.file]
    start = source.offset(place.line, place.column)
    return Span(place.file, start, max(start, source.offset(place.end_line, place.end_column)))


def name_span(named: ir.Rule | ir.Exemption | ir.Pattern, sources: Sources) -> Span:
    """The name of a rule, an exemption or a pattern where it is defined: the second word of its place."""
    whole = span_of(named.place, sources)
    text = sources[whole.source_path].text[whole.start : whole.end]
    found = re.match(rf"\w+\s+({re.escape(named.name)})\b", text)
    return (
        whole
        if found is None
        else Span(whole.source_path, whole.start + found.start(1), whole.start + found.end(1))
    )


def in_pack(place: ir.Place) -> bool:
    """Was it written in a file that ships with Solon?"""
    return place.file.startswith(PACKS)


@dataclass(frozen=True, slots=True)
class Names:
    """What some conditions look at."""

    facts: frozenset[str]
    patterns: frozenset[str]


def names_in(conditions: Iterable[ir.Condition | None], scores: Mapping[str, ir.Score]) -> Names:
    """The facts and patterns that conditions name, through defines and scores."""
    facts: set[str] = set()
    patterns: set[str] = set()
    roots = [one for one in conditions if one is not None]
    seen: set[str] = set()
    while roots:
        atoms = list(walk(roots))
        roots = []
        for atom in atoms:
            match atom:
                case ir.ScoreCompare(score=score):
                    if score not in seen:
                        seen.add(score)
                        entries = scores[score].entries
                        roots += [one.when for one in entries if one.when is not None]
                        patterns |= {one.per_match_of for one in entries if one.per_match_of is not None}
                case ir.Contains(field=field, pattern=pattern):
                    patterns.add(pattern)
                    if field is not None:
                        facts.add(field)
                case ir.Count(pattern=pattern) | ir.MessageIs(pattern=pattern):
                    patterns.add(pattern)
                case ir.Constant() | ir.Length():
                    pass
                case _:
                    facts.add(atom.fact)
    return Names(frozenset(facts), frozenset(patterns))


def listed(names: Iterable[str]) -> str:
    """ "`a`, `b` and `c`", "`a`, `b` and 3 more" where there are many."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > 4:
        quoted = [*quoted[:3], f"{len(quoted) - 3} more"]
    if len(quoted) < 2:
        return "".join(quoted)
    return ", ".join(quoted[:-1]) + " and " + quoted[-1]
