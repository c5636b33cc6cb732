"""A text with mistakes cut into its items: rules, patterns, and so on.

In: the lexemes of a text. Out: one chunk an item, with its kind, its name and the place of its body where
these can be told, and the mistakes of braces. A word that begins an item at the start of a line ends the one
before it even where a brace is missing, so that one forgotten brace does not swallow the rest of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from solon.dsl.diagnostics import Diagnostic
from solon.dsl.lexemes import Lexeme
from solon.dsl.mistakes import CLAUSE_WORDS, ITEM_WORDS
from solon.dsl.source import Span


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text from `start` to `end` that should be one item; `body` is what stands between its braces.

    `closed` is False where its closing brace is missing, which is reported already.
    """

    kind: str
    name: Lexeme | None
    start: int
    end: int
    body: tuple[int, int] | None
    closed: bool


def chunks(lexemes: list[Lexeme], path: str) -> tuple[list[Chunk], list[Diagnostic]]:
    """Cut the lexemes (no white space, no comments) into items."""
    mistakes: list[Diagnostic] = []
    cut: list[Chunk] = []
    begun = 0
    braces: list[Lexeme] = []
    stray = False
    for at, one in enumerate(lexemes):
        if _begins_item(lexemes, at, begun, bool(braces)):
            if at > begun:
                cut.append(_chunk(lexemes[begun:at], not braces))
            if braces and not _swallowed(lexemes[begun:at]):
                mistakes.append(_unclosed(braces[-1], one, path))
            begun, braces = at, []
        if one.text == "{":
            braces.append(one)
        elif one.text == "}" and braces:
            braces.pop()
        elif one.text == "}":
            if at > begun:
                cut.append(_chunk(lexemes[begun:at], True))
            begun = at + 1
            if not stray:
                mistakes.append(_stray(one, path))
        # Of several stray braces in a row the first says it all.
        stray = one.text == "}" and begun == at + 1
    if begun < len(lexemes):
        cut.append(_chunk(lexemes[begun:], not braces))
    if braces and not _swallowed(lexemes[begun:]):
        mistakes.append(_unclosed(braces[-1], None, path))
    return cut, mistakes


def _begins_item(lexemes: list[Lexeme], at: int, begun: int, in_braces: bool) -> bool:
    """Whether an item begins with this lexeme, by its word, its place and what follows it."""
    one = lexemes[at]
    if one.kind != "word":
        return False
    header = _header(one.text, lexemes[at + 1 : at + 3])
    if in_braces:
        # No block has a line that looks like the header of an item, so a brace is missing before it.
        return header and one.first_on_line
    first_in_line = one.column == 0
    known = one.text in ITEM_WORDS
    if known and at > begun and lexemes[at - 1].text == "todo":
        return False
    if header and known:
        return True
    after_block = at > begun and lexemes[at - 1].text == "}"
    # A misspelled word too begins an item where nothing else could stand.
    return (first_in_line and (known or header or _block_like(lexemes[at + 1 : at + 3]))) or (
        after_block and (known or header)
    )


def _header(word: str, after: list[Lexeme]) -> bool:
    """Whether these lexemes follow an item's first word in a text without mistakes."""
    first = after[0] if after else None
    second = after[1] if len(after) > 1 else None
    if first is None:
        return False
    match word:
        case "facts":
            return first.text == "{"
        case "use":
            return first.kind == "string"
        case "test":
            return first.kind == "string"
        case "todo":
            return first.text == "test"
        case "define":
            return first.kind == "word" and second is not None and second.text == "="
        case "pattern":
            return first.kind == "word" and second is not None and second.text in {"=", "{"}
        case "policy" | "rule" | "exempt" | "score":
            return first.kind == "word" and second is not None and second.text == "{"
    return False


def _block_like(after: list[Lexeme]) -> bool:
    """`rul x {`, `patern x =`, `tset "…" {`: the look of a header, whatever its first word."""
    if len(after) < 2:
        return False
    return after[0].kind in {"word", "string"} and after[1].text in {"{", "="}


def _chunk(inside: list[Lexeme], closed: bool) -> Chunk:
    first, last = inside[0], inside[-1]
    kind = "test" if first.text == "todo" else first.text
    after = inside[2:] if first.text == "todo" else inside[1:]
    name = after[0] if after and after[0].kind == ("string" if kind == "test" else "word") else None
    header = after[1:] if name is not None else after
    body = None
    if kind in CLAUSE_WORDS and header and header[0].text == "{" and (name is not None or kind == "facts"):
        # Where a brace is missing, the last one was most likely meant for the block.
        end = last.start if last.text == "}" else last.end
        body = (header[0].end, end)
        if closed and not _closes_at_end(inside):
            body = None  # something stands after the block; the whole chunk tells it best
    return Chunk(kind, name, first.start, last.end, body, closed)


def _closes_at_end(inside: list[Lexeme]) -> bool:
    """Whether the first brace closes with the last lexeme."""
    depth = 0
    for one in inside:
        depth += (one.text == "{") - (one.text == "}")
        if depth == 0 and one.text == "}":
            return one is inside[-1]
    return False


def _swallowed(inside: list[Lexeme]) -> bool:
    """Whether a string without an end may have swallowed the brace; the string is the mistake then."""
    return any(one.kind in {"open_string", "open_regex"} for one in inside)


def _unclosed(brace: Lexeme, following: Lexeme | None, path: str) -> Diagnostic:
    secondary: tuple[tuple[Span, str], ...] = ()
    if following is not None:
        secondary = ((Span(path, following.start, following.end), "the next definition begins here"),)
    return Diagnostic(
        "missing-brace",
        Span(path, brace.start, brace.end),
        "this `{` is never closed",
        label="there is no `}` for it",
        secondary=secondary,
    )


def _stray(brace: Lexeme, path: str) -> Diagnostic:
    return Diagnostic(
        "stray-brace",
        Span(path, brace.start, brace.end),
        "this `}` closes nothing",
        label="all blocks before it are closed already",
    )
