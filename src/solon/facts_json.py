"""Facts as JSON or as text on a command line, turned into the Python values that `decide` takes.

JSON has no durations, times or decimals: they are written as the language writes them (`"3 days"`,
`"2026-11-23"`, `"10_000 USD"`). Everything else passes as it is, so that the engine's own checks name what
is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from solon.matcher.errors import FactError

UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
# At most so many digits: no fact holds more, and what Python says of very long ones helps nobody.
_DIGITS = r"[0-9][0-9_]{0,39}"
_DURATION = re.compile(rf"({_DIGITS})\s*([a-z]+?)s?")
_MONEY = re.compile(rf"(-?{_DIGITS}(?:\.[0-9]{{1,40}})?)(?:\s*([A-Z]{{3}}))?")
_WHOLE = re.compile(rf"-?{_DIGITS}")


def facts_from_json(kinds: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON object of facts, flat or nested, by the kinds of the policy (fact name to its kind).

    Raises FactError for a duration, time or amount of money that is not written as the language writes it.
    """
    return {
        name: _from_json(name, kinds[name], value) if name in kinds else value
        for name, value in _flat(kinds, facts)
    }


def _flat(kinds: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    stack: list[tuple[str, Any]] = [(str(name), value) for name, value in reversed(list(facts.items()))]
    while stack:
        name, value = stack.pop()
        if isinstance(value, Mapping) and name not in kinds and name.count(".") < 16:
            stack.extend((f"{name}.{inner}", one) for inner, one in reversed(list(value.items())))
        else:
            yield name, value


def fact_from_text(kinds: Mapping[str, Mapping[str, Any]], name: str, text: str) -> Any:
    """One fact as written on a command line: `sender.tenure=3 days`. Raises FactError."""
    kind = kinds.get(name)
    if kind is None:
        return text  # the engine names the facts there are
    match kind["name"]:
        case "bool":
            if text not in ("true", "false"):
                raise FactError(name, f"takes true or false, got {text[:60]!r}")
            return text == "true"
        case "int":
            if not _WHOLE.fullmatch(text):
                raise FactError(name, f"takes a whole number, got {text[:60]!r}")
            return int(text.replace("_", ""))
        case "number":
            try:
                return float(text)
            except ValueError:
                raise FactError(name, f"takes a number, got {text[:60]!r}") from None
        case "set":
            return [part.strip() for part in text.strip("{}").split(",") if part.strip()]
        case _:
            return _from_json(name, kind, text)


def _from_json(name: str, kind: Mapping[str, Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match kind["name"]:
        case "duration":
            return _duration(name, value)
        case "time":
            return _time(name, value)
        case "money":
            return _money(name, str(kind["currency"]), value)
        case _:
            return value


def _duration(name: str, text: str) -> timedelta:
    found = _DURATION.fullmatch(text.strip())
    if not found or found[2] not in UNITS:
        raise FactError(name, f"takes a duration such as `3 days`, got {text[:60]!r}")
    try:
        return int(found[1].replace("_", "")) * UNITS[found[2]]
    except OverflowError:
        raise FactError(name, f"takes a duration, got {text[:60]!r}, which is too long") from None


def _time(name: str, text: str) -> datetime | date:
    try:
        if "T" not in text:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FactError(name, f"takes a time such as `2026-11-23T10:00Z`, got {text[:60]!r}") from None
    if moment.tzinfo is None:
        raise FactError(name, f"takes a time with a zone such as `2026-11-23T10:00Z`, got {text[:60]!r}")
    return moment.astimezone(UTC)


def _money(name: str, currency: str, text: str) -> Decimal:
    found = _MONEY.fullmatch(text.strip())
    if not found or found[2] not in (None, currency):
        raise FactError(name, f"takes an amount such as `10_000 {currency}`, got {text[:60]!r}")
    try:
        return Decimal(found[1].replace("_", ""))
    except InvalidOperation:
        raise FactError(name, f"takes an amount such as `10_000 {currency}`, got {text[:60]!r}") from None
