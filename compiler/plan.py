"""The plan: every clause of every pattern has found its place in a table, every formula is a row of nodes.

Comes from the typed IR (`place_patterns`), goes to `emit`. `solon inspect` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NewType

from solon.compiler.regex_dfa import Dfa
from solon.dsl import ir

PatternId = NewType("PatternId", int)
LeafId = NewType("LeafId", int)


class Stream(IntEnum):
    """The folded stream that a leaf is found in."""

    RAW = 0
    CASED = 1
    NONE = 2
    BASIC = 3

    @property
    def level(self) -> str:
        """The name of the fold level: `basic`."""
        return self.name.lower()


class LeafKind(IntEnum):
    """How a leaf is found."""

    WORDS = 1
    LITERALS = 2
    DFAS = 3
    LINKS = 4
    ENTITY = 5
    ZONE = 6


class NodeKind(IntEnum):
    """What a node of a formula does with the spans of its children."""

    LEAF = 1
    ANY = 2
    EXCEPT = 3
    NEAR = 4
    REF = 5


@dataclass(frozen=True, slots=True)
class Leaf:
    """One clause: `words "zoom", …` found by hash of the word starts of the basic stream.

    `first` and `count` are automata for DFAS and regions for ENTITY; `what` numbers the entity or the zone.
    `source` is the clause itself, from which the tables are built.
    """

    kind: LeafKind
    stream: Stream
    source: ir.Words | ir.Text | ir.Url | ir.Regex | ir.Entity | ir.Zone
    strong: bool = False
    what: int = 0
    first: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """`children` are indices into the nodes of the same pattern, each before this one; `target` a leaf or
    a pattern."""

    kind: NodeKind
    children: tuple[int, ...] = ()
    target: int = 0
    side: int = 0
    unit: int = 0
    distance: int = 0


@dataclass(frozen=True, slots=True)
class PatternPlan:
    """One pattern: its nodes in order, the last one the root."""

    name: str
    nodes: tuple[Node, ...]


@dataclass(slots=True)
class Plan:
    """All of a policy, placed. `patterns` stand in an order in which each comes after those that it refers
    to."""

    policy: ir.Policy
    patterns: list[PatternPlan] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    automata: list[Dfa] = field(default_factory=list)
    regions: list[int] = field(default_factory=list)

    def pattern_ids(self) -> dict[str, PatternId]:
        """Pattern name to its number in the artifact."""
        return {pattern.name: PatternId(number) for number, pattern in enumerate(self.patterns)}
