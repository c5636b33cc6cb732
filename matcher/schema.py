"""What the runtime knows of a policy besides its tables: facts to be read, and what each rule does when it
fires.

In: the JSON that `compiler/decision/effects.py` writes. Out: `Schema`, immutable. All lists are in the order
of the numbers that the section `decision` uses. Facts are read at once, rules when a verdict first asks for
one: a policy with ten thousand rules is ready as fast as one with ten. The JSON may come from a file that
somebody altered: whatever does not fit is a `ValueError` or `TypeError` at the start, and `Damaged` where a
rule is asked for later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from solon.matcher.errors import Damaged

__all__ = ["FactEntry", "NoticeEntry", "RedactionEntry", "RuleEntry", "Schema"]

KINDS = ("bool", "int", "number", "enum", "set", "text", "scanned_text", "duration", "money", "time")


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact as it is read. `values` are those of an enum or of a set of enum; `members` a set's, by bit;
    `exact` and `prefixes` the classes of a text; `slot` is where a rollout finds the value as text."""

    name: str
    kind: str
    values: tuple[str, ...] = ()
    currency: str | None = None
    default: bool | int | float | str | tuple[str, ...] | None = None
    optional: bool = False
    exact: Mapping[str, int] | None = None
    prefixes: Mapping[str, int] | None = None
    members: tuple[str, ...] = ()
    slot: int | None = None

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> FactEntry:
        """Verified: every type is the one above, and a default is one of the kind."""
        default = data.get("default")
        entry = FactEntry(
            _text(data["name"]),
            _one_of(data["kind"], KINDS),
            _texts(data.get("values", [])),
            None if data.get("currency") is None else _text(data["currency"]),
            _texts(default) if isinstance(default, list) else default,
            bool(data.get("optional", False)),
            _classes(data.get("exact", {})),
            _classes(data.get("prefixes", {})),
            _texts(data.get("members", [])),
            None if data.get("slot") is None else _number(data["slot"]),
        )
        if default is not None and not _fits(entry):
            raise ValueError("the default of a fact is not of its kind")
        return entry


class NoticeEntry(NamedTuple):
    """A notice; `condition` is its number among the conditional ones of the policy, None where it has no
    condition."""

    audience: str
    condition: int | None
    texts: tuple[tuple[str, str], ...]


class RedactionEntry(NamedTuple):
    """What a rule redacts; `placeholder` is None for the neutral one."""

    pattern: int
    placeholder: str | None


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What a rule does when it fires.

    `spans` are the (pattern, field) whose spans its verdict shows: those that its `when` asks for, and those
    that it redacts; field 0 is the message. `lacks` are the optional facts that its `when` names, by number;
    `scores` the scores.
    """

    name: str
    action: int
    priority: int
    reason: str | None
    labels: tuple[str, ...]
    queues: tuple[str, ...]
    notices: tuple[NoticeEntry, ...]
    redactions: tuple[RedactionEntry, ...]
    spans: tuple[tuple[int, int], ...]
    lacks: tuple[int, ...]
    scores: tuple[int, ...]


class Schema:
    """The facts, rules and names of one policy."""

    __slots__ = (
        *("_entries", "_rules", "actions", "exemptions", "facts", "fields", "patterns", "policy"),
        *("rule_names", "scores"),
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.policy = _text(data["policy"])
        self.actions = _texts(data["actions"])
        self.facts = tuple(FactEntry.from_json(fact) for fact in data["facts"])
        self.fields = tuple(_below(field, len(self.facts)) for field in data["fields"])
        self.patterns = _texts(data["patterns"])
        self.scores = _texts(data["scores"])
        self.exemptions = _texts(data["exemptions"])
        self._rules: list[Any] = data["rules"]
        self.rule_names = _texts([rule["name"] for rule in self._rules])
        self._entries: dict[int, RuleEntry] = {}

    @staticmethod
    def from_json(data: Mapping[str, Any], meta: Mapping[str, Any] | None = None) -> Schema:
        """The schema of a policy. Raises KeyError, TypeError or ValueError for what the compiler does not
        write."""
        return Schema(data)

    def rule(self, number: int) -> RuleEntry:
        """The effects of a rule. Raises Damaged where they are not what the compiler writes."""
        entry = self._entries.get(number)
        if entry is None:
            try:
                entry = self._rule(self._rules[number])
            except (LookupError, TypeError, ValueError, AttributeError):
                raise Damaged(f"section meta: rule {number} is not what the compiler writes") from None
            self._entries[number] = entry  # two threads may both build it; both are the same
        return entry

    def fact_kinds(self) -> dict[str, dict[str, Any]]:
        """Fact name to its kind: `{"name": "money", "currency": "USD", "values": []}`."""
        return {
            fact.name: {"name": fact.kind, "values": list(fact.values), "currency": fact.currency}
            for fact in self.facts
        }

    def fact_numbers(self) -> dict[str, int]:
        """Fact name to its number."""
        return {fact.name: number for number, fact in enumerate(self.facts)}

    def _rule(self, data: Mapping[str, Any]) -> RuleEntry:
        patterns, fields = len(self.patterns), len(self.fields) + 1
        return RuleEntry(
            _text(data["name"]),
            _below(data["action"], len(self.actions)),
            _number(data.get("priority", 0)),
            None if data.get("reason") is None else _text(data["reason"]),
            _texts(data.get("labels", [])),
            _texts(data.get("queues", [])),
            tuple(_notice(*notice) for notice in data.get("notices", [])),
            tuple(
                RedactionEntry(_below(pattern, patterns), None if text is None else _text(text))
                for pattern, text in data.get("redactions", [])
            ),
            tuple(
                (_below(pattern, patterns), _below(field, fields)) for pattern, field in data.get("spans", [])
            ),
            tuple(_below(fact, len(self.facts)) for fact in data.get("lacks", [])),
            tuple(_below(score, len(self.scores)) for score in data.get("scores", [])),
        )


def _notice(audience: Any, condition: Any, texts: Any) -> NoticeEntry:
    pairs = tuple((_text(locale), _text(text)) for locale, text in texts)
    return NoticeEntry(_text(audience), None if condition is None else _number(condition), pairs)


def _fits(entry: FactEntry) -> bool:
    """Is a fact's default a value of its kind?"""
    default = entry.default
    match entry.kind:
        case "bool":
            return isinstance(default, bool)
        case "number":
            return isinstance(default, float | int) and not math.isnan(default)
        case "enum":
            return default in entry.values
        case "text" | "scanned_text":
            return isinstance(default, str)
        case "set":
            return isinstance(default, tuple) and (not entry.values or set(default) <= set(entry.values))
        case _:
            return isinstance(default, int) and not isinstance(default, bool) and -(2**63) <= default < 2**63


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("not a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is not list:
        raise TypeError("not a list")
    return tuple(map(_text, value))


def _number(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a number")
    return value


def _below(value: Any, limit: int) -> int:
    if not 0 <= _number(value) < limit:
        raise ValueError("a number that is out of range")
    return int(value)


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError("an unknown word")
    return str(value)


def _classes(value: Any) -> dict[str, int]:
    if type(value) is not dict:
        raise TypeError("not a mapping")
    return {_text(key): _number(number) for key, number in value.items()}
