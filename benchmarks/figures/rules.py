"""Rules without any pattern: figure 7."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.bench import Bench
from benchmarks.measure import Block, Contender, Rounds, paired
from benchmarks.policies import tagged
from benchmarks.row import Row
from benchmarks.rulesets import Chain, by_tag, if_chain, random_facts, random_rules
from solon.matcher.engine import Policy

__all__ = ["check_rules", "many_rules"]

TAGS = 40
FACTS = 2000


def many_rules(bench: Bench) -> Iterator[Row]:
    """Shows that a decision does not grow with the rules: 1,000 rules over a generated Python function
    with an `if` for each, and 1,000 over 10. Eight facts and a set of up to three tags of forty; an empty
    message.
    Checked: both fire the same rules on each set of facts."""
    facts = tagged_facts(FACTS)
    rules = {count: random_rules(count, TAGS) for count in (10, 1000)}
    policies = {count: tagged(some, TAGS).policy() for count, some in rules.items()}
    chain, grouped = if_chain(rules[1000]), by_tag(rules[1000])
    check_rules(policies[1000], chain, facts[:400])
    contenders = {
        "1,000": deciding(policies[1000], facts),
        "10": deciding(policies[10], facts),
        "if-chain": chaining(chain, facts),
        "if by tag": chaining(grouped, facts),
    }
    rounds = paired(contenders, [[""] * bench.size for _ in range(bench.rounds)])
    yield row(rounds, "decision at 1,000 rules over the if-chain", "if-chain", 0.025)
    yield row(rounds, "decision at 1,000 rules over 10 rules", "10", 1.6)
    yield row(rounds, "decision at 1,000 rules over `if` by tag", "if by tag", None)


def row(rounds: Rounds, figure: str, peer: str, goal: float | None) -> Row:
    """1,000 rules over something."""
    return Row(
        *("7", figure, rounds.said("1,000"), rounds.said(peer)),
        value=rounds.ratio("1,000", peer),
        goal=goal,
        hits=f"Solon {rounds.hits['1,000']} rules, {peer} {rounds.hits[peer]}, {rounds.messages:,} decisions",
    )


def tagged_facts(count: int) -> list[dict[str, Any]]:
    """Facts with zero to three tags, four in ten with none."""
    chance = random.Random(count)
    found = random_facts(count)
    for facts in found:
        few = chance.randint(1, 3) if chance.random() >= 0.4 else 0
        facts["message.tags"] = tuple(f"t{tag}" for tag in chance.sample(range(TAGS), few))
    return found


def check_rules(policy: Policy, chain: Chain, facts: list[dict[str, Any]]) -> None:
    """Policy and chain fire the same. Raises AssertionError."""
    for given in facts:
        expected = {f"r{number}" for number in chain(given, numbers_of(given))}
        if expected != set(policy.decide("", given).rules):
            raise AssertionError(f"policy and chain differ on {given}")


def numbers_of(facts: dict[str, Any]) -> set[int]:
    """The tags as the chain takes them."""
    return {int(tag[1:]) for tag in facts["message.tags"]}


def deciding(policy: Policy, facts: list[dict[str, Any]]) -> Contender:
    """The rules that fire, by Solon."""

    def prepare(block: Block) -> Callable[[], int]:
        mine = turn_of(facts, block)
        decide = policy.decide
        return lambda: sum(len(decide("", given).rules) for given in mine)

    return prepare


def chaining(chain: Chain, facts: list[dict[str, Any]]) -> Contender:
    """The rules that fire, by a function; it is given its tags as numbers, at no cost."""

    def prepare(block: Block) -> Callable[[], int]:
        pairs = [(given, numbers_of(given)) for given in turn_of(facts, block)]
        return lambda: sum(len(chain(given, tags)) for given, tags in pairs)

    return prepare


def turn_of(facts: list[dict[str, Any]], block: Block) -> list[dict[str, Any]]:
    """As many of the facts as the block has messages."""
    return [facts[number % len(facts)] for number in range(len(block))]
