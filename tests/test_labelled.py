"""A policy scored on labels: the counts, the ratios, what is wrong, and lines that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from solon.authoring import compile_checked
from solon.cli.group import group
from solon.dsl.load import load_policy_text
from solon.labelled import LabelError, Report, read_labels, score
from solon.matcher.engine import Policy, from_bytes

TEXT = """policy shop { actions allow < warn < block  default allow }
facts { seller.age : duration = 0 days }
pattern app { words "viber" }
pattern hard { words "cash" }
rule apps { when message contains app  then warn }
rule cash { when message contains hard and seller.age < 2 days  then block }
"""
ROWS: tuple[dict[str, Any], ...] = (
    {"message": "viber me", "expect": "warn"},
    {"message": "cash only", "expect": "block", "facts": {"seller.age": "1 day"}},
    {"message": "cash only", "flag": True, "facts": {"seller": {"age": "3 days"}}, "id": "old"},
    {"message": "a viber sticker", "flag": False},
    {"message": "viber and cash", "expect": "warn"},
    {"message": "hello", "expect": False},
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return from_bytes(compile_checked(load_policy_text(TEXT)))


def scored(policy: Policy, rows: Iterable[dict[str, Any]]) -> Report:
    return score(policy, read_labels((json.dumps(row) for row in rows), policy))


def test_counts_and_ratios(policy: Policy) -> None:
    report = scored(policy, ROWS)
    assert (report.hits, report.false_alarms, report.missed, report.passed) == (3, 1, 1, 1)
    assert (report.precision, report.recall, report.f1) == (0.75, 0.75, 0.75)


def test_what_is_wrong_is_listed_with_its_rules(policy: Policy) -> None:
    wrong = [(one.id, one.expected, one.got, one.rules) for one in scored(policy, ROWS).wrong]
    assert wrong == [
        ("old", "flag", "allow", ()),
        ("4", "no flag", "warn", ("apps",)),
        ("5", "warn", "block", ("apps", "cash")),
    ]


def test_confusion_and_rules(policy: Policy) -> None:
    report = scored(policy, ROWS)
    assert report.confusion["warn", "block"] == 1
    assert (report.rules["apps"].fired, report.rules["apps"].wrongly) == (3, 1)
    assert sum(report.confusion.values()) == report.cases == len(ROWS)


def test_nothing_to_divide_by(policy: Policy) -> None:
    report = scored(policy, [{"message": "hello", "flag": False}])
    assert (report.precision, report.recall, report.f1) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "a line takes"),
        ("{", "line 2: "),
        ('{"message": "x"}', "either `expect` or `flag`"),
        ('{"message": "x", "flag": true, "expect": "warn"}', "either `expect` or `flag`"),
        ('{"message": "x", "flag": 1}', "true or false"),
        ('{"message": "x", "expect": "hold"}', "no action `hold`; it has `allow`, `warn`, `block`"),
        ('{"message": "x", "flag": true, "fact": {}}', "`fact` is no key"),
        ('{"message": "x", "flag": true, "facts": []}', "`facts` takes an object"),
        ('{"message": "x", "flag": true, "facts": {"seller.age": "soon"}}', "seller.age"),
        ("[" * 100_000, "line 2: "),
    ],
)
def test_a_line_that_cannot_be_used_is_named(policy: Policy, line: str, said: str) -> None:
    with pytest.raises(LabelError) as caught:
        list(read_labels(["", line], policy))
    assert str(caught.value).startswith("line 2: ")
    assert said in str(caught.value)


def test_facts_that_the_policy_refuses_are_named(policy: Policy) -> None:
    with pytest.raises(LabelError, match="`m-1`: "):
        scored(policy, [{"message": "x", "flag": True, "facts": {"nonsuch": 1}, "id": "m-1"}])


def call(folder: Path, labels: str, *options: str) -> Result:
    (folder / "shop.policy").write_text(TEXT, encoding="utf-8")
    (folder / "labels.jsonl").write_text(labels, encoding="utf-8")
    paths = [str(folder / "shop.policy"), str(folder / "labels.jsonl")]
    return CliRunner().invoke(group, ["accuracy", *paths, *options])


def test_the_verb_in_words_and_as_json(tmp_path: Path) -> None:
    labels = "".join(json.dumps(row) + "\n" for row in ROWS)
    words = call(tmp_path, labels)
    assert words.exit_code == 0
    assert "precision 75.0  recall 75.0  F1 75.0" in words.output
    assert "WRONG old: expected flag, got allow" in words.output
    found = json.loads(call(tmp_path, labels, "--format", "json").output)
    assert (found["version"], found["cases"], found["precision"], len(found["wrong"])) == (1, 6, 0.75, 3)


@pytest.mark.parametrize("labels", ["", "\n\n", "{}\n", '{"message": "x", "expect": "hold"}\n'])
def test_labels_of_no_use_are_wrong_use(tmp_path: Path, labels: str) -> None:
    result = call(tmp_path, labels)
    assert result.exit_code == 2
    assert "labels.jsonl" in result.output
