"""The reference interpreter on policies as authors write them: the language page's example, small promises.

Every `match`, `no_match` and `test` of these policies is held against the reference.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.dsl.dump import dump
from solon.dsl.load import load_policy_text
from solon.matcher.reference import Reference, ReferenceVerdict
from solon.matcher.reference.facts import EPOCH
from solon.matcher.what_if import to_python

EXAMPLE = Path(__file__).parent.parent / "dsl" / "data" / "contact_sharing.policy"
MIDDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILES = {
    "lists/contact.policy": 'pattern phone = entity phone\npattern scheduling { words "at 5", "tomorrow" }\n',
    "lists/payment.policy": 'pattern payment { words "venmo" }\n',
    "lists/video_apps.txt": "# names\nwhereby\n\nfacetime\n",
}


def load(text: str) -> dict[str, Any]:
    checked = load_policy_text(text, files=FILES)
    errors = [one for one in checked.diagnostics if one.severity == "error"]
    assert checked.policy is not None, errors
    policy: dict[str, Any] = json.loads(dump(checked.policy))
    return policy


def cases(policy: dict[str, Any], now: datetime) -> Iterator[tuple[dict[str, Any], str, ReferenceVerdict]]:
    """Each test with each of its messages, and the verdict."""
    reference = Reference(policy)
    for test in policy["tests"]:
        canonical = {name: tuple(one) if isinstance(one, list) else one for name, one in test["given"]}
        facts = to_python(canonical, reference.kinds)
        at = now if test["at"] is None else EPOCH + timedelta(microseconds=test["at"])
        for message in test["messages"]:
            yield test, message["text"], reference.decide(message["text"], facts, at=at)


def failures(policy: dict[str, Any]) -> list[str]:
    """The tests of the policy that do not hold; those marked `todo` that do."""
    failed = []
    for test, message, verdict in cases(policy, MIDDAY):
        wanted = test["expectation"]
        by = tuple(wanted["by"])
        found = [(one.pattern, one.text) for one in verdict.matches]
        holds = (
            verdict.action == wanted["action"]
            and (verdict.rules == tuple(sorted(by)) if wanted["only"] else set(by) <= set(verdict.rules))
            and not set(wanted["not_by"]) & set(verdict.rules)
            and set(wanted["undecided"]) <= set(verdict.undecided)
            and all(tuple(one) in found for one in test["matched"])
            and test["redacted"] in (None, verdict.redacted)
            and all(verdict.notices.get(audience) == text for audience, text in test["notices"])
        )
        if holds == test["todo"]:
            failed.append(f"{test['name']}: {message!r} got {verdict}")
    return failed


def examples_that_fail(policy: dict[str, Any]) -> list[tuple[str, str]]:
    reference = Reference(policy)
    failed = []
    for pattern in policy["patterns"]:
        for kind in ("match", "no_match"):
            for example in pattern[kind]:
                if (pattern["name"] in reference.find(example["text"])) != (kind == "match"):
                    failed.append((pattern["name"], example["text"]))
    return failed


def test_the_language_page_means_what_it_says() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace('"std/contact"', '"lists/contact.policy"')
    policy = load(text)
    assert examples_that_fail(policy) == []
    assert failures(policy) == []


SMALL = """
policy small {
  actions allow < nudge < warn < redact < hold < block
  default allow
  undecided warn
  incomplete hold
  limit message 200 B
}
facts {
  stage  : enum(none, offer, active)
  tenure : duration = 0 days
  paid   : money(USD) = 0 USD
  cats   : set of enum(cv, dev) = {}
  since  : time optional
  spam   : number optional
  note   : scanned text optional
  id     : text optional
}
define early = stage in {none, offer}
define loyal = tenure >= 24 months and paid >= 100.50 USD

pattern talk {
  words    "zoom", "google meet"
  except   words "zoom lens"
  except   in code
  evasions strong
  match    "let's z00m", "g o o g l e m e e t"
  no_match "a zoom lens", "`zoom`"
}
pattern ask  = regex /\\b(call|ring) me\\b/
pattern near = words("number", "digits") near ask within 3 words
pattern bare { words "hi" }

rule talking  { when early and message contains talk unless loyal then hold  priority 2
                notify sender "No calls before {stage} ends, {tenure} in."
                label contact queue "q1" reason "r1" }
rule asking   { when message contains any of ask, near then redact redact ask with "[call]" redact near
                notify sender "Please stay here." label contact, ask }
rule noted    { when note contains talk then block }
rule hello    { when message is bare then nudge }
rule many     { when count(talk) >= 2 and distinct(talk) < 3 then block }
rule scored   { when risk >= 5 then warn }
rule fresh    { when since >= 2026-01-01 and not id starts with "bot-" then nudge }
rule watched  { when message.length > 20 then block mode shadow }
rule dated    { when message contains bare then warn active from 2026-12-01 until 2027-01-01 }
exempt cv     { when cats has cv from talking, pattern ask reason "work" expires 2026-12-31 }
score risk    { 3 when message contains ask  2 when spam >= 0.8  1 per match of bare up to 2 }

