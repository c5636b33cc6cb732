"""Words, phrases and literals in the plain way, and the walk over a stream that all clauses share.

A *stream* is a folded text with, for each folded character, its origin and reach (docs/semantics.md,
"Folding"). A *finder* says, for a place of a stream where a match may start, the longest end from there;
`walk` turns that into the selected spans of a clause.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from solon.matcher import folding
from solon.matcher.folding import Folded
from solon.matcher.reference.spans import Span

Term = str | dict[str, Any]
"""A term of the IR's JSON: its text, or a node where a side is open."""

Longest = Callable[[int], int | None]


class Finder(Protocol):
    """A clause, ready to look at texts."""

    def on(self, text: str) -> Longest:
        """The function from a start in the folded text to the longest end, or None."""


def walk(stream: Folded, longest_from: Longest) -> list[Span]:
    """The leftmost span, from its start the longest, then on from its end; in characters of the message."""
    spans: list[Span] = []
    free = 0
    for start, origin in enumerate(stream.origins):
        first_of_its_origin = start == 0 or stream.origins[start - 1] != origin
        if not first_of_its_origin or origin < free:
            continue
        end = longest_from(start)
        if end is not None:
            free = stream.reaches[end - 1]
            spans.append((origin, free))
    return spans


@dataclass(frozen=True, slots=True)
class PlainTerm:
    """A folded term: its pieces between runs of white space, and which sides want a word edge."""

    pieces: tuple[str, ...]
    edge_left: bool
    edge_right: bool

    def end_from(self, text: str, start: int) -> int | None:
        """Where the term ends if it stands at `start`."""
        if self.edge_left and not folding.word_edge(text, start):
            return None
        place = start
        for number, piece in enumerate(self.pieces):
            if number > 0:
                after_space = skip_space(text, place)
                if after_space == place:
                    return None
                place = after_space
            if not text.startswith(piece, place):
                return None
            place += len(piece)
        if self.edge_right and not folding.word_edge(text, place):
            return None
        return place


def plain_term(term: Term, level: str) -> PlainTerm | None:
    """The term, folded; None where nothing is left of it (`check` refuses such a term)."""
    if isinstance(term, str):
        term = {"text": term, "open_left": False, "open_right": False}
    text = folding.fold_text(term["text"], level)
    pieces = pieces_of(text)
    if not pieces:
        return None
    return PlainTerm(
        pieces,
        edge_left=not term["open_left"] and folding.is_word(pieces[0][0]),
        edge_right=not term["open_right"] and folding.is_word(pieces[-1][-1]),
    )


def pieces_of(text: str) -> tuple[str, ...]:
    """What stands between the runs of white space."""
    spaced = "".join(" " if folding.is_space(character) else character for character in text)
    return tuple(piece for piece in spaced.split(" ") if piece)


def skip_space(text: str, place: int) -> int:
    """The first place from here on that is no white space."""
    while place < len(text) and folding.is_space(text[place]):
        place += 1
    return place


class PlainWords:
    """All terms of a clause, by their first piece: only those whose first piece stands here are tried."""

    def __init__(self, terms: Sequence[Term], level: str) -> None:
        self.by_first: dict[str, list[PlainTerm]] = {}
        for written in terms:
            term = plain_term(written, level)
            if term is not None:
                self.by_first.setdefault(term.pieces[0], []).append(term)
        self.lengths = sorted({len(piece) for piece in self.by_first})

    def on(self, text: str) -> Longest:
        def longest_from(start: int) -> int | None:
            longest = None
            for length in self.lengths:
                for term in self.by_first.get(text[start : start + length], ()):
                    end = term.end_from(text, start)
                    if end is not None and (longest is None or end > longest):
                        longest = end
            return longest

        return longest_from


class Literals:
    """`text "…"`: characters anywhere."""

    def __init__(self, literals: Sequence[str], level: str) -> None:
        self.by_first: dict[str, list[str]] = {}
        for written in literals:
            literal = folding.fold_text(written, level)
            if literal:
                self.by_first.setdefault(literal[0], []).append(literal)

    def on(self, text: str) -> Longest:
        def longest_from(start: int) -> int | None:
            possible = self.by_first.get(text[start], ())
            return max((start + len(one) for one in possible if text.startswith(one, start)), default=None)

        return longest_from
