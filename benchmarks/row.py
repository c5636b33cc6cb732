"""One line of the table, and the table as text and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Row", "as_markdown", "as_text"]

HEAD = ("#", "figure", "Solon", "peer", "ratio", "goal", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """`value` is what the goal is held against: a ratio, or a quantity where the goal is one.

    `hits` says what each side found, so that a wrong matcher cannot win; `note` what is included and what is
    not. A row without a value is one that could not be measured, and its note says why; but one that is
    `measured` says more than one number in its note.
    """

    number: str
    figure: str
    solon: str = "–"
    peer: str = "–"
    value: float | None = None
    unit: str = ""
    goal: float | None = None
    at_least: bool = False
    hits: str = ""
    note: str = ""
    measured: bool = False

    @property
    def met(self) -> bool | None:
        """Is the goal reached? None where there is none, or nothing was measured."""
        if self.value is None or self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def cells(self) -> tuple[str, ...]:
        """The row under HEAD."""
        goal = "–"
        if self.goal is not None:
            goal = f"{'≥' if self.at_least else '≤'} {self.goal:,g}{self.unit}"
        value = "–" if self.measured else "not measured"
        if self.value is not None:
            value = f"{digits(self.value)}{self.unit}"
        met = {True: "yes", False: "NO", None: "–"}[self.met]
        return self.number, self.figure, self.solon, self.peer, value, goal, met


def digits(value: float) -> str:
    """Three significant digits, whole from a hundred on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def as_text(rows: Sequence[Row]) -> str:
    """A table for a terminal, with a line of hits and one of notes below each row that has them."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = []
    for line, row in zip(cells, [None, *rows], strict=True):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        below = [] if row is None else [text for text in (row.hits and f"hits: {row.hits}", row.note) if text]
        lines += [" " * (widths[0] + 2) + f"· {text}" for text in below]
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """The same as a Markdown table; hits and notes stand in a list after it."""
    lines = ["| " + " | ".join(HEAD) + " |", "| --- " * len(HEAD) + "|"]
    lines += ["| " + " | ".join(row.cells()).replace("\n", " ") + " |" for row in rows]
    lines.append("")
    for row in rows:
        said = ". ".join(text for text in (row.hits and f"Hits: {row.hits}", row.note) if text)
        if said:
            lines.append(f"- **{row.number}, {row.figure}**: {said}.")
    return "\n".join(lines)
