"""Is this JSON a policy? Every node has its fields, each of its kind, and every name that it uses is there.

What is read from an artifact may be damaged or made to hurt. After `verify` the interpreter may lean on the
shapes of dsl/ir.py; whatever breaks them is `Damaged`, with the node and the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solon.matcher import folding
from solon.matcher.errors import Damaged

Node = dict[str, Any]

NODES_DEEP_MAX = 700
"""JSON deeper than this is not what `check` lets through (200 levels of conditions, two steps each)."""

PATTERN = "Words Text Url Regex Entity Zone PatternRef AnyOf Except Near"
REGEX = "Chars CharSet Sequence Alternatives Repeat Assertion"
CONDITION = (
    "Constant And Or Not Defined FactIs FactCompare FactIn FactHas FactStartsWith Known Contains Count Length"
    " MessageIs ScoreCompare"
)
OPERATOR = "one of = != < <= > >="
LEVEL = "one of none basic strong"
KINDS = "one of bool int number enum set text scanned_text duration money time"
ENTITIES = "one of phone email url handle iban credit_card crypto_wallet ip_address postal_address money"

# Node to field to what stands there: a type, `one of` words, the name of a fact, pattern, score or action, or
# nodes of the kinds listed. `?` allows null, `*` makes it a list. Fields that are never read may be anything.
SHAPES: dict[str, dict[str, str]] = {
    "Policy": {
        "header": "Header", "facts": "* Fact", "patterns": "* Pattern", "scores": "* Score",
        "rules": "* Rule", "exemptions": "* Exemption",
    },
    "Header": {
        "actions": "* str", "default": "action", "undecided": "? action", "incomplete": "? action",
        "limit_bytes": "int",
    },
    "Fact": {"name": "str", "kind": "Kind", "default": "? value", "optional": "bool"},
    "Kind": {"name": KINDS, "values": "* str", "currency": "? str"},
    "Pattern": {"name": "str", "root": PATTERN},
    "Words": {"terms": "* term", "level": LEVEL},
    "Text": {"literals": "* str", "exact": "bool", "level": LEVEL},
    "Url": {"shapes": "* UrlShape", "level": LEVEL},
    "UrlShape": {"host": "str", "path": "?* str"},
    "Regex": {"root": REGEX, "cased": "bool", "level": LEVEL},
    "Entity": {"name": ENTITIES, "regions": "* str", "level": LEVEL},
    "Zone": {"name": "one of code quote url"},
    "PatternRef": {"name": "pattern"},
    "AnyOf": {"parts": f"* {PATTERN}"},
    "Except": {"kept": PATTERN, "removed": f"* {PATTERN}"},
    "Near": {
        "left": PATTERN, "right": PATTERN, "side": "one of near before after", "distance": "int",
        "unit": "one of words characters",
    },
    "Chars": {"text": "str"},
    "CharSet": {"ranges": "* range", "properties": "* property", "negated": "bool"},
    "Sequence": {"parts": f"* {REGEX}"},
    "Alternatives": {"parts": f"* {REGEX}"},
    "Repeat": {"part": REGEX, "least": "count", "most": "? count"},
    "Assertion": {"what": "one of boundary not_boundary start end"},
    "Constant": {"value": "bool"},
    "And": {"parts": f"* {CONDITION}"},
    "Or": {"parts": f"* {CONDITION}"},
    "Not": {"part": CONDITION},
    "Defined": {"name": "str", "part": CONDITION},
    "FactIs": {"fact": "fact"},
    "FactCompare": {"fact": "fact", "operator": OPERATOR, "value": "value"},
    "FactIn": {"fact": "fact", "values": "* value"},
    "FactHas": {"fact": "fact", "value": "str"},
    "FactStartsWith": {"fact": "fact", "prefix": "str"},
    "Known": {"fact": "fact"},
    "Contains": {"field": "? fact", "pattern": "pattern"},
    "Count": {"pattern": "pattern", "distinct": "bool", "operator": OPERATOR, "value": "int"},
    "Length": {"operator": OPERATOR, "value": "int"},
    "MessageIs": {"pattern": "pattern"},
    "ScoreCompare": {"score": "score", "operator": OPERATOR, "value": "int"},
    "Rule": {
        "place": "str", "name": "str", "when": CONDITION, "unless": f"? {CONDITION}", "action": "action",
        "redactions": "* Redaction", "notices": "* Notice", "reason": "? str", "labels": "* str",
        "queues": "* str", "priority": "int", "shadow": "bool", "rollout": "? Rollout",
        "active_from": "? int", "active_until": "? int",
    },
    "Redaction": {"pattern": "pattern", "placeholder": "? str"},
    "Notice": {"audience": "str", "when": f"? {CONDITION}", "texts": "* pair"},
    "Rollout": {"share": "int", "fact": "fact"},
    "Exemption": {
        "name": "str", "when": CONDITION, "rules": "* str", "patterns": "* pattern", "expires": "? int",
    },
    "Score": {"name": "str", "entries": "* ScoreEntry"},
    "ScoreEntry": {
        "points": "int", "when": f"? {CONDITION}", "per_match_of": "? pattern", "most": "? int",
    },
}  # fmt: skip

VALUE_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "number": (float, int), "enum": (str,), "text": (str,),
    "scanned_text": (str,), "duration": (int,), "money": (int,), "time": (int,), "set": (list,),
}  # fmt: skip
REPEATS_MAX = 1_000


def verify(policy: Any) -> None:
    """Nothing, where the JSON is a policy; else Damaged."""
    names = _names(policy)
    pending: list[tuple[Any, str, str, int]] = [(policy, "Policy", "Policy", 0)]
    while pending:
        value, wanted, where, depth = pending.pop()
        if depth > NODES_DEEP_MAX:
            raise Damaged(f"the policy in it is nested too deep, at {where}")
        if wanted.startswith("?"):
            if value is None:
                continue
            wanted = wanted[1:].lstrip()
        if wanted.startswith("* "):
            if not isinstance(value, list):
                raise _damaged(where)
            pending += [(one, wanted[2:], where, depth) for one in value]
        elif wanted[0].isupper():
            node = value.get("node") if isinstance(value, dict) else None
            if node not in wanted.split():
                raise _damaged(where)
            absent = [field for field in SHAPES[node] if field not in value]
            if absent:
                raise _damaged(f"{node}.{absent[0]}")
            pending += [
                (value[field], what, f"{node}.{field}", depth + 1) for field, what in SHAPES[node].items()
            ]
            _check_values(value, names["kind"], where)
        elif not _fits(value, wanted, names):
            raise _damaged(where)
    _refuse_cycles({score["name"]: score for score in policy["scores"]})


def _damaged(where: str) -> Damaged:
    return Damaged(f"the policy in it is not as it should be at {where}")


def _names(policy: Any) -> dict[str, Mapping[str, Any]]:
    """What each kind of name may be, as far as it can be read before anything is known to be right."""

    def named(part: str) -> dict[str, Any]:
        found = policy.get(part) if isinstance(policy, dict) else None
        nodes = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return {one["name"]: one for one in nodes if isinstance(one.get("name"), str)}

    header = policy.get("header") if isinstance(policy, dict) else None
    actions = header.get("actions") if isinstance(header, dict) else None
    facts = named("facts")
    return {
        "fact": facts,
        "kind": {name: fact.get("kind") for name, fact in facts.items()},
        "pattern": named("patterns"),
        "score": named("scores"),
        "action": {one: None for one in actions if isinstance(one, str)} if isinstance(actions, list) else {},
    }


def _fits(value: Any, wanted: str, names: Mapping[str, Mapping[str, Any]]) -> bool:
    """Is a value without nodes what is wanted?"""
    if wanted.startswith("one of "):
        return isinstance(value, str) and value in wanted.split()[2:]
    match wanted:
        case "str":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "count":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= REPEATS_MAX
        case "value":
            return isinstance(value, bool | int | float | str | list)  # its type is held against the fact's
        case "pair":
            return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
        case "term":
            return isinstance(value, str) or _is_open_term(value)
        case "range":
            return _is_range(value)
        case "property":
            return isinstance(value, list) and len(value) == 2 and value[0] in folding.property_names()
    return isinstance(value, str) and value in names[wanted]


def _is_open_term(value: Any) -> bool:
    """A term with an open side is a node; one without is a text."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("text"), str)
        and isinstance(value.get("open_left"), bool)
        and isinstance(value.get("open_right"), bool)
    )


