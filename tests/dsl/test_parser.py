"""Text to syntax tree: what the grammar accepts, and what is said of what it does not."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from solon.dsl import syntax
from solon.dsl.codes import CODES
from solon.dsl.grammar import _WholeWords
from solon.dsl.lexemes import scan
from solon.dsl.parser import FILE_BYTES_MAX, ParseResult, parse
from solon.dsl.source import Source, Span

PAGE = (Path(__file__).parent / "data" / "contact_sharing.policy").read_text(encoding="utf-8")


def read(text: str) -> ParseResult:
    return parse(Source("x.policy", text))


def whole(text: str) -> syntax.File:
    result = read(text)
    assert result.diagnostics == ()
    assert result.file is not None
    assert not result.file.broken
    return result.file


def said(text: str) -> list[str]:
    """What is wrong, as `line:column code`."""
    source = Source("x.policy", text)
    places = [(source.start(one.span), one.code) for one in parse(source).diagnostics]
    return [f"{place.line}:{place.column} {code}" for place, code in places]


def condition(text: str) -> syntax.Condition:
    (item,) = whole(f"define x = {text}").items
    assert isinstance(item, syntax.Define)
    return item.condition


def formula(text: str) -> syntax.Formula:
    (item,) = whole(f"pattern x = {text}").items
    assert isinstance(item, syntax.PatternFormula)
    return item.formula


def clauses(kind: str, text: str) -> tuple[Any, ...]:
    (item,) = whole(f"{kind} {{ {text} }}").items
    return item.clauses  # type: ignore[union-attr]


def shape(node: Any) -> Any:
    """A node without its spans."""
    if isinstance(node, tuple):
        return tuple(shape(one) for one in node)
    if not dataclasses.is_dataclass(node):
        return node
    fields = [one.name for one in dataclasses.fields(node) if "span" not in one.name]
    return (type(node).__name__, *(shape(getattr(node, one)) for one in fields))


def spans(node: Any, inside: Span | None = None) -> list[Span]:
    """All spans below a node, each of which lies inside its parent's."""
    if isinstance(node, tuple):
        return [span for one in node for span in spans(one, inside)]
    if isinstance(node, Span):
        assert inside is None or inside.start <= node.start <= node.end <= inside.end
        return [node]
    if not dataclasses.is_dataclass(node):
        return []
    own: Span = node.span  # type: ignore[union-attr]
    return [span for one in dataclasses.fields(node) for span in spans(getattr(node, one.name), own)]


# ── The whole page ───────────────────────────────────────────────────────────────────────────────────


def test_the_language_page_parses_as_it_stands() -> None:
    file = whole(PAGE)
    kinds = [type(one).__name__ for one in file.items]
    assert kinds == [
        *["PolicyBlock", "Use", "Use", "Facts", "Define", "Define", "PatternBlock", "PatternBlock"],
        *["PatternFormula"] * 3,
        *["Rule", "Rule", "Rule", "Exempt", "Score", "Rule", "Test", "Test", "Test", "Test"],
    ]
    source = Source("x.policy", PAGE)
    for span in spans(file.items):
        text = source.text_of(span)
        assert text == text.strip() != ""
    test = file.items[-1]
    assert isinstance(test, syntax.Test)
    assert test.todo


def test_every_production_of_the_grammar_accepts_the_line_above_it() -> None:
    grammar = resources.files("solon.dsl").joinpath("grammar.lark").read_text(encoding="utf-8")
    examples = re.findall(r"^//\| (.*)\n\??([a-z_]+):", grammar, re.MULTILINE)
    undocumented = set(re.findall(r"^\??([a-z][a-z_]+):", grammar, re.MULTILINE)) - {
        name for _, name in examples
    }
    assert not undocumented
    lark = Lark(
        grammar,
        parser="lalr",
        start=[name for _, name in examples],
        postlex=_WholeWords(),
    )
    for line, name in examples:
        lark.parse(line, start=name)


