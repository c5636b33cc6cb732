"""Spans found against spans labelled: recall, precision, F1, exact or overlapping.

A hit is a span of the same kind that overlaps the labelled one in at least half of what the two cover
together; each span counts once. Exact means the same two ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.accuracy.suites import Case, Span

__all__ = ["Finding", "Tally", "Whole", "pairs", "tally", "whole"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one kind over some cases."""

    hits: int = 0
    missed: int = 0
    false: int = 0
    exact: int = 0  # of the hits
    cases: int = 0
    flagged: int = 0  # cases with a false span

    @property
    def recall(self) -> float | None:
        """Of the labelled spans, per cent."""
        return share(self.hits, self.hits + self.missed)

    @property
    def precision(self) -> float | None:
        """Of the spans found, per cent."""
        return share(self.hits, self.hits + self.false)

    @property
    def f1(self) -> float | None:
        """Per cent."""
        return share(2 * self.hits, 2 * self.hits + self.missed + self.false)

    @property
    def exact_f1(self) -> float | None:
        """F1 where only the same two ends count as a hit, per cent."""
        return share(2 * self.exact, 2 * self.hits + self.missed + self.false)

    @property
    def per_thousand(self) -> float | None:
        """Cases with a false span, of 1,000."""
        return 1000 * self.flagged / self.cases if self.cases else None


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole strings judged: `valid` of which `accepted`, and `invalid` of which `wrongly` were taken."""

    valid: int = 0
    accepted: int = 0
    invalid: int = 0
    wrongly: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One case held against what was found in it."""

    case: Case
    missed: tuple[Span, ...]
    false: tuple[Span, ...]
    hits: int
    exact: int


def share(part: int, whole: int) -> float | None:
    """Per cent; None of nothing."""
    return 100 * part / whole if whole else None


def overlap(a: Span, b: Span) -> float:
    """What two spans share of what they cover together."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0


def pairs(case: Case, found: Iterable[Span]) -> Finding:
    """Hits, the best overlap first; what is left is missed or false."""
    found = sorted(set(found))
    scored = sorted(
        (-overlap(a, b), i, j)
        for i, a in enumerate(case.spans)
        for j, b in enumerate(found)
        if overlap(a, b) >= 0.5
    )
    left, right = set(range(len(case.spans))), set(range(len(found)))
    hits = exact = 0
    for worth, i, j in scored:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            hits += 1
            exact += worth == -1.0
    return Finding(
        case, tuple(case.spans[i] for i in sorted(left)), tuple(found[j] for j in sorted(right)), hits, exact
    )


def tally(findings: Iterable[Finding]) -> Tally:
    """Findings added up."""
    hits = missed = false = exact = cases = flagged = 0
    for finding in findings:
        hits += finding.hits
        missed += len(finding.missed)
        false += len(finding.false)
        exact += finding.exact
        cases += 1
        flagged += bool(finding.false)
    return Tally(hits, missed, false, exact, cases, flagged)


def whole(judged: Iterable[tuple[Case, Iterable[Span]]]) -> Whole:
    """Whole strings: taken where a span covers all of it, white space at its ends left out."""
    valid = accepted = invalid = wrongly = 0
    for case, found in judged:
        start = len(case.text) - len(case.text.lstrip())
        end = len(case.text.rstrip())
        taken = (start, end) in set(found)
        if case.spans:
            valid += 1
            accepted += taken
        else:
            invalid += 1
            wrongly += taken
    return Whole(valid, accepted, invalid, wrongly)