def _is_range(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2 or not all(type(one) is int for one in value):
        return False
    return bool(0 <= value[0] <= value[1] <= 0x10FFFF)


def _check_values(node: Node, kinds: Mapping[str, Any], where: str) -> None:
    """The literals of a node are of the type of the fact that they are held against."""
    kind = node.get("kind") if node["node"] == "Fact" else kinds.get(str(node.get("fact")))
    types = VALUE_TYPES.get(str(kind.get("name"))) if isinstance(kind, dict) else None
    literals = {
        "Fact": [node.get("default")],
        "FactCompare": [node.get("value")],
        "FactIn": node.get("values"),
    }
    found = literals.get(node["node"], [])
    if types is None or not isinstance(found, list):
        return  # said where the fact, or the list, is looked at
    for one in found:
        wrong = not isinstance(one, types) or (isinstance(one, bool) and bool not in types)
        mixed = isinstance(one, list) and not all(isinstance(member, str) for member in one)
        if one is not None and (wrong or mixed):
            raise _damaged(where)


def _refuse_cycles(scores: Mapping[str, Node]) -> None:
    """A score may not ask for itself, through others or not."""
    asks: dict[str, set[str]] = {}
    for name, score in scores.items():
        pending: list[Any] = [score["entries"]]
        asks[name] = set()
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                if part.get("node") == "ScoreCompare":
                    asks[name].add(part["score"])
                pending += part.values()
            elif isinstance(part, list):
                pending += part
    while asks:
        free = [name for name, others in asks.items() if not others & asks.keys()]
        if not free:
            raise Damaged(f"the score {min(asks)} asks for itself")
        for name in free:
            del asks[name]
