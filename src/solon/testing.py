"""Runs the tests of a policy: its `test` blocks and the `match` / `no_match` of its patterns.

In: the typed IR and something that decides (the compiled artifact, or the reference interpreter). Out: one
`CaseResult` a case, with what differs said in the author's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from solon.dsl import ir

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Finds(Protocol):
    """Finds patterns."""

    def find(self, message: str) -> Mapping[str, list[tuple[int, int]]]:
        """The spans of every pattern, in characters, exemptions or not."""
        ...


class Decides(Finds, Protocol):
    """What both the compiled policy and the reference interpreter can do."""

    def decide(self, message: str, facts: Mapping[str, Any], *, at: datetime | None = None) -> Any:
        """A verdict on one message."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: `test` names the test or the pattern, `problems` is empty where all was as expected.

    A todo test that fails is expected to; one that passes is the surprise, and a problem.
    """

    test: str
    place: ir.Place
    message: str
    problems: tuple[str, ...]
    todo: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing has to be done about this case."""
        return not self.problems


def run_tests(policy: ir.Policy, decides: Decides) -> Iterator[CaseResult]:
    """Run every case of a policy, pattern tests first; in the order of the files."""
    for pattern in sorted(policy.patterns, key=lambda one: (one.place.file, one.place.line)):
        yield from _pattern_cases(pattern, decides)
    for test in sorted(policy.tests, key=lambda one: (one.place.file, one.place.line)):
        facts = given_facts(policy, test)
        for example in test.messages:
            yield _test_case(test, example, facts, decides)


def given_facts(policy: ir.Policy, test: ir.Test) -> dict[str, Any]:
    """The facts of a test as a service would pass them."""
    kinds = {fact.name: fact.kind for fact in policy.facts}
    return {name: as_python(value, kinds[name]) for name, value in test.given}


def as_python(value: ir.FactValue, kind: ir.Kind) -> Any:
    """A literal in canonical units as the value that Python callers pass.

    >>> as_python(3_000_000, ir.Kind("duration"))
    datetime.timedelta(seconds=3)
    """
    match kind.name:
        case "duration":
            assert isinstance(value, int)
            return timedelta(microseconds=value)
        case "time":
            assert isinstance(value, int)
            return EPOCH + timedelta(microseconds=value)
        case "money":
            assert isinstance(value, int)
            return Decimal(value) / 1_000_000
        case "set":
            assert isinstance(value, tuple)
            return list(value)
        case _:
            return value


def _pattern_cases(pattern: ir.Pattern, decides: Decides) -> Iterator[CaseResult]:
    for example in pattern.match:
        found = decides.find(example.text).get(pattern.name)
        problem = () if found else (f"`{pattern.name}` finds nothing here",)
        yield CaseResult(f"match of {pattern.name}", example.place, example.text, problem)
    for example in pattern.no_match:
        found = decides.find(example.text).get(pattern.name)
        texts = ", ".join(f'"{example.text[start:end]}"' for start, end in found or ())
        problem = (f"`{pattern.name}` finds {texts}",) if found else ()
        yield CaseResult(f"no_match of {pattern.name}", example.place, example.text, problem)


def _test_case(test: ir.Test, example: ir.Example, facts: dict[str, Any], decides: Decides) -> CaseResult:
    at = None if test.at is None else EPOCH + timedelta(microseconds=test.at)
    verdict = decides.decide(example.text, facts, at=at)
    problems = tuple(differences(test, example.text, verdict, decides))
    if test.todo:
        problems = () if problems else ("this `todo test` passes now: drop the `todo`",)
    return CaseResult(test.name, example.place, example.text, problems, test.todo)


def differences(test: ir.Test, message: str, verdict: Any, decides: Finds) -> Iterator[str]:
    """What is not as the test expects it, a sentence each."""
    expected = test.expectation
    fired = set(verdict.rules)
    if verdict.action != expected.action:
        by = f" by {', '.join(verdict.rules)}" if verdict.rules else ""
        yield f"expected {expected.action}, got {verdict.action}{by}"
    for name in expected.by:
        if name not in fired:
            yield f"`{name}` did not fire"
    if expected.only:
        for name in sorted(fired - set(expected.by)):
            yield f"`{name}` fired too"
    for name in expected.not_by:
        if name in fired:
            yield f"`{name}` fired"
    for name in expected.undecided:
        if name not in verdict.undecided:
            yield f"`{name}` was decided"
    if test.matched:
        found = decides.find(message)
        for pattern, text in test.matched:
            texts = [message[start:end] for start, end in found.get(pattern, ())]
            if text not in texts:
                got = ", ".join(f'"{one}"' for one in texts) or "nothing"
                yield f'`{pattern}` matched {got}, not "{text}"'
    if test.redacted is not None and verdict.redacted != test.redacted:
        yield f'redacted "{verdict.redacted}", not "{test.redacted}"'
    for audience, text in test.notices:
        got_notice = verdict.notices.get(audience)
        texts = list(got_notice.values()) if isinstance(got_notice, Mapping) else [got_notice]
        if text not in texts:
            got = ", ".join(f'"{one}"' for one in texts) if got_notice is not None else "nothing"
            yield f'the {audience} is told {got}, not "{text}"'
