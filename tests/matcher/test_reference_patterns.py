"""The reference interpreter's patterns: clauses, formulas and zones of docs/semantics.md, case by case."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solon.matcher.errors import Damaged
from solon.matcher.reference.patterns import Library, Scan
from solon.matcher.reference.spans import near, select, without

Node = dict[str, Any]


def words(*terms: str, level: str = "basic") -> Node:
    parsed = [
        {"text": term.strip("*"), "open_left": term.startswith("*"), "open_right": term.endswith("*")}
        for term in terms
    ]
    return {"node": "Words", "terms": parsed, "level": level}


def text(*literals: str, exact: bool = False, level: str = "basic") -> Node:
    return {"node": "Text", "literals": list(literals), "exact": exact, "level": level}


def near_node(left: Node, right: Node, side: str, distance: int, unit: str = "words") -> Node:
    return {"node": "Near", "left": left, "right": right, "side": side, "distance": distance, "unit": unit}


def found(node: Node, message: str, **others: Node) -> list[str]:
    """The texts of the node's spans."""
    patterns = [{"name": "p", "root": node}, *({"name": name, "root": root} for name, root in others.items())]
    return [message[start:end] for start, end in Scan(Library(patterns), message).spans("p")]


WORD_CASES = [
    # plain: whole words, any case, any white space, folded
    ("zoom", "Let's ZOOM now", ["ZOOM"]),
    ("zoom", "zoomed, azoom, zoom", ["zoom"]),
    ("zoom", "zoom_x zoom-x", ["zoom"]),
    ("google meet", "on Google \t\n Meet?", ["Google \t\n Meet"]),
    ("google meet", "googlemeet", []),
    ("google  meet ", "google meet", ["google meet"]),
    ("zoom*", "zoomed zoom azoom", ["zoom", "zoom"]),
    ("*zoom", "zoomed zoom azoom", ["zoom", "zoom"]),
    ("*zoom*", "azoomed", ["zoom"]),
    ("c++", "c++11 or c++", ["c++", "c++"]),
    ("@me", "mail@me", ["@me"]),
    ("@me", "x@mex", []),
    ("caf\u00e9", "CAFE cafe\u0301 caf\u00e9", ["CAFE", "cafe\u0301", "caf\u00e9"]),
    ("zoom", "Z\u043e\u043em", ["Z\u043e\u043em"]),  # Cyrillic o
    ("zoom", "zo\u200bom", ["zo\u200bom"]),
    ("fi", "\ufb01", ["\ufb01"]),
    ("i", "\ufb01", []),  # may not start inside of a ligature, nor is there an edge
    ("\u5fae\u4fe1", "\u52a0\u5fae\u4fe1\u5427", ["\u5fae\u4fe1"]),  # no spaces between words
    ("zoom", "", []),
    ("a b", "a a b", ["a b"]),
    ("a a", "a a a a", ["a a", "a a"]),
]


@pytest.mark.parametrize(("term", "message", "expected"), WORD_CASES)
def test_words(term: str, message: str, expected: list[str]) -> None:
    assert found(words(term), message) == expected


def test_words_without_evasions_keep_accents_and_lookalikes_apart() -> None:
    assert found(words("zoom", level="none"), "Z\u043e\u043em ZOOM \uff3a\uff4f\uff4f\uff4d") == [
        "ZOOM",
        "\uff3a\uff4f\uff4f\uff4d",
    ]
    assert found(words("caf\u00e9", level="none"), "cafe CAFE\u0301") == ["CAFE\u0301"]


def test_the_longest_term_counts_from_one_start() -> None:
    assert found(words("google", "google meet", "meet"), "google meet meet") == ["google meet", "meet"]


