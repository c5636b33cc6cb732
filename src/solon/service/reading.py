"""The bytes of a body to questions, strictly: every member in its form, every flaw named by its place.

JSON says less than it lets pass. `NaN`, numbers without end, a name that is given twice, half a surrogate
pair: parsers differ in what they make of them, and where two parsers differ somebody gets past one of them.
Here they are problems. The parser leaves a `Flaw` in the place of what is none, so that whoever reads that
member can name it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from solon.facts_json import facts_from_json
from solon.matcher.errors import FactError
from solon.service.problems import Problem

__all__ = ["Question", "parse", "question", "questions"]

DIGITS_MAX = 40
WHOLE_MAX = 2.0**64
DEPTH_MAX = 32
NESTED = "it is nested too deeply"
SURROGATE = "holds half a surrogate pair, which is no character"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What stood where a value should: in words, after the name of the place."""

    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """A message and its facts as `Policy.decide` takes them; `at` and `id` come from the inside alone."""

    message: str
    facts: dict[str, Any]
    at: datetime | None = None
    id: str | None = None


def parse(body: bytes) -> Any:
    """A JSON document in UTF-8, with a Flaw for each value that is none. Raises Problem."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_int,
            parse_float=_float,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise Problem("bad-json", f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem("bad-json", f"{error.msg[0].lower()}{error.msg[1:]}: {where}") from None
    except RecursionError:
        raise Problem("bad-json", NESTED) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found[name] = Flaw("is given twice")
            seen.add(name)
    return found


def _int(text: str) -> int | Flaw:
    return int(text) if len(text) <= DIGITS_MAX else Flaw(f"is a number of more than {DIGITS_MAX} digits")


def _float(text: str) -> float | int | Flaw:
    """A number with a point or an exponent. JSON has one kind of number: `3.0` and `3e0` are the int 3."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return Flaw("is a number too large for 64 bits")
    if number and number.is_integer() and abs(number) < WHOLE_MAX and len(text) <= 2 * DIGITS_MAX:
        exact = Decimal(text)
        if exact == exact.to_integral_value():
            return int(exact)
    return number


def _constant(text: str) -> Flaw:
    return Flaw(f"is {text}, which is not JSON")


def question(kinds: Mapping[str, Mapping[str, Any]], document: Any, *, internal: bool = False) -> Question:
    """`{"message": …, "facts": {…}}`, and from the inside `at` and `id`. Raises Problem."""
    members = ("message", "facts", "at", "id") if internal else ("message", "facts")
    given = _members(document, members, "the body")
    if "message" not in given:
        _bad("message", "is missing")
    message = given["message"]
    if not isinstance(message, str):
        why = message.why if isinstance(message, Flaw) else "takes a text"
        raise Problem("bad-message", f"`message` {why}", place="message")
    if not _whole(message):
        raise Problem("bad-message", f"`message` {SURROGATE}", place="message")
    return Question(
        message, facts_of(kinds, given.get("facts", {})), _at(given.get("at")), _id(given.get("id"))
    )


def questions(document: Any, most: int) -> tuple[Any, list[Any]]:
    """`{"facts": {…}, "questions": […]}`: the facts that all have, and the questions. Raises Problem."""
    given = _members(document, ("facts", "questions"), "the body")
    if "questions" not in given:
        _bad("questions", "is missing")
    found = given["questions"]
    if not isinstance(found, list):
        _bad("questions", found.why if isinstance(found, Flaw) else "takes a list")
    if not 1 <= len(found) <= most:
        _bad("questions", f"takes 1 to {most} of them, got {len(found)}")
    return given.get("facts", {}), found


def facts_of(kinds: Mapping[str, Mapping[str, Any]], facts: Any) -> dict[str, Any]:
    """Facts, flat or nested, as `Policy.decide` takes them. Raises Problem, which names the fact."""
    if not isinstance(facts, dict):
        _bad("facts", facts.why if isinstance(facts, Flaw) else "takes an object")
    _sound("", facts, 0)
    try:
        return facts_from_json(kinds, facts)
    except FactError as error:
        raise of_fact(error) from None


def of_fact(error: FactError) -> Problem:
    """What the engine said of a fact."""
    return Problem("bad-fact", str(error), place="facts", fact=error.fact)


def _sound(name: str, value: Any, depth: int) -> None:
    """No flaw and no half character in a value, however deep; the name is the fact's."""
    if isinstance(value, dict):
        if depth >= DEPTH_MAX:
            raise Problem("bad-fact", f"`{name}` {NESTED}", place="facts", fact=name)
        for inner, one in value.items():
            if not _whole(inner):
                raise Problem(
                    "bad-fact", f"a name in `{name or 'facts'}` {SURROGATE}", place="facts", fact=name
                )
            _sound(f"{name}.{inner}" if name else inner, one, depth + 1)
    elif isinstance(value, list):
        if depth >= DEPTH_MAX:
            raise Problem("bad-fact", f"`{name}` {NESTED}", place="facts", fact=name)
        for one in value:
            _sound(name, one, depth + 1)
    elif isinstance(value, Flaw):
        raise Problem("bad-fact", f"`{name}` {value.why}", place="facts", fact=name)
    elif isinstance(value, str) and not _whole(value):
        raise Problem("bad-fact", f"`{name}` {SURROGATE}", place="facts", fact=name)


def _members(document: Any, allowed: tuple[str, ...], what: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise Problem("bad-request", f"{what} takes an object")
    for name in document:
        if name not in allowed:
            raise Problem("bad-request", f"there is no `{name[:60]}`; there are " + ", ".join(allowed))
    return document


def _at(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        _bad("at", "takes a time such as `2026-12-01T10:00:00Z`")
    if moment.tzinfo is None:
        _bad("at", "takes a time with a zone such as `2026-12-01T10:00:00Z`")
    return moment


def _id(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and len(value) <= 500 and _whole(value)):
        _bad("id", "takes a text of at most 500 characters")
    return value


def _whole(text: str) -> bool:
    """No half of a surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _bad(place: str, why: str) -> NoReturn:
    raise Problem("bad-request", f"`{place}` {why}", place=place)
