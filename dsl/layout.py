"""What the formatter needs to know of a file before it writes the first line.

In: the syntax tree and the lexemes. Out: by the offset of a lexeme, whether an item or a clause begins
there, which braces are blocks, how wide a word is made so that what follows stands in a column.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from solon.dsl import syntax
from solon.dsl.lexemes import Lexeme

LINE_CHARS = 110
"""A block that was written on one line stays there up to this width."""


@dataclass(slots=True)
class Layout:
    """What stands where; all keys are offsets of lexemes."""

    items: set[int] = field(default_factory=set)
    clauses: set[int] = field(default_factory=set)
    """Clauses of blocks that take several lines."""
    one_line_clauses: set[int] = field(default_factory=set)
    opens: set[int] = field(default_factory=set)
    """Opening braces of blocks, and `closes` their closing ones, where the block takes several lines."""
    closes: set[int] = field(default_factory=set)
    headers: set[int] = field(default_factory=set)
    """Opening braces of all blocks: they stay on the line of the name."""
    spaced: set[int] = field(default_factory=set)
    """Braces with a space on the inner side: blocks and notices, not sets."""
    contents: set[int] = field(default_factory=set)
    """Where the content of a clause begins, which its further lines stand under."""
    widths: dict[int, int] = field(default_factory=dict)
    """Words that are filled up to a width."""


def layout(file: syntax.File, text: str, lexemes: Sequence[Lexeme]) -> Layout:
    """Look at the whole file; `lexemes` are those without white space and comments."""
    made = Layout()
    finder = _Finder(text, lexemes, made)
    for item in file.items:
        finder.item(item)
    finder.align_definitions(file.items)
    return made


@dataclass(slots=True)
class _Finder:
    text: str
    lexemes: Sequence[Lexeme]
    layout: Layout
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [one.start for one in self.lexemes]

    def item(self, item: syntax.Item) -> None:
        self.layout.items.add(item.span.start)
        match item:
            case syntax.Facts():
                self.block(item, item.span.start, item.facts)
            case syntax.Score():
                self.block(item, item.name.span.end, item.entries)
            case syntax.Define():
                self.layout.contents.add(item.condition.span.start)
            case syntax.PatternFormula():
                self.layout.contents.add(item.formula.span.start)
            case syntax.Use():
                pass
            case _:
                self.block(item, item.name.span.end, item.clauses)

    def block(self, item: syntax.Item, after: int, clauses: Sequence[Any]) -> None:
        begin = self.next_brace(after)
        end = item.span.end - 1
        self.layout.headers.add(begin)
        self.layout.spaced |= {begin, end}
        for one in clauses:
            self.clause(one)
        starts = [one.span.start for one in clauses]
        if self.fits_one_line(item.span.start, begin, end):
            self.layout.one_line_clauses.update(starts)
            return
        self.layout.clauses.update(starts)
        self.layout.opens.add(begin)
        self.layout.closes.add(end)
        # The words of a score's entries are numbers; a column of them would say nothing.
        if not isinstance(item, syntax.Score):
            self.align(starts)
        self.align_audiences(clauses)

    def clause(self, clause: Any) -> None:
        match clause:
            case syntax.When() | syntax.Unless() | syntax.ScoreWhen():
                self.layout.contents.add(clause.condition.span.start)
            case syntax.Fact():
                self.layout.contents.add(clause.type.span.start)
            case syntax.Notify(texts=tuple() as texts):
                before = self.before(texts[0].span.start)
                self.layout.spaced |= {before.start, clause.span.end - 1}

    def align(self, starts: Iterable[int]) -> None:
        """Fill the words that stand at these offsets up to one width."""
        words = [self.at(one) for one in starts]
        width = max((len(one.text) for one in words), default=0)
        self.layout.widths.update((one.start, width) for one in words)

    def align_audiences(self, clauses: Sequence[Any]) -> None:
        """Plain notices that follow each other have their texts in a column."""
        for run in _runs(clauses, lambda a, b: _plain_notice(a) and _plain_notice(b)):
            if _plain_notice(run[0]):
                self.align(one.audience.span.start for one in run)

    def align_definitions(self, items: Sequence[syntax.Item]) -> None:
        """Definitions of one kind on lines that follow each other have their `=` in a column."""

        def together(a: syntax.Item, b: syntax.Item) -> bool:
            between = self.text[a.span.end : b.span.start]
            return type(a) is type(b) and between.count("\n") <= 1

        for run in _runs(items, together):
            if isinstance(run[0], (syntax.Define, syntax.PatternFormula)):
                self.align(
                    one.name.span.start for one in run if not isinstance(one, (syntax.Use, syntax.Facts))
                )

    def fits_one_line(self, start: int, begin: int, end: int) -> bool:
        """Whether the author wrote the block on one line, and it is not too long for one."""
        if "\n" in self.text[start:end]:
            return False
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return sum(len(one.text) + 1 for one in self.lexemes[first : last + 1]) <= LINE_CHARS

    def next_brace(self, offset: int) -> int:
        at = bisect_left(self.starts, offset)
        while self.lexemes[at].text != "{":
            at += 1
        return self.lexemes[at].start

    def at(self, offset: int) -> Lexeme:
        return self.lexemes[bisect_left(self.starts, offset)]

    def before(self, offset: int) -> Lexeme:
        return self.lexemes[bisect_left(self.starts, offset) - 1]


def _plain_notice(clause: Any) -> bool:
    return (
        isinstance(clause, syntax.Notify) and clause.when is None and isinstance(clause.texts, syntax.String)
    )


def _runs(things: Sequence[Any], together: Any) -> list[list[Any]]:
    """The things cut into runs of neighbours that belong together."""
    runs: list[list[Any]] = [[things[0]]] if things else []
    for a, b in pairwise(things):
        if together(a, b):
            runs[-1].append(b)
        else:
            runs.append([b])
    return runs
