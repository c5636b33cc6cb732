"""The example projects: clean, tested on both engines, decided as written down, no notice missing."""

from __future__ import annotations

import itertools
import json
import re
import runpy
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from solon.authoring import compile_checked
from solon.cli.group import group
from solon.dsl.dump import dump
from solon.dsl.load import Checked, load_policy
from solon.facts_json import facts_from_json
from solon.labelled import read_labels, score
from solon.matcher.engine import Policy, from_bytes
from solon.matcher.reference import Reference
from solon.testing import run_tests

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ROOTS = {
    "marketplace": EXAMPLES / "marketplace" / "contact_sharing.policy",
    "classifieds": EXAMPLES / "classifieds" / "classifieds.policy",
    "game_chat": EXAMPLES / "game_chat" / "game_chat.policy",
}
TESTS_MIN = {"marketplace": 60, "classifieds": 15, "game_chat": 15}
LINES_MIN = {"marketplace": 40, "classifieds": 15, "game_chat": 15}

projects = pytest.mark.parametrize("name", sorted(ROOTS))


@cache
def checked(name: str) -> Checked:
    return load_policy(ROOTS[name])


@cache
def compiled(name: str) -> Policy:
    return from_bytes(compile_checked(checked(name)))


@cache
def reference(name: str) -> Reference:
    policy = checked(name).policy
    assert policy is not None
    return Reference(json.loads(dump(policy)))


def lines(name: str, file: str) -> list[dict[str, Any]]:
    text = (ROOTS[name].parent / file).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@projects
def test_nothing_to_complain_about(name: str) -> None:
    assert not checked(name).diagnostics


