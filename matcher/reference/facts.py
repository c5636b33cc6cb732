"""Facts from Python to canonical units, or a `FactError` that names the fact, what it got and what it takes.

Nothing is coerced silently: docs/semantics.md, "Facts from Python", and the table of types of the language
page. The result has a value for each fact that is known; an optional fact that is absent has none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from solon.matcher.errors import FactError

Node = dict[str, Any]
Value = bool | int | float | str | tuple[str, ...]

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
MILLION = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_TIME = (datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
LAST_TIME = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
MONEY_TEXT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
MONEY_TEXT_CHARS_MAX = 64
SHOWN_CHARS_MAX = 60
NAME_CHARS_MAX = 1_000
SHOWN_TYPES = (bool, int, float, Decimal, datetime, date, timedelta, type(None))


def convert(declared: list[Node], facts: Mapping[str, Any]) -> dict[str, Value]:
    """The value of each fact that is known, in canonical units."""
    kinds = {fact["name"]: fact["kind"] for fact in declared}
    given = _flatten(facts, kinds)
    values: dict[str, Value] = {}
    for fact in declared:
        name = fact["name"]
        if given.get(name) is not None:
            values[name] = to_canonical(name, fact["kind"], given[name])
        elif name in given and not fact["optional"]:
            raise FactError(name, f"takes {takes(fact['kind'])}, got None (leave the fact out instead)")
        elif fact["default"] is not None:
            default = fact["default"]
            values[name] = tuple(default) if isinstance(default, list) else default
        elif not fact["optional"]:
            raise FactError(name, f"is required and was not given; it takes {takes(fact['kind'])}")
    return values


def micros(at: datetime) -> int:
    """An aware time as microseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def _flatten(facts: Mapping[str, Any], kinds: dict[str, Node]) -> dict[str, Any]:
    """Dotted names to values, from flat or nested mappings."""
    given: dict[str, Any] = {}
    pending: list[tuple[str, Mapping[str, Any]]] = [("", facts)]
    while pending:
        prefix, mapping = pending.pop()
        for key, value in mapping.items():
            if not isinstance(key, str):
                raise FactError(prefix.rstrip("."), f"names of facts are str, got {got(key)}")
            name = (prefix + str.__str__(key))[:NAME_CHARS_MAX]
            if isinstance(value, Mapping) and any(known.startswith(name + ".") for known in kinds):
                pending.append((name + ".", value))
            elif name not in kinds:
                raise FactError(name, f"there is no such fact{_did_you_mean(name, kinds)}")
            elif name in given:
                raise FactError(name, "was given twice, flat and nested")
            else:
                given[name] = value
    return given


def to_canonical(name: str, kind: Node, value: Any) -> Value:
    """One value in canonical units."""
    convert_one = {
        "bool": _bool, "int": _int, "number": _number, "enum": _enum, "set": _set, "text": _text,
        "scanned_text": _text, "duration": _duration, "money": _money, "time": _time,
    }[kind["name"]]  # fmt: skip
    return convert_one(name, kind, value)


def takes(kind: Node) -> str:
    """What a fact of the kind takes, in words."""
    values = ", ".join(f"`{value}`" for value in kind["values"])
    return {
        "bool": "a bool",
        "int": "an int from -2^63 to 2^63-1",
        "number": "an int or a float that is not NaN",
        "enum": f"one of {values}",
        "set": f"an iterable of {values}" if values else "an iterable of str",
        "text": "a str",
        "scanned_text": "a str",
        "duration": "a timedelta",
        "money": f"an int, a Decimal or a str: an amount of {kind['currency']}, exact to a millionth",
        "time": "an aware datetime or a date",
    }[kind["name"]]


def got(value: Any) -> str:
    """What came, for an error: the type, and the value only where it can be no text that people wrote."""
    if type(value) not in SHOWN_TYPES:
        return f"a value of type {type(value).__name__}" if not isinstance(value, str) else "a str"
    try:
        shown = repr(value)
    except Exception:  # an int of more digits than Python prints, a time zone of the caller's own
        return f"a value of type {type(value).__name__}"
    return f"{type(value).__name__} {shown[:SHOWN_CHARS_MAX]}"


