"""What the gate measures: each workload is an artifact, messages, and the work done for one pass over them.

Artifacts are compiled once, before anything is counted; a workload then opens its file.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import policies, rulesets
from benchmarks.gate.messages import blocklist, fresh_messages, long_messages
from benchmarks.policies import Project
from solon.authoring import compile_checked
from solon.dsl.load import load_policy
from solon.facts_json import facts_from_json
from solon.matcher.engine import Policy, from_bytes, load

__all__ = ["WORKLOADS", "Workload", "write_artifacts"]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

EXPRESSIONS = {
    "order_number": r"\border\s{1,3}#?[0-9]{4,9}\b",
    "off_platform": r"\b(pay|send|transfer|wire) (me|us|it)? ?(directly|outside|in private)\b",
    "bare_mail": r"[a-z0-9.]{1,64}@[a-z0-9-]{1,63}\.[a-z]{2,12}",
    "bare_link": r"\bhttps?://[a-z0-9.-]{1,200}/?",
    "call_me": r"\b(call|ring|text|reach) (me|us)\b",
    "digits": r"\+?[0-9][0-9 ().-]{7,16}[0-9]",
    "tag": r"\b[a-z0-9._]{2,32}#[0-9]{4}\b",
    "skip_the_fee": r"\b(skip|avoid|save) (the|on|all) (fee|fees|commission)\b",
}
RULES = 100
TAGS = 48
OPENINGS = 16
"""A pass of one opening would be too short to hold against the loop: its ratio swung by two fifths."""


@dataclass(frozen=True, slots=True)
class Workload:
    """`what` says what it stands for; `run` does one pass over `messages` and returns what it found, which
    must be `found` each time."""

    what: str
    messages: int
    run: Callable[[], int]


def decisions(policy: Policy, messages: list[str], facts: list[dict[str, Any]]) -> Callable[[], int]:
    """A decision a message: action, and of rules that fire names and spans."""

    def run() -> int:
        fired = 0
        for number, message in enumerate(messages):
            verdict = policy.decide(message, facts[number % len(facts)])
            if verdict.action != "allow":
                fired += len(verdict.rules) + len(verdict.matches)
        return fired

    return run


def found(policy: Policy, messages: list[str]) -> Callable[[], int]:
    """All spans of all patterns."""
    return lambda: sum(len(spans) for message in messages for spans in policy.find(message).values())


def projects() -> dict[str, Project]:
    """Artifact name to the policy that it is compiled from."""
    regexes, words = EXPRESSIONS, blocklist(10_000)
    rules = rulesets.random_rules(RULES, len(regexes) + 10)
    return {
        "words": policies.words_only(words),
        "expressions": policies.regexes_only(regexes),
        "mixed": policies.mixed(regexes, words, rules),
        "strong": policies.words_only(words[: policies.NAMES], "strong"),
        "rules": policies.tagged(rulesets.random_rules(1000, TAGS), TAGS),
    }


def write_artifacts(folder: Path) -> None:
    """Compile what the workloads open."""
    for name, project in projects().items():
        (folder / f"{name}.solon").write_bytes(project.artifact())
    checked = load_policy(EXAMPLES / "marketplace" / "contact_sharing.policy")
    (folder / "marketplace.solon").write_bytes(compile_checked(checked))


def many_rules(folder: Path) -> Workload:
    policy = load(folder / "rules.solon")
    chance = random.Random(3)
    facts = [
        given | {"message.tags": chance.sample([f"t{tag}" for tag in range(TAGS)], chance.randint(0, 3))}
        for given in rulesets.random_facts(64)
    ]
    return Workload("1,000 rules, facts from a dict, no text", 512, decisions(policy, [""] * 512, facts))


def mixed(folder: Path) -> Workload:
    policy, messages = load(folder / "mixed.solon"), fresh_messages(512)
    run = decisions(policy, messages, rulesets.random_facts(64))
    return Workload("full decision: 8 expressions, 10,000 words, 100 rules", len(messages), run)


def bound(folder: Path) -> Workload:
    policy, messages = load(folder / "mixed.solon"), fresh_messages(512)
    mine = [policy.bind(facts) for facts in rulesets.random_facts(64)]

    def run() -> int:
        return sum(
            mine[number % 64].decide(message).action != "allow" for number, message in enumerate(messages)
        )

    return Workload("the same with facts bound beforehand", len(messages), run)


def marketplace(folder: Path) -> Workload:
    policy, messages = load(folder / "marketplace.solon"), fresh_messages(256)
    given = facts_from_json(
        policy.fact_kinds(), {"contract.state": "none", "sender.role": "client", "sender.tenure": "3 days"}
    )
    return Workload(
        "the marketplace example: entities, links, context",
        len(messages),
        decisions(policy, messages, [given]),
    )


def loading(folder: Path) -> Workload:
    data = (folder / "words.solon").read_bytes()

    def run() -> int:
        return sum(len(from_bytes(data).rules) for _ in range(OPENINGS))

    return Workload("an artifact of 10,000 words opened", OPENINGS, run)


def finding(name: str, what: str, messages: Callable[[], list[str]]) -> Callable[[Path], Workload]:
    """A workload that finds all spans."""

    def make(folder: Path) -> Workload:
        texts = messages()
        return Workload(what, len(texts), found(load(folder / f"{name}.solon"), texts))

    return make


WORKLOADS: Mapping[str, Callable[[Path], Workload]] = {
    "mixed": mixed,
    "bound": bound,
    "marketplace": marketplace,
    "rules": many_rules,
    "words": finding("words", "10,000 words with spans", lambda: fresh_messages(512)),
    "words_not_ascii": finding(
        "words", "the same, no message plain ASCII", lambda: fresh_messages(256, non_ascii=1)
    ),
    "words_long": finding("words", "the same, texts of 8,000 characters", lambda: long_messages(8)),
    "expressions": finding("expressions", "8 expressions with spans", lambda: fresh_messages(512)),
    "strong": finding("strong", "100 names with strong evasions", lambda: fresh_messages(512)),
    "loading": loading,
}
"""By name: from the folder of the artifacts to the workload."""
