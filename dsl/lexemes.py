"""A policy's text cut into coarse pieces, whatever it says: nothing is lost, nothing is refused.

In: any text. Out: lexemes that, put together, are the text again. The parser has a lexer of its own, which
knows what the grammar wants next; this one serves the work that must go on where that one stops: recovery
after a mistake, the look at odd characters, the formatter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Lexeme(NamedTuple):
    """One piece. `kind`: space comment string open_string curly_string regex open_regex word number sign.

    An `open_string` is a quote whose string does not end on its line, with the rest of the line; likewise an
    `open_regex`. A `curly_string` has typographic quotes.
    """

    kind: str
    text: str
    start: int
    column: int
    """How many characters of its line stand before it."""
    first_on_line: bool
    """Whether nothing but white space stands before it on its line."""

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.start + len(self.text)


# Possessive repeats: what they have taken they never give back, so that a hostile text costs linear time.
_PIECES = re.compile(
    r"""
    (?P<space> [ \t\r\n]++ )
  | (?P<word> [A-Za-z_][A-Za-z0-9_]*+ (?: [.-][A-Za-z0-9_]++ )*+ )
  | (?P<string> "(?: [^"\\\n] | \\. )*+" )
  | (?P<comment> \#[^\n]*+ )
  | (?P<number> -?[0-9] (?: [0-9A-Za-z_:] | [.+-](?=[0-9]) )*+ )
  | (?P<regex> /(?: [^/\\\[\n] | \\. | \[(?: [^\]\\\n] | \\. )*+\] )++/[A-Za-z]*+ )
  | (?P<open_string> "[^\n]*+ )
  | (?P<open_regex> /[^\n]*+ )
  | (?P<curly_string> [“”„«»][^"“”„«»\n]{0,1000}[“”«»] )
  | (?P<sign> <= | >= | != | == | && | \|\| | => | =< | <> | [^\n] )
    """,
    re.VERBOSE,
)


def scan(text: str) -> Iterator[Lexeme]:
    """The lexemes of a text, in order."""
    line_start, first = 0, True
    for found in _PIECES.finditer(text):
        kind, piece, start = found.lastgroup or "sign", found.group(), found.start()
        yield Lexeme(kind, piece, start, start - line_start, first)
        if kind != "space":
            first = False
        elif "\n" in piece:
            line_start, first = start + piece.rindex("\n") + 1, True


def without_space(text: str) -> list[Lexeme]:
    """The lexemes that say something: all but white space and comments."""
    return [one for one in scan(text) if one.kind not in {"space", "comment"}]
