"""What the rules that fired do: notices, redactions, and the spans that a verdict shows.

In: the schema, the rules that fired, the spans of their patterns, the facts. Out: texts. Nothing here knows
how a rule came to fire, and nothing puts a character of the message into a notice: its placeholders are
facts. The exact rules are in docs/semantics.md, "What a verdict carries".
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from solon.matcher.schema import FactEntry, NoticeEntry, RuleEntry, Schema

__all__ = ["Match", "Value", "fill", "notices", "redact", "shown"]

Value: TypeAlias = bool | int | float | str | tuple[str, ...] | None
"""A fact in canonical units (docs/semantics.md), None where it is absent."""

Spans: TypeAlias = Mapping[tuple[int, int], Sequence[tuple[int, int]]]
"""(pattern, field) to (start, end): numbers of the schema; characters of the message (field 0) or a scanned
fact."""

NEUTRAL = "[removed]"
MILLION = 1_000_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
TIMES = (-62_135_596_800, 253_402_300_799)
"""The first and the last second that a calendar of four-digit years has."""
UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


class Match(NamedTuple):
    """A span that a pattern found: characters `start` to `end` of the message, or of the scanned fact
    `field`."""

    pattern: str
    start: int
    end: int
    text: str
    field: str | None = None


class Facts(Protocol):
    """The facts of a decision, by number."""

    def value(self, index: int, /) -> Value:
        """The value in canonical units, None where the fact is absent."""


def redact(message: str, rules: Iterable[RuleEntry], spans: Spans) -> str:
    """The message with the spans of the rules' redactions replaced; spans that overlap become one."""
    pieces = [
        (start, -end, -rule.action, -rule.priority, rule.name, _placeholder(redaction.placeholder))
        for rule in rules
        for redaction in rule.redactions
        for start, end in spans.get((redaction.pattern, 0), ())
    ]
    written: list[str] = []
    done = 0
    for start, minus_end, _, _, _, placeholder in sorted(pieces):
        if start >= done:
            written += (message[done:start], placeholder)
            done = -minus_end
        else:  # it overlaps what has been replaced, whose placeholder stands for both
            done = max(done, -minus_end)
    return "".join((*written, message[done:]))


def _placeholder(written: str | None) -> str:
    return NEUTRAL if written is None else written


def notices(
    rules: Iterable[RuleEntry], true_conditions: Iterable[int], facts: Facts, schema: Schema
) -> dict[str, str | dict[str, str]]:
    """Audience to text, or to locale to text: one notice an audience, by severity, then priority, then
    name."""
    true = frozenset(true_conditions)
    numbers = schema.fact_numbers()
    chosen: dict[str, NoticeEntry] = {}
    for rule in sorted(rules, key=lambda rule: (-rule.action, -rule.priority, rule.name)):
        for audience, notice in _notices_of(rule, true).items():
            chosen.setdefault(audience, notice)
    found: dict[str, str | dict[str, str]] = {}
    for audience in sorted(chosen):
        texts = {locale: _filled(text, facts, schema, numbers) for locale, text in chosen[audience].texts}
        found[audience] = texts.get("", texts)
    return found


def _notices_of(rule: RuleEntry, true: frozenset[int]) -> dict[str, NoticeEntry]:
    """A rule's notice for each audience: one whose condition is true goes before one without, then by the
    texts."""
    best: dict[str, NoticeEntry] = {}
    open_ones = [one for one in rule.notices if one.condition is None or one.condition in true]
    for notice in sorted(open_ones, key=lambda one: (one.condition is None, one.texts)):
        best.setdefault(notice.audience, notice)
    return best


def _filled(text: str, facts: Facts, schema: Schema, numbers: Mapping[str, int]) -> str:
    def value_of(name: str) -> str:
        number = numbers.get(name)
        return "" if number is None else shown(facts.value(number), schema.facts[number])

    return fill(text, value_of)


class _ValueOf(Protocol):
    def __call__(self, name: str, /) -> str: ...


def fill(text: str, value_of: _ValueOf) -> str:
    """A notice's text with `{fact.name}` replaced, and `{{` and `}}` made one brace.

    >>> fill("{{{who}}} has {n}", {"who": "Ada", "n": "2"}.__getitem__)
    '{Ada} has 2'
    """
    return PLACEHOLDER.sub(lambda found: found[0][0] if found[1] is None else value_of(found[1]), text)


def shown(value: Value, fact: FactEntry) -> str:
    """A fact's value as a notice shows it; nothing where it is absent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    match fact.kind:
        case "money":
            return f"{_decimal(value)} {fact.currency}"
        case "duration":
            return _duration(value)
        case "time":
            return _time(value)
        case _:
            return str(value)


def _decimal(millionths: int) -> str:
    """`10000`, `0.5`, `-3.25`"""
    whole, part = divmod(abs(millionths), MILLION)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}" + (f".{part:06}".rstrip("0") if part else "")


def _duration(micros: int) -> str:
    """`3 days`, `1 week`, `1.5 seconds`, `0 seconds`"""
    for unit, seconds in UNITS:
        if micros and micros % (seconds * MILLION) == 0:
            return _counted(str(micros // (seconds * MILLION)), unit)
    return _counted(_decimal(micros), "second")


def _counted(number: str, unit: str) -> str:
    return f"{number} {unit}" if number in ("1", "-1") else f"{number} {unit}s"


def _time(micros: int) -> str:
    """`2026-11-23T10:00:00Z`"""
    seconds = min(max(micros // MILLION, TIMES[0]), TIMES[1])
    moment = EPOCH + datetime.timedelta(seconds=seconds)
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%SZ}"
