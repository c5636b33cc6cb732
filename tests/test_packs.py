"""The packs that ship: each of their patterns has a title and examples, and the examples hold.

A pack's pattern travels only with a policy that uses it, so each pack gets a policy here whose one rule
names all of its patterns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solon.authoring import compile_checked
from solon.dsl.dump import dump
from solon.dsl.load import Checked, load_policy_text
from solon.matcher.engine import from_bytes
from solon.matcher.reference.patterns import Library, Scan
from solon.testing import CaseResult, Decides, run_tests

FOLDER = Path(__file__).resolve().parents[1] / "dsl" / "std"
PACKS = sorted(path.stem for path in FOLDER.glob("*.policy"))
EXAMPLES_MIN = 5
HARD_LOOK_ALIKES = (
    "a 70-200 mm zoom lens",
    "signal processing library",
    "telegram bot development",
    "line height is too big",
    "teams of designers",
    "we will meet the deadline",
    "phone case design",
    "there is slack time in the plan",
)
"""What no pattern of these packs may take for a contact; words for `near` aside."""
SUPPORTING = {
    "invites_to_talk",
    "doubtful_name",
    "leads_to_channel",
    "messaging_app_as_work",
    "video_call_as_work",
    "pay_work",
    "payment_as_work",
    "person_in_a_path",
}


def names_of(pack: str) -> list[str]:
    """The patterns that a pack offers: its blocks. A formula is a step on the way to one of them."""
    return re.findall(
        r"^pattern (\w+) \{", (FOLDER / f"{pack}.policy").read_text(encoding="utf-8"), re.MULTILINE
    )


@cache
def using(*packs: str) -> Checked:
    """A policy whose one rule asks for every pattern of some packs."""
    names = [name for pack in packs for name in names_of(pack)]
    lines = [f'use "std/{pack}"' for pack in packs]
    return load_policy_text(
        "policy all_of_it { actions allow < warn  default allow }\n"
        + "\n".join(lines)
        + f"\nrule any {{ when message contains any of {', '.join(names)}  then warn }}\n"
        + 'test "it is a policy" { message "call me on +44 7911 123456" expect allow }\n'
    )


def failed(results: list[CaseResult]) -> list[str]:
    return [
        f"{one.place.file}:{one.place.line} {one.test}: {one.message!r}: {one.problems}"
        for one in results
        if not one.passed
    ]


def examples_of(pack: str, decides: Decides) -> list[CaseResult]:
    """The examples of the pack's own patterns; those of the packs that it uses are looked at with them."""
    policy = using(pack).policy
    assert policy is not None, using(pack).diagnostics
    own = tuple(one for one in policy.patterns if one.name in names_of(pack))
    return list(run_tests(replace(policy, patterns=own, tests=()), decides))


class OnlyAsked:
    """The reference interpreter, asked for one pattern at a time: all of them for each example is slow."""

    def __init__(self, checked: Checked) -> None:
        assert checked.policy is not None
        self.library = Library(json.loads(dump(checked.policy))["patterns"])

    def find(self, message: str) -> Mapping[str, list[tuple[int, int]]]:
        scan = Scan(self.library, message)

        class Found(dict[str, list[tuple[int, int]]]):
            def get(self, name: str, default: Any = None) -> Any:
                return scan.spans(name) or default

        return Found()

    def decide(self, message: str, facts: Mapping[str, Any], *, at: datetime | None = None) -> Any:
        raise NotImplementedError("only patterns are asked for")


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_has_nothing_to_complain_about(pack: str) -> None:
    codes = [one for one in using(pack).diagnostics if one.code != "untested-rule"]
    assert not codes


@pytest.mark.parametrize("pack", PACKS)
def test_every_pattern_has_a_title_and_examples(pack: str) -> None:
    policy = using(pack).policy
    assert policy is not None
    own = {one.name: one for one in policy.patterns if one.name in names_of(pack)}
    assert set(own) == set(names_of(pack))
    for name, pattern in own.items():
        assert pattern.title, name
        assert len(pattern.match) + len(pattern.no_match) >= 2 * EXAMPLES_MIN, name
        assert len(pattern.match) >= EXAMPLES_MIN, name
        assert len(pattern.no_match) >= EXAMPLES_MIN, name


@pytest.mark.parametrize("pack", PACKS)
def test_examples_hold_on_the_artifact(pack: str) -> None:
    results = examples_of(pack, from_bytes(compile_checked(using(pack))))
    assert len(results) >= 2 * EXAMPLES_MIN
    assert not failed(results)


@pytest.mark.parametrize("pack", PACKS)
def test_examples_hold_on_the_reference(pack: str) -> None:
    assert not failed(examples_of(pack, OnlyAsked(using(pack))))


def test_no_two_packs_have_a_pattern_of_one_name() -> None:
    everything = [name for pack in PACKS for name in names_of(pack)]
    assert len(everything) == len(set(everything))
    checked = using(*PACKS)
    assert not [one for one in checked.diagnostics if one.is_error]


def test_the_names_of_the_language_page_stay_free_beside_the_contact_pack() -> None:
    """The page defines these beside `use "std/contact"`, and two patterns of one name are an error."""
    pages_own = ("profile_link", "meeting_talk", "ask_to_call", "number_to_call", "refusal")
    checked = load_policy_text(
        'policy page { actions allow < warn  default allow }\nuse "std/contact"\n'
        + "".join(f'pattern {name} {{ words "{name}" }}\n' for name in pages_own)
        + "rule any { when message contains any of phone, email, video_call, refusal  then warn }\n"
    )
    assert checked.policy is not None, checked.diagnostics


def test_look_alikes_pass_every_pattern_of_contact_meeting_payment_and_social() -> None:
    checked = using("contact", "meeting", "payment", "social")
    policy = from_bytes(compile_checked(checked))
    for text in HARD_LOOK_ALIKES:
        assert not set(policy.find(text)) - SUPPORTING, text


def test_lists_are_sorted_out() -> None:
    """No entry twice, none with white space around, each list used by a pack."""
    sources = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.policy"))
    for path in sorted((FOLDER / "lists").iterdir()):
        entries = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
        assert len(entries) == len(set(entries)), path.name
        assert all(entry == entry.strip() for entry in entries), path.name
        assert f'from "lists/{path.name}"' in sources, path.name
