"""What all the node makers need: spans from tokens, names, strings and numbers, and a list of mistakes.

In: tokens of the parser's lexer. Out: the small syntax nodes that everything is built from. What the grammar
cannot say is said here: unknown escapes and flags, clauses that stand twice, nesting, names that are no
names. Such a mistake is noted and a harmless node takes the place.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from lark import Token

from solon.dsl import syntax
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.names import name_mistake
from solon.dsl.source import Span
from solon.dsl.strings import escape_mistakes, unescape

NESTING_MAX = 100
NUMBER_CHARS_MAX = 40

Children = list[Any]
N = TypeVar("N")

ONCE: tuple[type, ...] = (
    syntax.Title,
    syntax.Owner,
    syntax.Actions,
    syntax.Default,
    syntax.UndecidedAction,
    syntax.IncompleteAction,
    syntax.Limit,
    syntax.Version,
    syntax.Evasions,
    syntax.When,
    syntax.Unless,
    syntax.Then,
    syntax.Reason,
    syntax.Priority,
    syntax.Mode,
    syntax.Rollout,
    syntax.Active,
    syntax.Expires,
    syntax.Expect,
    syntax.Redacted,
    syntax.At,
)
"""The clauses that stand at most once in their block."""


class TooDeep(Exception):
    """A condition or formula is nested past the limit; reading its item ends here."""

    def __init__(self, mistake: Diagnostic) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


class Making(threading.local):
    """What node makers share; each thread has its own path and its own mistakes."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, path: str) -> None:
        """Make ready for a file."""
        self.path = path
        self.mistakes: list[Diagnostic] = []
        # How deep the conditions and formulas below a node go; a node that is not here is a leaf.
        self.depths: dict[int, int] = {}
        # The nodes that stand in parentheses.
        self.grouped: set[int] = set()
        self.parentheses = 0

    def span(self, children: Sequence[Any]) -> Span:
        """From the start of the first child to the end of the last."""
        first, last = children[0], children[-1]
        # Every token that comes from a text has its place.
        start: int = first.start_pos if isinstance(first, Token) else first.span.start  # type: ignore[assignment]
        end: int = last.end_pos if isinstance(last, Token) else last.span.end  # type: ignore[assignment]
        return Span(self.path, start, end)

    def note(self, code: str, span: Span, message: str, **more: Any) -> None:
        """Remember a mistake."""
        self.mistakes.append(Diagnostic(code, span, message, **more))

    def name_of(self, token: Token) -> syntax.Name:
        return syntax.Name(self.span((token,)), str(token))

    def new_name(self, token: Token, what: str) -> syntax.Name:
        """The name of something that is declared here."""
        name = self.name_of(token)
        mistake = name_mistake(name, what)
        if mistake is not None:
            self.mistakes.append(mistake)
        return name

    def names_in(self, children: Children, kind: str = "NAME") -> tuple[syntax.Name, ...]:
        return tuple(self.name_of(one) for one in tokens(children, kind))

    def string_of(self, token: Token) -> syntax.String:
        span = self.span((token,))
        if "\\" in token:
            self.mistakes.extend(escape_mistakes(str(token), span))
        return syntax.String(span, unescape(token[1:-1]))

    def strings_in(self, children: Children) -> tuple[syntax.String, ...]:
        return tuple(self.string_of(one) for one in tokens(children, "STRING"))

    def decimal_of(self, token: Token) -> Decimal:
        if len(token) > NUMBER_CHARS_MAX:
            message = f"a number has at most {NUMBER_CHARS_MAX} characters"
            self.note("bad-number", self.span((token,)), message)
            return Decimal(0)
        return Decimal(token.replace("_", ""))

    def number_of(self, token: Token) -> syntax.NumberLiteral:
        value = self.decimal_of(token)
        span = self.span((token,))
        return syntax.DecimalLiteral(span, value) if "." in token else syntax.IntLiteral(span, int(value))

    def operator_of(self, token: Token) -> syntax.Operator:
        return syntax.Operator(self.span((token,)), str(token))  # type: ignore[arg-type]

    def LPAR(self, token: Token) -> Token:
        """Called by the lexer, so that a million parentheses end the reading at the first too many."""
        self.parentheses += 1
        if self.parentheses > NESTING_MAX:
            raise self.too_deep(token.start_pos or 0)
        return token

    def RPAR(self, token: Token) -> Token:
        self.parentheses -= 1
        return token

    def too_deep(self, at: int) -> TooDeep:
        return TooDeep(
            Diagnostic(
                "nested-too-deeply",
                Span(self.path, at, at + 1),
                f"this is nested more than {NESTING_MAX} deep",
                help=("give the inner parts names of their own with `define` or `pattern`",),
            )
        )

    def deep(self, node: N, below: Iterable[object]) -> N:
        """Note how deep a node is; past the limit nothing is built, so that nobody ever recurses into it."""
        depth = 1 + max(self.depths.get(id(one), 0) for one in below)
        if depth > NESTING_MAX:
            raise self.too_deep(node.span.start)  # type: ignore[attr-defined]
        self.depths[id(node)] = depth
        return node


def once(clauses: Iterable[Any]) -> tuple[tuple[Any, ...], list[Diagnostic]]:
    """The clauses, each that may stand only once at its first place, and what is wrong with the others."""
    seen: dict[type, Span] = {}
    kept = []
    mistakes = []
    for one in clauses:
        kind = type(one)
        if kind in seen:
            mistakes.append(_stands_twice(one, seen[kind]))
            continue
        kept.append(one)
        if kind in ONCE:
            seen[kind] = one.span
    return tuple(kept), mistakes


def is_token(one: object, kind: str) -> bool:
    """Whether a child is a token of this kind."""
    return isinstance(one, Token) and one.type == kind


def tokens(children: Iterable[object], kind: str) -> Iterator[Token]:
    """The tokens of this kind."""
    return (one for one in children if isinstance(one, Token) and one.type == kind)


def nodes(children: Iterable[object]) -> Iterator[Any]:
    """The children that are nodes already."""
    return (one for one in children if not isinstance(one, Token))


def _stands_twice(clause: Any, first: Span) -> Diagnostic:
    word = _clause_word(type(clause))
    more = _HELP_TWICE.get(word)
    return Diagnostic(
        "duplicate-clause",
        clause.span,
        f"`{word}` stands here a second time",
        label="this one is too many",
        help=(more,) if more else (),
        secondary=((first, "the first is here"),),
    )


def _clause_word(kind: type) -> str:
    """The word that a clause of this kind begins with."""
    words: dict[type, str] = {syntax.UndecidedAction: "undecided", syntax.IncompleteAction: "incomplete"}
    return words.get(kind, kind.__name__.lower())


_HELP_TWICE = {
    "when": "join the two conditions with `and`, or write a second rule",
    "unless": "join the two conditions with `or`",
    "then": "a rule has one action; write a second rule for the other",
    "expect": "write a second test for the other",
}
