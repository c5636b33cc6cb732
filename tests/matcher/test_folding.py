"""Folding and character properties: the rules of docs/semantics.md, one by one and for every code point."""

from __future__ import annotations

import hashlib
import re
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import unicodedata2 as ucd
from hypothesis import given
from hypothesis import strategies as st

from solon.matcher import folding
from solon.matcher.folding import Folded, fold, fold_text, image

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("cased", "none", "basic")
EVERY = [chr(code) for code in range(0x110000)]

# The tables of a version of Solon are the same on every machine and every Python. Another digest means that a
# policy may mean something else: change it only together with docs/semantics.md and the changelog.
DIGEST = "9d2dd96037242e7751db4a5f4ea4528d5ce2b9cfd9a95ec92c40bea8c5ef8867"


@cache
def every(level: str) -> list[str]:
    return [image(character, level) for character in EVERY]


def test_the_tables_are_frozen() -> None:
    assert folding.TABLES_DIGEST == DIGEST
    assert hashlib.sha256((ROOT / "matcher/data/unicode.bin").read_bytes()).hexdigest() == DIGEST


@pytest.mark.parametrize(
    ("text", "cased", "none", "basic"),
    [
        ("Zoom", "Zoom", "zoom", "zoom"),
        ("Zооm", "Zооm", "zооm", "zoom"),  # Cyrillic
        ("ＺＯＯＭ", "ZOOM", "zoom", "zoom"),
        ("𝓩𝓸𝓸𝓶 ⓏⓄⓄⓂ", "Zoom ZOOM", "zoom zoom", "zoom zoom"),
        ("ᴛᴇʟᴇɢʀᴀᴍ 🅩🅞🅞🅼", "ᴛᴇʟᴇɢʀᴀᴍ 🅩🅞🅞🅼", "ᴛᴇʟᴇɢʀᴀᴍ 🅩🅞🅞🅼", "telegram zoom"),
        ("z\u200bo\u00ado\ufeffm\u2060", "zoom", "zoom", "zoom"),
        ("z\u0335o\u0301ö", "z\u0335o\u0301o\u0308", "z\u0335o\u0301o\u0308", "zoo"),
        ("Straße ﬁ", "Straße fi", "strasse fi", "strasse fi"),
        ("İstanbul ı", "I\u0307stanbul ı", "i\u0307stanbul ı", "istanbul i"),
        ("٣५３❸③⒊", "٣५3❸33.", "٣५3❸33.", "353333."),
        ("1\ufe0f\u20e3", "1\u20e3", "1\u20e3", "1"),
        ("⓫ ❿ 〇 〣", "⓫ ❿ 〇 〣", "⓫ ❿ 〇 〣", "11 10 0 3"),
        ("‘a’ “b” – — ― −", "‘a’ “b” – — ― −", "‘a’ “b” – — ― −", "'a' \"b\" - - - -"),
        ("I´m donʼt", "I´m donʼt", "i´m donʼt", "i'm don't"),
        ("disϲϹrd zംm", "disϲϹrd zംm", "disϲϲrd zംm", "disccrd zom"),
        ("øđłħ æœ", "øđłħ æœ", "øđłħ æœ", "odlh aeoe"),
        ("\u00a0\u3000\u2009", "   ", "   ", "   "),
        ("a\x00\x07\x7f\x85\t\r\nb", "a\t\r\nb", "a\t\r\nb", "a\t\r\nb"),
        ("\ud800\udfff", "\ud800\udfff", "\ud800\udfff", "\ud800\udfff"),
        ("한글", *["\u1112\u1161\u11ab\u1100\u1173\u11af"] * 3),
        ("が", *["か\u3099"] * 3),  # the voicing mark is no accent
        ("שָׁלוֹם", "שָׁלוֹם", "שָׁלוֹם", "שלlם"),
        ("\u3164\u2800\u115f\uffa0", "", "", ""),
        ("€5 × ¢ ノート יד ဝ બઃ зб ы", *["€5 × ¢ ノート יד ဝ બઃ зб ы"] * 2, "€5 × ¢ ノート יד ဝ બઃ зб ы"),
        ("𞤀 Ɐ Ꭰ ꭰ Ა", "𞤀 Ɐ Ꭰ ꭰ Ა", "𞤢 ɐ Ꭰ Ꭰ ა", "𞤢 ɐ d d ა"),
    ],
)
def test_levels(text: str, cased: str, none: str, basic: str) -> None:
    assert [fold_text(text, level) for level in LEVELS] == [cased, none, basic]


