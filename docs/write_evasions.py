"""Writes docs/evasions.md: each member of the finite sets of Unicode, at each place of some words.

`python docs/write_evasions.py`, with unicodedata2 and confusable-homoglyphs installed (tables/unicode.py
names their versions). In: those packages' own tables, not Solon's, and the engine. Out: one row a set, how
many members were found. A test holds the page against the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import unicodedata2 as ucd

from solon.authoring import compile_checked
from solon.dsl.load import load_policy_text
from solon.matcher.engine import Policy, from_bytes

PAGE = Path(__file__).resolve().parent / "evasions.md"
PROBES = ("zoom", "skype", "whatsapp", "paypal", "viber", "quick call", "studio54", "jxdfn 1023456789")
LEVELS = ("none", "basic", "strong")
CODES = (*range(0xD800), *range(0xE000, 0x110000))
VARIATION = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x2800, 0x3164, 0xFFA0)
KEYCAP = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"


@dataclass(slots=True)
class Row:
    """A set: its members as (what is written, the ASCII character it stands for, or "" between two)."""

    name: str
    members: list[tuple[str, str]]
    lost: dict[str, set[str]] = field(default_factory=lambda: {level: set() for level in LEVELS})
    placed: int = 0


def sets() -> Iterator[Row]:
    """The finite sets, from the tables of Unicode and UTS 39."""
    digits = [(chr(code), str(ucd.decimal(chr(code)))) for code in CODES if ucd.category(chr(code)) == "Nd"]
    yield Row("decimal digits of all scripts", [one for one in digits if one[0] > "9"])
    yield Row("other digits: superscript, circled, dingbat", [
        (chr(code), str(ucd.digit(chr(code)))) for code in CODES
        if ucd.digit(chr(code), None) is not None and ucd.category(chr(code)) != "Nd"
    ])  # fmt: skip
    yield Row("keycaps", [(f"{digit}{KEYCAP}", digit) for digit in "0123456789"])
    compatible = [(chr(code), ucd.normalize("NFKC", chr(code)).lower()) for code in CODES if code > 0x7F]
    letters = [(one, to) for one, to in compatible if len(to) == 1 and "a" <= to <= "z"]
    for name, words in (
        ("full-width letters", ("FULLWIDTH",)),
        ("circled, parenthesized and squared letters", ("CIRCLED", "PARENTHESIZED", "SQUARED")),
        ("mathematical letters", ("MATHEMATICAL",)),
    ):
        yield Row(name, [one for one in letters if any(word in ucd.name(one[0], "") for word in words)])
    named = ("FULLWIDTH", "CIRCLED", "PARENTHESIZED", "SQUARED", "MATHEMATICAL")
    yield Row("other compatibility letters", [
        one for one in letters if not any(word in ucd.name(one[0], "") for word in named)
    ])  # fmt: skip
    marked = [(chr(code), ucd.normalize("NFD", chr(code))) for code in CODES if code > 0x7F]
    yield Row("letters with accents", [
        (one, to[0].lower()) for one, to in marked
        if len(to) > 1 and to[0].isascii() and to[0].isalpha() and all(map(ucd.combining, to[1:]))
    ])  # fmt: skip
    unseen = {code for code in CODES if ucd.category(chr(code)) == "Cf"} | {*VARIATION, *FILLERS}
    yield Row("invisible characters, between letters", [(chr(code), "") for code in sorted(unseen)])
    confusable = confusables()
    if confusable:
        yield Row("look-alikes of one ASCII letter (UTS 39)", confusable)


def confusables() -> list[tuple[str, str]]:
    """Letters outside ASCII whose prototype is one ASCII letter; none where the package is missing."""
    try:
        text = (files("confusable_homoglyphs") / "confusables.json").read_text("utf-8")
    except ModuleNotFoundError:
        return []
    table = json.loads(text)
    return sorted(
        (one, to.lower())
        for to, alike in table.items()
        if len(to) == 1 and to.isascii() and to.isalpha()
        for one in (each["c"] for each in alike)
        if len(one) == 1 and one > "\x7f" and ucd.category(one).startswith("L")
    )


def finder() -> Policy:
    """A pattern for each level, with all probes."""
    words = ", ".join(f'"{probe}"' for probe in PROBES)
    patterns = "".join(f"pattern at_{level} {{ words {words}  evasions {level} }}\n" for level in LEVELS)
    rule = "rule r { when message contains any of at_none, at_basic, at_strong  then warn }\n"
    head = "policy probes { actions allow < warn  default allow }\n"
    return from_bytes(compile_checked(load_policy_text(head + patterns + rule)))


def tried(row: Row, policy: Policy) -> Row:
    """Every member at every place of every probe where it belongs."""
    for written, stands_for in row.members:
        for probe in PROBES:
            for place, character in enumerate(probe):
                if (character != stands_for) if stands_for else (place == 0):
                    continue
                rest = probe[place + 1 :] if stands_for else probe[place:]
                message = f"{probe[:place]}{written}{rest}"
                found = policy.find(message)
                row.placed += 1
                for level in LEVELS:
                    if not found.get(f"at_{level}"):
                        row.lost[level].add(written)
    return row


def rows() -> dict[str, Row]:
    """All sets tried, by name."""
    policy = finder()
    return {row.name: tried(row, policy) for row in sets()}


def page(found: dict[str, Row]) -> str:
    """The page."""
    lines = [
        "# What is seen through, complete",
        "",
        f"Written by docs/write_evasions.py (Unicode {ucd.unidata_version}, look-alikes of",
        "confusable-homoglyphs 3.3.1): every member of each set",
        "stood for its character, or between two characters, at each place of "
        + ", ".join(f"`{one}`" for one in PROBES)
        + ".",
        "A cell says how many members were found at each of their places.",
        "",
        "| set | members | placed | `none` | `basic` | `strong` |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [line(row) for row in found.values()]
    lines += ["", "## Not found at `strong`", ""]
    for row in found.values():
        if row.lost["strong"]:
            codes = " ".join(f"{ord(one[0]):04X}" for one in sorted(row.lost["strong"]))
            lines += [f"{row.name[0].upper()}{row.name[1:]}: {codes}", ""]
    lines += [
        "Why not: digits with brackets, a full stop or a comma in one character keep these signs. A long s",
        "is an s, by its compatibility form, though it looks like an f; Greek capitals whose small letter",
        "looks like another letter take that one's image, for the two cases of a letter share one",
        '([semantics](semantics.md), "Folding"). At `none` accents and look-alikes are not seen through.',
    ]
    return "\n".join(lines) + "\n"


def line(row: Row) -> str:
    """One row of the table."""
    counts = [f"{len({one for one, _ in row.members}) - len(row.lost[level])}" for level in LEVELS]
    return (
        f"| {row.name} | {len({one for one, _ in row.members})} | {row.placed} | " + " | ".join(counts) + " |"
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(rows()), encoding="utf-8")


if __name__ == "__main__":
    main()
