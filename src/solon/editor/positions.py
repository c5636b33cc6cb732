"""Characters of a text to the lines and columns that editors count, and back: the one place that knows
both.

Editors speak of lines from 0 and of columns in UTF-16 units (or UTF-8 bytes, or code points, as agreed
when they connect); a character past U+FFFF, such as most emoji, is two of these units. They end a line at
`\\n`, `\\r\\n` and `\\r`, Solon at `\\n` alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\n|\r")


class Units(StrEnum):
    """What columns count, by the name that the protocol has for it."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Place(NamedTuple):
    """A line and a column, both from 0; the column in units."""

    line: int
    column: int


class Positions:
    """The lines of one text."""

    def __init__(self, text: str, units: Units = Units.UTF16) -> None:
        self.text = text
        self.units = units
        self._plain = text.isascii() or units is Units.UTF32

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @property
    def line_count(self) -> int:
        """How many lines there are; an empty text has one."""
        return len(self._starts)

    def place(self, offset: int) -> Place:
        """The line and column of a character; past the end, that of the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        return Place(line, offset - start if self._plain else self._width(self.text[start:offset]))

    def offset(self, line: int, column: int) -> int:
        """The character at a line and column; past a line's end that end, past the last line the text's.

        A column inside of a character, as a careless client may send, is that character's start.
        """
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[line], self._line_end(line)
        column = max(0, column)
        if self._plain:
            return min(start + column, end)
        at = start
        for character in self.text[start:end]:
            column -= self._width(character)
            if column < 0:
                break
            at += 1
        return at

    def _line_end(self, line: int) -> int:
        """The offset of the end of a line, before the characters that end it."""
        if line + 1 >= len(self._starts):
            return len(self.text)
        end = self._starts[line + 1]
        return end - 2 if self.text.startswith("\r\n", end - 2) else end - 1

    def _width(self, text: str) -> int:
        if self.units is Units.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for one in text if ord(one) > 0xFFFF)
