"""A situation to try: facts, a message and a time that should do what a model says.

In: a model. Out: a value for each fact and a message with the patterns that the model says are there.
Whoever gets it has to try it: a text may have more in it than was put there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from solon.compiler.analyses.clauses import TRUE, Lit
from solon.compiler.analyses.examples import number_near, value_near
from solon.compiler.analyses.shared_facts import Shared
from solon.compiler.changes.joint import Joint
from solon.compiler.changes.likely import Likely
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of a fact has to fall in a rollout, ends included, in millionths."""

    rule: str
    fact: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """What to give to a decision; values are canonical (dsl/ir.py), a fact that is left out is absent."""

    old_facts: tuple[tuple[str, ir.Kind, ir.FactValue], ...]
    new_facts: tuple[tuple[str, ir.Kind, ir.FactValue], ...]
    message: str
    at: int
    """Microseconds since 1970."""
    needs: tuple[tuple[int, str, str | None, bool], ...] = ()
    """Of a policy (0 the old one, 1 the new one) a pattern, in the message or a scanned fact: is it there?"""
    places: tuple[Place, ...] = ()
    free: frozenset[str] = frozenset()
    """Text facts of which only the start is asked for: anything may be put at their end."""


class Candidates:
    """Makes candidates for the models of a joint policy."""

    def __init__(self, joint: Joint) -> None:
        self.joint = joint
        self._likely = Likely(joint)

    def of(self, model: frozenset[Lit], needed: Iterable[Lit]) -> list[Candidate]:
        """Candidates for a model, the one with the least in its message first."""
        needed = frozenset(needed)
        messages = dict.fromkeys(self._likely.messages(model, needed))
        olds: list[tuple[str, ir.Kind, ir.FactValue]] = []
        news: list[tuple[str, ir.Kind, ir.FactValue]] = []
        free: set[str] = set()
        for shared in self.joint.facts.shared:
            value = self._value(shared, model, needed)
            if value is None:
                continue
            fact = shared.domain.fact
            if fact.kind.name == "text" and self._is_free(shared, model):
                free.add(fact.name)
            if shared.side != 1:
                olds.append((fact.name, fact.kind, value))
            if shared.side != 0:
                news.append((fact.name, fact.kind, value))
        low, high = self.joint.open.moment.range_in(model)
        now = 1_767_225_600_000_000  # 2026-01-01: some day, the same for all
        at = now if low is None else max(now, low)
        if high is not None and at > high:
            at = high
        places = []
        for (rule, fact_name), ordered in self.joint.open.places.items():
            least, most = ordered.range_in(needed)
            if (least, most) != (0, 999_999):
                places.append(Place(rule, fact_name, least or 0, 999_999 if most is None else most))
        needs = tuple(self._needs(needed))
        return [
            Candidate(tuple(olds), tuple(news), message, at, needs, tuple(places), frozenset(free))
            for message in messages
        ]

    def _value(self, shared: Shared, model: frozenset[Lit], needed: frozenset[Lit]) -> ir.FactValue | None:
        """A value as the model has it; None where the fact is absent."""
        domain, kind = shared.domain, shared.domain.fact.kind
        if shared.given != TRUE and shared.given not in model:
            return None
        if domain.is_set:
            return tuple(sorted(name for name, lit in shared.members.items() if lit in model or lit == TRUE))
        if kind.name == "scanned_text":
            return self._likely.text(domain.fact.name, model, needed)
        low, high = shared.value.range_in(model)
        assert low is not None and high is not None  # facts have bounds
        return _between(shared, low, high)

    def _needs(self, needed: frozenset[Lit]) -> Iterator[tuple[int, str, str | None, bool]]:
        for (field, number), lit in self.joint.pool.present.items():
            if lit in needed or -lit in needed:
                for side, one in enumerate((self.joint.old, self.joint.new)):
                    name = next((name for name, own in one.presence.numbers.items() if own == number), None)
                    if name is not None:
                        yield side, name, field, lit in needed
                        break

    def _is_free(self, shared: Shared, model: frozenset[Lit]) -> bool:
        low, _ = shared.value.range_in(model)
        return low == 0 or (low is not None and shared.domain.order[low - 1][1] == 1)


def _between(shared: Shared, low: int, high: int) -> ir.FactValue:
    """A value whose integer lies in the range."""
    domain = shared.domain
    kind = domain.fact.kind
    match kind.name:
        case "bool":
            return bool(low)
        case "enum":
            return kind.values[low]
        case "text":
            return _text(shared, low)
        case "number":
            return number_near(low, high) or 0.0
        case _:
            return value_near(domain, low, high)


def _text(shared: Shared, number: int) -> str:
    """A text of a class: itself, the start of one with something after it, or one that nobody asks for."""
    domain = shared.domain
    if number > 0:
        text, is_prefix = domain.order[number - 1]
        return text + "-" if is_prefix else text
    taken = (*domain.exact, *domain.prefixes)
    return next(text for text in map("x{}".format, count()) if not any(map(text.startswith, taken)))
