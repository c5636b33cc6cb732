"""What fired rules do: notices, redactions, matches, labels (docs/semantics.md, "What a verdict carries")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from solon.matcher.reference.conditions import Situation, named, patterns_named, score_range, value
from solon.matcher.reference.facts import EPOCH, MILLION, Value

Node = dict[str, Any]
Texts = str | dict[str, str]

NEUTRAL = "[removed]"
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Match(NamedTuple):
    """A span of a pattern, in characters of the message, or of the scanned fact `field`."""

    pattern: str
    start: int
    end: int
    text: str
    field: str | None = None


def matches(fired: list[Node], now: Situation) -> tuple[Match, ...]:
    """The spans of the patterns that fired rules name or redact, the message's first."""
    asked: set[tuple[str, str | None]] = set()
    for rule in fired:
        asked |= patterns_named(rule["when"], now.scores)
        asked |= {(redaction["pattern"], None) for redaction in rule["redactions"]}
    found = [
        Match(pattern, start, end, now.scans[field].text[start:end], field)
        for pattern, field in asked
        if field in now.scans
        for start, end in now.spans(pattern, field)
    ]
    return tuple(sorted(found, key=lambda m: (m.field is not None, m.field or "", m.start, m.end, m.pattern)))


def joined(fired: list[Node], what: str) -> tuple[str, ...]:
    """Labels or queues of all fired rules, sorted, each once."""
    return tuple(sorted({one for rule in fired for one in rule[what]}))


def reasons(fired: list[Node]) -> tuple[str, ...]:
    """The reasons of all fired rules, sorted, each once."""
    return tuple(sorted({rule["reason"] for rule in fired if rule["reason"] is not None}))


def scores(fired: list[Node], now: Situation) -> dict[str, int | float]:
    """Each score that the `when` of a fired rule names, as its least value."""
    names = {atom["score"] for rule in fired for atom in named(rule["when"], now.scores) if "score" in atom}
    least = {name: score_range(name, now)[0] for name in sorted(names)}
    return {name: sum_ // MILLION if sum_ % MILLION == 0 else sum_ / MILLION for name, sum_ in least.items()}


def redacted(fired: list[Node], severity: Mapping[str, int], now: Situation) -> str:
    """The message with the spans of all redactions replaced; those that overlap become one."""
    pieces = sorted(
        (
            start,
            -end,
            -severity[rule["action"]],
            -rule["priority"],
            rule["name"],
            NEUTRAL if redaction["placeholder"] is None else redaction["placeholder"],
        )
        for rule in fired
        for redaction in rule["redactions"]
        for start, end in now.spans(redaction["pattern"])
    )
    text = []
    place = 0  # the end of what has been written or replaced
    for start, minus_end, *_, placeholder in pieces:
        if start >= place:  # else it overlaps the one before it, whose placeholder stands
            text += [now.message[place:start], placeholder]
        place = max(place, -minus_end)
    return "".join([*text, now.message[place:]])


def notices(
    fired: list[Node], severity: Mapping[str, int], now: Situation, kinds: Mapping[str, Node]
) -> dict[str, Texts]:
    """One notice an audience: the most severe rule's, then the highest priority's, then the first name's."""
    chosen: dict[str, Texts] = {}
    for rule in sorted(fired, key=lambda rule: (-severity[rule["action"]], -rule["priority"], rule["name"])):
        for audience in {notice["audience"] for notice in rule["notices"]}:
            texts = _texts_of(rule, audience, now)
            if texts is not None and audience not in chosen:
                chosen[audience] = _filled(texts, now.facts, kinds)
    return dict(sorted(chosen.items()))


def _texts_of(rule: Node, audience: str, now: Situation) -> list[list[str]] | None:
    """The rule's notice for the audience: one whose condition is true goes before one without."""
    candidates: list[tuple[bool, list[list[str]]]] = [
        (notice["when"] is None, notice["texts"])
        for notice in rule["notices"]
        if notice["audience"] == audience and (notice["when"] is None or value(notice["when"], now) is True)
    ]
    return min(candidates)[1] if candidates else None


def _filled(texts: list[list[str]], facts: Mapping[str, Value], kinds: Mapping[str, Node]) -> Texts:
    filled = {locale: fill(text, facts, kinds) for locale, text in texts}
    return filled.get("", filled)


def fill(text: str, facts: Mapping[str, Value], kinds: Mapping[str, Node]) -> str:
    """The text with `{fact.name}` replaced by the fact's value, `{{` and `}}` by braces."""

    def replacement(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return found[0][0]
        return shown(facts[name], kinds[name]) if name in facts else ""

    return PLACEHOLDER.sub(replacement, text)


def shown(fact: Value, kind: Node) -> str:
    """A fact's value as a notice shows it."""
    if isinstance(fact, bool):
        return "true" if fact else "false"
    if isinstance(fact, tuple):
        return ", ".join(fact)
    if isinstance(fact, float) or kind["name"] == "number":
        return repr(float(fact)).removesuffix(".0")
    if isinstance(fact, str):
        return fact
    match kind["name"]:
        case "money":
            return f"{decimal(fact)} {kind['currency']}"
        case "duration":
            return duration(fact)
        case "time":
            return time(fact)
    return str(fact)


def decimal(millionths: int) -> str:
    """`10000`, `0.5`, `-3.25`: decimals only where needed."""
    whole, rest = divmod(abs(millionths), MILLION)
    digits = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return f"-{digits}" if millionths < 0 else digits


def duration(micros: int) -> str:
    """`3 days`: in the largest unit that divides it; parts of a second as decimals."""
    unit, seconds = next(
        ((unit, seconds) for unit, seconds in UNITS if micros and micros % (seconds * MILLION) == 0),
        UNITS[-1],
    )
    number = decimal(micros // seconds)
    return f"{number} {unit}" if number in {"1", "-1"} else f"{number} {unit}s"


def time(micros: int) -> str:
    """`2026-11-23T10:00:00Z`; parts of a second are left out."""
    moment = EPOCH + timedelta(seconds=micros // MILLION)
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%SZ}"


def most_severe(actions: Iterable[str], severity: Mapping[str, int]) -> str:
    """The action that stands last in the policy's list."""
    return max(actions, key=lambda action: severity[action])