# ── Conditions and formulas ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("Holds", ("Name", "a"))),
        ("true", ("Constant", True)),
        ("a.b = none", ("Compare", ("Name", "a.b"), ("Operator", "="), ("WordLiteral", "none"))),
        ("a != true", ("Compare", ("Name", "a"), ("Operator", "!="), ("BoolLiteral", True))),
        ("a >= 10_000", ("Compare", ("Name", "a"), ("Operator", ">="), ("IntLiteral", 10_000))),
        ("a<-3", ("Compare", ("Name", "a"), ("Operator", "<"), ("IntLiteral", -3))),
        ("a > 0.5", ("Compare", ("Name", "a"), ("Operator", ">"), ("DecimalLiteral", Decimal("0.5")))),
        ("a = 3 days", ("Compare", ("Name", "a"), ("Operator", "="), ("QuantityLiteral", Decimal(3), "day"))),
        ("a = 1 USD", ("Compare", ("Name", "a"), ("Operator", "="), ("MoneyLiteral", Decimal(1), "USD"))),
        ("a = 2026-11-23", ("Compare", ("Name", "a"), ("Operator", "="), ("TimeLiteral", "2026-11-23"))),
        (
            "a = 2026-11-23T10:00Z",
            ("Compare", ("Name", "a"), ("Operator", "="), ("TimeLiteral", "2026-11-23T10:00Z")),
        ),
        ("a in {}", ("In", ("Name", "a"), ("SetLiteral", ()))),
        (
            'a in {b, "c"}',
            ("In", ("Name", "a"), ("SetLiteral", (("WordLiteral", "b"), ("StringLiteral", "c")))),
        ),
        ("a has when", ("Has", ("Name", "a"), ("WordLiteral", "when"))),
        ('a starts with "b"', ("StartsWith", ("Name", "a"), ("String", "b"))),
        ("known(a)", ("Known", ("Name", "a"))),
        ("message contains p", ("Contains", None, "one", (("Name", "p"),))),
        ("a.b contains all of p, q", ("Contains", ("Name", "a.b"), "all", (("Name", "p"), ("Name", "q")))),
        ("message contains any of p", ("Contains", None, "any", (("Name", "p"),))),
        ("message is p", ("MessageIs", ("Name", "p"))),
        ("message.length > 5", ("Length", ("Operator", ">"), ("IntLiteral", 5))),
        ("count(p) >= 2", ("Count", ("Name", "p"), False, ("Operator", ">="), ("IntLiteral", 2))),
        ("distinct ( p ) = 2", ("Count", ("Name", "p"), True, ("Operator", "="), ("IntLiteral", 2))),
    ],
)
def test_atoms(text: str, expected: tuple[Any, ...]) -> None:
    assert shape(condition(text)) == expected


def test_and_binds_closer_than_or_and_not_closest() -> None:
    a, b, c = (("Holds", ("Name", one)) for one in "abc")
    assert shape(condition("a or b and not c")) == ("Or", (a, ("And", (b, ("Not", c)))))
    assert shape(condition("(a or b) and c")) == ("And", (("Or", (a, b)), c))
    assert shape(condition("a and b and c")) == ("And", (a, b, c))


def test_near_binds_closer_than_or_and_or_closer_than_except() -> None:
    a, b, c = (("PatternName", ("Name", one)) for one in "abc")
    near = ("Near", a, "near", b, ("Distance", 3, "words"))
    assert shape(formula("a near b within 3 words or c")) == ("AnyOf", (near, c))
    assert shape(formula("(a or b) except c")) == ("Except", ("AnyOf", (a, b)), c)
    result = read("pattern x = a or b except c")
    assert [one.code for one in result.diagnostics] == ["or-except-mixed"]
    assert result.file is not None
    assert shape(result.file.items[0].formula) == ("Except", ("AnyOf", (a, b)), c)  # type: ignore[union-attr]


def test_atoms_of_formulas() -> None:
    words = ("Words", (("String", "a"), ("ListFile", ("String", "x"), None)))
    assert shape(formula('words("a", from "x")')) == words
    assert shape(formula('text exact("a")')) == ("Text", (("String", "a"),), True)
    assert shape(formula('text("a")')) == ("Text", (("String", "a"),), False)
    assert shape(formula(r"regex /a\/[/]b/c")) == ("Regex", (("RegexLiteral", r"a\/[/]b", True),))
    assert shape(formula("entity phone(us, gb)")) == (
        "Entity", ("Name", "phone"), (("Name", "us"), ("Name", "gb")),
    )  # fmt: skip
    assert shape(formula("a except in code")) == (
        "Except", ("PatternName", ("Name", "a")), ("InZones", (("Name", "code"),)),
    )  # fmt: skip


