"""Conditions and values in the policy's own words, printed back from the typed IR."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

Node = dict[str, Any]

MILLION = 1_000_000
DAY = 86_400
UNITS = (
    ("year", 365 * DAY),
    ("month", 30 * DAY),
    ("week", 7 * DAY),
    ("day", DAY),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)
TEXT_CHARS_MAX = 80
DEPTH_MAX = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def condition_text(node: Node, kinds: Mapping[str, Node], depth: int = 0) -> str:
    """The condition as an author would write it; a define by its name."""
    if depth == DEPTH_MAX:
        return "…"
    match node["node"]:
        case "Constant":
            return "true" if node["value"] else "false"
        case "And" | "Or":
            return _joined(node, kinds, depth)
        case "Not":
            return f"not {_inside(node['part'], kinds, depth)}"
        case "Defined":
            return str(node["name"])
        case "FactIs":
            return str(node["fact"])
        case "FactCompare":
            fact = node["fact"]
            return f"{fact} {node['operator']} {value_text(node['value'], kinds[fact])}"
        case "FactIn":
            fact = node["fact"]
            return f"{fact} in {{{', '.join(value_text(one, kinds[fact]) for one in node['values'])}}}"
        case "FactHas":
            return f"{node['fact']} has {member_text(node['value'], kinds[node['fact']])}"
        case "FactStartsWith":
            return f"{node['fact']} starts with {quoted(node['prefix'])}"
        case "Known":
            return f"known({node['fact']})"
        case "Contains":
            return f"{node['field'] or 'message'} contains {node['pattern']}"
        case "Count":
            how = "distinct" if node["distinct"] else "count"
            return f"{how}({node['pattern']}) {node['operator']} {node['value']}"
        case "Length":
            return f"message.length {node['operator']} {node['value']}"
        case "MessageIs":
            return f"message is {node['pattern']}"
        case "ScoreCompare":
            return f"{node['score']} {node['operator']} {millionths_text(node['value'])}"
    raise ValueError(f"no such condition: {node['node']}")


def _joined(node: Node, kinds: Mapping[str, Node], depth: int) -> str:
    """`a and b`, `a or b`; what `contains any of` and `contains all of` became is turned back."""
    parts = node["parts"]
    word, listed = ("and", "all of") if node["node"] == "And" else ("or", "any of")
    subjects = {part.get("field") or "message" for part in parts}
    if len(parts) > 1 and len(subjects) == 1 and all(part["node"] == "Contains" for part in parts):
        return f"{subjects.pop()} contains {listed} {', '.join(part['pattern'] for part in parts)}"
    return f" {word} ".join(_inside(part, kinds, depth) for part in parts)


def _inside(node: Node, kinds: Mapping[str, Node], depth: int) -> str:
    text = condition_text(node, kinds, depth + 1)
    return f"({text})" if node["node"] in {"And", "Or"} else text


def value_text(value: Any, kind: Node) -> str:
    """A value in canonical units as a literal of its kind."""
    match kind["name"]:
        case "bool":
            return "true" if value else "false"
        case "text" | "scanned_text":
            return quoted(value)
        case "money":
            return f"{millionths_text(value)} {kind['currency']}"
        case "duration":
            return duration_text(value)
        case "time":
            return time_text(value)
        case "set":
            return f"{{{', '.join(member_text(one, kind) for one in value)}}}"
        case "number":
            return repr(float(value)).removesuffix(".0")
    return str(value)


def member_text(member: str, kind: Node) -> str:
    """A member of a set: an enum's name as it is, a text quoted."""
    return member if kind["values"] else quoted(member)


def millionths_text(millionths: int) -> str:
    """`5`, `0.25`, `-3`: decimals only where needed."""
    whole, rest = divmod(abs(millionths), MILLION)
    digits = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return f"-{digits}" if millionths < 0 else digits


def duration_text(micros: int) -> str:
    """`24 months`: in the largest unit that divides it."""
    unit, seconds = next((one for one in UNITS if micros and micros % (one[1] * MILLION) == 0), UNITS[-1])
    number = millionths_text(micros // seconds)
    return f"{number} {unit}" if number in {"1", "-1"} else f"{number} {unit}s"


def time_text(micros: int) -> str:
    """`2026-11-23` or `2026-11-23T10:00:05Z`; parts of a second are left out."""
    moment = EPOCH + timedelta(seconds=micros // MILLION)
    date = f"{moment.year:04}-{moment:%m-%d}"
    return date if moment.time() == time() else f"{date}T{moment:%H:%M:%S}Z"


def quoted(text: str) -> str:
    """In quotes, cut where it is long; characters that cannot be seen are shown as their numbers."""
    cut = text[:TEXT_CHARS_MAX]
    shown = "".join(_visible(character) for character in cut)
    return f'"{shown}"' + ("…" if len(cut) < len(text) else "")


def _visible(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == "\n":
        return "\\n"
    return character if character.isprintable() else f"\\u{{{ord(character):X}}}"
