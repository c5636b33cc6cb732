"""The figures, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.bench import Bench
from benchmarks.figures import (
    batches,
    compiling,
    decisions,
    editor,
    evasions,
    folding,
    hostile,
    latency,
    others,
    patterns,
    real,
    rules,
)
from benchmarks.row import Row

__all__ = ["FIGURES", "NOT_YET"]

FIGURES: dict[str, Callable[[Bench], Iterable[Row]]] = {
    "1, 2": decisions.full_decision,
    "3": patterns.many_regexes,
    "4": patterns.words,
    "5": patterns.regexes,
    "6": decisions.fresh_over_seen,
    "7": rules.many_rules,
    "8": folding.fold,
    "9": evasions.strong_names,
    "10": compiling.many_words,
    "11": compiling.whole_policy,
    "12": compiling.artifact_size,
    "13": compiling.load_to_verdict,
    "14": hostile.hostile_messages,
    "15": latency.spread,
    "16": latency.rate,
    "17": batches.batches,
    "18": others.words_elsewhere,
    "19": others.rules_elsewhere,
    "20": real.constructs,
    "21": real.not_ascii,
    "22": real.growth,
    "23": real.starting,
    "24": editor.keystroke,
}
"""By the numbers of the rows that they give."""

NOT_YET: dict[str, str] = {}
"""Figures that are not measured yet, and what they are about."""
