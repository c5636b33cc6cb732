"""What every match of an expression has: rows of sets of characters, for the gate to look for.

Positions go in; rows come out, of which every match has one. A row is up to six sets of the gate's symbols
(the ASCII characters, one symbol for all others, and one for what stands outside the text), and says how far
after the start of the match its last character may stand.

A *cut* is a set of positions of which every match eats exactly one at some place: the beginnings of a part
that cannot be left out. All that may come right after a cut is a set that stands there too, and so is all
that may come right before; what is asserted between two characters makes the sets smaller. From a cut a row
grows on both sides, and its best stretch is taken; or from each position of the cut one of its own
(`pay|send|transfer`), where that lets less text pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from solon.compiler.charsets import Ranges
from solon.compiler.gate_sample import SAMPLE
from solon.compiler.regex_nfa import MATCH, Guarded, Look, Positions

__all__ = ["SYMBOLS", "Row", "required_rows", "symbols_of"]

BEYOND_ASCII = 128
OUTSIDE = 129
SYMBOLS = 130
"""The ASCII characters, one symbol for all others, and one for what stands before and after the text."""
ALL = (1 << SYMBOLS) - 1
WORD = sum(1 << code for code in range(128) if chr(code).isalnum() or chr(code) == "_")
NO_WORD = ((1 << 128) - 1) & ~WORD
UNKNOWN = 1 << BEYOND_ASCII

SETS_MAX = 6
ROWS_MAX = 24
"""Of one cut; one with more positions is taken as a whole."""
CUTS_MAX = 48
POSITIONS_MAX = 1_000
"""In larger expressions only a whole cut is looked at, and a row grows forwards only."""

RUN = 8_000
"""What an automaton costs that is run at each character of a message, in the price of a bit of the gate."""
ODDS_MAX = 0.25


@dataclass(frozen=True, slots=True)
class Row:
    """Sets of symbols in a row. The last one's character stands `nearest` to `furthest` characters after the
    first of the match (0: it is the first; None: any number)."""

    sets: tuple[int, ...]
    nearest: int
    furthest: int | None


def required_rows(positions: Positions) -> tuple[Row, ...]:
    """Rows of which every match has one, the cheapest that were found; none where nothing rare is
    required."""
    growing = _Growing(positions)
    best: tuple[Row, ...] = ()
    best_price = RUN * ODDS_MAX
    for cut in _cuts(positions, growing.next_bits):
        if not cut:  # an expression that never matches
            continue
        for parts in growing.divided(cut):
            rows, price = growing.rows_of(parts)
            if price < best_price:
                best, best_price = rows, price
    return best


def _cuts(positions: Positions, next_bits: list[int]) -> Iterator[int]:
    """The cuts that were noted, and the ends of all matches."""
    yield from positions.cuts[:CUTS_MAX]
    if not _all_bits(positions.entry) & MATCH:
        yield sum(1 << place for place, bits in enumerate(next_bits) if bits & MATCH)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A row around a part of a cut: `sets[middle]` is the part itself."""

    sets: list[int]
    middle: int


