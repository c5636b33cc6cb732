"""Notices of a rule: audiences, locales, the facts that their texts are filled from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from solon.dsl import ir, syntax
from solon.dsl.check_conditions import Conditions
from solon.dsl.check_context import Context
from solon.dsl.diagnostics import Fix
from solon.dsl.kinds import is_scanned
from solon.dsl.world import LANGUAGE_MEANT, is_locale

TEXT_CHARS_MAX = 10_000
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def check_notices(
    ctx: Context, conditions: Conditions, clauses: Iterable[syntax.Notify]
) -> tuple[ir.Notice, ...] | None:
    """The notices of one rule, sorted; None after a report."""
    notices: list[ir.Notice] = []
    unconditional: dict[str, syntax.Notify] = {}
    wrong = False
    for clause in clauses:
        notice = _notice(ctx, conditions, clause)
        if notice is None:
            wrong = True
        else:
            notices.append(notice)
        if clause.when is None:
            audience = clause.audience
            first = unconditional.setdefault(audience.text, clause)
            if first is not clause:
                wrong = True
                message = f"this rule already has a notice for `{audience.text}`, and both go out always"
                secondary = ((first.audience.span, "the first one"),)
                help = ("give one of them a `when`, or put the two texts together",)
                ctx.report("two-notices", audience.span, message, secondary=secondary, help=help)
    if wrong:
        return None
    return tuple(sorted(notices, key=lambda one: (one.audience, one.when is None, one.texts)))


def _notice(ctx: Context, conditions: Conditions, clause: syntax.Notify) -> ir.Notice | None:
    when = None if clause.when is None else conditions.check(clause.when)
    wrong = clause.when is not None and when is None
    texts: dict[str, str] = {}
    if isinstance(clause.texts, syntax.String):
        texts[""] = clause.texts.value
        wrong = not _filled(ctx, clause.texts) or wrong
    else:
        first: dict[str, syntax.Name] = {}
        for local in clause.texts:
            wrong = not _filled(ctx, local.text) or wrong
            locale = local.locale
            if not is_locale(locale.text):
                wrong = True
                _unknown_locale(ctx, locale)
                continue
            earlier = first.setdefault(locale.text, locale)
            if earlier is not locale:
                wrong = True
                message = f"this notice has a text in `{locale.text}` already"
                ctx.report(
                    "duplicate-name", locale.span, message, secondary=((earlier.span, "the first one"),)
                )
            texts[locale.text] = local.text.value
    if wrong:
        return None
    return ir.Notice(ctx.place(clause.span), clause.audience.text, when, tuple(sorted(texts.items())))


def _unknown_locale(ctx: Context, locale: syntax.Name) -> None:
    written = locale.text
    language, _, region = written.replace("_", "-").partition("-")
    tidy = f"{language.lower()}-{region.upper()}" if region else language.lower()
    meant = tidy if is_locale(tidy) else LANGUAGE_MEANT.get(written.lower())
    help = ("a locale is a language of two letters, as in `en`, with or without a region, as in `pt-BR`",)
    message = f"there is no locale `{written}`"
    if meant is None:
        ctx.report("unknown-locale", locale.span, message, help=help)
        return
    label = f"did you mean `{meant}`?"
    fix = Fix(locale.span, meant, certain=meant == tidy)
    ctx.report("unknown-locale", locale.span, message, label=label, fix=fix)


def _filled(ctx: Context, text: syntax.String) -> bool:
    """Does every placeholder of the text name a fact that it can be filled from?"""
    good = True
    if len(text.value) > TEXT_CHARS_MAX:
        ctx.report("too-large", text.span, f"a notice has at most {TEXT_CHARS_MAX:,} characters")
        return False
    inside = ctx.inside(text)
    for found in _BRACES.finditer(text.value):
        written = found.group()
        if written in ("{{", "}}"):
            continue
        span = inside(found.start(), found.end())
        name = found.group(1)
        if name is None:
            message = f"a lone `{written}` in a notice"
            help = (f"write `{written * 2}` for the brace itself, `{{sender.role}}` for a fact's value",)
            ctx.report("bad-placeholder", span, message, help=help)
            good = False
        elif not _names_a_fact(ctx, syntax.Name(inside(found.start(1), found.end(1)), name)):
            good = False
    return good


def _names_a_fact(ctx: Context, name: syntax.Name) -> bool:
    facts = ctx.names.facts
    if name.text not in facts:
        help = ("a notice is filled from facts, never from the message: what was found stays secret",)
        message = f"there is no fact `{name.text[:60]}` to fill this with"
        ctx.unknown("bad-placeholder", name, message, facts, help=help)
        return False
    ctx.used.facts.add(name.text)
    kind = ctx.kinds[name.text]
    if kind is not None and is_scanned(kind):
        message = f"`{name.text}` is a scanned text, and a notice never repeats what was scanned"
        ctx.report("bad-placeholder", name.span, message)
        return False
    return kind is not None
