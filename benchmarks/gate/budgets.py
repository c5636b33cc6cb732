"""What each workload may cost: the committed budgets, and the judgement.

A budget holds for the compiler and the Python that it was counted with; with others instructions differ by
some percent, so the margin is wider there, and the gate says so.
"""

from __future__ import annotations

import json
import platform
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from pathlib import Path

__all__ = ["Budgets", "Verdict", "judge", "read", "toolchain", "write"]

PATH = Path(__file__).with_name("budgets.json")

INSTRUCTIONS_MARGIN = 1.05
INSTRUCTIONS_MARGIN_ELSEWHERE = 1.30
RATIO_MARGIN = 1.50


@dataclass(frozen=True, slots=True)
class Budgets:
    """`instructions` and `ratios` by workload; `toolchain` is what the instructions were counted with."""

    toolchain: str
    instructions: Mapping[str, float]
    ratios: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure held against its budget; `allowed` is the budget with its margin."""

    workload: str
    measure: str
    value: float
    budget: float
    allowed: float

    @property
    def within(self) -> bool:
        return self.value <= self.allowed


def toolchain() -> str:
    """The Python and the C compiler: `Python 3.11, cc 12`."""
    command = [*shlex.split(environ.get("CC", "cc")), "-dumpversion"]
    try:
        compiler = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        compiler = "missing"
    return f"Python {'.'.join(platform.python_version_tuple()[:2])}, cc {compiler}, {platform.machine()}"


def read() -> Budgets:
    """The committed budgets."""
    found = json.loads(PATH.read_text(encoding="utf-8"))
    return Budgets(found["toolchain"], found["instructions"], found["ratios"])


def write(budgets: Budgets) -> None:
    """Commit what was measured: read the difference first."""
    content = {
        "toolchain": budgets.toolchain,
        "instructions": {name: round(value) for name, value in budgets.instructions.items()},
        "ratios": {name: float(f"{value:.3g}") for name, value in budgets.ratios.items()},
    }
    PATH.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def judge(
    budgets: Budgets, instructions: Mapping[str, float], ratios: Mapping[str, float], here: str
) -> list[Verdict]:
    """Every figure that was measured; one without a budget is over it (budget 0)."""
    margin = INSTRUCTIONS_MARGIN if here == budgets.toolchain else INSTRUCTIONS_MARGIN_ELSEWHERE
    verdicts = []
    for measure, values, known, factor in (
        ("instructions", instructions, budgets.instructions, margin),
        ("ratio", ratios, budgets.ratios, RATIO_MARGIN),
    ):
        for name, value in values.items():
            budget = known.get(name, 0.0)
            verdicts.append(Verdict(name, measure, value, budget, budget * factor))
    return verdicts
