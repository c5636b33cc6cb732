"""Grammar reductions to syntax nodes: the file, facts, literals, patterns.

The parser calls one method for each production that it has read, with all of its tokens and the nodes made
so far; the method gives the node. `build_rules` has the rest of the methods.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from lark import Token

from solon.dsl import syntax
from solon.dsl.build_rules import RuleNodes
from solon.dsl.diagnostics import Fix
from solon.dsl.making import Children, is_token, nodes, once, tokens
from solon.dsl.source import Span

DISTANCE_MAX = 1_000_000


class Nodes(RuleNodes):
    """Makes the nodes of a file."""

    # ── The file ─────────────────────────────────────────────────────────────────────────────────────

    def file(self, c: Children) -> tuple[syntax.Item, ...]:
        return tuple(c)

    def use(self, c: Children) -> syntax.Use:
        return syntax.Use(self.span(c), self.string_of(c[1]))

    def define(self, c: Children) -> syntax.Define:
        return syntax.Define(self.span(c), self.new_name(c[1], "define"), c[3])

    def policy(self, c: Children) -> syntax.PolicyBlock:
        return syntax.PolicyBlock(self.span(c), self.new_name(c[1], "policy"), c[3])

    def title(self, c: Children) -> syntax.Title:
        return syntax.Title(self.span(c), self.string_of(c[1]))

    def owner(self, c: Children) -> syntax.Owner:
        return syntax.Owner(self.span(c), self.string_of(c[1]))

    def actions(self, c: Children) -> syntax.Actions:
        return syntax.Actions(self.span(c), self.names_in(c))

    def default(self, c: Children) -> syntax.Default:
        return syntax.Default(self.span(c), self.name_of(c[1]))

    def undecided_action(self, c: Children) -> syntax.UndecidedAction:
        return syntax.UndecidedAction(self.span(c), self.name_of(c[1]))

    def incomplete_action(self, c: Children) -> syntax.IncompleteAction:
        return syntax.IncompleteAction(self.span(c), self.name_of(c[1]))

    def limit(self, c: Children) -> syntax.Limit:
        return syntax.Limit(self.span(c), self.number_of(c[2]), self.name_of(c[3]))

    def version(self, c: Children) -> syntax.Version:
        return syntax.Version(self.span(c), self.number_of(c[1]))

    def policy_body(self, c: Children) -> tuple[Any, ...]:
        clauses, mistakes = once(c)
        self.mistakes.extend(mistakes)
        return clauses

    pattern_body = rule_body = exempt_body = test_body = policy_body

    def facts_body(self, c: Children) -> tuple[Any, ...]:
        return tuple(c)

    score_body = facts_body

    # ── Facts and literals ───────────────────────────────────────────────────────────────────────────

    def facts(self, c: Children) -> syntax.Facts:
        return syntax.Facts(self.span(c), c[2])

    def fact(self, c: Children) -> syntax.Fact:
        default = c[4] if len(c) > 4 and is_token(c[3], "EQUAL") else None
        optional = is_token(c[-1], "OPTIONAL")
        return syntax.Fact(self.span(c), self.new_name(c[0], "fact"), c[2], default, optional)

    def plain_type(self, c: Children) -> syntax.FactType:
        return syntax.FactType(self.span(c), self.name_of(c[0]), self.names_in(c[1:]))

    def set_type(self, c: Children) -> syntax.FactType:
        name = syntax.Name(Span(self.path, c[0].start_pos, c[0].start_pos + 3), "set")
        return syntax.FactType(self.span(c), name, (), c[1])

    def scanned_type(self, c: Children) -> syntax.FactType:
        return syntax.FactType(self.span(c), syntax.Name(self.span(c), "scanned text"))

    def number(self, c: Children) -> syntax.NumberLiteral:
        return self.number_of(c[0])

    def word(self, c: Children) -> syntax.BoolLiteral | syntax.WordLiteral:
        if c[0] in {"true", "false"}:
            return syntax.BoolLiteral(self.span(c), c[0] == "true")
        return syntax.WordLiteral(self.span(c), str(c[0]))

    def string(self, c: Children) -> syntax.StringLiteral:
        return syntax.StringLiteral(self.span(c), self.string_of(c[0]).value)

    def quantity(self, c: Children) -> syntax.QuantityLiteral:
        unit = str(c[1]).removesuffix("s")
        return syntax.QuantityLiteral(self.span(c), self.decimal_of(c[0]), unit, self.span(c[1:]))

    def money(self, c: Children) -> syntax.MoneyLiteral:
        return syntax.MoneyLiteral(self.span(c), self.decimal_of(c[0]), str(c[1]), self.span(c[1:]))

    def time(self, c: Children) -> syntax.TimeLiteral:
        return self.time_of(c[0])

    def time_of(self, token: Token) -> syntax.TimeLiteral:
        return syntax.TimeLiteral(self.span((token,)), str(token))

    def set(self, c: Children) -> syntax.SetLiteral:
        return syntax.SetLiteral(self.span(c), tuple(nodes(c)))

    # ── Patterns ─────────────────────────────────────────────────────────────────────────────────────

    def pattern_block(self, c: Children) -> syntax.PatternBlock:
        return syntax.PatternBlock(self.span(c), self.new_name(c[1], "pattern"), c[3])

    def pattern_formula(self, c: Children) -> syntax.PatternFormula:
        return syntax.PatternFormula(self.span(c), self.new_name(c[1], "pattern"), c[3])

    def items_in(self, c: Children) -> tuple[syntax.TermItem, ...]:
        kept = [one for one in c if isinstance(one, syntax.ListFile) or is_token(one, "STRING")]
        return tuple(one if isinstance(one, syntax.ListFile) else self.string_of(one) for one in kept)

    def words(self, c: Children) -> syntax.Words:
        return syntax.Words(self.span(c), self.items_in(c))

    def text(self, c: Children) -> syntax.Text:
        return syntax.Text(self.span(c), self.items_in(c), is_token(c[1], "EXACT"))

    def url(self, c: Children) -> syntax.Url:
        return syntax.Url(self.span(c), self.items_in(c))

    words_call, text_call, url_call = words, text, url

    def regexes(self, c: Children) -> syntax.Regex:
        return syntax.Regex(self.span(c), tuple(self.regex_of(one) for one in tokens(c, "REGEX")))

    regex_atom = regexes

    def regex_of(self, token: Token) -> syntax.RegexLiteral:
        span = self.span((token,))
        source, _, flags = token[1:].rpartition("/")
        if flags not in {"", "c"}:
            place = Span(self.path, span.end - len(flags), span.end)
            fixed = "c" if "c" in flags else ""
            self.note(
                "regex-flag",
                place,
                f"the only flag of a regular expression is `c`, found `{flags}`",
                label="`c` tells upper and lower case apart; without it any case matches",
                fix=Fix(place, fixed),
            )
        return syntax.RegexLiteral(span, source, "c" in flags)

    def entity(self, c: Children) -> syntax.Entity:
        return syntax.Entity(self.span(c), self.name_of(c[1]), self.names_in(c[2:]))

    def find(self, c: Children) -> syntax.Find:
        return syntax.Find(self.span(c), c[1])

    def zone(self, c: Children) -> syntax.InZones:
        zones = tuple(self.name_of(one) for one in c[1:] if one != ",")
        return syntax.InZones(self.span(c), zones)

    zones = zone

    def pattern_names(self, c: Children) -> tuple[syntax.PatternName, ...]:
        return tuple(syntax.PatternName(one.span, one) for one in self.names_in(c))

    def except_clause(self, c: Children) -> syntax.ExceptClause:
        removed = c[1] if isinstance(c[1], tuple) else (c[1],)
        return syntax.ExceptClause(self.span((c[0], removed[-1])), removed)

    def evasions(self, c: Children) -> syntax.Evasions:
        return syntax.Evasions(self.span(c), str(c[1]), self.span(c[1:]))  # type: ignore[arg-type]

    def match(self, c: Children) -> syntax.Match:
        return syntax.Match(self.span(c), self.strings_in(c))

    def no_match(self, c: Children) -> syntax.NoMatch:
        return syntax.NoMatch(self.span(c), self.strings_in(c))

    def list_file(self, c: Children) -> syntax.ListFile:
        column: syntax.Name | syntax.String | None = None
        if len(c) > 2:
            column = self.name_of(c[3]) if is_token(c[3], "NAME") else self.string_of(c[3])
        return syntax.ListFile(self.span(c), self.string_of(c[1]), column)

    def except_formula(self, c: Children) -> Any:
        kept, word, removed = c
        mixed = next((one for one in (kept, removed) if isinstance(one, syntax.AnyOf)), None)
        if mixed is not None and id(mixed) not in self.grouped:
            self.note(
                "or-except-mixed",
                self.span((word,)),
                "`except` takes away from all that stands before it, and all that stands after it",
                label="parentheses would say which is meant",
                help=("write `(a or b) except c`, or `a or (b except c)`",),
            )
        return self.deep(syntax.Except(self.span(c), kept, removed), (kept, removed))

    def any_of(self, c: Children) -> Any:
        parts = tuple(nodes(c))
        return self.deep(syntax.AnyOf(self.span(c), parts), parts)

    def near(self, c: Children) -> Any:
        left, side, right, _, number, unit = c
        plural = f"{str(unit).removesuffix('s')}s"  # `1 word` is how people say it
        distance = syntax.Distance(self.span(c[3:]), self.whole(number), plural)  # type: ignore[arg-type]
        node = syntax.Near(self.span(c), left, str(side), right, distance)  # type: ignore[arg-type]
        return self.deep(node, (left, right))

    def whole(self, token: Token) -> int:
        """The number of a distance."""
        value = self.decimal_of(token)
        if "." in token or not 0 <= value <= DISTANCE_MAX:
            self.note(
                "bad-number",
                self.span((token,)),
                f"a distance is a whole number from 0 to {DISTANCE_MAX:_}, found `{token}`",
            )
            return 0
        return int(value)

    def pattern_name(self, c: Children) -> syntax.PatternName:
        return syntax.PatternName(self.span(c), self.name_of(c[0]))

    def group(self, c: Children) -> Any:
        """Parentheses make no node; they widen the span and count as a level."""
        inner = c[1]
        wide = dataclasses.replace(inner, span=self.span(c))
        self.grouped.add(id(wide))
        return self.deep(wide, (inner,))

    condition_group = group
