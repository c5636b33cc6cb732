"""Rows turned on their side: for each subject, bit sets of the rows that each of its values leaves standing.

In: the rows of all conditions, in order. Out: `Columns`, whose bit sets are Python integers (bit r is row r).
A fact with many classes gets fewer, wider ones: a row may let through too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solon.compiler.decision.rows import Row

CLASSES_MAX = 64


@dataclass(frozen=True, slots=True)
class Column:
    """A fact's bit sets. Of a scalar: `cuts` are values, and there is a bit set for each class between them
    and one for "absent". Of a set: `cuts` are bits of members, and there is one bit set for "asks no member",
    then one each."""

    fact: int
    cuts: tuple[int, ...]
    bitsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns; of the patterns, the rows that need none, and for each pattern those that it helps."""

    facts: tuple[Column, ...]
    needs_no_pattern: int
    by_pattern: dict[int, list[int]]


def columns_of(rows: list[Row], cuts: Mapping[int, list[int]]) -> Columns:
    """The columns of all facts that some row asks."""
    everything = (1 << len(rows)) - 1
    scalars: dict[int, dict[int, list[int]]] = {}
    sets: dict[int, dict[int, list[int]]] = {}
    by_pattern: dict[int, list[int]] = {}
    patterned: list[int] = []
    asked: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        for (what, index), allowed in row.items():
            if isinstance(allowed, int):
                scalars.setdefault(index, {}).setdefault(allowed, []).append(number)
                continue
            (patterned if what == "pattern" else asked.setdefault(index, [])).append(number)
            target = by_pattern if what == "pattern" else sets.setdefault(index, {})
            for one in sorted(allowed):
                target.setdefault(one, []).append(number)
    columns = [_scalar(fact, cuts[fact], masks, everything) for fact, masks in scalars.items()]
    for fact, members in sets.items():
        free = everything & ~_bitset(asked[fact])
        bits = tuple(sorted(members))
        columns.append(Column(fact, bits, (free, *(_bitset(members[bit]) for bit in bits))))
    return Columns(
        tuple(sorted(columns, key=lambda column: column.fact)), everything & ~_bitset(patterned), by_pattern
    )


def _scalar(fact: int, cuts: list[int], masks: dict[int, list[int]], everything: int) -> Column:
    starts = _classes(len(cuts) + 1)
    kept = tuple(cuts[start - 1] for start in starts[1:])
    sets = {mask: _bitset(numbers) for mask, numbers in masks.items()}
    asked = 0
    for rows in sets.values():
        asked |= rows
    bitsets = []
    for first, end in zip(starts, [*starts[1:], len(cuts) + 1], strict=True):
        wanted = (1 << (end - first)) - 1 << (first + 1)
        bitsets.append(_united(everything & ~asked, sets, wanted))
    bitsets.append(_united(everything & ~asked, sets, 1))
    return Column(fact, kept, tuple(bitsets))


def _classes(count: int) -> list[int]:
    """The first class of each group, for at most CLASSES_MAX groups of as equal a size as can be."""
    groups = min(count, CLASSES_MAX)
    return [group * count // groups for group in range(groups)]


def _united(free: int, sets: dict[int, int], wanted: int) -> int:
    for mask, rows in sets.items():
        if mask & wanted:
            free |= rows
    return free


def _bitset(numbers: list[int]) -> int:
    if not numbers:
        return 0
    bits = bytearray((numbers[-1] >> 3) + 1)  # INVARIANT: numbers rise
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")
