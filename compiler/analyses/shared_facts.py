"""The facts of two policies as literals that both understand.

In: two policies. Out: for each its `Facts`, over the same literals as far as the facts are the same, and what
is different about the facts themselves. A fact that both declare alike is one thing. Where the kind is the
same and the default is not, the callers' value is the same thing, given or not. A fact whose kind changed is
two things that have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit, Ordered
from solon.compiler.analyses.fact_values import Facts, bounds
from solon.compiler.decision.domains import Domain, domains_of
from solon.compiler.decision.walk import conditions_of
from solon.dsl import ir


class Given(Ordered):
    """A fact's value for one policy: what callers give, else the default."""

    def __init__(self, given: Lit, base: Ordered, default: int | None) -> None:
        super().__init__(base.clauses, base.least, base.most)
        self.given = given
        self.base = base
        self.default = default

    def at_least(self, bound: int) -> Lit:
        """The literal of "this much or more"."""
        lit = self.base.at_least(bound)
        if self.default is None:
            return lit
        return self.clauses.choose(self.given, lit, TRUE if self.default >= bound else FALSE)


class Members(dict[str, Lit]):
    """A set fact's members for one policy, made as they are asked for."""

    def __init__(
        self, clauses: Clauses, given: Lit, base: dict[str, Lit], default: ir.FactValue | None
    ) -> None:
        super().__init__()
        self.clauses = clauses
        self.given = given
        self.base = base
        self.default = default

    def __contains__(self, member: object) -> bool:
        return True

    def __missing__(self, member: str) -> Lit:
        if member not in self.base:
            self.base[member] = self.clauses.new()
        lit = self.base[member]
        if isinstance(self.default, tuple):
            lit = self.clauses.choose(self.given, lit, TRUE if member in self.default else FALSE)
        self[member] = lit
        return lit


@dataclass(frozen=True, slots=True)
class FactChange:
    """What is different about a fact itself. `old` or `new` is None where the policy does not declare it."""

    name: str
    old: ir.Fact | None
    new: ir.Fact | None


@dataclass(slots=True)
class Shared:
    """What callers give for one fact: whether they do, its value, its members.

    `sides` says whether one policy looks at it (0 the old one, 1 the new one) or both (None).
    """

    domain: Domain
    side: int | None
    given: Lit
    value: Ordered
    members: dict[str, Lit]


class SharedFacts:
    """The facts of an old and a new policy. `old` and `new` are what their conditions are asked of."""

    def __init__(self, clauses: Clauses, old: ir.Policy, new: ir.Policy) -> None:
        self.clauses = clauses
        self.changes: list[FactChange] = []
        self.shared: list[Shared] = []
        self.old = Facts(clauses, old)
        self.new = Facts(clauses, new)
        conditions = [*conditions_of(old), *conditions_of(new)]
        olds = {fact.name: fact for fact in old.facts}
        news = {fact.name: fact for fact in new.facts}
        for name in sorted({*olds, *news}):
            before, after = olds.get(name), news.get(name)
            if before is not None and after is not None and _comparable(before.kind, after.kind):
                self._both(before, after, conditions)
                if _declared(before) != _declared(after):
                    self.changes.append(FactChange(name, before, after))
            else:
                for fact, facts, side in ((before, self.old, 0), (after, self.new, 1)):
                    if fact is not None:
                        self._one(fact, facts, side, conditions)
                self.changes.append(FactChange(name, before, after))

    def _both(self, before: ir.Fact, after: ir.Fact, conditions: list[ir.Condition]) -> None:
        kind = _joint(before.kind, after.kind)
        domain = _domain(replace(before, kind=kind), conditions)
        is_same = _declared(before) == _declared(after)
        may_be_absent = all(fact.optional or fact.default is not None for fact in (before, after))
        # Where one default serves both, callers who give nothing are those who give it.
        is_open = may_be_absent and (before.optional or after.optional or before.default != after.default)
        given = self.clauses.new() if is_open else TRUE
        shared = self._shared(domain, None, given)
        for fact, facts in ((before, self.old), (after, self.new)):
            default = None if is_same else fact.default
            self._put(facts, replace(fact, kind=kind), domain, shared, default)
        if before.kind.values != after.kind.values:
            common = [value for value in before.kind.values if value in after.kind.values]
            self._only(shared, kind, common, given)

    def _one(self, fact: ir.Fact, facts: Facts, side: int, conditions: list[ir.Condition]) -> None:
        domain = _domain(fact, conditions)
        shared = self._shared(domain, side, self.clauses.new() if fact.optional else TRUE)
        self._put(facts, fact, domain, shared, None)

    def _shared(self, domain: Domain, side: int | None, given: Lit) -> Shared:
        value = Ordered(self.clauses, *bounds(domain))
        shared = Shared(domain, side, given, value, {})
        self.shared.append(shared)
        return shared

    def _put(
        self, facts: Facts, fact: ir.Fact, domain: Domain, shared: Shared, default: ir.FactValue | None
    ) -> None:
        own = replace(domain, fact=fact)
        key = None if default is None or domain.is_set else key_of(own, default)
        facts.put(
            own,
            known=shared.given if fact.optional else TRUE,
            value=Given(shared.given, shared.value, key),
            members=Members(self.clauses, shared.given, shared.members, default),
        )

    def _only(self, shared: Shared, kind: ir.Kind, common: list[str], given: Lit) -> None:
        """Callers give what both policies take; what only one takes is told as a change of the fact."""
        if shared.domain.is_set:
            for value in kind.values:
                if value not in common:
                    shared.members[value] = FALSE
            return
        keys = [kind.values.index(value) for value in common]
        self.clauses.add(-given, *(shared.value.between(key, key) for key in keys))


def _comparable(before: ir.Kind, after: ir.Kind) -> bool:
    """Is a value of the one a value of the other, the values of enums aside?"""
    if before.name != after.name or before.currency != after.currency:
        return False
    if bool(before.values) != bool(after.values):
        return False  # a set of an enum, and one of texts
    return not before.values or not set(before.values).isdisjoint(after.values)


def _joint(before: ir.Kind, after: ir.Kind) -> ir.Kind:
    values = (*before.values, *(one for one in after.values if one not in before.values))
    return replace(before, values=values)


def _declared(fact: ir.Fact) -> tuple[object, ...]:
    """All that a declaration says; the order of an enum's values says nothing."""
    kind = (fact.kind.name, frozenset(fact.kind.values), fact.kind.currency)
    return kind, fact.default, fact.optional


def _domain(fact: ir.Fact, conditions: Iterable[ir.Condition]) -> Domain:
    defaults: list[ir.Condition] = []
    return domains_of((fact,), [*conditions, *defaults])[fact.name]


def key_of(domain: Domain, value: ir.FactValue) -> int:
    """The integer of a value; of a text that no condition names the class of those."""
    if domain.fact.kind.name not in ("text", "scanned_text"):
        return domain.key(value)
    text = str(value)
    if text in domain.exact:
        return domain.exact[text]
    longest = max((one for one in domain.prefixes if text.startswith(one)), key=len, default=None)
    return 0 if longest is None else domain.prefixes[longest]
