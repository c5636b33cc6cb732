"""The parser that lark makes of `grammar.lark`, built once a process and only when something is parsed.

In: a stretch of text and the production it should be. Out: syntax nodes and the mistakes met on the way, or
lark's own error, which `mistakes` puts into words. Nothing but this module and `mistakes` knows of lark's
objects.

Lark's cache file is not used: it is a pickle in a folder that others may write, and building takes a tenth
of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from lark import Lark, TextSlice, Token
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lark import PostLex
from lark.lexer import PatternStr

from solon.dsl.build import Nodes
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.making import TooDeep

__all__ = ["STARTS", "TooDeep", "UnexpectedInput", "UnexpectedToken", "accepted_at_end", "keywords", "read"]

STARTS = (
    "file",
    "item",
    "policy_body",
    "facts_body",
    "pattern_body",
    "rule_body",
    "exempt_body",
    "score_body",
    "test_body",
)
"""The productions that can be read on their own."""


class _WholeWords(PostLex):
    """Lets the lexer see whole words, strings, numbers and signs wherever they stand.

    Where a terminal is not expected the parser then refuses it whole: `unles` is found as one word, and
    `thenhold` is never read as `then hold`. `ODD` is any character that nothing else begins with.
    """

    always_accept = (
        "NAME", "STRING", "NUMBER", "REGEX", "ODD",
        "LBRACE", "RBRACE", "LPAR", "RPAR", "COMMA", "EQUAL", "LESS", "MORE", "PERCENT", "COLON",
    )  # fmt: skip

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


@cache
def _parser() -> tuple[Lark, Nodes]:
    grammar = resources.files("solon.dsl").joinpath("grammar.lark").read_text(encoding="utf-8")
    nodes = Nodes()
    lark = Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=list(STARTS),
        keep_all_tokens=True,
        maybe_placeholders=False,
        postlex=_WholeWords(),
        transformer=nodes,  # its methods are called by name as productions are read
    )
    return lark, nodes


def read(text: str, start: str, path: str, begin: int, end: int) -> tuple[Any, list[Diagnostic]]:
    """Read `text[begin:end]` as the production `start`: its nodes, and the mistakes that hide nothing else.

    Raises `UnexpectedToken` where the text does not fit the grammar and `TooDeep` where it is nested too
    deeply.
    """
    lark, nodes = _parser()
    nodes.begin(path)
    try:
        made = lark.parse(TextSlice(text, begin, end), start=start)
        return made, nodes.mistakes
    finally:
        nodes.begin("")  # keeps no file's nodes alive


def accepted_at_end(text: str) -> frozenset[str] | None:
    """The terminals that could follow a text that may end anywhere in a file; None where it has a mistake."""
    lark, nodes = _parser()
    nodes.begin("")
    try:
        state = lark.parse_interactive(text, start="file")
        state.exhaust_lexer()
        return frozenset(state.accepts())  # type: ignore[no-untyped-call]
    except (UnexpectedInput, TooDeep):
        return None
    finally:
        nodes.begin("")


@cache
def keywords() -> dict[str, str]:
    """Terminal names and the word or sign that they stand for, such as `WHEN` and `when`."""
    lark, _ = _parser()
    plain = {one.name: one.pattern.value for one in lark.terminals if isinstance(one.pattern, PatternStr)}
    return plain | {
        "OPTIONAL": "optional", "SET_OF": "set of", "SCANNED": "scanned text", "ENTITY": "entity",
        "WORDS_CALL": "words", "TEXT_CALL": "text", "URL_CALL": "url", "REGEX_ATOM": "regex", "KNOWN":
        "known", "COUNT": "count", "DISTINCT": "distinct", "ANY_OF": "any of", "ALL_OF": "all of",
    }  # fmt: skip
