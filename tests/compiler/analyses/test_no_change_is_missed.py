"""What a diff of two policies at random claims, held against every situation, as the reference decides it.

`SOLON_DIFF_PAIRS=5000` makes it as thorough as one has patience for.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solon.comparing import diff
from solon.compiler.changes.report import Report
from solon.dsl import ir
from solon.dsl.dump import dump
from solon.dsl.load import load_policy_text
from solon.matcher.reference import Reference, effects
from solon.matcher.reference.patterns import Library
from solon.matcher.reference.rules import Outcome, judge

_spec = importlib.util.spec_from_file_location(
    "policies_at_random", Path(__file__).with_name("policies_at_random.py")
)
assert _spec and _spec.loader
at_random = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(at_random)

PAIRS = int(os.environ.get("SOLON_DIFF_PAIRS", "30"))
SITUATIONS_MAX = int(os.environ.get("SOLON_ANALYSES_SITUATIONS", "500"))


def pair(seed: int, *, plain: bool) -> tuple[str, str]:
    """A policy and another one that was made from it by a few edits, some of which change nothing."""
    maker = at_random.Maker(seed, plain=plain)
    old = maker.policy()
    other = at_random.Maker(seed, plain=plain)
    other.random = random.Random(seed + 1_000_000)
    new = old
    for _ in range(other.random.choice([0, 1, 1, 2])):
        new = edited(new, other)
    return old, new


def edited(text: str, maker: Any) -> str:
    choose = maker.random
    head, _, rest = text.partition("score risk")
    blocks = re.split(r"^(?=rule |exempt )", rest, flags=re.MULTILINE)
    score, blocks = blocks[0], blocks[1:]
    place = choose.randrange(len(blocks))
    block = blocks[place]
    match choose.randrange(8):
        case 0:
            actions = ["allow", "warn", "hold", "block"]
            block = re.sub(r"then \w+", f"then {choose.choice(actions)}", block)
        case 1 if block.startswith("rule"):
            block = re.sub(r"when .*", f"when {maker._condition(scores=False)}", block, count=1)
        case 2 if block.startswith("rule"):  # means the same
            block = re.sub(r"when (.*)", r"when not (not (\1))", block, count=1)
        case 3 if block.startswith("rule"):
            block = (
                re.sub(r"when (.*)", r"when \1\n  unless false", block) if "unless" not in block else block
            )
        case 4 if block.startswith("rule") and len(blocks) > 2 and "exempt" not in rest:
            block = ""
        case 5:
            block = block.replace("notice 1", "notice 2")
        case 6:
            block += maker._rule(7) if "rule r7 " not in text else ""
        case _:
            score = score.replace("risk { ", f"risk {{ {maker._entry()}  ", 1)
    blocks[place] = block
    return head + "score risk" + score + "".join(blocks)


def loaded(text: str) -> ir.Policy:
    checked = load_policy_text(text)
    assert checked.policy is not None, (text, [one.message for one in checked.diagnostics if one.is_error])
    return checked.policy


@cache
def library() -> Library:
    return Library(json.loads(dump(loaded(at_random.Maker(0, plain=False).policy())))["patterns"])


def felt(reference: Reference, outcome: Outcome) -> tuple[Any, ...]:
    fired, now = outcome.fired, outcome.now
    return (
        reference._action(outcome, ()),
        effects.notices(fired, reference.severity, now, reference.kinds),
        effects.joined(fired, "labels"),
        effects.joined(fired, "queues"),
        effects.reasons(fired),
        effects.redacted(fired, reference.severity, now),
    )


def cases(old: str, new: str, policies: tuple[ir.Policy, ir.Policy], plain: bool) -> tuple[list[Any], bool]:
    """What both do in every situation."""
    references = [Reference(json.loads(dump(one))) for one in policies]
    text = old + new[new.index("score risk") :]
    found, is_every = at_random.situations(references[0], text, library(), SITUATIONS_MAX, plain)
    verdicts = []
    for situation, at in found:
        sides = []
        for reference in references:
            own = replace(situation, scores=reference.scores)
            sides.append(felt(reference, judge(reference.policy, own, at)))
        verdicts.append(tuple(sides))
    return verdicts, is_every


def compared(seed: int, *, plain: bool) -> tuple[Report, list[Any], bool]:
    old, new = pair(seed, plain=plain)
    policies = loaded(old), loaded(new)
    verdicts, is_every = cases(old, new, policies, plain)
    return diff(*policies), verdicts, is_every


SEVERITY = {"allow": 0, "warn": 1, "hold": 2, "block": 3}


def claims_hold(seed: int, *, plain: bool) -> tuple[str, bool]:
    """Whether what a diff says of a pair holds; the status, and whether anything differed."""
    report, verdicts, is_every = compared(seed, plain=plain)
    differs = any(before != after for before, after in verdicts)
    relaxes = any(SEVERITY[after[0]] < SEVERITY[before[0]] for before, after in verdicts)
    assert not (differs and report.status == "same"), seed
    assert not (relaxes and report.relaxed == "same"), seed
    assert report.status != "not decided", seed
    if is_every:
        # What was seen to happen happens in one of the situations, for those are all there are.
        assert report.status != "changed" or differs, seed
        assert report.relaxed != "changed" or relaxes, seed
    if plain and is_every:
        assert (report.status == "same") == (not differs), seed
        assert (report.relaxed == "same") == (not relaxes), seed
    if differs and not report.more_changes:
        actions = {(before[0], after[0]) for before, after in verdicts if before[0] != after[0]}
        told = {one.delta.action for one in report.changes if one.delta.action is not None}
        assert actions <= told, seed
        if plain and is_every:
            assert actions == told, seed
    return report.status, differs


@pytest.mark.parametrize("plain", [True, False])
def test_equal_is_said_if_and_only_if_no_case_differs(plain: bool) -> None:
    found = [claims_hold(seed, plain=plain) for seed in range(PAIRS)]
    statuses = [status for status, _ in found]
    assert statuses.count("same") > PAIRS // 6
    assert statuses.count("changed") > PAIRS // 6
    if plain:
        assert "maybe" not in statuses
