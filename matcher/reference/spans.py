"""Lists of spans: selection, `except` and distances, as docs/semantics.md has them.

A span is (start, end) in characters of the text that was given. A *selected* list is sorted and its spans
do not overlap; everything here takes and gives selected lists, but for `select`, which makes one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Literal

Span = tuple[int, int]


def select(candidates: Iterable[Span]) -> list[Span]:
    """Of all candidates the leftmost, and from one start the longest, then on from its end."""
    kept: list[Span] = []
    for start, end in sorted(candidates, key=lambda span: (span[0], -span[1])):
        if start < end and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return kept


def without(kept: list[Span], removed: list[Span]) -> list[Span]:
    """The kept spans that overlap none of the removed ones."""
    ends = [end for _, end in removed]
    left = []
    for start, end in kept:
        first = bisect_right(ends, start)  # the first removed span that ends after `start`
        if first == len(removed) or removed[first][0] >= end:
            left.append((start, end))
    return left


def near(
    left: list[Span],
    right: list[Span],
    side: Literal["near", "before", "after"],
    distance: int,
    between: Callable[[int, int], int],
) -> list[Span]:
    """The spans of `left` that have one of `right` on the side, with at most `distance` between.

    `between(a, b)` measures the gap from a to b. A longer gap never measures less, so that on either side
    only the closest span of `right` needs a look.
    """
    starts = [start for start, _ in right]
    ends = [end for _, end in right]

    def has_one_after(span: Span) -> bool:
        nearest = bisect_left(starts, span[1])
        return nearest < len(right) and between(span[1], starts[nearest]) <= distance

    def has_one_before(span: Span) -> bool:
        nearest = bisect_right(ends, span[0]) - 1
        return nearest >= 0 and between(ends[nearest], span[0]) <= distance

    def stands_right(span: Span) -> bool:
        if side == "before":
            return has_one_after(span)
        if side == "after":
            return has_one_before(span)
        return has_one_after(span) or has_one_before(span)

    return [span for span in left if stands_right(span)]
