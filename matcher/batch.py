"""Many messages at once: Arrow tables, lists and iterators of str in, a table of verdicts out.

    verdicts = policy.decide_batch(table, text="body", facts={"contract.state": "none"})

Slices of a few thousand rows are shared out to threads, which decide without the interpreter's lock. Nothing
is copied on the way in; no Python object is made for a row in which nothing fired. Any library that speaks
the Arrow PyCapsule interface can give the table and take the answer; none of them is needed here.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from solon.matcher import _engine, batch_columns
from solon.matcher.errors import FactError, TableError
from solon.matcher.schema import Schema
from solon.matcher.verdict import Verdict

__all__ = ["Batch", "decide_batch"]

SLICE = 4096
"""Rows that one thread decides in one go."""


class Slice(NamedTuple):
    """The answers for some rows: the action of each, in 16 bits, and the verdicts of those in which there is
    more to say, by their place in the slice."""

    actions: bytes
    verdicts: list[tuple[int, Verdict]]

    @property
    def length(self) -> int:
        """Rows."""
        return len(self.actions) // 2


class Batch:
    """The verdicts of a batch, one a row, in the order of the messages. Immutable.

    It is a table for whoever speaks the Arrow PyCapsule interface: `pyarrow.table(batch)`,
    `polars.DataFrame(batch)`; docs/batches.md has its columns.
    """

    __slots__ = ("_schema", "_slices")

    def __init__(self, schema: Schema, slices: list[Slice]) -> None:
        self._schema = schema
        self._slices = slices

    def __len__(self) -> int:
        """Rows."""
        return sum(part.length for part in self._slices)

    @property
    def actions(self) -> list[str]:
        """The action of each row."""
        names = self._schema.actions
        return [names[number] for part in self._slices for number in memoryview(part.actions).cast("H")]

    def verdicts(self) -> Iterator[tuple[int, Verdict]]:
        """The rows, counted from 0, and verdicts of those in which a rule fired, was left undecided or
        exempted, or a limit was hit. At all others the default stands and nothing is to be said."""
        first = 0
        for part in self._slices:
            for row, verdict in part.verdicts:
                yield first + row, verdict
            first += part.length

    def __arrow_c_schema__(self) -> object:
        """The schema, as an Arrow capsule."""
        return self._node(Slice(b"", [])).schema_capsule()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as a stream of record batches. Another schema that is asked for is not followed."""
        nodes = (self._node(part) for part in self._slices)
        return _engine.stream_capsule(self._node(Slice(b"", [])), nodes)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """The table as one record batch."""
        whole = Slice(b"".join(part.actions for part in self._slices), list(self.verdicts()))
        return self._node(whole).capsules()

    def _node(self, part: Slice) -> _engine.ArrowNode:
        return batch_columns.table_of(self._schema, part.actions, part.verdicts)

    def __repr__(self) -> str:
        return f"<Batch of {len(self)} verdicts>"


def decide_batch(
    policy: Any,
    table: Any,
    text: str | None,
    *,
    facts: Mapping[str, Any] | None,
    columns: Mapping[str, str] | None,
    at: datetime | None,
    threads: int | None,
) -> Batch:
    """As `Policy.decide_batch` says."""
    constants = {} if facts is None else facts
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        source = _engine.ArrowSource(table)
        place = text_place(source, text)
        given = fact_places(policy, source, place, constants, columns or {})
        batcher = _engine.Batcher(policy, source, place, given, constants, at)
        jobs = table_jobs(source, batcher)
    else:
        if text is not None or columns:
            raise TypeError("`text` and `columns` name columns of a table; these messages are in none")
        batcher = _engine.Batcher(policy, None, -1, (), constants, at)
        jobs = text_jobs(messages_of(table), batcher)
    return Batch(policy._schema, [Slice(bytes(actions), kept) for actions, kept in share_out(jobs, threads)])


def text_place(source: _engine.ArrowSource, text: str | None) -> int:
    """Which column has the messages; -1 where the source is the column."""
    if not source.is_table:
        if text is not None:
            raise TableError(f"there is no column `{text}`: one column was given, and no table")
        return -1
    if text is None:
        raise TableError(f"say which column has the messages: `text=` is one of {known(source)}")
    return place_of(source, text)


