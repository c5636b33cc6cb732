"""The verdict's parts, built from an outcome in numbers, and the schema that they are built with."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from solon.matcher.effects import Match, fill, redact, shown
from solon.matcher.errors import Damaged
from solon.matcher.schema import FactEntry, Schema
from solon.matcher.verdict import Verdict, as_given, moment

FACTS: list[dict[str, Any]] = [
    {"name": "attachment.name", "kind": "scanned_text", "optional": True},
    {"name": "earned", "kind": "money", "currency": "USD", "default": 0},
    {"name": "rate", "kind": "number", "optional": True},
    {"name": "role", "kind": "enum", "values": ["client", "agency"]},
    {"name": "tenure", "kind": "duration", "optional": True},
]
ROLE, TENURE = 3, 4
RULES: list[dict[str, Any]] = [
    {
        "name": "a_warns",
        "action": 1,
        "reason": "be kind",
        "labels": ["talk"],
        "queues": ["q2"],
        "lacks": [2, 4],
    },
    {
        **{
            "name": "b_redacts",
            "action": 2,
            "reason": "ToS 7",
            "labels": ["contact", "talk"],
            "queues": ["q1"],
        },
        "notices": [
            ["sender", None, [["", "No {role} after {tenure}. {{x}}"]]],
            ["sender", 0, [["", "Conditional"]]],
            ["recipient", None, [["en", "Gone, {role}"], ["es", "Fuera"]]],
        ],
        "redactions": [[0, None], [1, "[link removed]"]],
        "spans": [[0, 0], [0, 1], [1, 0]],
        "scores": [0],
    },
    {"name": "c_redacts", "action": 2, "priority": 3, "notices": [["sender", None, [["", "C"]]]]},
    {"name": "d_shadow", "action": 3},
]
DATA: dict[str, Any] = {
    **{"policy": "p", "actions": ["allow", "warn", "redact", "block"], "facts": FACTS, "fields": [0]},
    **{
        "patterns": ["phone", "link"],
        "scores": ["risk", "heat"],
        "rules": RULES,
        "exemptions": ["x_one", "x_two"],
    },
}
MESSAGE = "call 12345 or see x.com now"


@dataclass(frozen=True)
class Found:
    """An outcome as the engine makes it."""

    action: int = 0
    fired: tuple[int, ...] = ()
    undecided: tuple[int, ...] = ()
    shadow: tuple[int, ...] = ()
    exempted_rules: tuple[tuple[int, int], ...] = ()
    exempted_patterns: tuple[tuple[int, int], ...] = ()
    notices: tuple[int, ...] = ()
    sums: tuple[int | None, ...] = ()
    cut: tuple[int, ...] = ()
    spans: Mapping[tuple[int, int], tuple[tuple[int, int], ...]] = field(default_factory=dict)


class Values:
    """Facts as the engine keeps them."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def value(self, index: int, /) -> Any:
        return self.values[index]

    def known(self, index: int, /) -> bool:
        return self.values[index] is not None


class Policy:
    """What a verdict asks of its policy."""

    name, version, digest = "p", 7, "ab" * 32
    floors: Mapping[str, str | None] = {"default": "allow", "undecided": "warn", "incomplete": None}

    def __init__(self, data: Mapping[str, Any] = DATA) -> None:
        self._schema = Schema.from_json(data)

    def ir(self) -> dict[str, Any]:
        raise NotImplementedError

    def decide(self, message: str, facts: Mapping[str, Any], *, at: Any = None) -> Verdict:
        raise NotImplementedError


class Made(Verdict):
    """A verdict of given parts."""

    __slots__ = ("_parts",)

    def __init__(self, *parts: Any) -> None:
        object.__setattr__(self, "_parts", parts)

    @property
    def _state(self) -> Any:
        return self._parts


POLICY = Policy()
KNOWN = Values("resume 555.pdf", 0, None, "client", 259_200_000_000)
FIRED = Found(
    action=2,
    fired=(0, 1),
    shadow=(3,),
    exempted_patterns=((1, 0),),
    exempted_rules=((2, 1),),
    sums=(3_500_000, None),
    spans={(0, 0): ((5, 10),), (0, 1): ((7, 10),), (1, 0): ((18, 23),)},
)
AT = 1_795_428_000_000_000