class _Growing:
    def __init__(self, positions: Positions) -> None:
        self.follow = positions.follow
        self.entry = positions.entry
        self.next_bits = [_all_bits(guarded) for guarded in positions.follow]
        self.symbols = [symbols_of(of) for of in positions.sets]
        self.small = len(self.follow) <= POSITIONS_MAX
        self.before = self._before() if self.small else []
        self.nearest, self.furthest = self._distances()

    def _before(self) -> list[int]:
        """By position, the positions that it may come after."""
        before = [0] * len(self.follow)
        members: dict[int, int] = {}
        for place, guarded in enumerate(self.follow):
            members[id(guarded)] = members.get(id(guarded), 0) | 1 << place
        done: set[int] = set()
        for guarded in self.follow:
            if id(guarded) not in done:
                done.add(id(guarded))
                for place in _places(_all_bits(guarded)):
                    before[place] |= members[id(guarded)]
        return before

    def _distances(self) -> tuple[list[int], list[int | None]]:
        """How many characters of the match stand before the one that a position eats: at least, and at most.

        Positions lead to lower ones, but for the way round a loop. What one comes to from there may stand
        anywhere.
        """
        nearest = [0] * len(self.follow)
        entry = _all_bits(self.entry)
        for distance, wave in enumerate(self._waves(entry)):
            for place in _places(wave):
                nearest[place] = distance
        loose = 0
        for place, bits in enumerate(self.next_bits):
            loose |= bits >> place << place  # steps to itself or to higher ones
        for wave in self._waves(loose):
            loose |= wave
        furthest: list[int | None] = [-1] * len(self.follow)
        for place in _places(entry):
            furthest[place] = 0
        for place in reversed(range(len(self.follow))):
            if loose >> place & 1:
                furthest[place] = None
            far = furthest[place]
            if far is None or far < 0:
                continue
            for to in _places(self.next_bits[place] & ~loose):
                known = furthest[to]
                furthest[to] = far + 1 if known is None else max(far + 1, known)
        return nearest, furthest

    def _waves(self, places: int) -> Iterator[int]:
        """The places, those that come right after them, and so on, each place once."""
        reached = wave = places & ~MATCH
        while wave:
            yield wave
            following = 0
            for place in _places(wave):
                following |= self.next_bits[place]
            wave = following & ~reached & ~MATCH
            reached |= wave

    # ── Cuts, whole and in parts ──

    def divided(self, cut: int) -> Iterator[list[int]]:
        """The cut as one, and position by position."""
        yield [cut]
        if self.small and 1 < cut.bit_count() <= ROWS_MAX:
            yield [1 << place for place in _places(cut)]

    def rows_of(self, parts: list[int]) -> tuple[tuple[Row, ...], float]:
        """The cheapest row of each part, and what they cost together."""
        found: dict[tuple[int, ...], Row] = {}
        for part in parts:
            row = self._cheapest(part)
            known = found.get(row.sets)
            if known is not None:
                fars = (known.furthest, row.furthest)
                row = Row(row.sets, min(known.nearest, row.nearest), _highest(fars))
            found[row.sets] = row
        rows = tuple(found.values())
        return rows, sum(price(row.sets) for row in rows)

    def _cheapest(self, part: int) -> Row:
        stretch = self._grown(part)
        best: tuple[float, int, int] | None = None
        for start in range(stretch.middle + 1):
            for end in range(max(start, stretch.middle) + 1, min(start + SETS_MAX, len(stretch.sets)) + 1):
                costs = price(tuple(stretch.sets[start:end]))
                if best is None or costs < best[0]:
                    best = (costs, start, end)
        assert best is not None
        _, start, end = best
        shift = end - 1 - stretch.middle
        nearest = min(self.nearest[place] for place in _places(part)) + shift
        furthest = _highest(self.furthest[place] for place in _places(part))
        return Row(tuple(stretch.sets[start:end]), nearest, None if furthest is None else furthest + shift)

    def _grown(self, part: int) -> _Stretch:
        after = self._forwards(part)
        before = self._backwards(part) if self.small else []
        return _Stretch([*reversed(before), self._united(part), *after], len(before))

    def _united(self, places: int) -> int:
        together = 0
        for place in _places(places):
            together |= self.symbols[place]
        return together

    def _forwards(self, at: int) -> list[int]:
        """What may come after the positions, set by set; after a match, anything that is allowed there."""
        sets: list[int] = []
        while len(sets) < SETS_MAX:
            following, allowed = 0, 0
            seen: dict[tuple[frozenset[Look], int], int] = {}
            for place in _places(at):
                side = kind_of(self.symbols[place])
                for guard, bits in self.follow[place].items():
                    key = (guard, side if guard else 0)
                    seen[key] = seen.get(key, 0) | bits
            for (guard, side), bits in seen.items():
                may = beside(guard, side)
                allowed |= self._united(bits & ~MATCH) & may
                if bits & MATCH:
                    allowed |= ALL & may
                following |= bits
            if allowed.bit_count() >= SYMBOLS - 1:
                break
            sets.append(allowed)
            if following & MATCH or not following:
                break
            at = following
        return sets

    def _backwards(self, at: int) -> list[int]:
        """What may come before the positions, the nearest set first."""
        sets: list[int] = []
        while len(sets) < SETS_MAX:
            before, allowed = 0, 0
            for place in _places(at):
                before |= self.before[place]
            begins = False
            side = kind_of(self._united(at))
            for guard, bits in self.entry.items():
                if bits & at:
                    begins = True
                    at_start = any(look.kind == "start" for look in guard)
                    allowed |= 1 << OUTSIDE if at_start else beside(guard, side if guard else 0)
            for place in _places(before):
                for guard, bits in self.follow[place].items():
                    hit = bits & at
                    if hit:
                        allowed |= self.symbols[place] & beside(
                            guard, kind_of(self._united(hit)) if guard else 0
                        )
            if allowed.bit_count() >= SYMBOLS - 1:
                break
            sets.append(allowed)
            if begins or not before:
                break
            at = before
        return sets


