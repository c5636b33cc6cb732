"""A whole policy as literals: which exemptions are in force, which rules fire, which are undecided.

In: a checked policy. Out: for each rule and each exemption the literals of what becomes of it in a
situation. A situation is all that a decision looks at: facts, the message, the texts of scanned facts, the
time. docs/semantics.md, "Rules", is what this says again.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit, Ordered
from solon.compiler.analyses.conditions import Conditions
from solon.compiler.analyses.fact_values import Facts
from solon.compiler.analyses.presence import Presence
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class RuleLits:
    """What may become of a rule; of a shadow rule what would become of it if it were none."""

    rule: ir.Rule
    when: Lit
    """Its `when` is true."""
    would_fire: Lit
    """It is live, its `when` is true and its `unless` is not; an exemption may still take it out."""
    would_be_undecided: Lit
    exempted: Lit
    """An exemption in force names it."""
    fires: Lit
    undecided: Lit


class Open:
    """What a decision looks at beside facts and texts: the time, and where a value falls in a rollout."""

    def __init__(self, clauses: Clauses) -> None:
        self.clauses = clauses
        self.moment = Ordered(clauses, None, None)
        """The time of the decision in microseconds since 1970."""
        self.places: dict[tuple[str, str], Ordered] = {}
        """For a rule and the fact that its rollout goes by: the place of the fact's value, in millionths."""
        self.sums: dict[Hashable, tuple[Ordered, Ordered]] = {}
        """Scores that have too many entries to be summed, by what they are made of."""

    def place(self, rule: str, fact: str) -> Ordered:
        """Where the value of a fact falls for a rule: the rollout takes those below its share."""
        if (rule, fact) not in self.places:
            self.places[rule, fact] = Ordered(self.clauses, 0, 999_999)
        return self.places[rule, fact]


class Situations:
    """All situations of a policy; `now` has the conditions as rules see them, `all` as exemptions see
    them.

    `facts`, `presence` and `open` are given where two policies are looked at together.
    """

    def __init__(
        self,
        policy: ir.Policy,
        clauses: Clauses,
        facts: Facts | None = None,
        presence: Presence | None = None,
        open: Open | None = None,
    ) -> None:
        self.policy = policy
        self.clauses = clauses
        self.facts = facts or Facts(clauses, policy)
        self.presence = presence or Presence(clauses, policy)
        self.open = open or Open(clauses)
        self.all = Conditions(clauses, self.facts, self.presence, policy.scores, {}, open_sums=self.open.sums)
        self.in_force = {one.name: self._in_force(one) for one in policy.exemptions}
        taken_by: dict[str, list[Lit]] = {}
        named_by: dict[str, list[Lit]] = {}
        for exemption in policy.exemptions:
            for pattern in exemption.patterns:
                taken_by.setdefault(pattern, []).append(self.in_force[exemption.name])
            for rule in exemption.rules:
                named_by.setdefault(rule, []).append(self.in_force[exemption.name])
        taken = {pattern: clauses.any_of(lits) for pattern, lits in taken_by.items()}
        self.now = self.all
        if taken:
            self.now = Conditions(
                clauses, self.facts, self.presence, policy.scores, taken, open_sums=self.open.sums
            )
        self.severity = {action: place for place, action in enumerate(policy.header.actions)}
        self.rules = {
            rule.name: self._rule(rule, clauses.any_of(named_by.get(rule.name, []))) for rule in policy.rules
        }

    def _in_force(self, exemption: ir.Exemption) -> Lit:
        when, _ = self.all.pair(exemption.when)
        if exemption.expires is None:
            return when
        return self.clauses.all_of((when, -self.open.moment.at_least(exemption.expires)))

    def _rule(self, rule: ir.Rule, exempted: Lit) -> RuleLits:
        every = self.clauses.all_of
        true, false = self.now.pair(rule.when)
        excused = FALSE if rule.unless is None else self.now.pair(rule.unless)[0]
        live = self._live(rule)
        would_fire = every((live, true, -excused))
        would_be_undecided = every((live, -true, -false, -excused))
        return RuleLits(
            rule=rule,
            when=true,
            would_fire=would_fire,
            would_be_undecided=would_be_undecided,
            exempted=exempted,
            fires=every((would_fire, -exempted)),
            undecided=every((would_be_undecided, -exempted)),
        )

    def _live(self, rule: ir.Rule) -> Lit:
        """Within its time, and for a rollout where the fact is known and among its share."""
        lits = [TRUE]
        if rule.active_from is not None:
            lits.append(self.open.moment.at_least(rule.active_from))
        if rule.active_until is not None:
            lits.append(-self.open.moment.at_least(rule.active_until))
        if rule.rollout is not None:
            lits.append(self.facts.known(rule.rollout.fact))
            lits.append(-self.open.place(rule.name, rule.rollout.fact).at_least(rule.rollout.share))
        return self.clauses.all_of(lits)
