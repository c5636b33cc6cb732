"""A watched artifact: what swaps it, what does not, and what `status()` says of it."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import solon
from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text
from solon.matcher import watching
from solon.matcher.engine import Policy
from solon.matcher.trust import Keys, new_key, private_key, sign

MANUAL = 3600.0  # seconds between two looks: the tests look themselves


def artifact(version: int, expires: datetime | None = None) -> bytes:
    """A policy whose reason says its version."""
    checked = load_policy_text(
        f"policy p {{ version {version} actions allow < block  default allow }}\n"
        f'rule r {{ when message.length > 0 then block reason "version {version}" }}'
    )
    assert checked.policy is not None
    end = None if expires is None else int(expires.timestamp())
    compiled = compile_policy(checked.policy, strip=True, expires=end)
    assert compiled.artifact is not None
    return compiled.artifact


VERSIONS = {version: artifact(version) for version in (1, 2, 3)}


def put(path: Path, data: bytes) -> None:
    """As a careful publisher does it."""
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)


def says(watched: solon.Watched) -> int:
    """The version by which a message is decided, which must be the one that the policy names."""
    verdict = watched.decide("hello", {})
    assert verdict.reasons == (f"version {watched.policy.version}",)
    return watched.policy.version


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "p.solon"
    path.write_bytes(VERSIONS[1])
    return path


@pytest.fixture
def watched(path: Path) -> Iterator[solon.Watched]:
    with solon.watch(path, interval=MANUAL) as one:
        yield one


# ── What swaps ───────────────────────────────────────────────────────────────────────────────────────


def test_a_rename_over_the_file(watched: solon.Watched, path: Path) -> None:
    assert (says(watched), watched.refresh(), says(watched)) == (1, False, 1)
    put(path, VERSIONS[2])
    assert (watched.refresh(), says(watched), watched.refresh()) == (True, 2, False)
    status = watched.status()
    assert (status.policy, status.version, status.digest) == ("p", 2, watched.policy.digest)
    assert (status.swaps, status.refused, status.error, status.healthy) == (1, 0, None, True)


def test_another_content_of_the_same_file_at_the_same_moment(watched: solon.Watched, path: Path) -> None:
    """Same inode, same size, and the times put back: within a tick of the clock they prove nothing."""
    before = path.stat()
    assert len(VERSIONS[1]) == len(VERSIONS[2])
    path.write_bytes(VERSIONS[2])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (watched.refresh(), says(watched)) == (True, 2)


def test_a_link_that_is_swapped_as_mounted_configuration_does_it(tmp_path: Path) -> None:
    def publish(version: int) -> None:
        folder = tmp_path / f"..2026_0{version}"
        folder.mkdir()
        (folder / "p.solon").write_bytes(VERSIONS[version])
        (tmp_path / "..data_tmp").symlink_to(folder.name)
        (tmp_path / "..data_tmp").replace(tmp_path / "..data")

    publish(1)
    (tmp_path / "p.solon").symlink_to("..data/p.solon")
    with solon.watch(tmp_path / "p.solon", interval=MANUAL) as watched:
        assert says(watched) == 1
        for version in (2, 3):
            publish(version)
            assert (watched.refresh(), says(watched)) == (True, version)


def test_it_looks_by_itself(path: Path) -> None:
    with solon.watch(path, interval=0.005) as watched:
        put(path, VERSIONS[2])
        eventually(lambda: watched.policy.version == 2)
        before = watched.status()
        eventually(lambda: watched.status().age < before.age + 0.005)
        assert threading.active_count() > 1
    eventually(lambda: not any(one.name == "solon-watch" for one in threading.enumerate()))


def eventually(true: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


# ── What does not ────────────────────────────────────────────────────────────────────────────────────

GOOD = VERSIONS[2]
BAD: dict[str, tuple[str, Callable[[Path], object]]] = {
    "cut off": ("Truncated", lambda path: path.write_bytes(GOOD[:-1])),
    "emptied": ("Truncated", lambda path: path.write_bytes(b"")),
    "half written": ("Damaged", lambda path: path.write_bytes(GOOD[:500] + bytes(len(GOOD) - 500))),
    "rubbish": ("ForeignFile", lambda path: path.write_bytes(os.urandom(1000))),
    "gone": ("FileNotFoundError", lambda path: path.unlink()),
    "a folder": ("IsADirectoryError", lambda path: (path.unlink(), path.mkdir())),
    "a pipe": ("ForeignFile", lambda path: (path.unlink(), os.mkfifo(path))),
    "a device": ("ForeignFile", lambda path: (path.unlink(), path.symlink_to("/dev/zero"))),
    "a link to itself": ("OSError", lambda path: (path.unlink(), path.symlink_to(path))),
    "expired": ("Expired", lambda path: put(path, artifact(3, datetime(2026, 1, 1, tzinfo=UTC)))),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_keeps_the_last_good_one_and_says_so(
    name: str, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kind, spoil = BAD[name]
    caplog.set_level(logging.INFO, "solon.watch")
    with solon.watch(path, interval=MANUAL) as watched:
        spoil(path)
        assert [watched.refresh() for _ in range(3)] == [False] * 3
        status = watched.status()
        assert (says(watched), status.error_kind, status.healthy) == (1, kind, False)
        assert status.error
        assert status.error_at
        assert status.refused == 1, "one failure, however often it is looked at"
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        put(path, VERSIONS[1])  # the very one that decides: nothing to swap, and all is well
        assert (watched.refresh(), watched.status().error, watched.status().healthy) == (False, None, True)
        put(path, VERSIONS[2])
        assert (watched.refresh(), says(watched), watched.status().refused) == (True, 2, 1)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_version_before_is_refused_unless_asked_for(watched: solon.Watched, path: Path) -> None:
    put(path, VERSIONS[3])
    watched.refresh()
    put(path, VERSIONS[2])
    assert (watched.refresh(), says(watched), watched.status().error_kind) == (False, 3, "RolledBack")
    with solon.watch(path, interval=MANUAL, allow_older=True) as other:
        put(path, VERSIONS[1])
        assert (other.refresh(), says(other)) == (True, 1)
    with pytest.raises(solon.RolledBack):
        solon.watch(path, not_before_version=2)
    with solon.watch(path, interval=MANUAL, allow_older=True, not_before_version=1) as other:
        assert says(other) == 1


def test_signatures_are_asked_of_each_version(path: Path, tmp_path: Path) -> None:
    keys = []
    (tmp_path / "keys").mkdir()
    for name in ("a", "b"):
        private, public, _ = new_key()
        (tmp_path / "keys" / f"{name}.pem").write_bytes(public)
        (tmp_path / f"{name}.key").write_bytes(private)
        keys.append(private_key(tmp_path / f"{name}.key"))

    def signed(version: int) -> bytes:
        return sign(sign(VERSIONS[version], keys[0]), keys[1])

    with pytest.raises(solon.NotSigned):
        solon.watch(path, trust=tmp_path / "keys")
    put(path, signed(1))
    trust = Keys.read(tmp_path / "keys")
    with solon.watch(path, trust=trust, threshold=2, interval=MANUAL) as watched:
        for data, kind in (
            (VERSIONS[1], "NotSigned"),  # the content that decides, with its signatures stripped
            (sign(VERSIONS[2], keys[0]), "TooFewSignatures"),
            (VERSIONS[2] + signed(1)[len(VERSIONS[1]) :], "Damaged"),
        ):
            put(path, data)
            assert (watched.refresh(), watched.status().error_kind) == (False, kind)
        put(path, signed(2))
        assert (watched.refresh(), says(watched)) == (True, 2)
        assert set(watched.status().signers) == set(trust.by_id)


def test_there_must_be_a_good_one_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        solon.watch(tmp_path / "p.solon")
    (tmp_path / "p.solon").write_bytes(b"x")
    with pytest.raises(solon.ForeignFile):
        solon.watch(tmp_path / "p.solon")
    for wrong in ({"interval": 0}, {"interval": -1}, {"interval": float("nan")}, {"max_age": 0}):
        with pytest.raises(ValueError, match="number of seconds above zero"):
            solon.watch(tmp_path / "p.solon", **wrong)


def test_a_defect_of_ours_is_logged_and_does_not_end_the_following(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = watching.read_file
    monkeypatch.setattr(watching, "read_file", real)
    with solon.watch(path, interval=0.005) as watched:
        monkeypatch.setattr(watching, "read_file", lambda path: 1 / 0)
        put(path, VERSIONS[2])
        eventually(lambda: "ZeroDivisionError" in caplog.text)
        monkeypatch.setattr(watching, "read_file", real)
        eventually(lambda: watched.policy.version == 2)


# ── Staleness, the end, and who keeps what ───────────────────────────────────────────────────────────


def test_staleness_is_the_time_since_the_file_was_seen_to_be_what_decides(path: Path) -> None:
    with solon.watch(path, interval=MANUAL, max_age=0.02) as watched:
        assert not watched.status().stale
        time.sleep(0.03)
        status = watched.status()
        assert (status.stale, status.healthy, status.error) == (True, False, None)
        watched.refresh()
        assert not watched.status().stale
        path.write_bytes(b"rubbish")
        time.sleep(0.03)
        watched.refresh()
        assert watched.status().stale, "a file that is refused confirms nothing"
        assert says(watched) == 1


def test_what_expires_while_it_decides_shows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime.now(UTC) + timedelta(seconds=2)
    put(path, artifact(1, end))
    with solon.watch(path, interval=MANUAL) as watched:
        before = watched.status()
        assert before.expires is not None
        eventually(lambda: watched.status().expired)
        after = watched.status()
        assert (before.healthy, after.healthy, after.expires) == (True, False, before.expires)
        assert watched.decide("hello", {}).action == "block"


def test_a_closed_watcher_decides_on(path: Path) -> None:
    watched = solon.watch(path, interval=0.005)
    watched.close()
    watched.close()
    put(path, VERSIONS[2])
    time.sleep(0.02)
    status = watched.status()
    assert (says(watched), status.watching, status.healthy) == (1, False, False)


def test_nobody_keeps_what_nobody_uses(path: Path) -> None:
    """Neither a policy that was swapped out, nor a watcher that was dropped, nor its thread."""
    kept = [solon.watch(path, interval=0.005)]
    old: weakref.ref[Policy] = weakref.ref(kept[0].policy)
    verdict: solon.Verdict | None = kept[0].decide("hello", {})
    put(path, VERSIONS[2])
    eventually(lambda: kept[0].policy.version == 2)
    gc.collect()
    assert old() is not None, "a verdict keeps what it was decided by"
    del verdict
    gc.collect()
    assert old() is None
    gone: weakref.ref[solon.Watched] = weakref.ref(kept.pop())
    eventually(lambda: gone() is None)
    eventually(lambda: not any(one.name == "solon-watch" for one in threading.enumerate()))


# ── Processes that fork ──────────────────────────────────────────────────────────────────────────────


def in_child(work: Callable[[], object]) -> str:
    """What `work` gives in a child of a fork, as text."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = repr(work())
        except BaseException as error:
            answer = repr(error)
        os.write(write, answer.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read().decode()
    assert os.waitpid(child, 0)[1] == 0
    return answer


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
quiet = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@forks
@quiet
def test_a_child_decides_at_once_and_looks_by_itself(path: Path) -> None:
    with solon.watch(path, interval=0.005) as watched:

        def child() -> object:
            first = says(watched)
            put(path, VERSIONS[2])
            eventually(lambda: watched.policy.version == 2, 10)
            return first, says(watched), watched.status().watching

        assert in_child(child) == "(1, 2, True)"
        eventually(lambda: watched.policy.version == 2)


@forks
@quiet
def test_a_child_may_be_forked_in_the_middle_of_a_look(path: Path) -> None:
    """The parent's thread holds the lock at that moment, and is not there in the child to give it back."""
    with solon.watch(path, interval=MANUAL) as watched, watched._lock:
        assert (
            in_child(lambda: (watched.refresh(), says(watched), watched.status().healthy))
            == "(False, 1, True)"
        )


@forks
@quiet
def test_a_child_of_a_closed_watcher_has_a_closed_one(path: Path) -> None:
    watched = solon.watch(path, interval=0.005)
    watched.close()
    assert (
        in_child(lambda: (says(watched), watched.status().watching, threading.active_count()))
        == "(1, False, 1)"
    )


@forks
@quiet
def test_a_child_that_can_have_no_thread_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with solon.watch(path, interval=0.005) as watched:

        def child() -> object:
            def fails(_: object) -> None:
                raise RuntimeError("can't start new thread")

            threading.Thread.start = fails  # type: ignore[assignment, method-assign]
            return says(watched), watched.status().watching

        assert in_child(child) == "(1, False)"


def test_the_process_ends_with_a_watcher_open(path: Path) -> None:
    code = "import solon, sys; w = solon.watch(sys.argv[1], interval=0.001); print(w.decide('x', {}).action)"
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "block\n", "")
