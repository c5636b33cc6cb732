"""Rules: each clause of them, and what a rule cannot be without."""

from __future__ import annotations

from decimal import Decimal

from solon.dsl import ir, syntax
from solon.dsl.check_conditions import Conditions, use_pattern
from solon.dsl.check_context import RULES_MAX, Context
from solon.dsl.check_header import check_action
from solon.dsl.check_notices import check_notices
from solon.dsl.check_questions import use_fact
from solon.dsl.kinds import MILLION, ROLLOUT_KINDS, describe
from solon.dsl.literals import exact, time_of

PRIORITY_MAX = 2**31 - 1
_SHARE_PER_PERCENT = MILLION // 100


def check_rules(ctx: Context, conditions: Conditions) -> tuple[ir.Rule, ...]:
    """All rules, sorted by name; those with a mistake are left out."""
    rules = ctx.names.rules
    if len(rules) > RULES_MAX:
        past = list(rules.values())[RULES_MAX]
        ctx.report("too-large", past.name.span, f"a policy has at most {RULES_MAX:,} rules")
        return ()
    _check_former_names(ctx)
    checked = (_RuleChecker(ctx, conditions, rule).check() for _, rule in sorted(rules.items()))
    return tuple(rule for rule in checked if rule is not None)


def _check_former_names(ctx: Context) -> None:
    """A former name is nobody's name now, and one rule's alone."""
    rules = ctx.names.rules
    former: dict[str, syntax.Name] = {}
    for rule in rules.values():
        for name in (name for clause in syntax.clauses(rule.clauses, syntax.Was) for name in clause.names):
            living = rules.get(name.text)
            if living is not None:
                message = f"`{name.text}` is the name of a rule, and cannot be a former one"
                secondary = ((living.name.span, "this rule"),)
                ctx.report("was-living", name.span, message, secondary=secondary)
                continue
            first = former.setdefault(name.text, name)
            if first is not name:
                message = f"`{name.text}` is already the former name of a rule, and its history has one heir"
                ctx.report("duplicate-name", name.span, message, secondary=((first.span, "here"),))


