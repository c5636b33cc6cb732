"""The verbs of the command line: what they print, as words and as JSON, and their exit codes.

These are 0 where all is clean, 1 for findings, 2 for wrong use.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from solon.cli import VERBS, main
from solon.cli.group import group

HEAD = """\
policy contact { actions allow < hold default allow }
facts { sender.role : enum(freelancer, client)  sender.tenure : duration = 0 days }
"""
RULE = """\
rule apps {
  when message contains app and sender.role = client and sender.tenure < 30 days
  then hold
  redact app
  notify sender "Calls go through Messages."
}
test "a client names an app" {
  given sender.role = client
  message "on Zoom at 5?"
  expect hold by apps
}
"""
CLEAN = f'{HEAD}pattern app {{ words "zoom", "skype" match "on Zoom?" no_match "zooms in" }}\n{RULE}'
MISTAKEN = CLEAN.replace("contains app", "contains ap")
WARNED = CLEAN.replace("rule apps", 'pattern unused { words "viber" }\nrule apps')
FAILING = CLEAN.replace("expect hold by apps", "expect allow")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("clean", CLEAN), ("mistaken", MISTAKEN), ("warned", WARNED), ("failing", FAILING)):
        (tmp_path / f"{name}.policy").write_text(text, encoding="utf-8")
    return tmp_path


def solon(*words: str, given: str | bytes | None = None, **env: str) -> Result:
    result = CliRunner().invoke(group, words, prog_name="solon", input=given, env={"COLUMNS": "80", **env})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def document(result: Result) -> Any:
    """What a program reads from standard output: one JSON document, whatever stands on the other stream."""
    return json.loads(result.stdout)


# ── Verbs and wrong use ──────────────────────────────────────────────────────────────────────────────


def test_help_names_every_verb_and_every_verb_has_help() -> None:
    text = solon("--help").stdout
    for verb, sentence in VERBS.items():
        assert verb in text
        assert sentence in text
        assert "Usage: solon " + verb in solon(verb, "--help").stdout


def test_a_verb_that_was_probably_meant() -> None:
    result = solon("chekc")
    assert result.exit_code == 2
    assert "Did you mean 'check'?" in result.stderr


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("init", "keygen", "lsp")])
def test_without_its_file_a_verb_is_wrong_use(verb: str, folder: Path) -> None:
    assert solon(verb).exit_code == 2
    missing = solon(verb, "nowhere.policy", *(["hello"] if verb == "explain" else []))
    assert missing.exit_code == 2
    assert "nowhere.policy" in missing.stderr


def test_the_version_is_said_whether_installed_or_not() -> None:
    result = solon("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("solon, version ")


def test_the_command_is_there_for_a_shell(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from solon.cli import main; main()", "check", "mistaken.policy"],
        capture_output=True, text=True, cwd=folder, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "did you mean `app`?" in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_without_the_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("solon.cli.click", None)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert 'pip install "solon[author]"' in capsys.readouterr().err


# ── init, check, fmt ─────────────────────────────────────────────────────────────────────────────────


def test_what_init_writes_is_clean_and_formatted_and_passes(folder: Path) -> None:
    assert solon("init", "first").exit_code == 0
    assert solon("check", "first/contact.policy").exit_code == 0
    assert solon("fmt", "--check", "first/contact.policy").exit_code == 0
    assert solon("test", "first/contact.policy").exit_code == 0
    assert solon("compile", "first/contact.policy").exit_code == 0


def test_init_overwrites_nothing(folder: Path) -> None:
    solon("init")
    (folder / "contact.policy").write_text("mine")
    assert solon("init").exit_code == 2
    assert (folder / "contact.policy").read_text() == "mine"


@pytest.mark.parametrize(("name", "code"), [("clean", 0), ("warned", 1), ("mistaken", 1)])
def test_check_finds_or_not(name: str, code: int, folder: Path) -> None:
    assert solon("check", f"{name}.policy").exit_code == code
    in_json = solon("check", f"{name}.policy", "--format", "json")
    assert in_json.exit_code == code
    assert bool(document(in_json)["diagnostics"]) == bool(code)


def test_check_of_many_reports_each(folder: Path) -> None:
    result = solon("check", "mistaken.policy", "warned.policy", "clean.policy")
    assert "unknown-pattern" in result.stdout
    assert "unused-pattern" in result.stdout
    assert "3 checked: 1 error, 1 warning" in result.stdout


def test_json_can_be_asked_for_by_the_environment(folder: Path) -> None:
    assert (
        document(solon("check", "mistaken.policy", SOLON_FORMAT="json"))["diagnostics"][0]["code"]
        == "unknown-pattern"
    )


def test_colours_where_forced_and_none_where_not_wanted(folder: Path) -> None:
    assert "\x1b[31m" in solon("check", "mistaken.policy", FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b" not in solon("check", "mistaken.policy", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_fmt_formats_once(folder: Path) -> None:
    path = folder / "clean.policy"
    assert solon("fmt", "--check", "clean.policy").exit_code == 1
    assert path.read_text() == CLEAN
    shown = solon("fmt", "--diff", "clean.policy")
    assert shown.exit_code == 1
    assert "+  expect  hold by apps" in shown.stdout
    assert path.read_text() == CLEAN
    assert solon("fmt", "clean.policy").exit_code == 0
    once = path.read_text()
    assert once != CLEAN
    assert solon("fmt", "clean.policy").stdout == ""
    assert path.read_text() == once
    assert solon("fmt", "--check", "clean.policy").exit_code == 0


def test_fmt_leaves_what_it_cannot_read(folder: Path) -> None:
    for name, content in (("torn", b"rule r { when"), ("latin", b"policy caf\xe9 {}")):
        path = folder / f"{name}.policy"
        path.write_bytes(content)
        result = solon("fmt", str(path))
        assert result.exit_code == 1
        assert "left as it is" in result.stderr
        assert path.read_bytes() == content


def test_fmt_keeps_the_line_ends_and_the_mode_of_a_file(folder: Path) -> None:
    path = folder / "clean.policy"
    path.chmod(0o640)
    solon("fmt", "clean.policy")
    assert path.stat().st_mode & 0o777 == 0o640
    assert b"\r" not in path.read_bytes()


# ── test ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("flags", [[], ["--reference"]])
def test_tests_pass_and_fail(flags: list[str], folder: Path) -> None:
    passed = solon("test", "clean.policy", *flags)
    assert passed.exit_code == 0
    assert passed.stdout == "3 cases passed, 0 failed\n"
    failed = solon("test", "failing.policy", *flags)
    assert failed.exit_code == 1
    assert 'FAILED "a client names an app"' in failed.stdout
    assert "expected allow, got hold by apps" in failed.stdout


def test_tests_as_json(folder: Path) -> None:
    cases = document(solon("test", "failing.policy", "--format", "json"))["cases"]
    assert [case["passed"] for case in cases] == [True, True, False]
    assert cases[2]["problems"] == ["expected allow, got hold by apps"]
    assert (cases[2]["file"], cases[2]["line"]) == ("failing.policy", 12)


def test_tests_of_a_name(folder: Path) -> None:
    assert solon("test", "failing.policy", "--filter", "match of app").stdout == "2 cases passed, 0 failed\n"
    none = solon("test", "clean.policy", "--filter", "nothing is called so")
    assert none.exit_code == 2
    assert "there is no test" in none.stderr


def test_tests_of_a_policy_with_mistakes(folder: Path) -> None:
    result = solon("test", "mistaken.policy")
    assert result.exit_code == 1
    assert "unknown-pattern" in result.stdout


def test_a_todo_test_is_expected_to_fail(folder: Path) -> None:
    (folder / "later.policy").write_text(FAILING.replace('test "', 'todo test "'))
    assert solon("test", "later.policy").stdout == "3 cases passed, 0 failed, 1 todo\n"
    (folder / "surprise.policy").write_text(CLEAN.replace('test "', 'todo test "'))
    surprise = solon("test", "surprise.policy")
    assert surprise.exit_code == 1
    assert "drop the `todo`" in surprise.stdout


# ── compile, inspect ─────────────────────────────────────────────────────────────────────────────────


def test_compile_and_inspect(folder: Path) -> None:
    compiled = document(solon("compile", "clean.policy", "--format", "json"))
    data = (folder / "clean.solon").read_bytes()
    assert compiled["artifact"] == "clean.solon"
    assert compiled["bytes"] == len(data)
    inspected = document(solon("inspect", "clean.solon", "--format", "json"))
    assert inspected["sha256"] == compiled["sha256"]
    assert inspected["bytes"] == len(data)
    assert inspected["rules"] == ["apps"]
    assert list(inspected["patterns"]) == ["app"]
    words = solon("inspect", "clean.solon")
    assert compiled["sha256"] in words.stdout
    assert "decision" in words.stdout


def test_the_same_policy_gives_the_same_bytes(folder: Path) -> None:
    solon("compile", "clean.policy", "-o", "one.solon")
    solon("compile", "clean.policy", "-o", "two.solon")
    assert (folder / "one.solon").read_bytes() == (folder / "two.solon").read_bytes()


def test_compile_is_all_or_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = folder / "kept.solon"
    target.write_bytes(b"the old one")
    assert solon("compile", "mistaken.policy", "-o", "kept.solon").exit_code == 1
    assert target.read_bytes() == b"the old one"

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = solon("compile", "clean.policy", "-o", "kept.solon")
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert target.read_bytes() == b"the old one"
    assert not list(folder.glob(".kept.solon*"))


def test_compile_into_a_folder_that_is_not_there(folder: Path) -> None:
    result = solon("compile", "clean.policy", "-o", "nowhere/clean.solon")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


def test_what_is_too_large_to_compile_is_a_finding(folder: Path) -> None:
    large = HEAD + "pattern app { regex /(a|b)*a(a|b){18}/ }\n" + RULE
    (folder / "large.policy").write_text(large, encoding="utf-8")
    for verb in ("compile", "test", "decide"):
        words = [verb, "large.policy", *(["x"] if verb == "decide" else [])]
        assert "error[too-large]" in solon(*words).stdout
        result = solon(*words, "--format", "json")
        assert result.exit_code == 1
        assert document(result)["diagnostics"][0]["code"] == "too-large"


def test_a_damaged_artifact_is_refused_by_every_verb(folder: Path) -> None:
    solon("compile", "clean.policy")
    data = bytearray((folder / "clean.solon").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "damaged.solon").write_bytes(data)
    (folder / "cut.solon").write_bytes(data[:100])
    (folder / "foreign.solon").write_bytes(b"PK\x03\x04")
    (folder / "empty.solon").write_bytes(b"")
    for name in ("damaged", "cut", "foreign", "empty"):
        for words in (
            ["inspect", f"{name}.solon"],
            ["decide", f"{name}.solon", "x"],
            ["explain", f"{name}.solon", "x"],
        ):
            result = solon(*words)
            assert result.exit_code == 2, (name, words)
            assert f"{name}.solon: " in result.stderr
