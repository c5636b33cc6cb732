"""Exemptions and scores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from solon.dsl import ir, syntax
from solon.dsl.check_conditions import Conditions, use_pattern
from solon.dsl.check_context import POLICY_NODES_MAX, Context
from solon.dsl.diagnostics import Fix
from solon.dsl.kinds import MILLION, counted
from solon.dsl.literals import exact, time_of

EXPIRES_SOON_DAYS = 30
SCORE_ENTRIES_MAX = 1_000
POINTS_MAX = 10_000
"""In millionths and for every one of a long message's matches, still far from what 64 bits hold."""


def check_exemptions(ctx: Context, conditions: Conditions) -> tuple[ir.Exemption, ...]:
    """All exemptions, sorted by name; those with a mistake are left out."""
    by_label: dict[str, set[str]] = {}
    for name, rule in ctx.names.rules.items():
        for clause in syntax.clauses(rule.clauses, syntax.Label):
            for label in clause.names:
                by_label.setdefault(label.text, set()).add(name)
    checked = (
        _exemption(ctx, conditions, node, by_label) for _, node in sorted(ctx.names.exemptions.items())
    )
    return tuple(one for one in checked if one is not None)


def _exemption(
    ctx: Context, conditions: Conditions, node: syntax.Exempt, by_label: dict[str, set[str]]
) -> ir.Exemption | None:
    clauses = node.clauses
    when_clause = syntax.clause(clauses, syntax.When)
    if when_clause is None:
        _missing(ctx, node, "`when`", "`when true` exempts always")
    when = None if when_clause is None else conditions.check(when_clause.condition)
    rules: set[str] = set()
    patterns: set[str] = set()
    good = _targets(ctx, node, by_label, rules, patterns)
    expires_clause = syntax.clause(clauses, syntax.Expires)
    expires = None
    if expires_clause is not None:
        expires = time_of(ctx, expires_clause.at, end_of_day=True)
        if expires is None:
            return None
        _warn_of_end(ctx, node, expires_clause, expires)
    if when is None or not good:
        return None
    reason = syntax.clause(clauses, syntax.Reason)
    owner = syntax.clause(clauses, syntax.Owner)
    return ir.Exemption(
        ctx.place(node.span),
        node.name.text,
        when,
        tuple(sorted(rules)),
        tuple(sorted(patterns)),
        None if reason is None else reason.text.value,
        None if owner is None else owner.text.value,
        expires,
    )


def _missing(ctx: Context, node: syntax.Exempt, what: str, help: str) -> None:
    if not ctx.names.excuses(node.name.text):
        message = f"the exemption `{node.name.text}` has no {what}"
        ctx.report("missing-clause", node.name.span, message, help=(help,))


def _targets(
    ctx: Context, node: syntax.Exempt, by_label: dict[str, set[str]], rules: set[str], patterns: set[str]
) -> bool:
    """Puts what the exemption takes out into `rules` and `patterns`; False after a report."""
    targets = [one for clause in syntax.clauses(node.clauses, syntax.FromTargets) for one in clause.targets]
    if not targets:
        _missing(
            ctx, node, "`from`, so it exempts from nothing", "name a rule, `pattern p`, `label x` or `all`"
        )
        return False
    good = True
    for target in targets:
        if ctx.node_count > POLICY_NODES_MAX:
            ctx.errors += 1  # said once, for the first that is too much
            return False
        name = target.name
        if name is None:
            rules.update(ctx.names.rules)
        elif target.what == "pattern":
            good = use_pattern(ctx, name) is not None and good
            patterns.add(name.text)
        elif target.what == "label":
            if name.text not in by_label:
                good = False
                message = f"no rule has the label `{name.text}`"
                ctx.unknown("unknown-label", name, message, by_label)
            rules.update(by_label.get(name.text, ()))
        else:
            help = f"an exemption from a pattern's matches says `pattern {name.text}`"
            good = check_rule_name(ctx, name, help) is not None and good
            rules.add(name.text)
    before = ctx.node_count
    ctx.node_count += len(rules) + len(patterns)
    if before <= POLICY_NODES_MAX < ctx.node_count:
        message = f"with these the exemptions name more than {POLICY_NODES_MAX:,} rules"
        ctx.report("too-large", node.name.span, message)
        return False
    if good and not rules and not patterns:
        if not ctx.names.broken and not ctx.names.incomplete:
            message = f"the policy has no rules, so `{node.name.text}` exempts from nothing"
            ctx.report("missing-clause", node.name.span, message)
        return False
    return good


