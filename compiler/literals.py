"""The section `literals_LEVEL`: all `text` clauses of one level, found by one automaton that reads the
message backwards.

Clauses of literals go in, bytes come out (the fields stand in matcher/src/literals.h). Read backwards, the
automaton (Aho and Corasick's, over the reversed UTF-8 of the literals) stands at the *start* of what it has
found. From one start the longest literal of a clause is all that selection can want, so that each state has
one literal a clause to report, however many are nested in one another: a hundred literals `a`, `aa`, … on a
run of a's report one hit a character.

A small automaton becomes a table of every step. A large one keeps the edges of its tree and where to go on
when none fits.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from solon.compiler.charsets import fold_literal

HEADER = struct.Struct("<8I")
EMPTY, DENSE, SPARSE = 0, 1, 2
NONE = 0xFFFFFFFF

DENSE_BYTES_MAX = 1 << 19
"""PERF: a table of every step pays while it stays in the second-level cache."""
OWN_LIST_MAX = 16
"""A state's list is written out up to this length; a longer one ends in a link to its suffix's list."""


@dataclass(slots=True)
class _Tree:
    """The reversed literals; state 0 is the root. `found[state]`: bytes of the literal there, by leaf."""

    children: list[dict[int, int]] = field(default_factory=lambda: [{}])
    found: list[dict[int, int]] = field(default_factory=lambda: [{}])
    fail: list[int] = field(default_factory=lambda: [0])
    order: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Outputs:
    """Lists of (leaf, bytes), for each the list to go on with or NONE, and each state's list or NONE."""

    items: list[list[tuple[int, int]]] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    of_state: list[int] = field(default_factory=list)


def build_literals(leaves: Sequence[tuple[int, Sequence[str]]], level: str) -> bytes:
    """The section of all literal clauses of a level (raw, none or basic): pairs of the leaf's number and its
    literals.

    Raises ValueError for a literal that is empty after folding (the checker reports those before).
    """
    tree = _Tree()
    for leaf, literals in leaves:
        for literal in literals:
            data = fold_literal(literal, level).encode("utf-8", "surrogatepass")
            if not data:
                raise ValueError("a literal is empty after folding")
            _add(tree, data, leaf)
    _set_fails(tree)
    outputs = _outputs(tree)
    leaf_limit = max((leaf for leaf, _ in leaves), default=-1) + 1
    used = sorted({byte for edges in tree.children for byte in edges})
    width = len(used) + 1
    states = len(tree.children)
    if states == 1:
        return HEADER.pack(EMPTY, 0, 0, 0, 0, 0, leaf_limit, 0)
    dense = states <= 0xFFFF and states * width * 2 <= DENSE_BYTES_MAX
    body = _dense(tree, used) if dense else _sparse(tree)
    rank = {old: new for new, old in enumerate(tree.order)}
    of_state = [outputs.of_state[old] for old in tree.order]
    assert rank[0] == 0
    flat = [item for items in outputs.items for item in items]
    list_starts = [0]
    for items in outputs.items:
        list_starts.append(list_starts[-1] + len(items))
    parts = [
        HEADER.pack(
            DENSE if dense else SPARSE,
            states,
            width if dense else sum(map(len, tree.children)),
            len(outputs.items),
            len(flat),
            0,
            leaf_limit,
            0,
        ),
        body,
        array("I", of_state).tobytes(),
        array("I", list_starts).tobytes(),
        array("I", outputs.links).tobytes(),
        array("I", [value for item in flat for value in item]).tobytes(),
    ]
    return b"".join(map(_padded, parts))


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


# ── The automaton ────────────────────────────────────────────────────────────────────────────────────


def _add(tree: _Tree, data: bytes, leaf: int) -> None:
    state = 0
    children = tree.children
    for byte in reversed(data):
        step = children[state].get(byte)
        if step is None:
            step = children[state][byte] = len(children)
            children.append({})
            tree.found.append({})
            tree.fail.append(0)
        state = step
    tree.found[state][leaf] = len(data)


def _set_fails(tree: _Tree) -> None:
    """For each state the longest other one that it ends with; `order` has the states from the root outwards.

    INVARIANT: a state stands in `order` after the one that it fails to, which the C side relies on to come to
    an end.
    """
    children, fail = tree.children, tree.fail
    tree.order = [0]
    for state in tree.order:  # grows while we go
        for byte, child in sorted(children[state].items()):
            tree.order.append(child)
            if state == 0:
                continue
            back = fail[state]
            while back and byte not in children[back]:
                back = fail[back]
            fail[child] = children[back].get(byte, 0)


def _outputs(tree: _Tree) -> _Outputs:
    """What a state reports: its own literals, and of each other clause the longest that it ends with."""
    outputs = _Outputs(of_state=[NONE] * len(tree.children))
    whole: list[dict[int, int] | None] = []  # by list: all that it reports, where that is written out
    known: dict[tuple[tuple[tuple[int, int], ...], int], int] = {}
    for state in tree.order[1:]:
        inherited = outputs.of_state[tree.fail[state]]
        own = tree.found[state]
        if not own:
            outputs.of_state[state] = inherited
            continue
        merged: dict[int, int] | None = dict(own)
        link = inherited
        below = whole[inherited] if inherited != NONE else {}
        if below is not None and len(own.keys() | below.keys()) <= OWN_LIST_MAX:
            merged = {**below, **own}
            link = NONE
        elif below is not None and own.keys() >= below.keys():
            link = NONE
        items = sorted((merged or {}).items())
        key = (tuple(items), link)
        if key not in known:
            known[key] = len(outputs.items)
            outputs.items.append(items)
            outputs.links.append(link)
            whole.append(merged if link == NONE else None)
        outputs.of_state[state] = known[key]
    return outputs


# ── Two ways of writing it down ──────────────────────────────────────────────────────────────────────


def _dense(tree: _Tree, used: Sequence[int]) -> bytes:
    """The class of each byte (0: no literal has it), then for each state and class the next state."""
    of_byte = bytearray(256)
    for number, byte in enumerate(used):
        of_byte[byte] = number + 1
    rank = {old: new for new, old in enumerate(tree.order)}
    rows: list[list[int]] = []
    for state in tree.order:
        row = list(rows[rank[tree.fail[state]]]) if state else [0] * (len(used) + 1)
        for byte, child in tree.children[state].items():
            row[of_byte[byte]] = rank[child]
        rows.append(row)
    return bytes(of_byte) + array("H", [to for row in rows for to in row]).tobytes()


def _sparse(tree: _Tree) -> bytes:
    """Where the edges of each state begin, where it fails to, the targets of the edges, their bytes."""
    rank = {old: new for new, old in enumerate(tree.order)}
    starts, fails, targets, labels = array("I", [0]), array("I"), array("I"), bytearray()
    for state in tree.order:
        for byte, child in sorted(tree.children[state].items()):
            targets.append(rank[child])
            labels.append(byte)
        starts.append(len(targets))
        fails.append(rank[tree.fail[state]])
    return b"".join(map(_padded, (starts.tobytes(), fails.tobytes(), targets.tobytes(), bytes(labels))))