@pytest.mark.parametrize("level", LEVELS)
def test_folding_a_folded_text_changes_nothing(level: str) -> None:
    assert [folded for folded in every(level) if fold_text(folded, level) != folded] == []


@pytest.mark.parametrize(("weaker", "stronger"), [("cased", "none"), ("none", "basic"), ("cased", "basic")])
def test_levels_build_on_each_other(weaker: str, stronger: str) -> None:
    for character, low, high in zip(EVERY, every(weaker), every(stronger), strict=True):
        assert fold_text(low, stronger) == high, f"U+{ord(character):04X}"
        assert fold_text(high, weaker) == high, f"U+{ord(character):04X}"


@pytest.mark.parametrize("level", LEVELS)
def test_ascii_folds_to_itself_but_for_case_and_controls(level: str) -> None:
    for code in range(0x80):
        character = chr(code)
        dropped = (code < 0x20 and character not in "\t\n\r") or code == 0x7F
        expected = "" if dropped else character if level == "cased" else character.lower()
        assert image(character, level) == expected


def test_both_cases_have_one_image() -> None:
    for character in EVERY:
        lower = character.lower()
        if len(lower) == 1 and lower.upper() == character:
            assert image(character, "none") == image(lower, "none"), character
            assert image(character, "basic") == image(lower, "basic"), character


def test_cased_is_compatibility_decomposition_without_the_invisible() -> None:
    for character, folded in zip(EVERY, every("cased"), strict=True):
        decomposed = ucd.normalize("NFKD", character)
        if folded != character:
            visible = "".join(c for c in decomposed if not folding.is_dropped(c))
            assert folded == visible, f"U+{ord(character):04X}"
        elif decomposed != character and character not in "ϲϹ":
            assert re.fullmatch(r" [^ ]+", decomposed), f"U+{ord(character):04X} is no spacing accent"


def test_letters_stay_letters() -> None:
    """Else a look-alike would cut words in two, or glue them together."""
    for character, folded in zip(EVERY, every("basic"), strict=True):
        if folded != character and folded.isascii() and folding.is_letter(character):
            if image(character, "cased") == character and ucd.category(character) != "Lm":
                assert folded.isalpha() or not folded, f"U+{ord(character):04X}"
            assert not folding.is_unspaced(character), f"U+{ord(character):04X}"


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("É!", "basic", Folded("e!", [0, 1], [1, 2])),
        ("e\u0301!", "basic", Folded("e!", [0, 2], [2, 3])),
        ("e\u0301", "none", Folded("e\u0301", [0, 1], [1, 2])),
        ("ﬁx", "none", Folded("fix", [0, 0, 1], [1, 1, 2])),
        ("ﬁ\u0301x", "basic", Folded("fix", [0, 0, 2], [2, 2, 3])),
        ("1\ufe0f\u20e32", "basic", Folded("12", [0, 3], [3, 4])),
        ("a\u200b\u0301b", "basic", Folded("ab", [0, 3], [1, 4])),  # a mark that does not follow directly
        ("\u0301a", "basic", Folded("a", [1], [2])),
        ("\u0301\u200b", "basic", Folded("", [], [])),
        ("각\ufe0f", "cased", Folded("\u1100\u1161\u11a8", [0, 0, 0], [2, 2, 2])),
        ("Aé", "raw", Folded("Aé", [0, 1], [1, 2])),
    ],
)
def test_origins_and_reaches(text: str, level: str, expected: Folded) -> None:
    assert fold(text, level) == expected


def test_starts() -> None:
    assert [fold("ﬁx", "none").starts(i) for i in range(3)] == [True, False, True]


@given(st.text(max_size=30), st.sampled_from(folding.LEVELS))
def test_fold_agrees_with_fold_text_and_keeps_order(text: str, level: str) -> None:
    folded = fold(text, level)
    assert folded.text == fold_text(text, level) == "".join(image(c, level) for c in text)
    assert folded.origins == sorted(folded.origins)
    assert folded.reaches == sorted(folded.reaches)
    assert all(0 <= o < r <= len(text) for o, r in zip(folded.origins, folded.reaches, strict=True))