STRONG_CASES = [
    # joined
    ("zoom", "z00m", ["z00m"]),
    ("zoom", "zoooooom", ["zoooooom"]),
    ("zoom", "zom", []),
    ("zoom", "2oom", ["2oom"]),
    ("zoom", "zoom!", ["zoom"]),
    ("call", "c@11", ["c@11"]),
    ("call", "ca|!", []),  # l is 1 | i, but never !
    ("solo", "5010", []),  # no letter in it
    ("solo", "501o", ["501o"]),
    ("google meet", "g00gle   m33t", ["g00gle   m33t"]),
    ("h2o", "h2o hh2o h22o", ["h2o", "hh2o"]),  # digits of the term stand for themselves, once
    # edges: a leet sign needs none on its own side, but its run is taken whole
    ("alpha", "@lph@", ["@lph@"]),
    ("alpha", "@@lph@@", ["@@lph@@"]),
    ("alpha", "x@lpha", ["@lpha"]),
    ("alpha", "a@lpha", ["a@lpha"]),
    ("skype", "xskyp3", []),
    ("skype", "$kype", ["$kype"]),
    ("skype", "skypee3x", []),
    ("sky*", "$kyper", ["$ky"]),
    # apart
    ("zoom", "z o o m", ["z o o m"]),
    ("zoom", "z.o-o_m", ["z.o-o_m"]),
    ("zoom", "z   o   o   m", ["z   o   o   m"]),
    ("zoom", "z    o o m", []),  # four separators
    ("zoom", "z 0 0 m", ["z 0 0 m"]),
    ("zoom", "zz o oo m", ["zz o oo m"]),
    ("zoom", "z oom", []),  # some apart, some not
    ("zoom", "az o o m", []),
    ("zoom", "z o o mx", []),
    ("we", "w e", []),  # three letters or more
    ("google meet", "g o o g l e m e e t", ["g o o g l e m e e t"]),
    ("google meet", "g o o g l e  m e e t", ["g o o g l e  m e e t"]),
    ("whatsapp", "w.h.a.t.s.a.p.p", ["w.h.a.t.s.a.p.p"]),
    ("what's", "w h a t s", []),  # not all word characters
    ("solo", "5 0 1 0", []),
    # the longest of all the ways
    ("zoom", "zoom m", ["zoom"]),
    ("zoo", "z o o 0 x", ["z o o"]),
]


@pytest.mark.parametrize(("term", "message", "expected"), STRONG_CASES)
def test_strong_words(term: str, message: str, expected: list[str]) -> None:
    assert found(words(term, level="strong"), message) == expected


def brute_strong(term: str, message: str) -> list[tuple[int, int]]:
    """Strong matching of a one-word term in plain ASCII: every span, tried by splitting it into runs."""
    classes = {"a": "a4@", "b": "b8", "o": "o0", "l": "l1|i", "_": "_"}

    def is_word(c: str) -> bool:
        return c.isalnum() or c == "_"

    def splits(place: int, end: int, letters: str, apart: bool) -> bool:
        if not letters:
            return place == end
        stop = place
        while stop < end and message[stop] in classes[letters[0]]:
            stop += 1
            if len(letters) == 1 or not apart:
                if splits(stop, end, letters[1:], apart):
                    return True
                continue
            gap = stop
            while gap < min(end, stop + 3) and (message[gap] == "_" or not is_word(message[gap])):
                gap += 1
                if splits(gap, end, letters[1:], apart):
                    return True
        return False

    def edge(place: int) -> bool:
        return place in (0, len(message)) or not (is_word(message[place - 1]) and is_word(message[place]))

    def counts(start: int, end: int) -> bool:
        if not (edge(start) and edge(end)):
            return False
        if message[start:end] == term:
            return True
        first, last = message[start], message[end - 1]
        doubled_left = first in "@|" and start > 0 and message[start - 1] in classes[term[0]]
        doubled_right = last in "@|" and end < len(message) and message[end] in classes[term[-1]]
        has_letter = any(c.isalpha() for c in message[start:end])
        ways = [splits(start, end, term, False), len(term) >= 3 and splits(start, end, term, True)]
        return any(ways) and has_letter and not doubled_left and not doubled_right

    every = [(i, j) for i in range(len(message)) for j in range(i + 1, len(message) + 1)]
    return select(span for span in every if counts(*span))


