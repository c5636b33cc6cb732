"""Conditions as nodes of one shared graph in negation normal form, children before parents.

In: conditions of the IR. Out: node numbers; `Nodes.table` has the nodes in the order in which the section has
them. Equal nodes are one node, so a define that a thousand rules name is evaluated once a decision. Negation
moves down to the atoms, and constants fold; both are valid in Kleene's logic (`x and not x` stays: it may be
unknown).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from solon.compiler.decision.domains import EMPTY, Domain, compared
from solon.dsl import ir

DEPTH_MAX = 400
"""The engine evaluates nodes by recursion, and refuses sections that are deeper (decide.h)."""


class Kind(IntEnum):
    """What a node is. INVARIANT: the numbers of `enum sl_condition_kind` in decide.h; the order is that of
    rising cost."""

    CONSTANT = 0
    KNOWN = 1
    RANGE = 2
    MASK = 3
    HAS = 4
    LENGTH = 5
    CONTAINS = 6
    COUNT = 7
    DISTINCT = 8
    COVERS = 9
    ALL = 10
    ANY = 11
    SCORE = 12


class Node(NamedTuple):
    """One node; what `a`, `b`, `low` and `high` mean stands in decide.h. `children` is for ALL and ANY."""

    kind: Kind
    negated: bool = False
    a: int = 0
    b: int = 0
    low: int = 0
    high: int = 0
    children: tuple[int, ...] = ()


FALSE = Node(Kind.CONSTANT, a=0)
TRUE = Node(Kind.CONSTANT, a=2)


class TooDeep(ValueError):
    """A condition nests deeper than the engine evaluates."""


@dataclass(slots=True)
class Nodes:
    """The graph while it grows."""

    domains: Mapping[str, Domain]
    patterns: Mapping[str, int]
    fields: Mapping[str, int]
    scores: Mapping[str, int]
    table: list[Node] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    score_depth: dict[int, int] = field(default_factory=dict)
    _numbers: dict[Node, int] = field(default_factory=dict)
    _done: dict[tuple[int, bool], int] = field(default_factory=dict)
    _kept: list[ir.Condition] = field(default_factory=list)

    def add(self, condition: ir.Condition, *, negated: bool = False) -> int:
        """The node of a condition. Walks with a stack of its own, so that depth is refused and never
        overflows."""
        self._kept.append(condition)  # INVARIANT: alive, so that the ids in `_done` stay theirs
        pending: list[tuple[ir.Condition, bool]] = [(condition, negated)]
        while pending:
            node, turned = pending[-1]
            if (id(node), turned) in self._done:
                pending.pop()
                continue
            parts = _parts(node, turned)
            missing = [part for part in parts if (id(part[0]), part[1]) not in self._done]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            self._done[id(node), turned] = self._made(node, turned, [self._done[id(p), t] for p, t in parts])
        return self._done[id(condition), negated]

    def _made(self, node: ir.Condition, turned: bool, parts: list[int]) -> int:
        match node:
            case ir.And():
                return self._joined(Kind.ANY if turned else Kind.ALL, parts)
            case ir.Or():
                return self._joined(Kind.ALL if turned else Kind.ANY, parts)
            case ir.Not() | ir.Defined():
                return parts[0]
            case ir.FactIn(fact=name, values=values):
                return self._values(
                    self.domains[name], [self.domains[name].key(value) for value in values], turned
                )
            case _:
                return self._number(self._atom(node, turned))

    def _atom(self, atom: ir.Condition, turned: bool) -> Node:
        match atom:
            case ir.Constant(value=value):
                return TRUE if value != turned else FALSE
            case ir.FactIs(fact=name):
                return Node(Kind.RANGE, turned, self.domains[name].index, low=1, high=1)
            case ir.FactCompare(fact=name, operator=operator, value=value):
                (low, high), unequal = self.domains[name].compare(operator, value)
                return Node(Kind.RANGE, turned != unequal, self.domains[name].index, low=low, high=high)
            case ir.FactStartsWith(fact=name, prefix=prefix):
                low, high = self.domains[name].starts_with(prefix)
                return Node(Kind.RANGE, turned, self.domains[name].index, low=low, high=high)
            case ir.FactHas(fact=name, value=member):
                domain = self.domains[name]
                return Node(Kind.HAS, turned, domain.index, domain.members[member])
            case ir.Known(fact=name):
                return Node(Kind.KNOWN, turned, self.domains[name].index)
            case ir.Contains(field=where, pattern=pattern):
                return Node(
                    Kind.CONTAINS, turned, self.patterns[pattern], 0 if where is None else self.fields[where]
                )
            case ir.Count(pattern=pattern, distinct=distinct, operator=operator, value=number):
                (low, high), unequal = compared(operator, number)
                kind = Kind.DISTINCT if distinct else Kind.COUNT
                return Node(kind, turned != unequal, self.patterns[pattern], low=low, high=high)
            case ir.Length(operator=operator, value=number):
                (low, high), unequal = compared(operator, number)
                return Node(Kind.LENGTH, turned != unequal, low=low, high=high)
            case ir.MessageIs(pattern=pattern):
                return Node(Kind.COVERS, turned, self.patterns[pattern])
            case ir.ScoreCompare(score=name, operator=operator, value=number):
                (low, high), unequal = compared(operator, number)
                return Node(Kind.SCORE, turned != unequal, self.scores[name], low=low, high=high)
            case _:
                raise AssertionError(f"{type(atom).__name__} is no atom")

    def _values(self, domain: Domain, keys: list[int], turned: bool) -> int:
        """`fact in {…}`: one mask where the integers are small, else one range for each run of neighbours."""
        if keys and min(keys) >= 0 and max(keys) < 64:
            mask = 0
            for key in keys:
                mask |= 1 << key
            return self._number(
                Node(Kind.MASK, turned, domain.index, low=mask - 2**64 if mask >> 63 else mask)
            )
        runs: list[tuple[int, int]] = []
        for key in sorted(set(keys)):
            if runs and runs[-1][1] == key - 1:
                runs[-1] = (runs[-1][0], key)
            else:
                runs.append((key, key))
        parts = [
            self._number(Node(Kind.RANGE, turned, domain.index, low=low, high=high))
            for low, high in runs or [EMPTY]
        ]
        return self._joined(Kind.ALL if turned else Kind.ANY, parts)

    def _joined(self, kind: Kind, parts: list[int]) -> int:
        """ALL or ANY of the parts: flat, without duplicates, cheap ones first."""
        neutral, final = (TRUE, FALSE) if kind is Kind.ALL else (FALSE, TRUE)
        flat: set[int] = set()
        for part in parts:
            node = self.table[part]
            if node == final:
                return part
            if node.kind is kind and len(node.children) <= 8:
                flat.update(node.children)
            elif node != neutral:
                flat.add(part)
        if not flat:
            return self._number(neutral)
        if len(flat) == 1:
            return flat.pop()
        ordered = sorted(flat, key=lambda number: (self.table[number].kind, number))
        return self._number(Node(kind, children=tuple(ordered)))

    def _number(self, node: Node) -> int:
        known = self._numbers.get(node)
        if known is not None:
            return known
        depth = 1 + max((self.depth[child] for child in node.children), default=0)
        if node.kind is Kind.SCORE:
            depth += self.score_depth[node.a]
        if depth > DEPTH_MAX:
            raise TooDeep(f"a condition nests deeper than {DEPTH_MAX}")
        self._numbers[node] = len(self.table)
        self.table.append(node)
        self.depth.append(depth)
        return len(self.table) - 1


def _parts(node: ir.Condition, turned: bool) -> list[tuple[ir.Condition, bool]]:
    match node:
        case ir.And(parts=parts) | ir.Or(parts=parts):
            return [(part, turned) for part in parts]
        case ir.Not(part=part):
            return [(part, not turned)]
        case ir.Defined(part=part):
            return [(part, turned)]
        case _:
            return []
