"""Instructions a message of each workload, counted by callgrind: the same from run to run.

One process under valgrind opens the artifacts, warms each workload up (lazily built things are built), and
counts one pass. Start-up and loading are not counted. Hash seeds are fixed, since the walk over a dict's
probes is part of the count.
"""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.gate.workloads import WORKLOADS

__all__ = ["Missing", "count", "counted_here"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SECONDS_MAX = 600


class Missing(Exception):
    """valgrind, its header or a compiler is not there; the text says which."""


def count(artifacts: Path, names: Sequence[str], twice: bool = False) -> dict[str, float]:
    """Workload to instructions a message. With `twice` all work is done twice, as a slower engine would: to
    show that the gate can fail. Raises Missing."""
    if shutil.which("valgrind") is None:
        raise Missing("valgrind is not installed: instructions were not counted")
    marks = build_marks(artifacts)
    command = [
        *("valgrind", "--tool=callgrind", "--instr-atstart=no", "--combine-dumps=no", "--quiet"),
        f"--callgrind-out-file={artifacts / 'callgrind.out'}",
        *(sys.executable, "-m", "benchmarks.gate.instructions"),
        *(str(artifacts), str(marks), str(int(twice)), *names),
    ]
    environment = os.environ | {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS_MAX
    )
    if done.returncode:
        raise RuntimeError(f"counting failed: {done.stderr.strip()[-2000:]}")
    messages = dict(line.split() for line in done.stdout.splitlines())
    return {name: total(artifacts, name) / int(messages[name]) for name in names}


def build_marks(folder: Path) -> Path:
    """The library that tells callgrind where to count."""
    target = folder / "marks.so"
    command = [*shlex.split(os.environ.get("CC", "cc")), "-O1", "-shared", "-fPIC", str(HERE / "marks.c")]
    try:
        done = subprocess.run([*command, "-o", str(target)], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Missing(f"no C compiler: {error}") from None
    if done.returncode:
        raise Missing("valgrind/callgrind.h is not there: instructions were not counted")
    return target


def total(folder: Path, name: str) -> int:
    """The instructions of the dump with that name."""
    for path in folder.glob("callgrind.out.*"):
        text = path.read_text(encoding="utf-8", errors="replace")
        if re.search(rf"^desc: Trigger: Client Request: {name}$", text, re.MULTILINE):
            found = re.search(r"^totals: (\d+)", text, re.MULTILINE)
            if found:
                return int(found[1])
    raise RuntimeError(f"callgrind wrote no count of {name}")


def counted_here(artifacts: Path, marks: Path, times: int, names: Sequence[str]) -> None:
    """Runs under valgrind: one counted pass of each workload, and a line with its number of messages."""
    driver = ctypes.CDLL(str(marks))
    for name in names:
        workload = WORKLOADS[name](artifacts)
        expected = workload.run()
        driver.gate_start()
        for _ in range(times):
            answer = workload.run()
        driver.gate_stop(name.encode())
        if answer != expected:
            raise AssertionError(f"{name} found {expected}, then {answer}")
        print(name, workload.messages)


if __name__ == "__main__":
    counted_here(Path(sys.argv[1]), Path(sys.argv[2]), 1 + int(sys.argv[3]), sys.argv[4:])
