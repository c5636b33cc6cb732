"""Patterns alone, without a decision and without Python between two messages: figures 4 and 5."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.bench import Bench
from benchmarks.combination import bounded
from benchmarks.contenders import available, finding, scanning
from benchmarks.measure import Block, Contender, paired
from benchmarks.native import NativeEngine
from benchmarks.policies import Project, regexes_only, words_only
from benchmarks.row import Row
from benchmarks.spam import SPAM
from solon.matcher.engine import Policy, from_bytes

__all__ = ["many_regexes", "regexes", "words"]

WORD_GOALS = {100: 1.1, 1_000: 1.3, 10_000: 0.75, 100_000: 0.8}
INCLUDED = (
    "the engine in C through a policy: limit, fold at level basic with the map of offsets, find, spans "
    "chosen leftmost and longest in characters of the original; no decision, no Python between two messages"
)


def words(bench: Bench) -> Iterator[Row]:
    """Shows what words with boundaries and exact spans cost over hyperscan's literal scan (B), which checks
    no boundary, folds no accent and gives no start. Checked: on ASCII messages Solon finds what the same
    words between boundaries find with `re` (L100)."""
    blocks = bench.blocks()  # fresh for each engine: every one of them sees them for the first time
    for count, goal in WORD_GOALS.items():
        listed = bench.corpus.words(count)
        make = partial(literal_scan, bench, count)
        check = partial(check_words, listed[:100]) if count == 100 else None
        case = Case("4", f"words over B, L{count:,}", words_only(listed), goal, blocks)
        yield over_peer(bench, case, "B", make, check)


def regexes(bench: Bench) -> Iterator[Row]:
    """Shows what thirty regular expressions with exact spans cost over hyperscan's scan for their ends (A).
    Checked: on ASCII messages each expression is found where `re` finds it."""
    found = bench.corpus.regexes()
    case = Case("5", "regular expressions over A, R30", regexes_only(found), 0.7, bench.blocks())
    make, check = (lambda: scanning(bench.reference_a_regexes())), partial(check_regexes, found)
    yield over_peer(bench, case, "A", make, check)


def many_regexes(bench: Bench) -> Iterator[Row]:
    """Shows the same for three hundred expressions: R30 and 270 of the kind that spam filters carry. Checked:
    on ASCII messages each expression is found where `re` finds it."""
    found = bench.corpus.regexes() | SPAM
    case = Case("3", "regular expressions over A, R300", regexes_only(found), 1.0, bench.blocks())
    make, check = (lambda: scanning(bench.reference_a_many())), partial(check_regexes, found)
    yield over_peer(bench, case, "A", make, check)


@dataclass(frozen=True, slots=True)
class Case:
    """A row to be, and the policy that it is measured with."""

    number: str
    figure: str
    project: Project
    goal: float
    blocks: Sequence[Block]


def over_peer(
    bench: Bench,
    case: Case,
    peer: str,
    make: Callable[[], Contender],
    check: Callable[[Policy, Block], None] | None,
) -> Row:
    """One paired run of the engine against a scan, after a check of the answers."""
    artifact = case.project.artifact()
    if check is not None:
        check(from_bytes(artifact), bench.corpus.block(bench.size // 2))
    engine = NativeEngine(artifact)
    contenders, missing = available({"Solon": lambda: finding(engine), peer: make})
    rounds = paired(contenders, case.blocks)
    if peer not in contenders:
        return Row(case.number, case.figure, rounds.said("Solon"), note=missing)
    spans, ends = rounds.hits["Solon"], rounds.hits[peer]
    return Row(
        *(case.number, case.figure, rounds.said("Solon"), rounds.said(peer)),
        value=rounds.ratio("Solon", peer),
        goal=case.goal,
        hits=f"Solon {spans} spans, {peer} {ends} ends, {rounds.messages:,} messages",
        note=INCLUDED if check is not None else "",
    )


def literal_scan(bench: Bench, count: int) -> Contender:
    """Reference B."""
    return scanning(bench.reference_b(count))


def check_words(listed: Sequence[str], policy: Policy, block: Block) -> None:
    """The pattern is found in a message where, and only where, `re` finds one of its words. Raises
    AssertionError."""
    expression = re.compile("|".join(map(bounded, listed)), re.IGNORECASE)
    for text in block:
        if text.isascii() and bool(expression.search(text)) != ("listed" in policy.find(text)):
            raise AssertionError(f"`re` and Solon differ on {text!r}")


def check_regexes(expected: Mapping[str, str], policy: Policy, block: Block) -> None:
    """Each expression is found in a message where, and only where, `re` finds it. Raises AssertionError."""
    expressions = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in expected.items()}
    for text in block:
        if text.isascii():
            found = {name for name, expression in expressions.items() if expression.search(text)}
            if found != set(policy.find(text)):
                differ = sorted(found ^ set(policy.find(text)))
                raise AssertionError(f"`re` and Solon differ in {differ} on {text!r}")
