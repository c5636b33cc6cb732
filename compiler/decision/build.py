"""Builds the section of the decision, and the schema beside it.

In: the policy and the number of each pattern. Out: `Decision(section, schema)`: the bytes that
`matcher/src/decide.h` describes, and what Python needs to read facts and to build verdicts (effects.py). The
same policy gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from solon.compiler.decision.columns import columns_of
from solon.compiler.decision.effects import schema_of
from solon.compiler.decision.nodes import Nodes
from solon.compiler.decision.numbers import Numbers, numbers_of
from solon.compiler.decision.rows import Row, Rows, cuts_of
from solon.compiler.decision.section import Roots, Standing, section_of
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class Decision:
    """`section` is for the engine, `schema` (plain lists, dicts, strings and numbers) for the verdict."""

    section: bytes
    schema: dict[str, Any]


def build_decision(policy: ir.Policy, pattern_ids: Mapping[str, int]) -> Decision:
    """The section and the schema of a policy whose patterns have these numbers.

    Raises nodes.TooDeep (a ValueError) where a condition nests deeper than the engine evaluates.
    """
    numbers = numbers_of(policy, pattern_ids)
    nodes = Nodes(numbers.domains, numbers.patterns, numbers.fields, numbers.scores)
    roots = _roots(policy, numbers, nodes)
    standing = _standing(nodes, roots)
    return Decision(section_of(policy, numbers, nodes, roots, standing), schema_of(policy, numbers))


def _roots(policy: ir.Policy, numbers: Numbers, nodes: Nodes) -> Roots:
    """Every condition's node. Scores come first: what compares one stands after what it asks."""
    roots = Roots()
    for number, score in enumerate(numbers.ordered_scores):
        entries = [None if entry.when is None else nodes.add(entry.when) for entry in score.entries]
        roots.entries.append(entries)
        roots.limits.append(len(nodes.table))
        nodes.score_depth[number] = max(
            (nodes.depth[node] for node in entries if node is not None), default=0
        )
    for exemption in policy.exemptions:
        roots.exempt.append(nodes.add(exemption.when))
    for rule in policy.rules:
        roots.when.append(nodes.add(rule.when))
        roots.guards.append(None if rule.unless is None else nodes.add(rule.unless, negated=True))
        roots.notices.append([nodes.add(notice.when) for notice in rule.notices if notice.when is not None])
    return roots


def _standing(nodes: Nodes, roots: Roots) -> Standing:
    """The rows of all exemptions, then of all rules: what must not be false for either to have an effect."""
    cuts = cuts_of(nodes)
    rows = Rows(nodes, cuts)
    conditions: list[int] = []
    found: list[Row] = []
    wanted: list[tuple[int | None, ...]] = [(node,) for node in roots.exempt]
    wanted += zip(roots.when, roots.guards, strict=True)
    for condition, needed in enumerate(wanted):
        for row in rows.of_all(*(node for node in needed if node is not None)):
            conditions.append(condition)
            found.append(row)
    return Standing(conditions, columns_of(found, cuts))
