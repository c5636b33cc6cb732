"""The rules of the DSA Transparency Database: a statement in, every field that is wrong or missing out.

The database checks as well, and refuses a whole bundle for one field: so it is checked before it is sent.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from solon.statements import vocabulary as v

__all__ = ["FIELDS", "Wrong", "check"]

FIELDS = (*v.VOCABULARY, *v.DATES, *v.LENGTHS, *v.ONE)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PUID = re.compile(r"[A-Za-z0-9_-]{1,500}")
EAN_13 = re.compile(r"[0-9]{13}")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field, and what is wrong with it or takes its place."""

    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.field}: {self.why}"


def check(statement: Mapping[str, Any]) -> tuple[Wrong, ...]:
    """Every field of a statement that the database would refuse, sorted by field."""
    given = {field: value for field, value in statement.items() if value is not None}
    found = [*_unknown(given), *_missing(given), *_dependent(given)]
    for field, value in given.items():
        found += [Wrong(field, why) for why in _of_value(field, value, given)]
    return tuple(sorted(found, key=lambda one: (one.field, one.why)))


def _unknown(given: Mapping[str, Any]) -> Iterator[Wrong]:
    for field in given:
        if field not in FIELDS:
            close = difflib.get_close_matches(str(field), FIELDS, n=1)
            yield Wrong(
                str(field), "there is no such field" + (f"; did you mean `{close[0]}`?" if close else "")
            )


def _missing(given: Mapping[str, Any]) -> Iterator[Wrong]:
    for field in v.REQUIRED:
        if field not in given:
            yield Wrong(field, "is missing")
    if not any(given.get(field) for field in v.RESTRICTIONS):
        yield Wrong(
            "decision_visibility", "one of " + ", ".join(f"`{one}`" for one in v.RESTRICTIONS) + " is needed"
        )


def _dependent(given: Mapping[str, Any]) -> Iterator[Wrong]:
    for field, (other, word, required) in v.DEPENDENT.items():
        value = given.get(other)
        belongs = value == word or (isinstance(value, list) and word in value)
        if belongs and required and field not in given:
            yield Wrong(field, f"is missing, which `{word}` needs")
        if field in given and not belongs:
            yield Wrong(field, f"belongs to `{word}`, which `{other}` does not have")
    for field, other in v.ENDS.items():
        if field in given and other not in given:
            yield Wrong(field, f"is the end of `{other}`, which is not there")
        start = given.get("application_date")
        if isinstance(given.get(field), str) and isinstance(start, str) and given[field] < start:
            yield Wrong(field, "is before `application_date`")
    if "source_identity" in given and given.get("source_type") == "SOURCE_VOLUNTARY":
        yield Wrong(
            "source_identity", "is of somebody who gave notice, and `source_type` is `SOURCE_VOLUNTARY`"
        )


def _of_value(field: str, value: Any, given: Mapping[str, Any]) -> Iterator[str]:
    if field in v.VOCABULARY:
        yield from _of_words(field, value)
    elif field in v.DATES:
        yield from _of_day(value, v.DATES[field])
    elif field in v.LENGTHS:
        yield from _of_text(field, value)
    elif field == "content_id":
        good = isinstance(value, dict) and list(value) == ["EAN-13"] and isinstance(value["EAN-13"], str)
        if not good or not EAN_13.fullmatch(value["EAN-13"]):
            yield 'takes {"EAN-13": "…"} with 13 digits'
    if field == "category_addition" and isinstance(value, list) and given.get("category") in value:
        yield "repeats `category`"


def _of_words(field: str, value: Any) -> Iterator[str]:
    many = field in v.MANY
    if many and (not isinstance(value, list) or not value):
        yield "takes a list of one or more words"
        return
    words = value if many else [value]
    if len(words) != len({str(word) for word in words}):
        yield "has a word twice"
    for word in words:
        if word not in v.VOCABULARY[field]:
            shown = f"`{word[:80]}`" if isinstance(word, str) else "what is no text"
            close = difflib.get_close_matches(str(word)[:80], v.VOCABULARY[field], n=1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            few = len(v.VOCABULARY[field]) <= 8
            takes = ", ".join(v.VOCABULARY[field]) if few else f"one of {len(v.VOCABULARY[field])} words"
            yield f"takes {takes}, got {shown}{hint}"


def _of_day(value: Any, first: str) -> Iterator[str]:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        yield "takes a day such as `2026-12-01`"
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        yield f"`{value}` is no day"
        return
    if not first <= value <= v.LAST_DAY:
        yield f"is from {first} to {v.LAST_DAY}, got {value}"


def _of_text(field: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield "takes a text that says something"
        return
    most = v.LENGTHS[field]
    if len(value) > most:
        yield f"has {most} characters at most, got {len(value)}"
    if any("\ud800" <= character <= "\udfff" for character in value):
        yield "holds half a surrogate pair, which is no character"
    if field == "puid" and not PUID.fullmatch(value):
        yield "takes letters, digits, `-` and `_`, at most 500"
    if field == "decision_ground_reference_url":
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            good = False
        if not good or any(character.isspace() for character in value):
            yield "takes a link such as `https://example.com/terms`"
