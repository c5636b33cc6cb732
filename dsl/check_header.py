"""The policy block: actions and their order, what happens where nothing or too little is known, limits."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from solon.dsl import ir, syntax
from solon.dsl.check_context import Context
from solon.dsl.kinds import INT_MAX, SIZE_BYTES
from solon.dsl.literals import exact
from solon.dsl.source import Span

LIMIT_BYTES_DEFAULT = 1024 * 1024
LIMIT_BYTES_MAX = 64 * 1024 * 1024
ACTIONS_MAX = 100


def check_header(ctx: Context) -> ir.Header | None:
    """The policy block; reports what is missing from it or does not fit, and that there is none."""
    block = ctx.names.header
    if block is None:
        if ctx.names.root_is_whole:
            ctx.report(
                "missing-policy-block",
                Span(ctx.names.root_path, 0, 0),
                "the file that a policy starts from needs a `policy` block",
                help=(
                    "for example `policy contact_sharing { actions allow < warn < block  default allow }`",
                ),
            )
        return None
    clauses = block.clauses
    actions = _actions(ctx, block)
    default = syntax.clause(clauses, syntax.Default)
    if default is None:
        _missing(ctx, block, "default", "`default allow` says what happens where no rule fires")
    undecided = syntax.clause(clauses, syntax.UndecidedAction)
    incomplete = syntax.clause(clauses, syntax.IncompleteAction)
    for clause in (default, undecided, incomplete):
        if clause is not None:
            check_action(ctx, clause.action)
    title = syntax.clause(clauses, syntax.Title)
    owner = syntax.clause(clauses, syntax.Owner)
    version = _version(ctx, syntax.clause(clauses, syntax.Version))
    limit_bytes = _limit_bytes(ctx, syntax.clause(clauses, syntax.Limit))
    if not actions or default is None or version is None or limit_bytes is None:
        return None
    return ir.Header(
        ctx.place(block.span),
        block.name.text,
        None if title is None else title.text.value,
        None if owner is None else owner.text.value,
        version,
        actions,
        default.action.text,
        None if undecided is None else undecided.action.text,
        None if incomplete is None else incomplete.action.text,
        limit_bytes,
    )


def check_action(ctx: Context, name: syntax.Name) -> str | None:
    """The action, or None after a report that the policy has none of that name."""
    if not ctx.actions:
        ctx.errors += 1  # that there are none is reported where they should be
        return None
    if name.text in ctx.actions:
        return name.text
    order = " < ".join(islice(ctx.actions, 20))
    notes = (f"the policy's actions are `{order}`",)
    message = f"there is no action `{name.text}`"
    ctx.unknown("unknown-action", name, message, ctx.actions, notes=notes, always=True)
    return None


def _actions(ctx: Context, block: syntax.PolicyBlock) -> tuple[str, ...]:
    clause = syntax.clause(block.clauses, syntax.Actions)
    if clause is None:
        _missing(ctx, block, "actions", "`actions allow < warn < block` names them from least to most severe")
        return ()
    if len(clause.names) > ACTIONS_MAX:
        ctx.report("too-large", clause.span, f"a policy has at most {ACTIONS_MAX} actions")
        return ()
    first: dict[str, syntax.Name] = {}
    for name in clause.names:
        earlier = first.setdefault(name.text, name)
        if earlier is not name:
            message = f"the action `{name.text}` stands twice in the order"
            ctx.report("duplicate-name", name.span, message, secondary=((earlier.span, "the first time"),))
    ctx.actions = first
    return tuple(first)


def _missing(ctx: Context, block: syntax.PolicyBlock, keyword: str, help: str) -> None:
    if not ctx.names.excuses(block.name.text):
        message = f"the policy `{block.name.text}` does not say its `{keyword}`"
        ctx.report("missing-clause", block.name.span, message, help=(help,))


def _version(ctx: Context, clause: syntax.Version | None) -> int | None:
    if clause is None:
        return 1
    number = clause.number
    if isinstance(number, syntax.IntLiteral) and 1 <= number.value <= INT_MAX:
        return number.value
    message = f"a version is a whole number from 1 on, not {ctx.shown(number.span)}"
    ctx.report("out-of-range", number.span, message)
    return None


def _limit_bytes(ctx: Context, clause: syntax.Limit | None) -> int | None:
    if clause is None:
        return LIMIT_BYTES_DEFAULT
    unit = clause.unit
    number = clause.number
    span = number.span.to(unit.span)
    limit = exact(ctx, Decimal(number.value), SIZE_BYTES[unit.text], span, what="the limit", part="bytes")
    if limit is None:
        return None
    if not 1 <= limit <= LIMIT_BYTES_MAX:
        message = f"a message's limit is from 1 B to {LIMIT_BYTES_MAX // 1024**2} MiB, not {ctx.shown(span)}"
        ctx.report("out-of-range", span, message)
        return None
    return limit
