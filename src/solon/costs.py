"""What a policy costs on somebody's own messages: where the time goes, and what to do about it.

In: a policy that decides, and messages with their facts. Out: `Costs`. Times are of this machine and of this
run; the shares are what to look at.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from solon.matcher.engine import Policy, Profile

__all__ = ["Costs", "PatternCost", "StageCost", "measure"]

STAGES = {
    "fold": "folding the message",
    "words": "looking for words",
    "literals": "looking for literals",
    "gate": "looking for what expressions need",
}
ROUNDS = 5
DEAR_SHARE = 0.05
"""From this share of a decision on, a pattern gets an advice."""
DEAR_NS = 500
"""And only where it takes so much of a message, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class StageCost:
    """A stage that patterns share; nanoseconds a message."""

    name: str
    what: str
    nanoseconds: float


@dataclass(frozen=True, slots=True)
class PatternCost:
    """A pattern beside the shared stages; nanoseconds a message where it is asked, spans in all messages.

    `advice` says what to do where it is dear, else nothing.
    """

    name: str
    nanoseconds: float
    spans: int
    strategy: str
    advice: str


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one policy on some messages; all times in nanoseconds a message.

    `decision` is the whole from a dict of facts, `bound` the same with facts bound beforehand. `patterns` are
    all of them, the dearest first; a decision asks only for those that its facts leave.
    """

    messages: int
    characters: int
    decision: float
    bound: float
    slowest: float
    stages: tuple[StageCost, ...]
    patterns: tuple[PatternCost, ...]


def measure(policy: Policy, messages: Sequence[tuple[str, Mapping[str, Any]]], rounds: int = ROUNDS) -> Costs:
    """Decide all messages some times over, and time the parts. Raises FactError for facts that do not fit,
    ValueError where there is no message.

    `messages` are pairs of a text and its facts.
    """
    if not messages:
        raise ValueError("there is no message to measure with")
    texts = [text for text, _ in messages]
    bound = [(policy.bind(facts), text) for text, facts in messages]
    whole, parts = [], []
    for _ in range(rounds):
        whole.append(spent(lambda: [policy.decide(text, facts) for text, facts in messages]))
        parts.append(spent(lambda: [one.decide(text) for one, text in bound]))
    count = len(messages)
    decision = statistics.median(whole) / count
    profiles = [policy.profile(texts) for _ in range(rounds)]
    return Costs(
        messages=count,
        characters=sum(map(len, texts)),
        decision=decision,
        bound=statistics.median(parts) / count,
        slowest=max(fastest_each(policy, messages)),
        stages=tuple(
            StageCost(name, what, statistics.median(one.stages[name] for one in profiles) / count)
            for name, what in STAGES.items()
        ),
        patterns=tuple(pattern_costs(policy, profiles, count, decision)),
    )


def spent(work: Callable[[], object]) -> int:
    """Nanoseconds of CPU time of this thread."""
    start = time.thread_time_ns()
    work()
    return time.thread_time_ns() - start


def fastest_each(policy: Policy, messages: Sequence[tuple[str, Mapping[str, Any]]]) -> list[int]:
    """Nanoseconds of each message by the clock, the least of three: the machine's own pauses are left out."""
    found = []
    for text, facts in messages:
        times = []
        for _ in range(3):
            start = time.perf_counter_ns()
            policy.decide(text, facts)
            times.append(time.perf_counter_ns() - start)
        found.append(min(times))
    return found


def pattern_costs(
    policy: Policy, profiles: Sequence[Profile], count: int, decision: float
) -> list[PatternCost]:
    """The dearest first, each with its strategy and an advice."""
    strategies = policy.strategies()
    costs = []
    for name, strategy in strategies.items():
        nanoseconds = statistics.median(one.patterns[name] for one in profiles) / count
        dear = nanoseconds >= max(DEAR_NS, DEAR_SHARE * decision)
        advice = advice_for(strategy, name in profiles[0].ungated) if dear else ""
        costs.append(PatternCost(name, nanoseconds, profiles[0].spans[name], strategy, advice))
    return sorted(costs, key=lambda cost: (-cost.nanoseconds, cost.name))


def advice_for(strategy: str, ungated: bool) -> str:
    """What an author can do about a dear pattern; nothing where it costs what it must."""
    if ungated and "regular expression" in strategy:
        return (
            "no sequence of characters stands in every match of this regex: it is tried on every message; "
            "give it a word or a sign that it cannot do without, or list words instead"
        )
    if ungated:
        return "some of its spellings begin like anything: they are tried on every message; use longer words"
    if "regular expression" in strategy:
        return "what this regex needs stands in many messages; begin or end it with something rarer"
    if "tolerant spellings" in strategy:
        return "`evasions strong` costs by the word; keep it for the names that people disguise"
    if "spelled-out forms" in strategy:
        return "`evasions strong` looks for spelled-out forms; `basic` is cheaper where nobody spells them"
    return ""
