"""How conditions came out, node by node: what an explanation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solon.matcher.reference.conditions import Kleene, Situation, score_range, value
from solon.matcher.reference.effects import Match
from solon.matcher.reference.facts import Value
from solon.matcher.reference.rules import Outcome, is_live

Node = dict[str, Any]

TRACE_DEPTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Trace:
    """A node of a condition: its value, the fact that it asked for, the spans that it saw, the nodes below.

    `fact` is the fact's value, None where it is absent or the node asks for none. `score` is the range of
    the score that it compares, in millionths; the nodes below are then the conditions of the score's
    entries.
    """

    node: Node
    value: Kleene
    fact: Value | None = None
    spans: tuple[Match, ...] = ()
    score: tuple[int, int] | None = None
    parts: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule: did it count at that time, and how did its conditions come out?"""

    name: str
    live: bool
    when: Trace
    unless: Trace | None


def trace_rules(policy: Node, outcome: Outcome, at: int) -> dict[str, RuleTrace]:
    """Every rule, in the situation in which it was judged."""
    now = outcome.now
    return {
        rule["name"]: RuleTrace(
            rule["name"],
            is_live(rule, at, now.facts),
            trace(rule["when"], now),
            None if rule["unless"] is None else trace(rule["unless"], now),
        )
        for rule in policy["rules"]
    }


def trace(node: Node, now: Situation, depth: int = 0) -> Trace:
    """The node and those below it, down to where nobody would read on."""
    if depth == TRACE_DEPTH_MAX:
        return Trace(node, value(node, now))
    match node["node"]:
        case "And" | "Or":
            return Trace(
                node, value(node, now), parts=tuple(trace(part, now, depth + 1) for part in node["parts"])
            )
        case "Not" | "Defined":
            return Trace(node, value(node, now), parts=(trace(node["part"], now, depth + 1),))
        case "ScoreCompare":
            entries = now.scores[node["score"]]["entries"]
            parts = [trace(entry["when"], now, depth + 1) for entry in entries if entry["when"] is not None]
            counted = {entry["per_match_of"] for entry in entries if entry["per_match_of"] is not None}
            spans = tuple(match for pattern in sorted(counted) for match in _spans(pattern, None, now))
            return Trace(
                node, value(node, now), spans=spans, score=score_range(node["score"], now), parts=tuple(parts)
            )
        case "Contains" | "Count" | "MessageIs":
            return Trace(node, value(node, now), spans=_spans(node["pattern"], node.get("field"), now))
        case "Constant" | "Length":
            return Trace(node, value(node, now))
        case _:
            return Trace(node, value(node, now), fact=now.facts.get(node["fact"]))


def _spans(pattern: str, field: str | None, now: Situation) -> tuple[Match, ...]:
    if field not in now.scans:
        return ()
    text = now.scans[field].text
    return tuple(
        Match(pattern, start, end, text[start:end], field) for start, end in now.spans(pattern, field)
    )
