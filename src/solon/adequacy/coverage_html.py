"""Coverage as one HTML page that needs nothing else: each file's lines, coloured by what reached them.

Whatever stands in a policy is text here: it is escaped, and characters that cannot be seen or turn the
direction of writing are shown as their numbers. The page has no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from solon.adequacy.coverage import WHATS, Coverage, Point, percent
from solon.adequacy.coverage_text import NOUNS, cell_in_words, missed_in_words
from solon.dsl.render import escaped
from solon.dsl.source import Source

CELLS_MAX = 1_000

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
body { color: #1b1f24; background: #fff }
table { border-collapse: collapse }
td, th { padding: .15rem .9rem .15rem 0; text-align: left }
td.n { text-align: right; font-variant-numeric: tabular-nums }
pre { font: 13px/1.55 ui-monospace, monospace; border: 1px solid #d5dae1; border-radius: 6px }
pre { overflow-x: auto; padding: .4rem 0; margin: .3rem 0 }
pre span { display: block; padding: 0 .8rem; border-left: 4px solid transparent; white-space: pre }
pre .all { background: #e7f6ea; border-color: #2e9b4f }
pre .part { background: #fff5d6; border-color: #d39e00 }
pre .none { background: #fde7e7; border-color: #d33a3a }
pre i { color: #8a929c; font-style: normal; user-select: none }
pre b { font: 12px system-ui, sans-serif; color: #8a5300; display: block; padding-left: 3.6rem }
summary { cursor: pointer; font-weight: 600; margin-top: 1rem }
@media (prefers-color-scheme: dark) {
  body { color: #e3e7ec; background: #14171b }
  pre { border-color: #343a43 }
  pre .all { background: #12301b }
  pre .part { background: #3a2f0b }
  pre .none { background: #431a1a }
  pre b { color: #f0b95a }
}
"""


def as_html(coverages: Sequence[Coverage]) -> str:
    """One page for all the policies."""
    body = "\n".join(line for one in coverages for line in _policy(one))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>coverage</title><style>{STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _shown(text: str) -> str:
    return escape(escaped(text))


def _policy(coverage: Coverage) -> Iterator[str]:
    yield f"<h1>{_shown(coverage.policy)}</h1>"
    yield f"<p>{coverage.cases} cases of tests reach {coverage.percent:.1f} % of what the policy can do.</p>"
    yield "<table>"
    for what in WHATS:
        reached, total = coverage.counted(what)
        if total:
            yield _row(NOUNS[what], reached, total)
    yield _row("together", *coverage.counted())
    reached, total = coverage.matrix.counted()
    if total:
        yield _row(
            "pairs of facts' values" if coverage.matrix.in_pairs else "cells of facts' values", reached, total
        )
    yield "</table>"
    if reached < total:
        yield from _cells(coverage, total - reached)
    by_file: dict[str, list[Point]] = {}
    for point in coverage.points:
        by_file.setdefault(point.place.file, []).append(point)
    for file in sorted(by_file):
        yield from _file(coverage.sources[file], by_file[file])


def _row(name: str, reached: int, total: int) -> str:
    return (
        f'<tr><th>{escape(name)}</th><td class="n">{reached}</td><td class="n">of {total}</td>'
        f'<td class="n">{int(percent(reached, total))} %</td></tr>'
    )


def _cells(coverage: Coverage, missing: int) -> Iterator[str]:
    yield f"<details><summary>{missing} without a case</summary><ul>"
    for number, cell in enumerate(coverage.matrix.missing()):
        if number == CELLS_MAX:
            yield f"<li>and {missing - CELLS_MAX} more</li>"
            break
        yield f"<li>{_shown(cell_in_words(cell))}</li>"
    yield "</ul></details>"


def _file(source: Source, points: Sequence[Point]) -> Iterator[str]:
    by_line: dict[int, list[Point]] = {}
    for point in points:
        by_line.setdefault(point.place.line, []).append(point)
    missed = sum(len(one.missed) for one in points)
    said = "all reached" if not missed else f"{missed} missed"
    opened = " open" if missed else ""
    lines = "".join(
        _line(number, source.line_text(number), by_line.get(number, ()))
        for number in range(1, source.line_count + 1)
        if number < source.line_count or source.line_text(number)
    )
    yield f"<details{opened}><summary>{_shown(source.path)}: {said}</summary><pre>{lines}</pre></details>"


def _line(number: int, text: str, points: Sequence[Point]) -> str:
    hits = [count for one in points for count in one.hits.values()]
    grade = "" if not hits else "all" if all(hits) else "part" if any(hits) else "none"
    notes = "".join(
        f"<b>{_shown(one.text)}: {escape(missed_in_words(one))}</b>" for one in points if one.missed
    )
    title = f' title="{max(hits)} cases"' if hits else ""
    shown = _shown(text.replace("\t", "    "))
    return f'<span class="{grade}"{title}><i>{number:>5}  </i>{shown}{notes}</span>'
