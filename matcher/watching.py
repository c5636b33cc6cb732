"""An artifact file that may change under a running service: the newest good version decides, and readers
never wait.

In: a path, what to demand of what lies there (`matcher.trust`), how often to look. Out: `Watched`, which
decides by the version that it has, and `Status`, which says which one that is and what went wrong since.

    file ──stat──▶ as before? ──no──▶ read once ──▶ verify, open ──▶ one assignment: the next decision sees it
                       │ yes              │ same bytes    │ refused
                       ▼                  ▼               ▼
                   confirmed          confirmed       the last good one stays, and `status()` says why

The path is followed anew at each look, so a rename over the file, a new content of the same file and a
symbolic link that is swapped (as mounted configuration does it) are all seen. The file is read, never
mapped: what has been verified is what decides."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from solon.matcher.artifact import read_file
from solon.matcher.engine import Policy, opened
from solon.matcher.errors import ArtifactError
from solon.matcher.trust import Demands, Trust
from solon.matcher.verdict import Verdict

__all__ = ["Status", "Watched", "watch"]

LOG = logging.getLogger("solon.watch")

RACY_NANOSECONDS = 2_000_000_000
"""A file that changed so recently may change again within one tick of the clock that stamps it: it is read
again."""

Stamp = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Status:
    """What a watcher knows, at one moment.

    `version`, `digest`, `signers`, `expires` are those of the policy that decides, `loaded_at` when it
    began to. `age` is how many seconds ago the file was last seen to be that policy; `stale` whether that
    is more than `max_age`. `error` says why what lies there now is not used (`error_kind` is its class,
    `error_at` when it was found), None where it is. `swaps` counts changes of the policy, `refused`
    artifacts and reads that failed."""

    policy: str
    version: int
    digest: str
    signers: tuple[str, ...]
    expires: datetime | None
    loaded_at: datetime
    age: float
    stale: bool
    expired: bool
    error: str | None
    error_kind: str | None
    error_at: datetime | None
    swaps: int
    refused: int
    watching: bool

    @property
    def healthy(self) -> bool:
        """Whether the newest artifact decides: nothing refused, not stale, not expired, and somebody
        looks."""
        return self.error is None and not self.stale and not self.expired and self.watching


@dataclass(frozen=True, slots=True)
class _Held:
    """All that changes, in one object: who reads it sees one state whole."""

    policy: Policy
    loaded_at: datetime
    confirmed: float  # by the monotonic clock, which nobody sets
    swaps: int = 0
    refused: int = 0
    error: Exception | None = None
    error_at: datetime | None = None


def watch(
    path: str | Path,
    *,
    trust: Trust | None = None,
    threshold: int | None = None,
    not_before_version: int | None = None,
    allow_older: bool = False,
    interval: float = 1.0,
    max_age: float | None = None,
) -> Watched:
    """Load an artifact and follow its file: the policy that decides is the newest good one that lay there.

    `trust`, `threshold` and `not_before_version` are those of `solon.load`, held against each version. A
    version lower than the one that decides is refused unless `allow_older`. `interval` is the time between
    two looks in seconds; the file's state is asked, and its content read where that has changed. `max_age`,
    in seconds, is how long the file may go unconfirmed (bad, gone, not looked at) before `status().stale`.

    Raises what `solon.load` raises where there is no good artifact to begin with: there is never a watcher
    that cannot decide.
    """
    return Watched(
        path,
        Demands.of(trust, threshold, not_before_version),
        allow_older=allow_older,
        interval=interval,
        max_age=max_age,
    )


class Watched:
    """A policy that follows its file. Made by `watch`; any number of threads may ask it at once.

    `close()`, or the end of a `with` block, ends the following; it decides on by what it has. A process
    that forks gives its child a watcher that decides at once and looks anew by itself from its first use
    on."""

    def __init__(
        self, path: str | Path, demands: Demands, *, allow_older: bool, interval: float, max_age: float | None
    ) -> None:
        for name, seconds in (("interval", interval), ("max_age", max_age)):
            if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
                raise ValueError(f"`{name}` takes a number of seconds above zero, not {seconds}")
        self._path = Path(path)
        self._demands = demands
        self._allow_older = allow_older
        self._interval = interval
        self._max_age = max_age
        self._lock = threading.Lock()  # of those who look; who decides takes none
        self._stop = threading.Event()
        self._orphan = False
        self._stamp: Stamp | None = None
        stamp = _stamp(self._path)
        policy = opened(read_file(self._path), demands)
        self._held = _Held(policy, datetime.now(UTC), time.monotonic())
        self._stamp = _settled(stamp)
        self._start()
        _EVERY.add(self)

    # ── Who decides ──────────────────────────────────────────────────────────────────────────────────

    @property
    def policy(self) -> Policy:
        """The policy that decides now. Who asks for several things asks this one, and gets them of one
        version."""
        if self._orphan:
            self._adopt()
        return self._held.policy

    def decide(self, message: str, facts: Mapping[str, Any], *, at: datetime | None = None) -> Verdict:
        """Decide one message by one version, whole; as `Policy.decide`."""
        if self._orphan:
            self._adopt()
        return self._held.policy.decide(message, facts, at=at)

    def status(self) -> Status:
        """Which version decides, since when, and what went wrong."""
        if self._orphan:
            self._adopt()
        held = self._held
        policy, error = held.policy, held.error
        age = time.monotonic() - held.confirmed
        return Status(
            policy=policy.name,
            version=policy.version,
            digest=policy.digest,
            signers=policy.signers,
            expires=policy.expires,
            loaded_at=held.loaded_at,
            age=age,
            stale=self._max_age is not None and age > self._max_age,
            expired=policy.expires is not None and datetime.now(UTC) >= policy.expires,
            error=None if error is None else str(error),
            error_kind=None if error is None else type(error).__name__,
            error_at=held.error_at,
            swaps=held.swaps,
            refused=held.refused,
            watching=not self._stop.is_set(),
        )

    def __repr__(self) -> str:
        return f"<Watched {self._path}: {self._held.policy!r}>"

    # ── Who looks ────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> bool:
        """Look now; whether another policy decides since. Never raises for what lies there: `status()` says
        it."""
        with self._lock:
            return self._look()

    def _look(self) -> bool:
        held = self._held
        stamp = None
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp:
                if held.error is None:
                    self._held = replace(held, confirmed=time.monotonic())
                return False
            data = read_file(self._path)
            policy = held.policy if _is_of(data, held.policy) else self._opened(data)
        except (OSError, ArtifactError, MemoryError) as error:
            self._refuse(held, error, stamp)
            return False
        self._stamp = _settled(stamp)
        now = time.monotonic()
        if policy is held.policy:
            self._held = replace(held, confirmed=now, error=None, error_at=None)
            return False
        self._held = _Held(policy, datetime.now(UTC), now, held.swaps + 1, held.refused)
        LOG.info("%s: version %s, %s, now decides", self._path, policy.version, policy.digest[:12])
        return True

    def _opened(self, data: bytes) -> Policy:
        least = self._demands.not_before_version
        if not self._allow_older:
            least = max(least, self._held.policy.version)
        return opened(data, replace(self._demands, not_before_version=least))

    def _refuse(self, held: _Held, error: Exception, stamp: Stamp | None) -> None:
        """Keeps the last good one, and says why. The same failure at each look is one failure."""
        kept = error.with_traceback(None)
        # A file that could not be read is tried again; one that was read and refused, when it changes.
        self._stamp = None if isinstance(error, OSError | MemoryError) else _settled(stamp)
        if held.error is not None and (type(held.error), str(held.error)) == (type(kept), str(kept)):
            return
        self._held = replace(held, error=kept, error_at=datetime.now(UTC), refused=held.refused + 1)
        LOG.warning("%s: %s: %s; %s stays", self._path, type(kept).__name__, kept, held.policy)

    # ── The thread ───────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        threading.Thread(
            target=_follow,
            args=(weakref.ref(self), self._stop, self._interval),
            name="solon-watch",
            daemon=True,
        ).start()

    def _adopt(self) -> None:
        """In a child after a fork: the thread that looked is the parent's."""
        with self._lock:
            if self._orphan:
                self._orphan = False
                try:
                    self._start()
                except RuntimeError as error:  # no thread to be had: decide on, and do not claim to look
                    self._stop.set()
                    LOG.warning("%s: nobody follows it in this process: %s", self._path, error)

    def _forked(self) -> None:
        self._lock = threading.Lock()  # the old one may be held by a thread that is not there any more
        stopped = self._stop.is_set()
        self._stop = threading.Event()
        if stopped:
            self._stop.set()
        self._orphan = not stopped

    def close(self) -> None:
        """Stop looking. What was loaded stays and decides."""
        self._stop.set()
        self._orphan = False

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _follow(watched: weakref.ref[Watched], stop: threading.Event, interval: float) -> None:
    """Looks until it is told to stop or nobody has the watcher any more."""
    while not stop.wait(interval):
        one = watched()
        if one is None:
            return
        try:
            one.refresh()
        except Exception:  # a defect of ours must not end the following unseen
            LOG.exception("the look at an artifact failed")
        del one


def _stamp(path: Path) -> Stamp:
    """What the file system says of the file that the path leads to now."""
    found = os.stat(path)  # noqa: PTH116  (a str or a Path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _settled(stamp: Stamp | None) -> Stamp | None:
    """The stamp to compare with at the next look; None where the file is so new that its stamp proves
    nothing."""
    if stamp is None or abs(time.time_ns() - max(stamp[3:])) < RACY_NANOSECONDS:
        return None
    return stamp


def _is_of(data: bytes, policy: Policy) -> bool:
    """Whether these are the very bytes of the policy, so that nothing need be verified again."""
    return data == policy._artifact.data


_EVERY: weakref.WeakSet[Watched] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for one in list(_EVERY):
        one._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
