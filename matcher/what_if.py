"""What would have to differ: the nearest changes of facts that give another action.

A policy can tell only so many ranges and values of a fact apart: its thresholds and literals cut them. One
representative of each is tried, the nearest to the given value first, by deciding the same message again;
pairs of facts only where no single one makes a difference. The number of tries is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from solon.matcher.errors import FactError
from solon.matcher.reference.facts import EPOCH, INT_MAX, INT_MIN, Value
from solon.matcher.wording import member_text, value_text

Node = dict[str, Any]
Act = Callable[[Mapping[str, Any]], str]
"""From facts, as Python gives them, to the action."""

SINGLES_MAX = 400
PAIRS_MAX = 1_000
FOUND_MAX = 8
ORDERED = {"int", "number", "duration", "money", "time"}
FACT_ATOMS = {"FactIs", "FactCompare", "FactIn", "FactHas", "FactStartsWith", "Known"}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value, in canonical units; `to` is None where it would be absent.

    `words` go on from the fact: `were 24 months`, `had resume_writing`.
    """

    fact: str
    to: Value | None
    words: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Changes that together give another action."""

    changes: tuple[Change, ...]
    action: str


def nearest(
    policy: Node, values: Mapping[str, Value], action: str, act: Act, first: Iterable[str] = ()
) -> tuple[Alternative, ...]:
    """The nearest changes of one fact, else of two, that alter the action.

    `values` are the known facts in canonical units; `act` decides again; facts in `first` are tried first.
    """
    kinds = {fact["name"]: fact["kind"] for fact in policy["facts"]}
    changes = _all_changes(policy, values, set(first))
    found: dict[tuple[str, str], Alternative] = {}
    for change in changes[:SINGLES_MAX]:
        other = _try(act, values, kinds, (change,))
        if other is not None and other != action:
            found.setdefault((change.fact, other), Alternative((change,), other))
    if not found:
        for tries, pair in enumerate(_pairs(changes)):
            if tries == PAIRS_MAX or len(found) == FOUND_MAX:
                break
            other = _try(act, values, kinds, pair)
            if other is not None and other != action:
                key = (f"{pair[0].fact} {pair[1].fact}", other)
                found.setdefault(key, Alternative(pair, other))
    return tuple(found.values())[:FOUND_MAX]


def to_python(values: Mapping[str, Value], kinds: Mapping[str, Node]) -> dict[str, Any]:
    """Canonical values as a caller would give them."""
    return {name: _to_python(value, kinds[name]["name"]) for name, value in values.items()}


def _to_python(value: Any, kind: str) -> Any:
    match kind:
        case "duration":
            return timedelta(microseconds=value)
        case "time":
            return EPOCH + timedelta(microseconds=value)
        case "money":
            return Decimal((0 if value >= 0 else 1, tuple(int(digit) for digit in str(abs(value))), -6))
        case "set":
            return list(value)
    return value


def _try(
    act: Act, values: Mapping[str, Value], kinds: Mapping[str, Node], changes: tuple[Change, ...]
) -> str | None:
    """The action with the changes; None where such facts cannot be."""
    altered = dict(values)
    for change in changes:
        if change.to is None:
            altered.pop(change.fact, None)
        else:
            altered[change.fact] = change.to
    try:
        return act(to_python(altered, kinds))
    except (FactError, OverflowError):
        return None


def _pairs(changes: list[Change]) -> Iterator[tuple[Change, Change]]:
    return ((one, other) for one, other in combinations(changes, 2) if one.fact != other.fact)


def _all_changes(policy: Node, values: Mapping[str, Value], first: set[str]) -> list[Change]:
    """The changes worth a try, by turns from each fact, so that the nearest of all come first."""
    asked: dict[str, list[Node]] = {}
    for atom in _atoms([policy["rules"], policy["exemptions"], policy["scores"]]):
        name = atom["fact"] if "fact" in atom else atom["field"]
        asked.setdefault(name, []).append(atom)
    facts = [fact for fact in policy["facts"] if fact["name"] in asked]
    facts.sort(key=lambda fact: (fact["name"] not in first, fact["name"]))
    queues = [_changes(fact, asked[fact["name"]], values.get(fact["name"])) for fact in facts]
    longest = max(map(len, queues), default=0)
    return [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]


def _atoms(root: Any) -> Iterator[Node]:
    """Every condition on a fact, or on a scanned fact, anywhere below."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            if node.get("node") in FACT_ATOMS or (
                node.get("node") == "Contains" and node["field"] is not None
            ):
                yield node
            pending.extend(value for value in node.values() if isinstance(value, dict | list))


def _changes(fact: Node, atoms: list[Node], now: Value | None) -> list[Change]:
    """One representative of each range or value that the policy can tell apart, the nearest first."""
    name, kind = fact["name"], fact["kind"]
    if kind["name"] in ORDERED:
        found = _ordered(fact, _literals(atoms), now)
    elif kind["name"] == "set":
        found = _sets(fact, atoms, now)
    else:
        choices: dict[str, list[Any]] = {
            "bool": [False, True],
            "enum": list(kind["values"]),
            "scanned_text": [""],
            "text": [*_literals(atoms), *(atom["prefix"] for atom in atoms if "prefix" in atom), ""],
        }
        found = [Change(name, one, f"were {value_text(one, kind)}") for one in choices[kind["name"]]]
    if fact["optional"] and fact["default"] is None:
        found.append(Change(name, None, "were not given"))
    return [change for change in found if change.to != now]


def _literals(atoms: list[Node]) -> list[Any]:
    """What the fact is compared with."""
    compared = {atom["value"] for atom in atoms if atom["node"] == "FactCompare"}
    listed = {one for atom in atoms if atom["node"] == "FactIn" for one in atom["values"]}
    return sorted(compared | listed)


def _ordered(fact: Node, cuts: list[Any], now: Any) -> list[Change]:
    """Each threshold, and the closest values below and above it."""
    kind = fact["kind"]
    found: list[tuple[Any, str]] = []
    for cut in cuts:
        shown = value_text(cut, kind)
        if kind["name"] == "number":
            below, above = math.nextafter(cut, -math.inf), math.nextafter(cut, math.inf)
        else:
            below, above = cut - 1, cut + 1
        if kind["name"] == "int":
            words = (str(below), shown, str(above))
        else:
            words = (f"just under {shown}", shown, f"just over {shown}")
        nearby = ((below, words[0]), (cut, words[1]), (above, words[2]))
        found += [(to, text) for to, text in nearby if isinstance(to, float) or INT_MIN <= to <= INT_MAX]
    if now is not None:
        found.sort(key=lambda one: abs(one[0] - now))
    return [Change(fact["name"], to, f"were {text}") for to, text in found]


def _sets(fact: Node, atoms: list[Node], now: Any) -> list[Change]:
    """The set with one member more, or one less, of those that the policy asks for."""
    members = set(now or ())
    found = []
    for member in sorted({atom["value"] for atom in atoms if atom["node"] == "FactHas"}):
        verb = "had no" if member in members else "had"
        altered = tuple(sorted(members ^ {member}))
        found.append(Change(fact["name"], altered, f"{verb} {member_text(member, fact['kind'])}"))
    return found
