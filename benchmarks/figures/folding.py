"""The fold alone: figure 8."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Block, Contender, paired
from benchmarks.native import Fold, NativeEngine, Texts
from benchmarks.policies import words_only
from benchmarks.row import Row
from solon.matcher.folding import fold as python_fold

__all__ = ["fold"]


def fold(bench: Bench) -> Iterator[Row]:
    """Shows what the fold with its map of offsets costs over what Python offers, NFKC, casefold and NFKC
    again, which gives no offsets and keeps look-alikes. The engine in C, without Python between two
    messages, at level basic. Checked: as many folded characters as the Python fold gives."""
    engine = NativeEngine(words_only(["zoom"]).artifact())
    contenders = {"Solon": folding(engine), "unicodedata": normalizing}
    kinds = {
        "all messages": (bench.blocks(), 0.4),
        "non-ASCII": ([bench.corpus.non_ascii(bench.size // 2) for _ in range(bench.rounds)], 0.2),
    }
    for name, (blocks, goal) in kinds.items():
        check_fold(engine, blocks[0][:200])
        rounds = paired(contenders, blocks)
        yield Row(
            *("8", f"fold with map of offsets over NFKC + casefold + NFKC, {name}"),
            *(rounds.said("Solon"), rounds.said("unicodedata")),
            value=rounds.ratio("Solon", "unicodedata"),
            goal=goal,
            hits=f"Solon {rounds.hits['Solon']:,} folded characters, Python {rounds.hits['unicodedata']:,}",
        )


def folding(engine: NativeEngine) -> Contender:
    """By the engine."""

    def prepare(block: Block) -> Callable[[], int]:
        texts = Texts(block)
        return lambda: engine.fold(Fold.BASIC, texts)

    return prepare


def normalizing(block: Block) -> Callable[[], int]:
    """By the standard library."""
    normalize = unicodedata.normalize

    def work() -> int:
        return sum(len(normalize("NFKC", normalize("NFKC", text).casefold())) for text in block)

    return work


def check_fold(engine: NativeEngine, block: Block) -> None:
    """As many folded characters as the Python fold gives. Raises AssertionError."""
    for text in block:
        if engine.fold(Fold.BASIC, Texts([text])) != len(python_fold(text, "basic").text):
            raise AssertionError(f"the folds differ on {text!r}")
