"""Two rules of the same severity that can fire together, with different notices for one audience and the same
priority: which of them goes out hangs on the rules' names.

In: a policy. Out: a finding a rule, which names one of the rules that it ties with. Told only with
a situation in which both fire for certain. Left out: shadow rules, rollouts, rules that are never live at
the same time, and audiences for which one of the rules has a notice with a condition.
"""

from __future__ import annotations

from collections import defaultdict

from solon.compiler.analyses.examples import Example, example_in_model
from solon.compiler.analyses.question import Question
from solon.compiler.analyses.situations import RuleLits
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic

CODE = "notices-tie"

PARTNERS_TRIED_MAX = 4

TOLD_MAX = 20
"""A policy with more has not thought of priorities at all, and has heard of it by then."""


def tying(question: Question, skipped: frozenset[str]) -> list[Diagnostic]:
    """A finding for each rule that ties with one of a later name."""
    groups: dict[tuple[str, int, str], list[tuple[RuleLits, ir.Notice]]] = defaultdict(list)
    for name, lits in sorted(question.situations.rules.items()):
        rule = lits.rule
        # The time of a decision is open, so a rule bound in time never fires for certain.
        if name in skipped or rule.shadow or rule.rollout or rule.active_from or rule.active_until:
            continue
        for notice in _only_notices(rule):
            groups[rule.action, rule.priority, notice.audience].append((lits, notice))
    found: dict[str, Diagnostic] = {}
    for group in groups.values():
        for place, (lits, notice) in enumerate(group):
            if len(found) < TOLD_MAX and lits.rule.name not in found:
                question.clauses.subject = f"whether notices tie with those of `{lits.rule.name}`"
                partners = [one for one in group[place + 1 :] if one[1].texts != notice.texts]
                told = _tie(question, lits, notice, partners)
                if told is not None:
                    found[lits.rule.name] = told
    return list(found.values())


def _only_notices(rule: ir.Rule) -> list[ir.Notice]:
    """The notices that are the rule's only ones for their audience, and have no condition."""
    return [
        notice
        for notice in rule.notices
        if notice.when is None and sum(one.audience == notice.audience for one in rule.notices) == 1
    ]


def _tie(
    question: Question, lits: RuleLits, notice: ir.Notice, partners: list[tuple[RuleLits, ir.Notice]]
) -> Diagnostic | None:
    clauses = question.clauses
    if not partners:
        return None
    some = clauses.any_of([other.fires for other, _ in partners])
    if clauses.possible(lits.fires, some) is not True:
        return None
    model = clauses.model()
    together = [one for one in partners if one[0].fires in model]
    for other, other_notice in together[:PARTNERS_TRIED_MAX]:
        goal = clauses.all_of((lits.fires, other.fires))
        names = question.names(lits, other)
        example = example_in_model(question.situations, goal, names, model)
        if example is not None:
            return _finding(question, (lits.rule, notice), (other.rule, other_notice), example)
    return None


def _finding(
    question: Question, one: tuple[ir.Rule, ir.Notice], two: tuple[ir.Rule, ir.Notice], example: Example
) -> Diagnostic:
    rule, notice = one
    other, other_notice = two
    message = (
        f"`{rule.name}` and `{other.name}` can fire together, both `{rule.action}`, "
        f"with different notices for `{notice.audience}`"
    )
    return Diagnostic(
        CODE,
        question.span(notice.place),
        message,
        label=f"of the two this one goes out: `{rule.name}` comes first by name",
        notes=(f"for example {example.words}",),
        help=(f"say which matters more, such as `priority {max(rule.priority, 0) + 1}` in one of them",),
        secondary=((question.span(other_notice.place), "this one does not"),),
    )
