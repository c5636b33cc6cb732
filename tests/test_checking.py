"""`solon check --fix` and `--explain`, comments that allow, what was not decided."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from solon import checking
from solon.checking import fix_files, with_meaning
from solon.cli.group import group
from solon.dsl.codes import CODES
from solon.dsl.diagnostics import Fix
from solon.dsl.fixing import fixed
from solon.dsl.load import load_policy, load_policy_text
from solon.dsl.source import Span

HEAD = "policy p { actions allow < warn < block  default allow }\nfacts { n : int = 0 }\n"
APP = 'pattern app { words "zoom" }\n'
RULE = "rule r { when message contains app and n > 3 then warn }\n"
RULE += 'test "t" { given n = 4 message "zoom" expect warn by r }\n'


def told(text: str) -> list[tuple[str, int]]:
    checked = with_meaning(load_policy_text(text)).checked
    sources = checked.sources
    return [(one.code, sources[one.span.source_path].start(one.span).line) for one in checked.diagnostics]


def check(path: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["check", str(path), *options])


# ── Comments that allow ──────────────────────────────────────────────────────────────────────────────


def test_an_allow_silences_its_line_and_says_so_where_it_silences_nothing() -> None:
    quiet = HEAD + APP + 'pattern more { words "x" }   # allow(unused-pattern): the app asks for it\n' + RULE
    assert told(quiet) == []
    assert told(quiet.replace("unused-pattern", "unused-define")) == [
        ("unused-pattern", 4),
        ("unused-allow", 4),
    ]
    assert told(quiet.replace(": the app asks for it", "")) == [("unused-pattern", 4), ("unused-allow", 4)]
    assert told(quiet.replace("unused-pattern", "unused-pattern, unsed-pattern")) == [("unused-allow", 4)]
    assert told(quiet.replace("unused-pattern", "unused-pattern, syntax")) == [("unused-allow", 4)]


def test_what_looks_like_an_allow_in_a_string_is_none() -> None:
    text = HEAD + APP + RULE.replace("then warn }", 'then warn reason "# allow(unused-pattern): x" }')
    assert told(text) == []


def test_allows_of_findings_by_meaning_and_of_gaps_are_kept() -> None:
    never = "rule s { when n > 3 and n < 2 then block }  # allow(rule-never-fires, untested-rule): soon\n"
    assert told(HEAD + APP + RULE + never) == []
    allowed = HEAD.replace("allow }", "allow }   # allow(no-rule-looks): all others may do as they like")
    assert told(allowed + APP + RULE) == []


def test_nothing_is_called_unused_that_was_not_decided() -> None:
    text = HEAD + APP + RULE + "rule s { when n > 3 and n < 2 then block }  # allow(untested-rule): soon\n"
    text = text.replace("allow(untested-rule)", "allow(untested-rule, rule-never-fires)")
    meaning = with_meaning(load_policy_text(text), seconds=0)
    assert meaning.checked.diagnostics == ()
    assert "whether the rule `r` can fire" in meaning.not_decided


# ── Fixes ────────────────────────────────────────────────────────────────────────────────────────────

WRONG = (
    HEAD
    + "define unused = n = 1\n"
    + 'pattern app { words "zoom", "skype", "Zoom" }\n'
    + "rule r { when message contains app && n == 3 then warn }   # allow(unused-define): no\n"
    + 'test "t" { given n = 3 message "zoom" expect warn by r }\n'
)


def test_certain_fixes_are_made_until_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "wrong.policy"
    path.write_text(WRONG, encoding="utf-8")
    path.chmod(0o640)
    result = check(path, "--fix")
    assert result.exit_code == 0, result.output
    assert "wrong.policy:5: fixed syntax: `and` for `&&`" in result.output
    assert path.read_text(encoding="utf-8") == (
        HEAD
        + 'pattern app { words "zoom", "skype" }\n'
        + "rule r { when message contains app and n = 3 then warn }\n"
        + 'test "t" { given n = 3 message "zoom" expect warn by r }\n'
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["wrong.policy"]
    again = check(path, "--fix")
    assert again.output == "1 checked: 0 errors, 0 warnings\n"


def test_a_name_is_fixed_only_where_nothing_else_can_be_meant(tmp_path: Path) -> None:
    path = tmp_path / "names.policy"
    near = 'pattern meeting_talk { words "zoom" }\nrule r { when message contains meting_talk then warn }\n'
    path.write_text(HEAD + near, encoding="utf-8")
    fix_files(path)
    assert "contains meeting_talk then" in path.read_text(encoding="utf-8")
    two = 'pattern phone_1 { words "a" }\npattern phone_2 { words "b" }\n'
    two += "rule r { when message contains phone_3 then warn }\n"
    path.write_text(HEAD + two, encoding="utf-8")
    assert fix_files(path).made == ()
    assert path.read_text(encoding="utf-8") == HEAD + two


def test_definitions_of_a_file_that_others_may_use_stay(tmp_path: Path) -> None:
    (tmp_path / "shared.policy").write_text("define spare = n > 7\n", encoding="utf-8")
    path = tmp_path / "root.policy"
    path.write_text(HEAD + 'use "shared.policy"\n' + APP + RULE, encoding="utf-8")
    assert fix_files(path).made == ()
    assert [one.code for one in load_policy(path).diagnostics] == ["unused-define"]


def test_a_file_that_changed_meanwhile_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "busy.policy"
    path.write_text(WRONG, encoding="utf-8")

    def edited(root: Path, *, instead: object = None) -> object:
        checked = load_policy(root, instead=instead)  # type: ignore[arg-type]
        path.write_text("# somebody else's\n", encoding="utf-8")
        return checked

    monkeypatch.setattr(checking, "load_policy", edited)
    fixing = fix_files(path)
    assert fixing.made == ()
    assert [reason for _, reason in fixing.left_alone] == ["it was changed meanwhile"]
    assert path.read_text(encoding="utf-8") == "# somebody else's\n"


@pytest.mark.parametrize(
    ("text", "start", "end", "new", "result"),
    [
        ("a!b", 1, 2, "not", "a not b"),
        ("a && b", 2, 4, "and", "a and b"),
        ("a\u200bb", 1, 2, "", "a b"),
        ("(x)", 1, 2, "y", "(y)"),
    ],
)
def test_what_is_put_in_stays_a_word_of_its_own(
    text: str, start: int, end: int, new: str, result: str
) -> None:
    assert fixed(text, [Fix(Span("p", start, end), new)]) == result


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_code_is_explained(code: str) -> None:
    result = CliRunner().invoke(group, ["check", "--explain", code])
    assert result.exit_code == 0
    assert result.output.startswith(f"# {code}: {CODES[code].title}\n")


def test_a_code_that_there_is_not() -> None:
    result = CliRunner().invoke(group, ["check", "--explain", "rule-never-fire"])
    assert result.exit_code == 2
    assert "did you mean `rule-never-fires`?" in result.output


def test_fixes_travel_as_data(tmp_path: Path) -> None:
    path = tmp_path / "wrong.policy"
    path.write_text(WRONG.replace("&&", "and").replace("==", "="), encoding="utf-8")
    fixes = {
        one["code"]: one["fix"] for one in json.loads(check(path, "--format", "json").output)["diagnostics"]
    }
    assert fixes["duplicate-term"]["replacement"] == ""
    assert {one["certain"] for one in fixes.values() if one} == {True}
