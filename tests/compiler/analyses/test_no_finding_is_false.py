"""What the analyses claim of policies at random holds in every situation, as the reference interpreter
decides it.

`SOLON_ANALYSES_POLICIES=5000` makes it as thorough as one has patience for.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solon.compiler.analyses import analyse
from solon.compiler.analyses.samples import message_with
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.dump import dump, dump_node
from solon.dsl.load import Checked, load_policy_text
from solon.dsl.source import Source
from solon.matcher.reference import Reference, effects, instant
from solon.matcher.reference.conditions import Situation, value
from solon.matcher.reference.patterns import Library
from solon.matcher.reference.rules import Outcome, judge

_spec = importlib.util.spec_from_file_location(
    "policies_at_random", Path(__file__).with_name("policies_at_random.py")
)
assert _spec and _spec.loader
at_random = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(at_random)

POLICIES = int(os.environ.get("SOLON_ANALYSES_POLICIES", "45"))
SITUATIONS_MAX = int(os.environ.get("SOLON_ANALYSES_SITUATIONS", "600"))

Node = dict[str, Any]
Case = tuple[Situation, int]


class World:
    """A policy, what is claimed of it, and what happens in all its situations."""

    def __init__(self, seed: int, *, plain: bool) -> None:
        self.text = at_random.Maker(seed, plain=plain).policy()
        self.checked = load(self.text)
        assert self.checked.policy is not None
        self.json: Node = json.loads(dump(self.checked.policy))
        self.reference = Reference(self.json)
        self.found = analyse(self.checked.policy, self.checked.sources, gaps=True)
        self.cases, self.is_every = at_random.situations(
            self.reference, self.text, library(), SITUATIONS_MAX, plain
        )
        self.outcomes = [judge(self.json, *case) for case in self.cases]

    def claimed(self, code: str) -> Iterator[tuple[Diagnostic, str]]:
        """The findings of a code, each with the text that it underlines."""
        (source,) = [one for path, one in self.checked.sources.items() if not path.startswith("std/")]
        for one in self.found:
            if one.code == code:
                yield one, source.text_of(one.span)

    def judged_without(self, what: str, name: str) -> tuple[Reference, list[Outcome]]:
        """The outcomes if a rule or an exemption were not there."""
        less = {**self.json, what: [one for one in self.json[what] if one["name"] != name]}
        reference = Reference(self.json)
        reference.policy = less
        return reference, [judge(less, *case) for case in self.cases]


@cache
def world(seed: int, plain: bool) -> World:
    """The world of a seed; two tests look at the plain ones."""
    return World(seed, plain=plain)


def load(text: str) -> Checked:
    checked = load_policy_text(text)
    assert checked.policy is not None, [
        (one.message, one.span) for one in checked.diagnostics if one.is_error
    ]
    return checked


@cache
def library() -> Library:
    """The patterns of all random policies."""
    policy = load(at_random.Maker(0, plain=False).policy()).policy
    assert policy is not None
    return Library(json.loads(dump(policy))["patterns"])


# ── Claims, each held against all situations ─────────────────────────────────────────────────────────


def never_fires(world: World) -> int:
    count = 0
    for _, name in world.claimed("rule-never-fires"):
        count += 1
        for outcome in world.outcomes:
            assert name not in [rule["name"] for rule in outcome.fired] + outcome.shadow, name
    return count


def always_outdone(world: World) -> int:
    count = 0
    for one, name in world.claimed("rule-always-outdone"):
        count += 1
        reference, without = world.judged_without("rules", name)
        if one.notes:
            assert name in firing_in_the_example(world, one), one.notes
        for outcome, less in zip(world.outcomes, without, strict=True):
            assert felt(world.reference, outcome) == felt(reference, less), name
    return count


def felt(reference: Reference, outcome: Outcome) -> tuple[Any, ...]:
    """What a verdict does: all but the names of rules and what they looked at."""
    fired, now = outcome.fired, outcome.now
    return (
        reference._action(outcome, ()),
        effects.notices(fired, reference.severity, now, reference.kinds),
        effects.joined(fired, "labels"),
        effects.joined(fired, "queues"),
        effects.reasons(fired),
        effects.redacted(fired, reference.severity, now),
    )


def always_true(world: World) -> int:
    return _decided(world, "condition-always-true", lambda found: found is True)


def always_false(world: World) -> int:
    return _decided(world, "condition-always-false", lambda found: found is not True)


def _decided(world: World, code: str, holds: Callable[[bool | None], bool]) -> int:
    count = 0
    for one, text in world.claimed(code):
        count += 1
        source = world.checked.sources[one.span.source_path]
        assert world.checked.policy is not None
        nodes = list(conditions_at(world.checked.policy, one, source))
        assert nodes, text
        for node, is_of_rule in nodes:
            for (situation, _), outcome in zip(world.cases, world.outcomes, strict=True):
                assert holds(value(node, outcome.now if is_of_rule else situation)), text
    return count


def conditions_at(policy: ir.Policy, one: Diagnostic, source: Source) -> Iterator[tuple[Node, bool]]:
    """The conditions that stand at the place, and whether rules ask them."""
    start, end = source.start(one.span), source.end(one.span)
    place = ir.Place(one.span.source_path, start.line, start.column, end.line, end.column)
    rules = [part for rule in policy.rules for part in (rule.when, rule.unless)]
    rules += [notice.when for rule in policy.rules for notice in rule.notices]
    others: list[ir.Condition | None] = [exemption.when for exemption in policy.exemptions]
    others += [entry.when for score in policy.scores for entry in score.entries]
    for roots, is_of_rule in ((rules, True), (others, False)):
        pending = [root for root in roots if root is not None]
        while pending:
            node = pending.pop()
            if node.place == place:
                yield json.loads(dump_node(node)), is_of_rule
            match node:
                case ir.And(parts=parts) | ir.Or(parts=parts):
                    pending.extend(parts)
                case ir.Not(part=part) | ir.Defined(part=part):
                    pending.append(part)
                case _:
                    pass


def exempts_nothing(world: World) -> int:
    count = 0
    for _, name in world.claimed("exemption-exempts-nothing"):
        count += 1
        _, without = world.judged_without("exemptions", name)
        for outcome, less in zip(world.outcomes, without, strict=True):
            assert names(outcome) == names(less), name
    return count


def names(outcome: Outcome) -> tuple[Any, ...]:
    return [one["name"] for one in outcome.fired], outcome.shadow, outcome.exempted, outcome.undecided


def notices_tie(world: World) -> int:
    count = 0
    for one, _ in world.claimed("notices-tie"):
        pair = set(re.findall(r"`(r\d+)`", one.message))
        assert len(pair) == 2
        assert pair <= firing_in_the_example(world, one), one.message
        count += 1
    return count


def notice_leaves_out(world: World) -> int:
    count = 0
    for one, _ in world.claimed("notice-leaves-out"):
        rule = re.search(r"`(r\d+)` can fire", one.message)
        assert rule is not None
        assert rule[1] in firing_in_the_example(world, one), one.message
        count += 1
    return count


def firing_in_the_example(world: World, one: Diagnostic) -> set[str]:
    """The rules that fire in the situation that a finding gives for an example."""
    (words,) = one.notes
    told = re.findall(r"`([^`]+)`", words.split("a message with")[0])
    facts: dict[str, Any] = {"state": "none", "n": 0, "tags": ()}
    for text in told:
        name, _, literal = text.partition(" = ")
        facts[name] = read(literal)
    for name in re.findall(r"no `(\w+)`", words):
        facts.pop(name, None)
    assert world.checked.policy is not None
    roots = {pattern.name: pattern.root for pattern in world.checked.policy.patterns}
    patterns = re.findall(r"`(\w+)`", words.partition("a message with")[2])
    message = message_with(patterns, roots)
    assert message is not None
    scans = {None: at_random.scan(library(), message)}
    if "note" in facts:
        scans["note"] = at_random.scan(library(), facts["note"])
    situation = Situation(facts, message, scans, world.reference.scores)
    fired: set[str] = set.intersection(
        *(
            {rule["name"] for rule in judge(world.json, situation, instant(at)).fired}
            for at in at_random.MOMENTS
        )
    )
    return fired


def read(literal: str) -> Any:
    """A literal of an example as the value of a fact."""
    if literal.startswith("{"):
        return tuple(one for one in literal.strip("{}").split(", ") if one)
    if re.fullmatch(r"-?\d+", literal):
        return int(literal)
    if re.fullmatch(r"-?\d+\.\d+", literal):
        return float(literal)
    return {"true": True, "false": False, "any text": "", "anything": 0}.get(literal, literal)


def no_rule_looks(world: World) -> int:
    conditions = [
        re.findall(r"`([^`]+)`", one.message) or ["true"] for one, _ in world.claimed("no-rule-looks")
    ]
    if not conditions:
        return 0
    rules = "".join(
        f"rule gap{number} {{ when {' and '.join(parts)} then allow }}\n"
        for number, parts in enumerate(conditions)
    )
    policy = load(world.text + rules).policy
    assert policy is not None
    with_gaps: Node = json.loads(dump(policy))
    with_gaps["exemptions"] = []
    for rule in with_gaps["rules"]:
        rule["rollout"] = rule["active_from"] = None
    for case in world.cases:
        outcome = judge(with_gaps, *case)
        fired = {rule["name"] for rule in outcome.fired}
        if any(name.startswith("gap") for name in fired):
            assert all(name.startswith("gap") for name in fired | set(outcome.undecided)), conditions
    return len(conditions)


CLAIMS = {
    "rule-never-fires": never_fires,
    "rule-always-outdone": always_outdone,
    "condition-always-true": always_true,
    "condition-always-false": always_false,
    "exemption-exempts-nothing": exempts_nothing,
    "notice-leaves-out": notice_leaves_out,
    "notices-tie": notices_tie,
    "no-rule-looks": no_rule_looks,
}


@pytest.mark.parametrize("plain", [False, True])
def test_what_is_claimed_holds_in_every_situation(plain: bool) -> None:
    counts: Counter[str] = Counter()
    for seed in range(POLICIES):
        one = world(seed, plain)
        for code, claim in CLAIMS.items():
            try:
                counts[code] += claim(one)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, {code}: {error}\n{one.text}") from error
    if os.environ.get("SOLON_ANALYSES_POLICIES"):
        print(counts)
    # A test without claims to test would pass as well.
    assert all(counts[code] for code in CLAIMS), counts


def test_every_rule_that_never_fires_is_told() -> None:
    """Of policies without counts and scores, whose situations can all be tried."""
    told = silent = 0
    for seed in range(POLICIES):
        one = world(seed, True)
        if not one.is_every:
            continue
        firing = {
            name
            for after in one.outcomes
            for name in [*after.shadow, *(rule["name"] for rule in after.fired)]
        }
        never = {rule["name"] for rule in one.json["rules"]} - firing
        claimed = {text for _, text in one.claimed("rule-never-fires")}
        assert never == claimed, (seed, one.text)
        told += len(claimed)
        silent += len(firing)
    assert told >= 10
    assert silent > told
