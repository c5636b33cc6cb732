"""The cases of a policy's tests, each with the situation that its message and facts make.

In: the typed IR and the compiled policy, which finds the patterns. Out: cases that can be judged again and
again under changed rules without looking at the message anew: the conditions are the reference interpreter's,
the spans are the engine's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from solon.dsl import ir
from solon.dsl.dump import dump
from solon.matcher.reference import effects, prefix_within
from solon.matcher.reference.conditions import Situation
from solon.matcher.reference.effects import Texts
from solon.matcher.reference.facts import Value, convert, micros
from solon.matcher.reference.rules import Outcome, judge
from solon.testing import Finds, differences, given_facts

__all__ = ["Case", "CaseBook", "Judged", "Tables", "judged", "passes"]

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Found:
    """A text whose spans are known; in a situation it stands where a scan would."""

    text: str
    found: Mapping[str, list[tuple[int, int]]]

    def spans(self, pattern: str) -> list[tuple[int, int]]:
        return self.found.get(pattern, [])

    def find(self, message: str) -> Mapping[str, list[tuple[int, int]]]:
        """The spans once more, for who compares a verdict with what a test expects."""
        return self.found


@dataclass(frozen=True, slots=True)
class Case:
    """One message of a test, ready to be judged. `found` are the message's spans."""

    test: ir.Test
    example: ir.Example
    situation: Situation
    found: _Found
    limits: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Tables:
    """What judging needs of a policy beside its rules."""

    severity: Mapping[str, int]
    kinds: Mapping[str, Node]
    header: Node


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as far as tests can see it."""

    action: str
    rules: tuple[str, ...]
    undecided: Mapping[str, tuple[str, ...]]
    redacted: str | None
    notices: Mapping[str, Texts]


class CaseBook:
    """All cases of a policy."""

    def __init__(self, policy: ir.Policy, finds: Finds, now: datetime | None = None) -> None:
        self.policy = policy
        # The patterns are in the artifact; a list of 100,000 words need not be written out here.
        self.json: Node = json.loads(dump(replace(policy, patterns=(), tests=())))
        self.tables = Tables(
            severity={action: place for place, action in enumerate(policy.header.actions)},
            kinds={fact["name"]: fact["kind"] for fact in self.json["facts"]},
            header=self.json["header"],
        )
        self.scores: dict[str, Node] = {score["name"]: score for score in self.json["scores"]}
        self._finds = finds
        self._now = micros(now or datetime.now(UTC))
        self.cases = [
            self._case(test, example, values)
            for test in policy.tests
            for values in [convert(self.json["facts"], given_facts(policy, test))]
            for example in test.messages
        ]

    def _case(self, test: ir.Test, example: ir.Example, values: Mapping[str, Value]) -> Case:
        scanned = [fact.name for fact in self.policy.facts if fact.kind.name == "scanned_text"]
        texts: list[tuple[str | None, str]] = [(None, example.text)]
        texts += [(name, str(values[name])) for name in scanned if name in values]
        scans: dict[str | None, Any] = {}
        limits = []
        for field, text in texts:
            within, cut = prefix_within(text, self.policy.header.limit_bytes)
            scans[field] = _Found(within, self._finds.find(text))
            if cut:
                limits.append("message" if field is None else field)
        situation = Situation(values, example.text, scans, self.scores)
        at = self._now if test.at is None else test.at
        return Case(test, example, situation, scans[None], tuple(limits), at)

    def outcome(self, case: Case) -> Outcome:
        """What becomes of the rules as they are."""
        return judge(self.json, case.situation, case.at)


def judged(case: Case, outcome: Outcome, tables: Tables) -> Judged:
    """The verdict of an outcome, as far as the case's test looks at it."""
    actions = [rule["action"] for rule in outcome.fired] or [tables.header["default"]]
    if outcome.undecided and tables.header["undecided"] is not None:
        actions.append(tables.header["undecided"])
    if case.limits and tables.header["incomplete"] is not None:
        actions.append(tables.header["incomplete"])
    test, fired, now = case.test, outcome.fired, outcome.now
    return Judged(
        action=effects.most_severe(actions, tables.severity),
        rules=tuple(rule["name"] for rule in fired),
        undecided=outcome.undecided,
        redacted=None if test.redacted is None else effects.redacted(fired, tables.severity, now),
        notices=effects.notices(fired, tables.severity, now, tables.kinds) if test.notices else {},
    )


def passes(case: Case, outcome: Outcome, tables: Tables) -> bool:
    """Is all as the case's test expects it?"""
    verdict = judged(case, outcome, tables)
    return next(differences(case.test, case.example.text, verdict, case.found), None) is None
