"""`solon test`: JUnit for CI servers, watching, and completion for shells."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite

from solon.cli.group import group
from solon.watching import snapshot

POLICY = """\
policy contact { actions allow < hold default allow }
pattern app { words "zoom", "skype" match "on Zoom?" no_match "zooms in" }
rule apps { when message contains app then hold }
test "a \\u{1F4DE} & <app>" { message "on Zoom \\u{202E}at 5?" message "nothing" expect hold by apps }
todo test "not yet" { message "call me" expect hold }
"""
MAIN = "from solon.cli import main; main()"
# As a terminal starts it: what a shell's background job starts would ignore the signal.
IN_TERMINAL = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {MAIN}"


def test_junit_is_read_back_with_each_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("contact.policy").write_text(POLICY, encoding="utf-8")
    result = CliRunner().invoke(group, ["test", "contact.policy", "--junit", "out.xml"])
    assert result.exit_code == 1
    read = JUnitXml.fromfile("out.xml")
    [suite] = list(read)
    assert isinstance(suite, TestSuite)
    assert (suite.name, suite.tests, suite.failures, suite.skipped) == ("contact.policy", 5, 1, 1)
    cases = list(suite)
    assert [one.name for one in cases][2:4] == ["a 📞 & <app>", "a 📞 & <app> (2)"]
    assert [type(kind) for one in cases for kind in one.result] == [Failure, Skipped]
    [failure] = cases[3].result
    assert "expected hold, got allow" in failure.text
    assert "contact.policy:4" in failure.text
    assert not [kind for one in cases for kind in one.result if isinstance(kind, Error)]
    assert "\u202e" not in Path("out.xml").read_text(encoding="utf-8")


def lines_until(stream: int, wanted: bytes, seconds: float) -> bytes:
    """What a process says until it says this."""
    os.set_blocking(stream, False)
    until, said = time.monotonic() + seconds, b""
    while wanted not in said and time.monotonic() < until:
        try:
            said += os.read(stream, 65536)
        except BlockingIOError:
            time.sleep(0.02)
    return said


def test_watching_runs_again_on_a_change_and_stops_clean(tmp_path: Path) -> None:
    path = tmp_path / "contact.policy"
    path.write_text(POLICY, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", IN_TERMINAL, "test", "--watch", "contact.policy"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        stream = process.stdout.fileno()
        try:
            assert b"1 failed" in lines_until(stream, b"waiting for a change", 30)
            path.write_text("policy {", encoding="utf-8")
            assert b"error[syntax]" in lines_until(stream, b"waiting for a change", 30)
            path.write_text(POLICY.replace(' message "nothing"', ""), encoding="utf-8")
            assert b"0 failed" in lines_until(stream, b"waiting for a change", 30)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
            assert b"Traceback" not in lines_until(stream, b"Traceback", 0.1)
        finally:
            process.kill()


def test_a_snapshot_sees_changes_and_leaves_hidden_files_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x").write_text("x")
    (tmp_path / "a.policy").write_text("x")
    first = snapshot([tmp_path])
    assert [Path(name).name for name in first] == ["a.policy"]
    (tmp_path / "a.policy").write_text("xy")
    assert snapshot([tmp_path]) != first
    (tmp_path / "a.policy").unlink()
    assert snapshot([tmp_path]) == {}
    assert snapshot([tmp_path / "gone"]) == {}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str) -> None:
    result = CliRunner().invoke(group, ["completion", shell])
    assert result.exit_code == 0
    assert f"{shell}_complete" in result.stdout
    assert "_SOLON_COMPLETE" in result.stdout
    assert CliRunner().invoke(group, ["completion", "tcsh"]).exit_code == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a bash")
def test_a_real_bash_completes_a_value(tmp_path: Path) -> None:
    script = CliRunner().invoke(group, ["completion", "bash"]).stdout
    tool = tmp_path / "solon"
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{MAIN}" "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    asked = (
        f"{script}\nCOMP_WORDS=(solon check --format s) COMP_CWORD=3\n_solon_completion solon\n"
        'echo "${COMPREPLY[*]}"\n'
    )
    path = f"{tmp_path}:{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-c", asked], env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert result.stdout.split() == ["sarif"], result.stderr
