"""The numbers that stand for names in the section and in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solon.compiler.decision.domains import Domain, domains_of
from solon.compiler.decision.names import Named, named_through_scores, score_order
from solon.compiler.decision.walk import conditions_of
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class Numbers:
    """Each mapping is in the order of its numbers; fields count from 1, field 0 is the message.

    `ordered_scores` is an order in which each score can be summed; `depends` says what each depends on;
    `slots` are the facts that a rollout hashes.
    """

    domains: Mapping[str, Domain]
    patterns: Mapping[str, int]
    fields: Mapping[str, int]
    scores: Mapping[str, int]
    slots: Mapping[str, int]
    ordered_scores: tuple[ir.Score, ...]
    depends: Mapping[str, Named]

    @property
    def pattern_count(self) -> int:
        return max(self.patterns.values(), default=-1) + 1


def numbers_of(policy: ir.Policy, pattern_ids: Mapping[str, int]) -> Numbers:
    """The numbers of a policy, the same whatever the order of its files."""
    scores = score_order(policy.scores)
    hashed = sorted({rule.rollout.fact for rule in policy.rules if rule.rollout is not None})
    return Numbers(
        domains_of(policy.facts, conditions_of(policy)),
        pattern_ids,
        _numbered([fact.name for fact in policy.facts if fact.kind.name == "scanned_text"], start=1),
        _numbered([score.name for score in scores]),
        _numbered(hashed),
        tuple(scores),
        named_through_scores(scores),
    )


def _numbered(names: list[str], start: int = 0) -> dict[str, int]:
    return {name: number for number, name in enumerate(names, start)}