def _refuse(name: str, kind: Node, value: Any, why: str = "") -> FactError:
    return FactError(name, f"takes {takes(kind)}, got {got(value)}{why}")


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word[:200], list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _bool(name: str, kind: Node, value: Any) -> Value:
    if not isinstance(value, bool):
        raise _refuse(name, kind, value)
    return value


def _int(name: str, kind: Node, value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refuse(name, kind, value)
    return _within_range(name, kind, value, int.__int__(value))


def _number(name: str, kind: Node, value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(name, kind, value)
    try:
        number = float.__float__(value) if isinstance(value, float) else float(int.__int__(value))
    except OverflowError:
        raise _refuse(name, kind, value, ", too large for a float") from None
    if math.isnan(number):
        raise _refuse(name, kind, value)
    return number


def _enum(name: str, kind: Node, value: Any) -> Value:
    if not isinstance(value, str):
        raise _refuse(name, kind, value)
    text = str.__str__(value)
    if text not in kind["values"]:
        raise _refuse(name, kind, value, " that is none of them" + _did_you_mean(text, kind["values"]))
    return text


def _set(name: str, kind: Node, value: Any) -> Value:
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise _refuse(name, kind, value)
    members = set()
    for member in value:
        if not isinstance(member, str):
            raise _refuse(name, kind, value, f" with {got(member)} in it")
        text = str.__str__(member)
        if kind["values"] and text not in kind["values"]:
            known = _did_you_mean(text, kind["values"])
            raise _refuse(name, kind, value, f" with a str in it that is none of them{known}")
        members.add(text)
    return tuple(sorted(members))


def _text(name: str, kind: Node, value: Any) -> Value:
    if not isinstance(value, str):
        raise _refuse(name, kind, value)
    return str.__str__(value)


def _duration(name: str, kind: Node, value: Any) -> Value:
    if not isinstance(value, timedelta):
        raise _refuse(name, kind, value)
    return _within_range(
        name, kind, value, (value.days * 86_400 + value.seconds) * MILLION + value.microseconds
    )


def _money(name: str, kind: Node, value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise _refuse(name, kind, value)
    if isinstance(value, int):
        return _within_range(name, kind, value, int.__int__(value) * MILLION)
    if isinstance(value, str):
        text = str.__str__(value)
        if len(text) > MONEY_TEXT_CHARS_MAX or not MONEY_TEXT.match(text):
            raise _refuse(name, kind, value, " that is no amount such as `10000.50`")
        amount = Decimal(text)
    else:
        amount = value
    return _within_range(name, kind, value, _millionths(name, kind, amount))


def _millionths(name: str, kind: Node, amount: Decimal) -> int:
    """The amount in millionths, exactly; without arithmetic that a decimal context could round."""
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int):  # NaN, infinity
        raise _refuse(name, kind, amount)
    text = "".join(map(str, digits)).lstrip("0")
    significant = text.rstrip("0")
    places = exponent + 6 + len(text) - len(significant)
    if not significant:
        return 0
    if (
        len(significant) + places > 30
    ):  # beyond 64 bits by far; a power of ten may be too large to be worked out
        raise _refuse(name, kind, amount, ", too large")
    if places < 0:
        raise _refuse(name, kind, amount, ", finer than a millionth")
    whole: int = int(significant) * 10**places
    return -whole if sign else whole


def _time(name: str, kind: Node, value: Any) -> Value:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise _refuse(name, kind, value, " without a time zone")
        if not FIRST_TIME <= micros(value) <= LAST_TIME:
            raise _refuse(name, kind, value, ", outside of the years 1 to 9999 in UTC")
        return micros(value)
    if not isinstance(value, date):
        raise _refuse(name, kind, value)
    return micros(datetime(value.year, value.month, value.day, tzinfo=UTC))


def _within_range(name: str, kind: Node, value: Any, number: int) -> int:
    if not INT_MIN <= number <= INT_MAX:
        raise _refuse(name, kind, value, ", too large")
    return number
