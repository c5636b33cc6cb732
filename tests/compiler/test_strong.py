"""Tolerant spellings against a search written down from docs/semantics.md, "Words"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.compiler import regex_dfa, strong
from solon.compiler.regex_dfa import build_dfas
from solon.dsl import ir
from solon.dsl.ir import Term
from solon.matcher import folding

DFAS = 2
CLASSES = {
    "a": "a4@", "b": "b8", "e": "e3€", "g": "g9", "h": "h#", "i": "i1!|l", "l": "l1|i", "o": "o0",
    "s": "s5$", "t": "t7+", "x": "x×", "z": "z2",
}  # fmt: skip
SIGNS = "@!|$#+€×"


def spelled(character: str) -> str:
    if not folding.is_letter(character):
        return re.escape(character)
    return "[" + re.escape(CLASSES.get(character, character)) + "]+"


def ways(term: Term) -> list[str]:
    pieces = folding.fold_text(term.text, "basic").split()
    joined = r"[\s]+".join("".join(map(spelled, piece)) for piece in pieces)
    characters = "".join(pieces)
    found = [joined]
    if sum(map(folding.is_letter, characters)) >= 3 and all(map(folding.is_word, characters)):
        found.append(r"(?:[^\w]|_){1,3}".join(map(spelled, characters)))
    return found


def matches(term: Term, text: str, start: int, end: int) -> bool:
    """Is text[start:end] one of the term's spellings, ends included? The text is folded, without marks."""
    folded = "".join(folding.fold_text(term.text, "basic").split())
    if not any(re.fullmatch(way, text[start:end]) for way in ways(term)):
        return False
    if not any(map(folding.is_letter, text[start:end])):
        return False
    if not term.open_left and folding.is_word(folded[0]):
        doubled = text[start] in SIGNS and start > 0 and text[start - 1] in CLASSES.get(folded[0], folded[0])
        if doubled or not folding.word_edge(text, start):
            return False
    if not term.open_right and folding.is_word(folded[-1]):
        doubled = (
            text[end - 1] in SIGNS and end < len(text) and text[end] in CLASSES.get(folded[-1], folded[-1])
        )
        if doubled or not folding.word_edge(text, end):
            return False
    return True


def longest_by_start(terms: Sequence[Term], text: str) -> dict[int, int]:
    found = {}
    for start in range(len(text)):
        ends = [
            end
            for end in range(start + 1, len(text) + 1)
            if any(matches(term, text, start, end) for term in terms)
        ]
        if ends:
            found[start] = max(ends)
    return found


def check(matchers, terms: Sequence[Term], *texts: str) -> dict[int, int]:
    dfas = strong.strong_terms(terms)
    section = build_dfas(dfas)
    for text in texts:
        found = found_in(matchers, section, len(dfas), text)
        assert found == longest_by_start(terms, text), (terms, text)
    return found


