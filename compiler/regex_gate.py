"""What every match of an expression has: a few sets of characters in a row, for the gate to look for.

Positions go in, up to five sets come out, as bits of the gate's symbols (the ASCII characters, and one for
all others). A *cut* is a set of positions of which every match eats exactly one at some place: the beginnings
of a part that cannot be left out. All that may come right after a cut is a set that stands there too, and so
is all that may come right before. From each cut a row of sets grows on both sides; the rarest stretch of any
row is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from solon.compiler.charsets import Ranges
from solon.compiler.regex_nfa import MATCH, Guarded, Positions

SYMBOLS = 129
"""The ASCII characters, and one symbol for all others."""
SETS_MAX = 5
CUTS_MAX = 48
BACKWARD_POSITIONS_MAX = 1_000
"""In larger ones a row grows forwards only: what comes before takes a look at every position."""

PER_MILLE = {
    " ": 180, "e": 94, "t": 70, "o": 64, "a": 62, "i": 56, "n": 52, "r": 43, "s": 42, "h": 37, "l": 35,
    "d": 29, "u": 28, "m": 22, "y": 21, "c": 20, "g": 18, "w": 18, "p": 16, "f": 14, "b": 12, "k": 10,
    "v": 8, ".": 13, ",": 8, "'": 5, "-": 4, "j": 2, "x": 2, "z": 1, "q": 1, "!": 3, "?": 4, "0": 5,
    "1": 4, "2": 3, "5": 3,
}  # fmt: skip
"""About how many of a thousand characters of messages."""
OTHER_PER_MILLE = 1
BEYOND_ASCII_PER_MILLE = 15


def required_symbols(positions: Positions) -> tuple[int, ...]:
    """The rarest stretch of one to five sets that every match has; empty where nothing rare is required."""
    follow = [_all_bits(guarded) for guarded in positions.follow]
    symbols = [symbols_of(of) for of in positions.sets]
    best: tuple[int, ...] = ()
    best_odds = 0.3
    for cut in _cuts(positions, follow):
        row = _row(cut, positions, follow, symbols)
        for start in range(len(row)):
            odds = 1.0
            for end in range(start + 1, min(start + SETS_MAX, len(row)) + 1):
                odds *= share(row[end - 1])
                if odds < best_odds * 0.9:
                    best, best_odds = tuple(row[start:end]), odds
    return best


def _cuts(positions: Positions, follow: list[int]) -> Iterator[int]:
    """The cuts that were noted, and the ends of all matches."""
    yield from positions.cuts[:CUTS_MAX]
    if not _all_bits(positions.entry) & MATCH:
        yield sum(1 << place for place, bits in enumerate(follow) if bits & MATCH)


def _row(cut: int, positions: Positions, follow: list[int], symbols: list[int]) -> list[int]:
    """The cut and what stands on both sides of it, as symbols."""
    row = [_united(cut, symbols)]
    at = cut
    while len(row) < SETS_MAX and not (at := _united(at, follow)) & MATCH and at:
        row.append(_united(at, symbols))
    if len(follow) > BACKWARD_POSITIONS_MAX:
        return row
    entry = _all_bits(positions.entry)
    at = cut
    for _ in range(SETS_MAX - 1):
        if at & entry:
            break
        at = sum(1 << place for place, bits in enumerate(follow) if bits & at)
        row.insert(0, _united(at, symbols))
    return row


def _united(places: int, of: list[int]) -> int:
    """The bits of all the places together."""
    together = 0
    while places:
        lowest = places & -places
        places ^= lowest
        together |= of[lowest.bit_length() - 1]
    return together


def _all_bits(guarded: Guarded) -> int:
    together = 0
    for bits in guarded.values():
        together |= bits
    return together


@lru_cache(maxsize=4096)
def symbols_of(of: Ranges) -> int:
    """A set as bits of symbols."""
    symbols = 0
    for low, high in of:
        if low >= SYMBOLS - 1:
            return symbols | 1 << SYMBOLS - 1
        symbols |= (2 << min(high, SYMBOLS - 1)) - (1 << low)
    return symbols


@lru_cache(maxsize=4096)
def share(symbols: int) -> float:
    """About how often a character of a message is one of the symbols."""
    total = BEYOND_ASCII_PER_MILLE if symbols >> SYMBOLS - 1 else 0
    for code in range(SYMBOLS - 1):
        if symbols >> code & 1:
            total += PER_MILLE.get(chr(code), OTHER_PER_MILLE)
    return min(1.0, total / 1000)
