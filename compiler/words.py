"""The section `words_LEVEL`: all words and phrases of one level, found by a hash of how they begin.

Clauses of terms go in, bytes come out (the fields stand in matcher/src/words.h). A term is folded and its
white space made single; the scanner does the same to the message, so that matching is comparing bytes of
UTF-8. Two tables:

- *at word starts*: terms that begin with a word character and are closed on the left. The scanner looks there
  only
  where a word starts. The key of a term of eight bytes or more is its first eight; of a shorter one its first
  token, where the message's token must be the same; of a shorter one whose first token may go on in the
  message (`zoo*`, and scripts without spaces) its first 1, 2 or 4 bytes.
- *anywhere*: `*zoom`, `.net`. Looked for at every character that one of them begins with, by the first 1, 2,
  4 or 8 bytes.

A bucket has all terms whose keys fall together, sorted. Those that are a prefix of the message's text hang
together by `parent` (the longest other term of the bucket that is a prefix), so that one binary search finds
them all.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from solon.dsl import ir
from solon.matcher import folding

HEADER = struct.Struct("<4I")
TABLE = struct.Struct("<6I")
ENTRY = struct.Struct("<4I")

MULTIPLIER = 0x9E3779B97F4A7C15
KEY_BYTES = 8
NONE = 0xFFFFFFFF

CLOSED_RIGHT = 1 << 24
"""Flag beside the length: a word edge must follow."""
MANY_LEAVES = 1 << 25
"""Flag: `leaf` is a place in `lists`, where a count stands, and then the leaves."""
LENGTH_MAX = (1 << 24) - 1

ASCII_TOKEN = re.compile("[a-z0-9_]+")


@dataclass(slots=True)
class _Table:
    """Terms by (text, closed on the right), with their leaves; and which keys the scanner must try."""

    leaves: dict[tuple[bytes, bool], list[int]] = field(default_factory=dict)
    keys: dict[bytes, bytes] = field(default_factory=dict)
    token_lengths: int = 0
    prefix_lengths_ascii: int = 0
    prefix_lengths: int = 0


def build_words(leaves: Sequence[tuple[int, Sequence[ir.Term]]], level: str) -> bytes:
    """The section of all word clauses of a level: pairs of the leaf's number and its terms.

    Raises ValueError for a term that is empty after folding (the checker reports those before).
    """
    at_starts, anywhere = _Table(), _Table()
    for leaf, terms in leaves:
        for term, text in zip(terms, folded_terms(terms, level), strict=True):
            if not text:
                raise ValueError("a term is empty after folding")
            _place(at_starts, anywhere, leaf, term, text)
    pool = bytearray()
    lists: list[int] = []
    tables = [_pack(at_starts, pool, lists), _pack(anywhere, pool, lists)]
    leaf_limit = max((leaf for leaf, _ in leaves), default=-1) + 1
    lists += [0] * (len(lists) % 2)
    pool += bytes(-len(pool) % 8)
    data = HEADER.pack(len(pool), len(lists), leaf_limit, 0)
    data += b"".join(head for head, _ in tables)
    data += _first_bytes(anywhere)
    data += b"".join(body for _, body in tables)
    return data + array("I", lists).tobytes() + bytes(pool)


def folded_terms(terms: Sequence[ir.Term], level: str) -> Iterator[str]:
    """Each term folded, white space cut at its ends and single inside.

    PERF: one fold for all of them: folding a list of 100,000 one by one takes four times as long.
    """
    joined = "\n".join(term.text for term in terms)
    if joined.count("\n") == len(terms) - 1:
        lines = folding.fold_text(joined, level).split("\n")
    else:
        lines = [folding.fold_text(term.text, level) for term in terms]
    # In folded text `str.split` and White_Space agree: what they differ on (U+001C to U+001F) has been
    # dropped.
    return (" ".join(line.split()) for line in lines)


def _place(at_starts: _Table, anywhere: _Table, leaf: int, term: ir.Term, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > LENGTH_MAX:
        raise ValueError("a term is longer than 16 MiB")
    closed_right = not term.open_right and _is_word(text[-1])
    table = anywhere if term.open_left or not _is_word(text[0]) else at_starts
    known = table.leaves.setdefault((data, closed_right), [])
    if not known or known[-1] != leaf:
        known.append(leaf)
    if len(data) >= KEY_BYTES:
        table.keys[data] = data[:KEY_BYTES]
        table.prefix_lengths |= 1 << KEY_BYTES
        if text.isascii():
            table.prefix_lengths_ascii |= 1 << KEY_BYTES
    elif table is at_starts and (token := _token(text, term.open_right)):
        table.token_lengths |= 1 << len(token)
        _keep_key(table, data, token)
    else:
        length = max(size for size in (1, 2, 4) if size <= len(data))
        table.prefix_lengths |= 1 << length
        if text.isascii():
            table.prefix_lengths_ascii |= 1 << length
        _keep_key(table, data, data[:length])


@lru_cache(maxsize=1024)
def _is_word(character: str) -> bool:
    return folding.is_word(character)


def _token(text: str, open_right: bool) -> bytes:
    """The first token, if the message's must be the same; else nothing."""
    token = ASCII_TOKEN.match(text) if text.isascii() else None
    if token is None or (open_right and token.end() == len(text)):
        return b""
    return token.group().encode("ascii")


