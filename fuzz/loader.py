"""Damaged artifacts opened and asked to decide, many a second, in several processes.

Each mutant (`mutants.py`) must be refused by a kind of ArtifactError, or decide. A crash, a hang, a mutant
that takes long or much memory, and any other exception is a finding: it is named with the words that make it
again, and its bytes are written beside the progress file: `xz` them into tests/corpus/loader, which every run
of the tests opens.

    python fuzz/loader.py --mutants 1000000 --seconds 600 --seed 1
"""

from __future__ import annotations

import argparse
import faulthandler
import lzma
import os
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mutants
import workers
from mutants import cases

from solon.matcher import _engine

PROGRESS = Path("build/fuzz-loader.txt")
HANG_SECONDS = 60
SLOW_SECONDS = 2.0  # of CPU; sanitizers and slow machines included
GROWN_KIBIBYTES = 512 * 1024
BATCH = 256
SMALL_BYTES = 80_000


def options(words: list[str]) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Opens mutated artifacts until one does what it must not.")
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--mutants", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--seed", type=int, help="the same seed makes the same mutants; else by the clock")
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--only", type=int, help="this mutant alone, written beside the progress file")
    parser.add_argument("--progress", type=Path, default=PROGRESS, help="where the present mutant is noted")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="so many processes")
    parser.add_argument("--share", help="the part of one process, I/N")
    parser.add_argument("--collect", type=Path, help="write one small mutant for each way to be refused here")
    given = parser.parse_args(words)
    if given.seed is None:
        given.seed = int(time.time())
    return given


def main(words: list[str]) -> None:
    """Runs; the exit code is 1 where there was a finding."""
    given = options(words)
    given.progress.parent.mkdir(parents=True, exist_ok=True)
    if given.collect is not None:
        return collect(given)
    if given.share is not None:
        return share(given, *workers.share_of(given.share))
    if given.only is not None:
        given.first, given.mutants = given.only, 1
        return share(given, 0, 1)
    print(f"loader: seed {given.seed}, mutants from {given.first} on, engine {_engine.__file__}", flush=True)
    started = time.monotonic()
    counts, failed = workers.run(__file__, [*words, "--seed", str(given.seed)], given.workers)
    made = sum(counts.values())
    print(f"loader: {workers.rate(made, started)}: {dict(sorted(counts.items()))}")
    for number in range(given.workers if failed else 0):
        last = cases.Progress.last(noted(given, number, given.workers))
        print(f"finding: {failed}; the last of share {number}: python fuzz/loader.py {last}", file=sys.stderr)
    if failed:
        raise SystemExit(1)


def noted(given: argparse.Namespace, mine: int, of: int) -> Path:
    """Where a share notes the mutant that it is at."""
    progress: Path = given.progress
    return progress if of == 1 else progress.with_suffix(f".{mine}.txt")


def share(given: argparse.Namespace, mine: int, of: int) -> None:
    """One process's part; ends with an exception, or a signal, at the first finding."""
    faulthandler.enable()
    progress = cases.Progress(noted(given, mine, of))
    seeds = mutants.seed_artifacts()
    counts: Counter[str] = Counter()
    end = time.monotonic() + given.seconds
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + GROWN_KIBIBYTES
    for made, number in enumerate(range(given.first + mine, given.first + given.mutants, of)):
        if made % BATCH == 0:
            if time.monotonic() >= end:
                break
            faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        progress.note(f"--seed {given.seed} --only {number}")
        data = mutants.mutant(random.Random(f"{given.seed} {number}"), seeds)
        if given.only is not None:
            given.progress.with_suffix(".solon").write_bytes(data)
        before = time.process_time()
        try:
            counts[cases.outcome_of(data)] += 1
            took = time.process_time() - before
            assert took < SLOW_SECONDS, f"{took:.1f} seconds for one mutant"
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < grown, "much memory for one mutant"
        except BaseException:
            given.progress.with_name(f"finding-{given.seed}-{number}.solon").write_bytes(data)
            raise
    faulthandler.cancel_dump_traceback_later()
    workers.report(counts)


def collect(given: argparse.Namespace) -> None:
    """A corpus: for each thing that a refusal says, the smallest mutant of these that it was said of."""
    seeds = mutants.seed_artifacts()
    smallest: dict[str, bytes] = {}
    for number in range(given.first, given.first + min(given.mutants, 1 << 30)):
        data = mutants.mutant(random.Random(f"{given.seed} {number}"), seeds)
        said = cases.said_of(data)
        if len(data) < SMALL_BYTES and (said not in smallest or len(data) < len(smallest[said])):
            smallest[said] = data
    kept = [smallest[said] for said in sorted(smallest)]
    packed = lzma.compress(b"".join(len(one).to_bytes(4, "little") + one for one in kept), preset=9)
    given.collect.mkdir(parents=True, exist_ok=True)
    (given.collect / "said.xz").write_bytes(packed)
    print(f"{len(kept)} mutants, {len(packed):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