def check_rule_name(ctx: Context, name: syntax.Name, help: str | None = None) -> str | None:
    """The rule's name; None after a report that there is none; `help` is for where it is a pattern's."""
    names = ctx.names
    if name.text in names.rules:
        return name.text
    if name.text in names.patterns:
        message = f"`{name.text}` is a pattern, and here stands a rule"
        ctx.report("unknown-rule", name.span, message, help=() if help is None else (help,))
        return None
    message = f"there is no rule `{name.text}`"
    heir = names.former.get(name.text)
    if heir is not None:
        label = f"it is called `{heir}` now"
        ctx.report("unknown-rule", name.span, message, label=label, fix=Fix(name.span, heir, certain=True))
        return None
    ctx.unknown("unknown-rule", name, message, names.rules)
    return None


def _warn_of_end(ctx: Context, node: syntax.Exempt, clause: syntax.Expires, expires: int) -> None:
    today = datetime(ctx.today.year, ctx.today.month, ctx.today.day, tzinfo=UTC)
    now = (today - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    days = (expires - now) // (86_400 * MILLION)
    name = node.name.text
    help = ("give it a new date, or take it out",)
    if days < 1:
        message = f"the exemption `{name}` has expired and exempts from nothing"
        ctx.report("exemption-expired", clause.span, message, help=help)
    elif days <= EXPIRES_SOON_DAYS:
        when = "today" if days == 1 else f"in {counted(days - 1, 'day')}"
        ctx.report("exemption-expires-soon", clause.span, f"the exemption `{name}` expires {when}", help=help)


# ── Scores ───────────────────────────────────────────────────────────────────────────────────────────


def check_scores(ctx: Context, conditions: Conditions) -> tuple[ir.Score, ...]:
    """All scores, sorted by name; those with a mistake are left out."""
    checked = (_score(ctx, conditions, node) for _, node in sorted(ctx.names.scores.items()))
    return tuple(one for one in checked if one is not None)


def _score(ctx: Context, conditions: Conditions, node: syntax.Score) -> ir.Score | None:
    name = node.name.text
    if not node.entries:
        if not ctx.names.excuses(name):
            message = f"the score `{name}` has no entry"
            help = ("`3 when message contains phone` adds three points",)
            ctx.report("missing-clause", node.name.span, message, help=help)
        return None
    if len(node.entries) > SCORE_ENTRIES_MAX:
        ctx.report("too-large", node.name.span, f"a score has at most {SCORE_ENTRIES_MAX:,} entries")
        return None
    entries = [_entry(ctx, conditions, entry) for entry in node.entries]
    good = tuple(entry for entry in entries if entry is not None)
    return ir.Score(ctx.place(node.span), name, good) if len(good) == len(entries) else None


def _entry(
    ctx: Context, conditions: Conditions, node: syntax.ScoreWhen | syntax.ScorePerMatch
) -> ir.ScoreEntry | None:
    points = _points(ctx, node.points)
    place = ctx.place(node.span)
    if isinstance(node, syntax.ScoreWhen):
        when = conditions.check(node.condition, in_score=True)
        return None if points is None or when is None else ir.ScoreEntry(place, points, when, None, None)
    pattern = use_pattern(ctx, node.pattern)
    most = None if node.most is None else _points(ctx, node.most)
    if points is None or pattern is None or (node.most is not None and most is None):
        return None
    if most is not None and node.most is not None and (points <= 0 or most <= 0):
        message = "`up to` bounds what is added, so both numbers must be more than nothing"
        ctx.report("out-of-range", node.most.span, message)
        return None
    return ir.ScoreEntry(place, points, None, pattern, most)


def _points(ctx: Context, literal: syntax.NumberLiteral) -> int | None:
    number = Decimal(literal.value) if isinstance(literal.value, int) else literal.value
    if abs(number) > POINTS_MAX:
        ctx.report("out-of-range", literal.span, f"an entry of a score has at most {POINTS_MAX:,} points")
        return None
    return exact(ctx, number, MILLION, literal.span, what="a score", part="millionths")
