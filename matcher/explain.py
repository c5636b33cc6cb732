"""Why a message got its verdict: rule by rule, condition by condition, down to characters.

In come the policy's typed IR, the verdict and what it was asked; out goes an `Explanation` with two views,
text for people and a dict for programs. The values of conditions are the reference interpreter's, the
alternatives ("what would have to differ") come from deciding again. An explanation shows message text and
pattern names: it is for the inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from solon.matcher import what_if
from solon.matcher.errors import Damaged
from solon.matcher.reference import Match, Reference
from solon.matcher.reference.conditions import facts_named, patterns_named
from solon.matcher.reference.facts import Value, convert
from solon.matcher.reference.trace import RuleTrace, Trace
from solon.matcher.what_if import Alternative
from solon.matcher.wording import condition_text, millionths_text, quoted, value_text

__all__ = ["Explanation", "Line", "RuleStory", "Without", "explain"]

Node = dict[str, Any]

SPANS_SHOWN_MAX = 5
WORD_OF = {True: "true", False: "false", None: "unknown"}


class Verdict(Protocol):
    """What an explanation needs of a verdict, the engine's or the reference's."""

    @property
    def action(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def rules(self) -> tuple[str, ...]: ...
    @property
    def shadow(self) -> tuple[str, ...]: ...
    @property
    def exempted(self) -> Mapping[str, str]: ...
    @property
    def undecided(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def limits(self) -> tuple[str, ...]: ...


Decide = Callable[..., Verdict]
"""`decide(message, facts, at=…)`"""


@dataclass(frozen=True, slots=True)
class Line:
    """A condition in the author's words, how it came out, and why.

    `because` says what it looked at (`sender.tenure is 3 days`); `matches` are the spans that it saw.
    """

    text: str
    value: bool | None
    because: str | None
    matches: tuple[Match, ...]
    parts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RuleStory:
    """A rule that fired, could not be decided, was exempted or would have fired in shadow mode."""

    name: str
    action: str
    place: str
    role: str
    lacked: tuple[str, ...]
    exempted_by: str | None
    when: Line
    unless: Line | None


@dataclass(frozen=True, slots=True)
class Without:
    """The action if a pattern had found nothing."""

    pattern: str
    action: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, and what would have to differ."""

    action: str
    status: str
    limits: tuple[str, ...]
    rules: tuple[RuleStory, ...]
    exempted_patterns: tuple[tuple[str, str], ...]
    alternatives: tuple[Alternative, ...]
    without: tuple[Without, ...]
    facts: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """For programs: plain lists, dicts and strings."""
        return _plain(asdict(self))  # type: ignore[no-any-return]

    def as_text(self) -> str:
        """For people, a line for each step of the reasoning."""
        return "\n".join(_explanation_lines(self)) + "\n"


def explain(
    policy_json: dict[str, Any] | bytes,
    decide: Decide,
    message: str,
    facts: Mapping[str, Any],
    verdict: Verdict,
    *,
    at: datetime | None = None,
) -> Explanation:
    """Explain a verdict that `decide` gave on the message, the facts and the time.

    Raises Damaged where the IR is no policy, or not that of the verdict.
    """
    reference = Reference(policy_json)
    policy, kinds = reference.policy, reference.kinds
    if {*verdict.rules, *verdict.undecided, *verdict.shadow} - {rule["name"] for rule in policy["rules"]}:
        raise Damaged("section ir: it is not the policy that the tables were made from")
    moment = datetime.now(UTC) if at is None else at
    values = convert(policy["facts"], facts)
    known = what_if.to_python(values, kinds)
    stories = _stories(reference, verdict, reference.condition_values(message, known, at=moment), values)
    weighed = [rule for rule in policy["rules"] if rule["name"] in {*verdict.rules, *verdict.undecided}]
    named = {fact for rule in weighed for fact in _facts_of(rule, reference.scores)}
    patterns = sorted(
        {name for rule in weighed for name, _ in patterns_named(rule["when"], reference.scores)}
    )
    without = [
        Without(name, reference.action_without([name], message, known, at=moment)) for name in patterns
    ]
    return Explanation(
        action=verdict.action,
        status=verdict.status,
        limits=tuple(verdict.limits),
        rules=stories,
        exempted_patterns=tuple(
            (name, by) for name, by in sorted(verdict.exempted.items()) if name in reference.library.roots
        ),
        alternatives=what_if.nearest(
            policy, values, verdict.action, lambda other: decide(message, other, at=moment).action, named
        ),
        without=tuple(one for one in without if one.action != verdict.action),
        facts=tuple((name, value_text(values[name], kinds[name])) for name in sorted(values)),
    )


def _facts_of(rule: Node, scores: Mapping[str, Node]) -> set[str]:
    named = facts_named(rule["when"], scores)
    return named if rule["unless"] is None else named | facts_named(rule["unless"], scores)


