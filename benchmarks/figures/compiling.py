"""Compiling, the artifact, loading: figures 10 to 13."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import policies, rulesets
from benchmarks.bench import WORDS, Bench
from benchmarks.measure import cpu_seconds, settle
from benchmarks.native import Hyperscan, NotBuilt, packed
from benchmarks.policies import Project, words_only
from benchmarks.row import Row
from solon.matcher.engine import from_bytes, load

__all__ = ["artifact_size", "load_to_verdict", "many_words", "whole_policy"]

MANY = 100_000
LOADS = 15


def many_words(bench: Bench) -> Iterator[Row]:
    """Shows what it takes to compile a blocklist of 100,000 entries, from the files on and with all checks,
    over hyperscan's literal compiler. Checked: the last entry is found."""
    words = bench.corpus.words(MANY)
    project = words_only(words)
    root = project.write(bench.folder / "many_words")
    policy = from_bytes(project.compile_from(root))
    if "listed" not in policy.find(f"see {words[-1]} now"):
        raise AssertionError("the compiled list does not find its own entries")
    figure = "compile L100k over hyperscan's literal compile"
    yield compile_row(bench, "10", figure, project, lambda: bench.reference_b(MANY))


def whole_policy(bench: Bench) -> Iterator[Row]:
    """Shows what it takes to compile R30 + L10k and 1,000 rules, from the files on and with all checks, over
    hyperscan's compile of the expressions and words alone."""
    regexes, words = bench.corpus.regexes(), bench.corpus.words(WORDS)
    rules = rulesets.random_rules(1000, len(regexes) + 10)
    project = policies.mixed(regexes, words, rules)
    figure = "compile R30 + L10k + 1,000 rules over hyperscan's R30 + L10k"
    yield compile_row(bench, "11", figure, project, bench.reference_a)


def compile_row(
    bench: Bench, number: str, figure: str, project: Project, peer: Callable[[], Hyperscan]
) -> Row:
    """CPU seconds of this thread: each side once."""
    root = project.write(bench.folder / f"figure_{number}")
    seconds = cpu_seconds(lambda: project.compile_from(root))
    name = {"10": f"hyperscan L{MANY}", "11": "hyperscan R30+L10k"}[number]
    try:
        peer()
    except NotBuilt as error:
        return Row(number, figure, f"{seconds:.2f} s", note=str(error))
    other = bench.seconds[name]
    said = (f"{seconds:.2f} s", f"{other:.2f} s")
    return Row(number, figure, *said, value=seconds / other, goal=0.10, note="each side once")


def artifact_size(bench: Bench) -> Iterator[Row]:
    """Shows how large the artifact of a blocklist is over hyperscan's literal database. Solon's has the fold
    tables, the typed IR and the texts in it; the row `stripped` is without the IR."""
    for count in (WORDS, MANY):
        project = words_only(bench.corpus.words(count))
        try:
            other = len(bench.reference_b(count).write())
        except NotBuilt as error:
            yield Row("12", f"artifact size, L{count:,}", note=str(error))
            continue
        for name, strip in (("", False), (", stripped", True)):
            size = len(project.artifact(strip=strip))
            yield Row(
                *("12", f"artifact size over hyperscan's literal database, L{count:,}{name}"),
                *(f"{size / 1e6:.2f} MB", f"{other / 1e6:.2f} MB"),
                value=size / other,
                goal=0.5,
            )


def load_to_verdict(bench: Bench) -> Iterator[Row]:
    """Shows how long it takes from an artifact file, in the page cache, to the first verdict, everything
    verified, over hyperscan's literal database read and scanned once, nothing verified. A goal in
    milliseconds: it depends on the machine. Checked: the first verdict is the right one."""
    for count, goal in ((WORDS, 0.5), (MANY, 2.0)):
        words = bench.corpus.words(count)
        path = bench.folder / f"load_{count}.solon"
        path.write_bytes(words_only(words).artifact())
        message = f"see {words[-1]} now"

        def first(path: Path = path, message: str = message) -> None:
            if load(path).decide(message, {}).action != "hold":
                raise AssertionError("the first verdict is wrong")

        mine = median_ms(first)
        peer, ratio = "–", ""
        try:
            data = bench.reference_b(count).write()
            block = packed([message])
            other = median_ms(lambda data=data, block=block: Hyperscan.read(data).scan(*block))  # type: ignore[misc]
            peer, ratio = f"{other:.2f} ms", f"{mine / other:.2f} of hyperscan's time"
        except NotBuilt as error:
            ratio = str(error)
        figure, said = f"load to first verdict, L{count:,}", f"{mine:.2f} ms"
        yield Row("13", figure, said, peer, value=mine, unit=" ms", goal=goal, note=ratio)


def median_ms(work: Callable[[], object]) -> float:
    """The median CPU time of some calls, in milliseconds."""
    settle()
    return cpu_seconds(work, LOADS) * 1e3
