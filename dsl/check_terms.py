"""What is listed in `words`, `text` and `url`: terms, literals and shapes, written out or read from lists.

In: the items of a clause. Out: the same without repetitions, sorted. A list can have a million entries, so
the common entry costs a few operations and no diagnostic is made twice for one list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Sequence
from operator import attrgetter
from typing import Generic, TypeAlias, TypeVar

from solon.dsl import ir, syntax
from solon.dsl.check_context import TERMS_MAX, Context
from solon.dsl.diagnostics import Fix
from solon.dsl.source import Span
from solon.dsl.url_shapes import UrlShapeError, parse_shape

TERM_CHARS_MAX = 1_000
"""The longest term, literal or shape."""

_NOTHING = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Characters that count as letters or symbols and show nothing."""

_ODD = re.compile(r"^.*[^!-)+-~\n].*$", re.MULTILINE)
"""Of terms, a line each, those that need a closer look: all but visible ASCII without white space and `*`."""

Value = TypeVar("Value")
TermKey: TypeAlias = str | tuple[str, bool, bool]
_Split: TypeAlias = tuple[list[Value], list[str], Sequence[str]]


class Wrong(Exception):
    """Why an entry is refused, with the place in its text."""

    def __init__(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


def check_terms(ctx: Context, items: Sequence[syntax.TermItem]) -> tuple[ir.Term, ...]:
    """Terms of `words`, sorted."""
    found = _Collector(ctx, _term, "term", _plain_terms).collect(items)
    found.sort(key=attrgetter("text"))  # PERF: one string for a key; few terms are open on a side
    if any(term.open_left or term.open_right for term in found):
        found.sort(key=attrgetter("text", "open_left", "open_right"))
    return tuple(found)


def check_literals(ctx: Context, items: Sequence[syntax.TermItem], exact: bool) -> tuple[str, ...]:
    """Literals of `text`, sorted."""
    return tuple(sorted(_Collector(ctx, _exact_literal if exact else _literal, "text").collect(items)))


def check_shapes(ctx: Context, items: Sequence[syntax.TermItem]) -> tuple[ir.UrlShape, ...]:
    """Shapes of `url`, sorted."""
    found = _Collector(ctx, _shape, "link").collect(items)
    return tuple(sorted(found, key=lambda shape: (shape.host, shape.path or ())))


def term_of(text: str) -> ir.Term:
    """The term that an entry stands for: a `*` at an end leaves that side open."""
    open_left = text.startswith("*")
    open_right = text.endswith("*") and len(text) > 1
    return ir.Term(text[open_left : len(text) - open_right], open_left, open_right)


def term_key(term: ir.Term) -> TermKey:
    """What two spellings of one term have in common: case and the amount of white space do not count."""
    text = " ".join(term.text.casefold().split())
    return (text, term.open_left, term.open_right) if term.open_left or term.open_right else text


class _Collector(Generic[Value]):
    """Reads the entries of one clause and reports what is wrong with them.

    `read` gives an entry's value and a key that is the same for entries that mean the same; `split` gives
    the values and the keys of those entries of a list that need no closer look, and the other entries.
    """

    def __init__(
        self,
        ctx: Context,
        read: Callable[[str], tuple[Value, Hashable]],
        noun: str,
        split: Callable[[Sequence[str]], _Split[Value]] = lambda texts: ([], [], texts),
    ) -> None:
        self.ctx = ctx
        self.read = read
        self.noun = noun
        self.split = split
        self.items: Sequence[syntax.TermItem] = ()
        self.before: dict[int, syntax.TermItem] = {}

    def collect(self, items: Sequence[syntax.TermItem]) -> list[Value]:
        self.items, self.before = items, {}
        seen: dict[Hashable, syntax.TermItem] = {}
        found: list[Value] = []
        # Repetitions and mistakes in a list: the first one and how many there are.
        repeated: dict[syntax.ListFile, list[str]] = {}
        refused: dict[syntax.ListFile, list[tuple[str, Wrong]]] = {}
        for text, item in self._entries(items, seen, found):
            try:
                value, key = self.read(text)
            except Wrong as wrong:
                if isinstance(item, syntax.String):
                    self._refuse(item, wrong)
                else:
                    refused.setdefault(item, []).append((text, wrong))
                continue
            if isinstance(item, syntax.String) and isinstance(value, ir.Term) and "*" in value.text:
                self._star_inside(item)
            if key not in seen:
                seen[key] = item
                found.append(value)
            elif isinstance(item, syntax.String):
                self._repeat(item, seen[key])
            else:
                repeated.setdefault(item, []).append(text)
        for item, texts in repeated.items():
            self._repeat_in_list(item, texts)
        for item, wrongs in refused.items():
            self._refuse_in_list(item, wrongs)
        return found

    def _entries(
        self, items: Sequence[syntax.TermItem], seen: dict[Hashable, syntax.TermItem], found: list[Value]
    ) -> Iterator[tuple[str, syntax.TermItem]]:
        """Entry by entry, but for those of a list that need no closer look."""
        ctx = self.ctx
        for item in items:
            texts = [item.value] if isinstance(item, syntax.String) else ctx.read_list(item)
            if texts is None:
                ctx.errors += 1  # the reader of lists has reported it
                continue
            before = ctx.term_count
            ctx.term_count += len(texts)
            if ctx.term_count > TERMS_MAX:
                if before <= TERMS_MAX:
                    message = f"with these the policy has more than {TERMS_MAX:,} terms"
                    ctx.report("too-large", item.span, message)
                return
            if isinstance(item, syntax.ListFile):
                texts = self._take_plain(texts, item, seen, found)
            for text in texts:
                yield text, item

    def _take_plain(
        self,
        texts: Sequence[str],
        item: syntax.TermItem,
        seen: dict[Hashable, syntax.TermItem],
        found: list[Value],
    ) -> Sequence[str]:
        """Takes what needs no closer look; the entries that are left.

        PERF: a list of 100,000 words without a repetition, in a fifth of the time.
        """
        values, keys, others = self.split(texts)
        mine: dict[Hashable, syntax.TermItem] = dict.fromkeys(keys, item)
        if len(mine) < len(keys) or not seen.keys().isdisjoint(mine):
            return texts
        seen.update(mine)
        found += values
        return others

    def _refuse(self, item: syntax.String, wrong: Wrong) -> None:
        help = () if wrong.hint is None else (wrong.hint,)
        self.ctx.report(wrong.code, self.ctx.inside(item)(wrong.start, wrong.end), wrong.message, help=help)

    def _refuse_in_list(self, item: syntax.ListFile, wrongs: list[tuple[str, Wrong]]) -> None:
        text, wrong = wrongs[0]
        notes = (f"{len(wrongs) - 1:,} more like it in this list",) if len(wrongs) > 1 else ()
        help = () if wrong.hint is None else (wrong.hint,)
        message = f"`{item.path.value}` has `{_short(text)}`: {wrong.message}"
        self.ctx.report(wrong.code, item.span, message, notes=notes, help=help)

    def _star_inside(self, item: syntax.String) -> None:
        message = "this `*` stands for itself: it leaves something open only at an end of a term"
        at = item.value.index("*", 1)
        self.ctx.report("star-inside", self.ctx.inside(item)(at, at + 1), message)

    def _repeat(self, item: syntax.String, first: syntax.TermItem) -> None:
        message = f"this {self.noun} is listed twice"
        secondary = ((first.span, "the first time"),)
        fix = self._without(item)
        self.ctx.report("duplicate-term", item.span, message, secondary=secondary, fix=fix)

    def _without(self, item: syntax.String) -> Fix | None:
        """An edit that takes the item and the comma before it; None where a comment stands between."""
        if not self.before:
            self.before = {id(one): before for before, one in zip(self.items, self.items[1:], strict=False)}
        found = self.before.get(id(item))
        if found is None or found.span.source_path != item.span.source_path:
            return None
        before = found.span
        span = Span(item.span.source_path, before.end, item.span.end)
        between = self.ctx.sources[span.source_path].text[before.end : item.span.start]
        return Fix(span, "", certain=True) if between.strip() == "," else None

    def _repeat_in_list(self, item: syntax.ListFile, texts: list[str]) -> None:
        notes = (f"{len(texts) - 1:,} more of its entries are",) if len(texts) > 1 else ()
        message = f"`{item.path.value}` has the {self.noun} `{_short(texts[0])}`, which is already listed"
        self.ctx.report("duplicate-term", item.span, message, notes=notes)


def _plain_terms(texts: Sequence[str]) -> tuple[list[ir.Term], list[str], Sequence[str]]:
    """Terms and keys of the entries that are visible ASCII without white space and `*`, and the others."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):  # a cell of a CSV file may have more than one line
        return [], [], texts
    odd = set(_ODD.findall(joined))
    odd.update(text for text in texts if len(text) > TERM_CHARS_MAX)
    plain = [text for text in texts if text not in odd]
    keys = "\n".join(plain).lower().split("\n") if plain else []
    return list(map(ir.Term, plain)), keys, [text for text in texts if text in odd]


def _term(text: str) -> tuple[ir.Term, TermKey]:
    # PERF: nearly every entry of a long list is one plain word, which needs no closer look.
    if text.isascii() and text.isalnum() and len(text) <= TERM_CHARS_MAX:
        return ir.Term(text), text.lower()
    _bounded(text)
    term = term_of(text)
    _says_something(term.text, "a term", text)
    return term, term_key(term)


def _literal(text: str) -> tuple[str, str]:
    _bounded(text)
    if not text.isascii() or text == "":
        _says_something(text, "a text", text, spaces_count=True)
    return text, text.casefold()


def _exact_literal(text: str) -> tuple[str, str]:
    _bounded(text)
    if text == "":
        _says_something(text, "a text", text)
    return text, text


def _shape(text: str) -> tuple[ir.UrlShape, Hashable]:
    _bounded(text)
    try:
        shape = parse_shape(text)
    except UrlShapeError as error:
        raise Wrong("bad-url", error.message, error.start, error.end, error.hint) from None
    return shape, (shape.host, shape.path)


def _bounded(text: str) -> None:
    if len(text) > TERM_CHARS_MAX:
        message = f"an entry has at most {TERM_CHARS_MAX:,} characters, and this has {len(text):,}"
        raise Wrong("too-large", message, 0, len(text))


def _says_something(text: str, what: str, written: str, spaces_count: bool = False) -> None:
    """Refuses what has nothing but marks, invisible characters and (unless `spaces_count`) white space."""
    for char in text:
        if (unicodedata.category(char)[0] not in "ZCM" and char not in _NOTHING) or (
            spaces_count and char.isspace()
        ):
            return
    hint = "a `*` leaves one side of a word open, as in `zoom*`" if "*" in written else None
    raise Wrong("empty-term", f"{what} needs at least one character that can be seen", 0, len(written), hint)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
