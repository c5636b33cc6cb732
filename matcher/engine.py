"""The face of the runtime: load an artifact, decide messages.

    policy  = load("contact_sharing.solon")
    verdict = policy.decide("Let's hop on z00m", {"contract.state": "none", …})

A `Policy` is immutable and may be used by any number of threads at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

try:
    from solon.matcher import _engine
except ImportError as refused:
    if "interpreter" in str(refused).lower():
        raise ImportError(
            "Solon's engine works in one interpreter of a process, and this is another one: use threads, "
            "which may share a policy, or processes, not sub-interpreters"
        ) from refused
    raise
from solon.matcher.artifact import Artifact, decode_json, read_artifact, read_file
from solon.matcher.errors import Damaged, Stripped
from solon.matcher.layout import signatures
from solon.matcher.schema import Schema
from solon.matcher.trust import Demands, Trust, expiry_of, version_of

if TYPE_CHECKING:
    from solon.matcher.batch import Batch

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What reading names and rules raises where the JSON is another than the compiler's.
NOT_OURS = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError)

__all__ = ["Bound", "Policy", "from_bytes", "load"]


def load(
    path: str | Path,
    *,
    trust: Trust | None = None,
    threshold: int | None = None,
    not_before_version: int | None = None,
    at: datetime | None = None,
) -> Policy:
    """Read an artifact file, verify it, and make it ready to decide.

    The file may change or vanish afterwards. With `trust` (`Keys`, a PEM file of public keys, a folder of
    them, or several of these) `threshold` of the keys must have signed, 1 where nothing is said. `at` is
    the time that the artifact's expiry is held against (an aware datetime; now, where left out).

    Raises OSError where the file cannot be read, else the kind of ArtifactError that says what is wrong:
    ForeignFile, Truncated, TooOld, TooNew, Damaged, and before any table is opened NotSigned, BadSignature,
    TooFewSignatures, RolledBack (a version below `not_before_version`) or Expired. ValueError for keys or a
    threshold that nothing could meet, ImportError where `trust` needs the extra `sign`.
    """
    demands = Demands.of(trust, threshold, not_before_version)
    return opened(read_file(path), demands, at)


def from_bytes(
    data: bytes,
    *,
    trust: Trust | None = None,
    threshold: int | None = None,
    not_before_version: int | None = None,
    at: datetime | None = None,
) -> Policy:
    """Verify artifact bytes and make them ready to decide. Takes and raises what `load` does; any bytes are
    safe to try."""
    return opened(data, Demands.of(trust, threshold, not_before_version), at)


def opened(data: bytes, demands: Demands, at: datetime | None = None) -> Policy:
    """The policy of artifact bytes that meet the demands; raises as `load` does."""
    if at is not None:
        micros(at)
    artifact = read_artifact(data)
    demands.of_signatures(artifact)
    policy = Policy(artifact)
    demands.of_age(policy.version, policy.expires, at)
    return policy


class Policy(_engine.Decider):
    """A policy that decides. Made by `load`, `from_bytes` or `solon.compile`.

    `decide` is native: the extension has its words, `_engine.pyi` its types.
    """

    __slots__ = ("__weakref__", "_artifact", "_expires", "_name", "_schema", "_version")

    def __init__(self, artifact: Artifact) -> None:
        meta = artifact.meta()
        try:
            name = meta["policy"]
            if type(name) is not str:
                raise TypeError("the policy's name")
            self._version = version_of(meta)
            self._expires = expiry_of(meta)
            self._schema = Schema.from_json(meta["schema"])
            self._engine = _engine.Engine(artifact.data, artifact.sections, self._schema, os.urandom(8))
        except NOT_OURS:
            raise Damaged("section meta: it is not what the compiler writes") from None
        self._artifact = artifact
        self._name: str = name

    @property
    def name(self) -> str:
        """The name of the `policy` block."""
        return self._name

    @property
    def version(self) -> int:
        """The version that the `policy` block says."""
        return self._version

    @property
    def expires(self) -> datetime | None:
        """When the artifact ends, as `solon compile --expires` said; None where it does not."""
        return self._expires

    @property
    def signers(self) -> tuple[str, ...]:
        """The ids of the keys in whose name the artifact is signed, hex; whether the signatures hold was
        decided when it was loaded, for the keys that were to be trusted."""
        return tuple(one.key_id.hex() for one in signatures(self._artifact.data))

    @property
    def digest(self) -> str:
        """SHA-256 of the artifact's content, in hex."""
        return self._artifact.digest

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions from least to most severe."""
        return self._schema.actions

    @property
    def floors(self) -> dict[str, str | None]:
        """The actions that need no rule: `default`, and the least ones where a rule was `undecided` or a look
        `incomplete` (None where the policy says none)."""
        names = (None if number < 0 else self._schema.actions[number] for number in self._engine.floors())
        return dict(zip(("default", "undecided", "incomplete"), names, strict=True))

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules, in order."""
        return self._schema.rule_names

    @property
    def patterns(self) -> tuple[str, ...]:
        """The names of the patterns."""
        return self._schema.patterns

    def fact_kinds(self) -> dict[str, dict[str, Any]]:
        """Fact name to its kind: `{"name": "money", "currency": "USD", "values": []}`."""
        return self._schema.fact_kinds()

    def bind(self, facts: Mapping[str, Any]) -> Bound:
        """Check the facts once, for many messages. Raises FactError."""
        return Bound(self, facts)

    def decide_batch(
        self,
        table: Any,
        text: str | None = None,
        facts: Mapping[str, Any] | None = None,
        *,
        columns: Mapping[str, str] | None = None,
        at: datetime | None = None,
        threads: int | None = None,
    ) -> Batch:
        """Decide many messages, on all processors, without the interpreter's lock.

        `table` is whatever speaks the Arrow PyCapsule interface (a table, a stream of record batches, one
        column of texts), or an iterable of str. `text` names the column of the messages. `facts` are
        constants, as `decide` takes them; `columns` says which column a fact is read from, and columns that
        are named like a fact are read unasked. A null is an absent fact. `at` is the time of all decisions,
        `threads` how many work at once (as many as there are processors, where left out).

        Raises FactError for facts and their columns, TableError for a table that cannot be read, TypeError
        for what is no table and no str. The answer is a table as well: docs/batches.md.
        """
        from solon.matcher.batch import decide_batch  # noqa: PLC0415  (who never asks never loads it)

        return decide_batch(self, table, text, facts=facts, columns=columns, at=at, threads=threads)

    def find(self, message: str) -> dict[str, list[tuple[int, int]]]:
        """The spans of every pattern in a message, in characters; patterns without one are left out."""
        names = self._schema.patterns
        return {names[number]: list(spans) for number, spans in self._engine.find(message).items()}

    def strategies(self) -> dict[str, str]:
        """Pattern name to how it is found, in words."""
        meta = self._artifact.meta()
        pairs = zip(self.patterns, meta["strategies"], strict=True)
        return {name: "; ".join(parts) or "a formula of other patterns" for name, parts in pairs}

    def profile(self, messages: Sequence[str]) -> Profile:
        """Where the time of finding goes on some messages: see `Profile`. Slow; for `solon bench`."""
        stages, patterns, spans = _engine.profile(self._engine, list(messages))
        names = self.patterns
        return Profile(
            stages=dict(zip(Profile.STAGES, stages, strict=True)),
            patterns=dict(zip(names, patterns, strict=True)),
            spans=dict(zip(names, spans, strict=True)),
            ungated=frozenset(names[number] for number in _engine.ungated(self._engine)),
        )

    def ir(self) -> dict[str, Any]:
        """The typed IR, for explanations and the reference interpreter. Raises Stripped without one."""
        if "ir" not in self._artifact.sections:
            raise Stripped("the artifact was compiled with --strip: it has no typed IR to explain from")
        return decode_json("ir", self._artifact.content("ir"))

    def __repr__(self) -> str:
        return f"<Policy {self.name} version {self.version}, {len(self.rules)} rules, {self.digest[:12]}>"


@dataclass(frozen=True, slots=True)
class Profile:
    """Nanoseconds of each stage that patterns share, and of each pattern beside them; spans by pattern.

    `ungated` are the patterns with an automaton that is tried on every message.
    """

    STAGES: ClassVar[tuple[str, ...]] = ("fold", "words", "literals", "gate")

    stages: Mapping[str, int]
    patterns: Mapping[str, int]
    spans: Mapping[str, int]
    ungated: frozenset[str]


class Bound(_engine.BoundDecider):
    """A policy with its facts: `bound.decide(message)`. Immutable; later changes of the mapping change
    nothing."""

    __slots__ = ()


def micros(at: datetime) -> int:
    """An aware time as microseconds since 1970. Raises TypeError for anything else."""
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise TypeError("`at` takes a datetime with a time zone")
    return (at - EPOCH) // timedelta(microseconds=1)
