"""A policy file as it is typed: cut into pieces, one an item, of which an edit reads anew only what it
touches.

In: a text, then edits. Out at any time: the syntax tree and the mistakes of the whole file, as `parse`
would give them. A piece is read alone, from offset 0, and moved to its place when somebody asks for the
tree, so that a keystroke in a file of hundreds of rules costs the reading of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from solon.dsl import syntax
from solon.dsl.chunks import chunks
from solon.dsl.diagnostics import Diagnostic, in_order
from solon.dsl.lexemes import without_space
from solon.dsl.parser import FILE_BYTES_MAX, ParseResult, parse, too_large
from solon.dsl.source import Source, Span
from solon.editor.shifting import shifted

MISTAKES_MAX = 200
"""Mistakes that are told of one file."""


@dataclass(slots=True)
class Piece:
    """A stretch of text, mostly one item with what stands behind it, read alone."""

    text: str
    items: tuple[syntax.Item, ...]
    diagnostics: tuple[Diagnostic, ...]
    broken: bool
    damaged: frozenset[str]
    unread: bool = False
    _at: int = 0
    _placed: tuple[tuple[syntax.Item, ...], tuple[Diagnostic, ...]] | None = None

    def at(self, start: int) -> tuple[tuple[syntax.Item, ...], tuple[Diagnostic, ...]]:
        """Items and mistakes where the piece stands in the file."""
        if start == 0:
            return self.items, self.diagnostics
        if self._placed is None or self._at != start:
            self._placed = shifted(self.items, start), shifted(self.diagnostics, start)
            self._at = start
        return self._placed


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document at one moment; nothing in it changes, so that other threads may read it."""

    path: str
    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    refused: Diagnostic | None = None

    def result(self) -> ParseResult:
        """The tree and the mistakes of the whole file."""
        if self.refused is not None:
            return ParseResult(None, (self.refused,))
        items: list[syntax.Item] = []
        mistakes: list[Diagnostic] = []
        for piece, start in zip(self.pieces, self.starts, strict=True):
            placed, found = piece.at(start)
            items += placed
            mistakes += found
        return ParseResult(self._file(tuple(items)), in_order(mistakes)[:MISTAKES_MAX])

    def loose_file(self, fresh: range) -> syntax.File:
        """The tree at once: only pieces of these numbers have their spans moved to where they stand now."""
        items: list[syntax.Item] = []
        for number, (piece, start) in enumerate(zip(self.pieces, self.starts, strict=True)):
            items += piece.at(start)[0] if number in fresh else piece.items
        return self._file(tuple(items))

    def _file(self, items: tuple[syntax.Item, ...]) -> syntax.File:
        return syntax.File(
            Span(self.path, 0, len(self.text)),
            items,
            broken=any(piece.broken for piece in self.pieces),
            damaged=frozenset().union(*(piece.damaged for piece in self.pieces)),
        )

    def mistakes_of(self, numbers: range) -> tuple[Diagnostic, ...]:
        """The mistakes of some pieces."""
        return tuple(one for number in numbers for one in self.pieces[number].at(self.starts[number])[1])

    def piece_at(self, offset: int) -> tuple[Piece, int]:
        """The piece that a character stands in, and where the piece starts."""
        number = max((at for at, start in enumerate(self.starts) if start <= offset), default=0)
        return self.pieces[number], self.starts[number]

    def stretch(self, numbers: range) -> tuple[int, int]:
        """From where to where these pieces stand."""
        if not numbers or not self.pieces:
            return 0, len(self.text)
        last = numbers[-1]
        return self.starts[numbers[0]], self.starts[last] + len(self.pieces[last].text)


@dataclass(slots=True)
class Document:
    """One open file. `path` is what spans name: the path from the root file's folder."""

    path: str
    text: str
    _pieces: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pieces = [] if self._too_large() else self._cut(self.text, {})

    def snapshot(self) -> Snapshot:
        """The document as it is now."""
        refused = too_large(self.path, len(self.text)) if self._too_large() else None
        lengths = (len(piece.text) for piece in self._pieces)
        starts = tuple(accumulate(lengths, initial=0))[: len(self._pieces)]
        return Snapshot(self.path, self.text, tuple(self._pieces), starts, refused)

    def edit(self, start: int, end: int, new: str) -> range:
        """Put `new` in place of the characters from `start` to `end`; the numbers of the pieces read anew."""
        self.text = self.text[:start] + new + self.text[end:]
        if self._too_large():
            self._pieces = []
            return range(0)
        if not self._pieces or self._pieces[-1].unread:
            self._pieces = self._cut(self.text, {})
            return range(len(self._pieces))
        first, last, region_start = self._touched(start, end)
        old = self._pieces[first : last + 1]
        before = "".join(piece.text for piece in old)
        region = before[: start - region_start] + new + before[end - region_start :]
        fresh = self._cut(region, {piece.text: piece for piece in old})
        self._pieces[first : last + 1] = fresh
        known = {id(piece) for piece in old}
        changed = [first + at for at, piece in enumerate(fresh) if id(piece) not in known]
        return range(changed[0], changed[-1] + 1) if changed else range(first, first)

    def _touched(self, start: int, end: int) -> tuple[int, int, int]:
        """The pieces that an edit may change: those it stands in, and one more on each side."""
        at, first, last, region_start = 0, 0, 0, 0
        first_found = False
        for number, piece in enumerate(self._pieces):
            stop = at + len(piece.text)
            if not first_found and stop >= start:
                first, first_found = number, True
            if at <= end:
                last = number
            at = stop
        first, last = max(first - 1, 0), min(last + 1, len(self._pieces) - 1)
        region_start = sum(len(piece.text) for piece in self._pieces[:first])
        return first, last, region_start

    def _cut(self, text: str, known: dict[str, Piece]) -> list[Piece]:
        """The pieces of a text; those whose text is known are taken over."""
        found, _ = chunks(without_space(text), self.path)
        cuts = [0, *(chunk.start for chunk in found[1:])]
        texts = [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
        pieces: list[Piece] = []
        mistakes = 0
        for number, one in enumerate(texts):
            if mistakes >= MISTAKES_MAX:
                # A file of something else entirely: nobody reads so many mistakes, so the rest is left.
                pieces.append(Piece("".join(texts[number:]), (), (), True, frozenset(), unread=True))
                break
            piece = known.get(one) or self._read(one)
            if piece.broken and pieces:
                # A name that looks like the beginning of an item cuts in the wrong place.
                together = self._read(pieces[-1].text + one)
                if not together.broken:
                    mistakes += len(together.diagnostics) - len(pieces[-1].diagnostics)
                    pieces[-1] = together
                    continue
            mistakes += len(piece.diagnostics)
            pieces.append(piece)
        return pieces

    def _read(self, text: str) -> Piece:
        result = parse(Source(self.path, text))
        if result.file is None:
            return Piece(text, (), result.diagnostics, True, frozenset())
        return Piece(text, result.file.items, result.diagnostics, result.file.broken, result.file.damaged)

    def _too_large(self) -> bool:
        return len(self.text) > FILE_BYTES_MAX or (
            len(self.text) * 4 > FILE_BYTES_MAX
            and len(self.text.encode("utf-8", "surrogatepass")) > FILE_BYTES_MAX
        )