def _stories(
    reference: Reference, verdict: Verdict, traces: Mapping[str, RuleTrace], values: Mapping[str, Value]
) -> tuple[RuleStory, ...]:
    """The rules that have a part in the verdict, the most severe first."""
    roles = dict.fromkeys(verdict.exempted, "exempted")
    roles |= dict.fromkeys(verdict.shadow, "shadow")
    roles |= dict.fromkeys(verdict.undecided, "undecided")
    roles |= dict.fromkeys(verdict.rules, "fired")
    order = ["fired", "undecided", "exempted", "shadow"]
    rules = [rule for rule in reference.policy["rules"] if rule["name"] in roles]
    rules.sort(
        key=lambda rule: (order.index(roles[rule["name"]]), -reference.severity[rule["action"]], rule["name"])
    )
    return tuple(
        RuleStory(
            name=rule["name"],
            action=rule["action"],
            place=rule["place"],
            role=roles[rule["name"]],
            lacked=tuple(verdict.undecided.get(rule["name"], ())),
            exempted_by=verdict.exempted.get(rule["name"]),
            when=_line(traces[rule["name"]].when, reference, values),
            unless=_optional_line(traces[rule["name"]].unless, reference, values),
        )
        for rule in rules
    )


def _optional_line(trace: Trace | None, reference: Reference, values: Mapping[str, Value]) -> Line | None:
    return None if trace is None else _line(trace, reference, values)


def _line(trace: Trace, reference: Reference, values: Mapping[str, Value]) -> Line:
    """A node of a trace, in words."""
    text = condition_text(trace.node, reference.kinds)
    if trace.node["node"] == "Defined":
        text = f"{text}: {condition_text(trace.node['part'], reference.kinds)}"
    parts = tuple(_line(part, reference, values) for part in trace.parts)
    if trace.node["node"] in {"Defined", "Not"} and parts and not parts[0].parts:
        # A define of one condition, or its negation, is said in one line.
        return Line(text, trace.value, parts[0].because, parts[0].matches, ())
    return Line(text, trace.value, _because(trace, reference, values), trace.spans, parts)


def _because(trace: Trace, reference: Reference, values: Mapping[str, Value]) -> str | None:
    """What a condition looked at."""
    node = trace.node
    if trace.score is not None:
        least, greatest = map(millionths_text, trace.score)
        return (
            f"{node['score']} is {least}"
            if least == greatest
            else f"{node['score']} is from {least} to {greatest}"
        )
    name = node.get("fact")
    if name is not None:
        return (
            f"{name} is {value_text(values[name], reference.kinds[name])}"
            if name in values
            else f"{name} is absent"
        )
    field = node.get("field")
    if field is not None and field not in values:
        return f"{field} is absent"
    if "pattern" in node and not trace.spans:
        return f"{node['pattern']} has no match in the {'message' if field is None else field}"
    return None


def _explanation_lines(told: Explanation) -> list[str]:
    lines = [f"{told.action} ({told.status})"]
    lines += [f"the limit on the size of {name} was hit: the rest was not looked at" for name in told.limits]
    if not any(story.role == "fired" for story in told.rules):
        lines.append("no rule fired")
    for story in told.rules:
        lines += ["", *_story_lines(story)]
    for pattern, exemption in told.exempted_patterns:
        lines += ["", f"the matches of {pattern} were taken away by the exemption {exemption}"]
    different = [f"  {_changes_text(one)}: {one.action}" for one in told.alternatives]
    different += [f"  without a match of {one.pattern}: {one.action}" for one in told.without]
    if different:
        lines += ["", "what would have to differ", *different]
    return lines


def _story_lines(story: RuleStory) -> list[str]:
    role = {
        "fired": f"rule {story.name} fired: {story.action}",
        "undecided": f"rule {story.name} could not be decided; it lacked {', '.join(story.lacked)}",
        "exempted": f"rule {story.name} did not fire: the exemption {story.exempted_by} took it out",
        "shadow": f"rule {story.name} is in shadow mode and would have fired: {story.action}",
    }[story.role]
    lines = [f"{role}  [{story.place}]", *_condition_lines("when", story.when)]
    return lines if story.unless is None else lines + _condition_lines("unless", story.unless)


def _condition_lines(word: str, line: Line) -> list[str]:
    lines = []
    pending = [(line, 0)]
    while pending:
        one, depth = pending.pop()
        lead = f"  {word:<6} " if depth == 0 else "         " + "  " * depth
        because = f"  ({one.because})" if one.because else ""
        lines.append(f"{lead}{WORD_OF[one.value]:<7}  {one.text}{because}")
        inner = "         " + "  " * (depth + 1)
        for match in one.matches[:SPANS_SHOWN_MAX]:
            where = "" if match.field is None else f" of {match.field}"
            lines.append(f"{inner}{match.pattern}: {quoted(match.text)} at {match.start}-{match.end}{where}")
        if len(one.matches) > SPANS_SHOWN_MAX:
            lines.append(f"{inner}and {len(one.matches) - SPANS_SHOWN_MAX} more")
        pending += [(part, depth + 1) for part in reversed(one.parts)]
    return lines


def _changes_text(alternative: Alternative) -> str:
    return " and ".join(f"if {change.fact} {change.words}" for change in alternative.changes)


def _plain(value: Any) -> Any:
    """Tuples as lists, matches as dicts, all the way down."""
    if isinstance(value, Match):
        return value._asdict()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value