@pytest.mark.parametrize(
    ("term", "letters"), [("la", "al@. "), ("aa", "a4@ x"), ("all", "al1. "), ("alo", "alo-")]
)
def test_strong_words_agree_with_trying_everything(term: str, letters: str) -> None:
    node = words(term, level="strong")
    library = Library([{"name": "p", "root": node}])
    for size in range(6):
        for chosen in product(letters, repeat=size):
            message = "".join(chosen)
            assert Scan(library, message).spans("p") == brute_strong(term, message), message


@given(st.sampled_from(["ala", "loll", "alo"]), st.text("alo@10. |_x", max_size=14))
def test_strong_words_agree_on_longer_texts(term: str, message: str) -> None:
    library = Library([{"name": "p", "root": words(term, level="strong")}])
    assert Scan(library, message).spans("p") == brute_strong(term, message)


TEXT_CASES = [
    (text("://"), "HTTP://x", ["://"]),
    (text("oo"), "zOoom", ["Oo"]),
    (text("iPhone", exact=True), "iPhone iphone \uff49Phone", ["iPhone"]),
    (text("iPhone"), "iPhone iphone \uff49Phone", ["iPhone", "iphone", "\uff49Phone"]),
    (text("i"), "\ufb01", []),
    (text("f"), "\ufb01", ["\ufb01"]),
    (text("call", level="strong"), "rec@|1ong", ["c@|1"]),
    (text("a a", level="strong"), "xaa 4x", ["aa 4"]),
    (text("ab", "abc", "b"), "abcb", ["abc", "b"]),
]


@pytest.mark.parametrize(("node", "message", "expected"), TEXT_CASES)
def test_text(node: Node, message: str, expected: list[str]) -> None:
    assert found(node, message) == expected


QUOTE = {"node": "Zone", "name": "quote"}
ZOOM, LENS = words("zoom"), words("zoom lens")
CALL, ME = words("call"), words("me")
MEETS = {"node": "AnyOf", "parts": [words("google"), words("google meet"), words("meet now")]}
FORMULA_CASES = [
    (MEETS, "google meet now", ["google meet"]),
    ({"node": "Except", "kept": ZOOM, "removed": [LENS]}, "zoom lens, zoom", ["zoom"]),
    ({"node": "Except", "kept": LENS, "removed": [words("lens"), words("x")]}, "zoom lens", []),
    ({"node": "Except", "kept": ZOOM, "removed": [QUOTE]}, "> zoom\nzoom", ["zoom"]),
    ({"node": "PatternRef", "name": "other"}, "see a lens", ["lens"]),
    (near_node(CALL, ME, "near", 1), "me call . call you me", ["call", "call"]),
    (near_node(CALL, ME, "before", 1), "me call . call you me", ["call"]),
    (near_node(CALL, ME, "after", 0), "me, call . call you me", ["call"]),
    (near_node(CALL, ME, "before", 0), "call you me", []),
    (near_node(CALL, ME, "before", 3, "characters"), "call - me", ["call"]),
    (near_node(CALL, ME, "before", 2, "characters"), "call - me", []),
    (near_node(words("call"), words("call"), "near", 5), "call", []),  # itself stands on neither side
    (near_node(CALL, ME, "before", 2), "call \u52a0\u5fae me", ["call"]),
    (near_node(CALL, ME, "before", 1), "call \u52a0\u5fae me", []),  # each character is a word
]  # fmt: skip


@pytest.mark.parametrize(("node", "message", "expected"), FORMULA_CASES)
def test_formulas(node: Node, message: str, expected: list[str]) -> None:
    assert found(node, message, other=words("lens")) == expected


def test_references_may_be_long_chains_but_no_cycle() -> None:
    chain: list[Node] = [{"name": "p0", "root": words("x")}]
    chain += [{"name": f"p{i}", "root": {"node": "PatternRef", "name": f"p{i - 1}"}} for i in range(1, 3000)]
    assert Scan(Library(chain), "a x").spans("p2999") == [(2, 3)]
    cycle: list[Node] = [
        {"name": "a", "root": {"node": "PatternRef", "name": "b"}},
        {"name": "b", "root": {"node": "PatternRef", "name": "a"}},
    ]
    with pytest.raises(Damaged):
        Scan(Library(cycle), "x").spans("a")


