"""Beside what people use today: words and rules through Python, a call each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.bench import WORDS, Bench
from benchmarks.contenders import available
from benchmarks.figures.rules import TAGS, deciding, tagged_facts
from benchmarks.measure import Block, Contender, paired
from benchmarks.peers import DECIDERS, FINDERS
from benchmarks.policies import tagged, words_only
from benchmarks.row import Row
from benchmarks.rulesets import random_rules
from solon.matcher.engine import Policy

__all__ = ["rules_elsewhere", "words_elsewhere"]

RULES = 100
SLOW = 20
"""Rule engines get so many times fewer decisions a round: the slow ones take a millisecond each."""


def words_elsewhere(bench: Bench) -> Iterator[Row]:
    """Shows what 10,000 words cost from Python, a call a message, beside the libraries that people use for
    it: Solon with boundaries, folding and spans in the original, the others as they are. Checked: each finds
    something, and how much stands beside it."""
    listed = bench.corpus.words(WORDS)
    policy = words_only(listed).policy()
    for name, make in FINDERS.items():
        contenders, missing = available(
            {"Solon": lambda: finding_in(policy), name: lambda make=make: make(listed)}  # type: ignore[misc]
        )
        figure = f"10,000 words through Python, over {name}"
        if name not in contenders:
            yield Row("18", figure, note=missing)
            continue
        rounds = paired(contenders, bench.corpus.blocks(3, bench.size // 2))
        if not rounds.hits[name]:
            raise AssertionError(f"{name} finds nothing")
        yield Row(
            *("18", figure, rounds.said("Solon"), rounds.said(name)),
            value=rounds.ratio("Solon", name),
            hits=f"Solon {rounds.hits['Solon']} spans, {name} {rounds.hits[name]}, {rounds.messages:,} texts",
        )


def finding_in(policy: Policy) -> Contender:
    """All spans of a message through Python."""

    def prepare(block: Block) -> Callable[[], int]:
        find = policy.find
        return lambda: sum(len(spans) for text in block for spans in find(text).values())

    return prepare


def rules_elsewhere(bench: Bench) -> Iterator[Row]:
    """Shows what 100 rules cost from a dict of facts, beside rule engines. Checked: all fire the same."""
    rules = random_rules(RULES, TAGS)
    facts = tagged_facts(400)
    policy = tagged(rules, TAGS).policy()
    expected = [set(policy.decide("", given).rules) for given in facts]
    for name, make in DECIDERS.items():
        figure = f"100 rules from a dict, over {name}"

        def evaluate(make: Callable[..., Any] = make, name: str = name) -> Contender:
            decide = make(rules)
            for given, rules_there in zip(facts, expected, strict=True):
                if {f"r{number}" for number in decide(given)} != rules_there:
                    raise AssertionError(f"{name} fires other rules")
            return lambda block: (
                lambda: sum(len(decide(facts[number % len(facts)])) for number in range(len(block)))
            )

        contenders, missing = available({"Solon": lambda: deciding(policy, facts), name: evaluate})
        if name not in contenders:
            yield Row("19", figure, note=missing)
            continue
        rounds = paired(contenders, [[""] * (bench.size // SLOW) for _ in range(5)])
        yield Row(
            *("19", figure, rounds.said("Solon"), rounds.said(name)),
            value=rounds.ratio("Solon", name),
            hits=f"Solon {rounds.hits['Solon']} rules, {name} {rounds.hits[name]}",
        )
