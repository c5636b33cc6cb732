"""Rules and exemptions: which fire, are undecided, or are taken out (docs/semantics.md, "Rules")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from solon.matcher.reference.conditions import Situation, facts_named, value
from solon.matcher.reference.facts import Value

Node = dict[str, Any]

WORD = 2**64 - 1


@dataclass(frozen=True)
class Outcome:
    """What became of the rules. `now` is the situation that they were judged in, without exempted spans."""

    fired: list[Node]
    shadow: list[str]
    exempted: dict[str, str]
    undecided: dict[str, tuple[str, ...]]
    now: Situation


def judge(policy: Node, all_spans: Situation, at: int) -> Outcome:
    """Every rule, none before another: what one does never changes what another does."""
    in_force = [
        exemption
        for exemption in sorted(policy["exemptions"], key=lambda one: str(one["name"]))
        if (exemption["expires"] is None or at < exemption["expires"])
        and value(exemption["when"], all_spans) is True
    ]
    pattern_taken_by = first_by_name(in_force, "patterns")
    rule_taken_by = first_by_name(in_force, "rules")
    now = replace(all_spans, taken=all_spans.taken.union(pattern_taken_by))
    outcome = Outcome(
        fired=[],
        shadow=[],
        exempted={
            pattern: exemption
            for pattern, exemption in pattern_taken_by.items()
            if any(scan.spans(pattern) for scan in now.scans.values())
        },
        undecided={},
        now=now,
    )
    for rule in sorted(policy["rules"], key=lambda one: str(one["name"])):
        if is_live(rule, at, now.facts):
            _judge_one(rule, outcome, rule_taken_by.get(rule["name"]))
    return outcome


def first_by_name(in_force: list[Node], what: str) -> dict[str, str]:
    """For each rule (or pattern) that exemptions name the first of these; they come sorted by name."""
    taken_by: dict[str, str] = {}
    for exemption in in_force:
        for name in exemption[what]:
            taken_by.setdefault(name, exemption["name"])
    return taken_by


def _judge_one(rule: Node, outcome: Outcome, exempted_by: str | None) -> None:
    now = outcome.now
    holds = value(rule["when"], now)
    excused = rule["unless"] is not None and value(rule["unless"], now) is True
    if holds is False or excused:
        return
    name = rule["name"]
    if exempted_by is not None:
        if holds:
            outcome.exempted[name] = exempted_by
    elif rule["shadow"]:
        if holds:
            outcome.shadow.append(name)
    elif holds:
        outcome.fired.append(rule)
    else:
        named = facts_named(rule["when"], now.scores)
        outcome.undecided[name] = tuple(sorted(fact for fact in named if fact not in now.facts))


def is_live(rule: Node, at: int, facts: Mapping[str, Value]) -> bool:
    """Does the rule count at this time, and for this share of the rollout?"""
    if rule["active_from"] is not None and at < rule["active_from"]:
        return False
    if rule["active_until"] is not None and at >= rule["active_until"]:
        return False
    rollout = rule["rollout"]
    if rollout is None:
        return True
    if rollout["fact"] not in facts:
        return False
    share: int = rollout["share"]
    return rollout_hash(rule["name"], str(facts[rollout["fact"]])) % 1_000_000 < share


def rollout_hash(rule_name: str, text: str) -> int:
    """FNV-1a over both, a zero byte between, then mixed so that every bit counts."""
    h = 0xCBF29CE484222325
    for byte in rule_name.encode() + b"\0" + text.encode("utf-8", "surrogatepass"):
        h = ((h ^ byte) * 0x100000001B3) & WORD
    h ^= h >> 33
    h = (h * 0xFF51AFD7ED558CCD) & WORD
    h ^= h >> 33
    h = (h * 0xC4CEB9FE1A85EC53) & WORD
    return h ^ (h >> 33)
