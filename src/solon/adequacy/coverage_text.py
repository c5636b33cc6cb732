"""Coverage for a terminal: a line for each kind of thing, and below it what is missed, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from solon.adequacy.coverage import WHATS, Coverage, Point, percent
from solon.dsl.render import escaped, width

MISSED_MAX = 200
CELLS_MAX = 20
NOUNS = {
    "rule": "rules fired",
    "condition": "conditions' outcomes",
    "pattern": "patterns matched",
    "notice": "notices sent",
    "exemption": "exemptions used",
}


def as_text(coverage: Coverage) -> str:
    """The table and the list."""
    cases = "case" if coverage.cases == 1 else "cases"
    lines = [f"coverage of {escaped(coverage.policy)} by {coverage.cases} {cases} of tests", ""]
    for what in WHATS:
        reached, total = coverage.counted(what)
        if total:
            lines.append(_row(NOUNS[what], reached, total))
    lines.append(_row("together", *coverage.counted()))
    reached, total = coverage.matrix.counted()
    if total:
        lines.append(_row(_matrix_name(coverage), reached, total))
    lines += [*_missed(coverage), *_cells(coverage)]
    return "\n".join(lines)


def missed_in_words(point: Point) -> str:
    """What no case came to: `never true`, `never fired`."""
    return " or ".join(f"never {one}" for one in point.missed)


def _row(name: str, reached: int, total: int) -> str:
    # Rounded down: 100 means all.
    return f"  {name:<24} {reached:>6} of {total:<6} {int(percent(reached, total)):>3} %"


def _matrix_name(coverage: Coverage) -> str:
    return "pairs of facts' values" if coverage.matrix.in_pairs else "cells of facts' values"


def _missed(coverage: Coverage) -> Iterator[str]:
    missed = [one for one in coverage.points if one.missed]
    if not missed:
        return
    yield ""
    yield "missed"
    shown = missed[:MISSED_MAX]
    places = [f"{escaped(one.place.file)}:{one.place.line}:{one.place.column}" for one in shown]
    column = max(map(width, places))
    for one, place in zip(shown, places, strict=True):
        what = "" if one.what in {"condition", "notice"} else f"{one.what} "
        yield f"  {place}{' ' * (column - width(place))}  {what}{escaped(one.text)}: {missed_in_words(one)}"
    if len(missed) > MISSED_MAX:
        yield f"  and {len(missed) - MISSED_MAX} more"


def _cells(coverage: Coverage) -> Iterator[str]:
    reached, total = coverage.matrix.counted()
    if reached == total:
        return
    yield ""
    yield f"no case for {total - reached} of the {_matrix_name(coverage)}"
    for number, cell in enumerate(coverage.matrix.missing()):
        if number == CELLS_MAX:
            yield f"  and {total - reached - CELLS_MAX} more"
            return
        yield "  " + cell_in_words(cell)


def cell_in_words(cell: dict[str, object]) -> str:
    """`contract.state = none, sender.role = client`"""
    return ", ".join(f"{name} = {_literal(value)}" for name, value in cell.items())


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_json(coverage: Coverage) -> dict[str, Any]:
    """The same for programs, with every point."""
    reached, total = coverage.matrix.counted()
    return {
        "policy": coverage.policy,
        "cases": coverage.cases,
        "percent": round(coverage.percent, 2),
        "cells": {"reached": reached, "total": total, "in_pairs": coverage.matrix.in_pairs},
        "points": [
            {
                "what": one.what,
                "file": one.place.file,
                "line": one.place.line,
                "column": one.place.column,
                "text": one.text,
                "hits": one.hits,
            }
            for one in coverage.points
        ],
    }
