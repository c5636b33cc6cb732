"""Diagnostics as people and programs see them."""

from __future__ import annotations

import json

import pytest

from solon.dsl.diagnostics import Diagnostic, Fix, closest, in_order
from solon.dsl.render import LINE_CHARS_MAX, as_json, escaped, render, width
from solon.dsl.source import Position, Source, Span

TEXT = "\n" * 40 + "  when message contains any of meting_talk, scheduling\n"
SOURCE = Source("contact.policy", TEXT)


def at(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return Span(source.path, start, start + len(words))


def test_the_shape_that_the_style_shows() -> None:
    mistake = Diagnostic(
        "syntax",
        at(SOURCE, "meting_talk"),
        "there is no pattern `meting_talk`",
        "did you mean `meeting_talk`?",
    )
    assert (
        render([mistake], [SOURCE])
        == """\
error[syntax]: there is no pattern `meting_talk`
  --> contact.policy:41:32
   |
41 |   when message contains any of meting_talk, scheduling
   |                                ^^^^^^^^^^^ did you mean `meeting_talk`?
"""
    )


def test_labels_of_other_places_notes_and_help() -> None:
    source = Source("a.policy", "rule a {\n  when x\n  then y\n\n\n\nrule a {}\n")
    other = Source("b.policy", "rule a {}\n")
    mistake = Diagnostic(
        "syntax",
        Span("a.policy", 35, 36),
        "two rules are called `a`",
        "the second",
        notes=("names are shared by all files",),
        help=("rename one",),
        secondary=((Span("a.policy", 5, 6), "the first"), (at(other, "a"), "and one here")),
    )
    assert (
        render([mistake], [source, other])
        == """\
error[syntax]: two rules are called `a`
 --> a.policy:7:6
  |
1 | rule a {
  |      - the first
...
7 | rule a {}
  |      ^ the second
 ::: b.policy:1:6
  |
1 | rule a {}
  |      - and one here
  = note: names are shared by all files
  = help: rename one
"""
    )


def test_two_places_of_one_line() -> None:
    source = Source("a", "when a = b\n")
    mistake = Diagnostic(
        "syntax", Span("a", 9, 10), "no", "this is a word", secondary=((Span("a", 5, 6), "this is a number"),)
    )
    assert (
        render([mistake], [source])
        == """\
error[syntax]: no
 --> a:1:10
  |
1 | when a = b
  |      -   ^ this is a word
  |      this is a number
"""
    )


def test_wide_characters_and_tabs_are_aligned() -> None:
    source = Source("a", '\tuse "電話é\u0301" x\n')
    mistake = Diagnostic("syntax", at(source, "x"), "no", "here")
    below = render([mistake], [source]).split("\n")
    assert below[3] == '1 |     use "電話é\u0301" x'
    assert below[4].index("^") == len("1 |     use ") + width('"電話é\u0301" ')


def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    source = Source("a\x1b[2J", 'use "\x1b[31m\u202e\x00" x\n')
    mistake = Diagnostic("syntax", at(source, "x"), "found \x1b", "la\u202ebel", help=("he\x07lp",))
    text = render([mistake], [source])
    assert text.isprintable() or set(text) - {"\n"} == {one for one in text if one.isprintable()}
    for shown in (r"\u{1B}[31m\u{202E}\u{0}", r"found \u{1B}", r"la\u{202E}bel", r"he\u{7}lp", r"a\u{1B}[2J"):
        assert shown in text
    lines = text.split("\n")
    assert lines[4].index("^") == lines[3].rindex("x")


def test_a_place_over_several_lines_is_shown_by_its_first() -> None:
    source = Source("a", "rule a {\n  when x\n}\n")
    text = render([Diagnostic("syntax", Span("a", 0, 19), "no", "here")], [source])
    assert text.endswith("1 | rule a {\n  | ^^^^^^^^ here\n")


def test_a_long_line_is_cut_around_the_place() -> None:
    source = Source("a", "x" * 1_000 + " here " + "y" * 1_000_000)
    lines = render([Diagnostic("syntax", at(source, "here"), "no")], [source]).split("\n")
    assert all(len(line) < LINE_CHARS_MAX + 20 for line in lines)
    start = lines[4].index("^")
    assert lines[3][start : start + 4] == "here"
    assert lines[4].count("^") == 4


@pytest.mark.parametrize("offset", [0, 5, 6])
def test_the_end_of_a_file_can_be_pointed_at(offset: int) -> None:
    text = render([Diagnostic("syntax", Span("a", offset, offset), "no")], [Source("a", "abcde\n")])
    assert "^" in text


def test_a_file_that_could_not_be_read_has_no_excerpt() -> None:
    text = render(
        [Diagnostic("missing-file", Span("a.policy", 0, 0), "there is no file `a.policy`", "x?")], []
    )
    assert text == "error[missing-file]: there is no file `a.policy`\n --> a.policy:1:1\n  = note: x?\n"


def test_colours_change_nothing_but_colours() -> None:
    mistake = Diagnostic("empty-list", at(SOURCE, "any"), "no", "here", help=("x",))
    plain, coloured = (render([mistake], [SOURCE], colour=colour) for colour in (False, True))
    assert "\x1b[33m" in coloured
    for code in ("31", "33", "34", "1", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_as_json_has_all_there_is_to_know() -> None:
    span = at(SOURCE, "meting_talk")
    mistake = Diagnostic(
        "syntax",
        span,
        "no",
        "label",
        ("n",),
        ("h",),
        ((at(SOURCE, "any"), "other"),),
        Fix(span, "meeting_talk"),
    )
    (one,) = as_json([mistake], [SOURCE])
    assert json.loads(json.dumps(one)) == one
    place = {"file": "contact.policy", "line": 41, "end_line": 41}
    here = {**place, "column": 32, "end_column": 43}
    assert one == {
        **here,
        "code": "syntax",
        "severity": "error",
        "message": "no",
        "label": "label",
        "notes": ["n"],
        "help": ["h"],
        "related": [{**place, "column": 25, "end_column": 28, "message": "other"}],
        "fix": {**here, "replacement": "meeting_talk", "certain": False},
    }


def test_positions_count_characters() -> None:
    source = Source("a", "a\U0001f4deb\r\ncd")
    assert source.position(2) == Position(1, 3)
    assert source.position(5) == Position(2, 1)
    assert source.position(99) == Position(2, 3)
    assert source.line_text(1) == "a\U0001f4deb"
    assert source.line_text(2) == "cd"


def test_order_and_repetition_of_diagnostics() -> None:
    first = Diagnostic("syntax", Span("a", 3, 4), "b")
    second = Diagnostic("syntax", Span("a", 5, 6), "a")
    assert in_order([second, first, second]) == (first, second)


def test_what_was_probably_meant() -> None:
    assert closest("meting_talk", ["phone", "meeting_talk"]) == "meeting_talk"
    assert closest("zzz", ["phone", "meeting_talk"]) is None
    assert closest("a" * 1_000_000, ["a" * 999_999]) is None


def test_escaped_keeps_what_can_be_read() -> None:
    assert escaped("電話 é – “x”") == "電話 é – “x”"
    assert escaped("a\u200b\u00a0\ud800\ue000") == r"a\u{200B}\u{A0}\u{D800}\u{E000}"