def _keep_key(table: _Table, data: bytes, key: bytes) -> None:
    """The key of a short term. `zoo` and `zoo*` have two: both stand under the shorter one."""
    known = table.keys.get(data)
    table.keys[data] = key if known is None or len(key) < len(known) else known


def _first_bytes(table: _Table) -> bytes:
    """256 bits: the bytes that a term of the table begins with."""
    bits = 0
    for data, _ in table.leaves:
        bits |= 1 << data[0]
    return bits.to_bytes(32, "little")


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────


def _pack(table: _Table, pool: bytearray, lists: list[int]) -> tuple[bytes, bytes]:
    """The head of a table, and its bitmap, bucket starts and entries."""
    count = len(table.leaves)
    masks = (table.token_lengths, table.prefix_lengths_ascii, table.prefix_lengths)
    if not count:
        return TABLE.pack(0, 0, *masks, 0), b""
    slot_bits = max(3, (count - 1).bit_length())
    ordered = sorted(table.leaves)
    keys = array("Q", b"".join(table.keys[data].ljust(KEY_BYTES, b"\0") for data, _ in ordered))
    hashes = [key * MULTIPLIER & 0xFFFFFFFFFFFFFFFF for key in keys]
    places = sorted(range(count), key=[value >> (64 - slot_bits) for value in hashes].__getitem__)
    starts = _starts([hashes[place] >> (64 - slot_bits) for place in places], 1 << slot_bits)
    entries = _entries([ordered[place] for place in places], starts, table, pool, lists)
    body = _filter(hashes, slot_bits - 2) + starts.tobytes() + entries
    return TABLE.pack(count, slot_bits, *masks, 0), body + bytes(-len(body) % 8)


def _filter(hashes: Iterable[int], bits: int) -> bytes:
    """A Bloom filter of 64-bit words: the first `bits` of a hash choose the word, twice six more a bit in it.

    PERF: with 16 bits a term it lets about 1 in 60 of other keys pass, where one bit a term let 1 in 16 pass.
    """
    words = array("Q", bytes(8 << bits))
    for value in hashes:
        words[value >> (64 - bits)] |= 1 << (value >> (58 - bits) & 63) | 1 << (value >> (52 - bits) & 63)
    return words.tobytes()


def _starts(slots: Iterable[int], count: int) -> array[int]:
    """Where the entries of each slot begin; one more than there are slots."""
    counts = [0] * count
    for slot in slots:
        counts[slot] += 1
    starts = array("I", [0])
    total = 0
    for size in counts:
        total += size
        starts.append(total)
    return starts


def _entries(
    ordered: Sequence[tuple[bytes, bool]],
    starts: array[int],
    table: _Table,
    pool: bytearray,
    lists: list[int],
) -> bytes:
    values = array("I")
    bucket_ends = iter(starts)
    end = 0
    prefixes: list[
        tuple[bytes, int]
    ] = []  # the chain of terms of this bucket that the next one may begin with
    for place, (data, closed_right) in enumerate(ordered):
        while end <= place:
            end = next(bucket_ends)
            prefixes.clear()
        while prefixes and not data.startswith(prefixes[-1][0]):
            prefixes.pop()
        parent = prefixes[-1][1] if prefixes else NONE
        prefixes.append((data, place))
        leaves = table.leaves[data, closed_right]
        flags = (CLOSED_RIGHT if closed_right else 0) | (MANY_LEAVES if len(leaves) > 1 else 0)
        leaf = leaves[0]
        if len(leaves) > 1:
            leaf = len(lists)
            lists.extend((len(leaves), *leaves))
        values.extend((len(pool), len(data) | flags, parent, leaf))
        pool += data
    return values.tobytes()