@pytest.mark.parametrize(
    "word", ["text", "words", "url", "regex", "phone", "any", "rule", "count", "except_"]
)
def test_a_keyword_is_one_only_where_the_grammar_wants_it(word: str) -> None:
    assert shape(condition(f"message contains {word}")) == ("Contains", None, "one", (("Name", word),))
    (block,) = whole(f'pattern {word} {{ words "a" }}').items
    assert isinstance(block, syntax.PatternBlock)
    assert block.name.text == word


def test_facts_may_be_called_what_clauses_are_called() -> None:
    (facts,) = whole(
        "facts { message.title : text optional  optional : int = 0  days : int  when : bool }"
    ).items
    assert isinstance(facts, syntax.Facts)
    assert [one.name.text for one in facts.facts] == ["message.title", "optional", "days", "when"]
    assert [one.optional for one in facts.facts] == [True, False, False, False]
    (then,) = clauses("rule x", "then redact")
    assert then.action.text == "redact"


# ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────


def test_clauses_of_a_rule_come_in_any_order() -> None:
    text = (
        "was a, b  active until 2027-01-01  rollout 0.5% by s.id  mode shadow  priority -5  "
        'queue "q"  label l, m '
        'redact p, q with "[x]"  notify sender when a { en "b" pt-BR "c" es-419 "d" }  '
        "then hold  unless b  when a"
    )
    kinds = [type(one).__name__ for one in clauses("rule x", text)]
    assert kinds == [
        *["Was", "Active", "Rollout", "Mode", "Priority", "Queue", "Label", "Redact", "Notify", "Then"],
        *["Unless", "When"],
    ]
    notify = syntax.clause(clauses("rule x", text), syntax.Notify)
    assert notify is not None
    assert shape(notify.texts) == tuple(
        ("LocalText", ("Name", locale), ("String", said))
        for locale, said in [("en", "b"), ("pt-BR", "c"), ("es-419", "d")]
    )


def test_parts_of_an_expectation_come_in_any_order() -> None:
    (expect,) = clauses('test "x"', "expect hold undecided d not c only by a, b")
    names = [[one.text for one in part] for part in (expect.by, expect.not_by, expect.undecided)]
    assert (names, expect.only) == ([["a", "b"], ["c"], ["d"]], True)


def test_targets_of_an_exemption() -> None:
    (targets,) = clauses("exempt x", "from pattern p, r, label l, all")
    assert [(one.what, one.name and one.name.text) for one in targets.targets] == [
        ("pattern", "p"), ("rule", "r"), ("label", "l"), ("all", None),
    ]  # fmt: skip


def test_except_takes_lists_of_zones_and_patterns() -> None:
    zones, names, words = clauses("pattern x", 'except in code, quote  except a, b  except words "c"')
    assert [one.text for one in zones.removed[0].zones] == ["code", "quote"]
    assert [one.name.text for one in names.removed] == ["a", "b"]
    assert shape(words.removed) == (("Words", (("String", "c"),)),)


def test_a_score_takes_points_of_any_sign() -> None:
    (score,) = whole("score s { -2 when a = 3 -1 when b  0.5 per match of p up to 2 }").items
    assert isinstance(score, syntax.Score)
    assert [one.points.value for one in score.entries] == [-2, -1, Decimal("0.5")]


def test_strings_have_their_escapes_resolved() -> None:
    (reason,) = clauses("rule x", r'reason "a\"b\\c\n\u{1F4DE}"')
    assert reason.text.value == 'a"b\\c\n\U0001f4de'


