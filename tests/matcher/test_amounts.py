"""Amounts of money: the engine and the reference, on cases of our own and on hostile text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.matcher.reference.amounts import find_money

CASES = [
    ("basic", "it costs $5 today", ["$5"]),
    ("basic", "$ 1,234.56", ["$ 1,234.56"]),
    ("basic", "€1.234,50!", ["€1.234,50"]),
    ("basic", "5 €", ["5 €"]),
    ("basic", "10k dollars", ["10k dollars"]),
    ("basic", "$10k", ["$10k"]),
    ("basic", "US$ 2.5 million USD", ["US$ 2.5 million USD"]),
    ("basic", "5 USD", ["5 USD"]),
    ("basic", "USD 5", ["USD 5"]),
    ("basic", "Rs. 500", ["Rs. 500"]),
    ("basic", "500 rupees", ["500 rupees"]),
    ("basic", "£350 worth", ["£350"]),
    ("basic", "1 000 000 kr", ["1 000 000 kr"]),
    ("basic", "5-10 euros", ["10 euros"]),
    ("basic", "70 bucks", ["70 bucks"]),
    ("basic", "0.5 BTC", ["0.5 BTC"]),
    ("basic", "10 us dollars", ["10 us dollars"]),
    ("basic", "人均消费在22元。", ["22元"]),
    ("basic", "＄５", ["＄５"]),
    ("basic", "100 $ 200", ["$ 200"]),
    ("none", "$5 or 6 eur", ["$5", "6 eur"]),
    ("strong", "five hundred dollars", ["five hundred dollars"]),
    ("strong", "a couple hundred and twenty-five bucks", ["a couple hundred and twenty-five bucks"]),
    ("strong", "twenty five euros please", ["twenty five euros"]),
    ("basic", "five hundred dollars", []),
    ("basic", "5 apples", []),
    ("basic", "10k", []),
    ("basic", "5 million people", []),
    ("basic", "x5 usd", []),
    ("basic", "$", []),
    ("basic", "usd", []),
    ("basic", "5 usdx", []),
    ("basic", "try 5 times", []),
    ("basic", "12345678901234567890123456789012345 usd", []),
    ("strong", "and dollars", []),
    ("strong", "one of the dollars", []),
]
PIECES = [
    "$",
    "€",
    "£",
    "us",
    "a",
    "au",
    "5",
    "10",
    "1,000",
    "1.234,50",
    "000",
    ".",
    ",",
    "'",
    "k",
    "m",
    "million",
    "usd",
    "USD",
    "eur",
    "dollars",
    "bucks",
    "rs",
    "rs.",
    "five",
    "hundred",
    "twenty",
    "and",
    "-",
    "x",
    "#",
    "%",
    "１",
    "٣",
    "₹",
    "¤",
    "的",
    "é",
    "thousand",
    "2",
    "345",
    "\u200b",
    "grand",
    "cents",
    "kr",
    "ⅷ",
    "½",
    "_",
    "元",
    "american",
    "pence",
    "couple",
    "dozen",
    "\ud800",
    "\n",
]


def both(engine: Any, level: str, text: str) -> list[tuple[int, int]]:
    """What the reference finds; fails where the engine finds something else."""
    expected = find_money(text, level)
    assert engine.find("money", text, level) == expected, (level, text)
    return expected


@pytest.mark.parametrize(("level", "text", "found"), CASES)
def test_cases(number_engine: Any, level: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in both(number_engine, level, text)] == found


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=20),
    st.sampled_from(["", " ", " "]),
    st.sampled_from(["none", "basic", "strong"]),
)
def test_hostile_text(number_engine: Any, pieces: list[str], glue: str, level: str) -> None:
    both(number_engine, level, glue.join(pieces))


@pytest.mark.parametrize("unit", ["$", "5", "1,", "1 000 ", "five ", "a ", "usd ", "5 us ", "and ", "$1 "])
def test_long_text(number_engine: Any, unit: str) -> None:
    both(number_engine, "strong", unit * (20000 // len(unit)))
