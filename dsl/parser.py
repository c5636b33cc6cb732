"""Text to syntax tree.

In: a source. Out: its tree and all that is wrong with it, whatever the text. A file without a mistake is
read in one go; one with mistakes is read again in pieces (`recovery`), so that each mistake is reported and
hides no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from solon.dsl import grammar, syntax
from solon.dsl.characters import cleaned
from solon.dsl.diagnostics import Diagnostic, in_order
from solon.dsl.recovery import MISTAKES_MAX, recover, too_many
from solon.dsl.source import Source, Span

FILE_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParseResult:
    """`file` is None where there was nothing that could be read at all."""

    file: syntax.File | None
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source) -> ParseResult:
    """Read a policy file; never raises for what the text says."""
    whole = Span(source.path, 0, len(source.text))
    if _bytes(source.text) > FILE_BYTES_MAX:
        return ParseResult(None, (too_large(source.path, _bytes(source.text)),))
    text, mistakes = cleaned(source)
    try:
        items, more = grammar.read(text, "file", source.path, 0, len(text))
        file = syntax.File(whole, items, broken=any(one.is_error for one in mistakes))
    except (grammar.UnexpectedInput, grammar.TooDeep) as error:
        found = recover(text, source.path, error)
        more = found.diagnostics
        file = syntax.File(whole, found.items, broken=True, damaged=found.damaged)
    # An odd character was read as a blank; that nothing fits behind it is no second mistake.
    odd = {one.span.end for one in mistakes if one.is_error}
    own = [one for one in more if one.code != "syntax" or one.span.start not in odd]
    found_all = in_order([*mistakes, *own])
    if len(found_all) > MISTAKES_MAX + 1:
        found_all = (*found_all[:MISTAKES_MAX], too_many(found_all[MISTAKES_MAX]))
    return ParseResult(file, found_all)


def too_large(path: str, size_bytes: int) -> Diagnostic:
    """The file is larger than a policy can be."""
    return Diagnostic(
        "file-too-large",
        Span(path, 0, 0),
        f"this file has {size_bytes:_} bytes; a policy file has at most {FILE_BYTES_MAX:_}",
        help=('long lists of words belong into a file of their own: `words from "words.txt"`',),
    )


def _bytes(text: str) -> int:
    # Only a text near the limit is worth encoding; lone surrogates are reported elsewhere.
    if len(text) * 4 <= FILE_BYTES_MAX:
        return len(text)
    return len(text.encode("utf-8", "surrogatepass"))
