"""Characters that have no business in a policy's text, or not where they stand.

In: a source. Out: a text of the same length that the parser can read, and what was wrong. Inside strings and
comments any script is at home; outside, a letter that only looks like an ASCII one would make a name that
nobody can find. Controls that turn the direction of writing can make a policy read other than it is, so they
are mistakes anywhere.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable

from solon.dsl.diagnostics import Diagnostic, Fix
from solon.dsl.lexemes import Lexeme, scan
from solon.dsl.source import Source, Span

MISTAKES_MAX = 20
"""Characters reported one by one; a file in the wrong encoding has thousands."""

_ODD = re.compile(r"[^\t\n\r -~]|\r(?!\n)")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IN_STRINGS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BOM = "\ufeff"

# Letters that look like ASCII ones, and signs that editors and chat programs put for ASCII ones.
_LOOKS_LIKE = dict(
    zip(
        "аеорсухіјѕԁԛԝһАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοναι‐‑‒–—−＝‘’“”„«»＂，：；｛｝（）＜＞≤≥≠×",
        'aeopcyxijsdqwhABEKMHOPCTXIJSABEZHIKMNOPTYXovai------=\'\'"""""",:;{}()<><>=x',
        strict=True,
    )
)
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}


def cleaned(source: Source) -> tuple[str, list[Diagnostic]]:
    """The text with each odd character outside strings and comments replaced by one that can be read."""
    text = source.text
    if not _ODD.search(text):
        return text, []
    mistakes = _Few(source.path)
    pieces: list[str] = []
    for lexeme in scan(text):
        piece = lexeme.text
        if lexeme.kind in {"string", "comment", "regex", "open_string"}:
            for found in _IN_STRINGS.finditer(piece):
                after = lexeme.start + found.end()
                if found.group() != "\r" or text[after : after + 1] != "\n":
                    mistakes.add(_in_string, lexeme, found.start())
        elif lexeme.kind == "curly_string":
            mistakes.add(_curly, lexeme, 0)
            piece = f'"{piece[1:-1]}"' if "\\" not in piece else '"' + "x" * (len(piece) - 2) + '"'
        elif _ODD.search(piece):
            for found in _ODD.finditer(piece):
                mistakes.add(_outside, lexeme, found.start())
            piece = _ODD.sub(_replacement, piece)
        pieces.append(piece)
    return "".join(pieces), mistakes.reported()


def named(character: str) -> str:
    """`U+0430 CYRILLIC SMALL LETTER A`"""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def looks_like(character: str) -> str | None:
    """The ASCII character that this one looks like or stands for, if there is one."""
    if character in _LOOKS_LIKE:
        return _LOOKS_LIKE[character]
    plain = unicodedata.normalize("NFKD", character)[:1]
    return plain if plain.isascii() and plain.isprintable() else None


def _replacement(found: re.Match[str]) -> str:
    character = found.group()
    if _is_blank(character):
        return " "
    like = looks_like(character)
    if like is not None:
        return like
    return "_" if character.isalnum() else " "


def _is_blank(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Mn"}


def _outside(lexeme: Lexeme, offset: int, path: str) -> Diagnostic:
    character, at = lexeme.text[offset], lexeme.start + offset
    span = Span(path, at, at + 1)
    if character == _BOM and at == 0:
        return _byte_order_mark(span)
    if _is_blank(character):
        return _invisible(character, span)
    return _foreign(character, span)


def _byte_order_mark(span: Span) -> Diagnostic:
    return Diagnostic(
        "byte-order-mark",
        span,
        "this file begins with a byte order mark, which UTF-8 does not need",
        label="it is passed over",
        fix=Fix(span, "", certain=True),
    )


def _invisible(character: str, span: Span) -> Diagnostic:
    space = unicodedata.category(character).startswith("Z")
    code = "invisible-character"
    if character in _BIDI:
        code = "bidi-control"
    elif unicodedata.category(character) == "Cc":
        code = "control-character"
    return Diagnostic(
        code,
        span,
        f"there is a character here that cannot be seen: {named(character)}",
        label="write a plain space" if space else "take it out",
        fix=Fix(span, " " if space else "", certain=True),
    )


def _foreign(character: str, span: Span) -> Diagnostic:
    like = _SIGNS.get(character) or looks_like(character)
    if like is None:
        return Diagnostic(
            "odd-character",
            span,
            f"`{character}` ({named(character)}) can stand only in strings and comments",
        )
    return Diagnostic(
        "look-alike-character",
        span,
        f"`{character}` is {named(character)}, not `{like}`",
        label=f"write `{like}`",
        fix=Fix(span, like),
    )


def _curly(lexeme: Lexeme, _offset: int, path: str) -> Diagnostic:
    span = Span(path, lexeme.start, lexeme.end)
    inside = lexeme.text[1:-1]
    return Diagnostic(
        "look-alike-character",
        span,
        f"strings are written in plain quotes; `{lexeme.text[0]}` is {named(lexeme.text[0])}",
        label=f'write `"{inside}"`' if len(inside) <= 40 else 'write `"` at both ends',
        fix=Fix(span, f'"{inside}"', certain=True),
    )


def _in_string(lexeme: Lexeme, offset: int, path: str) -> Diagnostic:
    character = lexeme.text[offset]
    span = Span(path, lexeme.start + offset, lexeme.start + offset + 1)
    where = "comment" if lexeme.kind == "comment" else "string"
    if character in _BIDI:
        code, message = "bidi-control", "a control that turns the direction of writing can hide text"
    elif "\ud800" <= character <= "\udfff":
        code, message = "control-character", "half of a surrogate pair is no character"
    else:
        code, message = "control-character", f"there is a control character in this {where}"
    escape = f"\\u{{{ord(character):X}}}"
    written = where == "string" and lexeme.kind != "regex"
    return Diagnostic(
        code,
        span,
        f"{message}: {named(character)}",
        label=f"write `{escape}` if it is meant" if written else "take it out",
        fix=Fix(span, escape if written else ""),
    )


class _Few:
    """The first mistakes, and how many more there are: they are made only as far as they are reported."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.made: list[Diagnostic] = []
        self.more = 0

    def add(self, make: Callable[[Lexeme, int, str], Diagnostic], lexeme: Lexeme, offset: int) -> None:
        if len(self.made) < MISTAKES_MAX:
            self.made.append(make(lexeme, offset, self.path))
        else:
            self.more += 1

    def reported(self) -> list[Diagnostic]:
        if self.more:
            note = f"{self.more} more characters of this file are no better; is it UTF-8 text?"
            self.made[-1] = dataclasses.replace(self.made[-1], notes=(note,))
        return self.made
