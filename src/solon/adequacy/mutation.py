"""Would the tests notice a slip? Each mutant of the policy is judged by all cases; who notices, kills it.

In: the cases of a policy, a budget in seconds. Out: the mutants that survive, with their place and what was
changed, and how many were tried. A survivor that can be proved to mean the same as the policy is no gap in
the tests and is only counted.

Nothing is compiled anew: the spans of each message are known, and of the rules only those that the slip
touches are judged again.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from solon.adequacy.cases import Case, CaseBook, passes
from solon.adequacy.coverage import questions
from solon.adequacy.equivalence import Equivalence
from solon.adequacy.mutants import Mutant, mutants, without_rules
from solon.dsl import ir
from solon.dsl.dump import dump_node
from solon.matcher.reference.conditions import value
from solon.matcher.reference.rules import Outcome, is_live, judge

__all__ = ["Court", "Mutation", "mutate"]

Node = dict[str, Any]
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Mutation:
    """`survivors` are mutants that no case notices. `equivalent` mean the same, which was proved; `left` were
    not tried for lack of time."""

    policy: str
    cases: int
    tried: int
    killed: int
    equivalent: int
    left: int
    survivors: tuple[Mutant, ...]

    @property
    def percent(self) -> float:
        """Of the mutants that were tried and differ, how many were noticed."""
        differ = self.tried - self.equivalent
        return 100.0 * self.killed / differ if differ else 100.0


def mutate(book: CaseBook, *, seconds: float = SECONDS, now: int | None = None) -> Mutation:
    """Try all mutants, or, where the time is short, as many of a fixed random order as it allows."""
    until = time.monotonic() + seconds
    every = list(mutants(book.policy, now=int(time.time() * 1_000_000) if now is None else now))
    # Where the time is not enough, what was tried is spread over the whole policy; the same ones each time.
    order = sorted(range(len(every)), key=random.Random(0).sample(range(len(every)), len(every)).__getitem__)
    court = Court(book)
    alive: list[int] = []
    tried = 0
    for number in order:
        if time.monotonic() > until:
            break
        tried += 1
        if not court.notices(every[number]):
            alive.append(number)
    with Equivalence(book.policy, seconds=max(until - time.monotonic(), 1.0)) as equivalence:
        survivors = [number for number in sorted(alive) if not equivalence.proved(every[number].policy)]
    return Mutation(
        policy=book.policy.header.name,
        cases=len(court.cases),
        tried=tried,
        killed=tried - len(alive),
        equivalent=len(alive) - len(survivors),
        left=len(every) - tried,
        survivors=tuple(every[number] for number in survivors),
    )


@dataclass(frozen=True, slots=True)
class _Witness:
    """A case that passes, what became of the rules in it, and the rules that exemptions take out in it."""

    case: Case
    outcome: Outcome
    exempted: frozenset[str]


class Court:
    """Judges mutants by the cases that pass as the policy stands."""

    def __init__(self, book: CaseBook) -> None:
        self.book = book
        self.old = {rule.name: rule for rule in book.policy.rules}
        self.cases: list[_Witness] = []
        for case in book.cases:
            outcome = book.outcome(case)
            # A todo test is known to fail, and what fails already cannot notice anything.
            if not case.test.todo and passes(case, outcome, book.tables):
                self.cases.append(_Witness(case, outcome, self._exempted(case)))

    def _exempted(self, case: Case) -> frozenset[str]:
        in_force = (
            one["rules"]
            for one in self.book.json["exemptions"]
            if (one["expires"] is None or case.at < one["expires"])
            and value(one["when"], case.situation) is True
        )
        return frozenset(name for rules in in_force for name in rules)

    def notices(self, mutant: Mutant) -> bool:
        """Does a case that passes fail under the mutant?"""
        before, after = self.book.policy, mutant.policy
        scores = {one.name for one, old in zip(after.scores, before.scores, strict=True) if one is not old}
        dropped = self.old.keys() - {rule.name for rule in after.rules}
        exemptions = without_rules(before.exemptions, set(dropped))
        same_exemptions = exemptions == after.exemptions and not any(
            _asks(one.when, scores) for one in exemptions
        )
        if not same_exemptions:
            return self._noticed_as_a_whole(after)
        changed = [
            rule
            for rule in after.rules
            if rule is not self.old[rule.name] or _asks(rule.when, scores) or _asks(rule.unless, scores)
        ]
        new_scores = (
            {score["name"]: score for score in _as_json(after.scores)} if scores else self.book.scores
        )
        return self._noticed_in_rules(_as_json(changed), dropped, new_scores)

    def _noticed_in_rules(
        self, changed: Sequence[Node], dropped: Iterable[str], scores: dict[str, Node]
    ) -> bool:
        """No rule hinders another: all but the changed ones come out as before."""
        touched = {*dropped, *(rule["name"] for rule in changed)}
        for one in self.cases:
            now = replace(one.outcome.now, scores=scores)
            fired = [rule for rule in one.outcome.fired if rule["name"] not in touched]
            undecided = {name: lack for name, lack in one.outcome.undecided.items() if name not in touched}
            for rule in changed:
                if (
                    rule["shadow"]
                    or rule["name"] in one.exempted
                    or not is_live(rule, one.case.at, now.facts)
                ):
                    continue
                holds = value(rule["when"], now)
                if holds is False or (rule["unless"] is not None and value(rule["unless"], now) is True):
                    continue
                if holds:
                    fired.append(rule)
                else:
                    undecided[rule["name"]] = ()
            fired.sort(key=lambda rule: str(rule["name"]))
            if fired == one.outcome.fired and undecided.keys() == one.outcome.undecided.keys():
                continue
            new = replace(one.outcome, fired=fired, undecided=undecided, now=now)
            if not passes(one.case, new, self.book.tables):
                return True
        return False

    def _noticed_as_a_whole(self, after: ir.Policy) -> bool:
        """Under other exemptions any rule may come out otherwise."""
        policy = {
            **self.book.json,
            "rules": _as_json(after.rules),
            "exemptions": _as_json(after.exemptions),
            "scores": _as_json(after.scores),
        }
        scores = {score["name"]: score for score in policy["scores"]}
        for one in self.cases:
            situation = replace(one.case.situation, scores=scores)
            if not passes(one.case, judge(policy, situation, one.case.at), self.book.tables):
                return True
        return False


def _as_json(nodes: Sequence[ir.Rule | ir.Exemption | ir.Score]) -> list[Node]:
    read: list[Node] = json.loads(dump_node(tuple(nodes)))
    return read


def _asks(root: ir.Condition | None, scores: set[str]) -> bool:
    """Does the condition compare one of these scores?"""
    if root is None or not scores:
        return False
    return any(isinstance(node, ir.ScoreCompare) and node.score in scores for node in questions(root))
