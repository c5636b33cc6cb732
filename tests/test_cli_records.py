"""`solon replay-record`: was a recorded decision that one? And what is said where an extra is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from solon.cli.group import group
from solon.facts_json import facts_from_json
from solon.matcher.engine import load

POLICY = """\
policy shop { version 2 actions allow < warn < block default allow undecided warn }
facts {
  seller.age : duration = 0 days
  spam.score : number optional
}
pattern app { words "viber" }
rule apps {
  when message contains app
  unless seller.age >= 2 weeks
  then block
  redact app
  notify seller "Stay here."
  label contact
  reason "house rules, 3"
}
rule spam { when spam.score >= 0.9 then warn }
"""
MESSAGE = "viber me \U0001f4de"
FACTS = {"seller": {"age": "3 days"}, "spam.score": 0.5}
KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "other.policy").write_text(POLICY.replace("viber", "vibe"), encoding="utf-8")
    assert solon("compile", "shop.policy").exit_code == solon("compile", "other.policy").exit_code == 0
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))
    (tmp_path / "message.txt").write_text(MESSAGE, encoding="utf-8")
    (tmp_path / "key").write_bytes(KEY)
    policy = load("shop.solon")
    verdict = policy.decide(MESSAGE, facts_from_json(policy.fact_kinds(), FACTS))
    (tmp_path / "record.json").write_text(json.dumps(verdict.audit(key=KEY)))
    (tmp_path / "unkeyed.json").write_text(json.dumps(verdict.audit()))
    return tmp_path


def solon(*words: str) -> Result:
    result = CliRunner().invoke(group, words, prog_name="solon", env={"NO_COLOR": "1"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def replay(
    *words: str, record: str = "record.json", artifact: str = "shop.solon", key: bool = True
) -> Result:
    message = () if {"--message", "--message-file"} & set(words) else ("--message", MESSAGE)
    facts = () if "--facts" in words else ("--facts", "facts.json")
    keyed = ("--key", "key") if key else ()
    return solon("replay-record", record, "--artifact", artifact, *message, *facts, *keyed, *words)


def test_a_decision_is_proved(folder: Path) -> None:
    for words in ((), ("--message-file", "message.txt")):
        result = replay(*words)
        assert (result.exit_code, result.output) == (
            0,
            "the decision was that one: the same artifact, message, facts, time and verdict\n",
        )
    unkeyed = replay(record="unkeyed.json")
    assert unkeyed.exit_code == 0
    assert unkeyed.output.startswith("the same verdict from the same artifact")
    assert "note: the record has no digests" in unkeyed.output


def test_as_json(folder: Path) -> None:
    found = json.loads(replay("--format", "json").output)
    assert found == {
        **{"version": 1, "holds": True, "decided_again": True, "keyed": True, "differences": [], "notes": []},
    }
    other = replay("--format", "json", "--message", "hello")
    assert other.exit_code == 1
    assert [one["field"] for one in json.loads(other.output)["differences"]] == [
        "message.chars",
        "message.digest",
    ]


def test_what_differs_is_named(folder: Path) -> None:
    record = json.loads((folder / "record.json").read_text())
    (folder / "altered.json").write_text(json.dumps(record | {"action": "al\x1b[2Jlow", "reasons": []}))
    altered = replay(record="altered.json")
    assert altered.exit_code == 1
    assert altered.output.splitlines() == [
        "the decision was another one",
        r'  action: recorded "al\u001b[2Jlow", now "block"',
        '  reasons[0]: recorded null, now "house rules, 3"',
    ]
    for words, named in (
        ({"artifact": "other.solon"}, "digest"),
        ({"key": False}, "key"),
    ):
        result = replay(**words)  # type: ignore[arg-type]
        assert result.exit_code == 1
        assert f"  {named}: recorded " in result.output
    (folder / "facts.json").write_text(json.dumps(FACTS | {"spam.score": 0.25}))
    assert "  facts.spam.score: recorded " in replay().output


def test_an_artifact_that_has_expired_since_still_proves(folder: Path) -> None:
    made = solon("compile", "shop.policy", "-o", "old.solon", "--expires", "2026-01-01")
    assert made.exit_code == 0, made.output
    policy = load("old.solon", at=datetime(2025, 12, 1, tzinfo=UTC))
    record = policy.decide(MESSAGE, {}, at=datetime(2025, 12, 1, tzinfo=UTC)).audit(key=KEY)
    (folder / "old.json").write_text(json.dumps(record))
    (folder / "none.json").write_text("{}")
    result = replay("--facts", "none.json", record="old.json", artifact="old.solon")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is no JSON"),
        (b"[" * 100_000, "record.json"),
        (b"\xff", "is no JSON"),
        (b"[]", "record: takes a JSON object"),
        (b'{"schema": "solon.audit/7"}', "schema: is `solon.audit/7`; this version reads `solon.audit/1`"),
    ],
)
def test_wrong_use(folder: Path, content: bytes, said: str) -> None:
    (folder / "record.json").write_bytes(content)
    result = replay()
    assert result.exit_code == 2
    assert said in result.output


def test_more_wrong_use(folder: Path) -> None:
    assert solon("replay-record", "record.json", "--artifact", "shop.solon").exit_code == 2
    assert "say the message" in solon("replay-record", "record.json", "--artifact", "shop.solon").output
    (folder / "key").write_bytes(b"short")
    assert "at least 16 bytes" in replay().output
    (folder / "shop.solon").write_bytes(b"PK")
    assert "shop.solon: this is not a Solon artifact" in replay().output


BLOCKED = """\
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Blocked())
from solon.cli import main
main()
"""


def without(blocked: tuple[str, ...], *words: str) -> tuple[int, str]:
    program = BLOCKED.format(blocked=blocked)
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_runtime_alone_proves_and_says_what_else_needs_what(folder: Path) -> None:
    author = ("lark", "pysat")
    words: Any = ("replay-record", "record.json", "--artifact", "shop.solon", "--message", MESSAGE)
    assert without(author, *words, "--facts", "facts.json", "--key", "key")[0] == 0
    assert without(author, "check", "shop.policy") == (
        2,
        'solon: `solon check` needs the extra "author": pip install "solon[author]"\n',
    )
    assert without(author, "decide", "shop.policy", "hello")[0] == 2
    for package in ("starlette", "uvicorn", "prometheus_client"):
        assert without((*author, package), "serve", "shop.solon") == (
            2,
            'solon: `solon serve` needs the extra "serve": pip install "solon[serve]"\n',
        )
    assert without(("click",), "check", "shop.policy")[0] == 2
