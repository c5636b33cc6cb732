"""Where the verdicts of two policies differ: the difference in one model, and the literal of "such a one".

In: the outcomes of both. Out: the literal of "something differs", and one for each single thing that may
differ: the action, a notice, a label.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from solon.compiler.analyses.clauses import FALSE, TRUE, Lit
from solon.compiler.analyses.situations import RuleLits
from solon.compiler.changes.joint import Joint
from solon.compiler.changes.report import Delta, Texts
from solon.compiler.changes.vocabulary import Vocabulary
from solon.dsl import ir

Parts = Mapping[Hashable, Lit]


def is_same(before: RuleLits | None, after: RuleLits | None) -> bool:
    """Does a rule that decides something fire where it did, and do the same?"""
    if before is None or after is None or after.rule.shadow or before.rule.shadow:
        return False
    if (before.fires, before.undecided) != (after.fires, after.undecided):
        return False
    sides = [(one.action, one.labels, one.queues, one.reason) for one in (before.rule, after.rule)]
    return sides[0] == sides[1]


@dataclass(frozen=True, slots=True)
class Difference:
    """A single thing that may differ: its literal, and what to take for granted when it is explained."""

    delta: Delta
    goal: Lit
    context: Lit
    words: str


class Deltas:
    """The differences of a joint policy."""

    def __init__(self, joint: Joint) -> None:
        self.joint = joint
        self.clauses = joint.clauses
        self.severity = severities(joint.old.policy.header.actions, joint.new.policy.header.actions)
        old, new = joint.old_outcome, joint.new_outcome
        audiences = sorted({*old.notices, *new.notices})
        none: Parts = {}
        self.others = [after for _, before, after in joint.pairs() if after and is_same(before, after)]
        """The rules that mean what they meant."""
        self.notices = [(one, old.notices.get(one, none), new.notices.get(one, none)) for one in audiences]
        self.lists: dict[str, tuple[Parts, Parts]] = {
            "labels": (old.labels, new.labels),
            "queues": (old.queues, new.queues),
            "reasons": (old.reasons, new.reasons),
            "redactions": (old.redactions, new.redactions),
            "orders": (old.orders, new.orders),
        }
        self.action = self._unlike(old.actions, new.actions)
        self.notice = {one: self._unlike(before, after) for one, before, after in self.notices}
        self.any = self.clauses.any_of(
            [self.action, *self.notice.values(), *(self._unlike(*both) for both in self.lists.values())]
        )
        self.relaxed = self._relaxed()

    def _unlike(self, olds: Parts, news: Parts) -> Lit:
        """The literal of "one of the things is in one of them and not in the other"."""
        found = []
        for key in dict.fromkeys([*olds, *news]):
            old, new = olds.get(key, FALSE), news.get(key, FALSE)
            if old != new:
                found += [self.clauses.all_of((old, -new)), self.clauses.all_of((-old, new))]
        return self.clauses.any_of(found)

    def _relaxed(self) -> Lit:
        """The literal of "the action is less severe than it was"."""
        severity = self.severity
        olds, news = self.joint.old_outcome.actions, self.joint.new_outcome.actions
        return self.clauses.any_of(
            self.clauses.all_of((before, after))
            for action, before in olds.items()
            for other, after in news.items()
            if severity[str(other)] < severity[str(action)]
        )

    def actions_in(self, model: frozenset[Lit]) -> Difference:
        """The two actions in a model."""
        olds, news = self.joint.old_outcome.actions, self.joint.new_outcome.actions
        before, after = _chosen(olds, model), _chosen(news, model)
        assert before is not None and after is not None  # there always is one
        low = min(str(before), str(after), key=self.severity.__getitem__)
        above = [one.fires for one in self.others if self.severity[one.rule.action] > self.severity[low]]
        least = self.joint.new.policy.header.undecided
        if least is not None and self.severity[least] > self.severity[low]:
            above += [one.undecided for one in self.others]
        context = -self.clauses.any_of(above)
        words = f"nothing else decides more than {low}"
        goal = self.clauses.all_of((olds[before], news[after]))
        return Difference(Delta(action=(str(before), str(after))), goal, context, words)

    def notices_in(self, audience: str, olds: Parts, news: Parts, model: frozenset[Lit]) -> Difference:
        """The two notices for an audience in a model."""
        sides = []
        lits = []
        for parts in (olds, news):
            sent = _chosen(parts, model)
            sides.append(_texts(sent))
            lits.append(-self.clauses.any_of(parts.values()) if sent is None else parts[sent])
        delta = Delta(notices=((audience, sides[0], sides[1]),))
        telling = [
            one.fires
            for one in self.others
            if any(notice.audience == audience for notice in one.rule.notices)
        ]
        words = f"no other rule notifies {audience}"
        return Difference(delta, self.clauses.all_of(lits), -self.clauses.any_of(telling), words)

    def listed(self, words: Vocabulary) -> Iterator[Difference]:
        """What may be lost and what may be gained of lists."""
        for what, (olds, news) in self.lists.items():
            for key in dict.fromkeys([*olds, *news]):
                old, new = olds.get(key, FALSE), news.get(key, FALSE)
                if old == new:
                    continue
                for way, goal in (("lost", (old, -new)), ("gained", (-old, new))):
                    context = -self.clauses.any_of(self._doing(what, key))
                    delta = _delta(what, key, way, words)
                    yield Difference(delta, self.clauses.all_of(goal), context, "no other rule does the same")

    def _doing(self, what: str, key: Hashable) -> list[Lit]:
        """The other rules that do the same."""
        numbers = self.joint.new.presence.numbers

        def does(rule: ir.Rule) -> bool:
            match what:
                case "labels":
                    return key in rule.labels
                case "queues":
                    return key in rule.queues
                case "reasons":
                    return key == rule.reason
                case "redactions":
                    return key in {(numbers[one.pattern], one.placeholder) for one in rule.redactions}
                case _:
                    return False

        return [one.fires for one in self.others if does(one.rule)]


def _delta(what: str, key: Hashable, way: str, words: Vocabulary) -> Delta:
    changed: Any = {f"{what}_{way}": (str(key),)}
    if what == "orders":
        changed = {"placeholders_swapped": True}
    elif isinstance(key, tuple):
        changed = {f"redactions_{way}": ((words.pattern(key[0]), key[1]),)}
    return replace(Delta(), **changed)


def joined(deltas: Iterable[Delta]) -> Delta:
    """Several deltas as one."""
    every = list(deltas)
    found: dict[str, Any] = {}
    for field in fields(Delta):
        values = [getattr(one, field.name) for one in every]
        match field.name:
            case "action":
                found[field.name] = next((one for one in values if one is not None), None)
            case "placeholders_swapped":
                found[field.name] = any(values)
            case _:
                found[field.name] = tuple(part for one in values for part in one)
    return Delta(**found)


def _holds(lit: Lit, model: frozenset[Lit]) -> bool:
    return lit == TRUE or (lit in model if lit > 0 else lit != FALSE and -lit not in model)


def _chosen(parts: Parts, model: frozenset[Lit]) -> Hashable | None:
    return next((key for key, lit in parts.items() if _holds(lit, model)), None)


def _texts(key: Hashable | None) -> Texts | None:
    if not isinstance(key, tuple):
        return None
    texts: Texts = key[0]
    return texts


def severities(old: tuple[str, ...], new: tuple[str, ...]) -> dict[str, int]:
    """How severe each action is, in one order for both lists: the new one's, with what it does not have put
    in where the old one had it. Where the lists contradict each other the new one is right."""
    order = list(new)
    for place, action in enumerate(old):
        if action not in order:
            below = next((one for one in reversed(old[:place]) if one in order), None)
            order.insert(0 if below is None else order.index(below) + 1, action)
    return {action: place for place, action in enumerate(order)}
