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
from functools import cache, lru_cache
from itertools import accumulate
from operator import or_

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
FIRST_TOKEN = re.compile(rb"[a-z0-9_]+")
WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
NOT_PLAIN = re.compile(r"^(?:[^A-Za-z0-9_\n].*|.*[^!-~\n].*)$", re.MULTILINE)
"""Of terms, a line each, those that are not ASCII, have white space, or begin with a character of no word."""

TWO_BITS = [1 << (number >> 6) | 1 << (number & 63) for number in range(1 << 12)]
"""The two bits of the filter that twelve bits of a hash choose."""


@dataclass(slots=True)
class _Table:
    """Terms by (text, closed on the right), with their leaves; and which keys the scanner must try."""

    leaves: dict[tuple[bytes, bool], tuple[int, ...]] = field(default_factory=dict)
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
        words, others = _plain_words(terms, level)
        _place_plain(at_starts, leaf, words)
        for term, text in zip(others, folded_terms(others, level), strict=True):
            if not text:
                raise ValueError("a term is empty after folding")
            _place(at_starts, anywhere, leaf, term, text)
    pool = bytearray()
    lists: list[int] = []
    tables = [_pack(at_starts, pool, lists), _pack(anywhere, pool, lists)]
    leaf_limit = max((leaf for leaf, _ in leaves), default=-1) + 1
    lists += [0] * (len(lists) % 2)
    pool += bytes(-len(pool) % 8)
    has_blank = any(b" " in text for table in (at_starts, anywhere) for text, _ in table.leaves)
    data = HEADER.pack(len(pool), len(lists), leaf_limit, has_blank)
    data += b"".join(head for head, _ in tables)
    data += _first_bytes(anywhere)
    data += b"".join(body for _, body in tables)
    return data + array("I", lists).tobytes() + bytes(pool)


def _plain_words(terms: Sequence[ir.Term], level: str) -> tuple[list[bytes], Sequence[ir.Term]]:
    """The words of a clause that are placed all at once, folded; and its other terms.

    PERF: nearly all of a blocklist is ASCII without white space, begins with a letter or a digit, and is open
    on neither side. One by one, 100,000 of them take four times as long.
    """
    texts = [term.text for term in terms]
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        return [], terms
    odd = {term.text for term in terms if term.open_left or term.open_right}
    odd.update(NOT_PLAIN.findall(joined), ("",))
    words = "\n".join([text for text in texts if text not in odd]).encode("ascii")
    folded = words.translate(_ascii_images(level)).split(b"\n") if words else []
    return folded, [term for term in terms if term.text in odd]


@cache
def _ascii_images(level: str) -> bytes:
    """What each visible ASCII character folds to; one character each, whatever the level."""
    images = [folding.fold_text(chr(code), level) if chr(code) > " " else chr(code) for code in range(127)]
    return "".join(images).encode("ascii") + bytes(range(127, 256))


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


def _place_plain(table: _Table, leaf: int, words: Sequence[bytes]) -> None:
    """What `_place` does, for the words that `_plain_words` took."""
    keys = {
        word: word[:KEY_BYTES] if len(word) >= KEY_BYTES else FIRST_TOKEN.match(word).group()  # type: ignore[union-attr]
        for word in words
    }
    if any(len(word) >= KEY_BYTES for word in keys):
        table.prefix_lengths |= 1 << KEY_BYTES
        table.prefix_lengths_ascii |= 1 << KEY_BYTES
    for length in {len(key) for word, key in keys.items() if len(word) < KEY_BYTES}:
        table.token_lengths |= 1 << length
    for word in table.keys.keys() & keys.keys():
        _keep_key(table, word, keys.pop(word))
    table.keys.update(keys)
    places = [(word, word[-1] in WORD_BYTES) for word in words]
    if table.leaves.keys().isdisjoint(places):
        table.leaves.update(dict.fromkeys(places, (leaf,)))
    else:
        for place in places:
            _add_leaf(table, place, leaf)


def _add_leaf(table: _Table, place: tuple[bytes, bool], leaf: int) -> None:
    known = table.leaves.get(place, ())
    if leaf not in known[-1:]:
        table.leaves[place] = (*known, leaf)


def _place(at_starts: _Table, anywhere: _Table, leaf: int, term: ir.Term, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > LENGTH_MAX:
        raise ValueError("a term is longer than 16 MiB")
    closed_right = not term.open_right and _is_word(text[-1])
    table = anywhere if term.open_left or not _is_word(text[0]) else at_starts
    _add_leaf(table, (data, closed_right), leaf)
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
    keys = array("Q", b"".join([table.keys[data].ljust(KEY_BYTES, b"\0") for data, _ in ordered]))
    hashes = [key * MULTIPLIER & 0xFFFFFFFFFFFFFFFF for key in keys]
    slots = [value >> (64 - slot_bits) for value in hashes]
    places = sorted(range(count), key=slots.__getitem__)
    entries = _entries(
        [ordered[place] for place in places], [slots[place] for place in places], table, pool, lists
    )
    body = _filter(hashes, slot_bits - 2) + _starts(slots, 1 << slot_bits).tobytes() + entries
    return TABLE.pack(count, slot_bits, *masks, 0), body + bytes(-len(body) % 8)


def _filter(hashes: Iterable[int], bits: int) -> bytes:
    """A Bloom filter of 64-bit words: the first `bits` of a hash choose the word, twice six more a bit in it.

    PERF: with 16 bits a term it lets about 1 in 60 of other keys pass, where one bit a term let 1 in 16 pass.
    """
    words = [0] * (1 << bits)
    for value in hashes:
        words[value >> (64 - bits)] |= TWO_BITS[value >> (52 - bits) & 0xFFF]
    return array("Q", words).tobytes()


def _starts(slots: Iterable[int], count: int) -> array[int]:
    """Where the entries of each slot begin; one more than there are slots."""
    counts = [0] * (count + 1)
    for slot in slots:
        counts[slot + 1] += 1
    return array("I", accumulate(counts))


def _entries(
    ordered: Sequence[tuple[bytes, bool]],
    slots: Sequence[int],
    table: _Table,
    pool: bytearray,
    lists: list[int],
) -> bytes:
    """The entries, column by column."""
    texts = [data for data, _ in ordered]
    lengths = list(map(len, texts))
    values = array("I", bytes(ENTRY.size * len(texts)))
    values[0::4] = array("I", accumulate(lengths[:-1], initial=len(pool)))
    pool += b"".join(texts)
    flags = [CLOSED_RIGHT if closed else 0 for _, closed in ordered]
    values[1::4] = array("I", map(or_, lengths, flags))
    values[2::4] = array("I", _parents(texts, slots))
    leaves = [table.leaves[place] for place in ordered]
    values[3::4] = array("I", [known[0] for known in leaves])
    for place, known in enumerate(leaves):
        if len(known) > 1:
            values[4 * place + 1] |= MANY_LEAVES
            values[4 * place + 3] = len(lists)
            lists.extend((len(known), *known))
    return values.tobytes()


def _parents(texts: Sequence[bytes], slots: Sequence[int]) -> list[int]:
    """For each entry the longest other one of its bucket, before it, that it begins with."""
    parents = [NONE] * len(texts)
    for place in range(1, len(texts)):
        if slots[place] == slots[place - 1]:
            before = place - 1
            while before != NONE and not texts[place].startswith(texts[before]):
                before = parents[before]
            parents[place] = before
    return parents
