"""The kinds of facts: which there are, what may be asked of each, and how to name them to an author.

In: a kind of the typed IR. Out: answers (`is_ordered`) and phrases (`takes`). No state, no diagnostics.
"""

from __future__ import annotations

from solon.dsl import ir

KIND_NAMES = ("bool", "int", "number", "enum", "set of", "text", "scanned text", "duration", "money", "time")
"""The type names as an author writes them."""

ORDERED = frozenset({"int", "number", "duration", "money", "time"})
"""Kinds of which one value can be less than another."""

COMPARABLE = ORDERED | {"bool", "enum", "text"}
"""Kinds that `=` and `!=` take; a set has `has`, a scanned text `contains`."""

ROLLOUT_KINDS = frozenset({"text", "int", "enum"})
"""Kinds whose values a rollout can be divided by."""

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
"""The range of everything that is kept as a whole number: ints, microseconds, millionths."""

MILLION = 1_000_000
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
UNIT_US = {
    "second": SECOND_US,
    "minute": 60 * SECOND_US,
    "hour": 3_600 * SECOND_US,
    "day": DAY_US,
    "week": 7 * DAY_US,
    "month": 30 * DAY_US,
    "year": 365 * DAY_US,
}
"""What one of a duration's units is in microseconds."""

SIZE_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024 * 1024}

_LISTED_MAX = 8


def is_ordered(kind: ir.Kind) -> bool:
    """May `<` and its like be asked of it?"""
    return kind.name in ORDERED


def is_scanned(kind: ir.Kind) -> bool:
    """Is it text that patterns apply to?"""
    return kind.name == "scanned_text"


def describe(kind: ir.Kind) -> str:
    """The kind with its article, as in "an enum", "a set of text"."""
    match kind.name:
        case "int" | "enum":
            return f"an {kind.name}"
        case "set":
            return "a set of text" if not kind.values else "a set of enum values"
        case "scanned_text":
            return "a scanned text"
        case "money":
            return f"money in {kind.currency}"
        case "text" | "time":
            return "a text" if kind.name == "text" else "a time"
        case name:
            return f"a {name}"


def takes(kind: ir.Kind) -> str:
    """What a value of the kind looks like, as in "a duration such as `3 days`"."""
    match kind.name:
        case "bool":
            return "`true` or `false`"
        case "int":
            return "a whole number such as `10`"
        case "number":
            return "a number such as `0.8`"
        case "enum":
            return f"one of {listed(kind.values)}"
        case "set":
            if not kind.values:
                return 'a set of texts such as `{"a", "b"}`'
            return f"a set such as `{{{', '.join(kind.values[:2])}}}`"
        case "text" | "scanned_text":
            return 'a text in quotes such as `"abc"`'
        case "duration":
            return "a duration such as `3 days`"
        case "money":
            return f"an amount such as `100 {kind.currency}`"
        case "time":
            return "a date or a time such as `2026-11-23` or `2026-11-23T10:00Z`"
        case other:
            raise ValueError(f"{other} is no kind of fact")


def listed(names: tuple[str, ...]) -> str:
    """The names in backticks with commas; of many the first few and how many more there are."""
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED_MAX])
    more = len(names) - _LISTED_MAX
    return f"{shown} and {more} more" if more > 0 else shown


def counted(number: int, noun: str) -> str:
    """The number with its noun, as in "1 rule", "3 rules"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