# ── Mistakes ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "rule r { when veteran unles trusted then block }",
            "expected `unless` or `then` after the condition, found `unles`",
        ),
        ("rule r { when then block }", "expected a condition after `when`, found `then`"),
        ("rule r { when a then }", "expected an action after `then`, found `}`"),
        (
            "rule r { when message contians p }",
            "expected `contains` or `is` after `message`, found `contians`",
        ),
        ("patern p = a or b", "expected a definition such as `pattern`, found `patern`"),
        ("define x = a and", "expected a condition after `and`, found the end of the file"),
        (
            "pattern p = a near b within 3 wrods",
            "expected `characters` or `words` after the number `3`, found `wrods`",
        ),
        (
            "policy p { actons a < b }",
            "expected a clause such as `actions` in the policy block, found `actons`",
        ),
        ("facts { a : int, b : int }", "facts need no `,` between them"),
        ("define x = a == b", "equality is written with one `=`"),
        ("define x = a = 3 fortnights", "there is no unit `fortnights`"),
        ("policy p { limit message 64 kb }", "a size is given in `B`, `KiB` or `MiB`, found `kb`"),
        (
            'define x = message contains "zoom"',
            'expected the name of a pattern after `contains`, found the string `"zoom"`',
        ),
        ("rule phone-numbers { when a then block }", "a name has no hyphens, found `phone-numbers`"),
        ("rule PhoneNumbers { when a then block }", "names are written in snake_case, found `PhoneNumbers`"),
        ("pattern p = regex /zoom/i", "the only flag of a regular expression is `c`, found `i`"),
        ("pattern p = regex /zoom", "this regular expression does not end on its line"),
        ('pattern p { words "zoom }', "this string does not end on its line"),
        ('use "a\\q"', "`\\q` is not an escape that strings have"),
        ("rule r { when a then block", "this `{` is never closed"),
        (
            "rule r { if a then block }",
            "expected `when`, `unless` or `then` in the rule, found `if`",
        ),
        ("rule r { when a then block } {", "expected a definition such as `rule` or `pattern`, found `{`"),
        ("define x = a // no", "a comment begins with `#`"),
        ("define x = a > 3days", "a space stands between a number and its unit"),
        ('test "x" { given a: 1 }', "no `:` stands here"),
        ("define x = message contains any p, q", "`any of` stands before several patterns"),
        ("define x = a is none", "a fact is compared with `=`, found `is`"),
        ("define x = a in [b]", "sets are written in braces: `{a, b}`"),
        ("use 'x'", "strings are written in double quotes"),
        ('import "x"', "expected a definition such as `use`, found `import`"),
        ('pattern p { words "zoom, "skype" }', "the quotes on this line do not pair up"),
        ("rule r { when a then block }\n}", "this `}` closes nothing"),
        ("rule r { when a then block then warn }", "`then` stands here a second time"),
        ("define x = " + "(" * 10_000 + "a" + ")" * 10_000, "this is nested more than 100 deep"),
        ("define x = " + "not " * 10_000 + "a", "this is nested more than 100 deep"),
        ("pattern x = a" + " near a within 1 words" * 200, "this is nested more than 100 deep"),
        ("define x = a = " + "9" * 5_000, "a number has at most 40 characters"),
        (
            "pattern p = a near b within 1.5 words",
            "a distance is a whole number from 0 to 1_000_000, found `1.5`",
        ),
    ],
)
def test_one_mistake_is_one_sentence(text: str, expected: str) -> None:
    assert [one.message for one in read(text).diagnostics] == [expected]


def test_a_misspelled_word_is_put_right_by_its_fix() -> None:
    text = "rule r { when veteran unles trusted then block }"
    (mistake,) = read(text).diagnostics
    assert mistake.label == "did you mean `unless`?"
    assert mistake.fix is not None
    fixed = text[: mistake.fix.span.start] + mistake.fix.replacement + text[mistake.fix.span.end :]
    whole(fixed)


def test_all_mistakes_of_a_file_are_reported_and_the_rest_is_kept() -> None:
    text = """\
rule one {
  when veteran
  uless trusted
  then block
  reasn "x"
}
rul two { when x then y }
define three = a and
pattern four { words "a", 3 }
rule five { when x then block }
"""
    assert said(text) == ["3:3 syntax", "5:3 syntax", "7:1 syntax", "9:1 syntax", "9:27 syntax"]
    file = read(text).file
    assert file is not None
    assert file.broken
    assert file.damaged == {"one", "two", "three", "four"}
    names = [one.name.text for one in file.items if isinstance(one, (syntax.Rule, syntax.PatternBlock))]
    assert names == ["one", "four", "five"]
    assert isinstance(file.items[0], syntax.Rule)
    assert [type(one).__name__ for one in file.items[0].clauses] == ["When", "Then"]


