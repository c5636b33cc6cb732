"""A rule that can never fire: its `when` cannot hold, its `unless` always does, or an exemption always
takes it.

In: a policy. Out: a finding a rule, and the rules themselves, so that no other analysis speaks of them again.
Shadow rules count, for they report; a rule bound in time or by a rollout counts as live.
"""

from __future__ import annotations

from solon.compiler.analyses.question import Question
from solon.compiler.analyses.situations import RuleLits
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.source import Span

CODE = "rule-never-fires"


def never_firing(question: Question) -> dict[str, Diagnostic]:
    """The finding of each rule that cannot fire, by the rule's name."""
    found = {}
    for name, lits in question.situations.rules.items():
        question.clauses.subject = f"whether the rule `{name}` can fire"
        if question.clauses.never(lits.fires):
            found[name] = _finding(question, lits)
    return found


def _finding(question: Question, lits: RuleLits) -> Diagnostic:
    rule, clauses = lits.rule, question.clauses
    span = question.name_of(rule)
    notes: tuple[str, ...] = ()
    if question.policy.header.undecided is not None and clauses.possible(lits.undecided):
        notes = ("where a fact is absent it can still be undecided",)
    if clauses.never(lits.when):
        culprit = smallest_that_cannot_hold(question, rule.when)
        secondary: tuple[tuple[Span, str], ...] = ((question.span(culprit.place), "this can never be true"),)
        message = f"the rule `{rule.name}` can never fire: its `when` cannot hold"
        return Diagnostic(CODE, span, message, secondary=secondary, notes=notes, help=(_HELP,))
    if clauses.never(lits.would_fire) and rule.unless is not None:
        secondary = ((question.span(rule.unless.place), "true wherever the `when` is"),)
        message = f"the rule `{rule.name}` can never fire: its `unless` holds wherever its `when` does"
        return Diagnostic(CODE, span, message, secondary=secondary, notes=notes, help=(_HELP,))
    by = [one for one in question.policy.exemptions if rule.name in one.rules]
    message = f"the rule `{rule.name}` can never fire: an exemption takes it out wherever it would"
    secondary = tuple((question.name_of(one), "the exemption") for one in by[:3])
    help = ("narrow the exemption's `when`, or take the rule out",)
    return Diagnostic(CODE, span, message, secondary=secondary, notes=notes, help=help)


_HELP = "change the condition, or take the rule out"


def smallest_that_cannot_hold(question: Question, root: ir.Condition) -> ir.Condition:
    """The innermost part on the way down that can never be true (false, under a `not`)."""
    conditions, clauses = question.situations.now, question.clauses
    node = root
    while True:
        match node:
            case ir.And(parts=parts) | ir.Or(parts=parts):
                inner = next((part for part in parts if clauses.never(conditions.pair(part)[0])), None)
            case ir.Defined(part=part):
                inner = part
            case _:
                inner = None
        if inner is None:
            return node
        node = inner
