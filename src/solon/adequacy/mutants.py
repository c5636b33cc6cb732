"""Small slips that an author could make, one at a time: the mutants of a policy.

In: a checked policy. Out: mutants, each with the place, a sentence that says what was changed, and the policy
as it would then be. A slip in a `define` changes every rule that uses it. Rules in shadow mode and exemptions
that have ended are left alone: no test can see them. Patterns have `match` and `no_match` of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias, TypeVar

from solon.dsl import ir
from solon.dsl.files import PACKS
from solon.matcher.wording import UNITS, millionths_text, value_text

__all__ = ["Mutant", "mutants", "without_rules"]

MILLION = 1_000_000
DECIMALS_MAX = 12

C = TypeVar("C", bound=ir.Condition)
Change: TypeAlias = Callable[[ir.Condition], ir.Condition]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip. `slip` says what was done (`dropped`, `negated`, …) to what stands at `place`."""

    place: ir.Place
    slip: str
    build: Callable[[], ir.Policy]

    @property
    def policy(self) -> ir.Policy:
        """The policy with the slip in it, made when asked for: there may be thousands."""
        return self.build()


def mutants(policy: ir.Policy, *, now: int) -> Iterator[Mutant]:
    """All mutants, in the order of the policy's parts; `now` in microseconds, for exemptions that ended."""
    live = {rule.name for rule in policy.rules if not rule.shadow}
    for rule in policy.rules:
        if rule.name in live:
            yield from _of_rule(policy, rule)
    for exemption in policy.exemptions:
        if exemption.expires is None or exemption.expires > now:
            yield from _of_exemption(policy, exemption)
    for score in policy.scores:
        yield from _of_score(policy, score)
    yield from _of_conditions(policy, live, now)


# ── Rules, exemptions, scores ────────────────────────────────────────────────────────────────────────


def _of_rule(policy: ir.Policy, rule: ir.Rule) -> Iterator[Mutant]:
    def made(slip: str, place: ir.Place, **changed: Any) -> Mutant:
        def build() -> ir.Policy:
            rules = (replace(one, **changed) if one is rule else one for one in policy.rules)
            return replace(policy, rules=tuple(rules))

        return Mutant(place, slip, build)

    def without() -> ir.Policy:
        kept = tuple(one for one in policy.rules if one is not rule)
        return replace(policy, rules=kept, exemptions=without_rules(policy.exemptions, {rule.name}))

    yield Mutant(rule.place, f"dropped the rule `{rule.name}`", without)
    actions = policy.header.actions
    at = actions.index(rule.action)
    for other in (*actions[max(at - 1, 0) : at], *actions[at + 1 : at + 2]):
        yield made(f"`then {rule.action}` became `then {other}`", rule.place, action=other)
    if rule.unless is not None:
        yield made(f"dropped the `unless` of `{rule.name}`", rule.unless.place, unless=None)
    for number, redaction in enumerate(rule.redactions):
        kept = rule.redactions[:number] + rule.redactions[number + 1 :]
        yield made(f"dropped `redact {redaction.pattern}`", redaction.place, redactions=kept)
    for number, notice in enumerate(rule.notices):
        left = rule.notices[:number] + rule.notices[number + 1 :]
        yield made(f"dropped `notify {notice.audience}`", notice.place, notices=left)


def without_rules(exemptions: tuple[ir.Exemption, ...], dropped: set[str]) -> tuple[ir.Exemption, ...]:
    """The exemptions of a policy that has these rules no more; the same objects where they name none."""
    return tuple(
        one
        if dropped.isdisjoint(one.rules)
        else replace(one, rules=tuple(name for name in one.rules if name not in dropped))
        for one in exemptions
    )


def _of_exemption(policy: ir.Policy, exemption: ir.Exemption) -> Iterator[Mutant]:
    def made(slip: str, **changed: Any) -> Mutant:
        def build() -> ir.Policy:
            every = (replace(one, **changed) if one is exemption else one for one in policy.exemptions)
            return replace(policy, exemptions=tuple(every))

        return Mutant(exemption.place, slip, build)

    def without() -> ir.Policy:
        return replace(policy, exemptions=tuple(one for one in policy.exemptions if one is not exemption))

    yield Mutant(exemption.place, f"dropped the exemption `{exemption.name}`", without)
    if len(exemption.rules) + len(exemption.patterns) < 2:
        return
    # `from all` has no rule that could have been forgotten.
    every_rule = len(exemption.rules) == len(policy.rules)
    for name in () if every_rule else exemption.rules:
        yield made(
            f"`{exemption.name}` no longer exempts the rule `{name}`",
            rules=tuple(one for one in exemption.rules if one != name),
        )
    for name in exemption.patterns:
        yield made(
            f"`{exemption.name}` no longer exempts the pattern `{name}`",
            patterns=tuple(one for one in exemption.patterns if one != name),
        )


