"""The schema: what Python reads at run time, beside the section that C reads.

In: the policy and the numbers that the section uses. Out: plain dicts, lists, strings and numbers (JSON), for
`matcher/schema.py`, which has the same fields with their types. Lists are in the order of the section's numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solon.compiler.decision.domains import Domain
from solon.compiler.decision.names import Named, named_in, named_through_scores, together
from solon.dsl import ir


def schema_of(
    policy: ir.Policy,
    pattern_ids: Mapping[str, int],
    domains: Mapping[str, Domain],
    fields: list[str],
    scores: list[ir.Score],
    slots: Mapping[str, int],
) -> dict[str, Any]:
    """The schema of a policy; `fields`, `scores` and `slots` number as the section does."""
    header = policy.header
    score_numbers = {score.name: number for number, score in enumerate(scores)}
    through = named_through_scores(scores)
    patterns = [""] * (max(pattern_ids.values(), default=-1) + 1)
    for name, number in pattern_ids.items():
        patterns[number] = name
    conditions = 0
    rules = []
    for rule in policy.rules:
        named = together(named_in(rule.when), through)
        rules.append(_rule(policy, rule, named, pattern_ids, domains, score_numbers, conditions))
        conditions += sum(notice.when is not None for notice in rule.notices)
    return {
        "policy": header.name,
        "actions": list(header.actions),
        "facts": [_fact(domain, slots) for domain in domains.values()],
        "fields": [domains[name].index for name in fields],
        "patterns": patterns,
        "scores": [score.name for score in scores],
        "rules": rules,
        "exemptions": [exemption.name for exemption in policy.exemptions],
    }


def _fact(domain: Domain, slots: Mapping[str, int]) -> dict[str, Any]:
    """What is not there is left out, so that most facts take one short line of JSON."""
    fact = domain.fact
    found: dict[str, Any] = {"name": fact.name, "kind": fact.kind.name}
    if fact.kind.values:
        found["values"] = list(fact.kind.values)
    if fact.kind.currency is not None:
        found["currency"] = fact.kind.currency
    if fact.default is not None:
        found["default"] = list(fact.default) if isinstance(fact.default, tuple) else fact.default
    if fact.optional:
        found["optional"] = True
    if domain.exact:
        found["exact"] = domain.exact
    if domain.prefixes:
        found["prefixes"] = domain.prefixes
    if domain.members:
        found["members"] = sorted(domain.members, key=domain.members.__getitem__)
    if fact.name in slots:
        found["slot"] = slots[fact.name]
    return found


def _rule(
    policy: ir.Policy,
    rule: ir.Rule,
    named: Named,
    pattern_ids: Mapping[str, int],
    domains: Mapping[str, Domain],
    score_numbers: Mapping[str, int],
    conditions: int,
) -> dict[str, Any]:
    notices = []
    for notice in rule.notices:
        condition = None
        if notice.when is not None:
            condition, conditions = conditions, conditions + 1
        notices.append([notice.audience, condition, dict(notice.texts)])
    found: dict[str, Any] = {
        "name": rule.name,
        "action": policy.header.actions.index(rule.action),
        "priority": rule.priority,
        "reason": rule.reason,
        "labels": list(rule.labels),
        "queues": list(rule.queues),
        "notices": notices,
        "redactions": [[pattern_ids[one.pattern], one.placeholder] for one in rule.redactions],
        "patterns": sorted(pattern_ids[name] for name in named.patterns),
        "lacks": [domains[name].index for name in named.facts if domains[name].fact.optional],
        "scores": sorted(score_numbers[name] for name in named.scores),
    }
    return {key: value for key, value in found.items() if key in ("name", "action") or value not in (None, 0, [])}
