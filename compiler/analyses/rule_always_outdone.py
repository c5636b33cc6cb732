"""A rule that never changes a verdict, because others always outdo it.

Taking the rule out would leave in every situation the same action, notices, labels, queues, reasons and
redacted text. That is so where, whenever it fires, another rule fires with it that

- has a more severe action, or the same one where this rule notifies nobody;
- has all its labels and queues, its reason, and its redactions with the same placeholder;
- has an unconditional notice for each audience that this rule notifies: the more severe rule's goes out;

and where, whenever it is undecided and the policy has a least action for that, the others see to that action.
A shadow rule outdoes nobody, nor does one that is bound in time or by a rollout; a rule that an exemption
may take out outdoes only where it is not taken out. Of two rules that outdo each other one is told.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from solon.compiler.analyses.clauses import FALSE, Lit
from solon.compiler.analyses.examples import certain_example
from solon.compiler.analyses.places import listed
from solon.compiler.analyses.question import Question
from solon.compiler.analyses.situations import RuleLits
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic

CODE = "rule-always-outdone"


def always_outdone(question: Question, skipped: frozenset[str]) -> list[Diagnostic]:
    """A finding for each rule that never changes a verdict; the `skipped` never fire anyway."""
    found: list[Diagnostic] = []
    told: set[str] = set(skipped)
    steady = [
        lits for lits in question.situations.rules.values() if _is_steady(lits.rule) and lits.fires != FALSE
    ]
    sides = {name: _Side.of(question, lits) for name, lits in question.situations.rules.items()}
    for name, lits in sorted(question.situations.rules.items(), reverse=True):
        if name in skipped or lits.rule.shadow:
            continue
        question.clauses.subject = f"whether the rule `{name}` ever changes a verdict"
        # INVARIANT: a rule that was told outdoes nobody, so that all that were told can go together.
        rivals = [
            one
            for one in steady
            if sides[name].may_be_outdone_by(sides[one.rule.name])
            and one.rule.name not in told
            and one is not lits
        ]
        by = _outdoing(question, lits, rivals, steady, told)
        if by:
            told.add(name)
            found.append(_finding(question, lits, by))
    return found


def _is_steady(rule: ir.Rule) -> bool:
    """Does it count at every time, for everybody?"""
    return not rule.shadow and rule.rollout is None and rule.active_from is None and rule.active_until is None


@dataclass(frozen=True, slots=True)
class _Side:
    """A rule as it is held against others: what it looks at and what it does."""

    rule: ir.Rule
    severity: int
    facts: frozenset[str]
    entries: frozenset[Hashable]
    does: frozenset[Hashable]
    """Labels, queues, the reason, redactions, and the audiences that it may notify."""
    does_always: frozenset[Hashable]
    """The same, but of audiences those that it surely notifies."""

    @classmethod
    def of(cls, question: Question, lits: RuleLits) -> _Side:
        """Of one rule."""
        rule = lits.rule
        names = question.names_of((rule.when, rule.unless))
        entries = [question.situations.presence.made_of(name) for name in names.patterns]
        does: set[Hashable] = {("label", one) for one in rule.labels}
        does |= {("queue", one) for one in rule.queues}
        does |= {("redact", one.pattern, one.placeholder) for one in rule.redactions}
        if rule.reason is not None:
            does.add(("reason", rule.reason))
        return cls(
            rule,
            question.situations.severity[rule.action],
            names.facts,
            frozenset().union(*entries),
            frozenset(does | {("notify", one.audience) for one in rule.notices}),
            frozenset(does | {("notify", one.audience) for one in rule.notices if one.when is None}),
        )

    def may_be_outdone_by(self, other: _Side) -> bool:
        """Where both fire, does this rule add nothing to what the other does? And have they to do with
        each other?"""
        if other.severity < self.severity or (other.severity == self.severity and self.rule.notices):
            return False
        if other.entries:
            related = not self.entries.isdisjoint(other.entries)
        else:
            related = not other.facts or bool(self.entries) or not self.facts.isdisjoint(other.facts)
        return related and self.does <= other.does_always


def _outdoing(
    question: Question, lits: RuleLits, rivals: list[RuleLits], steady: list[RuleLits], told: set[str]
) -> list[RuleLits]:
    """Those of the rivals of which one fires wherever the rule does; none where that is not proved."""
    clauses = question.clauses
    if not rivals or not clauses.never(lits.fires, *(-one.fires for one in rivals)):
        return []
    core = clauses.core()
    by = [one for one in rivals if -one.fires in core] or rivals[:1]
    least = question.policy.header.undecided
    if least is not None and lits.undecided != FALSE:
        severity = question.situations.severity
        others: list[Lit] = []
        for one in steady:
            if one is lits or one.rule.name in told:
                continue
            others.append(-one.undecided)
            if severity[one.rule.action] >= severity[least]:
                others.append(-one.fires)
        if not clauses.never(lits.undecided, *others):
            return []
    return by


def _finding(question: Question, lits: RuleLits, by: list[RuleLits]) -> Diagnostic:
    rule = lits.rule
    names = [one.rule.name for one in by]
    who = listed(names) if len(names) == 1 else f"one of {listed(names)}"
    message = f"the rule `{rule.name}` never changes a verdict: wherever it fires, {who} outdoes it"
    example = certain_example(question.situations, [lits.fires], question.names(lits, *by))
    notes = (f"for example {example.words}",) if example else ()
    secondary = tuple(
        (question.name_of(one.rule), f"fires there too, with `{one.rule.action}`") for one in by[:4]
    )
    help = ("take it out, make it more severe, or give it something of its own to say",)
    return Diagnostic(CODE, question.name_of(rule), message, notes=notes, help=help, secondary=secondary)
