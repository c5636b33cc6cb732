"""Diagnostics as text for people and as data for programs.

In: diagnostics and the sources that they point into. Out: for people the lines of source with the places
underlined, the labels, notes and help, with or without colours; for programs plain dictionaries.

What stands in a source may be hostile to a terminal: control characters and those that turn the direction of
writing are shown as escapes, and wide characters take the two columns that they take on screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from solon.dsl.diagnostics import Diagnostic
from solon.dsl.source import Source, Span

Sources: TypeAlias = Mapping[str, Source] | Iterable[Source]

TAB_COLUMNS = 4
LINE_CHARS_MAX = 160
"""Longer lines are cut around the place, so that one huge line does not fill the screen."""

_RED, _YELLOW, _BLUE, _BOLD, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[1m", "\x1b[0m"


def render(diagnostics: Iterable[Diagnostic], sources: Sources, *, colour: bool = False) -> str:
    """The diagnostics as text, one after the other, with an empty line between."""
    by_path = _by_path(sources)
    return "\n".join(_one(one, by_path, _Paint(colour)) for one in diagnostics)


def as_json(diagnostics: Iterable[Diagnostic], sources: Sources = ()) -> list[dict[str, Any]]:
    """The diagnostics as dictionaries of plain values; lines and columns from 1, columns in characters."""
    by_path = _by_path(sources)
    return [
        {
            "code": one.code,
            "severity": one.severity,
            **_place(one.span, by_path),
            "message": one.message,
            "label": one.label,
            "notes": list(one.notes),
            "help": list(one.help),
            "related": [{**_place(span, by_path), "message": label} for span, label in one.secondary],
            "fix": None
            if one.fix is None
            else {
                **_place(one.fix.span, by_path),
                "replacement": one.fix.replacement,
                "certain": one.fix.certain,
            },
        }
        for one in diagnostics
    ]


def escaped(text: str) -> str:
    """The text with all that a terminal might obey, or that cannot be seen, as `\\u{…}`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(one) for one in text)


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(one) for one in text)


@dataclass(frozen=True, slots=True)
class _Paint:
    """Puts colours on words, or none."""

    on: bool

    def __call__(self, text: str, *colours: str) -> str:
        return "".join(colours) + text + _PLAIN if self.on and text else text


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of one line to underline: columns of the line from 0, `end` not included."""

    line: int
    start: int
    end: int
    label: str
    primary: bool


def _by_path(sources: Sources) -> Mapping[str, Source]:
    if isinstance(sources, Mapping):
        return sources
    return {one.path: one for one in sources}


def _place(span: Span, sources: Mapping[str, Source]) -> dict[str, Any]:
    source = sources.get(span.source_path)
    if source is None:
        return {"file": span.source_path, "line": 1, "column": 1, "end_line": 1, "end_column": 1}
    start, end = source.start(span), source.end(span)
    return {
        "file": span.source_path,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }


def _one(diagnostic: Diagnostic, sources: Mapping[str, Source], paint: _Paint) -> str:
    main = _RED if diagnostic.is_error else _YELLOW
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", _BOLD, main)
    lines = [f"{head}{paint(': ' + escaped(diagnostic.message), _BOLD)}"]
    by_file = _marks(diagnostic, sources)
    gutter = max((len(str(one.line)) for marks in by_file.values() for one in marks), default=1)
    for number, (path, marks) in enumerate(by_file.items()):
        arrow = "-->" if number == 0 else ":::"
        place = _place(_first_span(diagnostic, path), sources)
        lines.append(f"{' ' * gutter}{paint(arrow, _BLUE)} {escaped(path)}:{place['line']}:{place['column']}")
        source = sources.get(path)
        if source is not None and source.text:
            lines.extend(_excerpt(source, marks, gutter, paint, main))
    rest = [("note", one) for one in diagnostic.notes] + [("help", one) for one in diagnostic.help]
    if not any(source.text for path in by_file if (source := sources.get(path))) and diagnostic.label:
        rest.insert(0, ("note", diagnostic.label))
    for kind, text in rest:
        lines.append(f"{' ' * gutter} {paint('=', _BLUE)} {paint(kind, _BOLD)}: {escaped(text)}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _first_span(diagnostic: Diagnostic, path: str) -> Span:
    if diagnostic.span.source_path == path:
        return diagnostic.span
    return next(span for span, _ in diagnostic.secondary if span.source_path == path)


def _marks(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, list[_Mark]]:
    """What to underline, by file, the primary place's file first."""
    by_file: dict[str, list[_Mark]] = {}
    labelled = [(diagnostic.span, diagnostic.label or "", True)]
    labelled += [(span, label, False) for span, label in diagnostic.secondary]
    for span, label, primary in labelled:
        marks = by_file.setdefault(span.source_path, [])
        source = sources.get(span.source_path)
        if source is None:
            continue
        start, end = source.start(span), source.end(span)
        last = end.column - 1
        if end.line > start.line:
            # Of a place over several lines the first is enough to find it.
            last = max(len(source.line_text(start.line).rstrip()), start.column)
        marks.append(_Mark(start.line, start.column - 1, max(last, start.column), label, primary))
    return by_file


