"""What every analysis gets: the policy, its situations as literals, and the places of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from solon.compiler.analyses.clauses import Clauses
from solon.compiler.analyses.places import Names, Sources, name_span, names_in, span_of
from solon.compiler.analyses.situations import RuleLits, Situations
from solon.dsl import ir
from solon.dsl.source import Span


@dataclass(frozen=True, slots=True)
class Question:
    """A policy to find something out about."""

    situations: Situations
    sources: Sources

    @property
    def policy(self) -> ir.Policy:
        """The policy itself."""
        return self.situations.policy

    @property
    def clauses(self) -> Clauses:
        """What to ask."""
        return self.situations.clauses

    def span(self, place: ir.Place) -> Span:
        """A place to underline."""
        return span_of(place, self.sources)

    def name_of(self, named: ir.Rule | ir.Exemption | ir.Pattern) -> Span:
        """The name of a rule, an exemption or a pattern, to underline."""
        return name_span(named, self.sources)

    def names(self, *rules: RuleLits) -> Names:
        """What decides whether these rules fire: their conditions, and those of the exemptions that
        matter."""
        scores = {score.name: score for score in self.policy.scores}
        named = {one.rule.name for one in rules}
        conditions = [condition for one in rules for condition in (one.rule.when, one.rule.unless)]
        seen = names_in(conditions, scores)
        matter = [
            one.when
            for one in self.policy.exemptions
            if named.intersection(one.rules) or seen.patterns.intersection(one.patterns)
        ]
        return names_in([*conditions, *matter], scores)

    def names_of(self, conditions: Iterable[ir.Condition | None]) -> Names:
        """What conditions look at."""
        return names_in(conditions, {score.name: score for score in self.policy.scores})
