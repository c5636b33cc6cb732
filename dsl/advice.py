"""Warnings about a policy without errors: what is in it for nothing, and what it leaves out.

In: the names, what was used, the typed IR. Out: diagnostics, all of them warnings. Those that ask what a
policy means (rules that never fire, rules that others outdo) are the compiler's analyses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from solon.dsl import ir, syntax
from solon.dsl.check_context import Context
from solon.dsl.check_terms import TermKey, term_key, term_of
from solon.dsl.diagnostics import Fix
from solon.dsl.kinds import listed
from solon.dsl.source import Span

LOCALES_TOLD_MAX = 100
"""So many notices without a locale are enough to see what is missing."""


def advise(ctx: Context, policy: ir.Policy) -> None:
    """Adds the warnings to the context."""
    _unused(ctx)
    _untested_rules(ctx, policy)
    _unless_leans_on_optional(ctx, policy)
    _locales_left_out(ctx)
    for node in ctx.names.patterns.values():
        if isinstance(node, syntax.PatternBlock) and not ctx.names.in_pack(node.span):
            _cancelled_terms(ctx, node)


def _unused(ctx: Context) -> None:
    names, used = ctx.names, ctx.used
    help = ("take it out, or keep it on purpose with `# allow(unused-{}): reason` at the end of its line",)
    for noun, table, found in (
        ("pattern", names.patterns, used.patterns),
        ("define", names.defines, used.defines),
        ("fact", names.facts, used.facts),
    ):
        for name, node in table.items():
            if name not in found and not names.in_pack(node.span):
                hint = tuple(one.format(noun) for one in help)
                message = f"nothing uses the {noun} `{name}`"
                fix = _taken_out(ctx, node.span) if noun == "define" else None
                ctx.report(f"unused-{noun}", node.name.span, message, help=hint, fix=fix)


def _taken_out(ctx: Context, span: Span) -> Fix | None:
    """An edit without the lines of a definition; None where something else stands on them.

    Certain in the root file, which no other policy uses. A pattern may be asked for by its name and a fact
    be given by a caller, so only of a define nothing can be missed.
    """
    text = ctx.sources[span.source_path].text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end + 1
    if text[start : span.start].strip() or text[span.end : end].strip():
        return None
    return Fix(Span(span.source_path, start, end), "", certain=span.source_path == ctx.names.root_path)


def _untested_rules(ctx: Context, policy: ir.Policy) -> None:
    tested = {name for test in policy.tests for name in (*test.expectation.by, *test.expectation.undecided)}
    for rule in policy.rules:
        # No test can name a shadow rule: it decides nothing.
        if rule.name not in tested and not rule.shadow:
            span = ctx.names.rules[rule.name].name.span
            help = ("a test with `expect … by` shows that it fires where it should",)
            ctx.report("untested-rule", span, f"no test expects the rule `{rule.name}` to fire", help=help)


# ── `unless` and facts that may be absent ────────────────────────────────────────────────────────────


def _unless_leans_on_optional(ctx: Context, policy: ir.Policy) -> None:
    optional = frozenset(fact.name for fact in policy.facts if fact.optional)
    if not optional:
        return
    by_score = {score.name: _facts_of_score(score) for score in policy.scores}
    for rule in policy.rules:
        if rule.unless is None:
            continue
        asked, known = _facts_of(rule.unless, by_score)
        leans_on = tuple(sorted((asked & optional) - known))
        clause = syntax.clause(ctx.names.rules[rule.name].clauses, syntax.Unless)
        if leans_on and clause is not None:
            message = f"the `unless` of `{rule.name}` leans on {listed(leans_on)}, which may be absent"
            absent = "it is" if len(leans_on) == 1 else "they are"
            notes = (f"where {absent} absent the rule fires, unless something else in the `unless` holds",)
            help = (
                f"say so with `known({leans_on[0]}) and …`, which means the same and shows that it is meant",
            )
            ctx.report("unless-leans-on-optional", clause.condition.span, message, notes=notes, help=help)


_Facts: TypeAlias = tuple[set[str], set[str]]
"""Facts that a condition asks, and facts of which it asks whether they are known."""


def _facts_of_score(score: ir.Score) -> _Facts:
    asked: set[str] = set()
    known: set[str] = set()
    for entry in score.entries:
        if entry.when is not None:
            # INVARIANT: no score asks for a score.
            more_asked, more_known = _facts_of(entry.when, {})
            asked |= more_asked
            known |= more_known
    return asked, known


def _facts_of(root: ir.Condition, by_score: Mapping[str, _Facts]) -> _Facts:
    """The facts of a condition, through defines and scores."""
    asked: set[str] = set()
    known: set[str] = set()
    stack: list[ir.Condition] = [root]
    while stack:
        node = stack.pop()
        match node:
            case ir.And(parts=parts) | ir.Or(parts=parts):
                stack.extend(parts)
            case ir.Not(part=part) | ir.Defined(part=part):
                stack.append(part)
            case ir.Known(fact=fact):
                known.add(fact)
            case ir.FactIs(fact=fact) | ir.FactCompare(fact=fact) | ir.FactIn(fact=fact):
                asked.add(fact)
            case ir.FactHas(fact=fact) | ir.FactStartsWith(fact=fact):
                asked.add(fact)
            case ir.Contains(field=field) if field is not None:
                asked.add(field)
            case ir.ScoreCompare(score=score) if score in by_score:
                asked |= by_score[score][0]
                known |= by_score[score][1]
            case _:
                pass
    return asked, known


# ── Notices ──────────────────────────────────────────────────────────────────────────────────────────


def _locales_left_out(ctx: Context) -> None:
    """A notice with fewer locales than the policy's notices have together."""
    notices = [
        clause
        for _, rule in sorted(ctx.names.rules.items())
        for clause in syntax.clauses(rule.clauses, syntax.Notify)
        if not isinstance(clause.texts, syntax.String)
    ]
    locales = {one.locale.text for notice in notices for one in _local(notice)}
    told = 0
    for notice in notices:
        if told == LOCALES_TOLD_MAX:
            break
        absent = tuple(sorted(locales - {one.locale.text for one in _local(notice)}))
        if absent:
            message = f"this notice has no text in {listed(absent)}, and others have"
            told += 1
            ctx.report("missing-locale", notice.audience.span, message)


