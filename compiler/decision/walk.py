"""Walks over conditions that visit each shared part once: an expanded define may stand in a condition a
thousand times, and defines of defines would make a plain recursion exponential."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solon.dsl import ir

Atom = (
    ir.Constant
    | ir.FactIs
    | ir.FactCompare
    | ir.FactIn
    | ir.FactHas
    | ir.FactStartsWith
    | ir.Known
    | ir.Contains
    | ir.Count
    | ir.Length
    | ir.MessageIs
    | ir.ScoreCompare
)


def walk(conditions: Iterable[ir.Condition]) -> Iterator[Atom]:
    """Each atom of the conditions; a part that stands in several places (the same object) comes once."""
    pending = list(conditions)
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ir.And(parts=parts) | ir.Or(parts=parts):
                pending.extend(parts)
            case ir.Not(part=part) | ir.Defined(part=part):
                pending.append(part)
            case _:
                yield node


def conditions_of(policy: ir.Policy) -> list[ir.Condition]:
    """Every condition that a decision may evaluate."""
    found: list[ir.Condition] = []
    for rule in policy.rules:
        found.append(rule.when)
        if rule.unless is not None:
            found.append(rule.unless)
        found.extend(notice.when for notice in rule.notices if notice.when is not None)
    found.extend(exemption.when for exemption in policy.exemptions)
    for score in policy.scores:
        found.extend(entry.when for entry in score.entries if entry.when is not None)
    return found
