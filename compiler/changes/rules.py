"""What became of each rule: what its clauses do now, and where it fires that it did not, or no longer does.

In: two policies together. Out: a change a rule, the rules that mean the same left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

from solon.compiler.analyses.clauses import FALSE, Lit
from solon.compiler.analyses.situations import RuleLits
from solon.compiler.changes.joint import Joint
from solon.compiler.changes.regions import Regions
from solon.compiler.changes.report import RuleChange
from solon.compiler.changes.vocabulary import Vocabulary, moment
from solon.dsl import ir

RULES_MAX = 50
REGIONS_MAX = 3


def rule_changes(joint: Joint, words: Vocabulary, regions: Regions) -> tuple[tuple[RuleChange, ...], bool]:
    """The rules that changed, and whether there are more of them."""
    found: list[RuleChange] = []
    for name, before, after in joint.pairs():
        if before is not None and after is not None:
            is_same = before.fires == after.fires and before.undecided == after.undecided
            if is_same and before.rule.name == after.rule.name and not any(_edits(joint, before, after)):
                continue
        if len(found) == RULES_MAX:
            return tuple(found), True
        change = _change(joint, partial(_where, joint, words, regions), name, (before, after))
        if change is not None:
            found.append(change)
    return tuple(found), False


Where = Callable[[Lit, Lit], tuple[tuple[tuple[str, ...], ...], bool]]


def _change(
    joint: Joint, where: Where, name: str, rules: tuple[RuleLits | None, RuleLits | None]
) -> RuleChange | None:
    before, after = rules
    joint.clauses.subject = f"where the rule `{name}` fires"
    was = FALSE if before is None else before.fires
    now = FALSE if after is None else after.fires
    more, is_all = where(now, was)
    less, is_all_too = where(was, now)
    not_decided = not (is_all and is_all_too)
    if before is None or after is None:
        kind: Literal["added", "removed"] = "added" if before is None else "removed"
        return RuleChange(name, kind, None, (), more, less, not_decided)
    edits = tuple(_edits(joint, before, after))
    old_name = before.rule.name if before.rule.name != name else None
    if not (edits or more or less or old_name or not_decided):
        return None
    return RuleChange(name, "renamed" if old_name else "changed", old_name, edits, more, less, not_decided)


def _where(
    joint: Joint, words: Vocabulary, regions: Regions, holds: Lit, not_holds: Lit
) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Conditions under which the one holds and the other does not; and whether all is decided."""
    clauses = joint.clauses
    if holds == not_holds:
        return (), True
    goal = clauses.all_of((holds, -not_holds))
    told: list[Lit] = []
    found: list[tuple[str, ...]] = []
    while len(found) < REGIONS_MAX:
        answer = clauses.possible(goal, *told)
        if answer is not True:
            return tuple(found), answer is False
        region = regions.around(goal, clauses.model())
        if region is None:
            return tuple(found), False
        found.append(words.words(region.told))
        told.append(-clauses.all_of(region.told))
    return tuple(found), True


def _edits(joint: Joint, before: RuleLits, after: RuleLits) -> Iterator[str]:
    """What its clauses do now and did before, but for its conditions."""
    old, new = before.rule, after.rule
    if old.action != new.action:
        yield f"then `{new.action}`, before `{old.action}`"
    for word, was, now in (("label", old.labels, new.labels), ("queue", old.queues, new.queues)):
        yield from (f"{word} `{one}` is gone" for one in was if one not in now)
        yield from (f"{word} `{one}` is new" for one in now if one not in was)
    if old.reason != new.reason:
        yield "another reason" if old.reason and new.reason else "a reason" if new.reason else "no reason"
    if old.priority != new.priority:
        yield f"priority {new.priority}, before {old.priority}"
    if old.shadow != new.shadow:
        yield "in shadow, it decides nothing" if new.shadow else "no longer in shadow"
    if _rollout(old) != _rollout(new):
        yield f"{_rollout(new)}, before {_rollout(old)}"
    elif old.rollout and new.rollout and old.name != new.name:
        yield "the rollout takes other values, for it goes by the rule's name"
    if (old.active_from, old.active_until) != (new.active_from, new.active_until):
        yield f"active {_time(new)}, before {_time(old)}"
    for audience in sorted({one.audience for one in (*old.notices, *new.notices)}):
        if _notices(joint.old.now, old, audience) != _notices(joint.new.now, new, audience):
            yield f"another notice for `{audience}`"
    olds, news = _redactions(joint.old.presence.numbers, old), _redactions(joint.new.presence.numbers, new)
    if olds != news:
        yield "it redacts otherwise"


def _rollout(rule: ir.Rule) -> str:
    if rule.rollout is None:
        return "no rollout"
    return f"rollout {rule.rollout.share / 10_000:g}% by `{rule.rollout.fact}`"


def _time(rule: ir.Rule) -> str:
    parts = []
    if rule.active_from is not None:
        parts.append(f"from {moment(rule.active_from)}")
    if rule.active_until is not None:
        parts.append(f"until {moment(rule.active_until)}")
    return " ".join(parts) or "always"


def _notices(conditions: object, rule: ir.Rule, audience: str) -> set[tuple[object, object]]:
    pair = conditions.pair  # type: ignore[attr-defined]
    return {
        (None if one.when is None else pair(one.when), one.texts)
        for one in rule.notices
        if one.audience == audience
    }


def _redactions(numbers: dict[str, int], rule: ir.Rule) -> set[tuple[int, str | None]]:
    return {(numbers[one.pattern], one.placeholder) for one in rule.redactions}
