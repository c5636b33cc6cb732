"""Words by hash against a search written down from docs/semantics.md, "Words"."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.compiler.words import build_words
from solon.dsl.ir import Term
from solon.matcher import folding

WORDS = 0
Clauses = Sequence[tuple[int, Sequence[Term]]]


def longest_by_start(clauses: Clauses, text: str, level: str) -> dict[tuple[int, int], int]:
    """(leaf, start) -> longest end, trying every term at every place."""
    stream = folding.fold(text, level)
    found: dict[tuple[int, int], int] = {}
    for leaf, terms in clauses:
        for term in terms:
            for start in range(len(stream.text)):
                if start and stream.origins[start] == stream.origins[start - 1]:
                    continue
                end = end_of(term, stream.text, start, level)
                if end:
                    key = leaf, stream.origins[start]
                    found[key] = max(found.get(key, 0), stream.reaches[end - 1])
    return found


def end_of(term: Term, text: str, start: int, level: str) -> int:
    """Where the term ends if it matches at `start`; 0 where it does not."""
    folded = folding.fold_text(term.text, level).split()
    if not term.open_left and folding.is_word(folded[0][0]) and not folding.word_edge(text, start):
        return 0
    at = start
    for number, piece in enumerate(folded):
        if number:
            blank = at
            while at < len(text) and folding.is_space(text[at]):
                at += 1
            if at == blank:
                return 0
        if not text.startswith(piece, at):
            return 0
        at += len(piece)
    if not term.open_right and folding.is_word(folded[-1][-1]) and not folding.word_edge(text, at):
        return 0
    return at


def check(matchers, clauses: Clauses, text: str, level: str = "basic") -> dict[tuple[int, int], int]:
    section = build_words(clauses, level)
    hits = matchers.find(WORDS, section, text, level)
    expected = longest_by_start(clauses, text, level)
    found: dict[tuple[int, int], int] = {}
    for leaf, start, end in hits:
        found[leaf, start] = max(found.get((leaf, start), 0), end)
    assert found == expected, (clauses, text)
    return found


def terms(*written: str) -> list[Term]:
    return [Term(text.strip("*"), text.startswith("*"), text.endswith("*")) for text in written]


@pytest.mark.parametrize(
    ("written", "text", "spans"),
    [
        (["zoom"], "Let's ZOOM now, zooming, zoom", ["ZOOM", "zoom"]),
        (["zoom*"], "zoom zooming xzoom", ["zoom", "zoom"]),
        (["zo*"], "zoo", ["zo"]),
        (["*zoom"], "myzoom zooms zoom", ["zoom", "zoom"]),
        (["google meet"], "google  \t\n meet googlemeet google meets", ["google  \t\n meet"]),
        (["google meet"], "google\u00a0meet", ["google\u00a0meet"]),
        ([".net", "c++", "c#"], "asp.net c++ c# xc++ .nets", [".net", "c++", "c#"]),
        (["北京"], "我爱北京天安门", ["北京"]),
        (["zoom"], "用zoom吧", ["zoom"]),
        (["zoom"], "zoomé zoome\u0301", []),
        (["café"], "CAFÉ cafe\u0301 cafe", ["CAFÉ", "cafe\u0301", "cafe"]),
        (["zоom"], "zoom", ["zoom"]),
        (["24/7"], "24/7 124/7 24/78", ["24/7"]),
        (["a"], "a-a a_a a", ["a", "a", "a"]),
        (["the quick brown", "the quick", "the"], "the quick brown the quicker", ["the quick brown", "the"]),
        (["a b"], "a ba b", []),
        (["a b"], "a b-a b", ["a b", "a b"]),
        (["_x"], "_x y_x _xy", ["_x"]),
        (["xy"], "\u200bx\u200by\u200b", ["x\u200by"]),
    ],
)
def test_a_term_is_found_where_it_stands_as_a_word(matchers, written, text, spans):
    found = check(matchers, [(0, terms(*written))], text)
    assert [text[start:end] for (_, start), end in sorted(found.items())] == spans


def test_each_clause_has_its_own_hits(matchers):
    clauses = [(3, terms("zoom", "zoom call")), (7, terms("zoom", "*oom")), (1, terms("call", "zoom"))]
    found = check(matchers, clauses, "zoom call")
    assert found == {(3, 0): 9, (7, 0): 4, (7, 1): 4, (1, 0): 4, (1, 5): 9}


ALPHABETS = [
    "ab ",
    "ab _.",
    "abcdefgh ij",
    "aб é\u0301京ｚ\t",
    "ſßＡ\u200b \u3000a",
]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_terms_in_any_text(matchers, data):
    alphabet = data.draw(st.sampled_from(ALPHABETS))
    level = data.draw(st.sampled_from(["none", "basic"]))
    word = st.text(alphabet, min_size=1, max_size=12).filter(
        lambda text: folding.fold_text(text, level).strip()
    )
    term = st.builds(Term, word, st.booleans(), st.booleans())
    clauses = data.draw(
        st.lists(st.tuples(st.integers(0, 3), st.lists(term, min_size=1, max_size=6)), max_size=4)
    )
    check(matchers, clauses, data.draw(st.text(alphabet, max_size=80)), level)


def test_long_texts_cross_every_block(matchers):
    choice = random.Random(7)
    words = ["".join(choice.choices("abc", k=choice.randint(1, 10))) for _ in range(40)]
    clauses = [(0, terms(*words)), (1, terms(*(f"{a} {b}" for a, b in itertools.pairwise(words))))]
    for blank in (" ", "  ", " й "):
        text = "".join(choice.choice(words) + choice.choice(["", "-", blank]) for _ in range(400))
        check(matchers, clauses, text)


def test_a_hundred_thousand_terms(matchers):
    choice = random.Random(3)
    words = ["".join(choice.choices("abcdefghij", k=choice.randint(4, 12))) for _ in range(100_000)]
    section = build_words([(0, terms(*words))], "basic")
    assert len(section) < 45 * len(words)
    wanted = choice.sample(words, 200)
    text = " ".join(wanted)
    hits = matchers.find(WORDS, section, text, "basic")
    assert {text[start:end] for _, start, end in hits} == set(wanted)


def test_a_flood_of_nested_terms_reports_one_hit_a_start(matchers):
    nested = terms(*(" ".join("a" * count) for count in range(1, 60)))
    text = "a " * 5_000
    hits = matchers.find(WORDS, build_words([(0, nested)], "basic"), text, "basic")
    assert len(hits) == 5_000
    assert hits[0] == (0, 0, 117)


def test_the_same_clauses_give_the_same_bytes():
    clauses = [(0, terms("zoom", "*skype", "google meet")), (1, terms("zoom"))]
    assert build_words(clauses, "basic") == build_words(clauses, "basic")


def test_a_term_of_which_folding_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match="empty"):
        build_words([(0, [Term("\u200b")])], "basic")


def test_damaged_sections_are_refused_or_harmless(damage):
    clauses = [
        (0, terms("zoom", "zoom call", "*skype", "google meet", "a", "ab*", "京", ".net")),
        (1, terms("zoom", "a", "é b")),
    ]
    text = "zoom call ab.net 京京 google meet skype é b a zoomskype " * 3
    refused, ran = damage(WORDS, build_words(clauses, "basic"), text, 3_000)
    assert refused > 500
    assert ran > 100


@pytest.mark.parametrize("level", ["none", "basic"])
def test_visible_ascii_folds_to_one_character_and_stays_what_it_is(level: str) -> None:
    """What lets plain words be folded and placed all at once."""
    for code in range(33, 127):
        folded = folding.fold_text(chr(code), level)
        assert len(folded) == 1 and folded.isascii(), chr(code)
        assert folding.is_word(folded) == folding.is_word(chr(code)), chr(code)


def test_words_placed_at_once_and_one_by_one_make_the_same_table() -> None:
    plain = ["Zoom", "zoo", "meet-me.com", "a", "bit.ly", "long_name_of_a_service", "c++", "0"]
    at_once = build_words(
        [(0, [Term(text) for text in plain]), (1, [Term("zoo"), Term("zoo", False, True)])], "basic"
    )
    # A line break inside one term makes all of its clause go one by one.
    odd = [Term("two\nlines")]
    together = build_words([(0, [*map(Term, plain), *odd])], "basic")
    assert build_words([(0, [*map(Term, plain), Term("two lines")])], "basic") == together
    assert at_once != together
