"""What the tests of a policy reach: rules, conditions' outcomes, patterns, notices, exemptions, cells.

In: the cases of a policy and its sources. Out: a `Coverage` with one point for each thing that can be
reached, how often each of its outcomes was seen, and the cells of the matrix of the enum facts that the
policy reads.

A condition that stands in a `define` is one point, however many rules use it. What ships with Solon is not
counted: its own tests are elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from solon.adequacy.cases import Case, CaseBook
from solon.adequacy.matrix import Matrix, matrix_of
from solon.dsl import ir
from solon.dsl.dump import dump_node
from solon.dsl.files import PACKS
from solon.dsl.source import Source
from solon.matcher.reference.conditions import value
from solon.matcher.reference.rules import Outcome

__all__ = ["Coverage", "Point", "measure", "percent", "questions"]

Node = dict[str, Any]
What: TypeAlias = Literal["rule", "condition", "pattern", "notice", "exemption"]
WHATS: tuple[What, ...] = ("rule", "condition", "pattern", "notice", "exemption")
TEXT_CHARS_MAX = 60


@dataclass(slots=True)
class Point:
    """One thing that tests can reach. `hits` has each of its outcomes (`true` and `false` of a condition,
    `fired` of a rule) and how many cases came to it; `text` is what the policy says there."""

    what: What
    place: ir.Place
    text: str
    hits: dict[str, int]

    @property
    def missed(self) -> tuple[str, ...]:
        """The outcomes that no case came to."""
        return tuple(name for name, count in self.hits.items() if not count)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was reached of one policy; points in the order of files and lines."""

    policy: str
    cases: int
    points: tuple[Point, ...]
    matrix: Matrix
    sources: Mapping[str, Source] = field(repr=False)

    def counted(self, what: What | None = None) -> tuple[int, int]:
        """How many outcomes were reached, and how many there are."""
        hits = [count for one in self.points if what in (None, one.what) for count in one.hits.values()]
        return sum(1 for count in hits if count), len(hits)

    @property
    def percent(self) -> float:
        """Outcomes reached of all outcomes, in percent; the cells of the matrix apart."""
        return percent(*self.counted())


def percent(reached: int, total: int) -> float:
    """100 where there is nothing to reach."""
    return 100.0 if not total else 100.0 * reached / total


