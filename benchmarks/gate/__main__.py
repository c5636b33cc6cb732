"""`python -m benchmarks.gate [--update]`: exit 0 where every figure is within its budget, else 1."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.gate import budgets, instructions, ratios
from benchmarks.gate.budgets import Budgets, Verdict
from benchmarks.gate.workloads import WORKLOADS, write_artifacts


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gate", description="Solon's figures may not fall behind"
    )
    parser.add_argument("names", nargs="*", help="workloads; all, where none is named")
    parser.add_argument("--update", action="store_true", help="write what is measured as the new budgets")
    chosen = parser.parse_args()
    names = chosen.names or list(WORKLOADS)
    here = budgets.toolchain()
    with tempfile.TemporaryDirectory(prefix="solon-gate-") as folder:
        write_artifacts(Path(folder))
        try:
            counted = instructions.count(Path(folder), names)
        except instructions.Missing as error:
            print(error)
            counted = {}
        timed = ratios.measured(Path(folder), names)
    if chosen.update:
        budgets.write(Budgets(here, counted, timed))
    committed = budgets.read()
    verdicts = budgets.judge(committed, counted, timed, here)
    print(table(verdicts))
    if here != committed.toolchain:
        print(f"budgets are for {committed.toolchain}, this is {here}: instructions have a wider margin")
    over = [one for one in verdicts if not one.within]
    passed, failed = len(verdicts) - len(over), len(over)
    print(f"gate: {passed} within budget, {failed} over it")
    return 1 if over else 0


def table(verdicts: list[Verdict]) -> str:
    """A line a figure."""
    lines = [f"{'workload':<17}{'measure':<14}{'value':>12}{'budget':>12}{'allowed':>12}"]
    for one in verdicts:
        mark = "" if one.within else "  OVER"
        numbers = "".join(
            f"{number:>12,.3g}" if one.measure == "ratio" else f"{number:>12,.0f}"
            for number in (one.value, one.budget, one.allowed)
        )
        lines.append(f"{one.workload:<17}{one.measure:<14}{numbers}{mark}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
