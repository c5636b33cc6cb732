"""Scores as literals: "the sum is at least this much".

In: weights, each with the literal under which it counts. Out: the literal of "they add up to a bound or
more", exact, by a walk over the weights that remembers what is still wanted; None where that would grow
too large.
"""

from __future__ import annotations

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit

STEPS_MAX = 2_000
WEIGHTS_MAX = 60

Weights = tuple[tuple[int, Lit], ...]


class _TooMany(Exception):
    """The walk would grow too large."""


def sum_at_least(clauses: Clauses, weights: Weights, bound: int) -> Lit | None:
    """The literal of "the weights whose literals hold add up to `bound` or more"."""
    if len(weights) > WEIGHTS_MAX:
        return None
    least = [0] * (len(weights) + 1)
    most = [0] * (len(weights) + 1)
    for place in range(len(weights) - 1, -1, -1):
        weight = weights[place][0]
        least[place] = least[place + 1] + min(weight, 0)
        most[place] = most[place + 1] + max(weight, 0)
    seen: dict[tuple[int, int], Lit] = {}

    def wanted(place: int, bound: int) -> Lit:
        if bound <= least[place]:
            return TRUE
        if bound > most[place]:
            return FALSE
        key = (place, bound)
        if key not in seen:
            if len(seen) >= STEPS_MAX:
                raise _TooMany
            weight, lit = weights[place]
            seen[key] = clauses.choose(lit, wanted(place + 1, bound - weight), wanted(place + 1, bound))
        return seen[key]

    try:
        return wanted(0, bound)
    except _TooMany:
        return None
