"""Messages made to cost as much as they can: figure 14."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import settle, timed
from benchmarks.row import Row
from solon.matcher.engine import Policy

__all__ = ["FAMILIES", "hostile_messages"]

FAMILIES = {
    "one letter": "a",
    "digits in pairs": "12 ",
    "digits and dots": "1.",
    "local parts": "a.b-c_",
    "at signs": "a@",
    "nearly an address": "a@b.c ",
    "schemes": "http://",
    "paths": "t.me/a/",
    "a name again and again": "zoom ",
    "a name set apart": "w h a t s a p p ",
    "the start of names": "whatsap telegra ",
    "repeated letters": "zzzoooo",
    "leet": "w4750@pp ",
    "words for digits": "five ",
    "avoid, pay, send": "avoid pay send ",
    "marks on a letter": "a\u0301\u0302",
    "marks alone": "\u0301",
    "invisible": "z\u200bo\u200b",
    "look-alikes": "\u0437\u043e\u043em ",
    "ligatures": "\ufdfa",
    "emoji": "\U0001f4de\ufe0f",
    "backticks": "` `` ",
    "account numbers": "DE89 3704 ",
}
"""What is repeated until the message is full."""

SIZE = 16 * 1024
ROUNDS = 5


def hostile_messages(bench: Bench) -> Iterator[Row]:
    """Shows that no message makes the engine slow: for each family 16 KB of it, per UTF-8 byte, over ordinary
    text of 16 KB, every pattern of the policy of figure 1 with strong evasions for the names asked for;
    and the worst growth per byte from 16 KB to 64 KB. Checked: twice the same answer."""
    policy = bench.mixed_project("strong").policy()
    ordinary = "\n".join(bench.corpus.block(2000)).encode()
    costs = {name: cost(policy, unit, SIZE, ordinary) for name, unit in FAMILIES.items()}
    worst = max(costs, key=costs.__getitem__)
    dearest = sorted(costs.items(), key=lambda pair: -pair[1])[:5]
    yield Row(
        *("14", f"hostile 16 KB per byte over ordinary text (worst: {worst})"),
        *("–", "ordinary text"),
        value=costs[worst],
        goal=10,
        note="the dearest: " + ", ".join(f"{name} {value:.1f}" for name, value in dearest),
    )
    growth = {name: grown(policy, unit) for name, unit in FAMILIES.items()}
    worst = max(growth, key=growth.__getitem__)
    figure = f"hostile 64 KB per byte over 16 KB of the same (worst: {worst})"
    yield Row("14", figure, "–", "itself", value=growth[worst], goal=1.1)


def cost(policy: Policy, unit: str, size: int, ordinary: bytes) -> float:
    """Per byte over ordinary text, the median of paired rounds."""
    hostile = filled(unit, size)
    plain = ordinary[:size].decode(errors="ignore")
    return ratio(policy, hostile, plain)


def grown(policy: Policy, unit: str) -> float:
    """Per byte at four times the size, over the size."""
    return ratio(policy, filled(unit, 4 * SIZE), filled(unit, SIZE))


def ratio(policy: Policy, one: str, other: str) -> float:
    """Per UTF-8 byte, one message over another."""
    ratios = []
    settle()
    if policy.find(one) != policy.find(one):
        raise AssertionError("two answers to one message")
    for _ in range(ROUNDS):
        first, second = (timed(lambda text=text: len(policy.find(text)))[0] for text in (one, other))  # type: ignore[misc]
        ratios.append(first / second)
    return statistics.median(ratios) * len(other.encode()) / len(one.encode())


def filled(unit: str, size: int) -> str:
    """The unit until the message has so many bytes."""
    return unit * (size // len(unit.encode()))