def test_strong_folds_as_basic() -> None:
    assert fold_text("ZООM", "strong") == "zoom"


def test_an_unknown_level_is_an_error() -> None:
    with pytest.raises(KeyError):
        fold_text("x", "mild")


def test_properties_follow_the_general_category() -> None:
    for character in EVERY:
        category = ucd.category(character)
        assert folding.is_word(character) == (category[0] in "LNM" or character == "_")
        assert folding.is_letter(character) == (category[0] == "L")
        assert folding.is_mark(character) == (category[0] == "M")
        assert folding.is_digit(character) == (category == "Nd")
        assert folding.is_punctuation(character) == (category[0] == "P")


def test_spaces() -> None:
    assert folding.property_ranges("space") == (
        (0x9, 0xD), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
        (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
    )  # fmt: skip
    assert all(map(folding.is_space, " \t\u3000")) and not folding.is_space("a")


def test_invisible_characters() -> None:
    for character in "\xad\u034f\u061c\u200b\u200d\u2060\ufe0f\ufeff\U000e0041\U000e01ef\u3164\u2800\0\x85":
        assert folding.is_dropped(character), hex(ord(character))
        assert image(character, "cased") == ""
    assert not any(folding.is_dropped(character) for character in "\t\n\r aé\u0301\ue000\ud800\U000f0000")


def test_unspaced_scripts() -> None:
    assert all(map(folding.is_unspaced, "漢ひカーไລខမ𠀀々"))
    assert not any(map(folding.is_unspaced, "aж한א๑。"))


@pytest.mark.parametrize(
    ("text", "edges"),
    [("ab c", "0,2,3,4"), ("a_1é", "0,4"), ("漢字a", "0,1,2,3"), ("n't", "0,1,2,3"), ("", "0"), (".", "0,1")],
)
def test_word_edges(text: str, edges: str) -> None:
    assert ",".join(str(i) for i in range(len(text) + 1) if folding.word_edge(text, i)) == edges


@pytest.mark.parametrize("name", sorted(folding.property_names()))
def test_ranges_are_in_order_and_apart(name: str) -> None:
    ranges = folding.property_ranges(name)
    assert ranges
    bounds = [bound for pair in ranges for bound in pair]
    assert bounds == sorted(bounds)
    assert all(right[0] - left[1] > 1 for left, right in pairwise(ranges))


def test_categories_cover_everything_once() -> None:
    fine = [name for name in folding.property_names() if re.fullmatch("[A-Z][a-z]", name)]
    for names in (["L", "M", "N", "P", "S", "Z", "C"], fine):
        covered = sorted(pair for name in names for pair in folding.property_ranges(name))
        assert covered[0][0] == 0 and covered[-1][1] == sys.maxunicode
        assert all(right[0] == left[1] + 1 for left, right in pairwise(covered))


@pytest.mark.parametrize(
    ("script", "inside"),
    [
        ("Latin", "aZéßꟋ"), ("Greek", "αΩ"), ("Cyrillic", "жЯ"), ("Armenian", "ա"), ("Hebrew", "א"),
        ("Arabic", "ع"), ("Han", "漢𠀀\U000323b0\U000323b1"),
        ("Devanagari", "क"), ("Bengali", "ক"), ("Thai", "ก"), ("Lao", "ກ"), ("Khmer", "ក"), ("Myanmar", "က"),
        ("Georgian", "ა"), ("Hangul", "한ᄀ"), ("Hiragana", "ひ"), ("Katakana", "カ"),
    ],
)  # fmt: skip
def test_scripts(script: str, inside: str) -> None:
    ranges = folding.property_ranges(script)
    for character in inside:
        assert any(first <= ord(character) <= last for first, last in ranges), character
    assert not any(first <= ord(character) <= last for first, last in ranges for character in "1 .!\u0301")


def test_an_unknown_property_is_an_error() -> None:
    for name in ("", "Q", "Klingon", "latin"):
        with pytest.raises(KeyError):
            folding.property_ranges(name)


def test_sections_are_small() -> None:
    assert sum(len(folding.fold_section(level)) for level in LEVELS) < 250_000
    assert len(folding.props_section()) < 50_000
