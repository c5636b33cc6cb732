"""Declarations of facts: the kind of each, its default, whether it may be absent."""

from __future__ import annotations

from solon.dsl import ir, syntax
from solon.dsl.check_context import Context
from solon.dsl.kinds import KIND_NAMES
from solon.dsl.literals import value_of

FACTS_MAX = 10_000
ENUM_VALUES_MAX = 10_000
_NO_VALUES = frozenset({"true", "false"})


def check_kinds(ctx: Context) -> None:
    """Fills `ctx.kinds`; first of all, since conditions and defaults ask for them."""
    for index, (name, fact) in enumerate(ctx.names.facts.items()):
        if index == FACTS_MAX:
            ctx.report("too-large", fact.name.span, f"a policy has at most {FACTS_MAX:,} facts")
        ctx.kinds[name] = _kind(ctx, fact.type)


def check_facts(ctx: Context) -> tuple[ir.Fact, ...]:
    """All facts, sorted by name; those with a mistake are left out."""
    facts = (_fact(ctx, fact) for _, fact in sorted(ctx.names.facts.items()))
    return tuple(fact for fact in facts if fact is not None)


def _fact(ctx: Context, fact: syntax.Fact) -> ir.Fact | None:
    kind = ctx.kinds[fact.name.text]
    if fact.optional and fact.default is not None:
        ctx.report(
            "optional-with-default",
            fact.span,
            f"`{fact.name.text}` has a default and is `optional`; it can be one of them",
            help=("with a default an absent fact is known; with `optional` what is asked of it is unknown",),
        )
        return None
    if kind is None:
        return None
    default = None
    if fact.default is not None:
        default = value_of(ctx, fact.default, kind, f"`{fact.name.text}`")
        if default is None:
            return None
    return ir.Fact(ctx.place(fact.span), fact.name.text, kind, default, fact.optional)


def _kind(ctx: Context, type_: syntax.FactType) -> ir.Kind | None:
    name = type_.name.text
    if type_.arguments and name not in ("enum", "money"):
        ctx.report("bad-fact-type", type_.span, f"`{name}` takes nothing in parentheses")
        return None
    match name:
        case "enum":
            values = _enum_values(ctx, type_)
            return None if values is None else ir.Kind("enum", values)
        case "money":
            return _money(ctx, type_)
        case "set":
            return _set(ctx, type_)
        case "scanned text":
            return ir.Kind("scanned_text")
        case "bool" | "int" | "number" | "text" | "duration" | "time":
            return ir.Kind(name)
        case _:
            help = (f"there are {', '.join(f'`{one}`' for one in KIND_NAMES)}",)
            message = f"there is no type `{name}`"
            ctx.unknown("bad-fact-type", type_.name, message, KIND_NAMES, help=help, always=True)
            return None


def _enum_values(ctx: Context, type_: syntax.FactType) -> tuple[str, ...] | None:
    if not type_.arguments:
        message = "an `enum` names its values, as in `enum(none, offer)`"
        ctx.report("bad-fact-type", type_.span, message)
        return None
    if len(type_.arguments) > ENUM_VALUES_MAX:
        ctx.report("too-large", type_.span, f"an enum has at most {ENUM_VALUES_MAX:,} values")
        return None
    values: dict[str, syntax.Name] = {}
    wrong = False
    for value in type_.arguments:
        first = values.setdefault(value.text, value)
        if first is not value:
            wrong = True
            message = f"the enum has `{value.text}` twice"
            ctx.report("duplicate-name", value.span, message, secondary=((first.span, "the first one"),))
        elif value.text in _NO_VALUES:
            wrong = True
            message = f"a value cannot be called `{value.text}`; the type `bool` has that one"
            ctx.report("bad-fact-type", value.span, message)
    return None if wrong else tuple(values)


def _money(ctx: Context, type_: syntax.FactType) -> ir.Kind | None:
    currencies = [one.text for one in type_.arguments]
    if len(currencies) == 1:
        currency = currencies[0]
        if len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper():
            return ir.Kind("money", currency=currency)
    message = "`money` names one currency by its three capital letters, as in `money(USD)`"
    ctx.report("bad-fact-type", type_.span, message)
    return None


def _set(ctx: Context, type_: syntax.FactType) -> ir.Kind | None:
    element = type_.element
    if element is None:
        message = "a set says what is in it, as in `set of text` or `set of enum(a, b)`"
        ctx.report("bad-fact-type", type_.span, message)
        return None
    if element.name.text == "text" and not element.arguments:
        return ir.Kind("set")
    if element.name.text == "enum":
        values = _enum_values(ctx, element)
        return None if values is None else ir.Kind("set", values)
    message = f"a set holds `text` or the values of an `enum`, not `{element.name.text}`"
    ctx.report("bad-fact-type", element.span, message)
    return None
