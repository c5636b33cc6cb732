"""`solon check` of files that cannot be read: each slip has its code, its place and nothing beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.cli.group import group

HEAD = "policy p { actions allow < block default allow }\n"
APP = 'pattern app { words "zoom" }\n'
SLIPS = {
    "bad-escape": 'pattern a { text "C:\\dir" }',
    "bad-name": 'pattern PhoneNumber { words "x" }',
    "bad-number": 'pattern a = words("x") near words("y") within 1.5 words',
    "control-character": 'pattern a { words "x\x01y" }',
    "duplicate-clause": APP + "rule r { when message contains app when message contains app then block }",
    "nested-too-deeply": f"{APP} rule r {{ when {'(' * 101}message contains app{')' * 101} then block }}",
    "odd-character": "§",
    "stray-brace": 'pattern a { words "x" } }',
    "unterminated-regex": "pattern a { regex /call me }",
    "unterminated-string": 'pattern a { words "zoom }',
    "missing-brace": 'pattern a { words "zoom"',
    "bidi-control": 'pattern a { words "\u202ezoom" }',
    "syntax": APP + "rule r { wehn message contains app then block }",
}


@pytest.mark.parametrize("code", sorted(SLIPS))
def test_a_slip_has_its_code_and_its_place(code: str, tmp_path: Path) -> None:
    path = tmp_path / "slip.policy"
    path.write_text(HEAD + SLIPS[code], encoding="utf-8")
    result = CliRunner().invoke(group, ["check", str(path), "--format", "json"])
    assert result.exit_code == 1
    errors = [one for one in json.loads(result.stdout)["diagnostics"] if one["severity"] == "error"]
    assert [one["code"] for one in errors] == [code]
    assert errors[0]["file"] == "slip.policy"
    assert errors[0]["line"] > 1
    in_words = CliRunner().invoke(group, ["check", str(path)])
    assert f"error[{code}]: " in in_words.stdout
    assert "slip.policy:" in in_words.stdout
    assert not {one for one in in_words.stdout if one in "\x01\u202e"}


def test_a_used_file_with_nothing_in_it(tmp_path: Path) -> None:
    (tmp_path / "root.policy").write_text(HEAD + 'use "empty.policy"\n', encoding="utf-8")
    (tmp_path / "empty.policy").write_text("# nothing yet\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["check", str(tmp_path / "root.policy"), "--format", "json"])
    assert [one["code"] for one in json.loads(result.stdout)["diagnostics"]] == ["empty-file"]


ODD = [b"", b"\x00" * 100, b"\xff\xfe", "\ufeff".encode(), b"{" * 50_000, b"((" * 50_000]


@pytest.mark.parametrize("content", ODD)
def test_no_file_makes_it_crash(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.policy"
    path.write_bytes(content)
    for verb, *more in (["check"], ["test"], ["compile"], ["fmt"], ["decide", "hello"]):
        result = CliRunner().invoke(group, [verb, str(path), *more])
        assert result.exit_code == 1 or verb == "fmt", (verb, result.output[:300])
        assert result.exception is None or isinstance(result.exception, SystemExit)
    assert path.read_bytes() in (content, content.removeprefix("\ufeff".encode()))
