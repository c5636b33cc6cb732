"""The gate: it goes red for a slower engine, and for a workload without a budget; unchanged code is green."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

sys.path.insert(0, str(ROOT))
try:
    from benchmarks.gate import budgets, instructions, ratios
    from benchmarks.gate.budgets import Budgets
    from benchmarks.gate.messages import blocklist, fresh_messages
    from benchmarks.gate.workloads import WORKLOADS, projects
finally:
    sys.path.remove(str(ROOT))

CHEAP = ["words"]


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    (folder / "words.solon").write_bytes(projects()["words"].artifact())
    return folder


def test_a_slower_engine_makes_the_gate_red(artifacts: Path) -> None:
    try:
        before = instructions.count(artifacts, CHEAP)
        unchanged = instructions.count(artifacts, CHEAP)
        slower = instructions.count(artifacts, CHEAP, twice=True)
    except instructions.Missing as error:
        pytest.skip(str(error))
    known = Budgets("here", before, {})
    assert [one.within for one in budgets.judge(known, unchanged, {}, "here")] == [True]
    assert [one.within for one in budgets.judge(known, slower, {}, "here")] == [False]


def test_a_slower_engine_has_a_greater_ratio(artifacts: Path) -> None:
    known = Budgets("here", {}, ratios.measured(artifacts, CHEAP, rounds=5))
    slower = ratios.measured(artifacts, CHEAP, rounds=5, times=4)
    assert [one.within for one in budgets.judge(known, {}, slower, "here")] == [False]


def test_a_workload_without_a_budget_is_red() -> None:
    assert not budgets.judge(Budgets("here", {}, {}), {"new": 1.0}, {}, "here")[0].within


def test_another_toolchain_has_a_wider_margin() -> None:
    known = Budgets("here", {"words": 100.0}, {})
    assert not budgets.judge(known, {"words": 120.0}, {}, "here")[0].within
    assert budgets.judge(known, {"words": 120.0}, {}, "elsewhere")[0].within


def test_every_workload_has_both_budgets() -> None:
    known = budgets.read()
    assert set(known.instructions) == set(known.ratios) == set(WORKLOADS)


def test_messages_and_words_are_always_the_same() -> None:
    assert fresh_messages(20) == fresh_messages(20) != fresh_messages(20, seed=1)
    assert blocklist(50) == blocklist(50)
    assert len(set(blocklist(2000))) == 2000
    assert not any(message.isascii() for message in fresh_messages(20, non_ascii=1))
