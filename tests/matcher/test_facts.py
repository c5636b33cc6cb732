"""Facts from Python: what is accepted, in which canonical units, and what each refusal says."""

from __future__ import annotations

import datetime as dt
import enum
import gc
import itertools
import random
import sys
from collections import ChainMap, UserDict, deque
from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from solon.matcher import _engine
from solon.matcher.errors import FactError
from solon.matcher.reference.facts import convert
from solon.matcher.schema import Schema

UTC = dt.UTC
ROLES = ["client", "agency"]
FACTS: list[dict[str, Any]] = [
    {"name": "age", "kind": "int", "optional": True},
    {"name": "body", "kind": "scanned_text", "optional": True, "exact": {"": 1}},
    {"name": "earned", "kind": "money", "currency": "USD", "default": 5_000_000},
    {"name": "flag", "kind": "bool", "optional": True},
    {
        "name": "job.tags",
        "kind": "set",
        "values": ["a", "b", "c"],
        "members": ["a", "b", "c"],
        "default": ["b"],
    },
    {"name": "job.topics", "kind": "set", "members": ["x"], "optional": True},
    {"name": "rate", "kind": "number", "optional": True},
    {
        "name": "sender.id",
        "kind": "text",
        "optional": True,
        "exact": {"ab": 1},
        "prefixes": {"a": 2},
        "slot": 0,
    },
    {"name": "sender.role", "kind": "enum", "values": ROLES, "slot": 1, "default": "client"},
    {"name": "since", "kind": "time", "optional": True},
    {"name": "tenure", "kind": "duration", "optional": True},
]


def schema_of(facts: list[dict[str, Any]]) -> Schema:
    fields = [number for number, fact in enumerate(facts) if fact["kind"] == "scanned_text"]
    return Schema.from_json(
        {
            **{"policy": "p", "actions": ["allow"], "facts": facts, "fields": fields, "patterns": []},
            **{"scores": [], "rules": [], "exemptions": []},
        }
    )


SCHEMA = schema_of(FACTS)
READER = _engine.FactSchema(SCHEMA)
NUMBERS = SCHEMA.fact_numbers()


def read(given: Any, name: str) -> Any:
    return READER.read(given).value(NUMBERS[name])


class Role(enum.StrEnum):
    CLIENT = "client"


class Level(enum.IntEnum):
    HIGH = 7


