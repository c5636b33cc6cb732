"""Characters that have no business in a policy's text, or not where they stand.

In: a source. Out: a text of the same length that the parser can read, and what was wrong. Inside strings and comments
any script is at home; outside, a letter that only looks like an ASCII one would make a name that nobody can find.
Controls that turn the direction of writing can make a policy read other than it is, so they are mistakes anywhere.
"""

from __future__ import annotations

import re
import unicodedata

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
        "aeopcyxijsdqwhABEKMHOPCTXIJSABEZHIKMNOPTYXovai------=''\"\"\"\"\"\",:;{}()<><>=x",
        strict=True,
    )
)
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}


def cleaned(source: Source) -> tuple[str, list[Diagnostic]]:
    """The text with each odd character outside strings and comments replaced by one that can be read."""
    text = source.text
    if not _ODD.search(text):
        return text, []
    mistakes: list[Diagnostic] = []
    pieces: list[str] = []
    for lexeme in scan(text):
        piece = lexeme.text
        if lexeme.kind in {"string", "comment", "regex", "open_string"}:
            for found in _IN_STRINGS.finditer(piece):
                after = lexeme.start + found.end()
                if found.group() != "\r" or text[after : after + 1] != "\n":
                    mistakes.append(_in_string(lexeme, found.start(), source.path))
        elif lexeme.kind == "curly_string":
            mistakes.append(_curly(lexeme, source.path))
            piece = f'"{piece[1:-1]}"' if "\\" not in piece else '"' + "x" * (len(piece) - 2) + '"'
        elif _ODD.search(piece):
            mistakes.extend(_outside(lexeme, source.path))
            piece = _ODD.sub(_replacement, piece)
        pieces.append(piece)
    return "".join(pieces), _few(mistakes)


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


def _outside(lexeme: Lexeme, path: str) -> list[Diagnostic]:
    mistakes = []
    for found in _ODD.finditer(lexeme.text):
        character = found.group()
        at = lexeme.start + found.start()
        span = Span(path, at, at + 1)
        if character == _BOM and at == 0:
            mistakes.append(_byte_order_mark(span))
        elif _is_blank(character):
            mistakes.append(_invisible(character, span))
        else:
            mistakes.append(_foreign(character, span))
    return mistakes


def _byte_order_mark(span: Span) -> Diagnostic:
    return Diagnostic(
        "byte-order-mark",
        span,
        "this file begins with a byte order mark, which UTF-8 does not need",
        label="it is passed over",
        fix=Fix(span, ""),
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
        fix=Fix(span, " " if space else ""),
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


def _curly(lexeme: Lexeme, path: str) -> Diagnostic:
    span = Span(path, lexeme.start, lexeme.end)
    inside = lexeme.text[1:-1]
    return Diagnostic(
        "look-alike-character",
        span,
        f"strings are written in plain quotes; `{lexeme.text[0]}` is {named(lexeme.text[0])}",
        label=f'write `"{inside}"`' if len(inside) <= 40 else 'write `"` at both ends',
        fix=Fix(span, f'"{inside}"'),
    )


def _in_string(lexeme: Lexeme, offset: int, path: str) -> Diagnostic:
    character = lexeme.text[offset]
    span = Span(path, lexeme.start + offset, lexeme.start + offset + 1)
    where = "comment" if lexeme.kind == "comment" else "string"
    if character in _BIDI:
        code, message = "bidi-control", "a control that turns the direction of writing can hide what is written"
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


def _few(mistakes: list[Diagnostic]) -> list[Diagnostic]:
    if len(mistakes) <= MISTAKES_MAX:
        return mistakes
    last = mistakes[MISTAKES_MAX - 1]
    more = len(mistakes) - MISTAKES_MAX
    note = f"{more} more characters of this file are no better; is it UTF-8 text?"
    kept = Diagnostic(last.code, last.span, last.message, last.label, (note,), last.help, fix=last.fix)
    return [*mistakes[: MISTAKES_MAX - 1], kept]
