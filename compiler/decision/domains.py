"""Fact values as 64-bit integers: each atom on a scalar fact is "between these two, ends included".

In: the facts and the literals that conditions hold them against. Out: for each fact a `Domain`, which turns
literals into ranges of integers. The runtime turns values into the same integers (matcher/_facts.pxi):

    bool, int, duration, money, time   the canonical integer itself
    number                             the bits of the float, turned so that integers order as floats do
    enum                               the index of the value's name
    text, scanned text                 a class: 0 is "none of those that the policy mentions"

The classes of a text are numbered in the order of the strings that the policy mentions. A string `"ab"` can
stand there twice: once as itself (`= "ab"`), then for the longer texts that start with it and with nothing
longer that is mentioned. All that starts with a prefix is then one run of numbers:

    = "a"   starts with "ab"   = "abc"      ->   1 "a"    2 "ab…"    3 "abc"      starts with "ab" is 2..3
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from solon.compiler.decision.walk import walk
from solon.dsl import ir

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
EMPTY = (1, 0)
"""The range that no value is in."""

Range = tuple[int, int]


def float_key(value: float) -> int:
    """The integer that stands for a float: same order, and both zeros the same."""
    (bits,) = struct.unpack("<q", struct.pack("<d", value + 0.0 if value else 0.0))
    return int(bits) if bits >= 0 else int(bits) ^ INT64_MAX


@dataclass(frozen=True, slots=True)
class Domain:
    """One fact's values. `exact` and `prefixes` are a text's classes, `members` the bits of a set's."""

    index: int
    fact: ir.Fact
    exact: dict[str, int]
    prefixes: dict[str, int]
    members: dict[str, int]
    order: tuple[tuple[str, int], ...] = ()
    """A text's classes from 1 on: (mentioned string, 0 for itself or 1 for what starts with it)."""

    @property
    def is_set(self) -> bool:
        return self.fact.kind.name == "set"

    def key(self, value: ir.FactValue) -> int:
        """The integer of a literal."""
        match self.fact.kind.name:
            case "number":
                return float_key(float(value))  # type: ignore[arg-type]
            case "enum":
                return self.fact.kind.values.index(str(value))
            case "text" | "scanned_text":
                return self.exact[str(value)]
            case _:
                return int(value)  # type: ignore[arg-type]

    def compare(self, operator: ir.Operator, value: ir.FactValue) -> tuple[Range, bool]:
        """The range of `fact OPERATOR value`, and whether it is to be turned round."""
        return compared(operator, self.key(value))

    def starts_with(self, prefix: str) -> Range:
        """The range of the texts that start with a prefix."""
        first = last = bisect_left(self.order, (prefix, 0))
        while last < len(self.order) and self.order[last][0].startswith(prefix):
            last += 1
        return (first + 1, last)


def compared(operator: ir.Operator, key: int) -> tuple[Range, bool]:
    """`x OPERATOR key` as a closed range of 64-bit integers, and whether it is to be turned round."""
    low, high = INT64_MIN, INT64_MAX
    match operator:
        case "=" | "!=":
            low = high = key
        case "<":
            high = key - 1
        case "<=":
            high = key
        case ">":
            low = key + 1
        case ">=":
            low = key
    low, high = max(low, INT64_MIN), min(high, INT64_MAX)
    return ((low, high) if low <= high else EMPTY), operator == "!="


def domains_of(facts: tuple[ir.Fact, ...], conditions: Iterable[ir.Condition]) -> dict[str, Domain]:
    """The domain of each fact, by name; conditions are all those of the policy, and maybe of another one."""
    equal: dict[str, set[str]] = {fact.name: set() for fact in facts}
    prefixes: dict[str, set[str]] = {fact.name: set() for fact in facts}
    for atom in walk(conditions):
        match atom:
            case ir.FactCompare(fact=name, value=value) | ir.FactHas(fact=name, value=value):
                equal.setdefault(name, set()).add(str(value))
            case ir.FactIn(fact=name, values=values):
                equal.setdefault(name, set()).update(str(value) for value in values)
            case ir.FactStartsWith(fact=name, prefix=prefix):
                prefixes.setdefault(name, set()).add(prefix)
            case _:
                pass
    return {
        fact.name: _domain(index, fact, equal[fact.name], prefixes[fact.name])
        for index, fact in enumerate(facts)
    }


def _domain(index: int, fact: ir.Fact, equal: set[str], prefixes: set[str]) -> Domain:
    exact: dict[str, int] = {}
    starts: dict[str, int] = {}
    members: dict[str, int] = {}
    order: list[tuple[str, int]] = []
    if fact.kind.name in ("text", "scanned_text"):
        order = sorted([(text, 0) for text in equal] + [(text, 1) for text in prefixes])
        for number, (text, is_prefix) in enumerate(order, 1):
            (starts if is_prefix else exact)[text] = number
    elif fact.kind.name == "set":
        members = {text: bit for bit, text in enumerate(fact.kind.values or sorted(equal))}
    return Domain(index, fact, exact, starts, members, tuple(order))
