"""What a call leaves behind: nothing, counted exactly; and resident memory that stays flat over very many
calls.

`blocks_left` is how many objects more Python's allocator holds after so many calls than before, which is
exact where the calls are alike (the tests use it on each public call and each of their errors). `main` is
the long way: a million decisions, a thousand loads, a thousand swaps, and how much the process has grown.

    python fuzz/leaks.py --decisions 1000000 --loads 1000
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import artifact_cases as cases

import solon
from solon.matcher import layout

GROWN_BYTES_MAX = 256 * 1024
PAGE_BYTES = 4096
ROUNDS = 25


def blocks_left(call: Callable[[], object], times: int = 200, rest: int = 0) -> int:
    """Blocks of memory more than before, after so many calls: those of the first round that adds no more than
    `rest`.

    Lists of free objects and caches fill up little by little; a leak leaves its blocks in every round.
    """
    least = sys.maxsize
    for _ in range(ROUNDS):
        if least <= rest:
            break
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(times):
            call()
        gc.collect()
        least = min(least, sys.getallocatedblocks() - before)
    return least


def references_left(things: list[object], call: Callable[[], object], times: int = 200) -> list[int]:
    """How many references more than before each of these has."""
    call()
    gc.collect()
    before = [sys.getrefcount(one) for one in things]
    for _ in range(times):
        call()
    gc.collect()
    after = [sys.getrefcount(one) for one in things]
    return [now - was for now, was in zip(after, before, strict=True)]


def resident_bytes() -> int:
    """What of this process is in memory and its own."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return (int(fields[1]) - int(fields[2])) * PAGE_BYTES


def grown(work: Callable[[int], object], times: int) -> int:
    """Bytes of resident memory more after so many calls, once a twentieth of them has warmed everything
    up."""
    for number in range(max(100, times // 20)):
        work(number)
    gc.collect()
    before = resident_bytes()
    for number in range(times):
        work(number)
    gc.collect()
    return resident_bytes() - before


def works(folder: Path) -> dict[str, tuple[Callable[[int], object], str]]:
    """The long works by name, and which number of times is theirs."""
    data = cases.artifact(cases.EVERY_SECTION)
    path = folder / "p.solon"
    path.write_bytes(data)
    policy = solon.load(path)
    sections = {one.name: data[one.offset : one.offset + one.length] for one in layout.read(data)}
    sections["meta"] = sections["meta"].replace(b'"because"', b'"BECAUSE"')
    versions = [data, layout.write(sections)]
    watched = solon.watch(path, interval=3600, allow_older=True)

    def decide(number: int) -> None:
        verdict = policy.decide(cases.MESSAGES[number % 3], cases.FACTS, at=cases.MOMENT)
        if not number % 8:
            verdict.audit(), verdict.public(), policy.find(cases.MESSAGES[number % 3])

    def refused(number: int) -> None:
        wrong: dict[str, Any] = {**cases.FACTS, "state": number}
        try:
            policy.decide("x", wrong)
        except solon.FactError:
            return
        raise AssertionError("a fact of another type was taken")

    def load(number: int) -> None:
        solon.load(path).decide("zoom", cases.FACTS, at=datetime(2026, 1, 1, tzinfo=UTC))

    def damaged(number: int) -> None:
        try:
            solon.from_bytes(layout.seal(data[: 400 + number % 50] + bytes(8) + data[408 + number % 50 :]))
        except solon.ArtifactError:
            return

    def swap(number: int) -> None:
        path.write_bytes(versions[number % 2])
        watched.refresh()
        watched.decide("zoom", cases.FACTS, at=cases.MOMENT)

    return {
        "decisions": (decide, "decisions"),
        "decisions refused": (refused, "decisions"),
        "loads": (load, "loads"),
        "loads refused": (damaged, "loads"),
        "swaps": (swap, "loads"),
    }


def main(words: list[str]) -> None:
    """Runs every work; the exit code is 1 where one of them has grown the process by more than it may."""
    parser = argparse.ArgumentParser(description="How much memory very many calls leave behind.")
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--loads", type=int, default=1_000)
    given = parser.parse_args(words)
    logging.getLogger("solon.watch").setLevel(logging.CRITICAL)
    too_much = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (work, which) in works(Path(folder)).items():
            times, started = getattr(given, which), time.monotonic()
            more = grown(work, times)
            too_much += more > GROWN_BYTES_MAX
            print(
                f"leaks: {times:,} {name}: {more / 1024:+,.0f} KiB in {time.monotonic() - started:.0f} s",
                flush=True,
            )
    raise SystemExit(1 if too_much else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
