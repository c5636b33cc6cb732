"""The three promises of the language page, held against the compiled artifact."""

from __future__ import annotations

import json
import random
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import solon
from solon.authoring import compile_checked
from solon.dsl.load import load_policy_text
from solon.matcher.engine import from_bytes
from solon.matcher.reference import Reference
from solon.testing import run_tests

EXAMPLE = Path(__file__).parent / "dsl" / "data" / "contact_sharing.policy"
FILES = {
    "lists/payment.policy": 'pattern payment { words "venmo" }\n',
    "lists/video_apps.txt": "# names\nwhereby\n\nfacetime\n",
}
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS: dict[str, Any] = {"contract.state": "none", "sender.role": "client", "sender.prior_warnings": 1}
HOSTILE = "Zoom? call me at +1 415 555 2671, linkedin.com/in/jess, z o o m \ud800 not outside of the platform"


def artifact(text: str) -> bytes:
    return compile_checked(load_policy_text(text, files=FILES))


@pytest.fixture(scope="module")
def example() -> solon.Policy:
    return from_bytes(artifact(EXAMPLE.read_text(encoding="utf-8")))


def test_the_language_page_runs_as_it_stands(example: solon.Policy) -> None:
    checked = load_policy_text(EXAMPLE.read_text(encoding="utf-8"), files=FILES)
    assert checked.policy is not None
    for decides in (example, Reference(example.ir())):
        results = list(run_tests(checked.policy, decides))
        assert [(one.test, one.message, one.problems) for one in results if not one.passed] == []
        assert sum(not one.test.startswith(("match", "no_match")) for one in results) == 5


def statements(text: str) -> list[str]:
    """The top-level statements of a policy text that has each start on a line of its own."""
    starts = [one.start() for one in re.finditer(r"^(?=[a-z])", text, re.MULTILINE)]
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def test_order_never_matters(example: solon.Policy) -> None:
    """The same statements in any order are the same bytes but for the places that they were written at."""
    parts = statements(EXAMPLE.read_text(encoding="utf-8"))
    wanted = verdicts(example)
    for seed in range(5):
        shuffled = random.Random(seed).sample(parts, len(parts))
        assert verdicts(from_bytes(artifact("\n".join(shuffled)))) == wanted


def verdicts(policy: solon.Policy) -> list[Any]:
    found = []
    for message in (HOSTILE, "Let's hop on z00m at 5?", "linkedin.com/in/jess", "hello", "calendly.com/jess"):
        for tenure in (timedelta(days=1), timedelta(days=900)):
            verdict = policy.decide(message, {**FACTS, "sender.tenure": tenure}, at=AT)
            record = verdict.audit()
            record.pop("digest")
            found.append((record, verdict.public(), verdict.redacted))
    return found


def test_the_same_policy_gives_the_same_bytes() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert artifact(text) == artifact(text)


def test_a_public_verdict_names_no_rule_pattern_or_term(example: solon.Policy) -> None:
    verdict = example.decide(HOSTILE, {**FACTS, "sender.tenure": timedelta(days=1)}, at=AT)
    assert verdict.rules and verdict.matches
    public = verdict.public()
    assert set(public) == {"action", "notices", "redacted", "reasons"}
    source = EXAMPLE.read_text(encoding="utf-8")
    for text in [
        *public["notices"].values(),
        *public["reasons"],
    ]:  # the author's own words, nothing filled in
        assert json.dumps(text, ensure_ascii=False) in source
    named = {match.text for match in verdict.matches if match.pattern in ("phone", "profile_link")}
    assert [text for text in named if text in public["redacted"]] == []
    assert [name for name in (*example.rules, *example.patterns) if name in public["redacted"]] == []


def test_a_verdict_can_be_replayed(example: solon.Policy) -> None:
    """From the artifact, the message and the facts, at the time of the decision."""
    verdict = example.decide(HOSTILE, {**FACTS, "sender.tenure": timedelta(days=1)})
    record = verdict.audit()
    again = example.decide(HOSTILE, verdict.facts(), at=datetime.fromisoformat(record["at"]))
    assert again == verdict
    assert again.audit() == record


def test_bound_facts_decide_as_given_ones(example: solon.Policy) -> None:
    facts = {**FACTS, "sender.tenure": timedelta(days=1)}
    bound = example.bind(facts)
    facts["sender.prior_warnings"] = 0  # too late: binding took what was there
    verdict = bound.decide("Let's hop on z00m at 5?", at=AT)
    assert verdict.rules == ("meeting_again_after_a_warning",)
    assert verdict == example.decide("Let's hop on z00m at 5?", {**facts, "sender.prior_warnings": 1}, at=AT)


def test_many_threads_share_one_policy(example: solon.Policy) -> None:
    messages = ["hello", "Let's hop on z00m at 5?", "linkedin.com/in/jess", HOSTILE, "a" * 5000 + " zoom"]
    facts = {**FACTS, "sender.tenure": timedelta(days=1)}
    wanted = [example.decide(message, facts, at=AT) for message in messages]
    wrong: list[Any] = []

    def work(seed: int) -> None:
        order = random.Random(seed)
        for _ in range(400):
            index = order.randrange(len(messages))
            got = example.decide(messages[index], facts, at=AT)
            if got != wanted[index] or got.matches != wanted[index].matches:
                wrong.append((index, got))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_deciding_never_imports_the_parser(tmp_path: Path) -> None:
    """A service that loads an artifact needs neither lark nor any other dependency."""
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    path = tmp_path / "a.solon"
    path.write_bytes(artifact(EXAMPLE.read_text(encoding="utf-8")))
    program = (
        "import sys, solon\n"
        f"policy = solon.load({str(path)!r})\n"
        "verdict = policy.decide('z00m', {'contract.state': 'none', 'sender.role': 'client',"
        " 'sender.tenure': __import__('datetime').timedelta(1)})\n"
        "verdict.public(), verdict.audit(), verdict.matches\n"
        "ours = [name for name in sys.modules"
        " if name.startswith(('solon.dsl', 'solon.compiler', 'solon.cli'))]\n"
        "theirs = [name for name in ('lark', 'click', 'rich', 'ahocorasick') if name in sys.modules]\n"
        "assert ours == theirs == [], (ours, theirs)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
