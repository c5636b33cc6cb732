"""The full decision: figures 1, 2 and 6."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence

from benchmarks.bench import Bench
from benchmarks.contenders import available, combining, deciding, finding, scanning
from benchmarks.measure import Block, Contender, Rounds, paired, settle, timed
from benchmarks.native import Hyperscan, NativeEngine, NotBuilt
from benchmarks.policies import regexes_only, words_only
from benchmarks.row import Row

__all__ = ["agreement", "fresh_over_seen", "full_decision"]

INCLUDED = (
    "Solon: dict and str in, fold, patterns, 100 rules, action out, and of rules that fire names and spans"
)


def full_decision(bench: Bench) -> Iterator[Row]:
    """Shows what a decision costs from Python, over the scan in C that does nothing else (A), and over the
    best that can be put together in Python (C). Checked: Solon and C fire the same rules."""
    contenders, missing = available(
        {
            "Solon": lambda: deciding(bench.mixed, bench.facts_for),
            "A": lambda: scanning(bench.reference_a()),
            "C": lambda: combining(bench.combination, bench.facts_for),
        }
    )
    if "C" in contenders:
        differ, asked = agreement(bench, bench.corpus.block(2 * bench.size))
        if differ > asked // 200:
            raise AssertionError(f"Solon and C differ on {differ} of {asked} messages")
        missing = f"{missing}; C fires other rules on {differ} of {asked} ASCII messages".lstrip("; ")
    yield from rows_of("", paired(contenders, bench.blocks()), missing)
    yield parts(bench)
    long_texts = [bench.corpus.long_block(max(bench.size // 40, 4)) for _ in range(bench.rounds)]
    yield from rows_of(", texts of 2 to 20 KB", paired(contenders, long_texts), "")


def rows_of(what: str, rounds: Rounds, missing: str) -> Iterator[Row]:
    """Figures 1 and 2 of one run; the goals are those of messages."""
    for number, peer, goal in (("1", "A", 1.0), ("2", "C", 0.30)):
        figure = f"full decision over {peer}, R30 + L10k{what}"
        if peer not in rounds.hits:
            yield Row(number, figure, rounds.said("Solon"), note=missing)
            continue
        what_hits = "ends" if peer == "A" else "rules"
        hits = f"Solon {rounds.hits['Solon']} rules, {peer} {rounds.hits[peer]} {what_hits}"
        note = f"{INCLUDED}. {missing}".rstrip(". ") if number == "1" and not what else ""
        yield Row(
            *(number, figure, rounds.said("Solon"), rounds.said(peer)),
            value=rounds.ratio("Solon", peer),
            goal=goal,
            hits=f"{hits}, {rounds.messages:,} messages",
            note=note,
        )


def agreement(bench: Bench, block: Block) -> tuple[int, int]:
    """Of the ASCII messages of a block: on how many do Solon and C fire different rules, and how many are
    there? (Outside ASCII they mean different things: C does not see through look-alikes.)"""
    plain = [text for text in block if text.isascii()]
    differ = 0
    for message, facts in zip(plain, bench.facts_for(plain), strict=True):
        fired, _ = bench.combination.decide(message, facts)
        differ += {f"r{number}" for number in fired} != set(bench.mixed.decide(message, facts).rules)
    return differ, len(plain)


def fresh_over_seen(bench: Bench) -> Iterator[Row]:
    """Shows what text costs that was never seen: each block twice in a row, the first pass over the second.
    Automata that are built while they run fall behind here, and tables that do not fit the caches. The
    blocks are large, since a few messages would leave all that they need in the nearest cache. Checked: both
    passes find the same."""
    blocks = bench.corpus.blocks(3, 3 * bench.size)
    sets: dict[str, Contender] = {"R30 + L10k, decision": deciding(bench.mixed, bench.facts_for)}
    ratios: dict[str, float] = {}
    hits: dict[str, int] = {}
    engines = {
        "R30, engine": regexes_only(bench.corpus.regexes()),
        "L100k, engine": words_only(bench.corpus.words(100_000)),
    }
    for name, project in engines.items():
        sets[name] = finding(NativeEngine(project.artifact()))
    for name, contender in sets.items():
        ratios[name], hits[name] = passes(contender, blocks)
    peer = "–"
    try:
        database: Hyperscan = bench.reference_a()
        peer = f"A {passes(scanning(database), blocks)[0]:.2f}"
    except NotBuilt:
        pass
    worst = max(ratios, key=ratios.__getitem__)
    said = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items() if name != worst)
    yield Row(
        *("6", f"messages not seen before over seen ones (worst: {worst})", "–", peer),
        value=ratios[worst],
        goal=1.3,
        hits=", ".join(f"{name} {count}" for name, count in hits.items()),
        note=said,
    )


def passes(contender: Contender, blocks: Sequence[Block]) -> tuple[float, int]:
    """The median of first pass over second, and the hits of all first passes."""
    ratios, total = [], 0
    settle()
    for block in blocks:
        work = contender(block)
        first, found = timed(work)
        second, again = timed(work)
        if found != again:
            raise AssertionError(f"{found} hits, then {again} on the same messages")
        ratios.append(first / second)
        total += found
    return statistics.median(ratios), total


def parts(bench: Bench) -> Row:
    """Where the time of the full decision goes: the same with parts taken away, over the whole."""
    policy = bench.mixed
    engine = NativeEngine(bench.mixed_project().artifact())
    bound = [policy.bind(facts) for facts in bench.facts]

    def with_bound_facts(block: Block) -> Callable[[], int]:
        mine = [bound[number % len(bound)] for number in range(len(block))]
        return lambda: sum(one.decide(text).action != "allow" for one, text in zip(mine, block, strict=True))

    def without_text(block: Block) -> Callable[[], int]:
        return deciding(policy, bench.facts_for)([""] * len(block))

    contenders = {
        "facts bound beforehand": with_bound_facts,
        "no text": without_text,
        "all patterns in C, no decision": finding(engine),
    }
    rounds = paired({"whole": deciding(policy, bench.facts_for), **contenders}, bench.blocks())
    said = ", ".join(f"{name} {rounds.ratio(name, 'whole'):.2f}" for name in contenders)
    return Row(
        "1", "parts of the full decision, over the whole", rounds.said("whole"), note=said, measured=True
    )
