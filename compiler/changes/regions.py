"""Situations as a few conditions: what must be the case so that something is.

In: a literal that is possible. Out: regions, each a handful of literals that together make it certain, wide
ones rather than narrow ones, and in the author's own words where there are some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from solon.compiler.analyses.clauses import TRUE, Clauses, Lit

Ladders = Mapping[Lit, Sequence[Lit]]
"""For a bound ("at least 10") those that say less ("at least 3"), the widest first."""

Region = tuple[Lit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A region in words that authors know, what is taken for granted in it, what makes the goal certain in
    plain literals, and a model."""

    told: Region
    given: Region
    plain: Region
    model: frozenset[Lit]


class Regions:
    """Finds regions over the literals `asked`, of all that anything hangs on, bounds in rising order.

    `named` are literals that have a name of their own (defines), those that say more last: they go before.
    """

    def __init__(
        self, clauses: Clauses, asked: Sequence[Lit], named: Sequence[Lit], ladders: Ladders
    ) -> None:
        self.clauses = clauses
        self._asked = asked
        self._named = named
        self._ladders = ladders

    def around(self, goal: Lit, model: frozenset[Lit], context: Lit = TRUE) -> Found | None:
        """A region that the model is in and where `goal` holds; None where that is not decided.

        `context` is taken for granted where it holds in the model; the region says whether it has to be.
        """
        clauses = self.clauses
        held = [lit if lit in model else -lit for lit in self._asked]
        if not clauses.refuted(-goal, *held):
            return None
        core = clauses.core()
        plain = self._without_needless([lit for lit in held if lit in core], goal)
        if context != TRUE and (context not in model if context > 0 else -context in model):
            context = TRUE
        if context != TRUE and clauses.refuted(-goal, context, *held):
            core = clauses.core()
        given = [] if context == TRUE else [context]
        told = tuple(self._wider(goal, self._fewer(goal, [lit for lit in held if lit in core], given), given))
        if self._named:
            told = self._in_names(goal, model, told, given)
        if given and clauses.refuted(-goal, *told):
            given = []
        return Found(told, tuple(given), tuple(plain), model)

    def _without_needless(self, needed: list[Lit], goal: Lit) -> list[Lit]:
        """What a witness has to have, as little as possible; what it must not have may be more."""
        for lit in [one for one in needed if one > 0]:
            if lit in needed and self.clauses.refuted(-goal, *(one for one in needed if one != lit)):
                core = self.clauses.core()
                needed = [one for one in needed if one in core]
        return needed

    def _in_names(self, goal: Lit, model: frozenset[Lit], told: Region, given: list[Lit]) -> Region:
        """The same said by names as far as these say less, so that the region gets wider, never narrower."""
        # What a define is not says little: such literals go first, and then those that come first.
        named = [-lit for lit in self._named if lit not in model]
        named += [lit for lit in self._named if lit in model]
        named = [lit for lit in named if self.clauses.refuted(-lit, *told)]
        rest = self._fewer(goal, [lit for lit in told if lit not in named], [*named, *given])
        for lit in list(named):
            fewer = [one for one in named if one != lit]
            if self.clauses.refuted(-goal, *rest, *fewer, *given):
                named = fewer
        # With names beside them bounds may be wider, and some may have become needless.
        beside = [*named, *given]
        return (*self._wider(goal, self._fewer(goal, rest, beside), beside), *named)

    def _fewer(self, goal: Lit, needed: list[Lit], named: list[Lit]) -> list[Lit]:
        """As few as possible; of "less than" the low bounds go first, of "at least" the high ones."""
        for lit in [one for one in needed if one < 0] + [one for one in reversed(needed) if one > 0]:
            if lit in needed:
                fewer = [one for one in needed if one != lit]
                if self.clauses.refuted(-goal, *named, *fewer):
                    core = self.clauses.core()
                    needed = [one for one in fewer if one in core]
        return needed

    def _wider(self, goal: Lit, needed: list[Lit], named: list[Lit]) -> list[Lit]:
        """The same with each bound as wide as it may be."""
        for place, lit in enumerate(needed):
            ladder = self._ladders.get(lit, ())
            low, high = 0, len(ladder)  # the first of the ladder that suffices; `lit` itself does
            while low < high:
                middle = (low + high) // 2
                tried = [*needed[:place], ladder[middle], *needed[place + 1 :]]
                if self.clauses.refuted(-goal, *tried, *named):
                    high = middle
                else:
                    low = middle + 1
            if low < len(ladder):
                needed = [*needed[:place], ladder[low], *needed[place + 1 :]]
        return needed
