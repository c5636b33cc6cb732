"""Every digit that Unicode has, at each place of a telephone number: found, or named on the page as not."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import unicodedata2

from solon.matcher.reference.phones import find_phone

NUMBER = "+49 170 2835469"  # has all ten digits
# docs/entities-numbers.md, "Digits that are seen": in parentheses, with a full stop, with a comma.
RANGES = ((0x2474, 0x247C), (0x2488, 0x2490), (0x1F100, 0x1F10A))
WITH_PUNCTUATION = {chr(point) for first, last in RANGES for point in range(first, last + 1)}


def digits() -> list[tuple[str, str]]:
    """Each character outside ASCII with the value of a digit, and that digit."""
    found = []
    for point in range(0x80, sys.maxunicode + 1):
        value = unicodedata2.digit(chr(point), None)
        if value is not None:
            found.append((chr(point), str(value)))
    return found


def keycap(digit: str) -> str:
    return f"{digit}\ufe0f\u20e3"


def found_whole(engine: Any, text: str) -> bool:
    spans = engine.find("phone", text, "basic")
    assert spans == find_phone(text, [], "basic")
    return spans == [(0, len(text))]


def test_each_digit_of_each_script_is_seen_at_each_place(number_engine: Any) -> None:
    missed = set()
    for character, digit in digits():
        places = [place for place, other in enumerate(NUMBER) if other == digit]
        texts = [NUMBER[:place] + character + NUMBER[place + 1 :] for place in places]
        if not all(found_whole(number_engine, text) for text in (*texts, NUMBER.replace(digit, character))):
            missed.add(character)
    assert missed <= WITH_PUNCTUATION
    assert {"\u2490", "\U0001f10a"} <= missed  # nine with a full stop, nine with a comma


@pytest.mark.parametrize("digit", "0123456789")
def test_keycaps_are_seen(number_engine: Any, digit: str) -> None:
    text = NUMBER.replace(digit, keycap(digit))
    assert found_whole(number_engine, text)


def test_there_are_as_many_as_unicode_has() -> None:
    decimal = [c for c, _ in digits() if unicodedata2.category(c) == "Nd"]
    assert len(decimal) >= 760 and len(digits()) > len(decimal)
