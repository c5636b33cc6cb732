"""Kinds of characters that the number-like entities share, and the way back to the message.

docs/entities-numbers.md, "Common". Every question may be asked of a place outside the text: the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from solon.matcher.folding import Folded, fold, is_letter, is_space, is_unspaced, is_word

Span = tuple[int, int]

LINE_ENDS = "\n\v\f\r\x85\u2028\u2029"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
CURRENCY_SIGNS = "$¢£¤¥֏؋৲৳฿៛" + "".join(map(chr, range(0x20A0, 0x20C1)))


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def stream_of(message: str, level: str) -> Stream:
    """The stream in which entities of patterns of this level are found."""
    folded = fold(message, "none" if level == "none" else "basic")
    return Stream(folded.text, folded)


@dataclass(frozen=True, slots=True)
class Stream:
    """A folded text with questions about its characters."""

    text: str
    folded: Folded

    def at(self, i: int) -> str:
        """The character, or nothing outside the text."""
        return self.text[i] if 0 <= i < len(self.text) else ""

    def one_of(self, i: int, characters: str) -> bool:
        c = self.at(i)
        return c != "" and c in characters

    def digit(self, i: int) -> bool:
        return self.one_of(i, "0123456789")

    def blank(self, i: int) -> bool:
        c = self.at(i)
        return c != "" and is_space(c) and c not in LINE_ENDS

    def dash(self, i: int) -> bool:
        return self.one_of(i, DASHES)

    def currency(self, i: int) -> bool:
        return self.one_of(i, CURRENCY_SIGNS)

    def glue(self, i: int) -> bool:
        c = self.at(i)
        return c != "" and is_word(c) and not is_unspaced(c)

    def letter(self, i: int) -> bool:
        c = self.at(i)
        return c != "" and is_letter(c)

    def run_end(self, i: int) -> int:
        """The end of the digits that start at i."""
        while self.digit(i):
            i += 1
        return i

    def glue_end(self, i: int) -> int:
        """The end of the glue that starts at i."""
        while self.glue(i):
            i += 1
        return i

    def runs(self) -> list[Span]:
        """All longest stretches of digits."""
        found = []
        i = 0
        while i < len(self.text):
            end = self.run_end(i)
            if end > i:
                found.append((i, end))
            i = max(end, i + 1)
        return found

    def stretches(self) -> list[Span]:
        """All longest stretches of glue."""
        found = []
        i = 0
        while i < len(self.text):
            end = self.glue_end(i)
            if end > i:
                found.append((i, end))
            i = max(end, i + 1)
        return found

    def starts(self, i: int) -> bool:
        return self.folded.starts(i)

    def originals(self, spans: Iterable[Span]) -> list[Span]:
        """Folded spans to spans of the message, selected: leftmost, then longest, none overlapping."""
        mapped = {(self.folded.origins[start], self.folded.reaches[end - 1]) for start, end in spans}
        chosen: list[Span] = []
        for start, end in sorted(mapped, key=lambda span: (span[0], -span[1])):
            if not chosen or start >= chosen[-1][1]:
                chosen.append((start, end))
        return chosen
