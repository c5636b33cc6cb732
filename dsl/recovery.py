"""Reading a file that has mistakes: each is reported, and what is whole is kept.

In: the text and the error at which reading it in one go stopped. Out: the items that could be read, the
mistakes, and the names of what is damaged. The text is cut into items (at words that begin one, by braces
and line starts), each is read on its own; an item that does not read is cut into clauses, and so on to the
next clause after each mistake.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from solon.dsl import grammar, syntax
from solon.dsl.chunks import Chunk, chunks
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.lexemes import Lexeme, without_space
from solon.dsl.making import once
from solon.dsl.mistakes import explained
from solon.dsl.scene import CLAUSE_WORDS, Scene
from solon.dsl.source import Span

MISTAKES_MAX = 100
"""Mistakes after which reading stops; a file of something else entirely has one on each line."""


@dataclass(slots=True)
class Recovered:
    """What could be saved."""

    items: tuple[syntax.Item, ...]
    diagnostics: list[Diagnostic]
    damaged: frozenset[str]


def recover(text: str, path: str, first: Exception) -> Recovered:
    """Read what can be read; `first` is what stopped the reading in one go."""
    work = _Recovery(text, path, without_space(text))
    items: list[syntax.Item] = []
    pieces, mistakes = chunks(work.lexemes, path)
    work.mistakes.extend(mistakes)
    for chunk in pieces:
        if len(work.mistakes) >= MISTAKES_MAX:
            break
        item = work.item(chunk)
        if item is not None:
            items.append(item)
    if len(work.mistakes) >= MISTAKES_MAX:
        work.mistakes = [*work.mistakes[:MISTAKES_MAX], too_many(work.mistakes[MISTAKES_MAX - 1])]
    if not any(one.is_error for one in work.mistakes):
        # Each piece reads well alone; then the mistake is in how they stand together.
        work.mistakes.append(work.said(first, None, 0, len(text)))
    return Recovered(tuple(items), work.mistakes, frozenset(work.damaged))


@dataclass(slots=True)
class _Recovery:
    """The work on one file."""

    text: str
    path: str
    lexemes: list[Lexeme]
    mistakes: list[Diagnostic] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [one.start for one in self.lexemes]

    def item(self, chunk: Chunk) -> syntax.Item | None:
        """One item: whole, or in part, or not at all."""
        if chunk.closed or chunk.body is None:
            try:
                read = grammar.read(self.text, "item", self.path, chunk.start, chunk.end)
                item: syntax.Item = read[0]
                self.mistakes.extend(read[1])
                return item
            except (grammar.UnexpectedInput, grammar.TooDeep) as caught:
                error: Exception | None = caught
        else:
            error = None
        if chunk.name is not None:
            self.damaged.add(chunk.name.text)
        if chunk.body is not None:
            begin, end = chunk.body
            known = len(self.mistakes)
            clauses = self.clauses(chunk.kind, begin, end)
            if not chunk.closed:
                # Where the block should have ended is a guess; what it breaks at the end is no mistake of
                # its own.
                new = [one for one in self.mistakes[known:] if one.span.start < end]
                self.mistakes = self.mistakes[:known] + new
            if error is not None and len(self.mistakes) == known:
                self.mistakes.append(self.said(error, None, chunk.start, chunk.end))  # it is in the header
            return self.block(chunk, clauses)
        if error is not None:
            self.mistakes.append(self.said(error, None, chunk.start, chunk.end))
        return None

    def block(self, chunk: Chunk, clauses: list[Any]) -> syntax.Item | None:
        """The block with what clauses could be read."""
        span = Span(self.path, chunk.start, chunk.end)
        if chunk.kind == "facts":
            return syntax.Facts(span, tuple(clauses))
        if chunk.name is None:
            return None
        kept, mistakes = once(clauses)
        self.mistakes.extend(mistakes)
        name_span = Span(self.path, chunk.name.start, chunk.name.end)
        if chunk.kind == "test":
            name = syntax.String(name_span, chunk.name.text[1:-1])
            return syntax.Test(span, name, self.text.startswith("todo", chunk.start), kept)
        blocks = {
            "policy": syntax.PolicyBlock,
            "pattern": syntax.PatternBlock,
            "rule": syntax.Rule,
            "exempt": syntax.Exempt,
            "score": syntax.Score,
        }
        made: syntax.Item = blocks[chunk.kind](span, syntax.Name(name_span, chunk.name.text), kept)
        return made

    def clauses(self, kind: str, begin: int, end: int) -> list[Any]:
        """The clauses of a body that can be read; the others are mistakes."""
        read: list[Any] = []
        for start, stop in self.pieces(kind, begin, end):
            at = start
            while at < stop and len(self.mistakes) < MISTAKES_MAX:
                try:
                    found, mistakes = grammar.read(self.text, f"{kind}_body", self.path, at, stop)
                    read.extend(found)
                    self.mistakes.extend(mistakes)
                    break
                except (grammar.UnexpectedInput, grammar.TooDeep) as error:
                    self.mistakes.append(self.said(error, kind, begin, stop))
                    wrong_at = max(at, self.place(error, stop))
                    read.extend(self.whole_clauses(kind, at, wrong_at))
                    at = self.next_clause(kind, wrong_at, stop)
        return read

    def whole_clauses(self, kind: str, begin: int, wrong_at: int) -> list[Any]:
        """The clauses before the one that has the mistake."""
        last = self.clause_start_before(kind, begin, wrong_at)
        if last <= begin:
            return []
        try:
            found, mistakes = grammar.read(self.text, f"{kind}_body", self.path, begin, last)
        except (grammar.UnexpectedInput, grammar.TooDeep):
            return []  # the mistake that is reported already began there
        self.mistakes.extend(mistakes)
        return list(found)

    def pieces(self, kind: str, begin: int, end: int) -> list[tuple[int, int]]:
        """The body cut where a line begins a clause: by its word, or by standing where clauses stand."""
        inside = self.between(begin, end)
        words = CLAUSE_WORDS[kind]
        usual: int | None = None
        cuts = [begin]
        depth = 0
        for one in inside:
            if depth == 0 and one.start > begin and one.first_on_line:
                at = one.column
                usual = at if usual is None else usual
                plain = one.kind in {"word", "number"} and one.text not in {"and", "or", "not", "except"}
                if one.text in words or (at <= usual and plain):
                    cuts.append(one.start)
            depth += (one.text in {"{", "("}) - (one.text in {"}", ")"})
            depth = max(depth, 0)
        return list(zip(cuts, [*cuts[1:], end], strict=True))

    def next_clause(self, kind: str, after: int, stop: int) -> int:
        """Where the next clause of the same piece begins, or `stop`."""
        depth = 0
        for one in self.between(after, stop):
            if depth == 0 and one.start > after and one.kind == "word" and one.text in CLAUSE_WORDS[kind]:
                return one.start
            depth += (one.text in {"{", "("}) - (one.text in {"}", ")"})
            depth = max(depth, 0)
        return stop

    def clause_start_before(self, kind: str, begin: int, offset: int) -> int:
        found = begin
        for one in self.between(begin, offset):
            if one.kind == "word" and one.text in CLAUSE_WORDS[kind]:
                found = one.start
        return found

    # ── Looking around ───────────────────────────────────────────────────────────────────────────────

    def between(self, begin: int, end: int) -> list[Lexeme]:
        return self.lexemes[bisect_left(self.starts, begin) : bisect_left(self.starts, end)]

    def place(self, error: Exception, end: int) -> int:
        """The offset of an error; the end of the piece where it came too early."""
        if isinstance(error, grammar.TooDeep):
            return error.mistake.span.start
        assert isinstance(error, grammar.UnexpectedInput)
        if isinstance(error, grammar.UnexpectedToken) and error.token.type == "$END":
            return end
        at = error.pos_in_stream
        return end if at is None else at

    def said(self, error: Exception, block: str | None, begin: int, end: int) -> Diagnostic:
        """The mistake in words."""
        if isinstance(error, grammar.TooDeep):
            return error.mistake
        assert isinstance(error, grammar.UnexpectedInput)
        offset = self.place(error, end)
        at = bisect_left(self.starts, offset)
        # A sign of two characters, such as `==`, may be refused at its second one.
        if at > 0 and self.lexemes[at - 1].end > offset:
            at -= 1
        found = self.lexemes[at] if at < len(self.lexemes) else None
        before = self.lexemes[max(bisect_left(self.starts, begin), at - 200) : at]
        if not before and at > 0 and block is not None:
            before = self.lexemes[at - 1 : at]
        after = self.lexemes[at + 1 : at + 20]
        return explained(error, Scene(self.path, block, before, found, len(self.text), after))


def too_many(last: Diagnostic) -> Diagnostic:
    """That reading ended before the file did."""
    return Diagnostic(
        "too-many-mistakes",
        last.span,
        f"reading stops here, after {MISTAKES_MAX} mistakes",
    )
