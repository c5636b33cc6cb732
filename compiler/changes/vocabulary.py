"""What two policies ask, as literals with words.

In: two policies together. Out: every literal that their outcome hangs on, bounds in rising order, and the
conditions that an author would write for a handful of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from solon.compiler.analyses.clauses import FALSE, TRUE, Lit, Ordered
from solon.compiler.analyses.examples import literal_between
from solon.compiler.analyses.shared_facts import Shared
from solon.compiler.analyses.situations import RuleLits
from solon.compiler.changes.joint import Joint
from solon.compiler.decision.walk import conditions_of, walk
from solon.dsl import ir

SIDES = (" (of the old policy)", " (of the new policy)")


class Vocabulary:
    """The literals of a joint policy; made when all questions have been turned into literals."""

    def __init__(self, joint: Joint) -> None:
        self.joint = joint
        self.asked: list[Lit] = []
        self.ladders: dict[Lit, list[Lit]] = {}
        self.fact_of: dict[Lit, Shared] = {}
        self._words: dict[Lit, tuple[str, str]] = {}
        for shared in joint.facts.shared:
            self._fact(shared)
        for (field, number), lit in sorted(joint.pool.present.items(), key=repr):
            name = self.pattern(number)
            where = "message" if field is None else field
            self._add(lit, f"{where} contains {name}", f"not {where} contains {name}")
        pool = joint.pool
        for what, numbers in (("count", pool.counts), ("distinct", pool.distincts)):
            for number, ordered in sorted(numbers.items()):
                self._bounds(ordered, f"{what}({self.pattern(number)})")
        for number, lit in sorted(pool.wholes.items()):
            self._add(lit, f"message is {self.pattern(number)}", f"not message is {self.pattern(number)}")
        self._bounds(pool.length, "message.length")
        for cut, lit in _cuts(joint.open.moment):
            self._add(lit, f"from {moment(cut)} on", f"before {moment(cut)}")
        self._ladder(joint.open.moment)
        for (rule, fact), ordered in sorted(joint.open.places.items()):
            for cut, lit in _cuts(ordered):
                share = f"{cut / 10_000:g}%"
                inside = f"{fact} among the {share} of the rollout of {rule}"
                self._add(lit, f"not {inside}", inside)
            self._ladder(ordered)
        for number, (low, high) in enumerate(joint.open.sums.values()):
            self._bounds(low, f"the least sum of a score ({number + 1})")
            self._bounds(high, f"the greatest sum of a score ({number + 1})")
        if joint.limit != FALSE:
            self._add(joint.limit, "a limit was hit", "no limit was hit")
        self.named: list[Lit] = []
        self._names: dict[Lit, tuple[str, str]] = {}
        self._defines()

    def _defines(self) -> None:
        """The defines, those that are made of more last."""
        found: dict[str, dict[Lit, list[int]]] = {}
        sizes: dict[Lit, int] = {}
        for side, situations in enumerate((self.joint.old, self.joint.new)):
            for define in defines_of(situations.policy):
                lit = situations.now.pair(define)[0]
                if abs(lit) != TRUE:
                    found.setdefault(define.name, {}).setdefault(lit, []).append(side)
                    sizes[lit] = sum(1 for _ in walk([define]))
        words: dict[Lit, str] = {}
        changed = self._of_changed_rules()
        for name, lits in found.items():
            is_one = len(lits) == 1 or self._alike(list(lits))
            for lit, sides in lits.items():
                words.setdefault(lit, name if is_one or len(sides) == 2 else name + SIDES[sides[0]])
        for lit in sorted(words, key=lambda one: (words[one] in changed, sizes[one], words[one])):
            if lit not in self._names and -lit not in self._names:
                self.named.append(lit)  # both of two that mean the same: either may be the handier one
                self._names[lit] = (words[lit], f"{words[lit]} does not hold")

    def _alike(self, lits: list[Lit]) -> bool:
        """Two ways to say the same."""
        one, other = lits
        never = self.joint.clauses.never
        return never(one, -other) and never(-one, other)

    def _of_changed_rules(self) -> set[str]:
        """The defines that stand in the conditions of rules that are not what they were: they say it best."""
        found: set[str] = set()
        for _, before, after in self.joint.pairs():
            if before is None or after is None or _does(before) != _does(after):
                for one in (before, after):
                    conditions = [] if one is None else [one.rule.when, one.rule.unless]
                    found |= {node.name for node in outer_defines(conditions)}
        return found

    # ── Literals ─────────────────────────────────────────────────────────────────────────────────────

    def _add(self, lit: Lit, true: str, false: str) -> None:
        if lit in (TRUE, FALSE) or lit in self._words or -lit in self._words:
            return
        self.asked.append(lit)
        self._words[lit] = (true, false)

    def _bounds(self, ordered: Ordered, name: str) -> None:
        for cut, lit in _cuts(ordered):
            self._add(lit, f"{name} >= {cut}", f"{name} < {cut}")
        self._ladder(ordered)

    def _ladder(self, ordered: Ordered) -> None:
        lits = [lit for _, lit in _cuts(ordered)]
        for place, lit in enumerate(lits):
            self.ladders[lit] = lits[:place]
            self.ladders[-lit] = [-one for one in reversed(lits[place + 1 :])]

    def _fact(self, shared: Shared) -> None:
        lits = [] if shared.given in (TRUE, FALSE) else [shared.given]
        lits += [lit for _, lit in _cuts(shared.value)]
        lits += [lit for lit in shared.members.values() if lit != FALSE]
        for lit in lits:
            if lit not in self.fact_of:
                self.asked.append(lit)
                self.fact_of[lit] = shared
        self._ladder(shared.value)

    def pattern(self, number: int) -> str:
        """The name of a pattern; which policy's it is where the other one means another thing by it."""
        old = [name for name, one in self.joint.old.presence.numbers.items() if one == number]
        new = [name for name, one in self.joint.new.presence.numbers.items() if one == number]
        both = sorted(set(old) & set(new))
        if both:
            return both[0]
        if new:
            name = min(new)
            is_changed = name in self.joint.old.presence.numbers
            return name + (SIDES[1] if is_changed and not old else "")
        name = min(old)
        return name + (SIDES[0] if name in self.joint.new.presence.numbers else "")

    # ── Words ────────────────────────────────────────────────────────────────────────────────────────

    def words(self, region: Iterable[Lit]) -> tuple[str, ...]:
        """The conditions of a region, facts first."""
        facts: dict[int, tuple[Shared, set[Lit]]] = {}
        others: list[str] = []
        for lit in region:
            shared = self.fact_of.get(abs(lit))
            if lit in self._names:
                others.append(self._names[lit][0])
            elif -lit in self._names:
                others.append(self._names[-lit][1])
            elif shared is not None:
                facts.setdefault(id(shared), (shared, set()))[1].add(lit)
            elif abs(lit) in self._words:
                others.append(self._words[abs(lit)][lit < 0])
            elif -abs(lit) in self._words:
                others.append(self._words[-abs(lit)][lit > 0])  # kept under its negation
        told = sorted(part for shared, lits in facts.values() for part in self._about(shared, lits))
        return (*told, *sorted(others, key=lambda text: (text.startswith("not "), text)))

    def _about(self, shared: Shared, lits: set[Lit]) -> Iterator[str]:
        """What some literals say of one fact."""
        domain = shared.domain
        name = domain.fact.name + ("" if shared.side is None else SIDES[shared.side])
        if shared.given in lits:
            yield f"{name} is given"
        if -shared.given in lits:
            yield f"{name} is not given"
        for member, lit in sorted(shared.members.items()):
            if lit in lits:
                yield f"{name} has {member}"
            elif -lit in lits:
                yield f"not {name} has {member}"
        low, high = shared.value.range_in(frozenset(lits))
        if low is None or high is None or (low, high) == (shared.value.least, shared.value.most):
            return
        yield from in_range(shared, name, low, high)