class _RuleChecker:
    """Checks one rule; goes on after a mistake, so that all of them are reported."""

    def __init__(self, ctx: Context, conditions: Conditions, rule: syntax.Rule) -> None:
        self.ctx = ctx
        self.conditions = conditions
        self.rule = rule
        self.clauses = rule.clauses

    def check(self) -> ir.Rule | None:
        """The rule, or None after a report."""
        ctx, rule, clauses = self.ctx, self.rule, self.clauses
        errors_before = ctx.errors
        when = self._when()
        unless_clause = syntax.clause(clauses, syntax.Unless)
        unless = None if unless_clause is None else self.conditions.check(unless_clause.condition)
        action = self._action()
        redactions = self._redactions()
        notices = check_notices(ctx, self.conditions, syntax.clauses(clauses, syntax.Notify))
        priority = self._priority()
        rollout_clause = syntax.clause(clauses, syntax.Rollout)
        rollout = None if rollout_clause is None else self._rollout(rollout_clause)
        start, until = self._active()
        reason = syntax.clause(clauses, syntax.Reason)
        if when is None or action is None or notices is None:
            return None
        if (unless_clause is not None and unless is None) or (rollout_clause is not None and rollout is None):
            return None
        if ctx.errors > errors_before:
            return None
        return ir.Rule(
            place=ctx.place(rule.span),
            name=rule.name.text,
            when=when,
            unless=unless,
            action=action,
            redactions=redactions,
            notices=notices,
            reason=None if reason is None else reason.text.value,
            labels=self._words(syntax.Label),
            queues=tuple(sorted({clause.name.value for clause in syntax.clauses(clauses, syntax.Queue)})),
            priority=priority,
            shadow=syntax.clause(clauses, syntax.Mode) is not None,
            rollout=rollout,
            active_from=start,
            active_until=until,
            was=self._words(syntax.Was),
        )

    def _words(self, kind: type[syntax.Label] | type[syntax.Was]) -> tuple[str, ...]:
        found = {name.text for clause in syntax.clauses(self.clauses, kind) for name in clause.names}
        return tuple(sorted(found))

    def _when(self) -> ir.Condition | None:
        clause = syntax.clause(self.clauses, syntax.When)
        if clause is None:
            self._missing(
                "when", "`when message contains phone` says where it fires; `when true` is everywhere"
            )
            return None
        return self.conditions.check(clause.condition)

    def _action(self) -> str | None:
        clause = syntax.clause(self.clauses, syntax.Then)
        if clause is None:
            self._missing("then", "`then block` says what happens where it fires")
            return None
        return check_action(self.ctx, clause.action)

    def _missing(self, keyword: str, help: str) -> None:
        if not self.ctx.names.excuses(self.rule.name.text):
            message = f"the rule `{self.rule.name.text}` has no `{keyword}`"
            self.ctx.report("missing-clause", self.rule.name.span, message, help=(help,))

    def _redactions(self) -> tuple[ir.Redaction, ...]:
        ctx = self.ctx
        redactions: list[ir.Redaction] = []
        first: dict[str, syntax.Name] = {}
        for clause in syntax.clauses(self.clauses, syntax.Redact):
            placeholder = None if clause.placeholder is None else clause.placeholder.value
            for name in clause.patterns:
                pattern = use_pattern(ctx, name)
                earlier = first.setdefault(name.text, name)
                if earlier is not name:
                    message = f"this rule redacts `{name.text}` twice"
                    secondary = ((earlier.span, "the first time"),)
                    ctx.report("duplicate-name", name.span, message, secondary=secondary)
                elif pattern is not None:
                    redactions.append(ir.Redaction(ctx.place(name.span), pattern, placeholder))
        return tuple(sorted(redactions, key=lambda one: one.pattern))

    def _priority(self) -> int:
        clause = syntax.clause(self.clauses, syntax.Priority)
        if clause is None:
            return 0
        number = clause.number
        if isinstance(number, syntax.IntLiteral) and -PRIORITY_MAX <= number.value <= PRIORITY_MAX:
            return number.value
        message = (
            f"a priority is a whole number of at most {PRIORITY_MAX:,}, not {self.ctx.shown(number.span)}"
        )
        self.ctx.report("out-of-range", number.span, message)
        return 0

    def _rollout(self, clause: syntax.Rollout) -> ir.Rollout | None:
        ctx = self.ctx
        percent = Decimal(clause.percent.value)
        kind = use_fact(ctx, clause.fact)
        if kind is not None and kind.name not in ROLLOUT_KINDS:
            message = (
                f"`{clause.fact.text}` is {describe(kind)}, and a rollout goes by a text, an int or an enum"
            )
            ctx.report("wrong-kind", clause.fact.span, message)
        if not 0 <= percent <= 100:
            message = f"a rollout takes from 0% to 100%, not {ctx.shown(clause.percent.span)} percent"
            ctx.report("out-of-range", clause.percent.span, message)
            return None
        share = exact(
            ctx, percent, _SHARE_PER_PERCENT, clause.percent.span, what="a rollout", part="millionths"
        )
        if kind is None or share is None:
            return None
        return ir.Rollout(ctx.place(clause.span), share, clause.fact.text)

    def _active(self) -> tuple[int | None, int | None]:
        ctx = self.ctx
        clause = syntax.clause(self.clauses, syntax.Active)
        if clause is None:
            return None, None
        start = None if clause.start is None else time_of(ctx, clause.start)
        until = None if clause.until is None else time_of(ctx, clause.until)
        if start is not None and until is not None and start >= until:
            ctx.report("out-of-range", clause.span, "this ends before it begins, so the rule is never active")
        return start, until
