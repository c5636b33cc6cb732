"""Measure and print the figures: `python -m benchmarks [--report] [--quick] [number …]`."""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.corpus import Corpus, NoData, data_folder
from benchmarks.figures import FIGURES, NOT_YET
from benchmarks.native import NotBuilt, hyperscan
from benchmarks.plot import as_svg
from benchmarks.row import Row, as_markdown, as_text

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "performance.md"
PLOT = REPORT.with_suffix(".svg")
PEERS = ("hyperscan", "pyahocorasick", "ahocorasick-rs", "google-re2", "flashtext2", "zen-engine")
PEERS += ("common-expression-language",)


def main() -> int:
    """0 where all figures were measured, whether or not they are met; 1 where one's answer was wrong; 2
    where there is nothing to measure with."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Solon's figures")
    parser.add_argument("numbers", nargs="*", help="figures to measure; all, where none is named")
    parser.add_argument("--report", action="store_true", help=f"write {REPORT.relative_to(ROOT)} too")
    parser.add_argument("--quick", action="store_true", help="few rounds: to try the suite, not for figures")
    chosen = parser.parse_args()
    try:
        bench = Bench(Corpus(data_folder()), **({"rounds": 3, "size": 200} if chosen.quick else {}))
    except (NoData, ImportError) as error:
        print(f"nothing to measure with: {error}", file=sys.stderr)
        return 2
    rows, wrong = measured(bench, set(chosen.numbers))
    rows.sort(key=lambda row: int(row.number))
    print(as_text(rows))
    print("\n" + circumstances())
    if chosen.report:
        REPORT.write_text(report(rows), encoding="utf-8")
        PLOT.write_text(as_svg(rows), encoding="utf-8")
    return 1 if wrong else 0


def measured(bench: Bench, numbers: set[str]) -> tuple[list[Row], bool]:
    """All rows asked for, and whether an answer was wrong."""
    rows: list[Row] = []
    wrong = False
    for name, figure in FIGURES.items():
        if numbers and not numbers & set(name.split(", ")):
            continue
        print(f"figure {name}: {title(figure.__doc__)}", file=sys.stderr)
        number = name.split(", ")[0]
        try:
            rows += figure(bench)
        except (NoData, NotBuilt) as error:
            rows.append(Row(number, title(figure.__doc__), note=str(error)))
        except AssertionError as error:
            rows.append(Row(number, title(figure.__doc__), note=f"WRONG ANSWER: {error}"))
            wrong = True
    rows += [Row(number, what, note="not measured yet") for number, what in NOT_YET.items() if not numbers]
    return rows, wrong


def title(text: str | None) -> str:
    """The first sentence of a docstring, on one line."""
    return " ".join((text or "").split()).split(": ")[0].split(". ")[0]


def report(rows: list[Row]) -> str:
    """docs/performance.md."""
    reached = sum(row.met is True for row in rows)
    missed = sum(row.met is False for row in rows)
    return f"""# Figures

Written by `make bench-report`; do not edit. {reached} goals are met, {missed} are not, and those that
are not stand here as they are. All is measured in one process, each figure in paired rounds on messages
that no engine has seen before, by CPU time of the thread; a ratio is the median of the ratios of the rounds.
Ratios travel from machine to machine, times do not.

- **A**: libhyperscan's scan in C of the same regular expressions, and of the words between `\\b`: ends of
  matches, no starts, no Python. **B**: its pure-literal scan, without boundaries. Both behind a thin driver
  (`benchmarks/hyperscan_driver.c`).
- **C**: the best that can be put together in Python: NFKC, python-hyperscan, a generated if-chain by tag,
  `re` for spans.
- R30: thirty regular expressions. L*n*: the first *n* entries of a blocklist (services, profanity, domains).

{circumstances()}

![Each figure over its goal](performance.svg)

{as_markdown(rows)}
"""


def circumstances() -> str:
    """Date, machine, versions."""
    versions = [f"Solon {solon_version()}", f"Python {platform.python_version()}", compiler(), libhyperscan()]
    for peer in PEERS:
        name = "python-hyperscan" if peer == "hyperscan" else peer
        try:
            versions.append(f"{name} {metadata.version(peer)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name} missing")
    return f"{datetime.now(UTC):%Y-%m-%d}, {processor()}. {', '.join(versions)}."


def solon_version() -> str:
    """The version, and the commit where there is one."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return " ".join(filter(None, (metadata.version("solon"), found.stdout.strip())))


def compiler() -> str:
    """The C compiler."""
    found = subprocess.run(["cc", "-dumpfullversion"], capture_output=True, text=True, check=False)
    return f"cc {found.stdout.strip()}"


def libhyperscan() -> str:
    """The library behind references A and B."""
    try:
        driver = hyperscan()
    except NotBuilt:
        return "libhyperscan missing"
    from ctypes import c_char_p  # noqa: PLC0415

    driver.hs_version.restype = c_char_p
    return f"libhyperscan {driver.hs_version().decode().split()[0]}"


def processor() -> str:
    """The CPU's name, as the system has it."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
