"""Ways to work on a block of messages, for the figures: Solon's faces and the peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.combination import Combination
from benchmarks.measure import Block, Contender
from benchmarks.native import Hyperscan, NativeEngine, NotBuilt, Texts, packed
from solon.matcher.engine import Policy

__all__ = ["available", "combining", "deciding", "finding", "scanning"]

FactsFor = Callable[[Block], list[dict[str, Any]]]


def available(makers: Mapping[str, Callable[[], Contender]]) -> tuple[dict[str, Contender], str]:
    """Those that can be built here, and a sentence about those that cannot."""
    built, missing = {}, []
    for name, make in makers.items():
        try:
            built[name] = make()
        except NotBuilt as error:
            missing.append(f"{name} is missing: {error}")
    return built, "; ".join(missing)


def deciding(policy: Policy, facts_for: FactsFor) -> Contender:
    """The full decision through Python: dict and str in; the action, and where rules fired their names and
    the spans, out. The hits are the rules that fired."""

    def prepare(block: Block) -> Callable[[], int]:
        facts, decide = facts_for(block), policy.decide

        def work() -> int:
            fired = 0
            for message, given in zip(block, facts, strict=True):
                verdict = decide(message, given)
                if verdict.action != "allow":
                    fired += len(verdict.rules)
                    verdict.matches  # noqa: B018  (built when it is asked for)
            return fired

        return work

    return prepare


def combining(combination: Combination, facts_for: FactsFor) -> Contender:
    """The same by reference C."""

    def prepare(block: Block) -> Callable[[], int]:
        facts, decide = facts_for(block), combination.decide

        def work() -> int:
            fired = 0
            for message, given in zip(block, facts, strict=True):
                rules, _ = decide(message, given)
                fired += len(rules)
            return fired

        return work

    return prepare


def scanning(database: Hyperscan) -> Contender:
    """The scan in C of packed messages: references A and B."""

    def prepare(block: Block) -> Callable[[], int]:
        data, offsets = packed(block)
        return lambda: database.scan(data, offsets)

    return prepare


def finding(engine: NativeEngine) -> Contender:
    """Solon's fold and find in C, of messages as Python stores them; the hits are spans."""

    def prepare(block: Block) -> Callable[[], int]:
        texts = Texts(block)
        return lambda: engine.find(texts)

    return prepare
