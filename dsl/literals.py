"""Literals of the syntax tree as values in canonical units, by the kind of the fact that takes them.

In: a literal and a kind. Out: a value as the typed IR holds it, or None after a report that says what the
fact takes. Numbers are exact throughout: a literal can have any number of digits, and none of them is
rounded away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from solon.dsl import ir, syntax
from solon.dsl.check_context import Context
from solon.dsl.diagnostics import Fix
from solon.dsl.kinds import DAY_US, INT_MAX, INT_MIN, MILLION, UNIT_US, listed, takes
from solon.dsl.source import Span

_Reader: TypeAlias = Callable[[Context, syntax.Literal, ir.Kind, str], "ir.FactValue | None"]

_DIGITS_MAX = 60
"""No number that fits into 64 bits, millionths included, needs as many."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


def value_of(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> ir.FactValue | None:
    """The literal as a value of the kind; `what` is what takes it, in backticks: "`sender.tenure`"."""
    return _READERS[kind.name](ctx, literal, kind, what)


def exact(ctx: Context, number: Decimal | int, unit: int, span: Span, *, what: str, part: str) -> int | None:
    """`number` times `unit` as a whole number of 64 bits; reports what is too large or has a fraction left.

    `part` is what the unit divides into, as in "millionths".
    """
    if isinstance(number, int):
        scaled = number * unit
    elif number.is_zero():
        scaled = 0
    elif number.adjusted() > _DIGITS_MAX:
        scaled = INT_MAX + 1
    else:
        fraction = _fraction(number)
        if fraction is None or (fraction * unit).denominator != 1:
            ctx.report("too-precise", span, f"{what} is kept in whole {part}, and {ctx.shown(span)} is finer")
            return None
        scaled = (fraction * unit).numerator
    if not INT_MIN <= scaled <= INT_MAX:
        ctx.report("out-of-range", span, f"{ctx.shown(span)} is more than 64 bits hold")
        return None
    return scaled


def _fraction(number: Decimal) -> Fraction | None:
    """The same number; None where it has more digits than any unit can want."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    power = int(exponent) + len(digits) - len(text)
    if len(text) > _DIGITS_MAX or power < -_DIGITS_MAX:
        return None
    return Fraction(int(text) * (-1 if sign else 1)) * Fraction(10) ** power


def time_of(ctx: Context, literal: syntax.TimeLiteral, *, end_of_day: bool = False) -> int | None:
    """Microseconds since 1970-01-01T00:00Z; of a date its start, with `end_of_day` the next one's."""
    found = _TIME.fullmatch(literal.text)
    if found is None:
        help = ("a date is written `2026-11-23`, a time `2026-11-23T10:00Z`",)
        ctx.report("no-such-time", literal.span, f"`{literal.text[:40]}` is no date or time", help=help)
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if hour is not None and zone is None:
        fix = Fix(literal.span, literal.text + "Z")
        ctx.report(
            "no-such-time",
            literal.span,
            "a time needs its zone",
            label=f"`{literal.text}Z` is UTC",
            fix=fix,
        )
        return None
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        unit = "day" if hour is None else "day or time of day"
        ctx.report("no-such-time", literal.span, f"there is no such {unit} as {ctx.shown(literal.span)}")
        return None
    micros = (at - _EPOCH) // timedelta(microseconds=1) + int((fraction or "").ljust(6, "0"))
    if zone is not None and zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 23 or minutes > 59:
            ctx.report("no-such-time", literal.span, f"there is no time zone `{zone}`")
            return None
        offset = (hours * 60 + minutes) * UNIT_US["minute"]
        micros -= offset if zone[0] == "+" else -offset
    return micros + DAY_US if end_of_day and hour is None else micros


# ── One reader for each kind ─────────────────────────────────────────────────────────────────────────


def _bool(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> bool | None:
    if isinstance(literal, syntax.BoolLiteral):
        return literal.value
    _wrong(ctx, literal, kind, what)
    return None


def _int(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> int | None:
    if isinstance(literal, syntax.IntLiteral):
        return exact(ctx, literal.value, 1, literal.span, what=what, part="numbers")
    _wrong(ctx, literal, kind, what)
    return None


def _number(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> float | None:
    if not isinstance(literal, (syntax.IntLiteral, syntax.DecimalLiteral)):
        _wrong(ctx, literal, kind, what)
        return None
    try:
        value = float(literal.value)
    except OverflowError:
        value = float("inf")
    if value in (float("inf"), float("-inf")):
        ctx.report("out-of-range", literal.span, f"{ctx.shown(literal.span)} is more than a number holds")
        return None
    # One zero: `-0.0` would be a second text for the same value.
    return value + 0.0


def _enum(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> str | None:
    if isinstance(literal, syntax.StringLiteral) and ctx.has_value(kind, literal.value):
        ctx.report(
            "wrong-kind",
            literal.span,
            f"{what} takes a word, not a text in quotes",
            label=f"write `{literal.value}` without quotes",
            fix=Fix(literal.span, literal.value, certain=True),
        )
        return None
    if not isinstance(literal, syntax.WordLiteral):
        _wrong(ctx, literal, kind, what)
        return None
    if ctx.has_value(kind, literal.text):
        return literal.text
    name = syntax.Name(literal.span, literal.text)
    ctx.unknown(
        "unknown-value",
        name,
        f"{what} has no value `{literal.text}`",
        kind.values,
        notes=(f"it has {listed(kind.values)}",),
        always=True,
    )
    return None


def _set(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> tuple[str, ...] | None:
    if not isinstance(literal, syntax.SetLiteral):
        _wrong(ctx, literal, kind, what)
        return None
    values: set[str] = set()
    wrong = False
    for item in literal.items:
        value = member_of(ctx, item, kind, what)
        if value is None:
            wrong = True
        else:
            values.add(value)
    return None if wrong else tuple(sorted(values))


def member_of(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> str | None:
    """A member of a set kind: one of its enum's words, or any text."""
    return (
        _enum(ctx, literal, ir.Kind("enum", kind.values), what)
        if kind.values
        else _text(ctx, literal, ir.Kind("text"), what)
    )


def _text(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> str | None:
    if isinstance(literal, syntax.StringLiteral):
        return literal.value
    if isinstance(literal, syntax.WordLiteral):
        quoted = f'"{literal.text}"'
        ctx.report(
            "wrong-kind",
            literal.span,
            f"{what} takes {takes(kind)}, not the word `{literal.text}`",
            label=f"write `{quoted}`",
            fix=Fix(literal.span, quoted, certain=True),
        )
        return None
    _wrong(ctx, literal, kind, what)
    return None


def _duration(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> int | None:
    if isinstance(literal, syntax.QuantityLiteral):
        return exact(ctx, literal.number, UNIT_US[literal.unit], literal.span, what=what, part="microseconds")
    if isinstance(literal, (syntax.IntLiteral, syntax.DecimalLiteral)):
        ctx.report(
            "wrong-unit",
            literal.span,
            f"{what} is a duration, and {ctx.shown(literal.span)} has no unit",
            label="of what?",
            help=("durations are written as in `3 days`, `6 hours`, `24 months`",),
        )
        return None
    _wrong(ctx, literal, kind, what)
    return None


def _money(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> int | None:
    if isinstance(literal, (syntax.IntLiteral, syntax.DecimalLiteral)):
        ctx.report(
            "wrong-currency",
            literal.span,
            f"{what} is money, and {ctx.shown(literal.span)} has no currency",
            label=f"it takes {kind.currency}",
        )
        return None
    if not isinstance(literal, syntax.MoneyLiteral):
        _wrong(ctx, literal, kind, what)
        return None
    if literal.currency != kind.currency:
        ctx.report(
            "wrong-currency",
            literal.currency_span,
            f"{what} is in {kind.currency}, not in {literal.currency}",
            label="Solon knows no exchange rates",
        )
        return None
    return exact(ctx, literal.number, MILLION, literal.span, what=what, part="millionths")


def _time(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> int | None:
    if isinstance(literal, syntax.TimeLiteral):
        return time_of(ctx, literal)
    _wrong(ctx, literal, kind, what)
    return None


def _wrong(ctx: Context, literal: syntax.Literal, kind: ir.Kind, what: str) -> None:
    """Reports a literal of another form than the kind takes."""
    code = "wrong-kind"
    if isinstance(literal, syntax.QuantityLiteral) and kind.name in ("int", "number", "money"):
        code = "wrong-unit"
    elif isinstance(literal, syntax.MoneyLiteral) and kind.name in ("int", "number", "duration"):
        code = "wrong-currency"
    ctx.report(code, literal.span, f"{what} takes {takes(kind)}, not {_form(ctx, literal)}")


def _form(ctx: Context, literal: syntax.Literal) -> str:
    """The literal with the name of its form, as in "the number `3`"."""
    match literal:
        case syntax.BoolLiteral() | syntax.WordLiteral():
            noun = "the word "
        case syntax.IntLiteral() | syntax.DecimalLiteral():
            noun = "the number "
        case syntax.StringLiteral():
            noun = "the text "
        case syntax.QuantityLiteral():
            noun = "the duration "
        case syntax.MoneyLiteral():
            noun = "the amount "
        case syntax.TimeLiteral():
            noun = "the time "
        case syntax.SetLiteral():
            noun = "the set "
    return noun + ctx.shown(literal.span)


_READERS: dict[str, _Reader] = {
    "bool": _bool,
    "int": _int,
    "number": _number,
    "enum": _enum,
    "set": _set,
    "text": _text,
    "scanned_text": _text,
    "duration": _duration,
    "money": _money,
    "time": _time,
}
