"""Figures to rows of text, and the page docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from benchmarks.accuracy.measures import Measure
from benchmarks.accuracy.run import Run
from benchmarks.accuracy.score import Tally, tally
from benchmarks.accuracy.suites import Case

__all__ = ["as_markdown", "by_evasion", "by_suite", "goals", "report", "whole_strings"]

Table = list[list[str]]
NONE = "–"


def number(value: float | None) -> str:
    """One decimal, or a dash for nothing."""
    return NONE if value is None else f"{value:.1f}"


def goals(figures: Iterable[Measure]) -> Table:
    """Each measure with its goal."""
    rows = [["measure", "Solon", "goal", ""]]
    for one in figures:
        digits = f"{one.figure:.2f}" if one.most and one.figure is not None else number(one.figure)
        goal = f"{'≤' if one.most else '≥'} {one.goal:.4g}"
        rows.append(
            [
                one.what,
                f"{digits}{f' ({one.note})' if one.note else ''}",
                goal,
                "met" if one.met else "not met",
            ]
        )
    return rows


def by_suite(runs: list[Run], suites: dict[str, list[Case]]) -> Table:
    """Recall / precision / F1 (exact F1) of each finder that knows the kind."""
    rows = [["suite, kind", "spans", *(run.name for run in runs)]]
    for suite, cases in suites.items():
        for kind in sorted({case.kind for case in cases if not case.whole}):
            chosen = [case for case in cases if case.kind == kind and not case.whole]
            if (
                not any(run.knows(kind) for run in runs)
                or kind in ("hashtag", "cashtag")
                or suite == "evasion_derived"
            ):
                continue
            cells = [spans_cell(run, chosen, kind) for run in runs]
            rows.append([f"{suite}, {kind}", str(sum(len(case.spans) for case in chosen)), *cells])
    return rows


def spans_cell(run: Run, cases: list[Case], kind: str) -> str:
    """`97.5 / 98.0 / 97.7 (95.1)`, or flagged cases of 1,000 where nothing is to be found."""
    if not run.knows(kind):
        return NONE
    sums = tally(run.findings(cases))
    if sums.hits + sums.missed == 0:
        return f"{number(sums.per_thousand)} per 1,000"
    return spans_text(sums)


def spans_text(sums: Tally) -> str:
    """Recall, precision, F1 and exact F1."""
    return f"{number(sums.recall)} / {number(sums.precision)} / {number(sums.f1)} ({number(sums.exact_f1)})"


def whole_strings(runs: list[Run], suites: dict[str, list[Case]]) -> Table:
    """Whole strings: valid ones taken, and invalid ones."""
    rows = [["kind", *(run.name for run in runs)]]
    cases = [case for cases in suites.values() for case in cases if case.whole]
    for kind in sorted({case.kind for case in cases} - {"hashtag", "cashtag"}):
        chosen = [case for case in cases if case.kind == kind]
        cells = []
        for run in runs:
            judged = run.judged(chosen)
            taken = f"{judged.accepted} of {judged.valid} valid, {judged.wrongly} of {judged.invalid} invalid"
            cells.append(taken if run.knows(kind) else NONE)
        rows.append([kind, *cells])
    return rows


def by_evasion(runs: list[Run], cases: list[Case]) -> Table:
    """Recall of each evasion. A peer without profile links is asked for links."""
    rows = [["kind, evasion", "spans", *(run.name for run in runs)]]
    for kind, evasion in sorted({(case.kind, case.evasion) for case in cases}):
        chosen = [case for case in cases if (case.kind, case.evasion) == (kind, evasion)]
        cells = []
        for run in runs:
            asked = kind if run.knows(kind) else "url" if kind == "profile_link" else kind
            cells.append(
                number(tally(run.findings(chosen, as_kind=asked)).recall) if run.knows(asked) else NONE
            )
        rows.append([f"{kind}, {evasion}", str(len(chosen)), *cells])
    return rows


def as_markdown(table: Table) -> str:
    """A table of a page."""
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines.insert(1, "|" + " --- |" * len(table[0]))
    return "\n".join(lines)


def report(
    figures: list[Measure], tables: list[tuple[str, Table]], versions: list[str], absent: list[str], day: date
) -> str:
    """docs/accuracy.md."""
    reached = sum(figure.met for figure in figures)
    left_out = "".join(f"\nPeer left out: {line}.\n" for line in absent)
    body = "\n\n".join(f"## {title}\n\n{as_markdown(table)}" for title, table in tables)
    return f"""# Accuracy

Written by `make accuracy` on {day.isoformat()}; do not edit. {reached} of {len(figures)} goals are met; those
that are not stand here as they are. {", ".join(versions)}.

The texts were labelled by others (test suites of libphonenumber, presidio, linkify-it, validator.js and
their kind, dialogue corpora) or made from theirs with Unicode's tables. Solon has one configuration for all
of them: every entity with `evasions strong`, and the packs as they ship. A hit is a span of the same kind
that overlaps the labelled one in at least half of what both cover; exact means the same two ends. Cells of
spans: recall / precision / F1 (exact F1), per cent.
{left_out}
{body}
"""
