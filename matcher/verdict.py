"""What was decided about one message, and why.

A `Verdict` knows five things: policy, message, facts, outcome (numbers) and time; the engine's own keeps
them in one object (_verdict.pxi). Every part is built when somebody asks for it, so that a verdict that
nobody looks at costs next to nothing. It is immutable: what an attribute gives out belongs to the caller.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn, Protocol

from solon.matcher import effects
from solon.matcher.effects import EPOCH, MILLION, Match, Value
from solon.matcher.schema import FactEntry, RuleEntry, Schema

__all__ = ["Match", "Verdict"]

OUTCOME = (
    *("action", "fired", "undecided", "shadow", "exempted_rules", "exempted_patterns", "notices", "sums"),
    *("cut", "spans"),
)
"""What an outcome has; equal verdicts have equal ones."""


class Outcome(Protocol):
    """What the engine found, in the numbers of the schema. Immutable; lists of rules rise.

    `exempted_…` are pairs with the exemption; `notices` the conditional notices of fired rules whose
    condition is true; `sums` the least sum of each score in millionths (None where no fired rule names it,
    and none at all where no rule fired); `cut` the fields (0 is the message) that were longer than the limit;
    `spans` those that fired rules show or redact, by (pattern, field), without those that an exemption took.
    """

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
    def spans(self) -> Mapping[tuple[int, int], Sequence[tuple[int, int]]]: ...


class Facts(Protocol):
    """The facts of a decision as the engine keeps them."""

    def value(self, index: int, /) -> Value:
        """The value of a fact in canonical units, None where it is absent."""

    def known(self, index: int, /) -> bool:
        """Is the fact there?"""


class Policy(Protocol):
    """What a verdict asks of its policy."""

    _schema: Schema

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def floors(self) -> Mapping[str, str | None]: ...
    def ir(self) -> dict[str, Any]: ...
    def decide(
        self, message: str, facts: Mapping[str, Any], *, at: datetime.datetime | None = None
    ) -> Verdict: ...


class Verdict:
    """A decision about one message. Immutable; two are equal where policy, message, facts and outcome are.

    `public()` is what people outside may see, `audit()` what is kept on record, `explain()` the reasons in
    words.
    """

    __slots__ = ()

    @property
    def _state(self) -> tuple[Policy, str, Facts, Outcome, int]:
        """Policy, message, facts, outcome, and the time of the decision in microseconds since 1970."""
        raise NotImplementedError

    # ── What was decided ─────────────────────────────────────────────────────────────────────────────

    @property
    def action(self) -> str:
        """The most severe action of the rules that fired, or the policy's default."""
        return self._schema.actions[self._outcome.action]

    @property
    def status(self) -> str:
        """`"decided"`, or `"incomplete"` where a limit was hit before all was looked at."""
        return "incomplete" if self._outcome.cut else "decided"

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that fired."""
        return self._rule_names(self._outcome.fired)

    @property
    def shadow(self) -> tuple[str, ...]:
        """The names of the shadow rules that would have fired."""
        return self._rule_names(self._outcome.shadow)

    @property
    def undecided(self) -> dict[str, tuple[str, ...]]:
        """Each rule that could not be decided, and the facts that it lacked."""
        schema, facts = self._schema, self._state[2]
        found = {}
        for number in self._outcome.undecided:
            lacked = [fact for fact in schema.rule(number).lacks if not facts.known(fact)]
            found[schema.rule_names[number]] = tuple(schema.facts[fact].name for fact in lacked)
        return found

    @property
    def exempted(self) -> dict[str, str]:
        """Each rule or pattern that an exemption took out, and the exemption."""
        schema, outcome = self._schema, self._outcome
        found = {schema.patterns[pattern]: schema.exemptions[by] for pattern, by in outcome.exempted_patterns}
        found |= {schema.rule_names[rule]: schema.exemptions[by] for rule, by in outcome.exempted_rules}
        return dict(sorted(found.items()))

    @property
    def limits(self) -> tuple[str, ...]:
        """`"message"` and the scanned facts that were longer than the policy's limit."""
        return tuple(
            "message" if field == 0 else self._fact_of(field).name for field in sorted(self._outcome.cut)
        )

    # ── What follows from it ─────────────────────────────────────────────────────────────────────────

    @property
    def matches(self) -> tuple[Match, ...]:
        """The spans of the patterns that the rules that fired name or redact, the message's first."""
        schema, facts = self._schema, self._state[2]
        found = []
        for (pattern, field), spans in self._outcome.spans.items():
            text, name = self._state[1], None
            if field:
                text, name = str(facts.value(schema.fields[field - 1])), self._fact_of(field).name
            found += [
                Match(schema.patterns[pattern], start, end, text[start:end], name) for start, end in spans
            ]
        if len(found) > 1:
            found.sort(key=lambda m: (m.field is not None, m.field or "", m.start, m.end, m.pattern))
        return tuple(found)

    @property
    def notices(self) -> dict[str, str | dict[str, str]]:
        """Audience to text, or to locale to text."""
        return effects.notices(self._fired(), self._outcome.notices, self._state[2], self._schema)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of all rules that fired."""
        return tuple(sorted({label for rule in self._fired() for label in rule.labels}))

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues of all rules that fired."""
        return tuple(sorted({queue for rule in self._fired() for queue in rule.queues}))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons of all rules that fired."""
        return tuple(sorted({rule.reason for rule in self._fired() if rule.reason is not None}))

    @property
    def redacted(self) -> str:
        """The message with the redactions of the rules that fired; the message itself where there are
        none."""
        return effects.redact(self._state[1], self._fired(), self._outcome.spans)

    @property
    def scores(self) -> dict[str, int | float]:
        """Each score that a rule that fired names, as its least value."""
        sums = zip(self._schema.scores, self._outcome.sums, strict=False)
        named = sorted((name, least) for name, least in sums if least is not None)
        return {name: least // MILLION if least % MILLION == 0 else least / MILLION for name, least in named}

    # ── Views ────────────────────────────────────────────────────────────────────────────────────────

    def public(self) -> dict[str, Any]:
        """What the people in the conversation may see: no rule, no pattern, no word that was looked for."""
        return {
            "action": self.action,
            "notices": self.notices,
            "redacted": self.redacted,
            "reasons": list(self.reasons),
        }

    def audit(
        self, *, key: bytes | None = None, id: str | None = None, texts: bool = False
    ) -> dict[str, Any]:
        """A record for the files (JSON-able): enough to find and prove the decision, without anybody's text.

        `key` (16 bytes or more, kept apart from the records) makes keyed digests of the message, of each
        fact's value and of what was shown; without one there are none. `id` is the caller's own name of the
        decision, kept as it is. `texts` adds the matched texts, which are somebody's words. docs/audit.md has
        the fields, `schemas/audit-1.json` their form. Raises ValueError for a key that is too short.
        """
        from solon.matcher.audit import audit  # noqa: PLC0415  (who never asks never loads it)

        return audit(self, key, id, texts)

    def explain(self) -> Any:
        """Why, and what would have to differ. Raises Stripped where the artifact carries no typed IR."""
        from solon.matcher.explain import explain  # noqa: PLC0415  (who never asks never loads it)

        policy, message, _, _, at = self._state
        return explain(policy.ir(), policy.decide, message, self.facts(), self, at=moment(at))

    def facts(self) -> dict[str, Any]:
        """The facts that were known, defaults included, as `decide` takes them."""
        facts = self._state[2]
        values = [(fact, facts.value(number)) for number, fact in enumerate(self._schema.facts)]
        return {fact.name: as_given(value, fact) for fact, value in values if value is not None}

    # ── Plumbing ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def _schema(self) -> Schema:
        return self._state[0]._schema

    @property
    def _outcome(self) -> Outcome:
        return self._state[3]

    def _rule_names(self, numbers: tuple[int, ...]) -> tuple[str, ...]:
        names = self._schema.rule_names
        return tuple(names[number] for number in numbers)

    def _fact_of(self, field: int) -> FactEntry:
        schema = self._schema
        return schema.facts[schema.fields[field - 1]]

    def _fired(self) -> list[RuleEntry]:
        schema = self._schema
        return [schema.rule(number) for number in self._outcome.fired]

    def __repr__(self) -> str:
        """Never the message, nor a part of it."""
        parts = [self.action]
        if self.rules:
            parts.append("by " + ", ".join(self.rules))
        if self.undecided:
            parts.append("undecided: " + ", ".join(self.undecided))
        if self.limits:
            parts.append("incomplete: " + ", ".join(self.limits))
        return f"<Verdict {'; '.join(parts)}>"

    def __eq__(self, other: object) -> bool:
        """All is compared but the time of the decision."""
        return self._compared() == other._compared() if isinstance(other, Verdict) else NotImplemented

    def _compared(self) -> tuple[object, ...]:
        policy, message, facts, outcome, _ = self._state
        values = [facts.value(number) for number in range(len(policy._schema.facts))]
        return policy.digest, message, values, [getattr(outcome, part) for part in OUTCOME]

    def __hash__(self) -> int:
        policy, message, _, outcome, _ = self._state
        return hash((policy.digest, message, outcome.action, outcome.fired))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a verdict does not change: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a verdict does not change: {name}")


def moment(micros: int) -> datetime.datetime:
    """Microseconds since 1970 as an aware time, held within the years that there are."""
    first, last = (
        year.replace(tzinfo=datetime.UTC) for year in (datetime.datetime.min, datetime.datetime.max)
    )
    if micros < 0:
        return EPOCH + max(datetime.timedelta(microseconds=micros), first - EPOCH)
    return EPOCH + min(datetime.timedelta(microseconds=micros), last - EPOCH)


def as_given(value: Value, fact: FactEntry) -> Any:
    """A canonical value as the Python value that stands for it."""
    match fact.kind:
        case "duration":
            return datetime.timedelta(microseconds=int(value))  # type: ignore[arg-type]
        case "time":
            return moment(int(value))  # type: ignore[arg-type]
        case "money":
            return Decimal(f"{value}e-6")  # exact, whatever the caller's decimal context
        case _:
            return value


@cache
def engine_version() -> str:
    """The version of Solon that decides."""
    from importlib import metadata  # noqa: PLC0415  (half of what importing Solon would take)

    try:
        return metadata.version("solon")
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
