"""Where text comes from and where in it something stands.

In: a file's path and its text. Out: spans (offsets in characters), and lines and columns computed only when
somebody asks. Spans carry the path and no text, so that syntax trees stay small and comparable.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` up to, not including, `end` of the file `source_path`."""

    source_path: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other one of the same file."""
        return Span(self.source_path, self.start, other.end)


class Position(NamedTuple):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A policy file as it was read: `path` is relative to the root file's folder, always with `/`."""

    path: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @property
    def line_count(self) -> int:
        """How many lines there are; an empty text has one."""
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """Line and column of a character; offsets past the end give the place after the last character."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The character at a line and column, both from 1; the end of the text for places past it."""
        if not 1 <= line <= self.line_count:
            return len(self.text)
        return min(self._line_starts[line - 1] + column - 1, len(self.text))

    def start(self, span: Span) -> Position:
        """Where the span's first character stands."""
        return self.position(span.start)

    def end(self, span: Span) -> Position:
        """The place after the span's last character."""
        return self.position(span.end)

    def line_text(self, line: int) -> str:
        """The text of a line (from 1) without its line end."""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] - 1 if line < self.line_count else len(self.text)
        return self.text[start:end].removesuffix("\r")

    def text_of(self, span: Span) -> str:
        """The characters of the span."""
        return self.text[span.start : span.end]
