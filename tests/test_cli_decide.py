"""`solon decide` and `solon explain`: facts from flags and files, messages from everywhere, hostile text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from solon.cli.group import group

POLICY = """\
policy shop { actions allow < warn < block default allow undecided warn limit message 1 KiB incomplete warn }
facts {
  seller.verified : bool = false
  seller.age      : duration = 0 days
  seller.sales    : int = 0
  seller.rating   : number = 0
  seller.earned   : money(EUR) = 0 EUR
  seller.since    : time = 2020-01-01
  seller.tags     : set of enum(new, pro) = {}
  seller.name     : text optional
  spam.score      : number optional
}
pattern app { words "viber" evasions strong }
rule apps {
  when message contains app
  unless seller.verified or seller.age >= 2 weeks or seller.sales >= 10 or seller.rating >= 4.5
      or seller.earned >= 100 EUR or seller.since < 2019-01-01 or seller.tags has pro
  then block
  redact app
  notify sender "Stay here, {seller.name}."
  queue "review"
  label contact
  reason "house rules"
}
rule spam { when spam.score >= 0.9 then warn }
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.policy").write_text(POLICY, encoding="utf-8")
    assert solon("compile", "shop.policy").exit_code == 0
    return "shop.solon"


def solon(*words: str, given: str | bytes | None = None, **env: str) -> Result:
    result = CliRunner().invoke(group, words, prog_name="solon", input=given, env={"NO_COLOR": "1", **env})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def decided(*words: str) -> Any:
    result = solon("decide", *words, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_verdict_in_words(shop: str) -> None:
    text = solon("decide", shop, "add me on v1ber", "-f", "spam.score=0.1", "-f", "seller.name=Jo").stdout
    assert '"add me on ⟦v1ber⟧"' in text
    assert "block by apps" in text
    assert 'matched app: "v1ber" at 10..15' in text
    assert "told sender: Stay here, Jo." in text
    assert "queue: review" in text
    assert "label: contact" in text
    assert "reason: house rules" in text
    assert 'redacted: "add me on [removed]"' in text


def test_a_verdict_as_json(shop: str) -> None:
    verdict = decided(shop, "viber?", "-f", "spam.score=0.95")
    assert verdict["action"] == "block"
    assert verdict["rules"] == ["apps", "spam"]
    assert verdict["matches"] == [{"pattern": "app", "start": 0, "end": 5, "text": "viber", "field": None}]
    assert verdict["status"] == "decided"


def test_a_policy_file_decides_like_its_artifact(shop: str) -> None:
    assert decided("shop.policy", "viber") == decided(shop, "viber")


def test_what_could_not_be_decided_is_said(shop: str) -> None:
    assert "undecided: spam, for lack of spam.score" in solon("decide", shop, "hello").stdout
    long = solon("decide", shop, "x" * 2000, "-f", "spam.score=0").stdout
    assert "incomplete: the limit of message was hit" in long


@pytest.mark.parametrize(
    "fact",
    [
        "seller.verified=true", "seller.age=14 days", "seller.age=2 weeks", "seller.sales=1_000",
        "seller.rating=4.5", "seller.earned=100 EUR", "seller.earned=100.00", "seller.since=2018-12-31",
        "seller.since=2018-12-31T23:00Z", "seller.tags={pro}", "seller.tags=new, pro",
    ],
)  # fmt: skip
def test_a_fact_of_each_kind_as_the_language_writes_it(fact: str, shop: str) -> None:
    assert decided(shop, "viber", "-f", "spam.score=0")["action"] == "block"
    assert decided(shop, "viber", "-f", "spam.score=0", "-f", fact)["action"] == "allow"


@pytest.mark.parametrize(
    "fact",
    [
        "seller.verified=yes", "seller.age=14", "seller.age=2 fortnights", "seller.sales=ten",
        "seller.sales=1.5", "seller.rating=high", "seller.earned=100 USD", "seller.since=yesterday",
        "seller.since=2018-12-31T23:00", "seller.tags=old", "seller.unknown=1", "seller.verified",
        "seller.rating=nan", "seller.sales=" + "9" * 5000, "seller.age=" + "9" * 40 + " years",
    ],
)  # fmt: skip
def test_a_fact_that_does_not_fit_is_wrong_use(fact: str, shop: str) -> None:
    result = solon("decide", shop, "viber", "-f", fact)
    assert result.exit_code == 2
    assert fact.partition("=")[0] in result.stderr
    assert len(result.stderr) < 1000


def test_facts_from_a_file_flat_and_nested(shop: str) -> None:
    Path("facts.json").write_text('{"seller": {"age": "20 days", "tags": ["new"]}, "spam.score": 0}')
    assert decided(shop, "viber", "--facts", "facts.json")["action"] == "allow"
    assert decided(shop, "viber", "--facts", "facts.json", "-f", "seller.age=1 day")["action"] == "block"
    for text in ("[1]", "{", "\ufeff{}", '{"seller": 1}', "[" * 100_000):
        Path("bad.json").write_text(text, encoding="utf-8")
        assert solon("decide", shop, "viber", "--facts", "bad.json").exit_code == 2
    Path("bad.json").write_bytes(b"\xff\xfe")
    assert solon("decide", shop, "viber", "--facts", "bad.json").exit_code == 2


def test_at_a_time(shop: str) -> None:
    for time in ("2026-12-01", "2026-12-01T10:00Z", "2026-12-01T10:00:00+02:00"):
        assert solon("decide", shop, "x", "--at", time).exit_code == 0
    result = solon("decide", shop, "x", "--at", "tomorrow")
    assert result.exit_code == 2
    assert "--at takes a time" in result.stderr


def test_the_message_from_standard_input(shop: str) -> None:
    result = solon("decide", shop, "-", given="on viber")
    assert "⟦viber⟧" in result.stdout
    assert "viber" in solon("explain", shop, "-", given="on viber").stdout
    assert solon("decide", shop).exit_code == 2
    assert solon("decide", shop, "viber", "--jsonl", given="").exit_code == 2


def test_bytes_that_are_no_text_are_decided_all_the_same(shop: str) -> None:
    result = solon("decide", shop, "-", "--format", "json", given=b"\xff\xfe viber \xc3")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["action"] == "block"


def test_many_messages_a_line_each(shop: str) -> None:
    lines = [
        '{"message": "on viber", "facts": {"spam.score": 0}}',
        "",
        '{"message": "hello", "facts": {"seller.age": "3 days", "spam": {"score": 0.95}}}',
        "not json",
        '{"message": 7}',
        '["message"]',
        '{"message": "x", "facts": []}',
        '{"message": "x", "facts": {"seller.ages": 1}}',
        '{"message": "x", "facts": {"seller.age": "long"}}',
        "[" * 100_000,
        '{"message": "\\ud800 viber", "facts": {"spam.score": 0}}',
    ]
    result = solon("decide", shop, "--jsonl", given="\n".join(lines))
    assert result.exit_code == 1
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(lines) - 1
    assert [answer.get("action") for answer in answers] == ["block", "warn", *[None] * 7, "block"]
    assert [answer["line"] for answer in answers if "error" in answer] == [4, 5, 6, 7, 8, 9, 10]
    assert "seller.ages" in answers[6]["error"]
    assert solon("decide", shop, "--jsonl", given=lines[0]).exit_code == 0
    assert solon("decide", shop, "--jsonl", given="").stdout == ""


def test_facts_of_all_lines_and_of_one(shop: str) -> None:
    lines = '{"message": "viber"}\n{"message": "viber", "facts": {"seller": {"sales": 0}}}\n'
    result = solon("decide", shop, "--jsonl", "-f", "seller.sales=10", "-f", "spam.score=0", given=lines)
    assert [json.loads(line)["action"] for line in result.stdout.splitlines()] == ["allow", "block"]


HOSTILE = "viber \x1b]0;owned\x07 \u202egnp.exe \u2066x\u2069 \x9b31m \ud800 \x00\u200f\r"


def test_hostile_text_cannot_reach_the_terminal(shop: str) -> None:
    shown = [
        solon("decide", shop, HOSTILE, "-f", f"seller.name={HOSTILE}").output,
        solon("explain", shop, HOSTILE, "-f", f"seller.name={HOSTILE}").output,
        solon("decide", shop, "x", "-f", f"seller.age={HOSTILE}").output,
        solon("decide", shop, "x", "-f", f"{HOSTILE}=1").output,
        solon("decide", shop, "x", "--at", HOSTILE).output,
        solon("decide", shop, HOSTILE, "--format", "json").output,
    ]
    for text in shown:
        assert not {one for one in text if ord(one) < 32 and one not in "\n\t"}
        assert not set(text) & set("\x9b\u202e\u2066\u2069\ud800\u200f\x7f")
    assert "\\u{1B}" in shown[0]
    assert "\\u{202E}" in shown[0]


def test_spans_are_marked_on_a_terminal(shop: str) -> None:
    text = solon("decide", shop, "on viber", NO_COLOR="", FORCE_COLOR="1").stdout
    assert "\x1b[1;4mviber\x1b[0m" in text


def test_explain(shop: str) -> None:
    text = solon("explain", shop, "on viber", "-f", "spam.score=0").stdout
    assert "rule apps fired: block" in text
    assert "what would have to differ" in text
    document = json.loads(solon("explain", shop, "on viber", "-f", "spam.score=0", "--format", "json").stdout)
    assert document["version"] == 1
    assert document["rules"][0]["name"] == "apps"
    assert document["alternatives"]


def test_a_stripped_artifact_decides_and_cannot_be_explained(shop: str) -> None:
    assert solon("compile", "shop.policy", "--strip", "-o", "bare.solon").exit_code == 0
    assert Path("bare.solon").stat().st_size < Path(shop).stat().st_size
    assert decided("bare.solon", "viber")["action"] == "block"
    result = solon("explain", "bare.solon", "viber")
    assert result.exit_code == 2
    assert "--strip" in result.stderr


def test_a_policy_with_mistakes_decides_nothing(shop: str) -> None:
    Path("bad.policy").write_text(POLICY.replace("contains app", "contains ap"))
    for words in (["decide", "bad.policy", "x"], ["explain", "bad.policy", "x"]):
        result = solon(*words)
        assert result.exit_code == 1
        assert "did you mean `app`?" in result.stdout
        in_json = solon(*words, "--format", "json")
        assert in_json.exit_code == 1
        assert json.loads(in_json.stdout)["diagnostics"][0]["code"] == "unknown-pattern"