def _local(notice: syntax.Notify) -> tuple[syntax.LocalText, ...]:
    return () if isinstance(notice.texts, syntax.String) else notice.texts


# ── Terms ────────────────────────────────────────────────────────────────────────────────────────────


def _cancelled_terms(ctx: Context, node: syntax.PatternBlock) -> None:
    """A term of `words` that an `except words` of the same block takes away whenever it is found."""
    removed: dict[TermKey, Span] = {}
    for clause in syntax.clauses(node.clauses, syntax.ExceptClause):
        for part in clause.removed:
            if isinstance(part, syntax.Words):
                for key, item in _terms(ctx, part):
                    removed.setdefault(key, item.span)
    if not removed:
        return
    told: set[Span] = set()
    for words in syntax.clauses(node.clauses, syntax.Words):
        for key, item in _terms(ctx, words):
            span = removed.get(key)
            if span is not None and item.span not in told:
                told.add(item.span)
                term = key if isinstance(key, str) else key[0]
                message = f"`{term}` is listed, and an `except` of this pattern takes it away again"
                ctx.report("cancelled-term", item.span, message, secondary=((span, "the `except`"),))


def _terms(ctx: Context, words: syntax.Words) -> Iterator[tuple[TermKey, syntax.TermItem]]:
    for item in words.items:
        texts = [item.value] if isinstance(item, syntax.String) else ctx.read_list(item) or ()
        for text in texts:
            yield term_key(term_of(text)), item
