"""The combinations of the enum and bool facts that a policy reads, and which of them the tests have.

In: the typed IR, then the facts of each case. Out: cells, those with no case listed in a few words. Where
all combinations together are too many, pairs of two facts stand for them: few mistakes need three.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from solon.dsl import ir

CELLS_MAX = 5_000
"""More combinations than this are looked at in pairs."""


@dataclass(slots=True)
class Matrix:
    """`facts` are the facts and their values; `tables` the facts that make cells together: all, or pairs."""

    facts: Mapping[str, tuple[Any, ...]]
    tables: tuple[tuple[str, ...], ...]
    seen: dict[tuple[str, ...], set[tuple[Any, ...]]] = field(default_factory=dict)

    def see(self, facts: Mapping[str, Any]) -> None:
        """The cells of one case; a fact that is absent makes none."""
        for table in self.tables:
            if all(name in facts for name in table):
                self.seen.setdefault(table, set()).add(tuple(facts[name] for name in table))

    @property
    def in_pairs(self) -> bool:
        """Whether the cells are pairs of values, because all combinations would be too many."""
        return len(self.tables) > 1

    def counted(self) -> tuple[int, int]:
        """How many cells have a case, and how many there are."""
        total = sum(prod(len(self.facts[name]) for name in table) for table in self.tables)
        return sum(len(cells) for cells in self.seen.values()), total

    def missing(self) -> Iterator[dict[str, Any]]:
        """The cells without a case, in the order in which the policy lists the values."""
        for table in self.tables:
            seen = self.seen.get(table, set())
            for cell in itertools.product(*(self.facts[name] for name in table)):
                if cell not in seen:
                    yield dict(zip(table, cell, strict=True))


def matrix_of(policy: ir.Policy) -> Matrix:
    """The matrix of the facts that rules, exemptions, scores and notices read."""
    read = _facts_read(policy)
    facts = {
        fact.name: (False, True) if fact.kind.name == "bool" else fact.kind.values
        for fact in policy.facts
        if fact.name in read and fact.kind.name in {"enum", "bool"}
    }
    names = tuple(sorted(facts))
    if not names:
        return Matrix(facts, ())
    if prod(len(values) for values in facts.values()) <= CELLS_MAX:
        return Matrix(facts, (names,))
    pairs = (pair for pair in itertools.combinations(names, 2))
    return Matrix(
        facts, tuple(pair for pair in pairs if prod(len(facts[name]) for name in pair) <= CELLS_MAX)
    )


def _facts_read(policy: ir.Policy) -> set[str]:
    pending: list[ir.Condition | None] = []
    for rule in policy.rules:
        pending += [rule.when, rule.unless, *(notice.when for notice in rule.notices)]
    pending += [one.when for one in policy.exemptions]
    pending += [entry.when for score in policy.scores for entry in score.entries]
    read: set[str] = set()
    while pending:
        node = pending.pop()
        match node:
            case ir.And(parts=parts) | ir.Or(parts=parts):
                pending.extend(parts)
            case ir.Not(part=part) | ir.Defined(part=part):
                pending.append(part)
            case None:
                pass
            case _:
                name = getattr(node, "fact", None)
                if name is not None:
                    read.add(name)
    return read
