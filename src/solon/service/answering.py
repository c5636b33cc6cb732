"""Questions to answers by one policy, in plain calls: no network here, so that threads can use it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from solon.matcher.engine import Policy
from solon.matcher.errors import FactError
from solon.matcher.verdict import Verdict
from solon.service.problems import Problem
from solon.service.reading import Question, facts_of, of_fact, parse, question, questions
from solon.service.settings import Settings

__all__ = ["Answer", "Seen", "batch", "internal", "single"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is counted and logged of a decision: names of the policy, never a text of a message."""

    action: str
    rules: tuple[str, ...]
    shadow: tuple[str, ...]
    undecided: tuple[str, ...]
    limits: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Answer:
    """The JSON that is answered, and what is to be counted."""

    content: dict[str, Any]
    seen: list[Seen] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def body(self) -> bytes:
        """JSON in ASCII."""
        return json.dumps(self.content, separators=(",", ":")).encode("ascii")


@lru_cache(maxsize=2)
def _kinds(policy: Policy) -> dict[str, dict[str, Any]]:
    return policy.fact_kinds()


def single(policy: Policy, body: bytes, settings: Settings) -> Answer:
    """One question; the answer is the public view of its verdict. Raises Problem."""
    verdict, seen = _decide(policy, question(_kinds(policy), parse(body)))
    return Answer(verdict.public(), [seen])


def internal(policy: Policy, body: bytes, settings: Settings) -> Answer:
    """One question from the inside; the answer has the public view and the audit record. Raises Problem."""
    asked = question(_kinds(policy), parse(body), internal=True)
    verdict, seen = _decide(policy, asked)
    record = verdict.audit(key=settings.audit_key, id=asked.id)
    return Answer({"public": verdict.public(), "audit": record}, [seen])


def batch(policy: Policy, body: bytes, settings: Settings) -> Answer:
    """Many questions by one version of the policy: each gets its verdict or its problem, in their order.

    Raises Problem for what is no batch, and where the facts that all have do not read.
    """
    common, asked = questions(parse(body), settings.batch_max)
    kinds = _kinds(policy)
    shared = facts_of(kinds, common)
    _no_flaw_of(policy, shared)
    answer = Answer({})
    found: list[dict[str, Any]] = []
    for one in asked:
        try:
            own = question(kinds, one)
            verdict, seen = _decide(policy, Question(own.message, shared | own.facts))
        except Problem as problem:
            answer.problems.append(problem)
            found.append({"problem": problem.as_json()})
        else:
            answer.seen.append(seen)
            found.append({"verdict": verdict.public()})
    answer.content["answers"] = found
    return answer


def _no_flaw_of(policy: Policy, shared: dict[str, Any]) -> None:
    """The facts that all questions have, held against the policy once, as if the others were there."""
    others = {name: _some(kind) for name, kind in _kinds(policy).items() if name not in shared}
    try:
        policy.bind(others | shared)
    except FactError as error:
        raise of_fact(error) from None


def _some(kind: dict[str, Any]) -> Any:
    """Any value of a kind."""
    match kind["name"]:
        case "bool":
            return False
        case "enum":
            return kind["values"][0]
        case "set":
            return ()
        case "text" | "scanned_text":
            return ""
        case "duration":
            return timedelta(0)
        case "time":
            return datetime(2000, 1, 1, tzinfo=UTC)
        case _:
            return 0


def _decide(policy: Policy, asked: Question) -> tuple[Verdict, Seen]:
    start = time.perf_counter()
    try:
        verdict = policy.decide(asked.message, asked.facts, at=asked.at)
    except FactError as error:
        raise of_fact(error) from None
    seconds = time.perf_counter() - start
    return verdict, Seen(
        verdict.action, verdict.rules, verdict.shadow, tuple(verdict.undecided), verdict.limits, seconds
    )
