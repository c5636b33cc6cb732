"""The figures as a picture: how far each is from its goal, as SVG text.

A bar for each row that has a goal, on a logarithmic axis: the line in the middle is the goal, left of it is
better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from benchmarks.row import Row, digits

__all__ = ["as_svg"]

LINE = 20
LABELS = 470
AXIS = 300
RIGHT = 150
SPAN = 8.0
"""The axis goes from an eighth of the goal to eight times the goal."""


def as_svg(rows: Sequence[Row]) -> str:
    """The picture. Rows without a value or a goal are left out."""
    shown = [row for row in rows if row.met is not None]
    height = LINE * (len(shown) + 2)
    width = LABELS + AXIS + RIGHT
    middle = LABELS + AXIS / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="12">',
        "<title>Each figure over its goal</title>",
        f'<text x="{LABELS}" y="14">better</text>',
        f'<text x="{LABELS + AXIS}" y="14" text-anchor="end">worse</text>',
        f'<text x="{middle}" y="14" text-anchor="middle">goal</text>',
    ]
    for place, row in enumerate(shown):
        lines += bar(row, LINE * (place + 1), middle)
    lines += [
        f'<line x1="{middle}" y1="{LINE}" x2="{middle}" y2="{height - LINE}" stroke="black"/>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def bar(row: Row, top: int, middle: float) -> list[str]:
    """Label, bar and numbers of one row."""
    assert row.value is not None and row.goal is not None
    over = row.goal / row.value if row.at_least else row.value / row.goal
    reach = max(-1.0, min(1.0, math.log(over) / math.log(SPAN))) * AXIS / 2
    colour = "#3a7d44" if row.met else "#b3432b"
    sign = "≥" if row.at_least else "≤"
    label = escape(f"{row.number}: {row.figure}")
    said = f"{digits(row.value)}{row.unit} ({sign} {row.goal:,g}{row.unit})"
    return [
        f'<text x="{LABELS - 8}" y="{top + 14}" text-anchor="end">{label}</text>',
        f'<rect x="{middle + min(reach, 0):.1f}" y="{top + 4}" width="{abs(reach):.1f}" height="{LINE - 7}" '
        f'fill="{colour}"/>',
        f'<text x="{LABELS + AXIS + 8}" y="{top + 14}">{escape(said)}</text>',
    ]
