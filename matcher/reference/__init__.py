"""The reference interpreter: decides from a policy's typed IR in plain Python, slowly and obviously.

In comes the JSON that travels in the artifact (`dsl/dump.py` writes it), a message and facts; out goes a
verdict, or the reasons for one. It judges the engine: written from docs/semantics.md and the language page,
sharing with the engine nothing but the frozen Unicode tables, it must give the same answer to every
question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from solon.matcher.errors import Damaged
from solon.matcher.reference import effects
from solon.matcher.reference.conditions import Situation
from solon.matcher.reference.effects import Match, Texts
from solon.matcher.reference.facts import convert, micros
from solon.matcher.reference.patterns import Library, Scan
from solon.matcher.reference.rules import Outcome, judge
from solon.matcher.reference.shape import verify
from solon.matcher.reference.spans import Span
from solon.matcher.reference.trace import RuleTrace, trace_rules

__all__ = ["Match", "Reference", "ReferenceVerdict"]


@dataclass(frozen=True, slots=True)
class ReferenceVerdict:
    """What was decided; the attributes of the engine's `Verdict`, by the same names."""

    action: str
    status: str
    rules: tuple[str, ...]
    shadow: tuple[str, ...]
    exempted: dict[str, str]
    undecided: dict[str, tuple[str, ...]]
    matches: tuple[Match, ...]
    notices: dict[str, Texts]
    labels: tuple[str, ...]
    queues: tuple[str, ...]
    reasons: tuple[str, ...]
    redacted: str
    scores: dict[str, int | float]
    limits: tuple[str, ...]


class Reference:
    """A policy, ready to be asked."""

    def __init__(self, policy_json: dict[str, Any] | bytes) -> None:
        self.policy = _read(policy_json)
        self.header = self.policy["header"]
        self.severity = {action: index for index, action in enumerate(self.header["actions"])}
        self.kinds = {fact["name"]: fact["kind"] for fact in self.policy["facts"]}
        self.scores = {score["name"]: score for score in self.policy["scores"]}
        self.library = Library(self.policy["patterns"])

    def decide(
        self, message: str, facts: Mapping[str, Any], *, at: datetime | None = None
    ) -> ReferenceVerdict:
        """The verdict on a message, given the facts and the time (now, where none is given)."""
        situation, limits = self._situation(message, facts)
        outcome = judge(self.policy, situation, instant(at))
        fired, now = outcome.fired, outcome.now
        return ReferenceVerdict(
            action=self._action(outcome, limits),
            status="incomplete" if limits else "decided",
            rules=tuple(rule["name"] for rule in fired),
            shadow=tuple(outcome.shadow),
            exempted=dict(sorted(outcome.exempted.items())),
            undecided=dict(sorted(outcome.undecided.items())),
            matches=effects.matches(fired, now),
            notices=effects.notices(fired, self.severity, now, self.kinds),
            labels=effects.joined(fired, "labels"),
            queues=effects.joined(fired, "queues"),
            reasons=effects.reasons(fired),
            redacted=effects.redacted(fired, self.severity, now),
            scores=effects.scores(fired, now),
            limits=limits,
        )

    def find(self, message: str) -> dict[str, list[Span]]:
        """The spans of every pattern that has any in the message, exemptions aside."""
        text, _ = prefix_within(message, self.header["limit_bytes"])
        scan = Scan(self.library, text)
        return {name: list(scan.spans(name)) for name in self.library.roots if scan.spans(name)}

    def condition_values(
        self, message: str, facts: Mapping[str, Any], *, at: datetime | None = None
    ) -> dict[str, RuleTrace]:
        """For each rule how its conditions came out, node by node, with the facts and spans seen."""
        situation, _ = self._situation(message, facts)
        time = instant(at)
        return trace_rules(self.policy, judge(self.policy, situation, time), time)

    def action_without(
        self, patterns: Iterable[str], message: str, facts: Mapping[str, Any], *, at: datetime | None = None
    ) -> str:
        """The action if these patterns had found nothing."""
        situation, limits = self._situation(message, facts)
        outcome = judge(self.policy, replace(situation, taken=frozenset(patterns)), instant(at))
        return self._action(outcome, limits)

    def _situation(self, message: str, facts: Mapping[str, Any]) -> tuple[Situation, tuple[str, ...]]:
        """Facts and texts as conditions see them, and the names of the limits that were hit."""
        if not isinstance(message, str):
            raise TypeError(f"the message is a str, not {type(message).__name__}")
        values = convert(self.policy["facts"], facts)
        scans: dict[str | None, Scan] = {}
        limits = []
        texts: list[tuple[str | None, str]] = [(None, message)]
        for name, kind in sorted(self.kinds.items()):
            if kind["name"] == "scanned_text" and name in values:
                texts.append((name, str(values[name])))
        for field, text in texts:
            within, cut = prefix_within(text, self.header["limit_bytes"])
            scans[field] = Scan(self.library, within)
            if cut:
                limits.append("message" if field is None else field)
        return Situation(values, message, scans, self.scores), tuple(limits)

    def _action(self, outcome: Outcome, limits: tuple[str, ...]) -> str:
        actions = [rule["action"] for rule in outcome.fired] or [self.header["default"]]
        if outcome.undecided and self.header["undecided"] is not None:
            actions.append(self.header["undecided"])
        if limits and self.header["incomplete"] is not None:
            actions.append(self.header["incomplete"])
        return effects.most_severe(actions, self.severity)


def instant(at: datetime | None) -> int:
    """The time of the decision in microseconds since 1970."""
    if at is None:
        return micros(datetime.now(UTC))
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise TypeError("`at` takes an aware datetime")
    return micros(at)


def prefix_within(text: str, limit_bytes: int) -> tuple[str, bool]:
    """The longest prefix whose UTF-8 is within the limit, and whether that left anything out."""
    size = 0
    for index, character in enumerate(text):
        size += len(character.encode("utf-8", "surrogatepass"))
        if size > limit_bytes:
            return text[:index], True
    return text, False


def _read(policy_json: dict[str, Any] | bytes) -> dict[str, Any]:
    """The policy's JSON as a dict of the right shape."""
    read: Any = policy_json
    if isinstance(policy_json, bytes):
        try:
            read = json.loads(policy_json)
        except (ValueError, RecursionError) as error:
            raise Damaged(f"the policy in it is no JSON: {error}") from None
    verify(read)
    return dict(read)