def verdict(outcome: Found = FIRED, facts: Values = KNOWN, message: str = MESSAGE) -> Verdict:
    return Made(POLICY, message, facts, outcome, AT)


def test_the_parts() -> None:
    v = verdict()
    assert (v.action, v.status) == ("redact", "decided")
    assert v.rules == ("a_warns", "b_redacts")
    assert v.shadow == ("d_shadow",)
    assert v.undecided == {}
    assert v.exempted == {"c_redacts": "x_two", "link": "x_one"}
    assert list(v.exempted) == ["c_redacts", "link"]
    assert v.labels == ("contact", "talk")
    assert v.queues == ("q1", "q2")
    assert v.reasons == ("ToS 7", "be kind")
    assert v.limits == ()
    assert v.scores == {"risk": 3.5}
    assert v.redacted == "call [removed] or see [link removed] now"


def test_matches_are_sorted_and_carry_their_text() -> None:
    assert verdict().matches == (
        Match("phone", 5, 10, "12345", None),
        Match("link", 18, 23, "x.com", None),
        Match("phone", 7, 10, "555", "attachment.name"),
    )


def test_notices_one_an_audience() -> None:
    assert verdict().notices == {
        "recipient": {"en": "Gone, client", "es": "Fuera"},
        "sender": "No client after 3 days. {x}",
    }
    assert list(verdict().notices) == ["recipient", "sender"]
    assert verdict(replace(FIRED, notices=(0,))).notices["sender"] == "Conditional"
    assert verdict(replace(FIRED, fired=(0, 1, 2))).notices["sender"] == "C", "between equals the priority"
    assert verdict(replace(FIRED, fired=(0,))).notices == {}


def test_an_absent_fact_fills_nothing() -> None:
    absent = Values(None, 0, None, "client", None)
    assert verdict(facts=absent).notices["sender"] == "No client after . {x}"


def test_undecided_rules_name_what_they_lacked() -> None:
    v = verdict(Found(action=1, undecided=(0,)))
    assert v.undecided == {"a_warns": ("rate",)}
    both = verdict(Found(action=1, undecided=(0,)), Values(None, 0, None, "client", None))
    assert both.undecided == {"a_warns": ("rate", "tenure")}


def test_limits_make_it_incomplete() -> None:
    v = verdict(Found(cut=(1, 0)))
    assert v.status == "incomplete"
    assert v.limits == ("message", "attachment.name")


def test_scores_are_ints_where_whole() -> None:
    v = verdict(replace(FIRED, sums=(-2_000_000, 250_000)))
    assert v.scores == {"heat": 0.25, "risk": -2}
    assert isinstance(v.scores["risk"], int)
    assert verdict(Found()).scores == {}


def test_the_public_view_has_no_word_of_the_policy() -> None:
    public = verdict().public()
    assert set(public) == {"action", "notices", "redacted", "reasons"}
    shown_text = json.dumps(public)
    for secret in ("phone", "b_redacts", "x_one", "d_shadow", "risk", "12345", "x.com"):
        assert secret not in shown_text


def test_the_audit_record_has_no_text_of_anybody() -> None:
    record = json.loads(json.dumps(verdict().audit()))
    assert record["digest"] == POLICY.digest
    assert record["version"] == 7
    assert record["at"] == "2026-11-23T10:00:00Z"
    assert record["engine"]
    assert [rule["name"] for rule in record["rules"]] == ["a_warns", "b_redacts"]
    assert record["matches"][0] == {"pattern": "phone", "start": 5, "end": 10, "field": None}
    assert set(record["facts"]) == {"attachment.name", "earned", "role", "tenure"}
    for text in ("12345", "x.com", "resume", "client"):
        assert text not in json.dumps(record)


def test_repr_shows_no_message() -> None:
    text = repr(verdict(replace(FIRED, undecided=(2,), cut=(0,))))
    assert text == "<Verdict redact; by a_warns, b_redacts; undecided: c_redacts; incomplete: message>"


