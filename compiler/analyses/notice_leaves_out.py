"""A rule that tells an audience something only on conditions, and can fire where none of them holds: whoever
is left out (a role, mostly) learns nothing from it.

In: a policy. Out: a finding a rule and audience, with a situation in which the rule fires for certain and no
notice of it for the audience goes out. Left out: shadow rules, rollouts and rules that are bound in time,
which fire for certain in no situation.
"""

from __future__ import annotations

from solon.compiler.analyses.examples import example_in_model
from solon.compiler.analyses.places import Names
from solon.compiler.analyses.question import Question
from solon.compiler.analyses.situations import RuleLits
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic

CODE = "notice-leaves-out"

TOLD_MAX = 20
"""A policy with more does it on purpose, and has heard of it by then."""


def leaving_out(question: Question, skipped: frozenset[str]) -> list[Diagnostic]:
    """A finding for each audience that a rule tells something on conditions that do not cover it."""
    found: list[Diagnostic] = []
    for name, lits in sorted(question.situations.rules.items()):
        rule = lits.rule
        if name in skipped or rule.shadow or rule.rollout or rule.active_from or rule.active_until:
            continue
        for audience in sorted({notice.audience for notice in rule.notices}):
            if len(found) < TOLD_MAX:
                question.clauses.subject = f"whether the notices of `{name}` leave somebody out"
                told = _left_out(question, lits, audience)
                if told is not None:
                    found.append(told)
    return found


def _left_out(question: Question, lits: RuleLits, audience: str) -> Diagnostic | None:
    notices = [notice for notice in lits.rule.notices if notice.audience == audience]
    whens = [notice.when for notice in notices if notice.when is not None]
    if len(whens) < len(notices):
        return None
    clauses, conditions = question.clauses, question.situations.now
    goal = clauses.all_of((lits.fires, *(-conditions.pair(when)[0] for when in whens)))
    if clauses.possible(goal) is not True:
        return None
    of_rule, of_notices = question.names(lits), question.names_of(whens)
    names = Names(of_rule.facts | of_notices.facts, of_rule.patterns | of_notices.patterns)
    example = example_in_model(question.situations, goal, names, clauses.model())
    if example is None:
        return None
    return _finding(question, lits.rule, notices, example.words)


def _finding(question: Question, rule: ir.Rule, notices: list[ir.Notice], example: str) -> Diagnostic:
    first, *others = notices
    only = "this is" if len(notices) == 1 else "these are"
    return Diagnostic(
        CODE,
        question.span(first.place),
        f"`{rule.name}` can fire without a notice for `{first.audience}`: {only} sent on a condition",
        notes=(f"for example {example}",),
        help=(f"add a `notify {first.audience}` with the condition that is missing",),
        secondary=tuple((question.span(other.place), "and this") for other in others[:3]),
    )
