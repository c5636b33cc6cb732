"""Each workload's time over that of a loop that never changes, in one process and in paired rounds.

The loop does what a decision does, in kind: it hashes and compares short strings in C, and walks dicts in
Python. A machine that is slow for a while is slow for both; the least ratio of many rounds is taken from
those in which nothing else ran, and it holds where neither time does.
"""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.gate.messages import fresh_messages
from benchmarks.gate.workloads import WORKLOADS
from benchmarks.measure import settle, timed

__all__ = ["calibration", "measured"]

ROUNDS = 15
LOOP_MESSAGES = 256


def calibration() -> Callable[[], int]:
    """The loop: one pass takes about as long as a workload's."""
    messages = fresh_messages(LOOP_MESSAGES, seed=7)
    data = [message.encode() for message in messages]
    names = {
        word: number
        for number, word in enumerate(sorted({word for text in messages for word in text.split()}))
    }

    def run() -> int:
        found = 0
        for text, raw in zip(messages, data, strict=True):
            found += hashlib.blake2b(raw, digest_size=8).digest()[0] & 1
            for word in text.casefold().split():
                found += names.get(word, 0) & 1
        return found

    return run


def measured(
    artifacts: Path, names: Sequence[str], *, times: int = 1, rounds: int = ROUNDS
) -> dict[str, float]:
    """Workload to its time a message over the loop's. `times` does the work more than once, as a slower
    engine would: to show that the gate can fail."""
    loop = calibration()
    loop()
    ratios = {}
    for name in names:
        workload = WORKLOADS[name](artifacts)
        expected = workload.run()
        settle()
        rounds_of = [one_round(loop, workload.run, expected, times) for _ in range(rounds)]
        ratios[name] = statistics.median(rounds_of) * LOOP_MESSAGES / workload.messages
    return ratios


def one_round(loop: Callable[[], int], work: Callable[[], int], expected: int, times: int) -> float:
    """The loop before and after, the work between them."""
    before, _ = timed(loop)
    spent = 0
    for _ in range(times):
        once, answer = timed(work)
        if answer != expected:
            raise AssertionError(f"the work found {expected}, then {answer}")
        spent += once
    after, _ = timed(loop)
    return 2 * spent / (before + after)
