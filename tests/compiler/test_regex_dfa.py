"""Automata of regular expressions against RE2, and the bounds on compiling and on matching."""

from __future__ import annotations

import itertools
import time

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.compiler.regex_dfa import RegexTooLarge, build_dfas, compile_regex
from solon.dsl import ir

DFAS = 2

DOT = ir.CharSet(((10, 10),), (), True)
WORD = ir.CharSet((), (("word", False),), False)
DIGIT = ir.CharSet((), (("digit", False),), False)
BOUNDARY = ir.Assertion("boundary")


def seq(*parts: ir.RegexNode | str) -> ir.Sequence:
    return ir.Sequence(tuple(ir.Chars(part) if isinstance(part, str) else part for part in parts))


def either(*parts: ir.RegexNode | str) -> ir.Alternatives:
    return ir.Alternatives(tuple(ir.Chars(part) if isinstance(part, str) else part for part in parts))


def repeat(part: ir.RegexNode | str, least: int = 0, most: int | None = None) -> ir.Repeat:
    return ir.Repeat(ir.Chars(part) if isinstance(part, str) else part, least, most)


def letters(*characters: str, negated: bool = False) -> ir.CharSet:
    return ir.CharSet(tuple((ord(c), ord(c)) for c in characters), (), negated)


def source(node: ir.RegexNode) -> str:
    """The expression as RE2 writes it."""
    match node:
        case ir.Chars(text):
            return "".join(re2.escape(c) for c in text)
        case ir.CharSet(ranges, properties, negated):
            inside = "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in ranges)
            for name, turned in properties:
                letter = {"word": "w", "digit": "d", "space": "s"}[name]
                inside += "\\" + (letter.upper() if turned else letter)
            return f"[{'^' if negated else ''}{inside}]"
        case ir.Sequence(parts):
            return "(?:" + "".join(map(source, parts)) + ")"
        case ir.Alternatives(parts):
            return "(?:" + "|".join(map(source, parts)) + ")"
        case ir.Repeat(part, least, most):
            return f"(?:{source(part)}){{{least},{'' if most is None else most}}}"
        case ir.Assertion(what):
            return {"boundary": r"\b", "not_boundary": r"\B", "start": r"\A", "end": r"\z"}[what]


def expected(node: ir.RegexNode, text: str) -> list[tuple[int, int]]:
    options = re2.Options()
    options.longest_match = True
    return [
        match.span()
        for match in re2.compile(source(node), options).finditer(text)
        if match.end() > match.start()
    ]


def spans(matchers, node: ir.RegexNode, text: str, level: str = "raw") -> list[tuple[int, int]]:
    section = build_dfas([compile_regex(node, level)])
    return [(start, end) for _, start, end in matchers.find(DFAS, section, text, level)]


EXPRESSIONS = [
    seq("ab"),
    either("a", "ab", "abb", "b "),
    seq(BOUNDARY, "a", BOUNDARY),
    seq(ir.Assertion("not_boundary"), "b"),
    seq("a", ir.Assertion("not_boundary")),
    seq(ir.Assertion("start"), repeat("a", 1)),
    seq(repeat("b", 1), ir.Assertion("end")),
    repeat(either("a", "bb")),
    repeat(seq(repeat("a"), repeat("b"))),
    repeat(seq(BOUNDARY, repeat("a", 0, 1), repeat(" ", 0, 1)), 1),
    seq(repeat(DOT), "b"),
    either(seq("a", repeat(DOT), "b"), "a"),
    seq(repeat("ab"), " "),
    seq(letters("a", negated=True), repeat("a", 2, 3)),
    repeat(repeat("a", 2, 3), 2, 2),
    repeat(either(BOUNDARY, "a"), 2, 4),
    repeat(seq(BOUNDARY, repeat(either("a", BOUNDARY)))),
    seq(repeat(either("a", " "), 0, 2), ir.Assertion("end"), repeat("b")),
    ir.Sequence(()),
    seq(repeat(BOUNDARY), "a"),
    seq(WORD, repeat(WORD, 0, 1), BOUNDARY, " "),
    seq(repeat(DOT), "a", repeat(DOT, 0, 2), "b"),
    seq(repeat(letters("a", "b"), 1, 3), repeat(WORD, 2, 4), " "),
    seq(repeat(letters("a", " "), 2, 3), repeat(letters("a"), 0, 2), repeat(letters("b", "a"), 1, 2), "b"),
    repeat(seq(repeat(DOT, 1, 3), "a"), 1, 2),
    seq(repeat(ir.Assertion("not_boundary"), 1), either("a", ir.Assertion("not_boundary"))),
    letters(),
]


