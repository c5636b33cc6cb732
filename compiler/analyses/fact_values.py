"""Facts as literals: known or absent, and where its value lies.

In: the facts of a policy and its conditions, cut into ranges as the compiler cuts them (decision/domains.py).
Out: for each question to a fact a pair of literals, true and false; a fact that is absent makes neither hold.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit, Ordered
from solon.compiler.decision.domains import (
    INT64_MAX,
    INT64_MIN,
    Domain,
    domains_of,
    float_key,
)
from solon.compiler.decision.walk import conditions_of
from solon.dsl import ir

Pair: TypeAlias = tuple[Lit, Lit]
"""Literals of "is true" and "is false"; where neither holds, it is unknown."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_MIN = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_TIME_MAX = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)

FactNode: TypeAlias = ir.FactIs | ir.FactCompare | ir.FactIn | ir.FactHas | ir.FactStartsWith | ir.Known


class Facts:
    """The literals of all facts; made as conditions ask for them."""

    def __init__(self, clauses: Clauses, policy: ir.Policy) -> None:
        self.clauses = clauses
        self.domains: dict[str, Domain] = domains_of(policy.facts, conditions_of(policy))
        self.values: dict[str, Ordered] = {}
        self.members: dict[str, dict[str, Lit]] = {}
        self._known: dict[str, Lit] = {}

    def put(self, domain: Domain, *, known: Lit, value: Ordered, members: dict[str, Lit]) -> None:
        """Take these for a fact that another policy has as well."""
        name = domain.fact.name
        self.domains[name] = domain
        self._known[name] = known
        self.values[name] = value
        self.members[name] = members

    def known(self, fact: str) -> Lit:
        """The literal of "this fact is not absent"."""
        if not self.domains[fact].fact.optional:
            return TRUE
        if fact not in self._known:
            self._known[fact] = self.clauses.new()
        return self._known[fact]

    def value(self, fact: str) -> Ordered:
        """Where the fact's value lies, as the integer that stands for it."""
        if fact not in self.values:
            self.values[fact] = Ordered(self.clauses, *bounds(self.domains[fact]))
        return self.values[fact]

    def asked(self, node: FactNode) -> Pair:
        """The literals of one question to a fact."""
        known = self.known(node.fact)
        if isinstance(node, ir.Known):
            return known, -known
        holds = self._holds(node)
        return self.clauses.all_of((known, holds)), self.clauses.all_of((known, -holds))

    def _holds(self, node: ir.FactIs | ir.FactCompare | ir.FactIn | ir.FactHas | ir.FactStartsWith) -> Lit:
        """The literal of the question where the fact is known."""
        domain = self.domains[node.fact]
        match node:
            case ir.FactHas(fact=fact, value=value):
                members = self.members.setdefault(fact, {})
                if value not in members:
                    members[value] = self.clauses.new()
                return members[value]
            case ir.FactIs(fact=fact):
                return self.value(fact).at_least(1)
            case ir.FactCompare(fact=fact, operator=operator, value=literal):
                return self.value(fact).compared(operator, domain.key(literal))
            case ir.FactIn(fact=fact, values=values):
                keys = [domain.key(one) for one in values]
                return self.clauses.any_of([self.value(fact).between(key, key) for key in keys])
            case ir.FactStartsWith(fact=fact, prefix=prefix):
                low, high = domain.starts_with(prefix)
                return self.value(fact).between(low, high) if low <= high else FALSE

    def lits(self, fact: str) -> list[Lit]:
        """All literals that say something about a fact."""
        found = [self._known[fact]] if fact in self._known else []
        if fact in self.values:
            found += self.values[fact].lits()
        return found + list(self.members.get(fact, {}).values())


def bounds(domain: Domain) -> tuple[int, int]:
    """The least and the greatest integer that stands for a value of the fact."""
    match domain.fact.kind.name:
        case "bool":
            return 0, 1
        case "enum":
            return 0, len(domain.fact.kind.values) - 1
        case "text" | "scanned_text":
            # Where "" is asked for as a start, every text starts with something that is mentioned.
            return (1 if "" in domain.prefixes else 0), len(domain.order)
        case "time":
            return _TIME_MIN, _TIME_MAX
        case "number":
            return float_key(float("-inf")), float_key(float("inf"))
        case _:
            return INT64_MIN, INT64_MAX