def _excerpt(source: Source, marks: list[_Mark], gutter: int, paint: _Paint, main: str) -> list[str]:
    """The lines of a file that have marks, each with its marks below it."""
    bar = paint("|", _BLUE)
    out = [f"{' ' * gutter} {bar}"]
    previous: int | None = None
    for line in sorted({one.line for one in marks}):
        if previous is not None and line == previous + 2:
            shown, _ = _cut(source.line_text(line - 1), [])
            out.append(f"{paint(str(line - 1).rjust(gutter), _BLUE)} {bar} {shown}")
        elif previous is not None and line > previous + 2:
            out.append(paint("...", _BLUE))
        here = [one for one in marks if one.line == line]
        here.sort(key=lambda one: (one.start, not one.primary))
        shown, placed = _cut(source.line_text(line), here)
        out.append(f"{paint(str(line).rjust(gutter), _BLUE)} {bar} {shown}")
        out.extend(f"{' ' * gutter} {bar} {below}" for below in _below(placed, paint, main))
        previous = line
    return out


def _cut(text: str, marks: Sequence[_Mark]) -> tuple[str, list[tuple[int, int, _Mark]]]:
    """A line as it is shown, and for each mark the columns that it takes there."""
    first, last = 0, len(text)
    if len(text) > LINE_CHARS_MAX:
        first = max(0, min((one.start for one in marks), default=0) - LINE_CHARS_MAX // 3)
        last = min(len(text), first + LINE_CHARS_MAX)
    shown: list[str] = ["…"] if first else []
    at = len(shown)
    columns: list[int] = []
    for character in text[first:last]:
        columns.append(at)
        piece = " " * (TAB_COLUMNS - at % TAB_COLUMNS) if character == "\t" else _shown(character)
        shown.append(piece)
        at += width(piece)
    columns.append(at)
    if last < len(text):
        shown.append("…")

    def column(offset: int) -> int:
        inside = min(max(offset - first, 0), len(columns) - 1)
        return columns[inside] + max(offset - first - len(columns) + 1, 0) * (last == len(text))

    placed = []
    for one in marks:
        start = column(one.start)
        placed.append((start, max(column(one.end), start + 1), one))
    return "".join(shown), placed


def _below(placed: list[tuple[int, int, _Mark]], paint: _Paint, main: str) -> list[str]:
    """The underlines of a line; the label of the last stands beside it, the others hang below."""
    if not placed:
        return []
    rows: list[str] = []
    underline, at = "", 0
    for start, end, mark in placed:
        if start < at:
            continue  # two marks on one place: the first shows it, the label of both is kept below
        sign = "^" if mark.primary else "-"
        underline += " " * (start - at) + paint(sign * (end - start), main if mark.primary else _BLUE)
        at = end
    beside = placed[-1] if placed[-1][1] == at else None
    if beside is not None and beside[2].label:
        underline += " " + paint(escaped(beside[2].label), main if beside[2].primary else _BLUE)
    rows.append(underline)
    for start, _, mark in reversed(placed):
        if mark.label and (beside is None or mark is not beside[2]):
            rows.append(" " * start + paint(escaped(mark.label), main if mark.primary else _BLUE))
    return rows


def _shown(character: str) -> str:
    if " " <= character <= "~" or character == "\t":
        return character if character != "\t" else " "
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or character == "\u00a0":
        return f"\\u{{{ord(character):X}}}"
    return character


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