@pytest.mark.parametrize("node", EXPRESSIONS, ids=[source(node) for node in EXPRESSIONS])
def test_every_text_of_a_small_alphabet(matchers, node):
    section = build_dfas([compile_regex(node, "raw")])
    if node == letters():
        assert matchers.find(DFAS, section, "ab", "raw") == []
        return
    for length in range(7):
        for characters in itertools.product("ab ", repeat=length):
            text = "".join(characters)
            found = [(start, end) for _, start, end in matchers.find(DFAS, section, text, "raw")]
            assert found == expected(node, text), text


def nodes() -> st.SearchStrategy[ir.RegexNode]:
    single = st.sampled_from(
        [
            ir.Chars("a"),
            ir.Chars("ba"),
            ir.Chars("@"),
            DOT,
            WORD,
            DIGIT,
            letters("a", "1"),
            letters("b", negated=True),
        ]
    )
    looks = st.sampled_from([ir.Assertion(what) for what in ("boundary", "not_boundary", "start", "end")])
    return st.recursive(
        single | looks,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: ir.Sequence(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: ir.Alternatives(tuple(parts))),
            st.tuples(inner, st.integers(0, 2), st.none() | st.integers(0, 2)).map(
                lambda drawn: ir.Repeat(drawn[0], drawn[1], None if drawn[2] is None else drawn[1] + drawn[2])
            ),
        ),
        max_leaves=8,
    )


@settings(max_examples=300, deadline=None)
@given(node=nodes(), texts=st.lists(st.text("ab1@ \n", max_size=24), min_size=4, max_size=8))
def test_any_expression_in_any_text(matchers, node, texts):
    section = build_dfas([compile_regex(node, "raw")])
    for text in texts:
        found = [(start, end) for _, start, end in matchers.find(DFAS, section, text, "raw")]
        assert found == expected(node, text), source(node)


# ── Folding ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("node", "level", "text", "found"),
    [
        (ir.Chars("CALL"), "basic", "call Cаll", ["call", "Cаll"]),
        (ir.Chars("CALL"), "cased", "call CALL", ["CALL"]),
        (ir.Chars("straße"), "none", "STRASSE straße", ["STRASSE", "straße"]),
        (letters("ß"), "none", "xß", ["ß"]),
        (letters("ß"), "none", "sß", ["sß"]),
        (letters("A", "B"), "basic", "aBc", ["a", "B"]),
        (letters("A", negated=True), "basic", "aAb", ["b"]),
        (ir.CharSet((), (("Lu", False),), False), "basic", "aB1", ["a", "B"]),
        (ir.CharSet((), (("Lu", False),), False), "cased", "aB1", ["B"]),
        (ir.CharSet((), (("Han", False),), False), "basic", "a京b都", ["京", "都"]),
        (ir.CharSet((), (("word", True),), False), "basic", "a é", [" "]),
        (ir.CharSet(((0x400, 0x4FF),), (), False), "none", "aЖ", ["Ж"]),
        (ir.CharSet(((0x4E00, 0x9FFF),), (), False), "basic", "x京", ["京"]),
        (repeat(ir.CharSet(((0xAC00, 0xD7A3),), (), False), 1), "basic", "a한국b", ["한국"]),
        (letters("ﬀ", "ﬃ", "ﬁ", "k"), "basic", "ffiffkf", ["ffi", "ff", "k"]),
        (repeat(DIGIT, 2), "basic", "٣٤ 12", ["٣٤", "12"]),
        (repeat(DIGIT, 2), "raw", "٣٤ 12", ["٣٤", "12"]),
        (seq(BOUNDARY, "é", BOUNDARY), "none", "é eé e\u0301", ["é", "e\u0301"]),
        (ir.Chars("😀"), "basic", "😀😁", ["😀"]),
        (letters("\ud800"), "raw", "a\ud800", ["\ud800"]),
        (ir.Chars("a\u200bb"), "basic", "ab", ["ab"]),
        (ir.Chars("i"), "basic", "ﬁ", []),
        (ir.Chars("fi"), "basic", "ﬁ", ["ﬁ"]),
    ],
)
def test_the_expression_is_folded_as_its_stream_is(matchers, node, level, text, found):
    assert [text[start:end] for start, end in spans(matchers, node, text, level)] == found


