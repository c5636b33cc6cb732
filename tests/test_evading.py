"""Examples tried again under the evasions that a level promises: what is tried, what gets through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.authoring import compile_checked
from solon.cli.group import group
from solon.dsl.load import load_policy_text
from solon.evading import Evaded, evade, spellings
from solon.matcher.engine import from_bytes

HEAD = "policy p { actions allow < warn  default allow }\n"
RULE = "rule r { when message contains a  then warn }\n"
ALWAYS = ["capitals", "invisible", "full-width", "bold"]
BASIC = [*ALWAYS, "look-alikes", "accents"]
STRONG = [*BASIC, "leet", "stretched", "apart", "apart with dots", "partly apart"]


def evaded(pattern: str, tests: str = "") -> Evaded:
    checked = load_policy_text(HEAD + pattern + "\n" + RULE + tests)
    assert checked.policy is not None, checked.diagnostics
    return evade(checked.policy, from_bytes(compile_checked(checked)))


@pytest.mark.parametrize(
    ("level", "kind", "names"),
    [
        ("none", "Words", ALWAYS),
        ("basic", "Words", BASIC),
        ("strong", "Words", STRONG),
        ("strong", "Regex", BASIC),
        ("strong", "Url", ["capitals", "invisible", "full-width"]),
    ],
)
def test_each_level_and_clause_promises_its_own(level: str, kind: str, names: list[str]) -> None:
    assert [name for name, _ in spellings("skype", [{"node": kind, "level": level}])] == names


def test_spellings_of_nothing_that_a_clause_finds() -> None:
    assert not list(spellings("skype", []))
    assert not list(spellings("skype", [{"node": "Text", "level": "basic", "exact": True}]))


def test_what_is_promised_holds() -> None:
    found = evaded('pattern a { words "skype", "google meet", "q8 talk" evasions strong  '
                   'match "on skype?", "a google  meet", "q8 talk" }')  # fmt: skip
    assert found.tried > 25
    assert not found.survivors


def test_expressions_and_literals_hold_what_they_promise() -> None:
    found = evaded(r'pattern a { regex /\bcall (me|us)\b/  text "t.me/"  match "call me", "see t.me/jess" }')
    assert found.tried > 8
    assert not found.survivors


def test_what_gets_through_is_named_with_its_place() -> None:
    found = evaded('pattern a { words "skype"  except text exact "SKYPE"  match "on skype?" }')
    (survivor,) = found.survivors
    assert (survivor.pattern, survivor.text, survivor.evasion) == ("a", "skype", "capitals")
    assert survivor.message == "on SKYPE?"
    assert survivor.place.line == 2


def test_the_texts_of_matched_are_tried_too() -> None:
    test = 'test "t" { message "on skype?" expect warn matched a "skype" }\n'
    found = evaded('pattern a { words "skype"  except text exact "SKYPE" }', test)
    assert [one.evasion for one in found.survivors] == ["capitals"]


def test_the_verb_counts_and_fails_where_any_gets_through(tmp_path: Path) -> None:
    path = tmp_path / "p.policy"
    path.write_text(
        HEAD + 'pattern a { words "skype"  except text exact "SKYPE"  match "on skype?" }\n' + RULE,
        encoding="utf-8",
    )
    words = CliRunner().invoke(group, ["test", "--evade", str(path)])
    assert words.exit_code == 1
    assert "EVADED a by capitals" in words.output
    assert "evasions tried, 1 got through" in words.output
    found = json.loads(CliRunner().invoke(group, ["test", "--evade", "--format", "json", str(path)]).output)
    assert [one["spelling"] for one in found["evasions"][0]["survivors"]] == ["SKYPE"]
    assert CliRunner().invoke(group, ["test", str(path)]).exit_code == 0
