"""The world's numbering plans as one graph of digits, for the engine (matcher/src/phone.h has the format).

Every national pattern is regular and finite, so that the patterns of a region are a set of digit
strings: a graph without cycles. Equal parts are shared between all regions.
"""

from __future__ import annotations

import importlib
import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from tables.phone_patterns import plans

MAGIC = b"PHN1"
REGION = struct.Struct("<HHIIHBB8s")
NO_NAME = 0xFFFF
# Private, but the only parser that gives a tree.
_parse_regex: Any = importlib.import_module("re._parser").parse


class _Nfa:
    """A nondeterministic automaton over the digits 0 to 9: edges with a set of digits, and empty ones."""

    def __init__(self) -> None:
        self.edges: list[list[tuple[int, int]]] = []  # state -> (mask of digits, target)
        self.empty: list[list[int]] = []

    def state(self) -> int:
        self.edges.append([])
        self.empty.append([])
        return len(self.edges) - 1

    def add(self, items: Iterable[tuple[Any, Any]], at: int) -> int:
        """Append the items of a parsed expression from state `at`; the state after them."""
        for op, argument in items:
            at = self._add_one(str(op), argument, at)
        return at

    def _add_one(self, op: str, argument: Any, at: int) -> int:
        if op in ("LITERAL", "IN"):
            after = self.state()
            mask = _mask(argument) if op == "IN" else 1 << (argument - 48)
            self.edges[at].append((mask, after))
            return after
        if op == "BRANCH":
            after = self.state()
            for branch in argument[1]:
                start = self.state()
                self.empty[at].append(start)
                self.empty[self.add(branch, start)].append(after)
            return after
        if op == "SUBPATTERN":
            return self.add(argument[3], at)
        if op == "MAX_REPEAT":
            least, most, inner = argument
            if not isinstance(most, int) or most > 32:
                raise ValueError("a numbering plan without a longest number")
            after = self.state()
            for count in range(most):
                if count >= least:
                    self.empty[at].append(after)
                at = self.add(inner, at)
            self.empty[at].append(after)
            return after
        raise ValueError(f"a numbering plan with {op}")

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        seen = set(states)
        todo = list(seen)
        while todo:
            for target in self.empty[todo.pop()]:
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return frozenset(seen)


def _mask(argument: Iterable[tuple[Any, Any]]) -> int:
    mask = 0
    for op, value in argument:
        match str(op):
            case "LITERAL":
                mask |= 1 << (value - 48)
            case "RANGE":
                mask |= sum(1 << (digit - 48) for digit in range(value[0], value[1] + 1))
            case "CATEGORY":  # \\d
                mask |= 0x3FF
            case other:
                raise ValueError(f"a class of digits with {other}")
    return mask


class _Graph:
    """Deterministic states, each there once: (may end, next states). State 0 is the dead end."""

    def __init__(self) -> None:
        self.states: list[tuple[bool, tuple[int, ...]]] = []
        self.ids: dict[tuple[bool, tuple[int, ...]], int] = {}
        self.intern(False, (0,) * 10)

    def intern(self, ends: bool, following: tuple[int, ...]) -> int:
        key = (ends, following)
        if key not in self.ids:
            self.ids[key] = len(self.states)
            self.states.append(key)
        return self.ids[key]

    def region(self, patterns: Sequence[tuple[str, Sequence[int]]]) -> int:
        """The state where the numbers of these patterns start."""
        nfa = _Nfa()
        starts = []
        ends: dict[int, frozenset[int]] = {}
        for pattern, lengths in patterns:
            start = nfa.state()
            starts.append(start)
            ends[nfa.add(_parse_regex(pattern, re.VERBOSE), start)] = frozenset(lengths)
        known: dict[tuple[frozenset[int], int], int] = {}

        def build(states: frozenset[int], length: int) -> int:
            key = (states, length)
            if key in known:
                return known[key]
            following = []
            for digit in range(10):
                step = {to for state in states for mask, to in nfa.edges[state] if mask >> digit & 1}
                following.append(build(nfa.closure(step), length + 1) if step and length < 20 else 0)
            may_end = any(state in ends and length in ends[state] for state in states)
            known[key] = self.intern(may_end, tuple(following))
            return known[key]

        return build(nfa.closure(starts), 0)


def _name(region: str) -> int:
    return NO_NAME if region == "001" else 26 * (ord(region[0]) - 97) + ord(region[1]) - 97


def table() -> bytes:
    """The contents of compiler/data/phones.bin, which is the section `phones`."""
    graph = _Graph()
    regions = bytearray()
    records: list[dict[str, Any]] = plans()
    for record in records:
        prefix = bytes(int(digit) for digit in record["prefix"])
        regions += REGION.pack(
            _name(record["region"]),
            record["code"],
            sum(1 << length for length in record["lengths"] if length > 0),
            sum(1 << length for length in record["local"] if length > 0),
            graph.region(record["patterns"]),
            len(prefix),
            0,
            prefix.ljust(8, b"\0"),
        )
    flags = b"".join(struct.pack("<H", ends) for ends, _ in graph.states)
    following = b"".join(struct.pack("<10H", *targets) for _, targets in graph.states)
    return (
        MAGIC + struct.pack("<III", len(records), len(graph.states), 0) + bytes(regions) + flags + following
    )
