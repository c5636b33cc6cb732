"""Single decisions and many of them: figures 15 and 16."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks.bench import Bench
from benchmarks.contenders import deciding
from benchmarks.measure import settle, timed
from benchmarks.native import NotBuilt
from benchmarks.row import Row

__all__ = ["rate", "spread"]

PASSES = 5
REPEATS = 40


def spread(bench: Bench) -> Iterator[Row]:
    """Shows how much a slow decision costs over a usual one: p99 over p50 of single calls from Python. Each
    message is asked for a few times and its shortest time counts, since a machine that does other work
    would be measured else. Checked by figure 1."""
    block = bench.corpus.block(3 * bench.size)
    facts = bench.facts_for(block)
    policy = bench.mixed

    def solon(number: int) -> None:
        verdict = policy.decide(block[number], facts[number])
        if verdict.action != "allow":
            verdict.rules, verdict.matches  # noqa: B018

    p50, p99 = percentiles(shortest(solon, len(block)))
    peer, note = "–", ""
    try:
        combination = bench.combination
        theirs = shortest(lambda number: combination.decide(block[number], facts[number]), len(block))
        usual, slow = percentiles(theirs)
        peer = f"C {usual:,.0f} / {slow:,.0f} ns: {slow / usual:.1f}"
    except NotBuilt as error:
        note = str(error)
    figure, said = "p99 over p50 of the full decision", f"{p50:,.0f} / {p99:,.0f} ns"
    yield Row("15", figure, said, peer, value=p99 / p50, goal=5, note=note)


def shortest(decide: Callable[[int], object], count: int) -> list[int]:
    """Nanoseconds of each call, the shortest of some."""
    settle()
    best = [1 << 62] * count
    for _ in range(PASSES):
        for number in range(count):
            start = time.perf_counter_ns()
            decide(number)
            best[number] = min(best[number], time.perf_counter_ns() - start)
    return best


def percentiles(times: Sequence[int]) -> tuple[float, float]:
    """The middle one, and the one that a hundredth exceed."""
    cuts = statistics.quantiles(times, n=100)
    return cuts[49], cuts[98]


def rate(bench: Bench) -> Iterator[Row]:
    """Shows how many full decisions one core makes in a second of CPU time, and how many more two threads
    make in the same time by the clock (the GIL is held for short messages). Checked by figure 1. The first
    depends on the machine."""
    contender = deciding(bench.mixed, bench.facts_for)
    rates = []
    for block in bench.blocks():
        spent, _ = timed(contender(block))
        rates.append(len(block) / spent * 1e9)
    middle = statistics.median(rates)
    figure = "full decisions a second of CPU time"
    yield Row("16", figure, f"{middle:,.0f}", value=middle, goal=500_000, at_least=True)
    ratios = [together(contender, bench) for _ in range(3)]
    yield Row(
        *("16", "two threads over one, by the clock", "–", "itself"),
        value=statistics.median(ratios),
        goal=1.9,
        at_least=True,
        note="needs two idle cores; the interpreter's lock is held for messages below 2,048 characters, "
        "since letting it go costs more than their decision: for many threads there is `decide_batch`",
    )


def repeated(work: Callable[[], int]) -> None:
    """Often enough that starting a thread does not count."""
    for _ in range(REPEATS):
        work()


def together(contender: Callable[[Sequence[str]], Callable[[], int]], bench: Bench) -> float:
    """Messages by the clock, two threads over one."""
    work = [partial(repeated, contender(block)) for block in bench.corpus.again(2, bench.size)]
    start = time.perf_counter()
    for one in work:
        one()
    alone = time.perf_counter() - start
    threads = [threading.Thread(target=one) for one in work]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return alone / (time.perf_counter() - start)