def _places(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, but for the match's."""
    bits &= ~MATCH
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        yield lowest.bit_length() - 1


def _highest(numbers: Iterable[int | None]) -> int | None:
    """The highest, where None is higher than any."""
    highest = -1
    for number in numbers:
        if number is None:
            return None
        highest = max(highest, number)
    return highest


def _all_bits(guarded: Guarded) -> int:
    together = 0
    for bits in guarded.values():
        together |= bits
    return together


# ── Symbols ──────────────────────────────────────────────────────────────────────────────────────────

MIXED, ALL_WORD, ALL_OTHER = 0, 1, 2


def kind_of(symbols: int) -> int:
    """Are all of them ASCII word characters, or none of them a word character?"""
    if not symbols & ~WORD:
        return ALL_WORD
    return MIXED if symbols & ~NO_WORD else ALL_OTHER


@lru_cache(maxsize=1024)
def beside(guard: frozenset[Look], side: int) -> int:
    """The symbols that may stand on the other side of what is asserted between two characters, where those
    on this side are of a kind."""
    allowed = ALL
    for look in guard:
        match look.kind, side:
            case ("boundary", 1) | ("edge", 1) | ("not_boundary", 2):
                allowed &= ~WORD
            case ("boundary", 2) | ("not_boundary", 1):
                allowed &= WORD | UNKNOWN
            case _:
                pass
    return allowed


@lru_cache(maxsize=4096)
def symbols_of(of: Ranges) -> int:
    """A set as bits of symbols."""
    symbols = 0
    for low, high in of:
        if high >= BEYOND_ASCII:
            symbols |= UNKNOWN
        if low < BEYOND_ASCII:
            symbols |= (2 << min(high, BEYOND_ASCII - 1)) - (1 << low)
    return symbols


# ── Prices ───────────────────────────────────────────────────────────────────────────────────────────

OTHERWISE = 0.0002
"""How often a character comes that the sample does not have, beside the characters of the sample."""
BEYOND_ASCII_SHARE = 0.015


@lru_cache(maxsize=8192)
def price(sets: Sequence[int]) -> float:
    """What a row costs on each message: its bits, and the runs of the automaton where it is seen.

    How often that is: half by the sample, half by its characters, as if they came independently.
    """
    seen = -1
    chance = 1.0
    for place, of in enumerate(sets):
        seen &= _stands(of) >> place
        chance *= share(of)
    return RUN * (seen.bit_count() / len(SAMPLE) / 2 + chance / 2) + len(sets)


@lru_cache(maxsize=8192)
def _stands(symbols: int) -> int:
    """The places of the sample where one of the symbols stands, as bits."""
    together = 0
    for code, bits in _PLACES.items():
        if symbols >> code & 1:
            together |= bits
    return together


@lru_cache(maxsize=8192)
def share(symbols: int) -> float:
    """About how often a character of a message is one of the symbols."""
    total = BEYOND_ASCII_SHARE if symbols & UNKNOWN else 0.0
    known = _stands(symbols).bit_count() / len(SAMPLE)
    return min(1.0, total + known + OTHERWISE * (symbols & ((1 << 128) - 1)).bit_count())


def _places_of_sample() -> dict[int, int]:
    places: dict[int, int] = {}
    for place, character in enumerate(SAMPLE):
        places[ord(character)] = places.get(ord(character), 0) | 1 << place
    return places


_PLACES = _places_of_sample()