def test_spans_do_not_overlap_in_characters_of_the_message(matchers):
    assert spans(matchers, either("of", "fi", "i"), "oﬃ", "basic") == [(0, 2)]


def test_many_automata_share_a_section(matchers):
    table = [ir.Chars("a"), repeat(WORD, 1), ir.Chars("京"), letters("é", "б"), seq(BOUNDARY, DIGIT)]
    section = build_dfas([compile_regex(node, "none") for node in table])
    alone = sum(len(build_dfas([compile_regex(node, "none")])) for node in table)
    assert len(section) < alone / 2
    text = "a é 京b б7 7"
    for index, node in enumerate(table):
        together = matchers.find(DFAS, section, text, "none", index=index)
        assert [(start, end) for _, start, end in together] == spans(matchers, node, text, "none")


def test_all_starts_reports_the_longest_from_each(matchers):
    section = build_dfas([compile_regex(repeat("a", 2, 3), "raw")])
    hits = matchers.find(DFAS, section, "aaaa", "raw", all_starts=True)
    assert [(start, end) for _, start, end in hits] == [(0, 3), (1, 4), (2, 4)]


# ── Bounds ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "node",
    [
        seq(repeat(DOT), "a", repeat(DOT, 20, 20)),
        repeat(either("a", "b", "ab"), 1, 500),
        repeat(repeat(repeat("a", 0, 100), 0, 100), 0, 100),
        repeat(seq(repeat(WORD, 0, 1), repeat(WORD, 0, 1), "a"), 0, 300),
        seq(repeat(DOT, 1, 1900), "a", repeat(DOT, 1, 1900), "b"),
        repeat(ir.Sequence(()), 0, 10**9),
        either(*map(chr, range(0x4E00, 0x4E00 + 300))),
    ],
    ids=range(7),
)
def test_what_does_not_fit_is_refused_soon(node):
    start = time.process_time()
    with pytest.raises(RegexTooLarge):
        compile_regex(node, "basic")
    assert time.process_time() - start < 4  # well below on a machine of one's own


def test_counted_gaps_stay_small():
    gap = repeat(DOT, 0, 20)
    assert compile_regex(seq(repeat(DOT), "a", gap, "b"), "basic").state_count < 100
    assert compile_regex(seq("a", gap, "b", gap, "c"), "basic").state_count < 1_000


def test_a_tree_of_any_depth_is_refused_without_recursion():
    node: ir.RegexNode = ir.Chars("a")
    for _ in range(100_000):
        node = ir.Sequence((node,))
    with pytest.raises(RegexTooLarge, match="nested"):
        compile_regex(node, "basic")


