"""Bodies to questions: every flaw is a problem that names its place, whatever the bytes."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from solon.service.problems import KINDS, Problem
from solon.service.reading import parse, question, questions

KINDS_OF_FACTS: dict[str, dict[str, Any]] = {
    "a.b": {"name": "int", "values": [], "currency": None},
    "tenure": {"name": "duration", "values": [], "currency": None},
    "earned": {"name": "money", "values": [], "currency": "USD"},
    "tags": {"name": "set", "values": ["x"], "currency": None},
}


def asked(body: str | bytes, internal: bool = False) -> Any:
    data = body if isinstance(body, bytes) else body.encode()
    return question(KINDS_OF_FACTS, parse(data), internal=internal)


def problem(body: str | bytes, internal: bool = False) -> Problem:
    with pytest.raises(Problem) as caught:
        asked(body, internal)
    assert json.loads(caught.value.body()) == caught.value.as_json()
    return caught.value


def test_a_question() -> None:
    one = asked('{"message": "é", "facts": {"a": {"b": 3}, "tenure": "3 days", "earned": "1_000 USD"}}')
    assert one.message == "é"
    assert one.facts == {"a.b": 3, "tenure": timedelta(days=3), "earned": Decimal(1000)}
    inside = asked('{"message": "", "at": "2026-12-01T10:00:00Z", "id": "m-1"}', internal=True)
    assert (inside.at, inside.id) == (datetime(2026, 12, 1, 10, tzinfo=UTC), "m-1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.0", 3),
        ("30e-1", 3),
        ("9007199254740993.0", 9007199254740993),
        ("9e18", 9 * 10**18),
        ("3.5", 3.5),
        ("0.0", 0.0),
        ("-0.0", -0.0),
        ("1e300", 1e300),
        ("1e-99999", 0.0),
        ("0." + "0" * 60 + "1", 1e-61),
    ],
)
def test_json_has_one_kind_of_number(text: str, value: float) -> None:
    found = asked(f'{{"message": "", "facts": {{"a.b": {text}}}}}').facts["a.b"]
    assert (type(found), repr(found)) == (type(value), repr(value))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "expecting value: line 1, column 1"),
        (b"{", "expecting property name"),
        (b'{"message": "\xff"}', "byte 13 is not UTF-8"),
        (b'{"message": "\xed\xa0\x80"}', "byte 13 is not UTF-8"),
        (b'\xef\xbb\xbf{"message": ""}', "BOM"),
        (b'{"message": "a\nb"}', "control character"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"message": ""} x', "extra data"),
    ],
)
def test_what_is_no_json(body: bytes, said: str) -> None:
    found = problem(body)
    assert (found.kind, found.status) == ("bad-json", 400)
    assert said in found.detail


@pytest.mark.parametrize(
    ("body", "kind", "place", "said"),
    [
        ("[]", "bad-request", None, "takes an object"),
        ("null", "bad-request", None, "takes an object"),
        ("{}", "bad-request", "message", "is missing"),
        ('{"message": "", "at": "2026-12-01"}', "bad-request", None, "there is no `at`"),
        ('{"message": 1}', "bad-message", "message", "takes a text"),
        ('{"message": "x", "message": "y"}', "bad-message", "message", "is given twice"),
        ('{"message": NaN}', "bad-message", "message", "is NaN"),
        (r'{"message": "\ud800"}', "bad-message", "message", "half a surrogate pair"),
        ('{"message": "", "facts": []}', "bad-request", "facts", "takes an object"),
        ('{"message": "", "facts": {}, "facts": {}}', "bad-request", "facts", "is given twice"),
    ],
)
def test_what_is_no_question(body: str, kind: str, place: str | None, said: str) -> None:
    found = problem(body)
    assert (found.kind, found.status, found.place) == (kind, 422, place)
    assert said in found.detail


@pytest.mark.parametrize(
    ("facts", "fact", "said"),
    [
        ('{"a.b": NaN}', "a.b", "is NaN, which is not JSON"),
        ('{"a": {"b": -Infinity}}', "a.b", "is -Infinity, which is not JSON"),
        ('{"a": {"b": 1e999}}', "a.b", "too large for 64 bits"),
        ('{"a.b": ' + "9" * 5000 + "}", "a.b", "more than 40 digits"),
        ('{"a.b": 1, "a.b": 2}', "a.b", "is given twice"),
        ('{"a": {"b": 1, "b": 1}}', "a.b", "is given twice"),
        (r'{"tags": ["x", "\udfff"]}', "tags", "half a surrogate pair"),
        (r'{"a": {"\ud800": 1}}', "a", "half a surrogate pair"),
        ('{"tenure": "3 fortnights"}', "tenure", "takes a duration"),
        ('{"earned": "3 EUR"}', "earned", "takes an amount"),
        ('{"tags": ' + "[" * 40 + "]" * 40 + "}", "tags", "nested too deeply"),
        ('{"z":' * 40 + "1" + "}" * 40, ".".join("z" * 32), "nested too deeply"),
    ],
)
def test_a_flaw_names_its_fact(facts: str, fact: str, said: str) -> None:
    found = problem(f'{{"message": "", "facts": {facts}}}')
    assert (found.kind, found.status, found.fact) == ("bad-fact", 422, fact)
    assert said in found.detail


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ('"at": 3', "at"),
        ('"at": "soon"', "at"),
        ('"at": "2026-12-01"', "at"),
        ('"id": 3', "id"),
        (r'"id": "\ud800"', "id"),
        ('"id": "' + "x" * 501 + '"', "id"),
    ],
)
def test_what_the_inside_may_say(member: str, place: str) -> None:
    assert problem(f'{{"message": "", {member}}}', internal=True).place == place


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("[]", None),
        ("{}", "questions"),
        ('{"questions": {}}', "questions"),
        ('{"questions": []}', "questions"),
        ('{"questions": [1, 2, 3, 4]}', "questions"),
        ('{"questions": [], "x": 1}', None),
    ],
)
def test_what_is_no_batch(body: str, place: str | None) -> None:
    with pytest.raises(Problem) as caught:
        questions(parse(body.encode()), 3)
    assert (caught.value.kind, caught.value.place) == ("bad-request", place)


TOKENS = (b"NaN", b"1e999", b"\\ud800", b'"x":1,', b"{", b"]", b"0" * 50, b"e99999", b"\xff")


def test_any_bytes_are_a_question_or_a_problem() -> None:
    chance = random.Random(3)
    good = b'{"message": "caf\\u00e9", "facts": {"a": {"b": 1}, "tags": ["x"], "earned": 1.5e3}, "at": null}'
    alphabet = b'{}[]",:\\u0dD8eE+-.019 ntfNI\xff\xed\x00'
    kinds = set()
    for _ in range(6000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[place] = chance.choice(alphabet)
                case 1:
                    del data[place : place + chance.randint(1, 5)]
                case _:
                    data[place:place] = chance.choice(TOKENS)
            data = data or bytearray(b"0")
        try:
            asked(bytes(data), internal=True)
        except Problem as found:
            kinds.add(found.kind)
            assert found.kind in KINDS
    assert kinds >= {"bad-json", "bad-request", "bad-fact"}
