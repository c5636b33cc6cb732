"""Waits until the files of a policy change.

In: folders. Out: a return as soon as a file in one of them is another one than before. Modification times and
sizes are compared a few times a second: this works on any file system, and for a few hundred files costs
nothing that anybody would notice.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

FILES_MAX = 5_000
SECONDS_BETWEEN = 0.25

Snapshot: TypeAlias = dict[str, tuple[int, int]]


def snapshot(folders: Iterable[Path]) -> Snapshot:
    """Each file of the folders and those below, hidden ones left out, with its time and size."""
    seen: Snapshot = {}
    for top in folders:
        for folder, below, files in os.walk(top):
            below[:] = sorted(name for name in below if not name.startswith((".", "__")))
            for name in sorted(files):
                if name.startswith("."):
                    continue
                if len(seen) >= FILES_MAX:
                    return seen
                path = os.path.join(folder, name)  # noqa: PTH118  (thousands of times a second)
                try:
                    stat = os.stat(path)  # noqa: PTH116
                except OSError:
                    continue  # it went away meanwhile
                seen[path] = (stat.st_mtime_ns, stat.st_size)
    return seen


def wait_for_change(folders: Iterable[Path], before: Snapshot, *, every: float = SECONDS_BETWEEN) -> Snapshot:
    """Sleep until something differs from `before`; what there is then."""
    listed = list(folders)
    while (now := snapshot(listed)) == before:
        time.sleep(every)
    return now