def test_a_lone_surrogate_is_a_message_too() -> None:
    assert verdict(Found(), message="\ud800").audit()["message"]["chars"] == 1


def test_immutable() -> None:
    v = verdict()
    for change in (
        lambda: setattr(v, "action", "allow"),
        lambda: setattr(v, "x", 1),
        lambda: delattr(v, "_parts"),
    ):
        with pytest.raises(AttributeError):
            change()
    v.notices.clear()
    v.exempted.clear()
    v.public()["notices"]["recipient"]["en"] = "changed"
    assert v.notices["recipient"] == {"en": "Gone, client", "es": "Fuera"}
    assert len(v.exempted) == 2
    assert copy.copy(v.matches) == v.matches


def test_equality_is_of_all_but_the_time() -> None:
    same = Made(POLICY, MESSAGE, Values(*KNOWN.values), replace(FIRED), AT + 1)
    assert verdict() == same
    assert hash(verdict()) == hash(same)
    assert verdict() != verdict(message="another")
    assert verdict() != verdict(replace(FIRED, shadow=()))
    assert verdict() != verdict(facts=Values(None, 1, None, "client", None))
    assert verdict() != "redact"


@pytest.mark.parametrize(
    ("spans", "wanted"),
    [
        ([], "0123456789"),
        ([(0, 10)], "[removed]"),
        ([(0, 2), (2, 4)], "[removed][removed]456789"),
        ([(0, 3), (2, 5), (4, 6), (8, 9)], "[removed]67[removed]9"),
        ([(2, 8), (3, 4)], "01[removed]89"),
    ],
)
def test_overlapping_redactions_become_one(spans: list[tuple[int, int]], wanted: str) -> None:
    rule = replace(POLICY._schema.rule(1), redactions=POLICY._schema.rule(1).redactions[:1])
    assert redact("0123456789", [rule], {(0, 0): spans}) == wanted


def test_the_placeholder_of_the_first_by_the_rule_of_order() -> None:
    """Start, then the longer, then severity, priority, name, placeholder: against the plain definition."""
    rng = random.Random(2)
    base = POLICY._schema.rule(1)
    for _ in range(500):
        rules = [
            replace(
                base,
                name=f"r{i}",
                action=rng.randint(0, 2),
                priority=rng.randint(0, 1),
                redactions=tuple(
                    base.redactions[0]._replace(
                        pattern=rng.randint(0, 1), placeholder=rng.choice(["<a>", "<b>", None])
                    )
                    for _ in range(2)
                ),
            )
            for i in range(3)
        ]
        spans = {
            (p, 0): tuple((s, s + rng.randint(1, 5)) for s in rng.sample(range(15), rng.randint(0, 3)))
            for p in (0, 1)
        }
        message = "".join(rng.choice("xyz") for _ in range(20))
        assert redact(message, rules, spans) == plainly_redacted(message, rules, spans)


def plainly_redacted(message: str, rules: list[Any], spans: Mapping[Any, Any]) -> str:
    pieces = [
        (start, -end, -rule.action, -rule.priority, rule.name, one.placeholder or "[removed]")
        for rule in rules
        for one in rule.redactions
        for start, end in spans[one.pattern, 0]
    ]
    owner: list[int | None] = [None] * len(message)
    group = 0
    ends: dict[int | None, str] = {}
    for start, minus, *_, text in sorted(pieces):
        inside = owner[start] is not None
        number = owner[start] if inside else (group := group + 1)
        ends.setdefault(number, text)
        for place in range(start, -minus):
            owner[place] = owner[place] if owner[place] is not None else number
    written = []
    for place, number in enumerate(owner):
        if number is None:
            written.append(message[place])
        elif place == 0 or owner[place - 1] != number:
            written.append(ends[number])
    return "".join(written)


