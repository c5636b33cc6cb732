"""Two policies over the same situations.

In: an old and a new policy. Out: for each its `Situations` over the same literals: what both ask of a fact,
of a pattern that is made of the same, of the time, has one literal. A rule is the same by its name, or by one
that it had (`was`).
"""

from __future__ import annotations

from solon.compiler.analyses.clauses import FALSE, Clauses, Lit
from solon.compiler.analyses.presence import Pool, Presence
from solon.compiler.analyses.shared_facts import SharedFacts
from solon.compiler.analyses.situations import Open, RuleLits, Situations
from solon.compiler.changes.verdicts import Outcome
from solon.dsl import ir


class Joint:
    """Both policies, their situations and what comes out of them."""

    def __init__(self, old: ir.Policy, new: ir.Policy, clauses: Clauses) -> None:
        self.clauses = clauses
        self.facts = SharedFacts(clauses, old, new)
        self.pool = Pool(clauses, [old, new])
        self.open = Open(clauses)
        limits = old.header.incomplete, new.header.incomplete
        self.limit: Lit = FALSE if limits == (None, None) else clauses.new()
        """A limit was hit before all was looked at."""
        self.old = self._situations(old, self.facts.old)
        self.new = self._situations(new, self.facts.new)
        unlike = frozenset(change.name for change in self.facts.changes)
        self.old_outcome = Outcome(self.old, self.limit, unlike, "old")
        self.new_outcome = Outcome(self.new, self.limit, unlike, "new")
        self.heirs = heirs(old, new)

    def _situations(self, policy: ir.Policy, facts: object) -> Situations:
        presence = Presence(self.clauses, policy, self.pool)
        return Situations(policy, self.clauses, facts, presence, self.open)  # type: ignore[arg-type]

    def pairs(self) -> list[tuple[str, RuleLits | None, RuleLits | None]]:
        """Each rule as it was and as it is, by its name of today, or the one that it had if it is gone."""
        olds = dict(self.old.rules)
        found: list[tuple[str, RuleLits | None, RuleLits | None]] = []
        for name, lits in self.new.rules.items():
            found.append((name, olds.pop(self.heirs.get(name, name), None), lits))
        found += [(name, lits, None) for name, lits in olds.items()]
        return sorted(found, key=lambda one: one[0])


def heirs(old: ir.Policy, new: ir.Policy) -> dict[str, str]:
    """For rules of the new policy that are renamed: the name in the old one, each taken once."""
    olds = {rule.name for rule in old.rules}
    news = {rule.name for rule in new.rules}
    taken: set[str] = set()
    found: dict[str, str] = {}
    for rule in new.rules:
        former = [name for name in rule.was if name in olds and name not in news and name not in taken]
        if rule.name not in olds and former:
            found[rule.name] = former[0]
            taken.add(former[0])
    return found
