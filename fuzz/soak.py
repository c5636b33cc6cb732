"""Swaps under load: an artifact that is replaced ten thousand times while threads and processes decide by it.

Each version is a policy whose one rule says its version, and the longer the version lives the longer its
message: a verdict must say the version of the policy that made it, and redact what that version redacts.
Between good versions lie files cut off, emptied, overwritten in place, removed, replaced by rubbish, by a
folder, by a pipe, unsigned or older. Nothing may fail, no verdict may be mixed, no version may come before
one that the same thread has seen.

    python fuzz/soak.py --swaps 10000 --threads 4 --processes 3
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mutants

import solon
from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text
from solon.matcher import layout
from solon.matcher.trust import Keys, new_key, private_key, sign

MESSAGES = ("zoom and skype", "Zоom", "nothing here", "z o o m", "skype 1 zoom 2 skype 3")
WORDS = ("zoom", "skype")


def artifact() -> dict[str, bytes]:
    """The sections of version 1: the later ones have other numbers in their texts."""
    text = (
        "policy p { version 1000001 actions allow < block  default allow }\n"
        + "".join(f'pattern {word} {{ words "{word}" evasions strong }}\n' for word in WORDS)
        + 'rule r { when message contains any of zoom, skype then block redact zoom with "[1000001]" '
        'notify sender "by 1000001" reason "1000001" label v1000001 }\n'
        'rule always { when message.length >= 0 then block reason "always 1000001" }\n'
    )
    checked = load_policy_text(text)
    assert checked.policy is not None, checked.diagnostics
    compiled = compile_policy(checked.policy, strip=True)
    assert compiled.artifact is not None
    data = compiled.artifact
    return mutants.with_small_tables(mutants.sections_of(data))


def version_of(sections: dict[str, bytes], version: int) -> bytes:
    """Another version: the same length, so that nothing shows but the content."""
    meta = sections["meta"].replace(b"1000001", str(1000001 + version).encode())
    return layout.write({**sections, "meta": meta})


class Asker:
    """One thread that decides, and holds each verdict against the policy that made it."""

    def __init__(self, watched: solon.Watched, stop: threading.Event) -> None:
        self.watched, self.stop = watched, stop
        self.decided, self.seen, self.versions = 0, 0, 0
        self.failure: str | None = None

    def run(self) -> None:
        """Until told to stop, or something is wrong."""
        try:
            while not self.stop.is_set():
                for message in MESSAGES:
                    self.ask(message)
        except Exception as error:
            self.failure = repr(error)
            self.stop.set()

    def ask(self, message: str) -> None:
        """One decision, whole."""
        verdict = self.watched.decide(message, {})
        reasons = verdict.reasons
        last = reasons[-1].removeprefix("always ")
        version = int(last)
        assert reasons in ((last, f"always {last}"), (f"always {last}",)), reasons
        if not self.decided % 16:  # all that it says
            every = (*reasons, *verdict.notices.values(), *verdict.labels, verdict.redacted)
            words = [word.strip("[]v") for text in every for word in str(text).split()]
            numbers = {word for word in words if "1" in word and len(word) > 6}
            assert numbers == {last}, (numbers, last)
            assert verdict.audit()["version"] == version
        assert version >= self.seen, (version, self.seen)
        self.versions += version != self.seen
        self.seen = version
        self.decided += 1


def load(watched: solon.Watched, threads: int, stop: threading.Event) -> list[Asker]:
    """Threads that ask until `stop`; ends when they have ended."""
    askers = [Asker(watched, stop) for _ in range(threads)]
    running = [threading.Thread(target=one.run) for one in askers]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return askers


def child(path: str, keys: str, threads: int, end: Any, answers: Any) -> None:
    """A process of its own, which watches the same file."""
    sys.setswitchinterval(0.0005)
    logging.getLogger("solon.watch").setLevel(logging.CRITICAL)
    stop = threading.Event()
    with solon.watch(path, trust=keys, threshold=2, interval=0.002) as watched:
        threading.Thread(target=lambda: (end.wait(), stop.set()), daemon=True).start()
        askers = load(watched, threads, stop)
        status = watched.status()
    answers.put(json.dumps(told(askers, status)))


def told(askers: list[Asker], status: solon.Status) -> dict[str, Any]:
    """What a process did."""
    return {
        "decided": sum(one.decided for one in askers),
        "versions": max(one.versions for one in askers),
        "failures": [one.failure for one in askers if one.failure],
        "swaps": status.swaps,
        "refused": status.refused,
        "version": status.version,
        "error": status.error,
    }


class Publisher:
    """Puts versions and damage where the artifact lies."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.path, self.rng = folder, folder / "p.solon", random.Random(seed)
        self.sections, self.version = artifact(), 0
        self.done: Counter[str] = Counter()
        (folder / "keys").mkdir()
        self.keys = []
        for name in ("a", "b"):
            private, public, _ = new_key()
            (folder / "keys" / f"{name}.pem").write_bytes(public)
            (folder / f"{name}.key").write_bytes(private)
            self.keys.append(private_key(folder / f"{name}.key"))
        self.good = b""
        self.publish("rename")

    def signed(self, version: int) -> bytes:
        """An artifact that both have signed."""
        return sign(sign(version_of(self.sections, version), self.keys[0]), self.keys[1])

    def publish(self, how: str | None = None) -> None:
        """The next version, in one of the ways in which files change."""
        self.version += 1
        self.good = self.signed(self.version)
        how = how or self.rng.choice(("rename", "rename", "in place", "link"))
        self.done[how] += 1
        new = self.folder / "new"
        if self.path.is_dir() and not self.path.is_symlink():
            self.path.rmdir()
        if how == "in place" and self.path.is_file():
            with self.path.open("r+b") as file:
                file.write(self.good)
                file.truncate()
        elif how == "link":
            place = self.folder / f"..{self.version}"
            place.mkdir()
            (place / "p.solon").write_bytes(self.good)
            new.symlink_to(place / "p.solon")
            new.replace(self.path)
            shutil.rmtree(self.folder / f"..{self.version - 40}", ignore_errors=True)
        else:
            new.write_bytes(self.good)
            new.replace(self.path)

    def spoil(self) -> None:
        """Something that must not be taken."""
        how = self.rng.choice(
            (
                "cut",
                "empty",
                "overwritten",
                "gone",
                "rubbish",
                "folder",
                "pipe",
                "older",
                "unsigned",
                "one signature",
            )
        )
        self.done[how] += 1
        target = self.folder / "new"
        if how in ("gone", "folder", "pipe"):
            self.path.unlink()
            if how == "folder":
                self.path.mkdir()
            elif how == "pipe":
                os.mkfifo(self.path)
            return
        if how == "cut":
            with self.path.open("r+b") as file:
                file.truncate(self.rng.randrange(len(self.good)))
        elif how == "overwritten":
            with self.path.open("r+b") as file:
                file.seek(self.rng.randrange(len(self.good)))
                file.write(self.rng.randbytes(1000))
        else:
            content = {
                "empty": b"",
                "rubbish": self.rng.randbytes(5000),
                "older": self.signed(max(0, self.version - 1)),
                "unsigned": version_of(self.sections, self.version + 1),
                "one signature": sign(version_of(self.sections, self.version + 1), self.keys[0]),
            }[how]
            target.write_bytes(content)
            target.replace(self.path)


