"""Tables of messages: figure 17, and what threads bring to them, beside figure 16."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.bench import Bench
from benchmarks.contenders import deciding
from benchmarks.measure import Block, Contender, paired, settle
from benchmarks.row import Row
from solon.matcher.engine import Policy

__all__ = ["batches"]

REPEATS = 10


def batches(bench: Bench) -> Iterator[Row]:
    """Shows what a table costs over one call a message: the same messages and facts, as Arrow columns in
    and out (all columns of the answer), over a dict and a str in and a verdict out. On one thread, by CPU
    time; and by the clock, with a thread for each processor. Checked: both give the same actions."""
    figure = "one call a message over `decide_batch` on Arrow columns"
    try:
        import pyarrow as pa  # noqa: PLC0415  (a peer's library: it may be missing)
    except ImportError:
        yield Row("17", figure, note="pyarrow is missing")
        return
    policy = bench.mixed
    same(bench, pa, bench.corpus.again(1, 2 * bench.size)[0])
    blocks = bench.corpus.again(bench.rounds, 4 * bench.size)
    contenders: dict[str, Contender] = {
        "columns": tabled(bench, pa, policy),
        "calls": deciding(policy, bench.facts_for),
        "constants": constant(bench, pa, policy),
        "same facts": deciding(policy, lambda block: [bench.facts[0]] * len(block)),
    }
    rounds = paired(contenders, blocks)
    for batch, calls, what in (
        ("constants", "same facts", "the same facts for all"),
        ("columns", "calls", "eight facts from columns"),
    ):
        yield Row(
            *("17", f"{figure}, {what}, one thread", rounds.said(batch), rounds.said(calls)),
            value=rounds.ratio(calls, batch),
            goal=2,
            at_least=True,
            hits=f"batch {rounds.hits[batch]} rules, calls {rounds.hits[calls]}",
            note="the answer as an Arrow table, all columns",
        )
    block = bench.corpus.again(1, 8 * bench.size)[0]
    yield by_clock(bench, pa, f"{figure}, eight facts from columns, all processors, by the clock", block)
    yield two_threads(bench, pa, block)


def columns(pa: Any, block: Block, facts: Sequence[dict[str, Any]]) -> Any:
    """Messages and facts as a table; money as a decimal, time as a duration."""
    made = {name: pa.array([one[name] for one in facts]) for name in facts[0]}
    return pa.table({"body": pa.array(block, pa.string()), **made})


def same(bench: Bench, pa: Any, block: Block) -> None:
    """Raises AssertionError where the two differ."""
    facts = bench.facts_for(block)
    actions = bench.mixed.decide_batch(columns(pa, block, facts), "body").actions
    for number, (message, given) in enumerate(zip(block, facts, strict=True)):
        if bench.mixed.decide(message, given).action != actions[number]:
            raise AssertionError(f"batch and call differ on message {number}")


def tabled(bench: Bench, pa: Any, policy: Policy, threads: int | None = 1) -> Contender:
    """The full decision of a table; the hits are the rules that fired."""

    def prepare(block: Block) -> Callable[[], int]:
        table = columns(pa, block, bench.facts_for(block))

        def work() -> int:
            answer = pa.table(policy.decide_batch(table, "body", threads=threads))
            return len(answer["rules"].combine_chunks().flatten())

        return work

    return prepare


def constant(bench: Bench, pa: Any, policy: Policy) -> Contender:
    """The same with one set of facts for all messages."""

    def prepare(block: Block) -> Callable[[], int]:
        column = pa.array(block, pa.string())

        def work() -> int:
            answer = pa.table(policy.decide_batch(column, facts=bench.facts[0], threads=1))
            return len(answer["rules"].combine_chunks().flatten())

        return work

    return prepare


def by_clock(bench: Bench, pa: Any, figure: str, block: Block) -> Row:
    """As users wait for it."""
    ratio = against(
        tabled(bench, pa, bench.mixed, None)(block), deciding(bench.mixed, bench.facts_for)(block)
    )
    return Row("17", figure, value=1 / ratio, at_least=True, note="needs idle processors")


def two_threads(bench: Bench, pa: Any, block: Block) -> Row:
    """What threads bring where they are not kept apart by the interpreter's lock."""
    one, two = (tabled(bench, pa, bench.mixed, threads)(block) for threads in (1, 2))
    return Row(
        *("16", "two threads over one, by the clock, `decide_batch`", "–", "itself"),
        value=1 / against(two, one),
        goal=1.9,
        at_least=True,
        note="slices of 4,096 rows; needs two idle cores",
    )


def against(one: Callable[[], int], other: Callable[[], int]) -> float:
    """The median of the first's time over the second's, by the clock."""
    ratios = []
    settle()
    for _ in range(REPEATS):
        start = time.perf_counter()
        one()
        middle = time.perf_counter()
        other()
        ratios.append((middle - start) / (time.perf_counter() - middle))
    return statistics.median(ratios)
