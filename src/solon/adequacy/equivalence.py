"""Does a mutant mean the same as the policy? Proved, or not claimed.

In: the policy, then mutants of it. Two are the same where no situation (facts, messages, exemptions, time)
lets a rule fire, or leaves it undecided, in one of them alone.
"""

from __future__ import annotations

import time
from types import TracebackType

from solon.adequacy.mutants import without_rules
from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit
from solon.compiler.analyses.situations import RuleLits, Situations
from solon.dsl import ir

RULES_MAX = 2_000
"""For policies of more rules setting up the questions would take longer than asking is worth."""


class Equivalence:
    """Asks about one policy; to be closed, for the solver's memory is its own."""

    def __init__(self, policy: ir.Policy, *, seconds: float) -> None:
        self.policy = policy
        self._until = time.monotonic() + seconds
        self._clauses = Clauses(seconds)
        self._situations = Situations(policy, self._clauses) if len(policy.rules) <= RULES_MAX else None
        self._kept: list[ir.Rule] = []

    def __enter__(self) -> Equivalence:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clauses.close()

    def proved(self, mutant: ir.Policy) -> bool:
        """Is there no situation in which a rule comes out otherwise?"""
        if self._situations is None or time.monotonic() > self._until:
            return False
        old = {rule.name: rule for rule in self.policy.rules}
        gone = old.keys() - {rule.name for rule in mutant.rules}
        exemptions = without_rules(self.policy.exemptions, set(gone))
        if mutant.exemptions != exemptions or mutant.scores != self.policy.scores:
            return False
        # A rule less means the same where it can neither fire nor be undecided.
        for lits in (self._situations.rules[name] for name in gone):
            if not (self._never(lits.would_fire) and self._never(lits.would_be_undecided)):
                return False
        changed = [rule for rule in mutant.rules if rule is not old[rule.name]]
        return all(self._same(old[rule.name], rule) for rule in changed)

    def _same(self, old: ir.Rule, new: ir.Rule) -> bool:
        assert self._situations is not None
        was = self._situations.rules[old.name]
        conditions_differ = (old.when, old.unless) != (new.when, new.unless)
        if not conditions_differ:
            # Another action, notice or redaction shows wherever the rule fires.
            return self._never(was.fires) and (old.action == new.action or self._never(was.undecided))
        if _effects(old) != _effects(new):
            return False
        self._kept.append(new)  # the solver's literals are kept by the identity of nodes
        fires, undecided = self._lits(was, new)
        would_fire, would_be_undecided = self._lits(was, old)
        return self._equal(fires, would_fire) and self._equal(undecided, would_be_undecided)

    def _lits(self, was: RuleLits, rule: ir.Rule) -> tuple[Lit, Lit]:
        assert self._situations is not None
        every, now = self._clauses.all_of, self._situations.now
        true, false = now.pair(rule.when)
        excused = FALSE if rule.unless is None else now.pair(rule.unless)[0]
        counts = -was.exempted if was.exempted != FALSE else TRUE
        return every((true, -excused, counts)), every((-true, -false, -excused, counts))

    def _equal(self, one: Lit, other: Lit) -> bool:
        return self._never(self._clauses.all_of((one, -other))) and self._never(
            self._clauses.all_of((other, -one))
        )

    def _never(self, lit: Lit) -> bool:
        return self._clauses.never(lit)


def _effects(rule: ir.Rule) -> tuple[object, ...]:
    return (rule.action, rule.redactions, rule.notices)
