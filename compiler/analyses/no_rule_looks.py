"""Combinations of facts that no rule looks at: whatever the message says, no rule fires and none is
undecided.

In: a policy. Out: a finding a combination, in the facts that matter for it, at most ten; asked for by
`--gaps`. A rule looks at a combination if some message might make it fire; rules in shadow look at
nothing, and exemptions, times and rollouts are not counted.
"""

from __future__ import annotations

from solon.compiler.analyses.clauses import FALSE, Lit
from solon.compiler.analyses.conditions import Conditions, MessageNode
from solon.compiler.analyses.examples import literal_between, value_in_words
from solon.compiler.analyses.fact_values import Pair
from solon.compiler.analyses.question import Question
from solon.compiler.analyses.situations import Situations
from solon.compiler.decision.domains import Domain
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic

CODE = "no-rule-looks"

GAPS_MAX = 10


class ByFacts(Conditions):
    """Conditions by facts alone: true or false where the message does not matter, else neither."""

    def __init__(self, situations: Situations) -> None:
        super().__init__(situations.clauses, situations.facts, situations.presence, (), {})

    def of_message(self, node: MessageNode) -> Pair:
        return FALSE, FALSE

    def of_score(self, node: ir.ScoreCompare) -> Pair:
        return FALSE, FALSE


def gaps(question: Question) -> list[Diagnostic]:
    """A finding for each combination of facts that no rule looks at."""
    clauses = question.clauses
    clauses.subject = "which combinations of facts no rule looks at"
    looked = clauses.any_of(looking(question.situations))
    facts = question.situations.facts
    about = {lit: fact.name for fact in question.policy.facts for lit in facts.lits(fact.name)}
    found: list[Diagnostic] = []
    while len(found) < GAPS_MAX and clauses.possible(-looked) is True:
        model = clauses.model()
        held = {lit if lit in model else -lit: fact for lit, fact in about.items()}
        if clauses.possible(looked, *held) is not False:
            break
        needed = _fewest(question, looked, held)
        found.append(_finding(question, needed, held, model))
        if not needed:
            break
        clauses.add(*(-lit for lit in needed))
    return found


def _fewest(question: Question, looked: Lit, held: dict[Lit, str]) -> set[Lit]:
    """Of the literals that hold, a few that keep every rule away; the wider of two bounds rather than the
    narrower."""
    # Literals of one fact come by rising bounds: of "less than" the low ones say more, of "at least" the
    # high ones.
    order = [lit for lit in held if lit < 0] + [lit for lit in reversed(held) if lit > 0]
    needed = list(held)
    for lit in order:
        fewer = [one for one in needed if one != lit]
        if question.clauses.never(looked, *fewer):
            needed = fewer
    return set(needed)


def looking(situations: Situations) -> list[Lit]:
    """For each rule the literal of "some message might make it fire, or leave it undecided"."""
    by_facts = ByFacts(situations)
    found = []
    for rule in situations.policy.rules:
        if not rule.shadow:
            _, false = by_facts.pair(rule.when)
            excused = FALSE if rule.unless is None else by_facts.pair(rule.unless)[0]
            found.append(situations.clauses.all_of((-false, -excused)))
    return found


def _finding(question: Question, needed: set[Lit], held: dict[Lit, str], model: frozenset[Lit]) -> Diagnostic:
    names = sorted({held[lit] for lit in needed})
    told = [_in_words(question.situations, name, needed, model) for name in names]
    where = " and ".join(f"`{one}`" for one in told) or "anything is the case"
    message = f"no rule looks at messages where {where}"
    span = question.span(question.policy.header.place)
    default = question.policy.header.default
    return Diagnostic(
        CODE,
        span,
        message,
        label=f"whatever they say, they get `{default}`",
        help=("if that is meant, all is well; else write a rule",),
    )


def _in_words(situations: Situations, name: str, needed: set[Lit], model: frozenset[Lit]) -> str:
    """What the combination says of one fact: the range or the values that it leaves."""
    facts = situations.facts
    domain = facts.domains[name]
    known = facts.known(name)
    if -known in needed:
        return f"not known({name})"
    if domain.is_set:
        members = facts.members.get(name, {})
        asked = [
            f"{name} has {member}" if lit in needed else f"not {name} has {member}"
            for member, lit in sorted(members.items())
            if lit in needed or -lit in needed
        ]
        return " and ".join(asked) or f"known({name})"
    values = facts.values.get(name)
    if values is None:
        return f"known({name})"
    low, high = values.range_in(frozenset(needed))
    assert low is not None and high is not None  # facts have bounds
    if domain.fact.kind.name == "enum" and low < high:
        return f"{name} in {{{', '.join(domain.fact.kind.values[low : high + 1])}}}"
    if low == high or domain.fact.kind.name in ("text", "scanned_text"):
        return f"{name} {value_in_words(situations, name, model)}"
    parts = []
    if low != values.least:
        parts.append(f"{name} {_shorter(domain, ('>=', low), ('>', low - 1))}")
    if high != values.most:
        parts.append(f"{name} {_shorter(domain, ('<=', high), ('<', high + 1))}")
    return " and ".join(parts) or f"known({name})"


def _shorter(domain: Domain, one: tuple[str, int], other: tuple[str, int]) -> str:
    """The one of two ways to say a bound that an author would have written: the shorter one."""
    said = [
        operator + text.removeprefix("=")
        for operator, key in (one, other)
        if (text := literal_between(domain, key, key)) is not None
    ]
    return min(said, key=len)