test "early talk" {
  given stage = none, tenure = 3 days
  message "zoom?" message "G.o.o.g.l.e m.e.e.t"
  expect hold by talking not noted
  notice sender "No calls before none ends, 3 days in."
}
test "loyal people may" {
  given stage = offer, tenure = 2 years, paid = 100.5 USD, note = "", since = 2020-01-01
  message "zoom?"
  expect allow
}
test "other stages may" { given stage = active, note = "", since = 2020-01-01  message "zoom?"  expect allow }
test "two of them" { given stage = active  message "zoom and ZOOM"  expect block only by many }
test "redacted" {
  given stage = active
  message "digits: call me"
  expect redact by asking
  matched ask "call me"  matched near "digits"
  redacted "[removed]: [call]"
  notice sender "Please stay here."
}
test "exempted" {
  given stage = none, cats = {cv}, note = "", since = 2020-01-01
  at 2026-12-31
  message "zoom, call me"
  expect allow
}
test "expired" { given stage = none, cats = {cv}  at 2027-01-01  message "zoom"  expect hold by talking }
test "a note" { given stage = active, note = "z00m"  message "x"  expect block by noted }
test "no note" { given stage = active  message "x"  expect warn undecided noted, fresh }
test "fresh" {
  given stage = active, note = "", since = 2026-06-01, id = "u1"
  message "x"
  expect nudge only by fresh
}
test "old" { given stage = active, note = "", since = 2025-06-01  message "x"  expect allow }
test "hello" { given stage = active, note = "", since = 2020-01-01  message "Hi, hi!"  expect nudge by hello }
test "dated" { given stage = active  at 2026-12-01  message "hi there"  expect warn by dated }
test "not yet" {
  given stage = active, note = "", since = 2020-01-01
  at 2026-11-30
  message "hi x"
  expect allow
}
test "scored" {
  given stage = active, spam = 0.8, cats = {dev}
  message "ring me"
  expect redact by scored, asking
}
test "surely enough" { given stage = active  message "ring me hi hi"  expect redact by scored, asking }
test "perhaps enough" {
  given stage = active
  message "ring me"
  expect redact by asking undecided scored
}
"""


def test_small_promises() -> None:
    policy = load(SMALL)
    assert examples_that_fail(policy) == []
    assert failures(policy) == []


def test_the_order_of_what_is_written_changes_nothing() -> None:
    """The rules, exemptions and scores that stand on one line, shuffled: the same verdicts."""
    lines = SMALL.splitlines()
    places = [i for i, line in enumerate(lines) if re.match(r"(rule|exempt|score) .*}$", line)]
    assert len(places) >= 8
    expected = [verdict for _, _, verdict in cases(load(SMALL), MIDDAY)]
    for seed in range(3):
        shuffled = [lines[place] for place in places]
        random.Random(seed).shuffle(shuffled)
        reordered = list(lines)
        for place, line in zip(places, shuffled, strict=True):
            reordered[place] = line
        assert [verdict for _, _, verdict in cases(load("\n".join(reordered)), MIDDAY)] == expected


FRAGMENTS = ["zoom", "z00m", "z o o m", "google meet", " ", "`", "\n", "> ", "call me", "digits", "hi"]
FRAGMENTS += ["hi!", "lens", "\u200b", "\ud800"]
STAGES = ["none", "offer", "active"]
MESSAGES = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
SMALL_REFERENCE: list[Reference] = []


def small_reference() -> Reference:
    if not SMALL_REFERENCE:
        SMALL_REFERENCE.append(Reference(load(SMALL)))
    return SMALL_REFERENCE[0]


@settings(max_examples=150, deadline=None)
@given(MESSAGES, st.sampled_from(STAGES), st.text(max_size=5))
def test_verdicts_hold_together(message: str, stage: str, note: str) -> None:
    """Whatever the message: spans lie in it, the action is one of those that count, what fired is a rule."""
    reference = small_reference()
    verdict = reference.decide(message, {"stage": stage, "note": note}, at=EPOCH)
    actions = {rule["name"]: rule["action"] for rule in reference.policy["rules"]}
    counted = {actions[name] for name in verdict.rules} or {"allow"}
    counted |= {"warn"} if verdict.undecided else set()
    counted |= {"hold"} if verdict.limits else set()
    assert verdict.action == max(counted, key=lambda action: reference.severity[action])
    assert (verdict.status == "incomplete") == bool(verdict.limits)
    for match in verdict.matches:
        text = message if match.field is None else note
        assert 0 <= match.start < match.end <= len(text)
        assert text[match.start : match.end] == match.text
    assert "watched" not in verdict.rules
    if not any(rule["redactions"] for rule in reference.policy["rules"] if rule["name"] in verdict.rules):
        assert verdict.redacted == message


@pytest.mark.parametrize(
    "message", ["z" * 10_000, "z o " * 2_500, "`" * 10_000, "call me " * 1_250, "\u0301" * 10_000]
)
def test_long_messages_do_not_hang(message: str) -> None:
    roomy = load(SMALL.replace("200 B", "1 MiB"))
    verdict = Reference(roomy).decide(message, {"stage": "none"})
    assert verdict.limits == ()
