"""Several processes that share the cases of one fuzzer: a crash of one is a finding, not the end of the
search.

In: a script that takes `--share I/N` and does the cases whose number leaves I when divided by N. Out: its
last lines, added up, and the exit code: 0 where every process ended well.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

COUNTS = "counts: "


def run(script: str, words: list[str], workers: int) -> tuple[Counter[str], list[str]]:
    """Runs the shares at once; the sum of what they counted, and how each that failed did."""
    # A process group each, so that what hangs can be ended with all that it began.
    started = [
        subprocess.Popen(
            [sys.executable, script, *words, "--share", f"{number}/{workers}"],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for number in range(workers)
    ]
    total: Counter[str] = Counter()
    failed = []
    try:
        for number, process in enumerate(started):
            out, _ = process.communicate()
            for line in out.splitlines():
                if line.startswith(COUNTS):
                    total.update(json.loads(line.removeprefix(COUNTS)))
                else:
                    print(line, flush=True)
            if process.returncode:
                failed.append(f"share {number}/{workers} {_end(process.returncode)}")
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return total, failed


def _end(code: int) -> str:
    return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def report(counts: Counter[str]) -> None:
    """What one share counted, for the one who adds up."""
    print(COUNTS + json.dumps(dict(counts)), flush=True)


def share_of(text: str) -> tuple[int, int]:
    """`I/N` as numbers."""
    mine, _, of = text.partition("/")
    return int(mine), int(of)


def rate(cases: int, started: float) -> str:
    """How many a second, and how long it took; `started` by the monotonic clock."""
    seconds = time.monotonic() - started
    return f"{cases:,} in {seconds:.0f} s, {cases / max(seconds, 1e-9):,.0f} a second"
