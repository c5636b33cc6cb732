"""An exemption that exempts nothing: where it is in force, no rule that it names would fire or be undecided,
and no pattern that it names has a span.

In: a policy. Out: a finding an exemption. Exemptions whose end has passed have a warning of their own.
"""

from __future__ import annotations

from solon.compiler.analyses.question import Question
from solon.compiler.analyses.rule_never_fires import smallest_that_cannot_hold
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.source import Span

CODE = "exemption-exempts-nothing"


def exempting_nothing(question: Question) -> list[Diagnostic]:
    """A finding for each exemption that never takes anything out."""
    found = (_finding(question, one) for one in question.policy.exemptions)
    return [one for one in found if one is not None]


def _finding(question: Question, exemption: ir.Exemption) -> Diagnostic | None:
    situations, clauses = question.situations, question.clauses
    span = question.name_of(exemption)
    clauses.subject = f"whether the exemption `{exemption.name}` exempts anything"
    when, _ = situations.all.pair(exemption.when)
    help = ("change its `when`, or take it out",)
    if clauses.never(when):
        culprit = smallest_that_cannot_hold(question, exemption.when)
        secondary: tuple[tuple[Span, str], ...] = ((question.span(culprit.place), "this can never be true"),)
        message = f"the exemption `{exemption.name}` exempts nothing: its `when` cannot hold"
        return Diagnostic(CODE, span, message, secondary=secondary, help=help)
    in_force = situations.in_force[exemption.name]
    fields = [fact.name for fact in question.policy.facts if fact.kind.name == "scanned_text"]
    targets = [
        situations.presence.contains(one, field) for one in exemption.patterns for field in [None, *fields]
    ]
    for name in exemption.rules:
        targets += [situations.rules[name].would_fire, situations.rules[name].would_be_undecided]
    if not all(clauses.never(in_force, target) for target in targets):
        return None
    secondary = tuple(
        (question.name_of(situations.rules[name].rule), "does not fire there") for name in exemption.rules[:3]
    )
    message = (
        f"the exemption `{exemption.name}` exempts nothing: where it holds, nothing that it names happens"
    )
    return Diagnostic(CODE, span, message, secondary=secondary, help=help)
