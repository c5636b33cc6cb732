"""`solon bench` and what it is made of: each part is there, advice where there is some, clear errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.cli.group import group
from solon.costs import advice_for, measure
from solon.matcher.engine import Policy

POLICY = """policy p { actions allow < hold  default allow }
facts { room.members : int = 2 }
pattern listed { words "zoom", "google meet" }
pattern anything = regex /[a-z0-9 ]{1,40}/
pattern both = listed near anything within 3 words
rule r { when message contains both or room.members > 9 then hold }
"""


@pytest.fixture(scope="module")
def policy(compile_policy_text) -> Policy:
    return compile_policy_text(POLICY)


def test_each_pattern_and_each_stage_is_there(policy: Policy) -> None:
    costs = measure(policy, [("zoom at 5 30 pm", {}), ("hello", {"room.members": 3})], rounds=2)
    assert costs.messages == 2 and costs.characters == len("zoom at 5 30 pm") + len("hello")
    assert {cost.name for cost in costs.patterns} == {"listed", "anything", "both"}
    assert [stage.name for stage in costs.stages] == ["fold", "words", "literals", "gate"]
    assert costs.decision > 0 and costs.slowest > 0
    assert {cost.name: cost.spans for cost in costs.patterns}["listed"] == 1
    assert list(costs.patterns) == sorted(costs.patterns, key=lambda cost: -cost.nanoseconds)


def test_spans_are_those_that_find_gives(policy: Policy) -> None:
    texts = ["zoom zoom at 5 30", "google  meet or zoom", ""]
    profile = policy.profile(texts)
    for name in policy.patterns:
        assert profile.spans[name] == sum(len(policy.find(text).get(name, ())) for text in texts)


def test_a_regex_that_nothing_announces_gets_an_advice(policy: Policy) -> None:
    assert "anything" in policy.profile(["x"]).ungated
    assert "listed" not in policy.profile(["x"]).ungated
    assert "tried on every message" in advice_for(policy.strategies()["anything"], True)
    assert advice_for(policy.strategies()["listed"], False) == ""


def test_no_message_is_an_error(policy: Policy) -> None:
    with pytest.raises(ValueError, match="no message"):
        measure(policy, [])


def run(tmp_path: Path, name: str, content: str, *more: str):
    (tmp_path / "p.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    return CliRunner().invoke(group, ["bench", str(tmp_path / "p.policy"), str(tmp_path / name), *more])


def test_lines_of_text(tmp_path: Path) -> None:
    result = run(tmp_path, "m.txt", "zoom at 5 30\n\nhello\n", "-f", "room.members=1")
    assert result.exit_code == 0, result.output
    assert "2 messages" in result.output and "both: a formula of other patterns" in result.output


def test_lines_of_json(tmp_path: Path) -> None:
    lines = '{"message": "zoom", "facts": {"room.members": 10}}\n'
    result = run(tmp_path, "m.jsonl", lines, "--format", "json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["messages"] == 1 and {one["name"] for one in report["patterns"]} >= {"both"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.txt", "\n", "no message"),
        ("m.jsonl", '{"message": 3}', "line 1"),
        ("m.jsonl", '\n{"message": "x", "facts": {"room.size": 1}}', "line 2"),
        ("m.jsonl", '{"message": "x", "facts": []}', "takes an object"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    result = run(tmp_path, name, content)
    assert result.exit_code == 2 and said in result.output
