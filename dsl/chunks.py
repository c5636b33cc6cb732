"""A text with mistakes cut into its items: rules, patterns, and so on.

In: the lexemes of a text. Out: one chunk an item, with its kind, its name and the place of its body where
these can be told, and the mistakes of braces. A word that begins an item at the start of a line ends the one
before it even where a brace is missing, so that one forgotten brace does not swallow the rest of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from solon.dsl.diagnostics import Diagnostic
from solon.dsl.lexemes import Lexeme
from solon.dsl.scene import CLAUSE_WORDS, ITEM_WORDS
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

    def end_chunk(at: int) -> None:
        """The chunk that has begun ends before this lexeme."""
        if at <= begun:
            return
        chunk = _chunk(lexemes[begun:at], not braces)
        cut.append(chunk)
        if chunk.body is not None and braces and not _swallowed(lexemes[begun:at]):
            mistakes.append(_unclosed(braces[-1], lexemes[at] if at < len(lexemes) else None, path))

    for at, one in enumerate(lexemes):
        if _begins_item(lexemes, at, begun, bool(braces)):
            end_chunk(at)
            begun, braces = at, []
        if one.text == "{":
            braces.append(one)
        elif one.text == "}" and braces:
            braces.pop()
            if not braces and _is_block(lexemes[begun : begun + 4]):
                end_chunk(at + 1)
                begun = at + 1
        elif one.text == "}":
            end_chunk(at)
            begun = at + 1
            # Of several stray braces in a row the first says it all.
            if not stray:
                mistakes.append(_stray(one, path))
        stray = one.text == "}" and begun == at + 1 and bool(mistakes) and mistakes[-1].code == "stray-brace"
    end_chunk(len(lexemes))
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
    # A misspelled word too begins an item where nothing else could stand.
    return first_in_line and (known or _block_like(lexemes[at + 1 : at + 3]))


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
    header = inside[2:] if first.text == "todo" else inside[1:]
    name = header[0] if header and header[0].kind == ("string" if kind == "test" else "word") else None
    body = None
    if _is_block(inside[:4]):
        brace = header[0 if name is None else 1]
        # Where a brace is missing, the last one was most likely meant for the block.
        body = (brace.end, last.start if last.text == "}" else last.end)
    return Chunk(kind, name, first.start, last.end, body, closed)


def _is_block(first: list[Lexeme]) -> bool:
    """Whether an item that begins with these lexemes is a block, up to its brace without a mistake."""
    words = [one.text for one in first]
    if words[:1] == ["todo"]:
        words, first = words[1:], first[1:]
    if words[:2] == ["facts", "{"]:
        return True
    if len(words) < 3 or words[0] not in CLAUSE_WORDS or words[2] != "{":
        return False
    return first[1].kind == ("string" if words[0] == "test" else "word")


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
