"""Conditions: true, false or unknown (None), by Kleene's three values.

`value` answers for a condition in a situation: known facts, texts with their spans, and the patterns whose
matches an exemption has taken away. `named` walks over what a condition names, through defines and scores.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from solon.matcher import folding
from solon.matcher.errors import Damaged
from solon.matcher.reference.facts import Value
from solon.matcher.reference.patterns import Scan
from solon.matcher.reference.spans import Span

Node = dict[str, Any]
Kleene = bool | None

COMPARE = {
    "=": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """All that a condition can look at. `scans` has the message under None and each present scanned fact."""

    facts: Mapping[str, Value]
    message: str
    scans: Mapping[str | None, Scan]
    scores: Mapping[str, Node]
    taken: frozenset[str] = frozenset()

    def spans(self, pattern: str, field: str | None = None) -> list[Span]:
        """The pattern's spans in the message or a scanned fact; none where an exemption took them."""
        return [] if pattern in self.taken else self.scans[field].spans(pattern)


def value(condition: Node, now: Situation) -> Kleene:
    """Is the condition true, false or unknown?"""
    match condition["node"]:
        case "Constant":
            return bool(condition["value"])
        case "And" | "Or":
            found: list[Kleene] = []
            for part in condition["parts"]:  # no comprehension: deep conditions need the frames
                found.append(value(part, now))
            return all_of(found) if condition["node"] == "And" else any_of(found)
        case "Not":
            return negation(value(condition["part"], now))
        case "Defined":
            return value(condition["part"], now)
        case "Known":
            return condition["fact"] in now.facts
        case "FactIs" | "FactCompare" | "FactIn" | "FactHas" | "FactStartsWith":
            name = condition["fact"]
            return of_fact(condition, now.facts[name]) if name in now.facts else None
        case "Contains":
            field = condition["field"]
            return bool(now.spans(condition["pattern"], field)) if field in now.scans else None
        case "Count":
            return bool(COMPARE[condition["operator"]](count(condition, now), condition["value"]))
        case "Length":
            return bool(COMPARE[condition["operator"]](len(now.message), condition["value"]))
        case "MessageIs":
            return covers(now.message, now.spans(condition["pattern"]))
        case "ScoreCompare":
            return in_range(condition["operator"], condition["value"], *score_range(condition["score"], now))
    raise Damaged(f"no such condition: {condition['node']}")


def all_of(values: list[Kleene]) -> Kleene:
    """False where one is false, else unknown where one is unknown, else true."""
    if False in values:
        return False
    return None if None in values else True


def any_of(values: list[Kleene]) -> Kleene:
    """True where one is true, else unknown where one is unknown, else false."""
    if True in values:
        return True
    return None if None in values else False


def negation(one: Kleene) -> Kleene:
    """Unknown stays unknown."""
    return None if one is None else not one


def of_fact(condition: Node, fact: Value) -> bool:
    """A condition on one fact whose value is known."""
    match condition["node"]:
        case "FactIs":
            return fact is True
        case "FactCompare":
            return bool(COMPARE[condition["operator"]](fact, condition["value"]))
        case "FactIn":
            return fact in condition["values"]
        case "FactHas":
            return isinstance(fact, tuple) and condition["value"] in fact
        case _:
            return isinstance(fact, str) and fact.startswith(condition["prefix"])


def count(condition: Node, now: Situation) -> int:
    """The number of spans, or of different texts that they have when folded."""
    found = now.spans(condition["pattern"])
    if not condition["distinct"]:
        return len(found)
    return len({folding.fold_text(now.message[start:end], "basic") for start, end in found})


def covers(message: str, found: list[Span]) -> bool:
    """Are there spans, and is all that stands outside of them white space, punctuation or invisible?"""
    place = 0
    for start, end in [*found, (len(message), len(message))]:
        if not all(map(means_nothing, message[place:start])):
            return False
        place = end
    return bool(found)


def means_nothing(character: str) -> bool:
    """White space, punctuation, or a character that folding drops."""
    return (
        folding.is_space(character)
        or folding.is_punctuation(character)
        or folding.image(character, "cased") == ""
    )


def score_range(name: str, now: Situation) -> tuple[int, int]:
    """The least and the greatest sum, in millionths; they differ where an entry is unknown."""
    least = greatest = 0
    for entry in now.scores[name]["entries"]:
        points = entry["points"]
        if entry["per_match_of"] is not None:
            points *= len(now.spans(entry["per_match_of"]))
            if entry["most"] is not None:
                points = min(points, entry["most"])
        applies = True if entry["when"] is None else value(entry["when"], now)
        if applies is True:
            least, greatest = least + points, greatest + points
        elif applies is None:
            least, greatest = least + min(0, points), greatest + max(0, points)
    return least, greatest


def in_range(sign: str, bound: int, least: int, greatest: int) -> Kleene:
    """A comparison that is decided where it is so for every value from the least to the greatest."""
    if sign == "!=":
        return negation(in_range("=", bound, least, greatest))
    if sign == "=":
        if least == greatest == bound:
            return True
        return None if least <= bound <= greatest else False
    compare = COMPARE[sign]  # < <= > >= hold for the whole range where they hold at both of its ends
    at_ends = {bool(compare(least, bound)), bool(compare(greatest, bound))}
    return at_ends.pop() if len(at_ends) == 1 else None


def named(condition: Node, scores: Mapping[str, Node]) -> Iterator[Node]:
    """Every atom (a node without conditions below it) that a condition names, through defines and scores."""
    pending = [condition]
    scores_seen = set()
    while pending:
        node = pending.pop()
        match node["node"]:
            case "And" | "Or":
                pending.extend(node["parts"])
            case "Not" | "Defined":
                pending.append(node["part"])
            case "ScoreCompare" if node["score"] not in scores_seen:
                scores_seen.add(node["score"])
                yield node
                for entry in scores[node["score"]]["entries"]:
                    if entry["when"] is not None:
                        pending.append(entry["when"])
                    if entry["per_match_of"] is not None:
                        yield {"node": "Contains", "field": None, "pattern": entry["per_match_of"]}
            case _:
                yield node


def patterns_named(condition: Node, scores: Mapping[str, Node]) -> set[tuple[str, str | None]]:
    """The patterns that a condition asks for, each with the field that it asks it of (None: the message)."""
    atoms = [atom for atom in named(condition, scores) if "pattern" in atom]
    return {(atom["pattern"], atom.get("field")) for atom in atoms}


def facts_named(condition: Node, scores: Mapping[str, Node]) -> set[str]:
    """The facts that a condition asks for, scanned ones included."""
    atoms = list(named(condition, scores))
    fields = {atom["field"] for atom in atoms if atom.get("field") is not None}
    return fields | {atom["fact"] for atom in atoms if "fact" in atom}
