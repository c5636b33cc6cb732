"""From a condition to a few rows: what must hold, at least, for it to be true or unknown.

A row says for some facts which classes of values it allows, for some sets of which members it needs one, and
of which patterns it needs one. A condition is not false only where one of its rows holds; the other direction
is the nodes' affair, so a row may leave out whatever is awkward, and a condition with too many rows gets
fewer, wider ones.

    state in {none, offer} and message contains any of phone, email
        one row: state is none, offer or absent; one of the patterns phone, email is there
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from solon.compiler.decision.domains import INT64_MAX
from solon.compiler.decision.nodes import Kind, Node, Nodes

ROWS_MAX = 16
"""Rows of one condition; beyond, they are joined to wider ones."""

Subject: TypeAlias = tuple[str, int]
"""("fact", index), ("set", index of the fact) or ("pattern", 0)."""

Allowed: TypeAlias = int | frozenset[int]
"""Of a fact: a bit for each class, bit 0 for "absent". Of a set or the patterns: those of which one must be
there."""

Row: TypeAlias = dict[Subject, Allowed]
ANYTHING: list[Row] = [{}]


@dataclass(slots=True)
class Rows:
    """Makes rows for nodes. `cuts` are the values at which a fact's classes begin, for each scalar fact that
    is asked."""

    nodes: Nodes
    cuts: Mapping[int, list[int]]
    _done: dict[int, list[Row]] = field(default_factory=dict)

    def of(self, root: int) -> list[Row]:
        """The rows of a node. The table has children before parents: no recursion is needed."""
        pending = [root]
        while pending:
            number = pending[-1]
            if number in self._done:
                pending.pop()
                continue
            node = self.nodes.table[number]
            missing = [child for child in node.children if child not in self._done]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            self._done[number] = self._made(node)
        return self._done[root]

    def of_all(self, *roots: int) -> list[Row]:
        """The rows of several nodes that must all hold."""
        return _all([self.of(root) for root in roots])

    def _made(self, node: Node) -> list[Row]:
        match node.kind:
            case Kind.ALL:
                return _all([self._done[child] for child in node.children])
            case Kind.ANY:
                return _any([row for child in node.children for row in self._done[child]])
            case Kind.CONSTANT:
                return ANYTHING if node.a else []
            case Kind.KNOWN if node.a in self.cuts:
                return [{("fact", node.a): 1 if node.negated else self._every(node.a) - 1}]
            case Kind.RANGE | Kind.MASK:
                return [{("fact", node.a): self._classes(node)}]
            case Kind.HAS if not node.negated:
                return [{("set", node.a): frozenset((node.b,))}]
            case Kind.CONTAINS if not node.negated and node.b == 0:
                return [{("pattern", 0): frozenset((node.a,))}]
            case Kind.COUNT | Kind.DISTINCT if (node.low <= 0 <= node.high) == node.negated:
                return [{("pattern", 0): frozenset((node.a,))}]  # no span at all would make it false
            case Kind.COVERS if not node.negated:
                return [{("pattern", 0): frozenset((node.a,))}]
            case _:
                return ANYTHING

    def _every(self, fact: int) -> int:
        return int((4 << len(self.cuts[fact])) - 1)

    def _classes(self, node: Node) -> int:
        """The mask of the classes for which an atom on a scalar fact is not false. Bit c + 1 is for the
        values that have c cuts at or below them."""
        cuts = self.cuts[node.a]
        allowed = 0
        if node.kind is Kind.MASK:
            for value in range(64):
                if node.low >> value & 1:
                    allowed |= 2 << bisect_right(cuts, value)
        elif node.low <= node.high:
            first, last = bisect_right(cuts, node.low), bisect_right(cuts, node.high)
            allowed = (4 << last) - (2 << first)
        return (self._every(node.a) & ~allowed if node.negated else allowed) | 1


def _all(parts: list[list[Row]]) -> list[Row]:
    """The rows of a conjunction: each with each, narrow parts first, wider ones joined where there would be
    too many."""
    rows = ANYTHING
    for part in sorted(parts, key=len):
        if len(rows) * len(part) > ROWS_MAX:
            part = [_joined(part)]
        rows = [both for left in rows for right in part if (both := _both(left, right)) is not None]
    return rows


def _any(rows: list[Row]) -> list[Row]:
    """The rows of a disjunction; those that speak of one subject alone, and the same, are one."""
    if any(not row for row in rows):
        return ANYTHING
    single: dict[Subject, Allowed] = {}
    others: list[Row] = []
    for row in rows:
        if len(row) == 1:
            ((subject, allowed),) = row.items()
            single[subject] = single[subject] | allowed if subject in single else allowed  # type: ignore[operator]
        else:
            others.append(row)
    found = [*({subject: allowed} for subject, allowed in single.items()), *others]
    return found if len(found) <= ROWS_MAX else [_joined(found)]


def _both(left: Row, right: Row) -> Row | None:
    """What both rows ask; None where no value can satisfy it."""
    row = dict(left)
    for subject, allowed in right.items():
        before = row.get(subject)
        if isinstance(allowed, int) and isinstance(before, int):
            if not (allowed := allowed & before):
                return None
        elif isinstance(allowed, frozenset) and isinstance(before, frozenset) and len(before) <= len(allowed):
            allowed = before  # one of either is asked as well, but a row has room for one question
        row[subject] = allowed
    return row


def _joined(rows: list[Row]) -> Row:
    """One row that holds wherever one of these does."""
    if not rows:
        raise ValueError("a false condition has no row to join")
    shared = set(rows[0]).intersection(*rows[1:])
    joined: Row = {}
    for subject in shared:
        allowed = rows[0][subject]
        for row in rows[1:]:
            allowed = allowed | row[subject]  # type: ignore[operator]
        joined[subject] = allowed
    return joined


def cuts_of(nodes: Nodes) -> dict[int, list[int]]:
    """For each scalar fact that a node asks, the values at which the answer of some node changes, sorted."""
    sets = {domain.index for domain in nodes.domains.values() if domain.is_set}
    found: dict[int, set[int]] = {}
    for node in nodes.table:
        if node.kind is Kind.KNOWN and node.a not in sets:
            found.setdefault(node.a, set())
        elif node.kind is Kind.MASK:
            cuts = found.setdefault(node.a, set())
            for value in range(64):
                if (node.low >> value & 1) != (node.low >> (value - 1) & 1 if value else 0):
                    cuts.add(value)
            cuts.add(64)
        elif node.kind is Kind.RANGE:
            cuts = found.setdefault(node.a, set())
            if node.low <= node.high:
                cuts.add(node.low)
                if node.high < INT64_MAX:
                    cuts.add(node.high + 1)
    return {fact: sorted(cuts) for fact, cuts in found.items()}
