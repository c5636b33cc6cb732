"""Conditions that are always true, and conditions that can never be true.

In: a policy. Out: a finding for the outermost such part of each condition: of a `when` or an `unless`, of
an exemption, a score's entry, a notice. `true` and `false` as they are written are meant. An optional fact
that is absent makes neither: `x < 5 or x >= 5` is unknown then, so it is not always true.
"""

from __future__ import annotations

from collections.abc import Iterator

from solon.compiler.analyses.conditions import Conditions
from solon.compiler.analyses.places import in_pack
from solon.compiler.analyses.question import Question
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic

TRUE_CODE = "condition-always-true"
FALSE_CODE = "condition-always-false"


def always_decided(question: Question, skipped: frozenset[str]) -> list[Diagnostic]:
    """Findings for all conditions; the `when` of the `skipped` rules was spoken of already."""
    found: dict[ir.Place, Diagnostic] = {}
    seen: set[int] = set()
    for root, conditions in _roots(question, skipped):
        for one in _in_condition(question, root, conditions, seen):
            found.setdefault(*one)
    return list(found.values())


def _roots(question: Question, skipped: frozenset[str]) -> Iterator[tuple[ir.Condition, Conditions]]:
    situations, policy = question.situations, question.policy
    for rule in policy.rules:
        if rule.name not in skipped:
            yield rule.when, situations.now
        if rule.unless is not None:
            yield rule.unless, situations.now
        for notice in rule.notices:
            if notice.when is not None:
                yield notice.when, situations.now
    for score in policy.scores:
        for entry in score.entries:
            if entry.when is not None:
                yield entry.when, situations.all
    for exemption in policy.exemptions:
        # That it cannot hold is said of the exemption itself.
        if not question.clauses.never(situations.all.pair(exemption.when)[0]):
            yield exemption.when, situations.all


def _in_condition(
    question: Question, root: ir.Condition, conditions: Conditions, seen: set[int]
) -> Iterator[tuple[ir.Place, Diagnostic]]:
    clauses = question.clauses
    pending = [root]
    while pending:
        node = pending.pop()
        clauses.subject = "whether conditions are always true or false"
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ir.Constant():
                continue
            case ir.Defined(part=part):
                # What is wrong in a define is said there, once for all its uses.
                pending.append(part)
                continue
            case ir.Not(part=ir.Constant()):
                continue
            case _:
                pass
        true, _ = conditions.pair(node)
        code = TRUE_CODE if clauses.never(-true) else FALSE_CODE if clauses.never(true) else None
        if code is None:
            match node:
                case ir.And(parts=parts) | ir.Or(parts=parts):
                    pending.extend(parts)
                case ir.Not(part=part):
                    pending.append(part)
                case _:
                    pass
        elif not in_pack(node.place):
            yield node.place, _finding(question, node, code)


def _finding(question: Question, node: ir.Condition, code: str) -> Diagnostic:
    span = question.span(node.place)
    if code == TRUE_CODE:
        help = ("leave it out, or say what was meant",)
        return Diagnostic(code, span, "this condition is always true", help=help)
    return Diagnostic(code, span, "this condition can never be true", help=("say what was meant",))
