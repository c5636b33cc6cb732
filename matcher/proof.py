"""Was that the decision? A record, the artifact, the message and the facts in; every difference by name out.

The record says which artifact, which message and which facts it was about (keyed digests) and at what time;
only where those are the ones at hand is anything decided again, at that time, and all of it compared. A
record may come from anybody: whatever is no record is a `RecordError` that names the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from solon.matcher.audit import SCHEMA, Digests
from solon.matcher.errors import SolonError

if TYPE_CHECKING:
    from solon.matcher.engine import Policy

__all__ = ["Difference", "Proof", "RecordError", "prove"]

ARTIFACT = ("digest", "policy", "version")
COMPARED_APART = (*ARTIFACT, "key", "message", "facts", "engine")
TEXT, MAPPING, LIST = (str,), (dict,), (list,)
SHAPE: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("at", "policy", "digest", "engine", "status", "action"), TEXT),
    **dict.fromkeys(("undecided", "exempted", "scores", "message", "facts"), MAPPING),
    **dict.fromkeys(("because", "rules", "shadow", "matches", "notices"), LIST),
    **dict.fromkeys(("labels", "queues", "reasons", "limits"), LIST),
    "version": (int,),
    "id": (str, type(None)),
    "shown": (str, type(None)),
    "key": (dict, type(None)),
}
NOT_KEYED = "the record has no digests: it does not say which message and which facts it was about"
WORDS = {str: "a text", dict: "an object", list: "a list", int: "a whole number", type(None): "null"}


class RecordError(SolonError, ValueError):
    """What was given is no record that this version can read. `field` names the place."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the record that is another now; a path such as `rules[0].action`."""

    field: str
    recorded: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the comparison. `keyed`: the record's digests bind it to this message and these facts."""

    differences: tuple[Difference, ...]
    decided: bool
    """False where the artifact, the message, the facts or the key were others: nothing was decided again."""
    keyed: bool
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the decision was that one."""
        return self.decided and not self.differences


def prove(
    record: Mapping[str, Any],
    policy: Policy,
    message: str,
    facts: Mapping[str, Any],
    *,
    key: bytes | None = None,
) -> Proof:
    """Decide again what a record says was decided, and compare everything.

    `facts` are as `Policy.decide` takes them, `key` the one that the record was made with. Raises RecordError
    for what is no record, FactError for facts that do not fit the policy, ValueError for a key too short.
    """
    at = read(record)
    keyed = record["key"] is not None
    notes = [] if keyed else [NOT_KEYED]
    mine = {"digest": policy.digest, "policy": policy.name, "version": policy.version}
    others = _of(ARTIFACT, record, mine) or _of(
        ("key",), record, {"key": Digests(key).key() if keyed else None}
    )
    if others:  # with another artifact or key all the rest would differ for that reason alone
        return Proof(others, False, keyed, tuple(notes))
    verdict = policy.decide(message, facts, at=at)
    texts = any("text" in match for match in record["matches"] if isinstance(match, dict))
    now = verdict.audit(key=key if keyed else None, id=record["id"], texts=texts)
    others = _of(("message", "facts"), record, now)
    if others:
        return Proof(others, False, keyed, tuple(notes))
    if record["engine"] != now["engine"]:
        notes.append(f"decided by Solon {record['engine']}, held against Solon {now['engine']}")
    notes += [f"`{name}` of the record was not compared" for name in record if name not in now]
    rest = [name for name in now if name not in COMPARED_APART]
    return Proof(_of(rest, record, now), True, keyed, tuple(notes))


def _of(names: Iterable[str], record: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(one for name in names for one in _differences(name, record[name], now[name]))


def read(record: Any) -> datetime:
    """The time of a record that has the form of one. Raises RecordError, which names the field."""
    if not isinstance(record, Mapping):
        raise RecordError("record", "takes a JSON object")
    found = record.get("schema")
    if found != SCHEMA:
        said = f"is `{found}`" if isinstance(found, str) and len(found) < 40 else "is missing or no text"
        raise RecordError("schema", f"{said}; this version reads `{SCHEMA}`")
    for name, kinds in SHAPE.items():
        if name not in record:
            raise RecordError(name, "is missing")
        value = record[name]
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise RecordError(name, "takes " + " or ".join(WORDS[kind] for kind in kinds))
    try:
        at = datetime.fromisoformat(record["at"])
    except ValueError:
        raise RecordError("at", "takes a time such as `2026-12-01T10:00:00Z`") from None
    if at.tzinfo is None:
        raise RecordError("at", "takes a time with a zone such as `2026-12-01T10:00:00Z`")
    return at


def _differences(path: str, recorded: Any, now: Any) -> Iterator[Difference]:
    """`now` is ours and not deep, so this is not either, whatever was recorded."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        for name in sorted({*recorded, *now}, key=str):
            if name not in recorded or name not in now:
                yield Difference(f"{path}.{name}", recorded.get(name), now.get(name))
            else:
                yield from _differences(f"{path}.{name}", recorded[name], now[name])
    elif isinstance(recorded, list) and isinstance(now, list):
        for index in range(max(len(recorded), len(now))):
            pair = [side[index] if index < len(side) else None for side in (recorded, now)]
            yield from _differences(f"{path}[{index}]", *pair)
    elif type(recorded) is not type(now) or recorded != now:
        yield Difference(path, recorded, now)
