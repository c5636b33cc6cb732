"""Conditions as literals, in Kleene's three values.

In: conditions of the typed IR, and literals for what they ask of facts and of the message. Out: for each
condition a pair, "is true" and "is false". What cannot be said exactly becomes a free literal, so that
what is proved of a pair holds for every way that it could have been said.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeAlias

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit, Ordered
from solon.compiler.analyses.fact_values import Facts, Pair
from solon.compiler.analyses.presence import Presence
from solon.compiler.analyses.sums import Weights, sum_at_least
from solon.dsl import ir

MessageNode: TypeAlias = ir.Contains | ir.Count | ir.Length | ir.MessageIs

PER_MATCH_STEPS_MAX = 10
"""An entry `1 per match of p up to 3` has three steps; with more than this the sum is left open."""


class Conditions:
    """The pairs of conditions, with `taken` as the literals of "an exemption took this pattern's spans"."""

    def __init__(
        self,
        clauses: Clauses,
        facts: Facts,
        presence: Presence,
        scores: tuple[ir.Score, ...],
        taken: Mapping[str, Lit],
        *,
        open_sums: dict[Hashable, tuple[Ordered, Ordered]] | None = None,
    ) -> None:
        self.clauses = clauses
        self.facts = facts
        self.presence = presence
        self._scores = {score.name: score for score in scores}
        self._taken = taken
        self._pairs: dict[int, Pair] = {}
        self.open_sums = {} if open_sums is None else open_sums

    def pair(self, root: ir.Condition) -> Pair:
        """The literals of a condition; each part is looked at once, however deep or shared it is."""
        pending = [root]
        while pending:
            node = pending[-1]
            if id(node) in self._pairs:
                pending.pop()
                continue
            parts = _parts(node)
            missing = [part for part in parts if id(part) not in self._pairs]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            self._pairs[id(node)] = self._joined(node, [self._pairs[id(part)] for part in parts])
        return self._pairs[id(root)]

    def _joined(self, node: ir.Condition, parts: list[Pair]) -> Pair:
        every, some = self.clauses.all_of, self.clauses.any_of
        match node:
            case ir.And():
                return every([one[0] for one in parts]), some([one[1] for one in parts])
            case ir.Or():
                return some([one[0] for one in parts]), every([one[1] for one in parts])
            case ir.Not():
                return parts[0][1], parts[0][0]
            case ir.Defined():
                return parts[0]
            case ir.Constant(value=value):
                return (TRUE, FALSE) if value else (FALSE, TRUE)
            case ir.ScoreCompare():
                return self.of_score(node)
            case ir.Contains() | ir.Count() | ir.Length() | ir.MessageIs():
                return self.of_message(node)
            case _:
                return self.facts.asked(node)

    def of_message(self, node: MessageNode) -> Pair:
        """The literals of one question to the message or a scanned fact."""
        match node:
            case ir.Length(operator=operator, value=value):
                lit = self.presence.length.compared(operator, value)
                return lit, -lit
            case ir.Count():
                lit = self._compared(node)
                return lit, -lit
            case ir.MessageIs(pattern=pattern):
                lit = self.clauses.all_of((self.presence.whole(pattern), -self._is_taken(pattern)))
                return lit, -lit
            case ir.Contains(field=field, pattern=pattern):
                present = self.presence.contains(pattern, field)
                lit = self.clauses.all_of((present, -self._is_taken(pattern)))
                if field is None:
                    return lit, -lit
                known = self.facts.known(field)
                return self.clauses.all_of((known, lit)), self.clauses.all_of((known, -lit))

    def _is_taken(self, pattern: str) -> Lit:
        return self._taken.get(pattern, FALSE)

    def _compared(self, node: ir.Count) -> Lit:
        """`count(p) OPERATOR n`, by "at least n" and "at least n + 1"."""
        low = self._at_least(node.pattern, node.value, node.distinct)
        high = self._at_least(node.pattern, node.value + 1, node.distinct)
        match node.operator:
            case "<":
                return -low
            case "<=":
                return -high
            case ">":
                return high
            case ">=":
                return low
            case "=":
                return self.clauses.all_of((low, -high))
            case _:
                return -self.clauses.all_of((low, -high))

    def _at_least(self, pattern: str, least: int, distinct: bool = False) -> Lit:
        if least <= 0:
            return TRUE
        found = self.presence.distinct if distinct else self.presence.count
        return self.clauses.all_of((found(pattern, least), -self._is_taken(pattern)))

    # ── Scores ───────────────────────────────────────────────────────────────────────────────────────

    def of_score(self, node: ir.ScoreCompare) -> Pair:
        """A score is a range from its least to its greatest sum; a comparison holds for all of it or is
        open."""
        least_here, most_here = self._sums(node.score, node.value)
        least_above, most_above = self._sums(node.score, node.value + 1)
        every = self.clauses.all_of
        match node.operator:
            case ">=":
                return least_here, -most_here
            case ">":
                return least_above, -most_above
            case "<":
                return -most_here, least_here
            case "<=":
                return -most_above, least_above
            case "=":
                return every((least_here, -most_above)), -every((most_here, -least_above))
            case _:
                return -every((most_here, -least_above)), every((least_here, -most_above))

    def _sums(self, score: str, bound: int) -> Pair:
        """The literals of "the least sum is at least `bound`" and of the same for the greatest."""
        weights = self._weights(self._scores[score])
        if weights is not None:
            least = sum_at_least(self.clauses, weights[0], bound)
            most = sum_at_least(self.clauses, weights[1], bound)
            if least is not None and most is not None:
                return least, most
        low, high = (one.at_least(bound) for one in self._open_sum(score))
        self.clauses.implies(low, high)
        return low, high

    def _open_sum(self, score: str) -> tuple[Ordered, Ordered]:
        """The ends of a sum that is left open: the same for scores that are made of the same."""
        key = tuple(sorted(self._entry_key(one) for one in self._scores[score].entries))
        if key not in self.open_sums:
            self.open_sums[key] = (Ordered(self.clauses, None, None), Ordered(self.clauses, None, None))
        return self.open_sums[key]

    def _entry_key(self, entry: ir.ScoreEntry) -> tuple[int, ...]:
        """All that an entry adds hangs on."""
        true, false = (TRUE, FALSE) if entry.when is None else self.pair(entry.when)
        pattern = entry.per_match_of
        if pattern is None:
            return entry.points, true, false
        most = -1 if entry.most is None else entry.most
        return entry.points, true, false, self.presence.numbers[pattern], most, self._is_taken(pattern)

    def _weights(self, score: ir.Score) -> tuple[Weights, Weights] | None:
        """What adds to the least sum and what to the greatest; None where an entry has no end."""
        least: list[tuple[int, Lit]] = []
        most: list[tuple[int, Lit]] = []
        for entry in score.entries:
            if entry.per_match_of is not None:
                steps = _steps(entry)
                if steps is None:
                    return None
                for number, step in enumerate(steps, 1):
                    weight = (step, self._at_least(entry.per_match_of, number))
                    least.append(weight)
                    most.append(weight)
                continue
            true, false = (TRUE, FALSE) if entry.when is None else self.pair(entry.when)
            certain, perhaps = (entry.points, true), (entry.points, -false)
            least.append(certain if entry.points >= 0 else perhaps)
            most.append(perhaps if entry.points >= 0 else certain)
        return tuple(least), tuple(most)


def _steps(entry: ir.ScoreEntry) -> list[int] | None:
    """What each further match adds, until the most is reached; None where that is too many or never."""
    if entry.points == 0:
        return []
    if entry.most is None or entry.points < 0 or entry.most > entry.points * PER_MATCH_STEPS_MAX:
        return None
    return [min(entry.points, entry.most - sum_) for sum_ in range(0, entry.most, entry.points)]


def _parts(node: ir.Condition) -> tuple[ir.Condition, ...]:
    match node:
        case ir.And(parts=parts) | ir.Or(parts=parts):
            return parts
        case ir.Not(part=part) | ir.Defined(part=part):
            return (part,)
        case _:
            return ()
