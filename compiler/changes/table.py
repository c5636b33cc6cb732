"""A policy as a decision table: what happens to which message, for which facts.

In: a policy, the facts to split by, and the messages to ask about. Out: a row a combination of the facts'
ranges (as far as the policy tells them apart), a column a message, in each cell what comes out. What hangs on
anything that the table does not split by comes as several outcomes, each with what it hangs on.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from solon.compiler.analyses.clauses import FALSE, TRUE, Clauses, Lit
from solon.compiler.analyses.no_rule_looks import looking
from solon.compiler.analyses.shared_facts import Shared, key_of
from solon.compiler.changes.joint import Joint
from solon.compiler.changes.regions import Regions
from solon.compiler.changes.report import Texts
from solon.compiler.changes.vocabulary import Vocabulary, in_range
from solon.compiler.decision.walk import conditions_of, walk
from solon.dsl import ir

CELLS_MAX = 5_000
SECONDS_MAX = 20.0
"""Time for all cells, in seconds of work."""

OUTCOMES_MAX = 6
"""So many conditions are told in one cell."""

COLUMNS_MAX = 12
"""So many patterns get a column of their own where nobody says which."""

MEMBERS_MAX = 4
VALUES_MAX = 200


class WrongTable(ValueError):
    """A table that cannot be drawn; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes out, and what must be the case beside the row and the column: one of these."""

    action: str
    notices: tuple[tuple[str, Texts], ...]
    conditions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The outcomes; `is_whole` says whether these are all. Without any it was not decided, or cannot be."""

    outcomes: tuple[Outcome, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What the facts are, a text for each fact, and the cells. In a gap no rule looks: whatever the message
    says, and whatever else is the case, no rule fires and none is undecided."""

    facts: tuple[str, ...]
    cells: tuple[Cell, ...]
    is_gap: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The whole. `columns` are the patterns of each column's message, `given` what holds for all of it."""

    policy: str
    default: str
    by: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    given: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int
    """Patterns that rules ask about and that have no column."""


def table(
    policy: ir.Policy,
    by: Sequence[str],
    messages: Sequence[Sequence[str]] | None = None,
    given: Mapping[str, ir.FactValue] | None = None,
    *,
    seconds: float = SECONDS_MAX,
) -> Table:
    """The table of a policy.

    `by` are facts; `messages` the patterns that each column's message has (none: the patterns that rules ask
    about, one by one); `given` canonical values of other facts. Raises WrongTable.
    """
    clauses = Clauses(seconds)
    try:
        return _Drawing(policy, clauses).table(tuple(by), messages, dict(given or {}))
    finally:
        clauses.close()


class _Drawing:
    """One table at work."""

    def __init__(self, policy: ir.Policy, clauses: Clauses) -> None:
        self.policy = policy
        self.clauses = clauses
        # The policy beside itself: what differs is nothing, and everything has words.
        self.joint = joint = Joint(policy, policy, clauses)
        self.outcome = joint.new_outcome
        self.looked = clauses.any_of(looking(joint.new))
        self.asked = self._asked()
        for name in self.asked:
            joint.new.presence.contains(name)
        self.words = Vocabulary(joint)
        self.regions = Regions(clauses, self.words.asked, self.words.named, self.words.ladders)
        self.facts = {shared.domain.fact.name: shared for shared in joint.facts.shared}

    def _asked(self) -> list[str]:
        """The patterns that conditions ask the message for."""
        found = set()
        for atom in walk(conditions_of(self.policy)):
            match atom:
                case ir.Contains(field=None, pattern=pattern):
                    found.add(pattern)
                case ir.Count(pattern=pattern) | ir.MessageIs(pattern=pattern):
                    found.add(pattern)
                case _:
                    pass
        found |= {
            entry.per_match_of
            for score in self.policy.scores
            for entry in score.entries
            if entry.per_match_of is not None
        }
        return sorted(found)

    def table(
        self,
        by: tuple[str, ...],
        messages: Sequence[Sequence[str]] | None,
        given: dict[str, ir.FactValue],
    ) -> Table:
        for name in (*by, *given):
            if name not in self.facts:
                raise WrongTable(f"there is no fact `{name}`")
        if both := sorted(set(by) & set(given)):
            raise WrongTable(f"`{both[0]}` is given, so that the table cannot be split by it")
        if messages is None:
            columns: list[tuple[str, ...]] = [(), *((name,) for name in self.asked[:COLUMNS_MAX])]
        else:
            columns = [tuple(one) for one in messages]
        names = {pattern.name for pattern in self.policy.patterns}
        for name in (name for column in columns for name in column):
            if name not in names:
                raise WrongTable(f"there is no pattern `{name}`")
        ranges = [list(self._ranges(self.facts[name])) for name in by]
        cells = prod(map(len, ranges)) * len(columns)
        if cells > CELLS_MAX:
            raise WrongTable(f"this table has {cells:,} cells, and {CELLS_MAX:,} are the most")
        always = [lit for name, value in given.items() for lit in self._is(self.facts[name], value)]
        within = [self._message(column) for column in columns]
        rows = []
        for combination in product(*ranges):
            lits = [*always, *(lit for _, part in combination for lit in part)]
            row = tuple(self._cell([*lits, *message]) for message in within)
            facts = tuple(text for text, _ in combination)
            rows.append(Row(facts, row, self.clauses.never(self.looked, *lits)))
        told = sorted(self.words.words(always))
        shown = {name for column in columns for name in column}
        left_out = len([name for name in self.asked if name not in shown])
        header = self.policy.header
        return Table(header.name, header.default, by, tuple(columns), tuple(told), tuple(rows), left_out)

    # ── Rows ─────────────────────────────────────────────────────────────────────────────────────────

    def _ranges(self, shared: Shared) -> Iterator[tuple[str, list[Lit]]]:
        """The ranges of a fact that the policy tells apart, in words and as literals."""
        present = [] if shared.given == TRUE else [shared.given]
        if present:
            yield "absent", [-shared.given]
        if shared.domain.fact.kind.name == "scanned_text":
            yield "given", present
            return
        if shared.domain.is_set:
            yield from ((text, [*present, *lits]) for text, lits in self._members(shared))
            return
        for low, high in self._pieces(shared):
            text = " and ".join(in_range(shared, "", low, high)).strip() or "any"
            yield text.removeprefix("= "), [*present, shared.value.between(low, high)]

    def _pieces(self, shared: Shared) -> Iterator[tuple[int, int]]:
        """Closed ranges of integers: a value each of an enum, else from cut to cut."""
        value, kind = shared.value, shared.domain.fact.kind.name
        assert value.least is not None and value.most is not None  # facts have bounds
        starts = [value.least, *(cut for cut in value.cuts if value.least < cut <= value.most)]
        if kind in ("enum", "bool"):
            starts = list(range(value.least, value.most + 1))
        if len(starts) > VALUES_MAX:
            name = shared.domain.fact.name
            raise WrongTable(f"the policy tells {len(starts)} ranges of `{name}` apart, too many for rows")
        yield from zip(starts, [*(start - 1 for start in starts[1:]), value.most], strict=True)

    def _members(self, shared: Shared) -> Iterator[tuple[str, list[Lit]]]:
        members = sorted((name, lit) for name, lit in shared.members.items() if abs(lit) != TRUE)
        if len(members) > MEMBERS_MAX:
            name = shared.domain.fact.name
            raise WrongTable(f"rules ask for {len(members)} members of `{name}`, too many for rows")
        for chosen in product((False, True), repeat=len(members)):
            having = [name for (name, _), has in zip(members, chosen, strict=True) if has]
            lits = [lit if has else -lit for (_, lit), has in zip(members, chosen, strict=True)]
            without = [name for name, _ in members if name not in having]
            told = [*(f"has {name}" for name in having), *(f"not {name}" for name in without)]
            yield " and ".join(told) or "any", lits

    def _is(self, shared: Shared, value: ir.FactValue) -> list[Lit]:
        """A fact has this value."""
        lits = [] if shared.given == TRUE else [shared.given]
        if isinstance(value, tuple):
            return lits + [lit if name in value else -lit for name, lit in shared.members.items()]
        key = key_of(shared.domain, value)
        return [*lits, shared.value.between(key, key)]

    # ── Columns ──────────────────────────────────────────────────────────────────────────────────────

    def _message(self, patterns: tuple[str, ...]) -> list[Lit]:
        """A message with these patterns once each, and as far as that can be with no others."""
        presence, pool = self.joint.new.presence, self.joint.pool
        lits = [presence.contains(name) for name in patterns]
        numbers = {presence.numbers[name] for name in patterns}
        if self.joint.limit != FALSE:
            lits.append(-self.joint.limit)
        others = [
            lit for (field, number), lit in pool.present.items() if field is None and number not in numbers
        ]
        for counts in (pool.counts, pool.distincts):
            others += [ordered.at_least(2) for ordered in counts.values() if 2 in ordered.cuts]
        others += list(pool.wholes.values())
        for lit in others:
            if self.clauses.possible(*lits, -lit):
                lits.append(-lit)
        return lits

    # ── Cells ────────────────────────────────────────────────────────────────────────────────────────

    def _cell(self, lits: list[Lit]) -> Cell:
        clauses = self.clauses
        here = clauses.all_of(lits)
        found: dict[tuple[str, tuple[tuple[str, Texts], ...]], list[tuple[str, ...]]] = {}
        told: list[Lit] = []
        while True:
            answer = clauses.possible(here, *told)
            if answer is not True or len(told) == OUTCOMES_MAX:
                break
            model = clauses.model()
            action, notices, goal = self._outcome(model)
            if not told and clauses.possible(here, -goal) is False:
                return Cell((Outcome(action, notices, ()),), True)
            region = self.regions.around(clauses.any_of((goal, -here)), model)
            if region is None:
                answer = None
                break
            found.setdefault((action, notices), []).append(self.words.words(region.told))
            told.append(-clauses.all_of(region.told))
        outcomes = [Outcome(*what, tuple(conditions)) for what, conditions in found.items()]
        severity = self.joint.new.severity
        outcomes.sort(key=lambda one: -severity[one.action])
        return Cell(tuple(outcomes), answer is False)

    def _outcome(self, model: frozenset[Lit]) -> tuple[str, tuple[tuple[str, Texts], ...], Lit]:
        """The action and the notices in a model, and the literal of these."""
        action = next(key for key, lit in self.outcome.actions.items() if _holds(lit, model))
        lits = [self.outcome.actions[action]]
        notices: list[tuple[str, Texts]] = []
        for audience, parts in sorted(self.outcome.notices.items()):
            sent: Hashable = next((key for key, lit in parts.items() if _holds(lit, model)), None)
            lits.append(-self.clauses.any_of(parts.values()) if sent is None else parts[sent])
            if isinstance(sent, tuple):
                notices.append((audience, sent[0]))
        return str(action), tuple(notices), self.clauses.all_of(lits)


def _holds(lit: Lit, model: frozenset[Lit]) -> bool:
    return lit == TRUE or (lit in model if lit > 0 else lit != FALSE and -lit not in model)
