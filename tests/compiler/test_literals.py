"""The literal automaton against `str.startswith` at every place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.compiler import literals
from solon.compiler.literals import build_literals
from solon.matcher import folding

LITERALS = 1
Found = dict[tuple[int, int], int]


def longest_by_start(clauses, text: str, level: str) -> Found:
    """(leaf, start) -> longest end, in characters of the text."""
    if level == "raw":
        stream = folding.Folded(text, list(range(len(text))), list(range(1, len(text) + 1)))
    else:
        stream = folding.fold(text, level)
    found: Found = {}
    for leaf, written in clauses:
        for literal in written:
            wanted = literal if level == "raw" else folding.fold_text(literal, level)
            for start in range(len(stream.text)):
                if start and stream.origins[start] == stream.origins[start - 1]:
                    continue
                if stream.text.startswith(wanted, start):
                    key = leaf, stream.origins[start]
                    found[key] = max(found.get(key, 0), stream.reaches[start + len(wanted) - 1])
    return found


def check(matchers, clauses, text: str, level: str) -> Found:
    hits = matchers.find(LITERALS, build_literals(clauses, level), text, level)
    found: Found = {}
    for leaf, start, end in hits:
        found[leaf, start] = max(found.get((leaf, start), 0), end)
    assert found == longest_by_start(clauses, text, level), (clauses, text)
    assert [start for _, start, _ in hits] == sorted(start for _, start, _ in hits)
    return found


@pytest.mark.parametrize(
    ("written", "text", "level", "spans"),
    [
        (["://"], "https://x ftp://y", "basic", ["://", "://"]),
        (["PayPal"], "paypal PAYPAL", "basic", ["paypal", "PAYPAL"]),
        (["iPhone"], "iphone iPhone", "raw", ["iPhone"]),
        (["é"], "e é E\u0301", "none", ["é", "E\u0301"]),
        (["é"], "eé", "raw", ["é"]),
        (["ab", "bc", "c", "abcd"], "abcabcd", "basic", ["ab", "bc", "c", "abcd", "bc", "c"]),
        (["\ud800x"], "a\ud800x", "raw", ["\ud800x"]),
        (["\0"], "a\0b", "raw", ["\0"]),
        (["fi"], "oﬁx", "basic", ["ﬁ"]),
        (["i"], "oﬁx", "basic", []),
    ],
)
def test_a_literal_is_found_anywhere(matchers, written, text, level, spans):
    found = check(matchers, [(0, written)], text, level)
    assert [text[start:end] for (_, start), end in sorted(found.items())] == spans


@pytest.mark.parametrize("dense_bytes", [literals.DENSE_BYTES_MAX, 0])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_literals_in_any_text(matchers, dense_bytes, data):
    alphabet = data.draw(st.sampled_from(["ab", "abc ", "aбé\u0301京😀", "Aa\0\x7f", "\ud800ｚﬁi"]))
    level = data.draw(st.sampled_from(["raw", "none", "basic"]))
    literal = st.text(alphabet, min_size=1, max_size=6).filter(
        lambda text: level == "raw" or folding.fold_text(text, level)
    )
    clauses = data.draw(
        st.lists(st.tuples(st.integers(0, 3), st.lists(literal, min_size=1, max_size=6)), max_size=4)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(literals, "DENSE_BYTES_MAX", dense_bytes)
        check(matchers, clauses, data.draw(st.text(alphabet, max_size=60)), level)


def test_more_clauses_at_one_place_than_a_list_writes_out(matchers, monkeypatch):
    monkeypatch.setattr(literals, "OWN_LIST_MAX", 2)
    clauses = [(leaf, ["b" * count for count in range(1 + leaf % 3, 6)]) for leaf in range(8)]
    check(matchers, clauses, "abbbbabbbbbbbcb", "basic")


def test_nested_literals_on_a_run_of_one_letter_report_one_hit_a_start(matchers):
    length = 1_000_000
    section = build_literals([(0, ["a" * count for count in range(1, 101)])], "basic")
    hits = matchers.find(LITERALS, section, "a" * length, "basic")
    assert len(hits) == length
    assert hits[0] == (0, 0, 100)
    assert hits[-1] == (0, length - 1, length)


def test_a_large_set_stays_small(matchers):
    choice = random.Random(5)
    words = ["".join(choice.choices("abcdefghijklmnop", k=choice.randint(6, 14))) for _ in range(5_000)]
    section = build_literals([(0, words)], "basic")
    assert len(section) < 150 * len(words)
    text = "".join(words[:300])
    assert check(matchers, [(0, words[:50])], text, "basic").keys() <= {
        (leaf, start) for leaf, start, _ in matchers.find(LITERALS, section, text, "basic")
    }


def test_a_literal_of_which_folding_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match="empty"):
        build_literals([(0, ["\u200b"])], "basic")


def test_no_clause_makes_an_empty_section(matchers):
    assert matchers.find(LITERALS, build_literals([], "basic"), "anything", "basic") == []


@pytest.mark.parametrize("dense_bytes", [literals.DENSE_BYTES_MAX, 0])
def test_damaged_sections_are_refused_or_harmless(damage, monkeypatch, dense_bytes):
    monkeypatch.setattr(literals, "DENSE_BYTES_MAX", dense_bytes)
    clauses = [(0, ["abc", "bc", "c", "京"]), (1, ["bcd", "c", "zoom"]), (5, ["é", "oo"])]
    section = build_literals(clauses, "basic")
    refused, ran = damage(LITERALS, section, "abcbcdzoomé京ooabcd" * 4, 3_000)
    assert refused > 500
    assert ran > 50
