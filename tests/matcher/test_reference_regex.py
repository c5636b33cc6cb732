"""The reference interpreter's regular expressions: against re2 on short texts, by the page on folding."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.dsl.dump import dump_node
from solon.dsl.regex import RegexError, parse_regex
from solon.matcher import folding
from solon.matcher.reference.patterns import Library, Scan
from solon.matcher.reference.regex import SMALL_SET, changed_by, images_of

Spans = list[tuple[int, int]]


def library(source: str, level: str = "basic", cased: bool = False) -> Library:
    root: dict[str, Any] = json.loads(dump_node(parse_regex(source)))
    return Library([{"name": "p", "root": {"node": "Regex", "root": root, "cased": cased, "level": level}}])


def found(source: str, message: str, level: str = "basic", cased: bool = False) -> list[str]:
    spans = Scan(library(source, level, cased), message).spans("p")
    return [message[start:end] for start, end in spans]


def by_re2(source: str, message: str) -> Spans:
    """Leftmost-longest spans by re2; empty ones do not exist here."""
    options = re2.Options()
    options.longest_match = True
    options.log_errors = False
    expression = re2.compile(source, options=options)
    return [match.span() for match in expression.finditer(message) if match.start() < match.end()]


SHORT = [
    "a|ab|abc",
    "(a|ab)(c|bcd)?",
    "a*b",
    "(ab)*c",
    r"\ba",
    r"a\b",
    r"\Ba\B",
    "^a+",
    "a+$",
    "a.b",
    "(a|b){2,3}",
    "a{0,2}b+",
]
SHORT += [
    "[^a]b",
    r"\w+ \w",
    r"a(.*c)?",
    "(a*)*b",
    "((a|b)*c)+",
    r"(\b|c)a",
    "a?b?c",
    "(|a)b",
    r"\W\w",
    "(a+b?)+$",
    r"b$|a",
    "a+?b",
]


@pytest.mark.parametrize("source", SHORT)
def test_agrees_with_re2_on_every_short_text(source: str) -> None:
    patterns = library(source, cased=True)
    for size in range(5):
        for letters in product("abc ", repeat=size):
            message = "".join(letters)
            assert Scan(patterns, message).spans("p") == by_re2(source, message), message


ATOMS = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", r"\w", r"\s", r"\b", r"\B", "^", "$", r"\W"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
    ),
    max_leaves=7,
)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, st.text("ab _\n", max_size=12))
def test_agrees_with_re2_on_random_expressions(source: str, message: str) -> None:
    try:
        patterns = library(source, cased=True)
    except RegexError:
        return  # such as one that can match nothing
    assert Scan(patterns, message).spans("p") == by_re2(source, message)


FOLDING_CASES = [
    # source, level, cased, message, expected
    ("Zoom", "basic", False, "ZOOM z\u043eom", ["ZOOM", "z\u043eom"]),
    ("Zoom", "none", False, "ZOOM z\u043eom", ["ZOOM"]),
    ("Zoom", "basic", True, "ZOOM Zoom \uff3aoom", ["Zoom", "\uff3aoom"]),
    ("\u00e9t\u00e9", "basic", False, "ete \u00c9T\u00c9", ["ete", "\u00c9T\u00c9"]),
    ("\u00e9t\u00e9", "none", False, "ete \u00c9T\u00c9", ["\u00c9T\u00c9"]),
    ("[A-C]+", "basic", False, "xabcABCd", ["abcABC"]),
    ("[A-C]+", "basic", True, "xabcABCd", ["ABC"]),
    ("[^A]+", "basic", False, "xaAy", ["x", "y"]),
    ("\u00df+", "basic", False, "Stra\u00dfe SS", ["\u00df", "SS"]),  # the image is ss
    ("[\u00dfx]", "basic", False, "ssx\u00df", ["ss", "x", "\u00df"]),  # a set whose image is longer
    ("[^\u00df]", "basic", False, "ssx", ["s", "s", "x"]),  # turned round it drops the longer images
    (r"\p{Lu}", "basic", False, "aB", ["a", "B"]),
    (r"\p{Lu}", "none", False, "aB", ["a", "B"]),
    (r"\p{Lu}", "basic", True, "aB", ["B"]),
    (r"\p{Han}+", "basic", False, "x\u5fae\u4fe1y", ["\u5fae\u4fe1"]),
    (r"\P{L}", "basic", False, "a1", ["1"]),
    (r"\d+", "basic", False, "\u0661\u0662\u0663 12", ["\u0661\u0662\u0663", "12"]),
    (r"[\d.]+", "basic", False, "a1.5", ["1.5"]),
    ("a.c", "basic", False, "a\nc a\rc", ["a\rc"]),
    (r"\bcall\b", "basic", False, "call recall call_ \u5fae call", ["call", "call"]),
    ("f", "basic", False, "\ufb01", ["\ufb01"]),
    ("i", "basic", False, "\ufb01", []),  # a match starts at the first folded character of its origin
    ("f.", "basic", False, "\ufb01", ["\ufb01"]),
    ("call", "strong", False, "c@11 caall cal", ["c@11", "caall"]),
    ("[c]all", "strong", False, "ccall", ["call"]),
    ("(a){2}b", "strong", False, "a@b", ["a@b"]),
    ("Ab", "strong", True, "Ab AAb A8", ["Ab", "Ab"]),
    ("[\u4e00-\u9fff]+", "none", False, "a\u4e00\u4fe1\u3042", ["\u4e00\u4fe1"]),
    ("[\uff00-\uff60]", "none", False, "a", ["a"]),  # the full-width a is a member, its image a
]  # fmt: skip


@pytest.mark.parametrize(("source", "level", "cased", "message", "expected"), FOLDING_CASES)
def test_folding(source: str, level: str, cased: bool, message: str, expected: list[str]) -> None:
    assert found(source, message, level, cased) == expected


@pytest.mark.parametrize("level", ["cased", "none", "basic"])
def test_large_sets_mean_the_same_as_small_ones(level: str) -> None:
    """A set that is too large to be folded member by member has the members' images all the same."""
    low, high = 0xC0, 0xC0 + SMALL_SET + 400
    large = images_of(((low, high),), level)
    small = [images_of(((start, min(start + 999, high)),), level) for start in range(low, high + 1, 1000)]
    singles = frozenset().union(*(part.single for part in small))
    assert large.several == tuple(sorted({image for part in small for image in part.several}))
    unchanged = {chr(code) for code in range(low, high + 1) if code not in changed_by(level)}
    assert large.single | unchanged == singles
    assert all(folding.fold_text(one, level) == one for one in singles)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (r"a.*b|a", "a" * 10_000),
        (r"\w+@", "a" * 10_000),
        (r"(ab)*c", "ab" * 5_000),
        (r"a+$", "a" * 9_999 + "b"),
        (r"(a*)*b", "a" * 10_000),
        (r"a(.*x)?", "a" * 10_000),
        (r"(a|aa){1,50}b", "a" * 10_000),
        (r"(x+x+)+y", "x" * 10_000),
    ],
)
def test_hostile_texts_take_linear_time(source: str, message: str) -> None:
    """Running from every place to the end of these texts would take minutes."""
    assert Scan(library(source), message).spans("p") == by_re2(source, message)
