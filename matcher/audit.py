"""The record of a decision that is kept: what was decided, why, by which artifact, without anybody's text.

In: a verdict, and the key that its digests are made with. Out: a mapping in JSON's types, of the form that
`schemas/audit-1.json` describes and docs/audit.md explains. The same decision gives the same record, byte for
byte, so that `proof.py` can hold a new one against an old one.
"""

from __future__ import annotations

import hmac
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solon.matcher.effects import Value
    from solon.matcher.verdict import Verdict

__all__ = ["ALGORITHM", "SCHEMA", "Digests", "audit", "canonical", "schema"]

SCHEMA = "solon.audit/1"
ALGORITHM = "hmac-sha-256"
KEY_BYTES_MIN = 16
_SCHEMAS = Path(__file__).parent / "schemas"


@cache
def schema_text() -> str:
    """The JSON Schema of a record, as it stands in the package."""
    return (_SCHEMAS / "audit-1.json").read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a record."""
    value: dict[str, Any] = json.loads(schema_text())
    return value


class Digests:
    """Keyed digests of what a decision was about: HMAC-SHA-256, in hex, or None for all without a key.

    Without a key nothing is hashed: a plain hash of a short message, or of a phone number, is found again by
    trying. Raises ValueError for a key of less than 16 bytes, TypeError for one that is no bytes.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes | None) -> None:
        if key is not None:
            key = bytes(memoryview(key))  # TypeError for a str or a number
            if len(key) < KEY_BYTES_MIN:
                raise ValueError(f"an audit key has at least {KEY_BYTES_MIN} bytes, this one has {len(key)}")
        self._key = key

    def key(self) -> dict[str, str] | None:
        """Which key: the algorithm, and a name of the key that does not give it away."""
        if self._key is None:
            return None
        return {"algorithm": ALGORITHM, "id": self._of("key", b"")[:16]}

    def message(self, text: str) -> str | None:
        """Of a message, as UTF-8; lone surrogates as if they were characters."""
        return self._maybe("message", text.encode("utf-8", "surrogatepass"))

    def fact(self, name: str, value: Value) -> str | None:
        """Of a fact's value in canonical units."""
        return self._maybe("fact", name.encode("utf-8", "surrogatepass") + b"\0" + canonical(value))

    def shown(self, public: dict[str, Any]) -> str | None:
        """Of what the people in the conversation were shown."""
        return self._maybe("shown", canonical(public))

    def _maybe(self, what: str, content: bytes) -> str | None:
        return None if self._key is None else self._of(what, content)

    def _of(self, what: str, content: bytes) -> str:
        assert self._key is not None
        return hmac.digest(self._key, f"{SCHEMA} {what}\0".encode("ascii") + content, "sha256").hex()


def canonical(value: Any) -> bytes:
    r"""JSON in ASCII, keys sorted, no white space: one spelling for one value.

    >>> canonical({"b": ["é", True], "a": 0.5})
    b'{"a":0.5,"b":["\\u00e9",true]}'
    """
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def audit(verdict: Verdict, key: bytes | None, id_: str | None, texts: bool) -> dict[str, Any]:
    """The record of a verdict; `Verdict.audit` says what the arguments are."""
    from solon.matcher.verdict import engine_version, moment  # noqa: PLC0415  (verdict.py loads this file when asked)

    if id_ is not None and not isinstance(id_, str):
        raise TypeError("the id of a record is a str")
    policy, message, facts, outcome, at = verdict._state
    digests = Digests(key)
    known = [(fact.name, facts.value(number)) for number, fact in enumerate(policy._schema.facts)]
    matches: list[dict[str, Any]] = []
    for match in verdict.matches:
        shown = {"pattern": match.pattern, "start": match.start, "end": match.end, "field": match.field}
        matches.append(shown | {"text": match.text} if texts else shown)
    return {
        "schema": SCHEMA,
        "id": id_,
        "at": moment(at).isoformat().replace("+00:00", "Z"),
        "policy": policy.name,
        "version": policy.version,
        "digest": policy.digest,
        "engine": engine_version(),
        "status": verdict.status,
        "action": verdict.action,
        "because": because(verdict),
        "rules": [
            {
                "name": rule.name,
                "action": policy._schema.actions[rule.action],
                "decisive": rule.action == outcome.action,
                "priority": rule.priority,
                "patterns": sorted({policy._schema.patterns[pattern] for pattern, _ in rule.spans}),
                "reason": rule.reason,
                "labels": sorted(set(rule.labels)),
                "queues": sorted(set(rule.queues)),
            }
            for rule in verdict._fired()
        ],
        "undecided": {rule: list(lacked) for rule, lacked in verdict.undecided.items()},
        "exempted": verdict.exempted,
        "shadow": list(verdict.shadow),
        "matches": matches,
        "notices": list(verdict.notices),
        "labels": list(verdict.labels),
        "queues": list(verdict.queues),
        "reasons": list(verdict.reasons),
        "scores": verdict.scores,
        "limits": list(verdict.limits),
        "message": {"chars": len(message), "digest": digests.message(message)},
        "facts": {name: digests.fact(name, value) for name, value in known if value is not None},
        "shown": digests.shown(verdict.public()),
        "key": digests.key(),
    }


def because(verdict: Verdict) -> list[str]:
    """What reaches the action: `rules`, the policy's `undecided` or `incomplete` action, or its `default`."""
    policy, _, _, outcome, _ = verdict._state
    floors = policy.floors
    reached = []
    if any(policy._schema.rule(number).action == outcome.action for number in outcome.fired):
        reached.append("rules")
    if outcome.undecided and floors["undecided"] == verdict.action:
        reached.append("undecided")
    if outcome.cut and floors["incomplete"] == verdict.action:
        reached.append("incomplete")
    return reached or ["default"]
