"""The regular subset: what is taken, as which tree, and what is refused, where and why."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solon.dsl import ir
from solon.dsl.regex import EXPANDED_CHARS_MAX, NESTING_MAX, REPEAT_MAX, RegexError, parse_regex
from solon.dsl.regex_names import CATEGORIES, SCRIPTS

TREES = [
    ("abc", ir.Chars("abc")),
    ("(ab)c", ir.Chars("abc")),
    (r"\.\/\\\n\t\r", ir.Chars("./\\\n\t\r")),
    (r"\x2F\u00e9\u{1F4DE}", ir.Chars("/é📞")),
    (".", ir.CharSet(((10, 10),), (), True)),
    (r"\d", ir.CharSet((), (("digit", False),), False)),
    (r"\W", ir.CharSet((), (("word", True),), False)),
    (r"\p{Han}", ir.CharSet((), (("Han", False),), False)),
    (r"\P{Lu}", ir.CharSet((), (("Lu", True),), False)),
    (r"\pL", ir.CharSet((), (("L", False),), False)),
    ("[a-c]", ir.CharSet(((97, 99),), (), False)),
    ("[ca-bb]", ir.CharSet(((97, 99),), (), False)),
    ("[^a-]", ir.CharSet(((45, 45), (97, 97)), (), True)),
    (r"[-\]\^\s]", ir.CharSet(((45, 45), (93, 94)), (("space", False),), False)),
    ("a|bc", ir.Alternatives((ir.Chars("a"), ir.Chars("bc")))),
    ("ab*", ir.Sequence((ir.Chars("a"), ir.Repeat(ir.Chars("b"), 0, None)))),
    ("(?:ab)+?", ir.Repeat(ir.Chars("ab"), 1, None)),
    ("(?P<x>a){2}", ir.Repeat(ir.Chars("a"), 2, 2)),
    ("(?<x>a){2,}", ir.Repeat(ir.Chars("a"), 2, None)),
    ("a{2,5}?", ir.Repeat(ir.Chars("a"), 2, 5)),
    (r"^a$", ir.Sequence((ir.Assertion("start"), ir.Chars("a"), ir.Assertion("end")))),
    (r"\ba\B", ir.Sequence((ir.Assertion("boundary"), ir.Chars("a"), ir.Assertion("not_boundary")))),
    ("a(|b)", ir.Sequence((ir.Chars("a"), ir.Alternatives((ir.Sequence(()), ir.Chars("b")))))),
]


@pytest.mark.parametrize(("source", "tree"), TREES, ids=[source for source, _ in TREES])
def test_tree(source: str, tree: ir.RegexNode) -> None:
    assert parse_regex(source) == tree


REFUSED = [
    ("", "nothing at all", 0, 0),
    ("a*", "nothing at all", 0, 2),
    ("x|", "nothing at all", 0, 2),
    (r"^\b$", "nothing at all", 0, 4),
    ("(a", "never closed", 0, 1),
    ("a)", "no open parenthesis", 1, 2),
    ("a(?=b)", "look around", 1, 4),
    ("(?<!b)a", "look around", 0, 4),
    ("(?i)a", "flags inside", 0, 3),
    ("(?i:a)", "flags inside", 0, 3),
    (r"(a)\1", "refer back", 3, 5),
    (r"(?P<x>a)(?P=x)", "refer back", 8, 12),
    (r"(?P<x>a)\k<x>", "refer back", 8, 10),
    ("(?>a)", "atomic", 0, 3),
    ("a++", "possessive", 1, 3),
    ("a**", "cannot be repeated again", 1, 3),
    ("*a", "nothing before this to repeat", 0, 1),
    ("a|+", "nothing before this to repeat", 2, 3),
    ("^*a", "cannot be repeated", 1, 2),
    ("a{5,2}", "less than the least", 1, 6),
    ("a{0}b", "zero times", 1, 4),
    ("a{x}", "asks for a count", 1, 2),
    ("a{,3}", "asks for a count", 1, 2),
    ("[z-a]", "runs backwards", 1, 4),
    (r"[\d-z]", "both ends", 1, 5),
    ("[]a]", "empty", 0, 2),
    ("[ab", "class is never closed", 0, 1),
    ("[[:alpha:]]", "by name", 1, 3),
    (r"[\b]", "stands for a place", 1, 3),
    ("a\\", "nothing after this backslash", 1, 2),
    (r"\q", "has no meaning", 0, 2),
    (r"\A", "has no meaning", 0, 2),
    (r"\p{Letter}", "no property", 0, 10),
    (r"\p{Han", "not closed", 0, 3),
    (r"\u{110000}", "number of a character", 0, 10),
    (r"\xg1", "number of a character", 0, 4),
]


@pytest.mark.parametrize(("source", "why", "start", "end"), REFUSED, ids=[case[0] for case in REFUSED])
def test_refused_with_place_and_reason(source: str, why: str, start: int, end: int) -> None:
    with pytest.raises(RegexError) as caught:
        parse_regex(source)
    assert why in caught.value.message
    assert (caught.value.start, caught.value.end) == (start, end)


def test_each_limit_at_it_and_one_past_it() -> None:
    assert parse_regex(f"a{{{REPEAT_MAX}}}") == ir.Repeat(ir.Chars("a"), REPEAT_MAX, REPEAT_MAX)
    with pytest.raises(RegexError, match="largest count"):
        parse_regex(f"a{{{REPEAT_MAX + 1}}}")
    parse_regex("(" * NESTING_MAX + "a" + ")" * NESTING_MAX)
    with pytest.raises(RegexError, match="deep"):
        parse_regex("(" * (NESTING_MAX + 1) + "a" + ")" * (NESTING_MAX + 1))
    copies = EXPANDED_CHARS_MAX // REPEAT_MAX
    parse_regex(f"(a{{{REPEAT_MAX}}}){{{copies}}}")
    with pytest.raises(RegexError, match="written out"):
        parse_regex(f"(a{{{REPEAT_MAX}}}){{{copies + 1}}}")
    with pytest.raises(RegexError, match="written out"):
        parse_regex(f"(a{{{REPEAT_MAX}}}){{{copies}}}b")


def test_every_property_that_is_promised() -> None:
    for name in CATEGORIES | SCRIPTS:
        assert parse_regex(rf"\p{{{name}}}") == ir.CharSet((), ((name, False),), False)


_NOISE = [*r"ab\(|)[]{}*+?^$.-:=!<>P,123puxdwsbB/", "é", "\n", "\ud800"]


@given(st.text(alphabet=st.sampled_from(_NOISE), max_size=24))
def test_any_text_gives_a_tree_or_a_reason_inside_it(source: str) -> None:
    try:
        parse_regex(source)
    except RegexError as error:
        assert 0 <= error.start <= error.end <= len(source)
        assert error.message == error.message.strip() and not error.message.endswith(".")


_ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", "ab", "a b"])
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "+?"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


def _as_python(node: ir.RegexNode) -> str:
    """The tree written out for Python's own engine."""
    match node:
        case ir.Chars(text):
            return "".join(map(re.escape, text))
        case ir.CharSet(ranges, properties, negated):
            inner = "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in ranges)
            inner += "".join(rf"\{'D' if turned else 'd'}" for _, turned in properties)
            return f"[{'^' if negated else ''}{inner}]"
        case ir.Sequence(parts):
            return "".join(map(_as_python, parts))
        case ir.Alternatives(parts):
            return f"(?:{'|'.join(map(_as_python, parts))})"
        case ir.Repeat(part, least, most):
            return f"(?:{_as_python(part)}){{{least},{'' if most is None else most}}}"
        case ir.Assertion():
            raise AssertionError("none is generated")


@given(_EXPRESSIONS, st.text(alphabet="ab 1\n", max_size=6))
def test_the_tree_means_what_python_says_the_source_means(source: str, text: str) -> None:
    try:
        tree = parse_regex(source)
    except RegexError:
        assert re.fullmatch(source, "") is not None
        return
    assert (re.fullmatch(_as_python(tree), text) is None) == (re.fullmatch(source, text) is None)
