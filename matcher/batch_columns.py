"""Verdicts as Arrow columns.

In: the action of each row, and verdicts of the rows in which there is more to say. Out: a table, as nodes for
the Arrow C data interface; docs/batches.md says what each column holds.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from solon.matcher._engine import ArrowNode, offsets_of
from solon.matcher.schema import Schema
from solon.matcher.verdict import Verdict

__all__ = ["table_of"]

Column = Callable[[str, list[Any]], ArrowNode]
"""From a name and all items to a node."""


def table_of(schema: Schema, actions: bytes, kept: Sequence[tuple[int, Verdict]]) -> ArrowNode:
    """The table of some rows; `actions` are 16 bits each."""
    length = len(actions) // 2
    rows = [row for row, _ in kept]
    verdicts = [verdict for _, verdict in kept]

    def lists(name: str, items: Callable[[Verdict], Iterable[Any]], column: Column) -> ArrowNode:
        groups = [list(items(verdict)) for verdict in verdicts]
        return list_of(name, rows, groups, length=length, column=column)

    def maps(name: str, items: Callable[[Verdict], Any], column: Column) -> ArrowNode:
        groups = [list(items(verdict).items()) for verdict in verdicts]
        entries = struct_of("entries", (("key", texts), ("value", column)))
        return list_of(name, rows, groups, length=length, column=entries, form="+m")

    status = bytearray(length)
    for row, verdict in kept:
        status[row] = verdict.status != "decided"
    columns = (
        words_of("status", "c", bytes(status), ("decided", "incomplete"), length),
        words_of("action", "s", actions, schema.actions, length),
        lists("rules", lambda verdict: verdict.rules, texts),
        maps("undecided", lambda verdict: verdict.undecided, text_lists),
        lists("shadow", lambda verdict: verdict.shadow, texts),
        maps("exempted", lambda verdict: verdict.exempted, texts),
        lists("matches", match_rows, struct_of("item", MATCH)),
        lists("labels", lambda verdict: verdict.labels, texts),
        lists("queues", lambda verdict: verdict.queues, texts),
        lists("reasons", lambda verdict: verdict.reasons, texts),
        lists("notices", notice_rows, struct_of("item", NOTICE)),
        sparse_texts("redacted", rows, [redacted_of(verdict) for verdict in verdicts], length),
        maps("scores", lambda verdict: verdict.scores, doubles),
        lists("limits", lambda verdict: verdict.limits, texts),
    )
    return ArrowNode("+s", "", length, (None,), columns)


def match_rows(verdict: Verdict) -> list[tuple[Any, ...]]:
    """(pattern, start, end, field) of each match."""
    return [(match.pattern, match.start, match.end, match.field) for match in verdict.matches]


def notice_rows(verdict: Verdict) -> list[tuple[str, str | None, str]]:
    """(audience, locale, text) of each notice; no locale where there is one text for all."""
    found: list[tuple[str, str | None, str]] = []
    for audience, notice in verdict.notices.items():
        if isinstance(notice, str):
            found.append((audience, None, notice))
        else:
            found += [(audience, locale, text) for locale, text in notice.items()]
    return found


def redacted_of(verdict: Verdict) -> str | None:
    """The message where something was redacted."""
    state = verdict._state
    redacted = verdict.redacted
    return None if redacted == state[1] else redacted


# ── Nodes ────────────────────────────────────────────────────────────────────────────────────────────


def encoded(values: Iterable[str | None]) -> list[bytes]:
    """UTF-8; a lone surrogate, which a str may have and Arrow must not, becomes a question mark."""
    return [b"" if value is None else value.encode("utf-8", "replace") for value in values]


def texts(name: str, values: list[str]) -> ArrowNode:
    """A column of texts, all there."""
    data = encoded(values)
    offsets = offsets_of(list(range(len(data))), [len(one) for one in data], len(data))
    return ArrowNode("u", name, len(data), (None, offsets, b"".join(data)))


def optional_texts(name: str, values: list[str | None]) -> ArrowNode:
    """A column of texts, some absent."""
    return sparse_texts(name, list(range(len(values))), values, len(values))


def sparse_texts(name: str, rows: list[int], values: list[str | None], length: int) -> ArrowNode:
    """A column in which only some rows have a text."""
    data = encoded(values)
    there = bytearray((length + 7) // 8)
    count = 0
    for row, value in zip(rows, values, strict=True):
        if value is not None:
            there[row >> 3] |= 1 << (row & 7)
            count += 1
    offsets = offsets_of(rows, [len(one) for one in data], length)
    buffers = (bytes(there), offsets, b"".join(data))
    return ArrowNode("u", name, length, buffers, null_count=length - count, nullable=True)


def whole_numbers(name: str, values: list[int]) -> ArrowNode:
    """A column of 32-bit integers."""
    return ArrowNode("i", name, len(values), (None, array("i", values).tobytes()))


def doubles(name: str, values: list[float]) -> ArrowNode:
    """A column of floats."""
    return ArrowNode("g", name, len(values), (None, array("d", values).tobytes()))


def words_of(name: str, index: str, indices: bytes, words: Sequence[str], length: int) -> ArrowNode:
    """A column of few words, as a dictionary and indices."""
    return ArrowNode(index, name, length, (None, indices), dictionary=texts("", list(words)))


def list_of(
    name: str, rows: list[int], groups: list[list[Any]], *, length: int, column: Column, form: str = "+l"
) -> ArrowNode:
    """A column of lists, empty in all rows but some."""
    offsets = offsets_of(rows, [len(group) for group in groups], length)
    items = column("item", [one for group in groups for one in group])
    return ArrowNode(form, name, length, (None, offsets), (items,))


def text_lists(name: str, values: list[tuple[str, ...]]) -> ArrowNode:
    """A column of lists of texts."""
    groups = [list(value) for value in values]
    return list_of(name, list(range(len(values))), groups, length=len(values), column=texts)


def struct_of(named: str, fields: tuple[tuple[str, Column], ...]) -> Column:
    """A column of tuples, whatever it is called by its list."""

    def column(_: str, values: list[tuple[Any, ...]]) -> ArrowNode:
        parts = tuple(
            made(name, [value[place] for value in values]) for place, (name, made) in enumerate(fields)
        )
        return ArrowNode("+s", named, len(values), (None,), parts)

    return column


MATCH = (("pattern", texts), ("start", whole_numbers), ("end", whole_numbers), ("field", optional_texts))
NOTICE = (("audience", texts), ("locale", optional_texts), ("text", texts))
