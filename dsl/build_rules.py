"""Grammar reductions to syntax nodes: conditions, rules, exemptions, scores, tests."""

from __future__ import annotations

from typing import Any

from solon.dsl import syntax
from solon.dsl.making import Children, Making, is_token, nodes, tokens


class RuleNodes(Making):
    """The methods of the productions from conditions on."""

    # ── Conditions ───────────────────────────────────────────────────────────────────────────────────

    def condition(self, c: Children) -> Any:
        parts = tuple(nodes(c))
        return self.deep(syntax.Or(self.span(c), parts), parts)

    def conjunction(self, c: Children) -> Any:
        parts = tuple(nodes(c))
        return self.deep(syntax.And(self.span(c), parts), parts)

    def negation(self, c: Children) -> syntax.Not:
        return self.deep(syntax.Not(self.span(c), c[1]), c[1:])

    def holds(self, c: Children) -> syntax.Constant | syntax.Holds:
        if c[0] in {"true", "false"}:
            return syntax.Constant(self.span(c), c[0] == "true")
        return syntax.Holds(self.span(c), self.name_of(c[0]))

    def compare(self, c: Children) -> syntax.Compare:
        return syntax.Compare(self.span(c), self.name_of(c[0]), self.operator_of(c[1]), c[2])

    def is_in(self, c: Children) -> syntax.In:
        return syntax.In(self.span(c), self.name_of(c[0]), c[2])

    def has(self, c: Children) -> syntax.Has:
        return syntax.Has(self.span(c), self.name_of(c[0]), c[2])

    def starts_with(self, c: Children) -> syntax.StartsWith:
        return syntax.StartsWith(self.span(c), self.name_of(c[0]), self.string_of(c[3]))

    def known(self, c: Children) -> syntax.Known:
        return syntax.Known(self.span(c), self.name_of(c[2]))

    def contains(self, c: Children) -> syntax.Contains:
        field = self.name_of(c[0]) if is_token(c[0], "NAME") else None
        return syntax.Contains(self.span(c), field, "one", (self.name_of(c[2]),))

    def contains_many(self, c: Children) -> syntax.Contains:
        field = self.name_of(c[0]) if is_token(c[0], "NAME") else None
        which = "any" if is_token(c[2], "ANY_OF") else "all"
        return syntax.Contains(self.span(c), field, which, self.names_in(c[3:]))  # type: ignore[arg-type]

    def message_is(self, c: Children) -> syntax.MessageIs:
        return syntax.MessageIs(self.span(c), self.name_of(c[2]))

    def count(self, c: Children) -> syntax.Count:
        distinct = is_token(c[0], "DISTINCT")
        return syntax.Count(self.span(c), self.name_of(c[2]), distinct, self.operator_of(c[4]), c[5])

    def length(self, c: Children) -> syntax.Length:
        return syntax.Length(self.span(c), self.operator_of(c[1]), c[2])

    # ── Rules ────────────────────────────────────────────────────────────────────────────────────────

    def rule(self, c: Children) -> syntax.Rule:
        return syntax.Rule(self.span(c), self.new_name(c[1], "rule"), c[3])

    def when(self, c: Children) -> syntax.When:
        return syntax.When(self.span(c), c[1])

    def unless(self, c: Children) -> syntax.Unless:
        return syntax.Unless(self.span(c), c[1])

    def then(self, c: Children) -> syntax.Then:
        return syntax.Then(self.span(c), self.name_of(c[1]))

    def redact(self, c: Children) -> syntax.Redact:
        placeholder = self.string_of(c[-1]) if is_token(c[-1], "STRING") else None
        return syntax.Redact(self.span(c), self.names_in(c), placeholder)

    def notify(self, c: Children) -> syntax.Notify:
        when = c[3] if len(c) > 3 else None
        texts = self.string_of(c[-1]) if is_token(c[-1], "STRING") else c[-1]
        # The localised texts are a tuple, which has no span of its own.
        span = self.span(c if isinstance(texts, syntax.String) else [c[0], self.closing])
        return syntax.Notify(span, self.name_of(c[1]), when, texts)

    def local_texts(self, c: Children) -> tuple[syntax.LocalText, ...]:
        self.closing = c[-1]
        return tuple(nodes(c))

    def local_text(self, c: Children) -> syntax.LocalText:
        return syntax.LocalText(self.span(c), self.name_of(c[0]), self.string_of(c[1]))

    def reason(self, c: Children) -> syntax.Reason:
        return syntax.Reason(self.span(c), self.string_of(c[1]))

    def label(self, c: Children) -> syntax.Label:
        return syntax.Label(self.span(c), self.names_in(c))

    def queue(self, c: Children) -> syntax.Queue:
        return syntax.Queue(self.span(c), self.string_of(c[1]))

    def priority(self, c: Children) -> syntax.Priority:
        return syntax.Priority(self.span(c), self.number_of(c[1]))

    def mode(self, c: Children) -> syntax.Mode:
        return syntax.Mode(self.span(c))

    def rollout(self, c: Children) -> syntax.Rollout:
        return syntax.Rollout(self.span(c), self.number_of(c[1]), self.name_of(c[4]))

    def active(self, c: Children) -> syntax.Active:
        times = [self.time_of(one) for one in tokens(c, "TIME")]
        if is_token(c[1], "UNTIL"):
            return syntax.Active(self.span(c), None, times[0])
        return syntax.Active(self.span(c), times[0], times[1] if len(times) > 1 else None)

    def was(self, c: Children) -> syntax.Was:
        return syntax.Was(self.span(c), self.names_in(c))

    # ── Exemptions and scores ────────────────────────────────────────────────────────────────────────

    def exempt(self, c: Children) -> syntax.Exempt:
        return syntax.Exempt(self.span(c), self.new_name(c[1], "exemption"), c[3])

    def from_targets(self, c: Children) -> syntax.FromTargets:
        return syntax.FromTargets(self.span(c), tuple(nodes(c)))

    def target(self, c: Children) -> syntax.Target:
        if is_token(c[0], "ALL"):
            return syntax.Target(self.span(c), "all", None)
        what = "rule" if len(c) == 1 else str(c[0])
        return syntax.Target(self.span(c), what, self.name_of(c[-1]))  # type: ignore[arg-type]

    def expires(self, c: Children) -> syntax.Expires:
        return syntax.Expires(self.span(c), self.time_of(c[1]))

    def score(self, c: Children) -> syntax.Score:
        return syntax.Score(self.span(c), self.new_name(c[1], "score"), c[3])

    def score_when(self, c: Children) -> syntax.ScoreWhen:
        return syntax.ScoreWhen(self.span(c), self.number_of(c[0]), c[2])

    def score_per_match(self, c: Children) -> syntax.ScorePerMatch:
        most = self.number_of(c[7]) if len(c) > 5 else None
        return syntax.ScorePerMatch(self.span(c), self.number_of(c[0]), self.name_of(c[4]), most)

    # ── Tests ────────────────────────────────────────────────────────────────────────────────────────

    def test(self, c: Children) -> syntax.Test:
        todo = is_token(c[0], "TODO")
        name, body = c[2 if todo else 1], c[4 if todo else 3]
        return syntax.Test(self.span(c), self.string_of(name), todo, body)

    def given(self, c: Children) -> syntax.Given:
        return syntax.Given(self.span(c), tuple(nodes(c)))

    def assignment(self, c: Children) -> syntax.Assignment:
        return syntax.Assignment(self.span(c), self.name_of(c[0]), c[2])

    def message(self, c: Children) -> syntax.Message:
        return syntax.Message(self.span(c), self.string_of(c[1]))

    def expect(self, c: Children) -> syntax.Expect:
        named: dict[str, tuple[syntax.Name, ...]] = {"BY": (), "NOT": (), "UNDECIDED": ()}
        only = False
        for part in c[2:]:
            only = only or is_token(part[0], "ONLY")
            kind = "BY" if is_token(part[0], "ONLY") else part[0].type
            named[kind] += self.names_in(part)
        last = c[-1][-1] if isinstance(c[-1], list) else c[-1]
        span = self.span([c[0], last])
        return syntax.Expect(span, self.name_of(c[1]), named["BY"], only, named["NOT"], named["UNDECIDED"])

    def expect_part(self, c: Children) -> Children:
        return c

    def matched(self, c: Children) -> syntax.Matched:
        return syntax.Matched(self.span(c), self.name_of(c[1]), self.string_of(c[2]))

    def redacted(self, c: Children) -> syntax.Redacted:
        return syntax.Redacted(self.span(c), self.string_of(c[1]))

    def notice(self, c: Children) -> syntax.ExpectedNotice:
        return syntax.ExpectedNotice(self.span(c), self.name_of(c[1]), self.string_of(c[2]))

    def at(self, c: Children) -> syntax.At:
        return syntax.At(self.span(c), self.time_of(c[1]))
