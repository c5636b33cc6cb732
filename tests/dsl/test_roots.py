"""Which root files a policy file belongs to, and the verbs that take them in its place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.cli.group import group
from solon.dsl.roots import has_policy_block, roots_of, used_paths

ROOT = Path(__file__).resolve().parents[2]
HEAD = "policy p { actions allow < block default allow }\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    texts = {
        "one.policy": HEAD + 'use "parts/a.policy"\n',
        "two.policy": "# policy p {\n" + HEAD + 'use "parts/a.policy" use "lonely/../parts/b.policy"\n',
        "parts/a.policy": 'use "b.policy"\nuse "a.policy"\n',
        "parts/b.policy": 'pattern b { words "zoom" match "zoom" }\n',
        "lonely/c.policy": 'pattern c { words "x" }\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def names(path: Path, top: Path) -> list[str]:
    return [one.name for one in roots_of(path, top)]


def test_a_root_is_its_own_and_parts_are_found_through_others_in_a_circle(folder: Path) -> None:
    assert names(folder / "one.policy", folder) == ["one.policy"]
    assert names(folder / "parts/b.policy", folder) == ["one.policy", "two.policy"]
    assert names(folder / "lonely/c.policy", folder) == []
    assert names(folder / "parts/b.policy", folder / "parts") == []


def test_a_policy_block_is_one_only_where_it_stands_as_one() -> None:
    assert has_policy_block('use "x"\n policy a {')
    assert not has_policy_block("# policy a {")
    assert not has_policy_block('test "policy a {" { message "policy b {" }')
    assert used_paths('use "a.policy"\n# use "b"\nuse\n "c.policy" use') == ["a.policy", "c.policy"]


def test_check_and_test_take_the_roots_of_a_part(folder: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(group, ["check", "--roots", "--format", "json", "parts/b.policy"])
    said = json.loads(result.stdout)["diagnostics"]
    assert {one["code"] for one in said if one["severity"] == "error"} == {"use-cycle"}
    (folder / "parts/a.policy").write_text('use "b.policy"\n', encoding="utf-8")
    assert "2 checked: 0 errors" in runner.invoke(group, ["check", "--roots", "parts/b.policy"]).stdout
    result = runner.invoke(group, ["test", "--roots", "parts/b.policy", "one.policy"])
    assert "2 cases passed, 0 failed" in result.stdout
    result = runner.invoke(group, ["check", "--roots", "lonely/c.policy"])
    assert "no file with a `policy` block uses it" in result.stderr


def hooks() -> dict[str, str]:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    return dict(re.findall(r"^- id: (\S+)\n(?:  .*\n)*?  entry: (.*)$", text, re.MULTILINE))


def test_the_hooks_pass_on_what_is_clean_and_fail_on_what_is_not(folder: Path) -> None:
    assert set(hooks()) == {"solon-check", "solon-fmt", "solon-test"}
    text = (
        HEAD + 'use "b.policy"\nrule r { when message contains b then block }\n'
        'test "t" { message "on zoom" expect block by r }\n'
    )
    (folder / "root.policy").write_text(text, encoding="utf-8")
    part = folder / "b.policy"
    part.write_text('pattern b { words "zoom" match "zoom" }\n', encoding="utf-8")
    runner = CliRunner()

    def run(hook: str) -> int:
        words = hooks()[hook].split()
        assert words[0] == "solon"
        return runner.invoke(group, [*words[1:], "b.policy"]).exit_code

    assert [run(hook) for hook in sorted(hooks())] == [0, 0, 0]
    part.write_text('pattern b {  words "skype" match "zoom" }\n', encoding="utf-8")
    assert run("solon-test") == 1
    before = part.read_text(encoding="utf-8")
    run("solon-fmt")
    assert part.read_text(encoding="utf-8") != before
    part.write_text('pattern c { words "zoom" }\n', encoding="utf-8")
    assert run("solon-check") == 1
