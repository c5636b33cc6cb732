"""The section `dfas`: many automata packed into one table (the fields stand in matcher/src/dfa.h).

Outside ASCII the automata share one map: code points that none of them tells apart are one *atom*, a
three-stage table takes a code point to its atom, and each automaton takes atoms to its own classes. Most
expressions tell nothing apart there but word characters from others, so that the table is stored about once.

Most automata need not run at all: the *gate* looks for the required rows of sets of all of them at once, a
bit for each set; where one is seen, the automaton runs from the few places where its match may start.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from solon.compiler.charsets import CODE_POINT_MAX
from solon.compiler.regex_gate import SYMBOLS, Row

HEADER = struct.Struct("<8I")
RECORD = struct.Struct("<8I")
ROW = struct.Struct("<4I")

GATE_WORDS = 4
ANYWHERE = 0xFFFFFFFF
GATE_BYTES = 8 * GATE_WORDS * (2 + SYMBOLS)

PAGE_BITS = 7
BLOCK_BITS = 5


@dataclass(frozen=True, slots=True)
class Dfa:
    """An automaton over classes of characters, made by regex_dfa and strong.

    `ranges` are (first code point, class), each to the next, from 0. `rows[state][class]` is the next state;
    the last class is the end of the text. `starts[class]` is where it begins after a character of that class;
    the last one, at the beginning of the text. State 0 is dead; those from `accepting_from` on say that a
    match ended before the symbol just read. Every match has one of the `required` rows of
    sets (regex_gate); without any it may be anywhere.
    """

    ranges: tuple[tuple[int, int], ...]
    rows: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    accepting_from: int
    required: tuple[Row, ...]

    @property
    def state_count(self) -> int:
        """How many states it has."""
        return len(self.rows)


def build_dfas(dfas: Sequence[Dfa]) -> bytes:
    """All automata as one section, in order: automaton i of the list is automaton i in C."""
    wide, atom_ranges = _atoms(dfas)
    atom_count = max((atom for _, atom in atom_ranges), default=0) + 1
    blocks, pages, page_bytes = _pages(atom_ranges, atom_count)
    records = bytearray()
    tables = bytearray()
    base = 0
    gate, rows = _gate(dfas)
    first_row = 0
    for dfa, classes in zip(dfas, wide, strict=True):
        data, record = _one(dfa, classes, atom_count, base + len(tables), first_row)
        first_row += len(dfa.required)
        records += record
        tables += data
    index = blocks[0]
    header = HEADER.pack(
        len(dfas),
        atom_count,
        len(blocks[1]) >> BLOCK_BITS,
        len(pages),
        page_bytes,
        len(tables),
        len(gate) // GATE_BYTES,
        first_row,
    )
    body = header + bytes(records)
    for values in (index, blocks[1]):
        body += _padded(array("H", values).tobytes())
    body += _padded(b"".join(pages))
    return body + gate + rows + bytes(tables)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


# ── Atoms ────────────────────────────────────────────────────────────────────────────────────────────


def _atoms(dfas: Sequence[Dfa]) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """For each automaton the class of each atom, and the atoms as (first code point, atom) from U+0080 on."""
    partitions: dict[tuple[tuple[int, int], ...], int] = {}
    used: list[tuple[int, list[int]]] = []
    for dfa in dfas:
        parts, classes = _parts(dfa.ranges)
        used.append((partitions.setdefault(parts, len(partitions)), classes))
    edges: dict[int, list[tuple[int, int]]] = {}
    for partition, number in partitions.items():
        for code, part in partition:
            edges.setdefault(code, []).append((number, part))
    current = [0] * len(partitions)
    atoms: dict[tuple[int, ...], int] = {}
    ranges: list[tuple[int, int]] = []
    for code in sorted(edges):
        for number, part in edges[code]:
            current[number] = part
        ranges.append((code, atoms.setdefault(tuple(current), len(atoms))))
    keys = list(atoms)
    return [[classes[key[number]] for key in keys] for number, classes in used], ranges


def _parts(ranges: Sequence[tuple[int, int]]) -> tuple[tuple[tuple[int, int], ...], list[int]]:
    """The partition of what is outside ASCII, numbered by first appearance, and the class of each part."""
    numbers: dict[int, int] = {}
    parts: list[tuple[int, int]] = []
    for place, (code, of_class) in enumerate(ranges):
        after = ranges[place + 1][0] if place + 1 < len(ranges) else CODE_POINT_MAX + 1
        if after > 128:
            parts.append((max(code, 128), numbers.setdefault(of_class, len(numbers))))
    return tuple(parts), list(numbers)


def _pages(
    ranges: Sequence[tuple[int, int]], atom_count: int
) -> tuple[tuple[list[int], list[int]], list[bytes], int]:
    """The three stages: (index of blocks, blocks of pages), pages of atoms, bytes of an atom."""
    width = 1 if atom_count <= 256 else 2
    kind = "B" if width == 1 else "H"
    flat = array(kind, bytes(width * (CODE_POINT_MAX + 1)))
    for place, (code, atom) in enumerate(ranges):
        after = ranges[place + 1][0] if place + 1 < len(ranges) else CODE_POINT_MAX + 1
        if atom:
            flat[code:after] = array(kind, [atom]) * (after - code)
    data = flat.tobytes()
    page_bytes = width << PAGE_BITS
    pages: dict[bytes, int] = {}
    page_of = [
        pages.setdefault(data[at : at + page_bytes], len(pages)) for at in range(0, len(data), page_bytes)
    ]
    step = 1 << BLOCK_BITS
    blocks: dict[tuple[int, ...], int] = {}
    index = [
        blocks.setdefault(tuple(page_of[at : at + step]), len(blocks)) for at in range(0, len(page_of), step)
    ]
    return (index, [page for block in blocks for page in block]), list(pages), width


# ── The gate ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Word:
    """64 bits of the gate: the set of each bit that is taken, the bits where a sequence begins and those
    where one ends."""

    sets: list[int] = field(default_factory=list)
    first: int = 0
    last: int = 0


def _gate(dfas: Sequence[Dfa]) -> tuple[bytes, bytes]:
    """The chunks of the gate, and the rows of all automata.

    The sets of a row have bits beside one another within one word; a bit moves up with each character that is
    in the next set.
    """
    words: list[_Word] = []
    rows = bytearray()
    for row in (row for dfa in dfas for row in dfa.required):
        if not words or len(words[-1].sets) + len(row.sets) > 64:
            words.append(_Word())
        word = words[-1]
        word.first |= 1 << len(word.sets)
        word.sets += row.sets
        word.last |= 1 << len(word.sets) - 1
        bit = (len(words) - 1) * 64 + len(word.sets) - 1
        rows += ROW.pack(bit, row.nearest, ANYWHERE if row.furthest is None else row.furthest, 0)
    words += [_Word() for _ in range(-len(words) % GATE_WORDS)]
    masks = [_gate_masks(word.sets) for word in words]
    values = array("Q")
    for at in range(0, len(words), GATE_WORDS):
        chunk = slice(at, at + GATE_WORDS)
        values.extend(word.first for word in words[chunk])
        values.extend(word.last for word in words[chunk])
        values.extend(mask[symbol] for symbol in range(SYMBOLS) for mask in masks[chunk])
    return values.tobytes(), bytes(rows)


def _gate_masks(sets: Sequence[int]) -> list[int]:
    """For each symbol of the gate the bits whose sets have it."""
    return [sum(1 << bit for bit, of in enumerate(sets) if of >> symbol & 1) for symbol in range(SYMBOLS)]


# ── One automaton ────────────────────────────────────────────────────────────────────────────────────


def _one(
    dfa: Dfa, wide_classes: Sequence[int], atom_count: int, offset: int, first_row: int
) -> tuple[bytes, bytes]:
    """Its bytes among the tables, and its record."""
    ascii_classes = bytes(_ascii_classes(dfa.ranges))
    width = len(dfa.starts)
    starts = array("H", dfa.starts)
    table = array("H", [to for row in dfa.rows for to in row])
    parts = [
        _padded(ascii_classes + bytes(wide_classes[:atom_count])),
        _padded(starts.tobytes() + table.tobytes()),
    ]
    record = RECORD.pack(
        offset,
        offset + len(parts[0]),
        width,
        len(dfa.rows),
        dfa.accepting_from,
        first_row,
        len(dfa.required),
        0,
    )
    return b"".join(parts), record


def _ascii_classes(ranges: Sequence[tuple[int, int]]) -> list[int]:
    classes = []
    place = 0
    for code in range(128):
        while place + 1 < len(ranges) and ranges[place + 1][0] <= code:
            place += 1
        classes.append(ranges[place][1])
    return classes
