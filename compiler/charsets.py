"""Sets of characters as sorted ranges of code points, and what folding makes of them.

The regular expressions and the tolerant spellings are built from these. Ranges have both ends included; they
never touch or overlap, so that equal sets are equal tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from solon.matcher import folding

Ranges = tuple[tuple[int, int], ...]

CODE_POINT_MAX = 0x10FFFF
SMALL_SET = 2_000
"""Sets with more members are folded by looking at those alone that folding changes."""

UNSPACED_SCRIPTS = ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")


def united(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Any ranges, sorted and joined where they touch.

    >>> united([(5, 9), (1, 2), (3, 4)])
    ((1, 9),)
    """
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            if high > joined[-1][1]:
                joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """All code points, surrogates too, that are not in the ranges."""
    gaps = []
    at = 0
    for low, high in ranges:
        if low > at:
            gaps.append((at, low - 1))
        at = high + 1
    if at <= CODE_POINT_MAX:
        gaps.append((at, CODE_POINT_MAX))
    return tuple(gaps)


def of_characters(characters: Iterable[str]) -> Ranges:
    """The set of these characters."""
    return united((ord(character), ord(character)) for character in characters)


@cache
def property_set(name: str) -> Ranges:
    """The characters that have a property: word, digit, space, unspaced, a general category or a script."""
    if name != "unspaced":
        return united(folding.property_ranges(name))
    scripts = united(pair for script in UNSPACED_SCRIPTS for pair in folding.property_ranges(script))
    return complement(united(complement(scripts) + complement(property_set("L"))))


def image(character: str, level: str) -> str:
    """What one character folds to."""
    return character if level == "raw" else folding.image(character, level)


def fold_literal(text: str, level: str) -> str:
    """A pattern's own text as messages are folded."""
    return text if level == "raw" else folding.fold_text(text, level)


@lru_cache(maxsize=512)
def fold_set(ranges: Ranges, level: str) -> tuple[Ranges, tuple[str, ...]]:
    """The images of the members: those of one character as a set, and those of several characters.

    A member that folds to nothing drops out: a set always stands for a character.
    """
    if level == "raw":
        return united(ranges), ()
    if sum(high - low + 1 for low, high in ranges) <= SMALL_SET:
        images = {image(chr(code), level) for low, high in ranges for code in range(low, high + 1)}
        kept: Ranges = ()
    else:
        # A member that folding changes never stands in a folded text, since folding is closed. So the range
        # itself may stay in the set: the extra members meet nothing.
        images = {to for low, high in ranges for to in _changed_images(low, high, level)}
        kept = ranges
    single = of_characters(one for one in images if len(one) == 1)
    return united(single + kept), tuple(sorted(one for one in images if len(one) > 1))


def _changed_images(low: int, high: int, level: str) -> Iterable[str]:
    """The images, within low..high, of all characters that the level changes."""
    block = 256
    for start in range(low // block * block, high + 1, block):
        for code, to in _changed_block(start, block, level):
            if low <= code <= high:
                yield to


@lru_cache(maxsize=20_000)
def _changed_block(start: int, size: int, level: str) -> Sequence[tuple[int, str]]:
    codes = range(start, min(start + size, CODE_POINT_MAX + 1))
    text = "".join(map(chr, codes))
    if fold_literal(text, level) == text:
        return ()
    return [(code, to) for code in codes if (to := image(chr(code), level)) != chr(code)]
