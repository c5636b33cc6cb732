"""What `make demo` runs: each example project checked, tested, compiled, its conversations decided.

Nothing is taken from memory: the artifact is written to a temporary folder and loaded from there, as a
service would. Each decision is held against the project's `expected.jsonl`; any difference makes the exit
code 1.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from solon.authoring import PolicyError, compile_checked
from solon.cli.common import colour
from solon.cli.show import verdict_in_words
from solon.dsl.load import load_policy
from solon.dsl.render import render
from solon.facts_json import facts_from_json
from solon.matcher.engine import Policy, load
from solon.matcher.verdict import Verdict
from solon.testing import run_tests

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Project:
    """An example project: its root file, and whether all verdicts are shown or only those with an action."""

    root: Path
    in_full: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one project."""

    name: str
    cases: int
    verdicts: int
    differences: int


PROJECTS = (
    Project(HERE / "marketplace" / "contact_sharing.policy", in_full=True),
    Project(HERE / "classifieds" / "classifieds.policy", in_full=False),
    Project(HERE / "game_chat" / "game_chat.policy", in_full=False),
)


def main() -> int:
    """Run all projects; 0 where everything was as expected."""
    with tempfile.TemporaryDirectory(prefix="solon-demo-") as folder:
        outcomes = [run(project, Path(folder)) for project in PROJECTS]
    _heading("Summary")
    for one in outcomes:
        verdict = "as expected" if one.differences == 0 else f"{one.differences} NOT as expected"
        print(f"  {one.name:<12} {one.cases:4} test cases, {one.verdicts:3} messages decided: {verdict}")
    return 1 if any(one.differences for one in outcomes) else 0


def run(project: Project, folder: Path) -> Outcome:
    """Check, test, compile, load and decide one project, saying what happens."""
    name = project.root.parent.name
    _heading(name)
    checked = load_policy(project.root)
    print(render(checked.diagnostics, checked.sources, colour=colour()) or "check: no errors, no warnings")
    differences = len(checked.diagnostics)
    try:
        artifact = compile_checked(checked)
    except PolicyError as error:
        print(error)
        return Outcome(name, 0, 0, differences + 1)
    path = folder / f"{project.root.stem}.solon"
    path.write_bytes(artifact)
    start = time.perf_counter()
    policy = load(path)
    loaded = (time.perf_counter() - start) * 1000
    print(f"compile: {path.name}, {len(artifact):,} bytes; load: {loaded:.1f} ms")
    assert checked.policy is not None
    results = list(run_tests(checked.policy, policy))
    failed = [one for one in results if not one.passed]
    print(f"test: {len(results) - len(failed)} cases passed, {len(failed)} failed\n")
    for one in failed:
        print(f"  {one.place.file}:{one.place.line} {one.test}: {'; '.join(one.problems)}")
    different, count = _decide_conversations(project, policy)
    return Outcome(name, len(results), count, differences + len(failed) + different)


def _decide_conversations(project: Project, policy: Policy) -> tuple[int, int]:
    """Show the verdicts on a project's conversations; how many differ from `expected.jsonl`, of how many."""
    different = count = 0
    room = ""
    for line, verdict, expected in decisions(project.root.parent, policy):
        count += 1
        got = as_expected(verdict)
        if project.in_full or verdict.action != policy.actions[0] or got != expected:
            if project.in_full and line["room"] != room:
                room = line["room"]
                print(f"── room {room} ──")
            print(_caption(line))
            print(verdict_in_words(line["message"], verdict) + "\n")
        if got != expected:
            different += 1
            print(f"  NOT AS EXPECTED: {json.dumps(expected, ensure_ascii=False)}\n")
    return different, count


def decisions(folder: Path, policy: Policy) -> Iterator[tuple[Mapping[str, Any], Verdict, Mapping[str, Any]]]:
    """Each line of a project's conversations with the verdict on it and what was expected."""
    conversations = (folder / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
    expected = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = policy.fact_kinds()
    for written, wanted in zip(conversations, expected, strict=True):
        line = json.loads(written)
        at = datetime.fromisoformat(line["at"]) if "at" in line else None
        yield (
            line,
            policy.decide(line["message"], facts_from_json(kinds, line["facts"]), at=at),
            json.loads(wanted),
        )


def as_expected(verdict: Verdict) -> dict[str, Any]:
    """The part of a verdict that `expected.jsonl` holds."""
    return {"action": verdict.action, "rules": list(verdict.rules), "redacted": verdict.redacted}


def _caption(line: Mapping[str, Any]) -> str:
    facts = ", ".join(f"{name} = {value}" for name, value in line["facts"].items())
    note = f"   ({line['note']})" if line.get("note") else ""
    return f"{facts}{note}"


def _heading(text: str) -> None:
    print(f"\n━━ {text} {'━' * (76 - len(text))}\n")


if __name__ == "__main__":
    sys.exit(main())
