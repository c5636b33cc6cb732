"""Policies laid out one way, so that a diff shows what changed and nothing else.

In: the text of a policy. Out: the same definitions and the same comments in the one layout: two spaces, a
clause a line with its word in a column, further lines under the content of their clause, at most one empty
line. Lines are broken where the author broke them. Formatting what is formatted changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from solon.dsl.layout import Layout, layout
from solon.dsl.lexemes import Lexeme, scan
from solon.dsl.parser import parse
from solon.dsl.source import Source

_JOINERS = frozenset({"and", "or", "except"})
_NO_CALL = _JOINERS | {"not", "when", "unless", "near", "before", "after"}
"""Words after which a parenthesis stands apart: all others are written like calls, `known(x)`."""


def format_text(text: str) -> str:
    """The policy in the one layout; a text with mistakes comes back as it is."""
    text = text.removeprefix("\ufeff")
    result = parse(Source("<text>", text))
    if result.file is None or result.file.broken or any(one.is_error for one in result.diagnostics):
        return text
    lexemes = list(scan(text))
    meaning = [one for one in lexemes if one.kind not in {"space", "comment"}]
    return _Printer(layout(result.file, text, meaning)).written(lexemes)


@dataclass(slots=True)
class _Row:
    """One line: `code` with its indentation, or a comment that has the line to itself."""

    code: str
    blank_before: bool = False
    comment: str | None = None


@dataclass(slots=True)
class _Printer:
    """Writes lexemes as rows."""

    layout: Layout
    rows: list[_Row] = field(default_factory=list)
    waiting: list[tuple[str, bool]] = field(default_factory=list)
    """Comments on their own lines: they stand where what follows them stands."""
    previous: Lexeme | None = None
    must_break: bool = True
    just_opened: bool = True
    content: int = 0
    """The column that further lines of this clause begin at."""
    brackets: list[int] = field(default_factory=list)
    """For each open bracket the column of what is inside."""

    def written(self, lexemes: list[Lexeme]) -> str:
        newlines = 0
        for one in lexemes:
            if one.kind == "space":
                newlines += one.text.count("\n")
                continue
            if one.kind == "comment":
                self.comment(one.text.rstrip(), newlines)
            else:
                self.token(one, newlines)
            newlines = 0
        self.place_comments(0)
        return _aligned(self.rows)

    def comment(self, text: str, newlines: int) -> None:
        beside = newlines == 0 and self.rows and not self.waiting and self.rows[-1].comment is None
        if beside:
            self.rows[-1].comment = text
        else:
            self.waiting.append((text, newlines > 1 and not self.just_opened))
            self.just_opened = False
        self.must_break = True

    def token(self, one: Lexeme, newlines: int) -> None:
        known = self.layout
        item, clause = one.start in known.items, one.start in known.clauses
        closes = one.start in known.closes
        if one.start in known.headers and not self.waiting and not self.commented():
            newlines, self.must_break = 0, False
        if item or clause or closes or newlines or self.must_break:
            indent = 0 if item or closes else 2 if clause else self.further(one)
            self.place_comments(2 if closes else indent)
            between = (item or clause) and newlines > 1 and not self.just_opened
            self.rows.append(_Row(" " * indent, between))
        else:
            self.rows[-1].code += self.space_before(one)
        self.write(one, item or clause)

    def write(self, one: Lexeme, begins: bool) -> None:
        row = self.rows[-1]
        if one.start in self.layout.contents:
            self.content = len(row.code)
        row.code += one.text.ljust(self.layout.widths.get(one.start, 0))
        if begins:
            self.content, self.brackets = len(row.code) + 1, []
        opens = one.start in self.layout.opens
        if one.text in {"(", "{"} and one.start not in self.layout.headers:
            self.brackets.append(len(row.code) + (one.start in self.layout.spaced))
        elif one.text in {")", "}"} and self.brackets:
            self.brackets.pop()
        self.previous = one
        self.must_break = self.just_opened = opens

    def further(self, one: Lexeme) -> int:
        """Where a further line of a clause begins."""
        if self.brackets:
            inside = self.brackets[-1]
            return inside - 1 - (one.start in self.layout.spaced) if one.text in {")", "}"} else inside
        if one.text in _JOINERS:
            return max(self.content - len(one.text) - 1, 2)
        return self.content

    def space_before(self, one: Lexeme) -> str:
        previous = self.previous
        if previous is None:
            return ""
        if one.start in self.layout.one_line_clauses:
            return " " if previous.text == "{" else "  "
        if one.text in {",", ")", "%"} or previous.text == "(":
            return ""
        if one.text == "(":
            return "" if previous.kind == "word" and previous.text not in _NO_CALL else " "
        if previous.text == "{" and one.text == "}":
            return ""
        if previous.text == "{" and previous.start not in self.layout.spaced:
            return ""
        if one.text == "}" and one.start not in self.layout.spaced:
            return ""
        return " "

    def commented(self) -> bool:
        return bool(self.rows) and self.rows[-1].comment is not None

    def place_comments(self, indent: int) -> None:
        for text, blank in self.waiting:
            self.rows.append(_Row(" " * indent + text, blank and bool(self.rows)))
        self.waiting = []


def _aligned(rows: list[_Row]) -> str:
    """The rows as text; comments beside code on lines that follow each other stand in a column."""
    lines: list[str] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].comment is not None and (end == at or not rows[end].blank_before):
            end += 1
        width = max((len(row.code.rstrip()) for row in rows[at:end]), default=0)
        end = max(end, at + 1)
        for row in rows[at:end]:
            if row.blank_before:
                lines.append("")
            code = row.code.rstrip()
            lines.append(code if row.comment is None else f"{code.ljust(width)}  {row.comment}")
        at = end
    return "".join(line + "\n" for line in lines)
