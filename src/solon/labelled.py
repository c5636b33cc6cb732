"""A policy scored on messages that a team has labelled: precision, recall, confusion by action, by rule.

In: JSON lines, each a message with what should come of it, and a compiled policy. Out: a `Report`. A message
counts as *flagged* where its action is not the policy's default. A line says either which action is right or
only whether the message should be flagged.

    {"message": "call 415 555 0132", "facts": {"contract.state": "none"}, "expect": "redact", "id": "m-17"}
    {"message": "the footer says 415 555 0132", "facts": {"contract.state": "none"}, "flag": false}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from solon.facts_json import facts_from_json
from solon.matcher.engine import Policy
from solon.matcher.errors import FactError, SolonError

LINE_TAKES = 'a line takes {"message": "…", "facts": {…}, "expect": "ACTION" or "flag": true}'
KEYS = {"message", "facts", "expect", "flag", "id"}


class LabelError(SolonError):
    """A line of labels that cannot be used; the message names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Label:
    """One line: `action` is None where only `flag` is said."""

    id: str
    message: str
    facts: Mapping[str, Any]
    flag: bool
    action: str | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A message that came out otherwise: `expected` and `got` are actions, or `flag` and `no flag`."""

    id: str
    message: str
    expected: str
    got: str
    rules: tuple[str, ...]


@dataclass(slots=True)
class RuleCount:
    """How often a rule fired, and how often on a message that should not be flagged."""

    fired: int = 0
    wrongly: int = 0


@dataclass(slots=True)
class Report:
    """All figures of one run; ratios are None where nothing is there to divide by."""

    hits: int = 0
    false_alarms: int = 0
    missed: int = 0
    passed: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: dict[str, RuleCount] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many messages were decided."""
        return self.hits + self.false_alarms + self.missed + self.passed

    @property
    def precision(self) -> float | None:
        """Of the flagged messages, the share that should be."""
        return _ratio(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """Of the messages that should be flagged, the share that was."""
        return _ratio(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return _ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.missed)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def read_labels(lines: Iterable[str], policy: Policy) -> Iterator[Label]:
    """The labels of a file, line by line. Raises LabelError, which names the line."""
    kinds = policy.fact_kinds()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _label(json.loads(line), number, kinds, policy)
        except (ValueError, RecursionError, FactError) as error:
            raise LabelError(f"line {number}: {error}") from None


def _label(row: Any, number: int, kinds: Mapping[str, Any], policy: Policy) -> Label:
    if not isinstance(row, dict) or not isinstance(row.get("message"), str):
        raise ValueError(LINE_TAKES)
    unknown = sorted(set(row) - KEYS)
    if unknown:
        raise ValueError(f"`{unknown[0]}` is no key of a line; {LINE_TAKES}")
    facts = row.get("facts", {})
    if not isinstance(facts, dict):
        raise ValueError("`facts` takes an object")
    expected, flag = row.get("expect"), row.get("flag")
    if isinstance(expected, bool):  # `"expect": true` is meant as a flag
        expected, flag = None, expected
    if (expected is None) == (flag is None):
        raise ValueError(f"either `expect` or `flag` says what is right; {LINE_TAKES}")
    if flag is not None and not isinstance(flag, bool):
        raise ValueError("`flag` takes true or false")
    if expected is not None and expected not in policy.actions:
        known = ", ".join(f"`{one}`" for one in policy.actions)
        raise ValueError(f"the policy has no action `{expected}`; it has {known}")
    flag = expected != policy.floors["default"] if flag is None else flag
    name = str(row.get("id", number))
    return Label(name, row["message"], facts_from_json(kinds, facts), flag, expected)


def score(policy: Policy, labels: Iterable[Label], *, at: datetime | None = None) -> Report:
    """Decide every message and count. Raises LabelError where a message's facts are refused."""
    report = Report()
    for label in labels:
        try:
            verdict = policy.decide(label.message, label.facts, at=at)
        except FactError as error:
            raise LabelError(f"`{label.id}`: {error}") from None
        _count(
            report, label, verdict.action, tuple(verdict.rules), verdict.action != policy.floors["default"]
        )
    return report


def _count(report: Report, label: Label, action: str, rules: tuple[str, ...], flagged: bool) -> None:
    report.hits += flagged and label.flag
    report.false_alarms += flagged and not label.flag
    report.missed += label.flag and not flagged
    report.passed += not flagged and not label.flag
    expected = label.action or ("flag" if label.flag else "no flag")
    report.confusion[expected, action] += 1
    for rule in rules:
        count = report.rules.setdefault(rule, RuleCount())
        count.fired += 1
        count.wrongly += not label.flag
    right = action == label.action if label.action is not None else flagged == label.flag
    if not right:
        report.wrong.append(Wrong(label.id, label.message, expected, action, rules))


def as_json(report: Report) -> dict[str, Any]:
    """The report as a JSON object."""
    return {
        "cases": report.cases,
        "precision": report.precision,
        "recall": report.recall,
        "f1": report.f1,
        "hits": report.hits,
        "false_alarms": report.false_alarms,
        "missed": report.missed,
        "passed": report.passed,
        "confusion": [
            {"expected": expected, "got": got, "cases": cases}
            for (expected, got), cases in sorted(report.confusion.items())
        ],
        "rules": {
            name: {"fired": one.fired, "wrongly": one.wrongly} for name, one in sorted(report.rules.items())
        },
        "wrong": [
            {"id": one.id, "message": one.message, "expected": one.expected, "got": one.got,
             "rules": list(one.rules)}
            for one in report.wrong
        ],
    }  # fmt: skip


def in_words(report: Report) -> str:
    """The report as tables for a terminal; messages are quoted whole."""
    lines = [
        f"{report.cases} messages: {report.hits} flagged rightly, {report.false_alarms} wrongly, "
        f"{report.missed} missed, {report.passed} passed rightly",
        f"precision {_percent(report.precision)}  recall {_percent(report.recall)}  F1 {_percent(report.f1)}",
    ]
    if report.confusion:
        lines += ["", "expected      got           messages"]
        lines += [
            f"{expected:<13} {got:<13} {cases:>8}"
            for (expected, got), cases in sorted(report.confusion.items())
        ]
    if report.rules:
        width = max(map(len, report.rules))
        lines += ["", f"{'rule':<{width}}    fired  wrongly"]
        lines += [
            f"{name:<{width}} {one.fired:>8} {one.wrongly:>8}" for name, one in sorted(report.rules.items())
        ]
    for one in report.wrong:
        by = f" by {', '.join(one.rules)}" if one.rules else ""
        lines += ["", f"WRONG {one.id}: expected {one.expected}, got {one.got}{by}", f"   {one.message!r}"]
    return "\n".join(lines)


def _percent(ratio: float | None) -> str:
    return "–" if ratio is None else f"{100 * ratio:.1f}"