@projects
def test_what_is_silenced_says_why(name: str) -> None:
    for path in ROOTS[name].parent.glob("*.policy"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "allow(" in line:
                assert re.search(r"# allow\([a-z-]+\): \w+ \w+", line), f"{path.name}: {line}"


@projects
def test_formatted(name: str) -> None:
    paths = [str(path) for path in sorted(ROOTS[name].parent.glob("*.policy"))]
    result = CliRunner().invoke(group, ["fmt", "--check", *paths])
    assert result.exit_code == 0, result.output


@projects
def test_its_tests_pass_on_the_artifact(name: str) -> None:
    policy = checked(name).policy
    assert policy is not None
    assert len(policy.tests) >= TESTS_MIN[name]
    failed = [one for one in run_tests(policy, compiled(name)) if not one.passed]
    assert not failed


@projects
def test_its_tests_pass_on_the_reference(name: str) -> None:
    """Tests and own patterns; the packs' examples are held against the reference in `test_packs.py`."""
    policy = checked(name).policy
    assert policy is not None
    own = tuple(one for one in policy.patterns if not one.place.file.startswith("std/"))
    failed = [one for one in run_tests(replace(policy, patterns=own), reference(name)) if not one.passed]
    assert not failed


@projects
def test_conversations_are_decided_as_written_down(name: str) -> None:
    conversations, expected = lines(name, "conversations.jsonl"), lines(name, "expected.jsonl")
    assert len(conversations) == len(expected) >= LINES_MIN[name]
    policy = compiled(name)
    for line, wanted in zip(conversations, expected, strict=True):
        facts = facts_from_json(policy.fact_kinds(), line["facts"])
        at = datetime.fromisoformat(line["at"]) if "at" in line else None
        for decides in (policy, reference(name)):
            verdict = decides.decide(line["message"], facts, at=at)
            got = {"action": verdict.action, "rules": list(verdict.rules), "redacted": verdict.redacted}
            assert got == wanted, line["message"]


@projects
def test_every_action_is_taken_somewhere(name: str) -> None:
    """What no conversation shows, nobody learns; `block` alone is kept for people to use."""
    policy = compiled(name)
    taken = {line["action"] for line in lines(name, "expected.jsonl")}
    assert taken >= set(policy.actions) - {"block"}


# ── The notices of the marketplace ──

STATES = ("none", "offer", "active", "ended")
ROLES = ("freelancer", "client", "agency")
OFFENCES = (0, 1)
MEMBERS = (2, 5)
ZOOM, PAYPAL = "quick Zoom?", "pay me directly, skip the fee"


def notices(message: str, state: str, role: str, warnings: int, members: int = 2) -> Mapping[str, Any]:
    facts = {
        "contract.state": state,
        "sender.role": role,
        "sender.tenure": timedelta(days=3),
        "sender.prior_warnings": warnings,
        "room.members": members,
    }
    return compiled("marketplace").decide(message, facts).notices


def cells(message: str) -> list[tuple[str, str, int, int]]:
    states = STATES if message == PAYPAL else STATES[:2]
    return list(itertools.product(states, ROLES, OFFENCES, MEMBERS))


@pytest.mark.parametrize("message", [ZOOM, PAYPAL])
def test_no_cell_of_the_notices_is_empty(message: str) -> None:
    for cell in cells(message):
        told = notices(message, *cell)
        assert set(told) == {"sender", "recipient"}, cell
        for texts in told.values():
            assert set(texts) == {"en", "es"}, cell
            assert all(len(text) > 20 for text in texts.values()), cell


@pytest.mark.parametrize("message", [ZOOM, PAYPAL])
@pytest.mark.parametrize("locale", ["en", "es"])
def test_notices_differ_by_state_role_offence_and_room(message: str, locale: str) -> None:
    texts = {cell: notices(message, *cell)["sender"][locale] for cell in cells(message)}
    assert len(set(texts.values())) == len(texts)
    assert not set(texts.values()) & {notices(message, *cell)["recipient"][locale] for cell in cells(message)}


def test_a_client_reads_must_and_never_may() -> None:
    for state, warnings, members in itertools.product(STATES[:2], OFFENCES, MEMBERS):
        text = notices(ZOOM, state, "client", warnings, members)["sender"]["en"]
        assert re.search(r"\bmust\b", text)
        assert not re.search(r"\bmay\b", text)


def test_a_room_of_more_than_two_is_told_so() -> None:
    for message in (ZOOM, PAYPAL):
        for cell in cells(message):
            text = notices(message, *cell)["sender"]["en"]
            assert ("5 members" in text) == (cell[3] == 5), cell


def test_under_a_contract_nobody_is_told_anything_about_contact() -> None:
    for state, role, warnings in itertools.product(("active", "ended"), ROLES, OFFENCES):
        assert not notices(ZOOM, state, role, warnings)


def test_moderators_and_the_system_are_never_flagged() -> None:
    for role, state, message in itertools.product(("moderator", "system"), STATES, (ZOOM, PAYPAL)):
        facts = {
            "contract.state": state,
            "sender.role": role,
            "sender.tenure": timedelta(0),
            "sender.prior_warnings": 3,
        }
        assert compiled("marketplace").decide(message, facts).action == "allow"


def test_the_demo_runs_and_finds_all_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    demo = runpy.run_path(str(EXAMPLES / "demo.py"))
    assert demo["main"]() == 0
    printed = capsys.readouterr().out
    assert "NOT" not in printed
    assert all(name in printed.rsplit("Summary", 1)[1] for name in ROOTS)


def test_the_labelled_messages_of_the_marketplace_are_told_apart() -> None:
    """Written apart from the policy, more than half of them innocent; the few that are wrong are known."""
    labels = (ROOTS["marketplace"].parent / "labelled.jsonl").read_text(encoding="utf-8").splitlines()
    policy = compiled("marketplace")
    report = score(policy, read_labels(labels, policy))
    assert report.cases > 700
    assert report.false_alarms + report.passed > report.cases / 2
    assert (report.precision or 0) >= 0.985
    assert (report.recall or 0) >= 0.96
