"""A whole policy as literals: which exemptions are in force, which rules fire, which are undecided.

In: a checked policy. Out: for each rule and each exemption the literals of what becomes of it in a
situation. A situation is all that a decision looks at: facts, the message, the texts of scanned facts, the
time. docs/semantics.md, "Rules", is what this says again.
"""

from __future__ import annotations

from dataclasses import dataclass

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit
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


class Situations:
    """All situations of a policy; `now` has the conditions as rules see them, `all` as exemptions see
    them."""

    def __init__(self, policy: ir.Policy, clauses: Clauses) -> None:
        self.policy = policy
        self.clauses = clauses
        self.facts = Facts(clauses, policy)
        self.presence = Presence(clauses, policy)
        self.all = Conditions(clauses, self.facts, self.presence, policy.scores, {})
        self.in_force = {one.name: self._in_force(one) for one in policy.exemptions}
        taken_by: dict[str, list[Lit]] = {}
        named_by: dict[str, list[Lit]] = {}
        for exemption in policy.exemptions:
            for pattern in exemption.patterns:
                taken_by.setdefault(pattern, []).append(self.in_force[exemption.name])
            for rule in exemption.rules:
                named_by.setdefault(rule, []).append(self.in_force[exemption.name])
        taken = {pattern: clauses.any_of(lits) for pattern, lits in taken_by.items()}
        self.now = Conditions(clauses, self.facts, self.presence, policy.scores, taken) if taken else self.all
        self.severity = {action: place for place, action in enumerate(policy.header.actions)}
        self.rules = {
            rule.name: self._rule(rule, clauses.any_of(named_by.get(rule.name, []))) for rule in policy.rules
        }

    def _in_force(self, exemption: ir.Exemption) -> Lit:
        when, _ = self.all.pair(exemption.when)
        if exemption.expires is None:
            return when
        # The time of a decision is open: it may have ended, or not.
        return self.clauses.all_of((when, self.clauses.new()))

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
        """Time and the share of a rollout are open, but for a rollout by a fact that is absent."""
        lits = []
        if rule.active_from is not None or rule.active_until is not None:
            lits.append(self.clauses.new())
        if rule.rollout is not None:
            lits += [self.clauses.new(), self.facts.known(rule.rollout.fact)]
        return self.clauses.all_of(lits) if lits else TRUE