class Liar(str):
    """Says that it equals everything; holds "client"."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("agency")

    def __str__(self) -> str:
        return "agency"


class BigInt(int):
    def __int__(self) -> int:
        return 10**30

    def __index__(self) -> int:
        return 10**30


class Impostor:
    """No int, whatever it says."""

    @property
    def __class__(self) -> type:  # type: ignore[override]
        return int

    def __index__(self) -> int:
        return 1


ACCEPTED: list[tuple[str, Any, Any]] = [
    ("age", 0, 0),
    ("age", -(2**63), -(2**63)),
    ("age", 2**63 - 1, 2**63 - 1),
    ("age", Level.HIGH, 7),
    ("age", BigInt(3), 3),
    ("body", "hello \U0001f4de", "hello \U0001f4de"),
    ("body", "\ud800", "\ud800"),
    ("earned", 12, 12_000_000),
    ("earned", -3, -3_000_000),
    ("earned", Decimal("0.000001"), 1),
    ("earned", Decimal("1E+3"), 1_000_000_000),
    ("earned", Decimal("1.50000000000"), 1_500_000),
    ("earned", Decimal("0E+999999"), 0),
    ("earned", "10000.50", 10_000_500_000),
    ("earned", "-0.1", -100_000),
    ("earned", "+2", 2_000_000),
    ("earned", 9_223_372_036_854, 9_223_372_036_854_000_000),
    ("earned", "-9223372036854.775808", -(2**63)),
    ("flag", True, True),
    ("flag", False, False),
    ("job.tags", {"a", "c"}, ("a", "c")),
    ("job.tags", [], ()),
    ("job.tags", ("c", "c", "a"), ("a", "c")),
    ("job.tags", deque(["b"]), ("b",)),
    ("job.topics", ["y", "x", "y"], ("x", "y")),
    ("job.topics", frozenset(), ()),
    ("rate", 1, 1.0),
    ("rate", 0.8, 0.8),
    ("rate", -0.0, -0.0),
    ("rate", 0.0, 0.0),
    ("rate", float("-inf"), float("-inf")),
    ("rate", 2**53 + 1, float(2**53 + 1)),
    ("rate", 10**200, 1e200),
    ("sender.id", "", ""),
    ("sender.id", "abc", "abc"),
    ("sender.role", "agency", "agency"),
    ("sender.role", Role.CLIENT, "client"),
    ("sender.role", Liar("client"), "client"),
    ("since", dt.datetime(1970, 1, 1, tzinfo=UTC), 0),
    ("since", dt.datetime(2026, 11, 23, 10, 0, 0, 5, tzinfo=UTC), 1_795_428_000_000_005),
    (
        "since",
        dt.datetime(2026, 11, 23, 10, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        1_795_420_800_000_000,
    ),
    ("since", dt.date(2026, 11, 23), 1_795_392_000_000_000),
    ("since", dt.datetime(1, 1, 1, tzinfo=UTC), -62_135_596_800_000_000),
    ("since", dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), 253_402_300_799_999_999),
    ("tenure", dt.timedelta(days=3), 259_200_000_000),
    ("tenure", dt.timedelta(microseconds=-1), -1),
    ("tenure", dt.timedelta(microseconds=2**63 - 1), 2**63 - 1),
    ("tenure", dt.timedelta(microseconds=-(2**63)), -(2**63)),
]


@pytest.mark.parametrize(("name", "value", "wanted"), ACCEPTED, ids=[str(i) for i in range(len(ACCEPTED))])
def test_accepted(name: str, value: Any, wanted: Any) -> None:
    for given in ({name: value}, MappingProxyType({name: value}), nested(name, value)):
        got = read(given, name)
        assert got == wanted
        assert type(got) is type(wanted)
        assert repr(got) == repr(wanted)


def nested(name: str, value: Any) -> Any:
    for part in reversed(name.split(".")):
        value = {part: value}
    return value


REFUSED: list[tuple[str, Any, str]] = [
    ("age", True, "takes an int of 64 bits, got bool True"),
    ("age", 1.0, "takes an int of 64 bits, got float 1.0"),
    ("age", "1", "takes an int of 64 bits, got a str"),
    ("age", 2**63, "takes an int of 64 bits, got an int beyond 64 bits, too large"),
    ("age", 10**10_000, "too large"),
    ("age", Decimal(1), "got a value of type Decimal"),
    ("age", Impostor(), "got a value of type Impostor"),
    ("body", b"x", "takes a str, got a value of type bytes"),
    ("earned", 1.5, "got float 1.5"),
    ("earned", True, "got bool True"),
    ("earned", 9_223_372_036_855, "too large"),
    ("earned", "9223372036854.775808", "too large"),
    ("earned", "0.0000001", "finer than a millionth"),
    ("earned", Decimal("1E+999999"), "too large"),
    ("earned", Decimal("1E-999999"), "finer than a millionth"),
    ("earned", Decimal("NaN"), "is no number"),
    ("earned", Decimal("Infinity"), "is no number"),
    ("earned", "1e3", "no amount"),
    ("earned", "1_000", "no amount"),
    ("earned", " 1", "no amount"),
    ("earned", "1.", "no amount"),
    ("earned", ".5", "no amount"),
    ("earned", "", "no amount"),
    ("earned", "+", "no amount"),
    ("earned", "٣", "no amount"),
    ("earned", "1" * 65, "no amount"),
    ("flag", 1, "takes a bool, got int 1"),
    ("flag", None, None),  # type: ignore[list-item]
    ("job.tags", "a", "takes an iterable of `a`, `b`, `c`, got a str"),
    ("job.tags", {"a": 1}, "got a value of type dict"),
    ("job.tags", 3, "got int 3"),
    ("job.tags", ["a", 3], "with int 3 in it"),
    ("job.tags", ["d"], "none of them"),
    ("job.tags", b"ab", "with int 97 in it"),
    ("job.tags", itertools.repeat("a"), "more than 100000 members"),
    ("job.topics", [None], "with None in it"),
    ("rate", float("nan"), "not NaN, got float nan"),
    ("rate", "0.8", "got a str"),
    ("rate", True, "got bool True"),
    ("rate", 10**400, "too large for a float"),
    ("rate", Decimal("0.8"), "got a value of type Decimal"),
    ("sender.role", "clint", "none of them; did you mean `client`?"),
    ("sender.role", "", "none of them"),
    ("sender.role", "x" * 1_000_000, "none of them"),
    ("sender.role", None, "takes one of `client`, `agency`, got None"),
    ("sender.role", 0, "got int 0"),
    ("since", dt.datetime(2026, 1, 1), "without a time zone"),
    ("since", 0, "takes a datetime with a time zone, or a date, got int 0"),
    ("since", "2026-01-01", "got a str"),
    (
        "since",
        dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))),
        "outside of the years 1 to 9999",
    ),
    (
        "since",
        dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-1))),
        "outside of the years 1 to 9999",
    ),
    ("tenure", 3, "takes a timedelta, got int 3"),
    ("tenure", dt.timedelta.max, "too large"),
    ("tenure", dt.timedelta.min, "too large"),
]


@pytest.mark.parametrize(("name", "value", "says"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_refused(name: str, value: Any, says: str | None) -> None:
    if says is None:  # None for an optional fact means absent
        assert read({name: value}, name) is None
        return
    for given in ({name: value}, nested(name, value)):
        with pytest.raises(FactError) as caught:
            READER.read(given)
        assert caught.value.fact == name
        assert says in caught.value.message
        assert len(str(caught.value)) < 300


def test_defaults_and_absence() -> None:
    facts = READER.read({})
    values = {fact.name: facts.value(number) for number, fact in enumerate(SCHEMA.facts)}
    assert values.pop("earned") == 5_000_000
    assert values.pop("job.tags") == ("b",)
    assert values.pop("sender.role") == "client"
    assert set(values.values()) == {None}
    assert not facts.known(NUMBERS["age"])
    assert facts.known(NUMBERS["earned"])


def test_what_is_given_replaces_the_default_whole() -> None:
    assert read({"job.tags": ["a"]}, "job.tags") == ("a",)
    assert read({}, "job.tags") == ("b",)


def test_a_zero_with_a_sign_is_shown_and_replaced_as_it_is() -> None:
    reader = _engine.FactSchema(schema_of([{"name": "n", "kind": "number", "default": -0.0}]))
    assert repr(reader.read({}).value(0)) == "-0.0"
    assert repr(reader.read({"n": 0.0}).value(0)) == "0.0"
    assert repr(reader.read({"n": 0}).value(0)) == "0.0"
    assert repr(reader.read({"n": 2}).value(0)) == "2.0"


def test_a_required_fact_that_is_absent() -> None:
    reader = _engine.FactSchema(
        schema_of([{"name": "n", "kind": "int"}, {"name": "o", "kind": "int", "optional": True}])
    )
    assert reader.read({"n": 1}).value(0) == 1
    for given in ({}, {"o": 1}):
        with pytest.raises(FactError, match="n: is required and was not given; it takes an int of 64 bits"):
            reader.read(given)
    with pytest.raises(
        FactError, match=r"n: takes an int of 64 bits, got None \(leave the fact out instead\)"
    ):
        reader.read({"n": None})


@pytest.mark.parametrize("given", [{"agee": 1}, MappingProxyType({"agee": 1})])
def test_an_unknown_name(given: Any) -> None:
    with pytest.raises(FactError, match=r"agee: there is no such fact; did you mean `age`\?"):
        READER.read(given)


@pytest.mark.parametrize(
    ("given", "fact", "says"),
    [
        ({"sender": {"rol": "client"}}, "sender.rol", "did you mean `sender.role`?"),
        ({"sender": 3}, "sender", "there is no such fact"),
        ({"sender": {"role": {"x": 1}}}, "sender.role", "got a value of type dict"),
        ({"sender": {"role": "client"}, "sender.role": "client"}, "sender.role", "given twice"),
        ({"sender": {3: 1}}, "sender", "names of facts are str, got int 3"),
        ({3: 1}, "", "names of facts are str"),
        ({("a",): 1}, "", "names of facts are str"),
        ({"q" * 5_000_000: 1}, "q" * 1000, "there is no such fact"),
    ],
)
def test_mappings_that_do_not_fit(given: Any, fact: str, says: str) -> None:
    with pytest.raises(FactError) as caught:
        READER.read(given)
    assert caught.value.fact == fact
    assert says in caught.value.message


def test_nesting_and_dots_mix() -> None:
    given = UserDict({"sender": ChainMap({"role": "agency"}, {"id": "zz"}), "job.topics": iter(["x"])})
    facts = READER.read(given)
    assert facts.value(NUMBERS["sender.role"]) == "agency"
    assert facts.value(NUMBERS["sender.id"]) == "zz"
    assert facts.value(NUMBERS["job.topics"]) == ("x",)


@pytest.mark.parametrize("given", [None, [], "age", 3, [("age", 1)]])
def test_no_mapping_at_all(given: Any) -> None:
    with pytest.raises(TypeError, match="facts are a mapping"):
        READER.read(given)


def test_a_mapping_that_holds_itself_ends() -> None:
    loop: dict[str, Any] = {}
    loop["sender"] = loop
    with pytest.raises(FactError, match=r"sender\.sender: there is no such fact"):
        READER.read(loop)


def test_what_is_kept_is_a_copy() -> None:
    topics = ["x"]
    given = {"job.topics": topics, "sender.id": "one"}
    facts = READER.read(given)
    topics.append("later")
    given["sender.id"] = "two"
    assert facts.value(NUMBERS["job.topics"]) == ("x",)
    assert facts.value(NUMBERS["sender.id"]) == "one"


def test_values_that_change_the_mapping_while_it_is_read() -> None:
    given: dict[str, Any] = {}

    class Members:
        def __iter__(self) -> Iterator[str]:
            given.clear()
            given.update({f"new{i}": [] for i in range(1000)})
            gc.collect()
            return iter(["x"])

    given.update({"job.topics": Members(), "age": 1, "flag": True})
    with pytest.raises(FactError):
        READER.read(given)


def test_code_of_the_caller_that_raises_is_not_hidden() -> None:
    class Broken:
        def __iter__(self) -> Iterator[str]:
            raise KeyError("mine")

    class Zone(dt.tzinfo):
        dst = tzname = None  # type: ignore[assignment]

        def utcoffset(self, _: Any) -> Any:
            return dt.timedelta(days=9)

    with pytest.raises(KeyError, match="mine"):
        READER.read({"job.topics": Broken()})
    with pytest.raises(ValueError, match="strictly between"):
        READER.read({"since": dt.datetime(2026, 1, 1, tzinfo=Zone())})


def test_subclasses_of_datetime_count_by_their_fields() -> None:
    class Moment(dt.datetime):
        def utcoffset(self) -> Any:
            return dt.timedelta(hours=5)

        def __sub__(self, other: Any) -> Any:
            raise RuntimeError("never asked")

    assert read({"since": Moment(1970, 1, 2, tzinfo=UTC)}, "since") == 86_400_000_000


def test_times_are_those_of_python() -> None:
    rng = random.Random(1)
    epoch = dt.datetime(1970, 1, 1, tzinfo=UTC)
    for _ in range(2000):
        zone = dt.timezone(dt.timedelta(minutes=rng.randint(-1439, 1439)))
        moment = dt.datetime.fromordinal(rng.randint(400, 3_650_000)).replace(
            hour=rng.randrange(24), minute=rng.randrange(60), microsecond=rng.randrange(10**6), tzinfo=zone
        )
        assert read({"since": moment}, "since") == (moment - epoch) // dt.timedelta(microseconds=1)


def test_a_text_is_never_shown() -> None:
    for name, value in (
        ("sender.role", "secret"),
        ("age", "secret"),
        ("earned", "secret"),
        ("job.tags", ["secret"]),
    ):
        with pytest.raises(FactError) as caught:
            READER.read({name: value})
        assert "secret" not in str(caught.value)


def test_a_hundred_thousand_readings_leak_nothing() -> None:
    given = {
        **{"age": 3, "body": "text", "job": {"tags": {"a"}}, "sender.id": "abc", "earned": Decimal("1.5")},
        **{"since": dt.datetime(2026, 1, 1, tzinfo=UTC), "tenure": dt.timedelta(1), "rate": 0.5},
    }
    broken = {"age": "x"}

    def run(times: int) -> None:
        for _ in range(times):
            READER.read(given)
            with pytest.raises(FactError):
                READER.read(broken)

    run(200)
    gc.collect()
    before = sys.getallocatedblocks()
    run(3000)
    gc.collect()
    assert sys.getallocatedblocks() - before < 200


NODES = [
    {
        "name": fact["name"],
        "kind": {"name": fact["kind"], "values": fact.get("values", []), "currency": fact.get("currency")},
        "default": fact.get("default"),
        "optional": fact.get("optional", False),
    }
    for fact in FACTS
]


def by_reference(given: Any) -> Any:
    try:
        return convert(NODES, given)
    except FactError as error:
        return error.fact


def by_engine(given: Any) -> Any:
    try:
        facts = READER.read(given)
    except FactError as error:
        return error.fact
    values = {fact.name: facts.value(number) for number, fact in enumerate(SCHEMA.facts)}
    return {name: value for name, value in values.items() if value is not None}


def test_the_reference_reads_the_same() -> None:
    """Every fact with every value of the tables above, its own or another's."""
    endless = itertools.repeat("a")
    values = [value for _, value, _ in (*ACCEPTED, *REFUSED) if type(value) not in (type(endless), Impostor)]
    values += [
        [],
        (),
        {},
        {"a"},
        ["a", "b"],
        object(),
        b"",
        0.1,
        1e18,
        Decimal("-0"),
        dt.date.min,
        dt.time(1),
    ]
    values += [dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))), dt.datetime.max]
    for name, value in itertools.product(NUMBERS, values):
        for given in ({name: value}, nested(name, value)):
            assert by_engine(given) == by_reference(given), (name, type(value))


@pytest.mark.parametrize(
    "facts",
    [
        [{"name": "a", "kind": "int"}, {"name": "a", "kind": "int"}],
        [{"name": "a", "kind": "what"}],
        [{"name": 3, "kind": "int"}],
        [{"name": "a", "kind": "int", "default": "x"}],
        [{"name": "a", "kind": "enum", "values": ["x"], "default": "y"}],
        [{"name": "a", "kind": "text", "slot": 5}],
        [{"name": "a", "kind": "text", "exact": {"x": -1}}],
        [{"name": "a", "kind": "text", "exact": {"x": 2**40}}],
        [{"kind": "int"}],
    ],
)
def test_schemas_that_the_compiler_does_not_write(facts: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        _engine.FactSchema(schema_of(facts))
