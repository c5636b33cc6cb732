"""Paired rounds: each contender works on the same block of messages in each round, and ratios are of rounds.

A shared machine changes its speed from second to second. Two contenders that run one after the other within
a round meet nearly the same machine, so the ratio of their times holds where neither time does; the median
over the rounds throws out those in which something else woke up.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Block", "Contender", "Rounds", "cpu_seconds", "paired"]

Block = Sequence[str]
"""The messages of one round."""

Contender = Callable[[Block], Callable[[], int]]
"""From a block to the work that is timed (what is prepared is not); the work returns its hits."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """`nanoseconds[name][round]` for all messages of that round, and the hits of all rounds together."""

    nanoseconds: Mapping[str, Sequence[int]]
    hits: Mapping[str, int]
    messages: int

    def ratio(self, one: str, other: str) -> float:
        """The median over the rounds of one's time over the other's."""
        pairs = zip(self.nanoseconds[one], self.nanoseconds[other], strict=True)
        return statistics.median(a / b for a, b in pairs)

    def per_message(self, name: str) -> float:
        """The median over the rounds of nanoseconds a message."""
        return statistics.median(self.nanoseconds[name]) * len(self.nanoseconds[name]) / self.messages

    def said(self, name: str) -> str:
        """`1,234 ns`, a message."""
        return f"{self.per_message(name):,.0f} ns"


def paired(contenders: Mapping[str, Contender], blocks: Sequence[Block]) -> Rounds:
    """A round for each block. The contenders take turns in going first: the second finds warmer caches."""
    nanoseconds: dict[str, list[int]] = {name: [] for name in contenders}
    hits = dict.fromkeys(contenders, 0)
    names = list(contenders)
    settle()
    for number, block in enumerate(blocks):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            work = contenders[name](block)
            spent, found = timed(work)
            nanoseconds[name].append(spent)
            hits[name] += found
    return Rounds(nanoseconds, hits, sum(len(block) for block in blocks))


def timed(work: Callable[[], int]) -> tuple[int, int]:
    """CPU time of this thread in nanoseconds, and what the work returned."""
    start = time.thread_time_ns()
    found = work()
    return time.thread_time_ns() - start, found


def cpu_seconds(work: Callable[[], object], times: int = 1) -> float:
    """The median CPU time of this thread over some calls, in seconds."""
    settle()
    spent = []
    for _ in range(times):
        start = time.thread_time_ns()
        work()
        spent.append(time.thread_time_ns() - start)
    return statistics.median(spent) / 1e9


def settle() -> None:
    """What lies in memory now is not looked at by the collector again, in nobody's time."""
    gc.collect()
    gc.freeze()
