"""The classes of letters that `evasions strong` takes for one another: a letter and its leet forms."""

from __future__ import annotations

from solon.matcher import folding

LEET = {
    "a": "4@", "b": "8", "e": "3€", "g": "9", "h": "#", "i": "1!|l", "l": "1|i", "o": "0",
    "s": "5$", "t": "7+", "x": "×", "z": "2",
}  # fmt: skip
FORMS = frozenset("".join(LEET.values()))


def class_of(letter: str) -> frozenset[str]:
    """The letter and its leet forms; a letter that has none stands for itself."""
    return frozenset(letter + LEET.get(letter, ""))


def is_leet_sign(character: str) -> bool:
    """Is it a leet form that is no word character: `@ ! | $ # + € ×`?"""
    return character in FORMS and not folding.is_word(character)