def fact(kind: str, **more: Any) -> FactEntry:
    return FactEntry("f", kind, **more)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("bool", True, "true"),
        ("bool", False, "false"),
        ("int", -12, "-12"),
        ("number", 1e300, "1e+300"),
        ("number", 2.0, "2"),
        ("number", 0.1, "0.1"),
        ("enum", "client", "client"),
        ("text", "{x}", "{x}"),
        ("set", ("a", "b"), "a, b"),
        ("set", (), ""),
        ("money", 10_000_000_000, "10000 USD"),
        ("money", -500_000, "-0.5 USD"),
        ("money", 1, "0.000001 USD"),
        ("duration", 0, "0 seconds"),
        ("duration", 86_400_000_000, "1 day"),
        ("duration", 259_200_000_000, "3 days"),
        ("duration", 1_209_600_000_000, "2 weeks"),
        ("duration", 5_400_000_000, "90 minutes"),
        ("duration", 1_500_000, "1.5 seconds"),
        ("duration", 1_000_000, "1 second"),
        ("duration", -3_600_000_000, "-1 hour"),
        ("time", AT, "2026-11-23T10:00:00Z"),
        ("time", -1, "1969-12-31T23:59:59Z"),
        ("time", -62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
        ("time", 2**63 - 1, "9999-12-31T23:59:59Z"),
        ("int", None, ""),
    ],
)
def test_how_a_notice_shows_a_fact(kind: str, value: Any, text: str) -> None:
    assert shown(value, fact(kind, currency="USD")) == text


def test_braces() -> None:
    assert fill("{{}} {a} }} {{a}} {a}{a}", {"a": "{b}"}.__getitem__) == "{} {b} } {a} {b}{b}"


def test_a_hostile_notice_takes_linear_time() -> None:
    assert len(fill("{" * 200_001, str)) > 100_000
    assert fill("{a" * 100_000, str)


@pytest.mark.parametrize(
    ("kind", "value", "given"),
    [
        ("duration", 1_000_001, dt.timedelta(seconds=1, microseconds=1)),
        ("time", AT, dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)),
        ("money", 2**63 - 1, Decimal("9223372036854.775807")),
        ("set", ("a",), ("a",)),
        ("int", 3, 3),
    ],
)
def test_canonical_values_go_back_to_python(kind: str, value: Any, given: Any) -> None:
    assert as_given(value, fact(kind)) == given


def test_facts_as_decide_takes_them() -> None:
    assert verdict().facts() == {
        **{"attachment.name": "resume 555.pdf", "earned": Decimal(0), "role": "client"},
        "tenure": dt.timedelta(days=3),
    }


def test_times_within_the_years_that_there_are() -> None:
    assert moment(-1) == dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    assert moment(-62_135_647_200_000_000) == dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert moment(253_402_350_800_000_000) == dt.datetime.max.replace(tzinfo=dt.UTC)


# ── The schema ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        {"actions": "allow"},
        {"facts": [{"name": "a", "kind": "no"}]},
        {"fields": [9]},
        {"fields": [-1]},
        {"patterns": [1]},
        {"rules": [{}]},
        {"exemptions": None},
    ],
)
def test_a_damaged_schema_is_refused_at_once(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Schema.from_json(DATA | change)


@pytest.mark.parametrize(
    "rule",
    [
        {"name": "a", "action": 9},
        {"name": "a", "action": True},
        {"name": "a", "action": 0, "redactions": [[7, None]]},
        {"name": "a", "action": 0, "redactions": 3},
        {"name": "a", "action": 0, "notices": [["x"]]},
        {"name": "a", "action": 0, "notices": [["x", None, [["en"]]]]},
        {"name": "a", "action": 0, "spans": [[0, 2]]},
        {"name": "a", "action": 0, "lacks": [99]},
        {"name": "a", "action": 0, "scores": [2]},
        {"name": "a", "action": 0, "labels": "talk"},
        {"name": "a"},
    ],
)
def test_a_damaged_rule_is_an_error_of_the_artifact(rule: dict[str, Any]) -> None:
    schema = Schema.from_json(DATA | {"rules": [rule]})
    with pytest.raises(Damaged, match="rule 0"):
        schema.rule(0)


def test_the_schema_says_the_kinds() -> None:
    kinds = POLICY._schema.fact_kinds()
    assert kinds["earned"] == {"name": "money", "values": [], "currency": "USD"}
    assert kinds["role"]["values"] == ["client", "agency"]
