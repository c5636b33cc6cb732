"""What a condition names: facts, patterns and scores, through defines (and, where asked, through scores)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solon.compiler.decision.walk import walk
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class Named:
    """Names, each list sorted."""

    facts: tuple[str, ...]
    patterns: tuple[str, ...]
    scores: tuple[str, ...]


def named_in(*conditions: ir.Condition) -> Named:
    """What stands in the conditions themselves; a score is named, what it asks is not."""
    facts: set[str] = set()
    patterns: set[str] = set()
    scores: set[str] = set()
    for atom in walk(conditions):
        match atom:
            case ir.Contains(field=where, pattern=pattern):
                patterns.add(pattern)
                if where is not None:
                    facts.add(where)
            case ir.Count(pattern=pattern) | ir.MessageIs(pattern=pattern):
                patterns.add(pattern)
            case ir.ScoreCompare(score=score):
                scores.add(score)
            case ir.Constant() | ir.Length():
                pass
            case _:
                facts.add(atom.fact)
    return Named(tuple(sorted(facts)), tuple(sorted(patterns)), tuple(sorted(scores)))


def score_order(scores: tuple[ir.Score, ...]) -> list[ir.Score]:
    """The scores, each after those that its entries compare; by name where that leaves a choice.

    Raises ValueError where scores go round in a circle (the checker refuses such a policy).
    """
    by_name = {score.name: score for score in scores}
    needs = {
        score.name: set(named_in(*(entry.when for entry in score.entries if entry.when is not None)).scores)
        for score in scores
    }
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


def named_through_scores(scores: list[ir.Score]) -> Mapping[str, Named]:
    """For each score (in the order of `score_order`) all facts and patterns that its sum depends on."""
    found: dict[str, Named] = {}
    for score in scores:
        own = named_in(*(entry.when for entry in score.entries if entry.when is not None))
        counted = {entry.per_match_of for entry in score.entries if entry.per_match_of is not None}
        found[score.name] = together(own, found, counted)
    return found


def together(own: Named, scores: Mapping[str, Named], patterns: set[str] | None = None) -> Named:
    """What a condition names, with all that the scores in it depend on."""
    parts = [own, *(scores[name] for name in own.scores)]
    return Named(
        tuple(sorted({fact for part in parts for fact in part.facts})),
        tuple(sorted({pattern for part in parts for pattern in part.patterns} | (patterns or set()))),
        own.scores,
    )