def _of_score(policy: ir.Policy, score: ir.Score) -> Iterator[Mutant]:
    for number, entry in enumerate(score.entries):
        others = score.entries[:number], score.entries[number + 1 :]

        def made(
            slip: str, *changed: ir.ScoreEntry, at: ir.ScoreEntry = entry, around: Any = others
        ) -> Mutant:
            new = replace(score, entries=(*around[0], *changed, *around[1]))

            def build() -> ir.Policy:
                return replace(policy, scores=tuple(new if one is score else one for one in policy.scores))

            return Mutant(at.place, slip, build)

        points = entry.points // MILLION if entry.points % MILLION == 0 else entry.points / MILLION
        yield made(f"dropped the entry of {points} from `{score.name}`")
        for step in (-1, 1):
            yield made(
                f"{points} points became {points + step}",
                replace(entry, points=entry.points + step * MILLION),
            )


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────


def _of_conditions(policy: ir.Policy, live: set[str], now: int) -> Iterator[Mutant]:
    """Slips in the conditions of rules, exemptions, notices and scores; each place once, defines included."""
    roots: list[ir.Condition | None] = []
    for rule in policy.rules:
        if rule.name in live:
            roots += [rule.when, rule.unless, *(notice.when for notice in rule.notices)]
    roots += [one.when for one in policy.exemptions if one.expires is None or one.expires > now]
    roots += [entry.when for score in policy.scores for entry in score.entries]
    kinds = {fact.name: fact.kind for fact in policy.facts}
    seen: set[tuple[ir.Place, str]] = set()
    for root in roots:
        for node in _nodes(root):
            key = (node.place, type(node).__name__)
            if key in seen or node.place.file.startswith(PACKS):
                continue
            seen.add(key)
            for slip, changed in _slips(node, kinds):
                yield Mutant(node.place, slip, partial(_with, policy, node, changed))


def _nodes(root: ir.Condition | None) -> Iterator[ir.Condition]:
    pending = [] if root is None else [root]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case ir.And(parts=parts) | ir.Or(parts=parts):
                pending.extend(reversed(parts))
            case ir.Not(part=part) | ir.Defined(part=part):
                pending.append(part)


def _slips(node: ir.Condition, kinds: dict[str, ir.Kind]) -> Iterator[tuple[str, ir.Condition]]:
    """What could be written by mistake in place of a condition, and the words for it."""
    match node:
        case ir.And(place=place, parts=parts) | ir.Or(place=place, parts=parts):
            is_and = isinstance(node, ir.And)
            yield (
                ("`and` became `or`", ir.Or(place, parts))
                if is_and
                else ("`or` became `and`", ir.And(place, parts))
            )
            for number, part in enumerate(parts):
                rest = parts[:number] + parts[number + 1 :]
                yield f"dropped {_named(part)}", rest[0] if len(rest) == 1 else replace(node, parts=rest)
            return
        case ir.Not(part=part):
            yield "dropped the `not`", part
            return
        case ir.Constant() | ir.Defined():
            return
        case ir.FactIn(values=values) if len(values) > 1:
            for value in values:
                yield (
                    f"`{value_text(value, _shown(kinds[node.fact]))}` left the set",
                    replace(node, values=tuple(one for one in values if one != value)),
                )
        case ir.FactCompare(fact=fact, operator=operator, value=value) if operator not in {"=", "!="}:
            kind = kinds[fact]
            words = partial(value_text, kind=_shown(kind))
            yield from _moved(node, _step(value, kind), words, whole=kind.name == "int")
        case ir.Count() | ir.Length():
            yield from _moved(node, 1, str, whole=True)
        case ir.ScoreCompare():
            yield from _moved(node, MILLION, millionths_text, whole=False)
    yield "negated", ir.Not(node.place, node)


