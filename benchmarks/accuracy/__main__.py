"""Measure accuracy and print the tables.

python -m benchmarks.accuracy [--only KIND …] [--no-peers] [--no-messages] [--errors KIND] [--report]
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.accuracy.measures import measures, phone_pot
from benchmarks.accuracy.ordinary import false_entities, flagged
from benchmarks.accuracy.ours import Solon
from benchmarks.accuracy.peers import PEERS, Missing, stack
from benchmarks.accuracy.run import Run
from benchmarks.accuracy.score import Finding
from benchmarks.accuracy.suites import Case, messages, read_suites
from benchmarks.accuracy.tables import by_evasion, by_suite, goals, report, whole_strings
from benchmarks.corpus import NoData, data_folder

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "accuracy.md"


def main() -> int:
    """0 where all was measured, goals met or not; 2 where there is nothing to measure with."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy", description="what is found, what falsely"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="KIND", help="phone, email, … only; may be repeated"
    )
    parser.add_argument("--no-peers", action="store_true", help="Solon alone")
    parser.add_argument("--no-messages", action="store_true", help="leave the ordinary messages out")
    parser.add_argument(
        "--errors", metavar="KIND", help="only print what Solon misses and finds falsely of a kind"
    )
    parser.add_argument("--source", default="", help="with --errors: of sources that contain this")
    parser.add_argument("--report", action="store_true", help=f"write {REPORT.relative_to(ROOT)} too")
    chosen = parser.parse_args()
    try:
        folder = data_folder()
        suites = read_suites(folder)
    except (NoData, ImportError) as error:
        print(f"nothing to measure with: {error}", file=sys.stderr)
        return 2
    missing = [name for name, cases in suites.items() if not cases]
    if missing:
        print(f"suites that are missing in {folder}: {', '.join(missing)}", file=sys.stderr)
    ours = Run(Solon())
    if chosen.errors:
        print_errors(ours, suites, chosen.errors, chosen.source, folder)
        return 0
    if chosen.only:
        suites = {name: [c for c in cases if c.kind in chosen.only] for name, cases in suites.items()}
    runs, absent = [ours], []
    if not chosen.no_peers:
        peers, absent = installed()
        runs += [Run(peer) for peer in [*peers, stack(peers)]]
    ordinary = [] if chosen.no_messages or chosen.only else messages(folder)
    figures = list(measures(ours, suites, lambda: false_entities(ours.finder, ordinary)))
    if chosen.only:
        figures = [figure for figure in figures if figure.figure is not None]
    suite_table = by_suite(runs, {**suites, "phone pot": phone_pot(suites)})
    tables = [
        ("Goals", goals(figures)),
        ("Spans, by suite", suite_table),
        ("Whole strings", whole_strings(runs, suites)),
        ("Recall under evasion", by_evasion(runs, suites["evasion_derived"])),
    ]
    if ordinary:
        tables.append(("Ordinary messages with a span, per 1,000", flagged(runs, ordinary)))
    for title, table in tables:
        if len(table) > 1:
            print(f"\n{title}\n\n{as_text(table)}")
    for line in absent:
        print(f"peer left out: {line}")
    if chosen.report:
        versions = [f"{run.name} {getattr(run.finder, 'version', '')}".strip() for run in runs]
        text = report(figures, tables, versions, absent, datetime.now(UTC).date())
        REPORT.write_text(text, encoding="utf-8")
    return 0


def installed() -> tuple[list, list[str]]:
    """The peers that are there, and the names of those that are not."""
    peers, absent = [], []
    for name, make in PEERS.items():
        try:
            peers.append(make())
        except Missing as error:
            absent.append(f"{name}: {error}")
    return peers, absent


def print_errors(run: Run, suites: dict[str, list[Case]], kind: str, source: str, folder: Path) -> None:
    """Each case that went wrong, on a line; for `messages` all that is found in the ordinary ones."""
    if kind == "messages":
        for message in messages(folder):
            for name, spans in sorted(run.finder.find(message.text).items()):
                for start, end in spans:
                    print(f"{name}\t{message.text[start:end]!r}\t{message.source}\t{message.text!r}")
        return
    cases = [c for cases in suites.values() for c in cases if c.kind == kind and source in c.source]
    for finding in run.findings(cases):
        print_finding(finding)
    for case in cases:
        taken = (0, len(case.text)) in run.spans(case.text, kind)
        if case.whole and taken != bool(case.spans):
            print(f"WHOLE {'taken' if taken else 'not taken'}\t{case.source}\t{case.text!r}\t{case.note}")


def print_finding(finding: Finding) -> None:
    """Missed and false spans, and hits with other ends."""
    case, text = finding.case, finding.case.text
    words = [f"MISSED {text[a:b]!r}" for a, b in finding.missed]
    words += [f"FALSE {text[a:b]!r}" for a, b in finding.false]
    if not words and finding.exact < finding.hits:
        words = [f"OTHER ENDS {text[a:b]!r}" for a, b in case.spans]
    if words:
        print(f"{' '.join(words)}\t{case.source}\t{text!r}\t{case.note}")


def as_text(table: list[list[str]]) -> str:
    """A table in columns."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    lines.insert(1, "-" * sum(widths))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