def soak(swaps: int, threads: int, processes: int, seed: int, folder: Path) -> dict[str, Any]:
    """Publishes until this process's watcher has swapped so often; what everybody did."""
    # Many threads want the lock at each moment; who looks at the file waits for it less than in a service.
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    publisher = Publisher(folder, seed)
    context = multiprocessing.get_context("spawn")
    end, answers = context.Event(), context.Queue()
    keys = folder / "keys"
    children = [
        context.Process(target=child, args=(str(publisher.path), str(keys), threads, end, answers))
        for _ in range(processes)
    ]
    for one in children:
        one.start()
    stop = threading.Event()
    out: list[Asker] = []
    watched = solon.watch(publisher.path, trust=Keys.read(keys), threshold=2, interval=0.002)
    asking = threading.Thread(target=lambda: out.extend(load(watched, threads, stop)))
    asking.start()
    while watched.status().swaps < swaps and not stop.is_set():
        if publisher.rng.random() < 0.15:
            publisher.spoil()
            if publisher.rng.random() < 0.5:
                watched.refresh()
        publisher.publish()
        watched.refresh()
        if not publisher.version % 500:
            print(f"{publisher.version} versions, {watched.status().swaps} swaps", flush=True)
    publisher.publish("rename")
    time.sleep(2)
    stop.set()
    end.set()
    asking.join()
    watched.refresh()
    everybody = [told(out, watched.status()), *(json.loads(answers.get(timeout=60)) for _ in children)]
    for one in children:
        one.join()
    watched.close()
    sys.setswitchinterval(before)
    return {
        "published": publisher.version,
        "how": dict(publisher.done),
        "everybody": everybody,
        "last": 1000001 + publisher.version,
    }


def main(words: list[str]) -> None:
    """Runs, prints what was done, and ends with 1 where anything failed or was mixed."""
    parser = argparse.ArgumentParser(description="Swaps an artifact under load.")
    parser.add_argument("--swaps", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    logging.getLogger("solon.watch").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        found = soak(given.swaps, given.threads, given.processes, given.seed, Path(folder))
    everybody = found["everybody"]
    failed = [one for one in everybody if one["failures"] or one["error"] or one["version"] != found["last"]]
    print(json.dumps(found if failed else found["how"], indent=1))
    for one in everybody:
        print(f"  {one['decided']:,} decisions, {one['swaps']:,} swaps, {one['refused']:,} refused")
    decided = sum(one["decided"] for one in everybody)
    print(f"soak: {found['published']:,} versions, {decided:,} decisions, {len(failed)} processes failed")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
