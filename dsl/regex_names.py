"""The names that a regular expression may use: escapes, shorthands, Unicode properties.

The properties are those of the frozen tables that travel in the artifact; nothing here asks Python's own
Unicode version.
"""

from __future__ import annotations

_CATEGORIES = """
L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn
"""
CATEGORIES = frozenset(_CATEGORIES.split())
_SCRIPTS = """
Latin Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Thai Lao Khmer Myanmar Georgian Hangul
Hiragana Katakana Han
"""
SCRIPTS = frozenset(_SCRIPTS.split())

ESCAPED_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
SHORTHANDS: dict[str, tuple[str, bool]] = {
    "d": ("digit", False),
    "D": ("digit", True),
    "w": ("word", False),
    "W": ("word", True),
    "s": ("space", False),
    "S": ("space", True),
}

NO_SUCH_ESCAPE = {
    "A": "write `^` for the start of the text",
    "Z": "write `$` for the end of the text",
    "z": "write `$` for the end of the text",
    "0": "write `\\x00`",
    "h": "write `[ \\t]` or `\\s`",
    "R": "write `\\r?\\n`",
    "X": "write `.`",
    "N": "write `.`",
    "m": "write `\\b` for the start of a word",
}
"""Escapes of other engines, each with what to write here."""


def is_property(name: str) -> bool:
    """Is `name` a general category or a script of the frozen tables?"""
    return name in CATEGORIES or name in SCRIPTS
