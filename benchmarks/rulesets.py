"""Rules of the usual shape, as policy text and as the Python that a person would write instead.

A rule asks for one tag (a pattern of the message, or a member of a set fact) and for two to five things of
eight facts. The same rules are rendered both ways, so that the answers can be compared.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

__all__ = [
    "ACTIONS",
    "FACTS",
    "Chain",
    "Rule",
    "as_policy",
    "by_tag",
    "if_chain",
    "random_facts",
    "random_rules",
]

ACTIONS = ("allow", "nudge", "warn", "redact", "hold", "block")
STATES = ("none", "offer", "active", "ended")
ROLES = ("freelancer", "client", "agency")
CATEGORIES = tuple(f"category_{number}" for number in range(12))

FACTS = f"""facts {{
  contract.state        : enum({", ".join(STATES)})
  sender.role           : enum({", ".join(ROLES)})
  sender.tenure         : duration
  sender.contracts      : int
  sender.earnings       : money(USD)
  sender.prior_warnings : int
  room.members          : int
  job.category          : enum({", ".join(CATEGORIES)})
}}
"""
LIMITS = {
    "sender.contracts": (1, 5, 10, 20),
    "sender.earnings": (100, 1_000, 10_000),
    "sender.prior_warnings": (1, 2, 3),
    "room.members": (2, 3, 5),
    "sender.tenure": (3, 30, 180, 720),
}
CHOICES = {"contract.state": STATES, "sender.role": ROLES, "job.category": CATEGORIES}

Chain = Callable[[dict[str, Any], "set[int] | frozenset[int]"], list[int]]
"""Facts and tags to the numbers of the rules that fire."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`tag` is a number; `asks` are (fact, operator, value)."""

    number: int
    tag: int
    asks: tuple[tuple[str, str, Any], ...]
    action: str


def random_rules(count: int, tags: int, seed: int = 1) -> list[Rule]:
    """Rules that are always the same for the same numbers."""
    chance = random.Random(f"{seed} {count} {tags}")
    rules = []
    for number in range(count):
        asks: list[tuple[str, str, Any]] = []
        for fact in chance.sample(sorted([*LIMITS, *CHOICES]), chance.randint(2, 5)):
            if fact in LIMITS:
                asks.append((fact, chance.choice((">=", "<")), chance.choice(LIMITS[fact])))
            else:
                few = chance.sample(CHOICES[fact], chance.randint(1, len(CHOICES[fact]) // 2))
                asks.append((fact, "in", tuple(sorted(few))))
        rules.append(Rule(number, number % tags, tuple(asks), chance.choice(ACTIONS[1:])))
    return rules


def random_facts(count: int, seed: int = 2) -> list[dict[str, Any]]:
    """Facts as a service has them."""
    chance = random.Random(seed)
    return [
        {
            "contract.state": chance.choice(STATES),
            "sender.role": chance.choice(ROLES),
            "sender.tenure": timedelta(days=int(1.5 ** (chance.random() * 18))),
            "sender.contracts": int(1.4 ** (chance.random() * 12)) - 1,
            "sender.earnings": int(3 ** (chance.random() * 10)) - 1,
            "sender.prior_warnings": chance.choice((0, 0, 0, 1, 2, 3)),
            "room.members": chance.choice((2, 2, 2, 3, 6)),
            "job.category": chance.choice(CATEGORIES),
        }
        for _ in range(count)
    ]


def as_policy(rules: Sequence[Rule], tag: Callable[[int], str]) -> str:
    """The rules in Solon; `tag` words the question for a tag: `message contains links`."""
    return "".join(
        f"rule r{rule.number} {{ when {tag(rule.tag)}"
        + "".join(f" and {fact} {operator} {worded(fact, value)}" for fact, operator, value in rule.asks)
        + f" then {rule.action} }}\n"
        for rule in rules
    )


def worded(fact: str, value: Any) -> str:
    """A value as a policy writes it."""
    match fact:
        case "sender.tenure":
            return f"{value} days"
        case "sender.earnings":
            return f"{value} USD"
        case _:
            return "{" + ", ".join(value) + "}" if isinstance(value, tuple) else str(value)


def if_chain(rules: Sequence[Rule]) -> Chain:
    """One `if` a rule, in order."""
    body = [f" if {rule.tag} in tags and {condition(rule)}: fired.append({rule.number})" for rule in rules]
    return compiled(body)


def by_tag(rules: Sequence[Rule]) -> Chain:
    """The rules grouped under their tag: what somebody writes who has measured the plain chain."""
    body = []
    for tag in sorted({rule.tag for rule in rules}):
        body.append(f" if {tag} in tags:")
        mine = (rule for rule in rules if rule.tag == tag)
        body += [f"  if {condition(rule)}: fired.append({rule.number})" for rule in mine]
    return compiled(body)


def condition(rule: Rule) -> str:
    """What a rule asks of the facts, in Python over local variables."""
    asks = []
    for fact, operator, value in rule.asks:
        local = fact.replace(".", "_")
        asks.append(f"{local} {operator} {f'd{value}' if fact == 'sender.tenure' else repr(value)}")
    return " and ".join(asks)


def compiled(body: list[str]) -> Chain:
    """A function of facts and tags; each fact is fetched once."""
    names = sorted([*LIMITS, *CHOICES])
    head = ["def decide(facts, tags):", " fired = []"]
    head += [f" {name.replace('.', '_')} = facts[{name!r}]" for name in names]
    space: dict[str, Any] = {f"d{days}": timedelta(days=days) for days in LIMITS["sender.tenure"]}
    exec(compile("\n".join([*head, *body, " return fired"]), "<rules>", "exec"), space)
    decide: Chain = space["decide"]
    return decide
