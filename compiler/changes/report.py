"""What changed in meaning between two policies, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Texts = tuple[tuple[str, str], ...]
"""A notice's texts by locale; the locale is "" where none was written."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What a verdict has under the new policy that it had not under the old one, and the other way round.

    `notices` are (audience, texts before, texts after), None where none went out. What is empty is the same.
    """

    action: tuple[str, str] | None = None
    notices: tuple[tuple[str, Texts | None, Texts | None], ...] = ()
    labels_lost: tuple[str, ...] = ()
    labels_gained: tuple[str, ...] = ()
    queues_lost: tuple[str, ...] = ()
    queues_gained: tuple[str, ...] = ()
    reasons_lost: tuple[str, ...] = ()
    reasons_gained: tuple[str, ...] = ()
    redactions_lost: tuple[tuple[str, str | None], ...] = ()
    """(pattern, placeholder), the placeholder None where the neutral one is meant."""
    redactions_gained: tuple[tuple[str, str | None], ...] = ()
    placeholders_swapped: bool = False
    """Where the same characters are redacted twice, another placeholder stands there."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One situation in which both policies were run. Facts are written as a policy writes them."""

    facts: tuple[tuple[str, str], ...]
    """Those that matter, name to `= offer`."""
    all_facts: tuple[tuple[str, str], ...]
    message: str
    at: str
    old_action: str
    new_action: str
    old_rules: tuple[str, ...]
    new_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Conditions that together make the change certain. Without a witness it may be that they never hold
    together, for a pattern was taken as free that is not."""

    conditions: tuple[str, ...]
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Change:
    """A delta and where it happens. `relaxes` says that the action got less severe."""

    delta: Delta
    relaxes: bool
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of one rule: `kind` is added, removed, renamed or changed; `edits` say what its clauses do
    now; `fires_more` and `fires_less` are conditions, None where that is not decided."""

    name: str
    kind: Literal["added", "removed", "renamed", "changed"]
    old_name: str | None
    edits: tuple[str, ...]
    fires_more: tuple[tuple[str, ...], ...]
    fires_less: tuple[tuple[str, ...], ...]
    not_decided: bool


@dataclass(frozen=True, slots=True)
class PatternChange:
    """What became of a pattern; `relation` is about where it has a span: `more`, `less`, `other`, `same`."""

    name: str
    kind: Literal["added", "removed", "changed"]
    relation: Literal["more", "less", "other", "same", ""]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


Status = Literal["same", "changed", "maybe", "not decided"]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything. `interface` has what changed in the facts and the header, a sentence each."""

    status: Status
    """`same` is proved. `changed` was seen to happen, or is in the interface; `maybe` was not seen to."""
    relaxed: Status
    """The same about actions that got less severe."""
    interface: tuple[str, ...]
    changes: tuple[Change, ...]
    more_changes: bool
    rules: tuple[RuleChange, ...]
    more_rules: bool
    patterns: tuple[PatternChange, ...]
    notes: tuple[str, ...]