ENTITY_CASES = [
    ("email", "write to jess@example.com now", ["jess@example.com"]),
    ("url", "see https://example.com/a.", ["https://example.com/a"]),
    ("handle", "I am @jess_s there", ["@jess_s"]),
    ("ip_address", "at 192.168.1.20 now", ["192.168.1.20"]),
    ("phone", "call +1 415 555 2671 now", ["+1 415 555 2671"]),
    ("iban", "to DE89 3704 0044 0532 0130 00 today", ["DE89 3704 0044 0532 0130 00"]),
    ("credit_card", "card 4111 1111 1111 1111 ok", ["4111 1111 1111 1111"]),
    ("crypto_wallet", "to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]),
    ("money", "costs $5 only", ["$5"]),
    ("postal_address", "at 123 Main St, Springfield, IL 62704", ["123 Main St, Springfield, IL 62704"]),
]


@pytest.mark.parametrize(("name", "message", "expected"), ENTITY_CASES)
@pytest.mark.parametrize("level", ["none", "basic", "strong"])
def test_entities_are_found_by_name(name: str, message: str, expected: list[str], level: str) -> None:
    """Each recogniser is asked as it wants to be; what it finds is its own tests' matter."""
    assert found({"node": "Entity", "name": name, "regions": [], "level": level}, message) == expected


def test_links_by_shape() -> None:
    shapes = [
        {"host": "linkedin.com", "path": ["in", "**"]},
        {"host": "facebook.com", "path": ["*"]},
        {"host": "t.me", "path": None},
    ]
    message = (
        "https://www.linkedin.com/in/jess linkedin.com/jobs/view/1 uk.linkedin.com/in/x/ facebook.com/jess "
        "facebook.com/a/b notlinkedin.com/in/x t.me"
    )
    assert found({"node": "Url", "shapes": shapes, "level": "basic"}, message) == [
        "https://www.linkedin.com/in/jess",
        "uk.linkedin.com/in/x/",
        "facebook.com/jess",
        "t.me",
    ]


SPANS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 5)).map(lambda s: (s[0], s[0] + s[1])), max_size=6
)


@given(SPANS)
def test_selection(candidates: list[tuple[int, int]]) -> None:
    """By the sentence: the leftmost, from one start the longest, then on from its end."""
    expected: list[tuple[int, int]] = []
    left = set(candidates)
    while left:
        start = min(start for start, _ in left)
        end = max(end for first, end in left if first == start)
        expected.append((start, end))
        left = {span for span in left if span[0] >= end}
    assert select(candidates) == expected


@given(SPANS, SPANS)
def test_without(kept: list[tuple[int, int]], removed: list[tuple[int, int]]) -> None:
    kept, removed = select(kept), select(removed)
    assert without(kept, removed) == [
        a for a in kept if not any(a[0] < b[1] and b[0] < a[1] for b in removed)
    ]


@given(SPANS, SPANS, st.integers(0, 6), st.sampled_from(["near", "before", "after"]))
def test_near(left: list[tuple[int, int]], right: list[tuple[int, int]], distance: int, side: Any) -> None:
    left, right = select(left), select(right)

    def stands(a: tuple[int, int], b: tuple[int, int]) -> bool:
        before = a[1] <= b[0] and b[0] - a[1] <= distance
        after = b[1] <= a[0] and a[0] - b[1] <= distance
        return {"near": before or after, "before": before, "after": after}[side]

    expected = [a for a in left if any(stands(a, b) for b in right)]
    assert near(left, right, side, distance, lambda a, b: b - a) == expected


@pytest.mark.parametrize(
    "message", ["a@" * 4000, "a " * 5000, "@" * 9000, "lo" * 4500, " " * 9000, "_" * 9000]
)
def test_hostile_texts_take_linear_time(message: str) -> None:
    """Quadratic time would be minutes here: every place of these texts begins a long failing match."""
    node = {
        "node": "AnyOf",
        "parts": [words("aaab", "aaa b", "lolob", level="strong"), words("a b", "a a c")],
    }
    assert found(node, f"b c  {message}") == []
