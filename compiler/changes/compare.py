"""Two policies to a report of what changes in meaning."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Protocol

from solon.compiler.analyses.clauses import TRUE, Clauses, Lit
from solon.compiler.changes.candidates import Candidate, Candidates
from solon.compiler.changes.deltas import Deltas, Difference, joined
from solon.compiler.changes.interface import interface, patterns, value_of
from solon.compiler.changes.joint import Joint
from solon.compiler.changes.regions import Found, Regions
from solon.compiler.changes.report import Change, Delta, Region, Report, Status, Witness
from solon.compiler.changes.rules import rule_changes
from solon.compiler.changes.vocabulary import Vocabulary, moment
from solon.dsl import ir

SECONDS_MAX = 3.5
"""Time for all questions about two policies, in seconds of work."""

DIFFERENCES_MAX = 60
"""So many single differences are told; who changed more has written another policy."""

REGIONS_MAX = 4
"""So many conditions are told for each of them."""


class Verdict(Protocol):
    """What is looked at of a verdict."""

    @property
    def action(self) -> str:
        """As a verdict has it."""
        ...

    @property
    def rules(self) -> tuple[str, ...]:
        """As a verdict has it."""
        ...

    @property
    def notices(self) -> Mapping[str, Any]:
        """As a verdict has it."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """As a verdict has it."""
        ...

    @property
    def queues(self) -> tuple[str, ...]:
        """As a verdict has it."""
        ...

    @property
    def reasons(self) -> tuple[str, ...]:
        """As a verdict has it."""
        ...

    @property
    def redacted(self) -> str:
        """As a verdict has it."""
        ...


@dataclass(frozen=True, slots=True)
class Ran:
    """Both policies on one candidate. `facts` are those that were given, as the candidate has them."""

    old: Verdict
    new: Verdict
    facts: tuple[tuple[str, ir.Kind, ir.FactValue], ...]


Try = Callable[[Candidate], Ran | None]
"""Runs both policies; None where a candidate cannot be run (a rollout for which no value is found)."""


def compare(old: ir.Policy, new: ir.Policy, run: Try, *, seconds: float = SECONDS_MAX) -> Report:
    """What changes in meaning from `old` to `new`; `run` tries both on a message."""
    clauses = Clauses(seconds)
    try:
        return _Comparison(old, new, run, clauses).report()
    finally:
        clauses.close()


class _Comparison:
    """One comparison at work."""

    def __init__(self, old: ir.Policy, new: ir.Policy, run: Try, clauses: Clauses) -> None:
        self.clauses = clauses
        self.run = run
        self.joint = Joint(old, new, clauses)
        self.deltas = Deltas(self.joint)
        self.patterns = tuple(patterns(self.joint, clauses))
        self.words = words = Vocabulary(self.joint)
        self.regions = Regions(clauses, words.asked, words.named, words.ladders)
        self.candidates = Candidates(self.joint)
        self.severity = self.deltas.severity
        self.is_whole = True
        """Whether every situation in which something differs was told."""
        self._known: dict[Lit, tuple[Found, ...]] = {}

    def report(self) -> Report:
        changes, status = self._changes()
        relaxed = self._relaxed(changes)
        said = tuple(interface(self.joint))
        if said and status == "same":
            status = "changed"
        rules, more_rules = rule_changes(self.joint, self.words, self.regions)
        return Report(
            status=status,
            relaxed=relaxed,
            interface=said,
            changes=changes,
            more_changes=bool(changes) and not self.is_whole,
            rules=rules,
            more_rules=more_rules,
            patterns=self.patterns,
            notes=tuple(self._notes(changes)),
        )

    # ── The whole ────────────────────────────────────────────────────────────────────────────────────

    def _changes(self) -> tuple[tuple[Change, ...], Status]:
        """The changes, each with its regions, and what is known of the whole."""
        self.clauses.subject = "whether the verdicts are the same"
        answer = self.clauses.possible(self.deltas.any)
        if answer is not True:
            return (), "same" if answer is False else "not decided"
        self.clauses.subject = "everything in which the verdicts differ"
        alike: dict[tuple[tuple[Found, ...], str], list[Delta]] = {}
        for one in self._differences():
            told = self._where(one.goal, one.context)
            if told:
                words = one.words if any(found.given for found in told) else ""
                alike.setdefault((told, words), []).append(one.delta)
        changes = []
        for (told, words), deltas in alike.items():
            delta = joined(deltas)
            shown = []
            for found in told:
                conditions = (*self.words.words(found.told), *([words] if found.given else ()))
                shown.append(Region(conditions, self._witness(delta, found)))
            changes.append(Change(delta, self._relaxes(delta), tuple(shown)))
        changes.sort(key=lambda one: (one.delta.action is None, not one.relaxes))
        if any(region.witness for change in changes for region in change.regions):
            return tuple(changes), "changed"
        return tuple(changes), "maybe"

    def _differences(self) -> Iterator[Difference]:
        """Each single thing that may differ."""
        number = 0
        deltas = self.deltas
        differences = chain(
            self._pairs(deltas.action, deltas.actions_in),
            *(
                self._pairs(deltas.notice[audience], partial(deltas.notices_in, audience, olds, news))
                for audience, olds, news in deltas.notices
            ),
            deltas.listed(self.words),
        )
        for one in differences:
            answer = self.clauses.possible(one.goal)
            if answer is None:
                self.is_whole = False
            if answer:
                if number == DIFFERENCES_MAX:
                    self.is_whole = False
                    return
                number += 1
                yield one

    def _pairs(self, unlike: Lit, in_model: Callable[[frozenset[Lit]], Difference]) -> Iterator[Difference]:
        """What was and what is, for all two that there are."""
        told: list[Lit] = []
        while self.clauses.possible(unlike, *told):
            found = in_model(self.clauses.model())
            yield found
            told.append(-found.goal)

    def _where(self, goal: Lit, context: Lit = TRUE) -> tuple[Found, ...]:
        """Regions in which the goal holds, each with a model."""
        if goal in self._known:
            return self._known[goal]
        clauses = self.clauses
        told: list[Found] = []
        while True:
            answer = clauses.possible(goal, *(-clauses.all_of((*one.told, *one.given)) for one in told))
            if answer is False:
                break
            found = None
            if answer and len(told) < REGIONS_MAX:
                found = self.regions.around(goal, clauses.model(), context)
            if found is None:
                self.is_whole = False
                break
            told.append(found)
        self._known[goal] = tuple(told)
        return self._known[goal]

    def _relaxes(self, delta: Delta) -> bool:
        if delta.action is None:
            return False
        before, after = delta.action
        return self.severity[after] < self.severity[before]

    def _relaxed(self, changes: tuple[Change, ...]) -> Status:
        """Whether an action got less severe: seen, proved that it never does, or neither."""
        if any(one.relaxes and any(region.witness for region in one.regions) for one in changes):
            return "changed"
        self.clauses.subject = "whether an action got less severe"
        answer = self.clauses.possible(self.deltas.relaxed)
        if answer is not True:
            return "same" if answer is False else "not decided"
        whole = self.is_whole
        for one in self._where(self.deltas.relaxed):
            if self._witness(self.deltas.actions_in(one.model).delta, one) is not None:
                self.is_whole = whole
                return "changed"
        self.is_whole = whole
        return "maybe"

    # ── Witnesses ────────────────────────────────────────────────────────────────────────────────────

    def _witness(self, delta: Delta, found: Found) -> Witness | None:
        """A situation of the region in which both policies were run and differ as they should."""
        start = time.thread_time()
        try:
            for candidate in self.candidates.of(found.model, found.plain):
                ran = self.run(candidate)
                if ran is not None and shows(ran, delta):
                    return self._told(candidate, ran, found.plain)
            return None
        finally:
            self.clauses.wait(time.thread_time() - start)

    def _told(self, candidate: Candidate, ran: Ran, region: tuple[Lit, ...]) -> Witness:
        facts = {name: f"= {value_of(kind, value)}" for name, kind, value in ran.facts}
        needed = sorted(
            {
                self.words.fact_of[abs(lit)].domain.fact.name
                for lit in region
                if abs(lit) in self.words.fact_of
            }
            | {place.fact for place in candidate.places if place.fact in facts}
        )
        return Witness(
            facts=tuple((name, facts.get(name, "")) for name in needed),
            all_facts=tuple(sorted(facts.items())),
            message=candidate.message,
            at=moment(candidate.at),
            old_action=ran.old.action,
            new_action=ran.new.action,
            old_rules=tuple(ran.old.rules),
            new_rules=tuple(ran.new.rules),
        )

    def _notes(self, changes: tuple[Change, ...]) -> Iterator[str]:
        if any(region.witness is None for change in changes for region in change.regions):
            yield (
                "where no example stands none could be made: patterns are taken as free but for what is"
                " certain about them, so that their conditions may never hold together"
            )
        changed = [one.name for one in self.patterns if one.kind == "changed" and one.relation == "other"]
        if changed:
            names = ", ".join(f"`{one}`" for one in changed)
            yield f"{names}: as it was and as it is are two different patterns here"
        for question in self.clauses.not_decided:
            yield f"not decided within the time: {question}"


def shows(ran: Ran, delta: Delta) -> bool:
    """Do two verdicts differ as the delta says?"""
    old, new = ran.old, ran.new
    if delta.action is not None and (old.action, new.action) != delta.action:
        return False
    for before, after, lost, gained in (
        (old.labels, new.labels, delta.labels_lost, delta.labels_gained),
        (old.queues, new.queues, delta.queues_lost, delta.queues_gained),
        (old.reasons, new.reasons, delta.reasons_lost, delta.reasons_gained),
    ):
        if not set(lost) <= set(before) - set(after) or not set(gained) <= set(after) - set(before):
            return False
    for audience, was, now in delta.notices:
        sent = old.notices.get(audience), new.notices.get(audience)
        if sent[0] == sent[1] or (sent[0] is None) != (was is None) or (sent[1] is None) != (now is None):
            return False
    if delta.redactions_lost or delta.redactions_gained or delta.placeholders_swapped:
        return old.redacted != new.redacted
    return True