def _shown(kind: ir.Kind) -> dict[str, Any]:
    """A kind as the wording of values knows it."""
    return {"name": kind.name, "currency": kind.currency, "values": kind.values}


def _named(part: ir.Condition) -> str:
    """A part of a longer condition, by what it asks of."""
    match part:
        case ir.Defined(name=name):
            return f"`{name}`"
        case ir.Contains(pattern=pattern) | ir.Count(pattern=pattern) | ir.MessageIs(pattern=pattern):
            return f"the part about `{pattern}`"
        case ir.ScoreCompare(score=score):
            return f"the part about `{score}`"
        case ir.Length():
            return "the part about `message.length`"
        case ir.Not(part=inner):
            return _named(inner)
        case ir.And() | ir.Or() | ir.Constant():
            return f"the part at {part.place.line}:{part.place.column}"
        case _:
            return f"the part about `{part.fact}`"


def _moved(
    node: Any, step: Any, words: Callable[[Any], str], *, whole: bool
) -> Iterator[tuple[str, ir.Condition]]:
    """The threshold one lower and one higher, and where there are values between, its end in or out."""
    operator, value = node.operator, node.value
    for other in (value - step, value + step):
        if isinstance(other, float):
            other = round(other, DECIMALS_MAX)  # 0.7, not 0.7000000000000001
        if other != value and _can_be_said(other, words):
            yield (
                f"`{operator} {words(value)}` became `{operator} {words(other)}`",
                replace(node, value=other),
            )
    swapped = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}.get(operator)
    # Of whole numbers `> 5` is `>= 6`, which is the threshold moved.
    if swapped is not None and not whole:
        yield f"`{operator}` became `{swapped}`", replace(node, operator=swapped)


def _can_be_said(value: Any, words: Callable[[Any], str]) -> bool:
    """A time past the last year has no name, and nobody would write it by mistake."""
    try:
        return bool(words(value))
    except (OverflowError, ValueError):
        return False


def _step(value: Any, kind: ir.Kind) -> Any:
    """One of what the author counts in: days where the threshold is in days, the last decimal of a number."""
    match kind.name:
        case "duration":
            unit = next((seconds for _, seconds in UNITS if value and value % (seconds * MILLION) == 0), 1)
            return unit * MILLION
        case "time":
            return UNITS[3][1] * MILLION
        case "money":
            return MILLION
        case "number":
            decimals = len(repr(float(value)).partition(".")[2].rstrip("0"))
            return float(Decimal(1).scaleb(-min(decimals, DECIMALS_MAX)))
    return 1


def _with(policy: ir.Policy, target: ir.Condition, changed: ir.Condition) -> ir.Policy:
    """The policy with another condition wherever this one of this place stands."""

    def change(node: C | None) -> Any:
        return None if node is None else _changed(node, target, changed)

    return replace(
        policy,
        rules=tuple(_if_new(rule, when=change(rule.when), unless=change(rule.unless),
                            notices=_each(rule.notices, change)) for rule in policy.rules),
        exemptions=tuple(_if_new(one, when=change(one.when)) for one in policy.exemptions),
        scores=tuple(_if_new(one, entries=_each(one.entries, change)) for one in policy.scores),
    )  # fmt: skip


def _each(nodes: tuple[Any, ...], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Notices or entries of a score, the same object where none changes."""
    new = tuple(_if_new(one, when=change(one.when)) for one in nodes)
    return nodes if all(a is b for a, b in zip(nodes, new, strict=True)) else new


def _if_new(node: Any, **fields: Any) -> Any:
    # INVARIANT: what does not change stays the same object, so that who judges sees at once what did.
    if all(getattr(node, name) is value for name, value in fields.items()):
        return node
    return replace(node, **fields)


def _changed(node: ir.Condition, target: ir.Condition, changed: ir.Condition) -> ir.Condition:
    if node.place == target.place and node == target:
        return changed
    match node:
        case ir.And(parts=parts) | ir.Or(parts=parts):
            new = tuple(_changed(part, target, changed) for part in parts)
            return node if all(a is b for a, b in zip(parts, new, strict=True)) else replace(node, parts=new)
        case ir.Not(part=part) | ir.Defined(part=part):
            inner = _changed(part, target, changed)
            return node if inner is part else replace(node, part=inner)
    return node