def measure(book: CaseBook, sources: Mapping[str, Source]) -> Coverage:
    """Judge every case, and note what it reaches."""
    points = _Points(book.policy, sources)
    matrix = matrix_of(book.policy)
    for case in book.cases:
        points.see(case, book.outcome(case), book)
        matrix.see(case.situation.facts)
    found = sorted(points.all, key=lambda one: (one.place.file, one.place.line, one.place.column))
    return Coverage(book.policy.header.name, len(book.cases), tuple(found), matrix, sources)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A condition as the reference reads it, and its point."""

    node: Node
    point: Point


class _Points:
    """All points of a policy, counted up case by case."""

    def __init__(self, policy: ir.Policy, sources: Mapping[str, Source]) -> None:
        self.policy = policy
        self.sources = sources
        self.optional = {fact.name for fact in policy.facts if fact.optional}
        self.scores = {score.name: score for score in policy.scores}
        self.all: list[Point] = []
        self.rules = {rule.name: self._named("rule", rule) for rule in policy.rules}
        self.patterns = {
            pattern.name: self._named("pattern", pattern)
            for pattern in policy.patterns
            if not pattern.place.file.startswith(PACKS)
        }
        self.exemptions = {one.name: self._named("exemption", one) for one in policy.exemptions}
        self.notices = {
            (rule.name, number): self._notice(notice)
            for rule in policy.rules
            for number, notice in enumerate(rule.notices)
        }
        self.conditions: dict[tuple[ir.Place, str, bool], _Asked] = {}
        for rule in policy.rules:
            for root in (rule.when, rule.unless, *(notice.when for notice in rule.notices)):
                self._conditions(root, in_exemption=False)
        for score in policy.scores:
            for entry in score.entries:
                self._conditions(entry.when, in_exemption=False)
        for exemption in policy.exemptions:
            self._conditions(exemption.when, in_exemption=True)

    def see(self, case: Case, outcome: Outcome, book: CaseBook) -> None:
        """Count what one case reaches."""
        fired = {rule["name"] for rule in outcome.fired}
        for name in (*fired, *outcome.shadow):
            self.rules[name].hits["fired"] += 1
        for name in set(outcome.exempted.values()):
            self.exemptions[name].hits["exempted"] += 1
        for name in case.found.found:
            if name in self.patterns:
                self.patterns[name].hits["matched"] += 1
        for key in _sent(outcome, book.tables.severity):
            self.notices[key].hits["sent"] += 1
        for (_, _, in_exemption), asked in self.conditions.items():
            now = case.situation if in_exemption else outcome.now
            word = {True: "true", False: "false", None: "unknown"}[value(asked.node, now)]
            if word in asked.point.hits:
                asked.point.hits[word] += 1

    # ── Making points ────────────────────────────────────────────────────────────────────────────────

    def _named(self, what: What, node: ir.Rule | ir.Pattern | ir.Exemption) -> Point:
        outcome = {"rule": "fired", "pattern": "matched", "exemption": "exempted"}[what]
        return self._point(what, node.place, node.name, (outcome,))

    def _notice(self, notice: ir.Notice) -> Point:
        return self._point("notice", notice.place, f"notify {notice.audience}", ("sent",))

    def _point(self, what: What, place: ir.Place, text: str, outcomes: tuple[str, ...]) -> Point:
        made = Point(what, place, text, dict.fromkeys(outcomes, 0))
        self.all.append(made)
        return made

    def _conditions(self, root: ir.Condition | None, *, in_exemption: bool) -> None:
        """The whole of a condition, and each question in it; through defines, whose own place they have."""
        pending = [] if root is None else [(root, True)]
        while pending:
            node, whole = pending.pop()
            match node:
                case ir.Defined(part=part):
                    pending.append((part, True))
                case ir.Not(part=part):
                    pending.append((part, whole))
                case ir.And(parts=parts) | ir.Or(parts=parts):
                    pending += [(part, False) for part in parts]
                    if whole:
                        self._condition(node, in_exemption)
                case ir.Constant():
                    pass
                case _:
                    self._condition(node, in_exemption)

    def _condition(self, node: ir.Condition, in_exemption: bool) -> None:
        if node.place.file.startswith(PACKS):
            return
        written = dump_node(node)
        key = (node.place, written, in_exemption)
        if key in self.conditions:
            return
        outcomes = ("true", "false", "unknown") if self._may_be_unknown(node) else ("true", "false")
        self.conditions[key] = _Asked(
            json.loads(written), self._point("condition", node.place, self._text(node.place), outcomes)
        )

    def _may_be_unknown(self, root: ir.Condition) -> bool:
        """Can it lack a fact? For one question alone: of a whole condition it would ask for too much."""
        match root:
            case ir.Known() | ir.And() | ir.Or():
                return False
            case ir.Contains(field=name):
                return name in self.optional
            case ir.ScoreCompare(score=name):
                entries = self.scores[name].entries
                return any(_facts_asked(one.when) & self.optional for one in entries if one.when is not None)
            case _:
                return getattr(root, "fact", None) in self.optional

    def _text(self, place: ir.Place) -> str:
        source = self.sources[place.file]
        begin, end = source.offset(place.line, place.column), source.offset(place.end_line, place.end_column)
        text = " ".join(source.text[begin:end].split())
        return text if len(text) <= TEXT_CHARS_MAX else text[: TEXT_CHARS_MAX - 1] + "…"


def _facts_asked(root: ir.Condition) -> set[str]:
    """The facts that a condition asks, but for those of which it asks whether they are known."""
    return {name for node in questions(root) if (name := getattr(node, "fact", None))} | {
        node.field for node in questions(root) if isinstance(node, ir.Contains) and node.field
    }


def questions(root: ir.Condition) -> Iterator[ir.Condition]:
    """The questions that a condition is made of, through its defines."""
    pending = [root]
    while pending:
        node = pending.pop()
        match node:
            case ir.Defined(part=part) | ir.Not(part=part):
                pending.append(part)
            case ir.And(parts=parts) | ir.Or(parts=parts):
                pending.extend(parts)
            case _:
                yield node


def _sent(outcome: Outcome, severity: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """The notices that go out: rule and number. docs/semantics.md, "What a verdict carries"."""
    told: set[str] = set()
    order = sorted(outcome.fired, key=lambda one: (-severity[one["action"]], -one["priority"], one["name"]))
    for rule in order:
        fitting: dict[str, tuple[bool, Any, int]] = {}
        for number, notice in enumerate(rule["notices"]):
            if notice["when"] is None or value(notice["when"], outcome.now) is True:
                candidate = (notice["when"] is None, notice["texts"], number)
                audience = notice["audience"]
                fitting[audience] = min(fitting.get(audience, candidate), candidate)
        for audience in fitting.keys() - told:
            yield rule["name"], fitting[audience][2]
        told |= fitting.keys()
