"""A document that is edited says at any time what reading all of it anew says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from solon.dsl.parser import parse
from solon.dsl.source import Source
from solon.editor.document import Document
from solon.editor.positions import Place, Positions, Units
from solon.editor.shifting import shifted

ROOT = Path(__file__).resolve().parents[2]
SMALL = """\
# A policy.
policy p { actions allow < block  default allow }
facts { sender.role : enum(freelancer, client)  rule : bool = false }
define early = sender.role = client   # comment
  and rule
pattern app { words "zoom", "𝕫oom" match "zoom" }
pattern near_it = app near words("call")
  within 3 words
rule apps {
  when   early and message contains app   # {
  then   block
}
todo test "one" { given sender.role = client message "zoom }" expect allow }
score s { 1 when early }

exempt e { when rule from apps reason "x" }
"""
BITS = [
    "",
    "x",
    "{",
    "}",
    '"',
    "#",
    "\n",
    "rule r {",
    "when early",
    "\n\nrule b { when early then block }\n",
    "/",
    "𝕫",
    " ",
]


def whole(document: Document) -> None:
    """The document against `parse`."""
    result = document.snapshot().result()
    expected = parse(Source("p.policy", document.text))
    assert result.file is not None
    assert expected.file is not None
    ours, theirs = (any(d.is_error for d in one.diagnostics) for one in (result, expected))
    assert ours == theirs, document.text
    if not theirs:
        assert result.file == expected.file
        assert result.diagnostics == expected.diagnostics


def test_a_text_is_read_in_pieces_as_in_one_go() -> None:
    for path in sorted(ROOT.glob("examples/game_chat/*.policy")) + sorted(ROOT.glob("dsl/std/*_es.policy")):
        document = Document("p.policy", path.read_text(encoding="utf-8"))
        whole(document)
        snapshot = document.snapshot()
        assert "".join(piece.text for piece in snapshot.pieces) == document.text


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_lead_where_reading_anew_leads(seed: int) -> None:
    chance = random.Random(seed)
    document = Document("p.policy", SMALL)
    for _ in range(40):
        text = document.text
        if chance.random() < 0.4:  # the file is put right again, in one edit of what differs
            start = next((at for at, (a, b) in enumerate(zip(text, SMALL, strict=False)) if a != b), 0)
            document.edit(start, len(text), SMALL[start:])
            whole(document)
            assert document.text == SMALL
            continue
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 3, 40]))
        new = chance.choice(BITS)
        document.edit(start, end, new)
        assert document.text == text[:start] + new + text[end:]
        whole(document)


def test_an_edit_reads_what_it_touches_and_no_more() -> None:
    text = "".join(f"rule r{number} {{ when true then block }}\n" for number in range(300))
    document = Document("p.policy", text)
    at = text.index("r150") + 1
    fresh = document.edit(at, at, "x")
    assert list(fresh) == [150]
    names = [item.name.text for item in document.snapshot().result().file.items]  # type: ignore[union-attr]
    assert names[149:152] == ["r149", "rx150", "r151"]


def test_a_name_that_looks_like_an_item_does_not_cut_it() -> None:
    text = SMALL + "define late = early or\nrule\n"
    whole(Document("p.policy", text))


def test_a_file_that_is_too_large_is_refused_and_taken_again() -> None:
    document = Document("p.policy", "#" * (8 * 1024 * 1024 + 1))
    assert [one.code for one in document.snapshot().result().diagnostics] == ["file-too-large"]
    document.edit(0, len(document.text), SMALL)
    whole(document)


def test_moving_moves_every_span_and_nothing_else() -> None:
    file = parse(Source("p.policy", SMALL)).file
    assert file is not None
    later = parse(Source("p.policy", "\n" * 7 + SMALL)).file
    assert later is not None
    assert shifted(file.items, 7) == later.items
    assert shifted(file.items, 0) is file.items


@pytest.mark.parametrize("units", list(Units))
def test_places_go_there_and_back(units: Units) -> None:
    text = "a𝕫b\r\ncé\rd\n\u2028e\x0bf\n\n🧑‍🔬x"
    positions = Positions(text, units)
    assert positions.line_count == 6
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":  # the place between the two is the line's end
            assert positions.offset(*positions.place(offset)) == offset


def test_places_count_what_the_client_counts_and_take_anything() -> None:
    text = "a𝕫b\r\ncé\rd"
    assert Positions(text, Units.UTF16).place(2) == Place(0, 3)
    assert Positions(text, Units.UTF8).place(2) == Place(0, 5)
    assert Positions(text, Units.UTF32).place(2) == Place(0, 2)
    utf16 = Positions(text, Units.UTF16)
    assert utf16.offset(0, 2) == 1  # inside of the letter: its start
    assert utf16.offset(0, 99) == 3  # past the end: the end, before the characters that end the line
    assert utf16.offset(99, 0) == len(text)
    assert utf16.offset(-1, -1) == 0
    assert utf16.offset(2, 0) == text.index("d")
    assert Positions("\ud800x", Units.UTF8).place(1) == Place(0, 3)


def test_a_file_of_nothing_but_mistakes_is_left_after_some() -> None:
    document = Document("p.policy", "rule\n" * 20_000)
    assert len(document.snapshot().result().diagnostics) == 200
    document.edit(0, len(document.text), SMALL)
    whole(document)
