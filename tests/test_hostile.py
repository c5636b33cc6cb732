"""Hostile messages and facts: decided, or a clear error; never a crash, never a silent allow."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

import solon

POLICY = """
policy hostile {
  actions allow < warn < hold
  default allow
  incomplete hold
  limit message 1 MiB
}
facts { note : scanned text optional }
pattern zoom { words "zoom", "google meet"  evasions strong }
pattern nested { text "a", "aa", "aaa", "aaaaaaaa" }
pattern tail = regex /a.*b|[ab]+c/
pattern pairs = zoom near nested within 3 words
pattern links { url "linkedin.com/in/**" }
pattern phone  { entity phone  evasions strong }
pattern email  { entity email  evasions strong }
pattern address = entity postal_address
pattern money = entity money
pattern wallet = entity crypto_wallet
pattern iban = entity iban
pattern card = entity credit_card
pattern handle = entity handle
pattern ip = entity ip_address
pattern coded = zoom except (in code or in quote)
rule zooming { when message contains zoom or note contains zoom then warn redact zoom }
rule all_of_them {
  when message contains any of nested, tail, pairs, links, phone, email, address, money, wallet, iban,
  card, handle, ip, coded
  then warn
}
rule many { when distinct(nested) > 3 and count(zoom) > 2 then warn }
"""

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def policy(compile_policy_text: Any) -> solon.Policy:
    compiled: solon.Policy = compile_policy_text(POLICY)
    return compiled


FAMILIES = {
    "one letter": "a" * MEGABYTE,
    "one letter, then the end": "a" * (MEGABYTE - 1) + "c",
    "starts without ends": "a b " * (MEGABYTE // 4),
    "spaced letters": "z o " * (MEGABYTE // 4),
    "words": "zoom " * (MEGABYTE // 5),
    "digits": "4155552671 " * (MEGABYTE // 11),
    "digits without end": "1" * MEGABYTE,
    "digit groups": "12-34." * (MEGABYTE // 6),
    "spelled digits": "five six " * (MEGABYTE // 9),
    "links": "linkedin.com/in/a " * (MEGABYTE // 18),
    "one link": "https://linkedin.com/" + "in/" * (MEGABYTE // 3 - 7),
    "dots": "a." * (MEGABYTE // 2),
    "at signs": "a@" * (MEGABYTE // 2),
    "percent escapes": "linkedin.com/%41%zz " * (MEGABYTE // 20),
    "backticks": "` `` ``` " * (MEGABYTE // 9),
    "fences": "```\n> a\n" * (MEGABYTE // 8),
    "capitals": "1A2B3C4D5E" * (MEGABYTE // 10),
    "streets": "12 Main St, " * (MEGABYTE // 12),
    "prices": "$1,000.00 " * (MEGABYTE // 10),
    "colons": "1:2:3::" * (MEGABYTE // 7),
    "white space": " \t\n" * (MEGABYTE // 3),
    "combining marks": "e" + "\u0301" * 100_000,
    "marks that fold to nothing": "z\u200b\u0301" * 100_000,
    "ligatures that grow": "\ufdfa" * 100_000,
    "Hangul": "한국어 " * 60_000,
    "Han": "加我微信" * 60_000,
    "full width": "ｚｏｏｍ " * 50_000,
    "lone surrogates": "\ud800zoom\udfff " * 40_000,
    "NUL": "z\x00o\x00o\x00m " * 50_000,
    "astral": "\U0001d503\U0001d4f8\U0001d4f8\U0001d4f6 " * 50_000,
    "bidi": "\u202ezoom\u202c " * 50_000,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_megabyte_is_decided(policy: solon.Policy, family: str) -> None:
    """Each in well under a second; a quadratic step would take hours and hang the run."""
    message = FAMILIES[family]
    verdict = policy.decide(message, {"note": message[:1000]})
    assert verdict.status == (
        "incomplete" if len(message.encode("utf-8", "surrogatepass")) > MEGABYTE else "decided"
    )
    assert all(0 <= match.start < match.end <= len(message) for match in verdict.matches)


def test_a_message_over_the_limit_is_incomplete_never_a_silent_allow(policy: solon.Policy) -> None:
    verdict = policy.decide("x " * MEGABYTE + "zoom", {})
    assert (verdict.action, verdict.status, verdict.limits, verdict.rules) == (
        "hold",
        "incomplete",
        ("message",),
        (),
    )


def test_at_the_limit_and_one_past_it(compile_policy_text: Any) -> None:
    small = compile_policy_text(POLICY.replace("limit message 1 MiB", "limit message 8 B"))
    assert small.decide("zoom zoo", {}).status == "decided"
    past = small.decide("zoom zoom", {})
    assert (past.status, past.limits) == ("incomplete", ("message",))
    assert [match.text for match in past.matches if match.pattern == "zoom"] == ["zoom"]
    assert past.redacted == "[removed] zoom"
    note = small.decide("hi", {"note": "zoom zoom"})
    assert (note.status, note.limits, note.rules) == ("incomplete", ("note",), ("zooming",))
    assert small.decide("ééééé", {}).limits == ("message",)  # ten bytes
    assert small.decide("éééé", {}).limits == ()


@pytest.mark.parametrize("message", [None, 3, b"zoom", bytearray(b"zoom"), ["zoom"], object()])
def test_a_message_that_is_no_str(policy: solon.Policy, message: Any) -> None:
    with pytest.raises(TypeError):
        policy.decide(message, {})


class Liar(str):
    """A str whose methods all lie."""

    def __len__(self) -> int:
        return 1 << 60

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("asked")

    def __hash__(self) -> int:
        raise RuntimeError("asked")


def test_a_str_that_may_lie_is_refused(policy: solon.Policy) -> None:
    """A message is a plain str: what a subclass makes of its own methods is not asked."""
    with pytest.raises(TypeError, match="Liar"):
        policy.decide(Liar("zoom"), {})


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"note": 3}, "note"),
        ({"nte": "x"}, "did you mean `note`"),
        ({"note": b"x"}, "note"),
        ({"a": {"b": {"c": 1}}}, "a"),
        ({3: "x"}, "str"),
    ],
)
def test_facts_that_do_not_fit_are_named(policy: solon.Policy, facts: Any, says: str) -> None:
    with pytest.raises(solon.FactError, match=says):
        policy.decide("zoom", facts)


def test_what_goes_in_is_let_go(policy: solon.Policy) -> None:
    """Reference counts of what goes in are exact after verdicts are gone."""
    message, facts = "zoom at 415 555 2671 " * 20, {"note": "zoom"}
    before = (sys.getrefcount(message), sys.getrefcount(facts), sys.getrefcount(facts["note"]))
    for _ in range(2000):
        verdict = policy.decide(message, facts)
        parts = verdict.matches, verdict.redacted, verdict.notices, verdict.public(), verdict.audit()
    del verdict, parts
    gc.collect()
    assert (sys.getrefcount(message), sys.getrefcount(facts), sys.getrefcount(facts["note"])) == before
