"""Types of the extension; `engine.py` is the face that people read."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from solon.matcher.effects import Value
from solon.matcher.layout import Section
from solon.matcher.schema import Schema
from solon.matcher.verdict import Verdict

class Facts:
    """Facts, checked, for one policy. Immutable."""

    def known(self, index: int, /) -> bool: ...
    def value(self, index: int, /) -> Value: ...

class FactSchema:
    """How all facts of a policy are read."""

    @property
    def count(self) -> int: ...
    @property
    def field_count(self) -> int: ...
    def __init__(self, schema: Schema) -> None: ...
    def read(self, given: Mapping[str, object]) -> Facts: ...

class Outcome:
    """What was decided, in the numbers of the schema; see `solon.matcher.verdict.Outcome`."""

    @property
    def action(self) -> int: ...
    @property
    def fired(self) -> tuple[int, ...]: ...
    @property
    def undecided(self) -> tuple[int, ...]: ...
    @property
    def shadow(self) -> tuple[int, ...]: ...
    @property
    def exempted_rules(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def exempted_patterns(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def notices(self) -> tuple[int, ...]: ...
    @property
    def sums(self) -> tuple[int | None, ...]: ...
    @property
    def cut(self) -> tuple[int, ...]: ...
    @property
    def spans(self) -> Mapping[tuple[int, int], tuple[tuple[int, int], ...]]: ...

class Engine:
    """The tables of one artifact, verified. Any number of threads may ask it at once."""

    def __init__(
        self, data: bytes, sections: Mapping[str, Section], schema: Schema, secret: bytes
    ) -> None: ...
    def floors(self) -> tuple[int, int, int]: ...
    def bind(self, facts: Mapping[str, object]) -> Facts: ...
    def find(self, message: str) -> dict[int, tuple[tuple[int, int], ...]]: ...

class Decider:
    """What a policy decides with."""

    _engine: Engine

    def decide(
        self, message: str, facts: Mapping[str, Any], *, at: datetime.datetime | None = None
    ) -> Verdict:
        """Decide one message.

        `facts` is a flat mapping with dotted names, or nested mappings. `at` is the time that `active`,
        `expires` and time facts are held against (an aware datetime; now, where left out). Raises FactError
        for facts that do not fit the policy, TypeError for a message that is no str or a time that is not
        aware.
        """

class BoundDecider:
    """A policy with its facts."""

    def __init__(self, policy: Decider, facts: Mapping[str, Any]) -> None: ...
    def decide(self, message: str, *, at: datetime.datetime | None = None) -> Verdict:
        """Decide one message with these facts; as `Policy.decide`."""

class ArrowChunk:
    """An array that was handed over."""

    first_row: int

    def __len__(self) -> int: ...

class ArrowSource:
    """The chunks of a table, or of one column, that speaks the Arrow PyCapsule interface."""

    is_table: bool
    names: tuple[str, ...]

    def __init__(self, source: object) -> None: ...
    def next(self) -> ArrowChunk | None: ...

class Batcher:
    """What all slices of one batch share."""

    def __init__(
        self,
        policy: Decider,
        source: ArrowSource | None,
        text_column: int,
        columns: tuple[tuple[str, int], ...],
        constants: Mapping[str, Any],
        at: datetime.datetime | None,
    ) -> None: ...
    def run(
        self, chunk: ArrowChunk, first: int, last: int
    ) -> tuple[bytearray, list[tuple[int, Verdict]]]: ...
    def run_texts(self, texts: list[str], first_row: int) -> tuple[bytearray, list[tuple[int, Verdict]]]: ...

class ArrowNode:
    """A column that goes out: its format, name, length, buffers, children, dictionary."""

    def __init__(
        self,
        format: str,
        name: str,
        length: int,
        buffers: tuple[bytes | None, ...],
        children: tuple[ArrowNode, ...] = (),
        *,
        dictionary: ArrowNode | None = None,
        null_count: int = 0,
        nullable: bool = False,
    ) -> None: ...
    def capsules(self) -> tuple[object, object]: ...
    def schema_capsule(self) -> object: ...

def offsets_of(rows: list[int], counts: list[int], total: int) -> bytes: ...
def stream_capsule(empty: ArrowNode, nodes: Iterable[ArrowNode]) -> object: ...
def profile(engine: Engine, messages: list[str]) -> tuple[list[int], list[int], list[int]]: ...
def ungated(engine: Engine) -> list[int]: ...