def test_a_forgotten_brace_does_not_swallow_the_next_rule() -> None:
    text = "rule a {\n  when x\n  then block\n\nrule b {\n  when x\n  then block\n}\n"
    assert said(text) == ["1:8 missing-brace"]
    (mistake,) = read(text).diagnostics
    assert mistake.secondary[0][0].start == text.index("rule b")
    file = read(text).file
    assert file is not None
    assert len(file.items) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rule рhone { when a then block }", ["1:6 look-alike-character"]),
        ("define x = a ≥ 3", ["1:14 look-alike-character"]),
        ("rule\u00a0a { when x then block }", ["1:5 invisible-character"]),
        ("rule a\u200b { when x then block }", ["1:7 invisible-character"]),
        ("use “a.policy”", ["1:5 look-alike-character"]),
        ('use "a\u202eb"', ["1:7 bidi-control"]),
        ("# a \u2066 comment", ["1:5 bidi-control"]),
        ('use "a\x00b"', ["1:7 control-character"]),
        ("\x00", ["1:1 control-character"]),
        ("rule 電話 { when x then block }", ["1:6 odd-character", "1:7 odd-character"]),
        ("\ufeffdefine x = a", ["1:1 byte-order-mark"]),
        ('use "電話 ‘é’ \U0001f4de\u200d"  # каждый', []),
        ("define x = a\r\ndefine y = b\r\n", []),
        ("define x = a\rdefine y = b", ["1:13 control-character"]),
    ],
)
def test_odd_characters(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_an_empty_file_has_no_items() -> None:
    assert whole("").items == ()
    assert whole("# nothing yet\n").items == ()


def test_the_largest_file_and_one_byte_more() -> None:
    assert said("#" * FILE_BYTES_MAX) == []
    assert said("#" * (FILE_BYTES_MAX + 1)) == ["1:1 file-too-large"]
    assert said("#" + "é" * (FILE_BYTES_MAX // 2)) == ["1:1 file-too-large"]


def test_nesting_at_the_limit() -> None:
    assert said("define x = " + "(" * 100 + "a" + ")" * 100) == []
    assert said("define x = " + "(" * 101 + "a" + ")" * 101) == ["1:112 nested-too-deeply"]
    assert said("define x = " + "not " * 100 + "a") == []
    assert said("define x = " + "not " * 101 + "a") == ["1:12 nested-too-deeply"]


def test_a_file_of_something_else_ends_early() -> None:
    codes = [one.code for one in read("rule a { when x thn y }\n" * 500).diagnostics]
    assert len(codes) == 101
    assert "too-many-mistakes" in codes


@given(st.text(alphabet='ab"/{}(),#=\n\\ é“\u202e<&;.[]-0', max_size=60))
def test_lexemes_lose_nothing(text: str) -> None:
    assert "".join(one.text for one in scan(text)) == text


WORDS = sorted({one.text for one in scan(PAGE) if one.kind in {"word", "sign", "number"}})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_policies_give_mistakes_and_nothing_else(data: st.DataObject) -> None:
    items = PAGE.split("\n\n")
    text = "\n".join(data.draw(st.lists(st.sampled_from(items), min_size=1, max_size=3)))
    pieces = [one.text for one in scan(text)]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        damage = data.draw(st.sampled_from(["drop", "double", "word", "character"]))
        if damage == "drop":
            pieces[at] = ""
        elif damage == "double":
            pieces[at] *= 2
        elif damage == "word":
            pieces[at] = data.draw(st.sampled_from(WORDS))
        else:
            pieces[at] = data.draw(st.characters()) + pieces[at][1:]
    text = "".join(pieces)
    result = read(text)
    for one in result.diagnostics:
        assert one.code in CODES
        assert 0 <= one.span.start <= one.span.end <= len(text)
        assert one.message[:1].islower() or one.message[:1] == "`"
        assert not one.message.endswith(".")
    assert result.file is not None
    assert result.file.broken or not any(one.is_error and one.code == "syntax" for one in result.diagnostics)