def place_of(source: _engine.ArrowSource, name: str) -> int:
    """The place of a column. Raises TableError where there is none, or more than one."""
    count = source.names.count(name)
    if count != 1:
        how_many = "no column" if not count else f"{count} columns"
        raise TableError(f"there is {how_many} `{name}`; the table has {known(source)}")
    return source.names.index(name)


def known(source: _engine.ArrowSource) -> str:
    """The names of the columns, the first of them where there are many."""
    shown = ", ".join(f"`{name}`" for name in source.names[:20])
    return (shown or "no columns") + (", …" if len(source.names) > 20 else "")


def fact_places(
    policy: Any,
    source: _engine.ArrowSource,
    text: int,
    constants: Mapping[str, Any],
    columns: Mapping[str, str],
) -> tuple[tuple[str, int], ...]:
    """The columns that facts are read from: those that `columns` names, and those that are named like a fact
    for which there is no constant."""
    numbers = policy._schema.fact_numbers()
    for fact in columns:
        if fact not in numbers:
            raise FactError(fact, "there is no such fact")
        if fact in constants:
            raise FactError(fact, "was given twice, as a constant and as a column")
    found = {fact: place_of(source, column) for fact, column in columns.items()}
    for fact in numbers:
        if fact in found or fact in constants or fact not in source.names:
            continue
        place = place_of(source, fact)
        if place != text:
            found[fact] = place
    return tuple(found.items())


Job = Callable[[], tuple[bytearray, list[tuple[int, Verdict]]]]


def table_jobs(source: _engine.ArrowSource, batcher: _engine.Batcher) -> Iterator[Job]:
    """The slices of a table; a chunk lives as long as one of its slices is not decided."""
    while (chunk := source.next()) is not None:
        for first in range(0, len(chunk), SLICE):
            yield partial(batcher.run, chunk, first, min(first + SLICE, len(chunk)))


def messages_of(table: Any) -> Iterable[str]:
    """Messages without a table. Raises TypeError."""
    if isinstance(table, str | bytes | Mapping) or not isinstance(table, Iterable):
        raise TypeError(
            f"a batch is an Arrow table or column, or an iterable of str, not {type(table).__name__}"
        )
    return table


def text_jobs(messages: Iterable[str], batcher: _engine.Batcher) -> Iterator[Job]:
    """Slices of str."""
    pending = iter(messages)
    first = 0
    while part := list(itertools.islice(pending, SLICE)):
        yield partial(batcher.run_texts, part, first)
        first += len(part)


def share_out(jobs: Iterator[Job], threads: int | None) -> list[Any]:
    """The results of all jobs, in order. The first job that fails, in their order, decides what is raised."""
    if threads is None:
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not isinstance(threads, int) or threads < 1:
        raise ValueError("`threads` is a number from 1 on")
    ready = list(itertools.islice(jobs, 2)) if threads > 1 else []
    jobs = itertools.chain(ready, jobs)
    if threads == 1 or len(ready) < 2:
        return [job() for job in jobs]
    shared = Shared(jobs)
    workers = [threading.Thread(target=shared.work, daemon=True) for _ in range(threads - 1)]
    for worker in workers:
        worker.start()
    try:
        shared.work()
    finally:
        shared.over = True  # whatever interrupted this thread stops the others
        for worker in workers:
            worker.join()
    if shared.wrong:
        raise shared.wrong[min(shared.wrong)]
    return [shared.done[number] for number in range(len(shared.done))]


class Shared:
    """Jobs that several threads take from, and what came of them, by number."""

    def __init__(self, jobs: Iterator[Job]) -> None:
        self.jobs = enumerate(jobs)
        self.lock = threading.Lock()
        self.over = False
        self.done: dict[int, Any] = {}
        self.wrong: dict[int, Exception] = {}

    def work(self) -> None:
        """Until no job is left, or one has failed."""
        while not self.over:
            number = len(self.done)
            try:
                with self.lock:
                    number, job = next(self.jobs, (-1, None))
                if job is None:
                    break
                self.done[number] = job()
            except Exception as error:
                self.wrong[number if number >= 0 else 1 << 62] = error
                self.over = True
