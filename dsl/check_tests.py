"""Tests of the policy: that they can be run at all, and that what they name is there."""

from __future__ import annotations

from collections.abc import Iterable

from solon.dsl import ir, syntax
from solon.dsl.check_context import MISTAKES_ENOUGH, Context
from solon.dsl.check_exemptions import check_rule_name
from solon.dsl.check_header import check_action
from solon.dsl.check_patterns import unknown_pattern
from solon.dsl.kinds import listed
from solon.dsl.literals import time_of, value_of

TESTS_MAX = 100_000


def check_tests(ctx: Context) -> tuple[ir.Test, ...]:
    """All tests, sorted by name; those with a mistake are left out."""
    tests = ctx.names.tests
    if len(tests) > TESTS_MAX:
        ctx.report("too-large", tests[TESTS_MAX].name.span, f"a policy has at most {TESTS_MAX:,} tests")
        return ()
    required = {
        name
        for name, fact in ctx.names.facts.items()
        if fact.default is None and not fact.optional and ctx.kinds[name] is not None
    }
    audiences = {
        clause.audience.text
        for rule in ctx.names.rules.values()
        for clause in syntax.clauses(rule.clauses, syntax.Notify)
    }
    checked = [_TestChecker(ctx, test, required, audiences).check() for test in tests]
    found = [test for test in checked if test is not None]
    return tuple(sorted(found, key=lambda one: (one.name, one.place.file, one.place.line, one.place.column)))


class _TestChecker:
    """Checks one test; goes on after a mistake, so that all of them are reported."""

    def __init__(self, ctx: Context, test: syntax.Test, required: set[str], audiences: set[str]) -> None:
        self.ctx = ctx
        self.test = test
        self.clauses = test.clauses
        self.required = required
        self.audiences = audiences

    def check(self) -> ir.Test | None:
        """The test, or None after a report."""
        ctx, test, clauses = self.ctx, self.test, self.clauses
        errors_before = ctx.errors
        given = self._given()
        messages = syntax.clauses(clauses, syntax.Message)
        if not messages:
            self._missing("`message`", 'a test decides at least one, as in `message "call me"`')
        expectation = self._expectation()
        at_clause = syntax.clause(clauses, syntax.At)
        at = None if at_clause is None else time_of(ctx, at_clause.time)
        matched = self._matched()
        notices = self._notices()
        redacted = syntax.clause(clauses, syntax.Redacted)
        if not messages or expectation is None:
            return None
        if ctx.errors > errors_before:
            return None
        return ir.Test(
            place=ctx.place(test.span),
            name=test.name.value,
            todo=test.todo,
            given=given,
            at=at,
            messages=tuple(ir.Example(ctx.place(one.text.span), one.text.value) for one in messages),
            expectation=expectation,
            matched=matched,
            redacted=None if redacted is None else redacted.text.value,
            notices=notices,
        )

    def _given(self) -> tuple[tuple[str, ir.FactValue], ...]:
        ctx = self.ctx
        first: dict[str, syntax.Name] = {}
        values: dict[str, ir.FactValue] = {}
        for one in (one for clause in syntax.clauses(self.clauses, syntax.Given) for one in clause.facts):
            name = one.fact
            earlier = first.setdefault(name.text, name)
            if earlier is not name:
                message = f"this test gives `{name.text}` twice"
                ctx.report(
                    "duplicate-name", name.span, message, secondary=((earlier.span, "the first time"),)
                )
                continue
            if name.text not in ctx.names.facts:
                ctx.unknown("unknown-fact", name, f"there is no fact `{name.text}`", ctx.names.facts)
                continue
            kind = ctx.kinds[name.text]
            value = None if kind is None else value_of(ctx, one.value, kind, f"`{name.text}`")
            if value is not None:
                values[name.text] = value
        enough = ctx.errors > MISTAKES_ENOUGH
        absent = () if enough else tuple(sorted(self.required - first.keys()))
        if absent and not ctx.names.facts_damaged and self.test.span not in ctx.names.broken_tests:
            message = f"this test does not give {listed(absent)}"
            help = ("a fact without a default is required; give it here, or make it `optional`",)
            ctx.report("missing-fact", self.test.name.span, message, help=help)
        return tuple(sorted(values.items()))

    def _expectation(self) -> ir.Expectation | None:
        ctx = self.ctx
        clause = syntax.clause(self.clauses, syntax.Expect)
        if clause is None:
            self._missing("`expect`", "`expect block by my_rule` says what should come out")
            return None
        action = check_action(ctx, clause.action)
        by = self._rules(clause.by)
        not_by = self._rules(clause.not_by)
        undecided = self._rules(clause.undecided)
        for name in clause.not_by:
            if name.text in by:
                message = f"this test expects `{name.text}` to fire and not to fire"
                ctx.report("duplicate-name", name.span, message)
        if action is None:
            return None
        return ir.Expectation(ctx.place(clause.span), action, by, clause.only, not_by, undecided)

    def _rules(self, names: Iterable[syntax.Name]) -> tuple[str, ...]:
        found = (check_rule_name(self.ctx, name) for name in names)
        return tuple(sorted({name for name in found if name is not None}))

    def _matched(self) -> tuple[tuple[str, str], ...]:
        ctx = self.ctx
        found: dict[tuple[str, str], None] = {}
        for clause in syntax.clauses(self.clauses, syntax.Matched):
            name, text = clause.pattern, clause.text
            if name.text in ctx.names.patterns:
                ctx.reached.add(name.text)
            else:
                unknown_pattern(ctx, name)
            if text.value == "":
                ctx.report("empty-term", text.span, "a pattern never matches nothing")
            found[name.text, text.value] = None
        return tuple(sorted(found))

    def _notices(self) -> tuple[tuple[str, str], ...]:
        ctx = self.ctx
        first: dict[str, syntax.ExpectedNotice] = {}
        for clause in syntax.clauses(self.clauses, syntax.ExpectedNotice):
            name = clause.audience
            earlier = first.setdefault(name.text, clause)
            if earlier is not clause:
                message = f"a notice goes out once an audience, and this test expects two for `{name.text}`"
                secondary = ((earlier.audience.span, "the first one"),)
                ctx.report("duplicate-name", name.span, message, secondary=secondary)
            elif name.text not in self.audiences:
                message = f"no rule notifies `{name.text}`"
                ctx.unknown("unknown-audience", name, message, self.audiences)
        return tuple(sorted((audience, clause.text.value) for audience, clause in first.items()))

    def _missing(self, what: str, help: str) -> None:
        if self.test.span not in self.ctx.names.broken_tests:
            message = f"the test has no {what}"
            self.ctx.report("missing-clause", self.test.name.span, message, help=(help,))
