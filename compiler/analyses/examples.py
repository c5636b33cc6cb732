"""A situation in words: "for example `contract.state = offer`, a message with `phone`".

In: literals that are to hold together. Out: a situation in which they hold for certain, whatever else is the
case, with facts that a value can have and a message that can be written; None where no such situation is
sure.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from solon.compiler.analyses.clauses import TRUE, Lit
from solon.compiler.analyses.places import Names
from solon.compiler.analyses.samples import message_with
from solon.compiler.analyses.situations import Situations
from solon.compiler.decision.domains import Domain, float_key
from solon.dsl import ir

FACTS_TOLD_MAX = 8


@dataclass(frozen=True, slots=True)
class Example:
    """Facts as (name, how it reads after the name), and the patterns that the message has."""

    facts: tuple[tuple[str, str], ...]
    patterns: tuple[str, ...]
    message: str

    @property
    def words(self) -> str:
        """The situation as part of a sentence."""
        told = [f"`{name} {text}`" if text else f"no `{name}`" for name, text in self.facts[:FACTS_TOLD_MAX]]
        if len(self.facts) > FACTS_TOLD_MAX:
            told.append("…")
        if self.patterns:
            told.append("a message with " + " and ".join(f"`{name}`" for name in self.patterns))
        return ", ".join(told) if told else "any message at all"


def certain_example(situations: Situations, wanted: Iterable[Lit], names: Names) -> Example | None:
    """A situation in which all the literals hold; `names` are what decides about them."""
    clauses = situations.clauses
    goal = clauses.all_of(wanted)
    if clauses.possible(goal) is not True:
        return None
    return example_in_model(situations, goal, names, clauses.model())


def example_in_model(
    situations: Situations, goal: Lit, names: Names, model: frozenset[Lit]
) -> Example | None:
    """The same for a model that is there already: what it says of facts, and what its message has."""
    clauses = situations.clauses
    facts = situations.facts
    about = [(fact, lit) for fact in names.facts for lit in facts.lits(fact)]
    held = {lit if lit in model else -lit: fact for fact, lit in about}
    present = {
        lit: name
        for name in names.patterns
        if (lit := situations.presence.contains(name)) in model and lit != TRUE
    }
    # All else is open: neither absent patterns nor counts nor the time may be needed.
    if clauses.possible(-goal, *held, *present) is not False:
        return None
    needed = clauses.core()
    told = sorted({held[lit] for lit in needed if lit in held})
    with_patterns = tuple(sorted(present[lit] for lit in needed if lit in present))
    roots = {pattern.name: pattern.root for pattern in situations.policy.patterns}
    message = message_with(with_patterns, roots)
    values = [(fact, value_in_words(situations, fact, model)) for fact in told]
    if message is None or len(message.encode()) > situations.policy.header.limit_bytes:
        return None
    if any(text is None for _, text in values):
        return None
    return Example(tuple((fact, text or "") for fact, text in values), with_patterns, message)


def value_in_words(situations: Situations, fact: str, model: frozenset[Lit]) -> str | None:
    """`= offer`, `= 31 days`, `has red`, "" where it is absent; None where no value is sure."""
    facts = situations.facts
    domain = facts.domains[fact]
    known = facts.known(fact)
    if known != TRUE and known not in model:
        return ""
    if domain.is_set:
        members = facts.members.get(fact, {})
        having = sorted(name for name, lit in members.items() if lit in model)
        return "= {" + ", ".join(_quoted(domain, one) for one in having) + "}"
    if fact not in facts.values:
        return "= any text" if domain.fact.kind.name in ("text", "scanned_text") else "= anything"
    low, high = facts.values[fact].range_in(model)
    return None if low is None or high is None else literal_between(domain, low, high)


def literal_between(domain: Domain, low: int, high: int) -> str | None:
    """A value of a fact whose integer lies in a range, as a policy would say it; None where none is sure."""
    kind = domain.fact.kind.name
    if kind in ("text", "scanned_text"):
        return _text_between(domain, low)
    if kind == "number":
        return _number_between(low, high)
    return "= " + written(domain.fact.kind, value_near(domain, low, high))


def value_near(domain: Domain, low: int, high: int) -> int:
    """A round value of a range: nought, or the one with the largest unit that is nearer to nought."""
    if low <= 0 <= high:
        return 0
    sizes = {"duration": [size for _, size in UNITS], "time": [UNITS[0][1]], "money": [1_000_000]}
    return _roundest(low, high, sizes.get(domain.fact.kind.name, []))


def _roundest(low: int, high: int, sizes: list[int]) -> int:
    """The multiple of the largest size in a range without nought, at the end that is nearer to nought."""
    for size in sizes:
        up = -(-low // size) * size if low > 0 else high // size * size
        if low <= up <= high:
            return up
    return low if low > 0 else high


def _text_between(domain: Domain, number: int) -> str | None:
    if number == 0:
        return "= a text that the policy does not name"
    text, is_prefix = domain.order[number - 1]
    return f'starts with "{text}"' if is_prefix else f'= "{text}"'


def _number_between(low: int, high: int) -> str | None:
    """A float whose key lies in the range, as a policy would write it."""
    found = number_near(low, high)
    return None if found is None else "= " + repr(found).removesuffix(".0")


def number_near(low: int, high: int) -> float | None:
    """A round float whose key lies in the range; None where there is none."""
    if low <= 0 <= high:
        return 0.0
    if low <= high == -1:  # the bits of minus nought, which stand for no number of their own
        high = -2
        if low > high:
            return None
    ends = sorted((abs(float_of(low)), abs(float_of(high))))
    sign = 1 if low > 0 else -1
    for digits in range(4):
        rounded = sign * round(ends[0] + 0.5 * 10**-digits, digits) if ends[0] < 1e9 else math.inf
        if low <= float_key(rounded) <= high:
            return rounded
    return sign * ends[0]


def float_of(key: int) -> float:
    """The float that an integer stands for; the way back from `float_key`."""
    bits = key if key >= 0 else key ^ (2**63 - 1)
    (value,) = struct.unpack("<d", struct.pack("<q", bits))
    return float(value)


def _quoted(domain: Domain, member: str) -> str:
    return member if domain.fact.kind.values else f'"{member}"'


UNITS = (("days", 86_400_000_000), ("hours", 3_600_000_000), ("minutes", 60_000_000), ("seconds", 1_000_000))


def written(kind: ir.Kind, value: int) -> str:
    """An integer as the literal that stands for it in a policy."""
    match kind.name:
        case "bool":
            return "true" if value else "false"
        case "enum":
            return kind.values[value]
        case "money":
            return f"{Decimal(value) / 1_000_000:f} {kind.currency}"
        case "duration":
            return duration_written(value)
        case "time":
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
            return moment.isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


def duration_written(micros: int) -> str:
    """The largest unit that says it exactly; parts of a second as decimals."""
    for unit, size in UNITS:
        if micros % size == 0 and (micros or unit == "days"):
            number = micros // size
            return f"{number} {unit.removesuffix('s') if number == 1 else unit}"
    return f"{Decimal(micros) / 1_000_000:f} seconds"
