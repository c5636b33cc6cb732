"""Questions to facts: which kind of fact can be asked what, and with which literals.

One function for each form of question; each gives the node of the typed IR, or None after a report.
"""

from __future__ import annotations

from solon.dsl import ir, syntax
from solon.dsl.check_context import Context
from solon.dsl.kinds import COMPARABLE, describe, is_ordered, is_scanned
from solon.dsl.literals import member_of, value_of
from solon.dsl.source import Span


def use_fact(
    ctx: Context, name: syntax.Name, *, may_be_score: bool = False, may_be_message: bool = False
) -> ir.Kind | None:
    """The kind of the fact, which counts as used from now on; None where it has none, after a report."""
    names = ctx.names
    if name.text in names.facts:
        if ctx.in_pack:
            # A pack cannot know the facts of the policies that use it.
            _say(ctx, "pack-content", name.span, f"a pack cannot ask for facts, and `{name.text}` is one")
            return None
        ctx.used.facts.add(name.text)
        return ctx.kinds[name.text]
    for table, noun in ((names.defines, "define"), (names.scores, "score"), (names.patterns, "pattern")):
        if name.text in table:
            _say(ctx, "wrong-kind", name.span, f"`{name.text}` is a {noun}, and here stands a fact")
            return None
    or_score = "or score " if may_be_score and names.scores else ""
    also = (names.scores if may_be_score else (), ("message",) if may_be_message else ())
    help = () if names.facts else ("declare it in a block `facts { … }`",)
    message = f"there is no fact {or_score}`{name.text}`"
    ctx.unknown("unknown-fact", name, message, names.facts, also=also, help=help)
    return None


def compare(ctx: Context, node: syntax.Compare) -> ir.Condition | None:
    """`sender.tenure >= 24 months`"""
    name, operator = node.name.text, node.operator
    if name in ctx.names.defines:
        message = f"`{name}` is a define, which holds or does not"
        _say(ctx, "wrong-kind", node.span, message, f"write `{name}` or `not {name}`")
        return None
    kind = use_fact(ctx, node.name, may_be_score=True)
    if kind is None:
        return None
    if is_scanned(kind):
        _scanned(ctx, name, operator.span)
        return None
    if kind.name not in COMPARABLE:
        member = kind.values[0] if kind.values else '"…"'
        message = f"`{name}` is {describe(kind)}, and is asked for its members"
        _say(ctx, "wrong-kind", operator.span, message, f"write it as in `{name} has {member}`")
        return None
    if operator.text not in ("=", "!=") and not is_ordered(kind):
        message = f"`{name}` is {describe(kind)}, whose values have no order"
        _say(ctx, "wrong-kind", operator.span, message, "ask with `=`, `!=` or `in {…}`")
        return None
    value = value_of(ctx, node.value, kind, f"`{name}`")
    if value is None:
        return None
    return ir.FactCompare(ctx.place(node.span), name, operator.text, value)


def is_in(ctx: Context, node: syntax.In) -> ir.Condition | None:
    """`contract.state in {none, offer}`"""
    name = node.name.text
    kind = use_fact(ctx, node.name)
    if kind is None:
        return None
    if is_scanned(kind):
        _scanned(ctx, name, node.span)
        return None
    if kind.name == "set":
        message = f"`{name}` is {describe(kind)} itself, and is asked for its members"
        first, second = (*kind.values, "a", "b")[:2] if kind.values else ('"a"', '"b"')
        help = f"write it as in `{name} has {first} or {name} has {second}`"
        _say(ctx, "wrong-kind", node.span, message, help)
        return None
    if not node.values.items:
        _say(ctx, "empty-set", node.values.span, "nothing is in `{}`, so this never holds")
        return None
    values = [value_of(ctx, item, kind, f"`{name}`") for item in node.values.items]
    good = tuple(dict.fromkeys(value for value in values if value is not None))
    if any(value is None for value in values):
        return None
    return ir.FactIn(ctx.place(node.span), name, good)


def has(ctx: Context, node: syntax.Has) -> ir.Condition | None:
    """`job.categories has resume_writing`"""
    name = node.name.text
    kind = use_fact(ctx, node.name)
    if kind is None:
        return None
    if kind.name != "set":
        word = node.value.text if isinstance(node.value, syntax.WordLiteral) else "…"
        help = f"write `{name} = {word}`" if kind.name == "enum" else None
        _say(ctx, "wrong-kind", node.span, f"`{name}` is {describe(kind)}; only a set has members", help)
        return None
    value = member_of(ctx, node.value, kind, f"`{name}`")
    return None if value is None else ir.FactHas(ctx.place(node.span), name, value)


def starts_with(ctx: Context, node: syntax.StartsWith) -> ir.Condition | None:
    """`sender.id starts with "bot-"`"""
    name = node.name.text
    kind = use_fact(ctx, node.name)
    if kind is None:
        return None
    if is_scanned(kind):
        _scanned(ctx, name, node.span)
        return None
    if kind.name != "text":
        message = f"`{name}` is {describe(kind)}; only a text can be asked how it starts"
        _say(ctx, "wrong-kind", node.span, message)
        return None
    return ir.FactStartsWith(ctx.place(node.span), name, node.prefix.value)


def as_asked(name: str, kind: ir.Kind) -> str:
    """An example of a question to a fact of the kind, in backticks."""
    match kind.name:
        case "enum":
            return f"`{name} = {kind.values[0]}`"
        case "set":
            return f"`{name} has {kind.values[0] if kind.values else '…'}`"
        case "scanned_text":
            return f"`{name} contains …`"
        case "text":
            return f'`{name} = "…"`'
        case _:
            return f"`{name} >= …`"


def _scanned(ctx: Context, name: str, span: Span) -> None:
    message = f"`{name}` is a scanned text, and only patterns look into it"
    _say(ctx, "wrong-kind", span, message, f"write `{name} contains …`")


def _say(ctx: Context, code: str, span: Span, message: str, help: str | None = None) -> None:
    ctx.report(code, span, message, help=() if help is None else (help,))
