"""Small policies at random, and every situation that one of them can tell from another.

Conditions come from a few atoms, so that rules overlap, exclude and cover each other often. `situations`
has every combination of the facts' values that the policies cut apart, and messages for every combination
of patterns.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from functools import cache
from itertools import product
from math import prod
from typing import Any

from solon.matcher.reference import Reference, instant
from solon.matcher.reference.conditions import Situation
from solon.matcher.reference.patterns import Library, Scan

HEADER = "policy random {{\n  actions allow < warn < hold < block\n  default {default}\n{more}}}\n"
FACTS = """facts {
  state : enum(none, offer, active)
  role  : enum(client, agency) optional
  n     : int = 0
  rate  : number optional
  vip   : bool optional
  tags  : set of enum(red, green) = {}
  note  : scanned text optional
}
pattern zoom { words "zoom" }
pattern call { words "call" }
pattern either = zoom or call
pattern apps { words "zoom", "skype" }
pattern calm = zoom except words("zoom in")
pattern both = zoom near call within 3 words
"""
VALUES: dict[str, list[Any]] = {
    "state": ["none", "offer", "active"],
    "role": [None, "client", "agency"],
    "n": [-1, 0, 1, 2, 3],
    "rate": [None, 0.0, 0.5, 0.75],
    "vip": [None, False, True],
    "tags": [(), ("red",), ("green",), ("green", "red")],
    "note": [
        None,
        "",
        "zoom",
        "call",
        "zoom call",
        "skype",
        "zoom in",
        "skype call",
        "skype zoom",
        "zoom call skype",
    ],
}
MESSAGES = (
    "", "x", "zoom", "call", "skype", "zoom in", "zoom call", "zoom, zoom", "call call", "call! skype",
    "skype, zoom",
    "zoom in call", "zoom in, zoom", "zoom one two three four five call", "zoom call skype",
    "call call zoom zoom",
    "zoom in zoom in call skype", "hello zoom there",
)  # fmt: skip
PLAIN_MESSAGES = (
    "", "zoom", "call", "skype", "zoom call", "call! skype", "skype, zoom", "zoom call skype",
)  # fmt: skip
PATTERNS = ("zoom", "call", "either", "apps", "calm", "both")
PLAIN_PATTERNS = ("zoom", "call", "either", "apps")
MOMENTS = (datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


class Maker:
    """One policy from one seed; a `plain` one has nothing that the analyses may leave open."""

    def __init__(self, seed: int, *, plain: bool) -> None:
        self.random = random.Random(seed)
        self.plain = plain
        self.patterns = PLAIN_PATTERNS if plain else PATTERNS
        # So few facts that all situations can be tried.
        self.facts = self.random.sample(sorted(VALUES), 3) if plain else sorted(VALUES)

    def policy(self) -> str:
        """The text of a policy that checks."""
        choose = self.random
        more = choose.choice(["", "", "  undecided warn\n", "  undecided hold\n"])
        parts = [HEADER.format(default=choose.choice(["allow", "warn"]), more=more), FACTS]
        entries = "  ".join(self._entry() for _ in range(choose.randint(1, 3)))
        parts.append(f"score risk {{ {entries} }}\n")
        many = choose.randint(2, 5)
        parts += [self._rule(number) for number in range(many)]
        for number in range(choose.choice([0, 0, 1, 2])):
            what = choose.choice(["r0", "r1", "r0, r1", "all", f"pattern {choose.choice(self.patterns)}"])
            end = "" if self.plain else choose.choice(["", "", "  expires 2026-05-01"])
            parts.append(f"exempt e{number} {{ when {self._condition(scores=False)}  from {what}{end} }}\n")
        return "".join(parts)

    def _entry(self) -> str:
        points, pattern = self.random.choice([-2, 1, 2, 3]), self.random.choice(self.patterns)
        if self.random.random() < 0.3:
            return f"1 per match of {pattern} up to 2"
        return f"{points} when {self._atom(scores=False)}"

    def _rule(self, number: int) -> str:
        choose = self.random
        lines = [f"when {self._condition()}"]
        if choose.random() < 0.4:
            lines.append(f"unless {self._condition()}")
        lines.append("then " + choose.choice(["allow", "warn", "hold", "block"]))
        if choose.random() < 0.6:
            lines.append(f'notify sender "notice {choose.randint(0, 2)}"')
        if choose.random() < 0.15:
            lines.append(f'notify sender when {self._atom()} "special {number}"')
        extra = [
            "label a",
            "label a, b",
            'queue "q"',
            'reason "because"',
            f"redact {choose.choice(self.patterns)}",
        ]
        if not self.plain:
            extra += ["mode shadow", "active from 2026-06-01", "rollout 50% by role", "priority 1"]
        lines += choose.sample(extra, choose.choice([0, 0, 0, 1, 2]))
        return f"rule r{number} {{\n  " + "\n  ".join(lines) + "\n}\n"

    def _condition(self, depth: int = 2, *, scores: bool = True) -> str:
        draw = self.random.random()
        if depth == 0 or draw < 0.3:
            return self._atom(scores=scores)
        if draw < 0.45:
            return f"not ({self._condition(depth - 1, scores=scores)})"
        joint = " and " if draw < 0.8 else " or "
        parts = [
            f"({self._condition(depth - 1, scores=scores)})" for _ in range(self.random.choice([2, 2, 3]))
        ]
        return joint.join(parts)

    def _atom(self, *, scores: bool = True) -> str:
        choose = self.random
        pattern = choose.choice(self.patterns)
        facts = [
            f"state = {choose.choice(VALUES['state'])}", "state in {none, offer}", "state != active",
            "role = client", "role != client", "known(role)",
            f"n {choose.choice(['<', '<=', '>', '>=', '=', '!='])} {choose.randint(0, 2)}",
            f"rate {choose.choice(['<', '>='])} 0.5", "vip", "tags has red", "tags has green", "known(note)",
        ]  # fmt: skip
        facts = [text for text in facts if any(re.search(rf"\b{name}\b", text) for name in self.facts)]
        texts = [f"message contains {pattern}", f"message contains {pattern}"]
        if "note" in self.facts:
            texts.append(f"note contains {pattern}")
        if not self.plain:
            operator = choose.choice(["<", "<=", ">", ">=", "=", "!="])
            texts += [
                f"count({pattern}) {operator} {choose.randint(0, 3)}",
                f"distinct({pattern}) {operator} {choose.randint(0, 3)}",
                f"message.length {operator} {choose.choice([0, 1, 4, 9])}",
                f"message is {pattern}",
            ]
            if scores:
                texts.append(f"risk {operator} {choose.randint(-2, 4)}")
        return choose.choice(choose.choice([facts, texts]))


@cache
def scan(library: Library, text: str) -> Scan:
    """The spans of a text, looked for once for all policies: their patterns are the same."""
    return Scan(library, text)


def situations(
    reference: Reference, text: str, library: Library, most: int, is_plain: bool
) -> tuple[list[tuple[Situation, int]], bool]:
    """Every situation of a policy: all values of the facts that its text asks for, all messages, two times.

    Of more than `most` as many at random; then the second is False.
    """
    asked = text[text.index("score risk") :]
    names = [name for name in VALUES if re.search(rf"\b{name}\b", asked)]
    choices: list[list[Any]] = [VALUES[name] if name in names else [VALUES[name][0]] for name in VALUES]
    all_messages = PLAIN_MESSAGES if is_plain else MESSAGES
    choices.append(
        list(all_messages if any(name in asked for name in (*PATTERNS, "message")) else all_messages[:1])
    )
    choices.append(list(MOMENTS if "2026" in asked else MOMENTS[:1]))
    is_every = prod(map(len, choices)) <= most
    if is_every:
        cases: list[tuple[Any, ...]] = list(product(*choices))
    else:
        choose = random.Random(len(text))
        cases = [tuple(choose.choice(values) for values in choices) for _ in range(most)]
    return [_situation(reference, library, case) for case in cases], is_every


def _situation(reference: Reference, library: Library, case: tuple[Any, ...]) -> tuple[Situation, int]:
    *values, message, moment = case
    facts = {name: value for name, value in zip(VALUES, values, strict=True) if value is not None}
    scans: dict[str | None, Scan] = {None: scan(library, message)}
    if "note" in facts:
        scans["note"] = scan(library, facts["note"])
    return Situation(facts, message, scans, reference.scores), instant(moment)