HOSTILE = [
    (either(seq("a", repeat(DOT), "b"), "a"), "a"),
    (seq(repeat(WORD, 1), "@"), "a"),
    (seq(repeat(WORD, 1), either("@", "!", "#", "%")), "a"),
    (seq(repeat("ab"), "c"), "ab"),
    (seq(repeat("ab"), either("c", "d", "e", "f")), "ab"),
    (seq(repeat("a", 1), ir.Assertion("end")), "ab" + "a" * 62),
    (seq(repeat("a", 1), ir.Assertion("end")), "a"),
    (either(seq(repeat(DOT), "x"), repeat(WORD, 5, 5)), "q "),
    (seq(repeat(WORD, 1, 40), repeat(DIGIT, 1), "!"), "a1"),
    (seq(repeat(either("aa", "aaa")), letters("b", "c", "d", "e")), "a"),
]


@pytest.mark.parametrize("all_starts", [False, True])
@pytest.mark.parametrize(
    ("node", "piece"), HOSTILE, ids=[f"{source(node)} {piece[:4]}" for node, piece in HOSTILE]
)
def test_the_steps_are_linear_in_the_text(matchers, node, piece, all_starts):
    dfa = compile_regex(node, "raw")
    section = build_dfas([dfa])
    for length in (2_000, 100_000):
        text = (piece * length)[: length - 1] + "z"
        matchers.find(DFAS, section, text, "raw", all_starts=all_starts)
        assert matchers.steps <= (40 + 6 * dfa.state_count) * length + 10_000


@pytest.mark.parametrize(
    ("node", "piece"), HOSTILE, ids=[f"{source(node)} {piece[:4]}" for node, piece in HOSTILE]
)
def test_notes_change_no_result(matchers, node, piece):
    section = build_dfas([compile_regex(node, "raw")])
    for tail in ("", "b", "@", "c", "x a", "! a1"):
        text = (piece * 6_000)[:6_000] + tail
        text = text[:3_000] + tail + text[3_000:]
        found = [(start, end) for _, start, end in matchers.find(DFAS, section, text, "raw")]
        assert found == expected(node, text)
        wide = [(start, end) for _, start, end in matchers.find(DFAS, section, text + "京", "raw")]
        assert wide == expected(node, text + "京") or "\\w" in source(node) or "\\z" in source(node)


def test_the_gate_has_rare_rows_of_which_every_match_has_one():
    def required(node: ir.RegexNode) -> list[list[str]]:
        return [
            ["".join(chr(c) for c in range(32, 127) if of >> c & 1) for of in row.sets]
            for row in compile_regex(node, "basic").required
        ]

    assert required(seq(repeat(WORD, 1), "@", repeat(WORD, 1))) == [["@"]]
    assert required(either("a", repeat("b"))) == []
    several = required(seq(either("zoom", "great", "not"), repeat(DOT), "e"))
    assert len(several) == 3, "a row for each of the alternatives, whose letters are too common together"
    assert {row[0][0] for row in several} <= set("zoomgreatn")
    assert ["x"] in [row[-1:] for row in required(seq("e", repeat("-", 0, 1), "m", repeat("-", 0, 1), "x"))]


def test_a_row_says_how_far_from_the_start_of_a_match_it_stands():
    def reach(node: ir.RegexNode) -> list[tuple[int, int | None]]:
        return [(row.nearest, row.furthest) for row in compile_regex(node, "basic").required]

    assert reach(seq(repeat(WORD, 1), "@")) == [(1, None)]
    assert reach(seq(repeat(WORD, 1, 9), "@")) == [(1, 9)]
    assert reach(seq("@", repeat(WORD))) == [(0, 0)]
    assert reach(seq(either("ab", "c"), repeat("e", 0, 2), "@")) == [(1, 4)]


def test_the_same_expression_gives_the_same_bytes():
    table = [compile_regex(node, "basic") for node in EXPRESSIONS]
    assert build_dfas(table) == build_dfas([compile_regex(node, "basic") for node in EXPRESSIONS])


def test_damaged_sections_are_refused_or_harmless(damage):
    section = build_dfas(
        [compile_regex(seq(BOUNDARY, repeat(WORD, 1), either("@", "é", "!"), repeat(WORD)), "basic")]
    )
    refused, ran = damage(DFAS, section, "ab@cd é京 " * 300 + "a" * 3_000, 1_500)
    assert refused > 300
    assert ran > 50
