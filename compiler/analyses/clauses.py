"""Boolean formulas as clauses, and the questions put to the solver.

In: literals (integers, negative where negated). Out: literals for what `and`, `or` and sums make of them, and
answers: possible, impossible, or not decided within the budget. A gate that was asked for before is given
again, so that conditions that say the same share their literals.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from pysat.solvers import Glucose4  # type: ignore[import-untyped]

Lit: TypeAlias = int

TRUE: Final = 1
FALSE: Final = -1

CONFLICTS_A_QUESTION = 5_000
"""A question that takes more is not decided; the same on every machine."""


class Clauses:
    """A formula that grows, and its solver."""

    def __init__(self, seconds: float) -> None:
        self._solver = Glucose4(incr=False)
        self._top = 1
        self._gates: dict[frozenset[Lit], Lit] = {}
        self._model: list[Lit] = []
        self._held: set[Lit] = set()
        # The time that this thread has worked, so that a busy machine decides as much as an idle one.
        self._until = time.thread_time() + seconds
        self.subject = "what the policy means"
        """What is asked about at the moment, in words."""
        self.not_decided: dict[str, None] = {}
        """What was asked about and not answered."""
        self._solver.add_clause([TRUE])

    def close(self) -> None:
        """Give the solver's memory back."""
        self._solver.delete()

    @property
    def spent(self) -> bool:
        """Whether the time for all questions is over."""
        return time.thread_time() > self._until

    def wait(self, seconds: float) -> None:
        """Time that was spent on something else does not count."""
        self._until += seconds

    def new(self) -> Lit:
        """A variable of its own."""
        self._top += 1
        return self._top

    def add(self, *lits: Lit) -> None:
        """At least one of these holds."""
        self._solver.add_clause(lits)

    def implies(self, left: Lit, right: Lit) -> None:
        """Where `left` holds, `right` does."""
        if left != FALSE and right not in (TRUE, left):
            self.add(-left, right)

    def all_of(self, lits: Iterable[Lit]) -> Lit:
        """The literal of `a and b and …`."""
        parts = frozenset(lits) - {TRUE}
        if not parts:
            return TRUE
        if FALSE in parts or any(-one in parts for one in parts):
            return FALSE
        if len(parts) == 1:
            return next(iter(parts))
        gate = self._gates.get(parts)
        if gate is None:
            gate = self._gates[parts] = self.new()
            for one in parts:
                self.add(-gate, one)
            self.add(gate, *(-one for one in parts))
        return gate

    def any_of(self, lits: Iterable[Lit]) -> Lit:
        """The literal of `a or b or …`."""
        return -self.all_of(-one for one in lits)

    def choose(self, test: Lit, then: Lit, otherwise: Lit) -> Lit:
        """The literal of `then` where `test` holds, else of `otherwise`."""
        return self.any_of((self.all_of((test, then)), self.all_of((-test, otherwise))))

    def possible(self, *assumed: Lit) -> bool | None:
        """Can all of these hold together? None: not decided."""
        if FALSE in assumed:
            return False
        if self.spent:
            self.not_decided[self.subject] = None
            return None
        self._solver.conf_budget(CONFLICTS_A_QUESTION)
        answer = self._solver.solve_limited(assumptions=list(assumed))
        if answer:
            self._model = self._solver.get_model() or []
            self._held.update(self._model)
        if answer is None:
            self.not_decided[self.subject] = None
            return None
        return bool(answer)

    def refuted(self, *assumed: Lit) -> bool:
        """Is it proved that these cannot hold together? Nothing is remembered but `core`."""
        if FALSE in assumed:
            return False  # has no core; ask `possible`
        if self.spent:
            self.not_decided[self.subject] = None
            return False
        self._solver.conf_budget(CONFLICTS_A_QUESTION)
        answer = self._solver.solve_limited(assumptions=list(assumed))
        if answer is None:
            self.not_decided[self.subject] = None
        return answer is False

    def never(self, *assumed: Lit) -> bool:
        """Is it proved that these cannot hold together?"""
        # PERF: what held in an earlier answer need not be asked again; 5,000 questions become 600.
        if len(assumed) == 1 and assumed[0] in self._held:
            return False
        return self.possible(*assumed) is False

    def model(self) -> frozenset[Lit]:
        """What held in the last answer that was yes; a variable that no clause names holds nowhere."""
        return frozenset(self._model)

    def core(self) -> frozenset[Lit]:
        """Those of the literals assumed that the last answer, no, needed."""
        return frozenset(self._solver.get_core() or ())


class Ordered:
    """An integer within bounds (None: none), by literals "at least n", made as they are asked for."""

    def __init__(self, clauses: Clauses, least: int | None, most: int | None) -> None:
        self.clauses = clauses
        self.least = least
        self.most = most
        self.cuts: list[int] = []
        self._lits: dict[int, Lit] = {}

    def at_least(self, bound: int) -> Lit:
        """The literal of "this many or more"."""
        if self.least is not None and bound <= self.least:
            return TRUE
        if self.most is not None and bound > self.most:
            return FALSE
        if bound not in self._lits:
            lit = self._lits[bound] = self.clauses.new()
            place = bisect_left(self.cuts, bound)
            if place > 0:
                self.clauses.implies(lit, self._lits[self.cuts[place - 1]])
            if place < len(self.cuts):
                self.clauses.implies(self._lits[self.cuts[place]], lit)
            self.cuts.insert(place, bound)
        return self._lits[bound]

    def between(self, low: int, high: int) -> Lit:
        """The literal of "in this range, ends included"."""
        return self.clauses.all_of((self.at_least(low), -self.at_least(high + 1)))

    def compared(self, operator: str, value: int) -> Lit:
        """The literal of `x OPERATOR value`."""
        match operator:
            case "<":
                return -self.at_least(value)
            case "<=":
                return -self.at_least(value + 1)
            case ">":
                return self.at_least(value + 1)
            case ">=":
                return self.at_least(value)
            case "!=":
                return -self.between(value, value)
            case _:
                return self.between(value, value)

    def range_in(self, holding: frozenset[Lit]) -> tuple[int | None, int | None]:
        """The range that the literals leave; None where an end is open."""
        low, high = self.least, self.most
        for cut in self.cuts:
            if self._lits[cut] in holding:
                low = cut
            elif -self._lits[cut] in holding:
                high = cut - 1
                break
        return low, high

    def lits(self) -> Sequence[Lit]:
        """The literals of all the cuts."""
        return [self._lits[cut] for cut in self.cuts]
