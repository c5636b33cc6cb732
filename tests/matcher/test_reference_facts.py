"""The reference interpreter's facts: what each type accepts, what it refuses, and what the error says."""

from __future__ import annotations

from collections import UserDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solon.matcher.errors import FactError, SolonError
from solon.matcher.reference.facts import convert

Node = dict[str, Any]


def fact(
    name: str,
    kind: str,
    *,
    default: Any = None,
    optional: bool = True,
    values: Any = (),
    currency: Any = None,
) -> Node:
    kind_node = {"name": kind, "values": list(values), "currency": currency}
    return {"name": name, "kind": kind_node, "default": default, "optional": optional}


class Role(StrEnum):
    CLIENT = "client"


class Level(IntEnum):
    TWO = 2


class Shout(str):
    def __str__(self) -> str:
        return "SHOUT"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


FACTS = [
    fact("flag", "bool"),
    fact("n", "int"),
    fact("score", "number"),
    fact("role", "enum", values=["agency", "client"]),
    fact("cats", "set", values=["design", "software"]),
    fact("tags", "set"),
    fact("id", "text"),
    fact("att.name", "scanned_text"),
    fact("age", "duration"),
    fact("paid", "money", currency="USD"),
    fact("since", "time"),
]

ACCEPTED = [
    ("flag", True, True),
    ("n", 5, 5),
    ("n", -(2**63), -(2**63)),
    ("n", Level.TWO, 2),
    ("score", 3, 3.0),
    ("score", 0.8, 0.8),
    ("score", float("inf"), float("inf")),
    ("role", "client", "client"),
    ("role", Role.CLIENT, "client"),
    ("role", Shout("client"), "client"),
    ("cats", ["software", "design", "software"], ("design", "software")),
    ("cats", (one for one in ["design"]), ("design",)),
    ("cats", frozenset(), ()),
    ("tags", {"b", "a"}, ("a", "b")),
    ("id", "", ""),
    ("id", "\ud800", "\ud800"),
    ("att.name", "x.pdf", "x.pdf"),
    ("age", timedelta(days=1, microseconds=1), 86_400_000_001),
    ("age", -timedelta(seconds=1), -1_000_000),
    ("paid", 10, 10_000_000),
    ("paid", "10.5", 10_500_000),
    ("paid", "-0.000001", -1),
    ("paid", "+7.0000000", 7_000_000),
    ("paid", Decimal("1e3"), 1_000_000_000),
    ("paid", Decimal("0.1234560"), 123_456),
    ("paid", Decimal("0e99999"), 0),
    ("since", datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), 0),
    ("since", date(1970, 1, 2), 86_400_000_000),
]

YEAR_ZERO = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))
REFUSED = [
    ("flag", 1), ("flag", "true"),
    ("n", True), ("n", 1.0), ("n", "1"), ("n", 2**63), ("n", 10**5000),
    ("score", True), ("score", float("nan")), ("score", "1"), ("score", 10**400),
    ("role", "boss"), ("role", 1), ("role", b"client"), ("role", "Client"),
    ("cats", "design"), ("cats", ["other"]), ("cats", [1]), ("cats", 5), ("cats", b"design"),
    ("cats", {"design": 1}), ("tags", "a"), ("tags", [None]),
    ("id", 5), ("id", b"x"), ("att.name", 5),
    ("age", 5), ("age", "3 days"), ("age", timedelta.max),
    ("paid", 1.5), ("paid", True), ("paid", "1.5 USD"), ("paid", "1e3"), ("paid", ""),
    ("paid", "1.0000001"), ("paid", "1" * 65), ("paid", "\u0661"), ("paid", "1\n"),
    ("paid", Decimal("0.0000001")), ("paid", Decimal("NaN")), ("paid", Decimal("Infinity")),
    ("paid", Decimal("1e1000000")), ("paid", Decimal("1e-1000000")), ("paid", 10**13),
    ("since", datetime(2026, 1, 1)), ("since", YEAR_ZERO), ("since", 5), ("since", "2026-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given_value", "canonical"), ACCEPTED)
def test_accepted(name: str, given_value: Any, canonical: Any) -> None:
    value = convert(FACTS, {name: given_value})[name]
    assert value == canonical
    assert type(value) is type(canonical)


@pytest.mark.parametrize(
    ("name", "value"), REFUSED, ids=[f"{name}-{i}" for i, (name, _) in enumerate(REFUSED)]
)
def test_refused(name: str, value: Any) -> None:
    with pytest.raises(FactError) as refusal:
        convert(FACTS, {name: value})
    assert refusal.value.fact == name
    assert "takes" in refusal.value.message
    assert "got" in refusal.value.message
    assert len(str(refusal.value)) < 400
    assert isinstance(refusal.value, SolonError)


def test_errors_never_show_text() -> None:
    for name in ["role", "cats", "paid", "n", "age", "since"]:
        for value in ["my secret 555", ["my secret 555"]]:
            with pytest.raises(FactError) as refusal:
                convert(FACTS, {name: value})
            assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "given_facts",
    [
        {"a.b": 1, "a.c.d": 2, "e": 3},
        {"a": {"b": 1, "c": {"d": 2}}, "e": 3},
        {"a": {"b": 1, "c.d": 2}, "e": 3},
        {"a.c": {"d": 2}, "a.b": 1, "e": 3},
        MappingProxyType({"a": UserDict({"b": 1, "c": {"d": 2}}), "e": 3}),
    ],
)
def test_flat_and_nested_mean_the_same(given_facts: Any) -> None:
    declared = [fact("a.b", "int"), fact("a.c.d", "int"), fact("e", "int")]
    assert convert(declared, given_facts) == {"a.b": 1, "a.c.d": 2, "e": 3}


@pytest.mark.parametrize(
    ("given_facts", "name", "words"),
    [
        ({"a.b": 1, "a": {"b": 1}}, "a.b", "twice"),
        ({"a.bb": 1}, "a.bb", "did you mean `a.b`?"),
        ({"zzz": 1}, "zzz", "no such fact"),
        ({"a": {"zzz": {"b": 1}}}, "a.zzz", "no such fact"),
        ({"a": 1}, "a", "no such fact"),
        ({"a.b": {"c": 1}}, "a.b", "takes an int"),
        ({5: 1}, "", "names of facts are str"),
        ({"a.b": None}, "a.b", "got None"),
        ({}, "a.b", "required"),
    ],
)
def test_wrong_names(given_facts: Any, name: str, words: str) -> None:
    with pytest.raises(FactError) as refusal:
        convert([fact("a.b", "int", optional=False), fact("x", "int")], given_facts)
    assert refusal.value.fact == name
    assert words in refusal.value.message


def test_defaults_and_absence() -> None:
    declared = [
        fact("n", "int", default=0, optional=False),
        fact("cats", "set", default=[], optional=False),
        fact("maybe", "text"),
        fact("both", "bool", default=False),
    ]
    assert convert(declared, {}) == {"n": 0, "cats": (), "both": False}
    assert convert(declared, {"maybe": None, "n": 3}) == {"n": 3, "cats": (), "both": False}
    with pytest.raises(FactError):
        convert(declared, {"n": None})


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_money_is_exact(amount: Decimal) -> None:
    declared = [fact("paid", "money", currency="USD")]
    expected = int(str(amount).replace(".", ""))
    assert convert(declared, {"paid": amount})["paid"] == expected
    assert convert(declared, {"paid": str(amount)})["paid"] == expected


def test_time_is_exact_to_the_microsecond() -> None:
    late = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert convert(FACTS, {"since": late})["since"] == 253_402_300_799_999_999
