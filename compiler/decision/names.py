"""What a condition names: facts, patterns and scores, through defines (and, where asked, through scores)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solon.compiler.decision.walk import walk
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class Named:
    """Names. A pattern comes with the scanned fact that it is asked of, "" for the message."""

    facts: frozenset[str]
    patterns: frozenset[tuple[str, str]]
    scores: frozenset[str]


def named_in(*conditions: ir.Condition) -> Named:
    """What stands in the conditions themselves; a score is named, what it asks is not."""
    facts: set[str] = set()
    patterns: set[tuple[str, str]] = set()
    scores: set[str] = set()
    for atom in walk(conditions):
        match atom:
            case ir.Contains(field=where, pattern=pattern):
                patterns.add((pattern, where or ""))
                if where is not None:
                    facts.add(where)
            case ir.Count(pattern=pattern) | ir.MessageIs(pattern=pattern):
                patterns.add((pattern, ""))
            case ir.ScoreCompare(score=score):
                scores.add(score)
            case ir.Constant() | ir.Length():
                pass
            case _:
                facts.add(atom.fact)
    return Named(frozenset(facts), frozenset(patterns), frozenset(scores))


def named_through_scores(scores: list[ir.Score]) -> dict[str, Named]:
    """For each score (in the order of `score_order`) itself and all that its sum depends on."""
    found: dict[str, Named] = {}
    for score in scores:
        own = through(named_in(*_whens(score)), found)
        counted = {(entry.per_match_of, "") for entry in score.entries if entry.per_match_of is not None}
        found[score.name] = Named(own.facts, own.patterns | counted, own.scores | {score.name})
    return found


def through(own: Named, scores: Mapping[str, Named]) -> Named:
    """What a condition names, with all that the scores in it depend on."""
    parts = [own, *(scores[name] for name in own.scores)]
    return Named(
        frozenset().union(*(part.facts for part in parts)),
        frozenset().union(*(part.patterns for part in parts)),
        frozenset().union(*(part.scores for part in parts)),
    )


def score_order(scores: tuple[ir.Score, ...]) -> list[ir.Score]:
    """The scores, each after those that its entries compare; by name where that leaves a choice.

    Raises ValueError where scores go round in a circle (the checker refuses such a policy).
    """
    by_name = {score.name: score for score in scores}
    needs = {score.name: set(named_in(*_whens(score)).scores) for score in scores}
    ordered: list[ir.Score] = []
    while needs:
        ready = sorted(name for name, needed in needs.items() if not needed)
        if not ready:
            raise ValueError(f"scores that need each other: {', '.join(sorted(needs))}")
        for name in ready:
            ordered.append(by_name[name])
            del needs[name]
        for needed in needs.values():
            needed.difference_update(ready)
    return ordered


def _whens(score: ir.Score) -> list[ir.Condition]:
    return [entry.when for entry in score.entries if entry.when is not None]