def _does(lits: RuleLits) -> tuple[object, ...]:
    """When a rule fires, and most of what it does."""
    rule = lits.rule
    return lits.fires, lits.undecided, rule.action, rule.priority, rule.labels, rule.queues, rule.reason


def outer_defines(conditions: Iterable[ir.Condition | None], *, inner: bool = False) -> Iterator[ir.Defined]:
    """The uses of defines in conditions; with `inner` those inside of them too."""
    seen: set[int] = set()
    pending = [one for one in conditions if one is not None]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ir.And(parts=parts) | ir.Or(parts=parts):
                pending.extend(parts)
            case ir.Not(part=part):
                pending.append(part)
            case ir.Defined(part=part):
                yield node
                if inner:
                    pending.append(part)
            case _:
                pass


def defines_of(policy: ir.Policy) -> list[ir.Defined]:
    """The uses of defines in a policy's conditions, one for each define."""
    found = {node.name: node for node in outer_defines(conditions_of(policy), inner=True)}
    return [found[name] for name in sorted(found)]


def in_range(shared: Shared, name: str, low: int, high: int) -> Iterator[str]:
    """`tenure >= 3 days`, `state in {none, offer}`: the values of a fact between two integers."""
    domain, least, most = shared.domain, shared.value.least, shared.value.most
    kind = domain.fact.kind
    if low > high:
        yield f"{name} has no value"
    elif kind.name in ("enum", "bool"):
        values = ["false", "true"] if kind.name == "bool" else list(kind.values)
        chosen = values[low : high + 1]
        yield f"{name} = {chosen[0]}" if len(chosen) == 1 else f"{name} in {{{', '.join(chosen)}}}"
    elif kind.name in ("text", "scanned_text"):
        said = [literal_between(domain, one, one) or "" for one in range(low, min(high, low + 20) + 1)]
        yield f"{name} " + " or ".join(said)
    elif low == high:
        yield f"{name} {literal_between(domain, low, low)}"
    else:
        if low != least:
            yield f"{name} {_shorter(shared, ('>=', low), ('>', low - 1))}"
        if high != most:
            yield f"{name} {_shorter(shared, ('<=', high), ('<', high + 1))}"


def _shorter(shared: Shared, one: tuple[str, int], other: tuple[str, int]) -> str:
    """The one of two ways to say a bound that an author would have written: the shorter one."""
    said = [
        operator + text.removeprefix("=")
        for operator, key in (one, other)
        if (text := literal_between(shared.domain, key, key)) is not None
    ]
    return min(said, key=len, default=f"{one[0]} {one[1]}")


def _cuts(ordered: Ordered) -> list[tuple[int, Lit]]:
    return list(zip(ordered.cuts, ordered.lits(), strict=True))


def moment(micros: int) -> str:
    """A time as a policy writes it: a date where it is midnight."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    written = at.isoformat().replace("+00:00", "Z")
    return written.removesuffix("T00:00:00Z")
