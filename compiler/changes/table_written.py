"""A decision table as text for a terminal, as Markdown, as a page of HTML, and as data."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from solon.compiler.changes.report import Texts
from solon.compiler.changes.table import Cell, Table

GAP = "no rule looks"
MINIMUM = 12
NOTICE_SHOWN_MAX = 140


def heads(table: Table) -> list[str]:
    """The words over each column."""
    found = list(table.by)
    for patterns in table.columns:
        found.append("a message with " + " and ".join(patterns) if patterns else "any other message")
    return found


def cell_lines(cell: Cell, *, whole: bool = False) -> list[str]:
    """A cell in lines: the action, what goes out, and what it hangs on; notices shortened unless `whole`."""
    lines: list[str] = []
    for outcome in cell.outcomes:
        wheres = [" and ".join(one) for one in outcome.conditions]
        lines.append(outcome.action + (f" where {wheres[0]}" if wheres else ""))
        lines += [f"or where {one}" for one in wheres[1:]]
        lines += [f"{audience}: {_notice(texts, whole)}" for audience, texts in outcome.notices]
    if not cell.is_whole:
        lines.append("… or something else (not decided)" if not cell.outcomes else "… or something else")
    return lines or ["cannot be"]


def _notice(texts: Texts, whole: bool) -> str:
    """The text without a locale, else the English one, else the first; and how many others there are."""
    found = dict(texts)
    text = found.get("") or found.get("en") or texts[0][1]
    if not whole and len(text) > NOTICE_SHOWN_MAX:
        text = text[: NOTICE_SHOWN_MAX - 1] + "…"
    more = f" ({len(texts)} languages)" if len(texts) > 1 else ""
    return f"“{text}”{more}"


def _below(table: Table) -> list[str]:
    said = [f"given {' and '.join(table.given)}"] if table.given else []
    if any(row.is_gap for row in table.rows):
        said.append(f"∅ {GAP}: whatever the message says it gets {table.default}")
    if table.left_out:
        said.append(f"{table.left_out} more patterns have no column")
    return said


def as_text(table: Table, width: int) -> str:
    """The table for a terminal of so many columns."""
    rows = [[[one] for one in heads(table)]]
    for row in table.rows:
        facts = [[text] for text in row.facts]
        if row.is_gap and facts:
            facts[0].append("∅")
        elif row.is_gap:
            rows[0][0].append("∅")
        rows.append([*facts, *(cell_lines(cell) for cell in row.cells)])
    widths = _widths(rows, width)
    rule = "─" * min(width, sum(widths) + 3 * (len(widths) - 1))
    written = []
    for number, cells in enumerate(rows):
        written.append(rule if number != 1 else rule.replace("─", "═"))
        written += _wrapped(cells, widths)
    return "\n".join([*written, rule, *_below(table)]) + "\n"


def _widths(rows: Sequence[Sequence[Sequence[str]]], width: int) -> list[int]:
    """A width for each column: what it wants, or its share of what there is."""
    wanted = [max(len(line) for row in rows for line in row[place]) for place in range(len(rows[0]))]
    room = max(width - 3 * (len(wanted) - 1), MINIMUM * len(wanted))
    fair = dict(enumerate(wanted))
    found: dict[int, int] = {}
    while fair:
        share = max(MINIMUM, room // len(fair))
        small = {place: want for place, want in fair.items() if want <= share}
        if not small:
            found |= dict.fromkeys(fair, share)
            break
        for place, want in small.items():
            found[place] = want
            room -= want
            del fair[place]
    return [max(1, found[place]) for place in range(len(wanted))]


def _wrapped(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    columns = []
    for lines, width in zip(cells, widths, strict=True):
        wrapped: list[str] = []
        for line in lines:
            wrapped += textwrap.wrap(line, width, subsequent_indent="  " if width > MINIMUM else "") or [""]
        columns.append(wrapped)
    height = max(map(len, columns))
    rows = []
    for number in range(height):
        parts = [
            (column[number] if number < len(column) else "").ljust(width)
            for column, width in zip(columns, widths, strict=True)
        ]
        rows.append(" │ ".join(parts).rstrip())
    return rows


def as_markdown(table: Table) -> str:
    """The table as Markdown."""

    def escaped(lines: Sequence[str]) -> str:
        text = "<br>".join(html.escape(line, quote=False).replace("\n", " ") for line in lines)
        return re.sub(r"([\\|*_`\[\]~])", r"\\\1", text)

    written = ["| " + " | ".join(escaped([one]) for one in heads(table)) + " |"]
    written.append("|" + " --- |" * len(heads(table)))
    for row in table.rows:
        facts = [escaped([text]) for text in row.facts]
        if row.is_gap and facts:
            facts[0] += " ∅"
        written.append("| " + " | ".join([*facts, *(escaped(cell_lines(one)) for one in row.cells)]) + " |")
    return "\n".join([*written, *(f"\n{escaped([one])}" for one in _below(table))]) + "\n"


_STYLE = """body { font: 15px/1.4 system-ui, sans-serif; margin: 2em }
table { border-collapse: collapse } th, td { border: 1px solid #bbb; padding: .4em .6em; text-align: left;
vertical-align: top } thead th { background: #f2f2f2 } td p { margin: 0 0 .3em }
td p.what { font-weight: 600 }
tr.gap td, tr.gap th { background: #fff6dd }"""


def as_html(table: Table) -> str:
    """The table as a page of its own, notices whole; no script, nothing is loaded."""
    escaped = html.escape
    written = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{escaped(table.policy)}</title>',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{escaped(table.policy)}</h1>",
        "<table><thead><tr>" + "".join(f'<th scope="col">{escaped(one)}</th>' for one in heads(table)),
        "</tr></thead><tbody>",
    ]
    for row in table.rows:
        written.append('<tr class="gap">' if row.is_gap else "<tr>")
        written += [f'<th scope="row">{escaped(text)}</th>' for text in row.facts]
        for cell in row.cells:
            whats = {outcome.action for outcome in cell.outcomes}
            parts = []
            for line in cell_lines(cell, whole=True):
                kind = ' class="what"' if line.split(" where ")[0] in whats else ""
                parts.append(f"<p{kind}>{escaped(line)}</p>")
            written.append(f"<td>{''.join(parts)}</td>")
        written.append("</tr>")
    written.append("</tbody></table>")
    written += [f"<p>{escaped(one)}</p>" for one in _below(table)]
    return "\n".join([*written, "</body></html>"]) + "\n"


def as_json(table: Table) -> dict[str, Any]:
    """The table as plain values."""
    return {"version": 1, **asdict(table)}
