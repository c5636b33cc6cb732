"""Each version of the loops that this processor has finds the same as plain C, on texts of all lengths about
a vector's."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from solon.compiler.dfa_section import build_dfas
from solon.compiler.regex_dfa import compile_regex
from solon.compiler.words import build_words
from solon.dsl import ir

WORDS, DFAS = 0, 2
PLAIN, BEST = 0, 4
PIECES = [
    *"abz09_ .,-@\n\t\x01AZ{[`",
    "zoom",
    "Zoom",
    "pay me",
    "pay  me",
    "zoomed",
    "whatsapp",
    "é",
    "京",
    "ﬁ",
]
WORDS_SECTION = build_words(
    [
        (0, [ir.Term("zoom"), ir.Term("pay me"), ir.Term("a", open_right=True)]),
        (1, [ir.Term("whatsapp"), ir.Term("b", open_left=True)]),
    ],
    "basic",
)
AFTER_AT = ir.Repeat(ir.CharSet(((97, 122),), (), negated=False), 1, 9)
DFAS_SECTION = build_dfas(
    [
        compile_regex(ir.Sequence((ir.Assertion("boundary"), ir.Chars("zo"))), "basic"),
        compile_regex(ir.Sequence((ir.Chars("@"), AFTER_AT)), "basic"),
        compile_regex(ir.Alternatives((ir.Chars("pay m"), ir.Chars("09"))), "basic"),
    ]
)


@pytest.fixture
def force(matchers):
    yield matchers.force
    matchers.force(BEST)


def texts(rng: random.Random) -> Iterator[str]:
    for length in (*range(1, 140), 255, 256, 257, 1_000):
        pieces = PIECES if length % 3 else PIECES[:24]
        text = "".join(rng.choices(pieces, k=length))
        yield text[:length]


def all_hits(matchers, text: str) -> list[object]:
    found: list[object] = [sorted(matchers.find(WORDS, WORDS_SECTION, text, "basic"))]
    return found + [matchers.find(DFAS, DFAS_SECTION, text, "basic", index=index) for index in range(3)]


def test_all_versions_find_the_same(matchers, force) -> None:
    asked = list(texts(random.Random(5)))
    assert force(PLAIN)
    expected = [all_hits(matchers, text) for text in asked]
    assert sum(map(bool, (hit for hits in expected for hit in hits))) > 100
    others = [path for path in range(1, BEST) if force(path)]
    for path in others:
        assert force(path)
        assert [all_hits(matchers, text) for text in asked] == expected, path


def test_a_version_that_is_not_there_changes_nothing(force) -> None:
    assert force(PLAIN) == b"plain"
    assert force(BEST + 1) is None
    assert force(-1) is None
    assert force(BEST)
