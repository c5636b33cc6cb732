"""The lists that a policy reads with `from`: one entry a line, or a column of a CSV file.

In: the text of a list. Out: its entries in order, or what is wrong with it. Entries may repeat; the check
drops repetitions, since only it knows what counts as the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from solon.dsl.diagnostics import did_you_mean

FIELD_CHARS_MAX = 10_000
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class BadList:
    """What is wrong with a list: a code, a sentence, and maybe a hint."""

    code: str
    message: str
    label: str | None = None


def entries(text: str) -> list[str]:
    """One entry a line; empty lines and those that start with `#` are left out."""
    stripped = map(str.strip, text.removeprefix(_BOM).split("\n"))
    return [one for one in stripped if one and one[0] != "#"]


def column_entries(text: str, column: str, path: str) -> list[str] | BadList:
    """The entries of the column with this header; empty ones are left out."""
    lines = text.removeprefix(_BOM).split("\n")
    rows = csv.reader(_line_by_line(lines), delimiter=_delimiter(path, lines[0]), strict=True)
    try:
        header = [one.strip() for one in next(rows, [])]
        if column not in header:
            known = ", ".join(f"`{one}`" for one in header[:20] if one) or "none"
            return BadList(
                "missing-column",
                f"`{path}` has no column `{column}`; its columns are {known}",
                did_you_mean(column, header),
            )
        if header.count(column) > 1:
            return BadList("missing-column", f"`{path}` has more than one column `{column}`")
        index = header.index(column)
        cells = (row[index].strip() for row in rows if len(row) > index)
        return [one for one in cells if one]
    except csv.Error as error:
        return BadList("bad-csv", f"`{path}` is no CSV file that can be read: line {rows.line_num}: {error}")


def _delimiter(path: str, header: str) -> str:
    if path.lower().endswith(".tsv"):
        return "\t"
    return ";" if ";" in header and "," not in header else ","


def _line_by_line(lines: list[str]) -> Iterator[str]:
    """The lines with their ends, each short enough for the reader's fixed field limit to be ours."""
    for line in lines:
        if len(line) > FIELD_CHARS_MAX:
            raise csv.Error(f"a line has more than {FIELD_CHARS_MAX} characters")
        yield line + "\n"
