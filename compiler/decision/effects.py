"""The schema: what Python reads at run time, beside the section that C reads.

In: the policy and the numbers that the section uses. Out: plain dicts, lists, strings and numbers (JSON), for
`matcher/schema.py`, which has the same fields with their types. Lists are in the order of the section's
numbers; what is empty is left out, so that most facts and rules are one short line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solon.compiler.decision.domains import Domain
from solon.compiler.decision.names import Named, named_in, through
from solon.compiler.decision.numbers import Numbers
from solon.dsl import ir


def schema_of(policy: ir.Policy, numbers: Numbers) -> dict[str, Any]:
    """The schema of a policy, with the numbers that its section uses."""
    patterns = [""] * numbers.pattern_count
    for name, number in numbers.patterns.items():
        patterns[number] = name
    rules = []
    conditions = 0
    for rule in policy.rules:
        rules.append(_rule(policy.header, rule, numbers, conditions))
        conditions += sum(notice.when is not None for notice in rule.notices)
    return {
        "policy": policy.header.name,
        "actions": list(policy.header.actions),
        "facts": [_fact(domain, numbers.slots) for domain in numbers.domains.values()],
        "fields": [numbers.domains[name].index for name in numbers.fields],
        "patterns": patterns,
        "scores": list(numbers.scores),
        "rules": rules,
        "exemptions": [exemption.name for exemption in policy.exemptions],
    }


def _fact(domain: Domain, slots: Mapping[str, int]) -> dict[str, Any]:
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


def _rule(header: ir.Header, rule: ir.Rule, numbers: Numbers, conditions: int) -> dict[str, Any]:
    """A rule's effects; `conditions` is the number of its first conditional notice."""
    notices = []
    for notice in rule.notices:
        condition = None
        if notice.when is not None:
            condition, conditions = conditions, conditions + 1
        notices.append([notice.audience, condition, [list(text) for text in notice.texts]])
    named = through(named_in(rule.when), numbers.depends)
    optional = [name for name in named.facts if numbers.domains[name].fact.optional]
    found: dict[str, Any] = {
        "priority": rule.priority,
        "reason": rule.reason,
        "labels": list(rule.labels),
        "queues": list(rule.queues),
        "notices": notices,
        "redactions": [[numbers.patterns[one.pattern], one.placeholder] for one in rule.redactions],
        "spans": _spans(rule, named, numbers),
        "lacks": sorted(numbers.domains[name].index for name in optional),
        "scores": sorted(numbers.scores[name] for name in named.scores),
    }
    always = {"name": rule.name, "action": header.actions.index(rule.action)}
    return always | {key: value for key, value in found.items() if value not in (None, 0, [])}


def _spans(rule: ir.Rule, named: Named, numbers: Numbers) -> list[list[int]]:
    """The (pattern, field) whose spans the verdict shows when the rule fires."""
    asked = named.patterns | {(one.pattern, "") for one in rule.redactions}
    return sorted([numbers.patterns[name], numbers.fields[where] if where else 0] for name, where in asked)
