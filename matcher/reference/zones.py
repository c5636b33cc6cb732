"""Zones of a message: code, quoted lines, links. docs/semantics.md, "Zones"."""

from __future__ import annotations

import re

from solon.matcher.reference.links import find_links

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")  # ```code``` on one line is no fence
_QUOTE = re.compile(r" {0,3}>")
_TICKS = re.compile(r"`+")
TICKS_MAX = 8


def zone(message: str, name: str) -> list[tuple[int, int]]:
    """The spans of the zone `code`, `quote` or `url`."""
    if name == "code":
        return _code(message)
    if name == "quote":
        return [(start, end) for start, end in _lines(message) if _QUOTE.match(message[start:end])]
    return [(link.start, link.end) for link in find_links(message, "basic") if not link.doubtful]


def _lines(message: str) -> list[tuple[int, int]]:
    """Start and end of each line, without its line feed."""
    lines = []
    start = 0
    for line in message.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    return lines


def _code(message: str) -> list[tuple[int, int]]:
    spans = []
    opened = -1  # where the fence that is open starts
    marks = ""  # the characters that opened it
    for start, end in _lines(message):
        line = message[start:end]
        if opened >= 0:
            if re.fullmatch(rf" {{0,3}}{marks[0]}{{{len(marks)},}}[ \t\r]*", line):
                spans.append((opened, end))
                opened = -1
        elif fence := _FENCE.match(line):
            opened, marks = start, fence.group(1)
        else:
            spans.extend((start + first, start + last) for first, last in _inline(line))
    if opened >= 0:
        spans.append((opened, len(message)))
    return spans


def _inline(line: str) -> list[tuple[int, int]]:
    """Between a run of backticks and the next one of the same length."""
    runs = [(run.start(), run.end()) for run in _TICKS.finditer(line)]
    spans = []
    index = 0
    while index < len(runs):
        start, end = runs[index]
        length = end - start
        close = next(
            (other for other in range(index + 1, len(runs)) if runs[other][1] - runs[other][0] == length), -1
        )
        if length <= TICKS_MAX and close >= 0:
            spans.append((start, runs[close][1]))
            index = close
        index += 1
    return spans
