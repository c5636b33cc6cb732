"""Verdicts as Arrow columns.

In: the action of each row, and verdicts of the rows in which there is more to say. Out: a table, as nodes for
the Arrow C data interface; docs/batches.md says what each column holds.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

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
    said = Said(schema)
    answers = [said.of(verdict) for _, verdict in kept]

    def lists(name: str, column: Column) -> ArrowNode:
        groups = [list(getattr(answer, name)) for answer in answers]
        return list_of(name, rows, groups, length=length, column=column)

    def maps(name: str, column: Column) -> ArrowNode:
        groups = [list(getattr(answer, name).items()) for answer in answers]
        entries = struct_of("entries", (("key", texts), ("value", column)))
        return list_of(name, rows, groups, length=length, column=entries, form="+m")

    status = bytearray(length)
    for row, answer in zip(rows, answers, strict=True):
        status[row] = bool(answer.limits)
    columns = (
        words_of("status", "c", bytes(status), ("decided", "incomplete"), length),
        words_of("action", "s", actions, schema.actions, length),
        lists("rules", texts),
        maps("undecided", text_lists),
        lists("shadow", texts),
        maps("exempted", texts),
        lists("matches", struct_of("item", MATCH)),
        lists("labels", texts),
        lists("queues", texts),
        lists("reasons", texts),
        lists("notices", struct_of("item", NOTICE)),
        sparse_texts("redacted", rows, [answer.redacted for answer in answers], length),
        maps("scores", doubles),
        lists("limits", texts),
    )
    return ArrowNode("+s", "", length, (None,), columns)


class Answer(NamedTuple):
    """What a row says, by the names of the columns."""

    rules: tuple[str, ...]
    labels: tuple[str, ...]
    queues: tuple[str, ...]
    reasons: tuple[str, ...]
    undecided: Mapping[str, tuple[str, ...]]
    shadow: tuple[str, ...]
    exempted: Mapping[str, str]
    matches: Sequence[tuple[Any, ...]]
    notices: Sequence[tuple[str, str | None, str]]
    redacted: str | None
    scores: Mapping[str, int | float]
    limits: tuple[str, ...]


class Rules(NamedTuple):
    """What rules that fire together always say, and whether there is more to ask."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    queues: tuple[str, ...]
    reasons: tuple[str, ...]
    notify: bool
    redact: bool
    score: bool


class Said:
    """PERF: the same rules say the same again and again, and most verdicts have few of the parts that there
    are: what no outcome calls for is not built, and what rules alone decide is built once."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.by_rules: dict[tuple[int, ...], Rules] = {}

    def rules(self, verdict: Verdict, fired: tuple[int, ...]) -> Rules:
        """What the rules that fired say, whatever the message."""
        found = self.by_rules.get(fired)
        if found is None:
            entries = [self.schema.rule(number) for number in fired]
            found = Rules(
                *(verdict.rules, verdict.labels, verdict.queues, verdict.reasons),
                notify=any(entry.notices for entry in entries),
                redact=any(entry.redactions for entry in entries),
                score=any(entry.scores for entry in entries),
            )
            self.by_rules[fired] = found
        return found

    def of(self, verdict: Verdict) -> Answer:
        """The parts of a verdict."""
        outcome = verdict._state[3]
        rules = self.rules(verdict, outcome.fired)
        exempted = outcome.exempted_rules or outcome.exempted_patterns
        return Answer(
            *rules[:4],
            undecided=verdict.undecided if outcome.undecided else {},
            shadow=verdict.shadow if outcome.shadow else (),
            exempted=verdict.exempted if exempted else {},
            matches=match_rows(verdict) if outcome.spans else (),
            notices=notice_rows(verdict) if rules.notify else (),
            redacted=redacted_of(verdict) if rules.redact and outcome.spans else None,
            scores=verdict.scores if rules.score else {},
            limits=verdict.limits if outcome.cut else (),
        )


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