def found_in(matchers, section: bytes, count: int, text: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for index in range(count):
        for _, start, end in matchers.find(DFAS, section, text, "basic", index=index, all_starts=True):
            found[start] = max(found.get(start, 0), end)
    return found


def terms(*written: str) -> list[Term]:
    return [Term(text.strip("*"), text.startswith("*"), text.endswith("*")) for text in written]


@pytest.mark.parametrize(
    ("written", "text", "spans"),
    [
        ("zoom", "z00m zoooom z o o m z-0.0_m 2oom", ["z00m", "zoooom", "z o o m", "z-0.0_m", "2oom"]),
        ("zoom", "zom z    o o m xzoom zoomx 2000m", ["2000m"]),
        ("zoom", "zzooomm z...oo..o...m", ["zzooomm", "z...oo..o...m"]),
        ("app", "@pp ,,, x@pp ,,, a@pp ,,, @@pp", ["@pp", "@pp", "a@pp", "@@pp"]),
        ("ball", "ball| ba|| ball|x ba||1 ba||1x", ["ball|", "ba||", "ball|", "ba||1"]),
        ("ia", "!4 14 1a", ["1a"]),
        ("soso", "5050 s050", ["s050"]),
        ("a b", "4  b @\tb ab", ["4  b", "@\tb"]),
        (
            "google meet",
            "g00gle  meet g o o g l e m e e t googlemeet",
            ["g00gle  meet", "g o o g l e m e e t"],
        ),
        ("zoom*", "z00ming", ["z00m"]),
        ("*zoom", "myz00m", ["z00m"]),
        ("t.me", "7.me t . me", ["7.me"]),
        ("24/7", "24/7", []),
        ("c#", "c## c#", ["c#", "c#"]),
        ("is", "!$ !s i$$", ["!s", "i$$"]),
    ],
)
def test_a_term_is_found_in_spellings_that_try_to_hide_it(matchers, written, text, spans):
    found = check(matchers, terms(written), text)
    selected = []
    free = 0
    for start, end in sorted(found.items()):
        if start >= free:
            selected.append(text[start:end])
            free = end
    assert selected == spans


@settings(max_examples=120, deadline=None)
@given(
    written=st.lists(
        st.builds(
            Term,
            st.text("aislo1 .x", min_size=1, max_size=5).filter(str.strip),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ),
    texts=st.lists(st.text("aisl1!|@o0 ._x5京", max_size=18), min_size=3, max_size=6),
)
def test_any_terms_in_any_text(matchers, written, texts):
    check(matchers, written, *texts)


NAMES = [
    "zoom", "skype", "whatsapp", "telegram", "signal", "viber", "wechat", "line", "kakaotalk",
    "discord", "slack", "teams", "facetime", "hangouts", "messenger", "snapchat", "instagram",
    "facebook", "twitter", "linkedin", "tiktok", "youtube", "gmail", "yahoo", "outlook", "hotmail",
    "protonmail", "icloud", "paypal", "venmo", "cashapp", "zelle", "wise", "payoneer", "revolut",
    "skrill", "bitcoin", "ethereum", "webex", "jitsi", "meet",
]  # fmt: skip


@pytest.fixture(scope="module")
def named() -> list[regex_dfa.Dfa]:
    return strong.strong_terms([Term(name) for name in NAMES])


def test_channel_names_share_few_automata(matchers, named):
    dfas = named
    assert len(dfas) <= 3
    section = build_dfas(dfas)
    for name in NAMES:
        hidden = ".".join(CLASSES.get(letter, letter)[0 if at == 1 else -1] for at, letter in enumerate(name))
        text = f"my {hidden} is"
        hits = [
            hit
            for index in range(len(dfas))
            for hit in matchers.find(DFAS, section, text, "basic", index=index)
        ]
        assert (3, 3 + len(hidden)) in {(start, end) for _, start, end in hits} or not any(
            map(str.isalpha, hidden)
        )


def test_a_union_that_does_not_fit_is_taken_apart(monkeypatch):
    whole = strong.strong_terms([Term(name) for name in NAMES[:12]])
    monkeypatch.setattr(strong, "UNION_STATES_MAX", max(dfa.state_count for dfa in whole))
    parts = strong.strong_terms([Term(name) for name in NAMES[:12]])
    assert len(parts) > len(whole)


def test_a_long_list_is_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(strong, "CLAUSE_POSITIONS_MAX", 100)
    with pytest.raises(regex_dfa.RegexTooLarge, match="41 entries"):
        strong.strong_terms([Term(name) for name in NAMES])


def test_literals_and_expressions(matchers):
    section = build_dfas(strong.strong_literals(["pay", "://"]))
    text = "xp4yy:// p@y p ay"
    assert [text[s:e] for _, s, e in matchers.find(DFAS, section, text, "basic")] == ["p4yy", "://", "p@y"]
    node = ir.Sequence((ir.Assertion("boundary"), ir.Chars("Zo"), ir.CharSet(((97, 98),), (), False)))
    section = build_dfas([regex_dfa.compile_regex(strong.strengthen(node), "basic")])
    text = "2ooa zob zo4"
    assert [text[s:e] for _, s, e in matchers.find(DFAS, section, text, "basic")] == ["2ooa", "zob"]


def test_the_order_of_the_terms_changes_nothing():
    forth = [Term(name) for name in NAMES[:9]]
    assert build_dfas(strong.strong_terms(forth)) == build_dfas(strong.strong_terms(forth[::-1]))


@pytest.mark.parametrize("piece", ["z", "z ", "zo", "o0", "zoom", "z.o.o."])
def test_the_steps_are_linear_in_the_text(matchers, named, piece):
    dfas = named
    section = build_dfas(dfas)
    length = 100_000
    for index in range(len(dfas)):
        matchers.find(DFAS, section, (piece * length)[:length], "basic", index=index, all_starts=True)
        assert matchers.steps <= 100 * length
