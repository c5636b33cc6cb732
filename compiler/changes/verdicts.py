"""What comes out of a policy, as literals: the action, the notices, labels, queues, reasons, redactions.

In: a policy's situations. Out: the literal of each thing that a verdict can have, so that two policies can be
held against each other thing by thing. docs/semantics.md, "What a verdict carries", is what this says again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from itertools import combinations

from solon.compiler.analyses.clauses import FALSE, Clauses, Lit
from solon.compiler.analyses.situations import RuleLits, Situations
from solon.dsl import ir

Texts = tuple[tuple[str, str], ...]

PAIRS_MAX = 300
"""So many pairs of redactions are held against each other; of more the ranks are compared."""

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


class Outcome:
    """The literals of one policy's verdict. `unlike` are facts that the other policy declares otherwise."""

    def __init__(self, situations: Situations, limit: Lit, unlike: frozenset[str], side: str) -> None:
        self.situations = situations
        self.clauses: Clauses = situations.clauses
        self._limit = limit
        self._unlike = unlike
        self._side = side
        self.live = [one for one in situations.rules.values() if not one.rule.shadow]
        self.actions = self._actions()
        self.notices = self._notices()
        self.labels = self._joined(lambda rule: rule.labels)
        self.queues = self._joined(lambda rule: rule.queues)
        self.reasons = self._joined(lambda rule: () if rule.reason is None else (rule.reason,))
        self.redactions, self.orders = self._redactions()

    def _actions(self) -> dict[Hashable, Lit]:
        """For each action the literal of "the verdict's action is this one"."""
        header, some = self.situations.policy.header, self.clauses.any_of
        by_action: dict[str, list[Lit]] = {action: [] for action in header.actions}
        for one in self.live:
            by_action[one.rule.action].append(one.fires)
        fired = {action: some(lits) for action, lits in by_action.items()}
        given = {action: [lit] for action, lit in fired.items()}
        given[header.default].append(-some(fired.values()))
        if header.undecided is not None:
            given[header.undecided].append(some(one.undecided for one in self.live))
        if header.incomplete is not None:
            given[header.incomplete].append(self._limit)
        found: dict[Hashable, Lit] = {}
        above = FALSE
        for action in reversed(header.actions):
            here = some(given[action])
            found[action] = self.clauses.all_of((here, -above))
            above = some((above, here))
        return found

    def _ranked(self) -> list[RuleLits]:
        """The rules in the order in which their notices go out."""
        severity = self.situations.severity
        return sorted(
            self.live, key=lambda one: (-severity[one.rule.action], -one.rule.priority, one.rule.name)
        )

    def _notices(self) -> dict[str, dict[Hashable, Lit]]:
        """For each audience and each notice the literal of "this one goes out"."""
        every, some = self.clauses.all_of, self.clauses.any_of
        chosen: dict[str, dict[Hashable, list[Lit]]] = {}
        before: dict[str, Lit] = {}
        for one in self._ranked():
            for audience in sorted({notice.audience for notice in one.rule.notices}):
                notices = [notice for notice in one.rule.notices if notice.audience == audience]
                # One whose condition is true goes before one without; of those the first by its texts.
                for notice in sorted(notices, key=lambda notice: (notice.when is None, notice.texts)):
                    when = [] if notice.when is None else [self.situations.now.pair(notice.when)[0]]
                    sent = every((one.fires, *when))
                    earlier = before.get(audience, FALSE)
                    found = chosen.setdefault(audience, {}).setdefault(self._key(notice), [])
                    found.append(every((sent, -earlier)))
                    before[audience] = some((earlier, sent))
        return {
            audience: {key: some(lits) for key, lits in notices.items()}
            for audience, notices in chosen.items()
        }

    def _key(self, notice: ir.Notice) -> Hashable:
        """The texts, and whose they are where they are filled from a fact that is another one there."""
        names = {found[1] for _, text in notice.texts for found in _PLACEHOLDER.finditer(text)}
        return (notice.texts, self._side) if names & self._unlike else (notice.texts, "")

    def _joined(self, parts: Callable[[ir.Rule], Iterable[str]]) -> dict[Hashable, Lit]:
        """For each label (queue, reason) the literal of "it is in the verdict"."""
        found: dict[Hashable, list[Lit]] = {}
        for one in self.live:
            for part in parts(one.rule):
                found.setdefault(part, []).append(one.fires)
        return {part: self.clauses.any_of(lits) for part, lits in found.items()}

    def _redactions(self) -> tuple[dict[Hashable, Lit], dict[Hashable, Lit]]:
        """For each pattern and placeholder the literal of "its spans are replaced by this"; and where spans
        of two may be the same, which of their placeholders stands there."""
        presence, every, some = self.situations.presence, self.clauses.all_of, self.clauses.any_of
        ranked: dict[tuple[int, str | None], list[tuple[int, Lit]]] = {}
        for rank, one in enumerate(self._ranked()):
            for redaction in one.rule.redactions:
                number = presence.numbers[redaction.pattern]
                node = ir.Contains(redaction.place, None, redaction.pattern)
                present = self.situations.now.of_message(node)[0]
                key = (number, redaction.placeholder)
                ranked.setdefault(key, []).append((rank, every((one.fires, present))))
        active: dict[Hashable, Lit] = {key: some(lit for _, lit in lits) for key, lits in ranked.items()}
        pairs = [(one, two) for one, two in combinations(sorted(ranked, key=repr), 2) if one[1] != two[1]]
        orders: dict[Hashable, Lit] = {}
        if len(pairs) > PAIRS_MAX:
            for redacted, lits in ranked.items():
                orders |= {(redacted, rank): lit for rank, lit in lits}
            return active, orders
        for first, second in pairs:
            both = [(rank, True, lit) for rank, lit in ranked[first]]
            both += [(rank, False, lit) for rank, lit in ranked[second]]
            won, before = [], FALSE
            for _, is_first, lit in sorted(both):
                if is_first:
                    won.append(every((lit, -before)))
                else:
                    before = some((before, lit))
            orders[first, second] = every((active[first], active[second], some(won)))
        return active, orders
