"""`solon serve` under load from this process, over loopback: `make soak-service`.

Good clients ask without a pause and know every answer by the artifact that gave it; the artifact is swapped
all the while, and now and then rubbish lies in its place. Bad clients send bodies that are too large, no
JSON, half a request; they dribble, vanish, and do not read. What is answered must be what is expected of that
client, no answer may be a mixture of two versions, and the memory of the service must not grow.

    python fuzz/soak_service.py --seconds 60
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "service"))
import serving

from solon.matcher.engine import from_bytes

GROWTH_KIB_MAX = 4096
"""What the medians of the second and of the last third may differ by: swaps leave holes in the heap."""
MESSAGES = (
    "hello",
    "on zoom at 5?",
    "skype or viber",
    "x" * 6000,
    "cafe\u0301 \U0001f4de zoom",
    "viber " * 400,
)
SLOW_SECONDS = 1.0
BODY_BYTES = 100_000


class Soak:
    """One run: its clients, what they counted, and what went wrong."""

    def __init__(self, seconds: float, seed: int) -> None:
        self.end = time.monotonic() + seconds
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.memory: list[int] = []
        self.seconds: list[float] = []
        texts = (serving.POLICY, serving.POLICY.replace('"zoom", "skype"', '"viber"'))
        self.artifacts = [serving.artifact(text) for text in texts]
        self.policies = [from_bytes(data) for data in self.artifacts]
        self.expected: dict[tuple[str, str], Any] = {
            (policy.digest, message): policy.decide(message, serving.FACTS).public()
            for policy in self.policies
            for message in MESSAGES
        }

    def going(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.end

    def run(self, folder: Path) -> None:
        """All of it."""
        path = folder / "house.solon"
        path.write_bytes(self.artifacts[0])
        words = (
            "--port",
            "0",
            "--slow",
            str(SLOW_SECONDS),
            "--max-body",
            str(BODY_BYTES),
            "--interval",
            "0.02",
        )
        with serving.process(str(path), *words, "--internal", "--log-level", "warning") as served:
            port = served.port
            work: list[Callable[[], None]] = [
                lambda: self.swap(path),
                lambda: self.watch_memory(served.process.pid),
            ]
            work += [lambda: self.ask(port, 1), lambda: self.ask(port, 2), lambda: self.batch(port)]
            work += [
                lambda: self.misbehave(port, 3),
                lambda: self.misbehave(port, 4),
                lambda: self.look(port),
            ]
            threads = [threading.Thread(target=self.guarded, args=(one,)) for one in work]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.counts["exit code"] = served.stop()
            for line in served.events():
                if line["level"] == "error" or "exception" in line:
                    self.failures[f"logged: {line['event']} {line.get('exception', '')}"] += 1

    def guarded(self, work: Callable[[], None]) -> None:
        """A client that itself fails is a failure, not a silence."""
        try:
            work()
        except Exception as error:
            self.failures[f"{type(error).__name__}: {error}"] += 1

    # ── Good clients ─────────────────────────────────────────────────────────────────────────────────

    def ask(self, port: int, seed: int) -> None:
        """One question after the other; each answer is the one of the artifact that it names."""
        chance = random.Random(self.seed + seed)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while self.going():
            message = chance.choice(MESSAGES)
            start = time.perf_counter()
            inside = chance.random() < 0.3
            status, headers, found = post(connection, "/internal/decide" if inside else "/decide", message)
            self.seconds.append(time.perf_counter() - start)
            digest = headers["solon-policy"].rpartition('digest="')[2].rstrip('"') if status == 200 else ""
            public = found.get("public") if inside else found
            if status != 200 or public != self.expected[digest, message]:
                self.failures[f"asked: {status}"] += 1
            elif inside and found["audit"]["digest"] != digest:
                self.failures["asked: two versions in one answer"] += 1
            else:
                self.counts["decided"] += 1

    def batch(self, port: int) -> None:
        """Batches, with a bad question in each: all by one version."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        body = {
            "facts": serving.FACTS,
            "questions": [{"message": one} for one in MESSAGES] * 4 + [{"message": 1}],
        }
        while self.going():
            status, headers, found = post(connection, "/decide/batch", body)
            digest = headers["solon-policy"].rpartition('digest="')[2].rstrip('"') if status == 200 else ""
            wanted = [self.expected.get((digest, one)) for one in MESSAGES] * 4
            answers = found.get("answers", [{}])
            if [one.get("verdict") for one in answers[:-1]] != wanted or "problem" not in answers[-1]:
                self.failures[f"batch: {status}"] += 1
            else:
                self.counts["decided in batches"] += len(wanted)
            time.sleep(0.01)

    def look(self, port: int) -> None:
        """Health and figures, as machines ask for them."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while self.going():
            for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200 and not (path == "/healthz" and answer.status == 503):
                    self.failures[f"{path}: {answer.status}"] += 1
                self.counts[f"{path} {answer.status}"] += 1
            time.sleep(0.1)

    # ── Bad clients ──────────────────────────────────────────────────────────────────────────────────

    def misbehave(self, port: int, seed: int) -> None:
        """One bad connection after the other, each with the answer that it deserves."""
        chance = random.Random(self.seed + seed)
        asked = json.dumps({"message": "zoom", "facts": serving.FACTS}).encode()
        flaws = (
            b"{",
            b'{"message": NaN}',
            b'{"message": "\\ud800"}',
            b"\xff",
            b"[" * 9000,
            b'{"message":"","message":""}',
        )
        while self.going():
            kind = chance.choice(("large", "chunked", "json", "drop", "head", "dribble", "unread", "rubbish"))
            with serving.connect(port) as sock:
                try:
                    status = self.one(kind, sock, asked, chance.choice(flaws))
                except (ConnectionError, TimeoutError) as error:
                    status = type(error).__name__
            wanted = WANTED[kind]
            self.counts[f"{kind}: {status}"] += 1
            if status not in wanted:
                self.failures[f"{kind}: {status}, not {wanted}"] += 1

    def one(self, kind: str, sock: socket.socket, asked: bytes, flaw: bytes) -> Any:
        """The status that a bad client gets, or `ended` where its connection ends."""
        request = serving.request
        match kind:
            case "large":
                sock.sendall(request(b" " * (BODY_BYTES + 1)))
            case "chunked":
                sock.sendall(request(b"", "/decide", "transfer-encoding: chunked"))
                for _ in range(BODY_BYTES // 4096 + 2):
                    sock.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
                sock.sendall(b"0\r\n\r\n")
            case "json":
                sock.sendall(request(flaw))
            case "drop":
                sock.sendall(request(asked)[:-7])
                return "dropped"
            case "head":
                sock.sendall(request(asked)[:40])
                return end_of(sock)
            case "dribble":
                sock.sendall(request(asked)[:-9])
            case "unread":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                for _ in range(30):
                    sock.sendall(b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n")
                time.sleep(SLOW_SECONDS / 2)
                return "not read"
            case _:
                sock.sendall(b"\x16\x03\x01\x02" * 50)
                return end_of(sock)
        return serving.answer(sock)[0]

    # ── The ground that moves ────────────────────────────────────────────────────────────────────────

    def swap(self, path: Path) -> None:
        """One artifact, the other, and at times none."""
        chance = random.Random(self.seed)
        turn = 0
        while self.going():
            turn += 1
            if chance.random() < 0.1:
                serving.put(path, chance.choice((b"", b"rubbish", self.artifacts[0][:5000])))
                time.sleep(0.05)
                self.counts["rubbish"] += 1
            serving.put(path, self.artifacts[turn % 2])
            self.counts["swaps"] += 1
            time.sleep(0.05)

    def watch_memory(self, pid: int) -> None:
        """Resident memory, every half second, in KiB."""
        while self.going():
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            self.memory.append(int(status.partition("VmRSS:")[2].split()[0]))
            time.sleep(0.5)

    def growth(self) -> int:
        """How much the median of the last third is above that of the second, in KiB."""
        third = len(self.memory) // 3
        second, last = sorted(self.memory[third : 2 * third]), sorted(self.memory[2 * third :])
        return last[len(last) // 2] - second[len(second) // 2]


WANTED: dict[str, tuple[Any, ...]] = {
    "large": (413,),
    "chunked": (413,),
    "json": (400, 422),
    "drop": ("dropped",),
    "head": ("ended",),
    "dribble": (408,),
    "unread": ("not read",),
    "rubbish": ("ended",),
}


def post(connection: http.client.HTTPConnection, path: str, asked: Any) -> tuple[int, Any, Any]:
    """A question, or a whole body, and its answer."""
    body = {"message": asked, "facts": serving.FACTS} if isinstance(asked, str) else asked
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.headers, json.loads(answer.read())


def end_of(sock: socket.socket) -> str:
    """Reads until the other side ends the connection, as it must."""
    while sock.recv(65536):
        pass
    return "ended"


def main() -> int:
    """The run, its figures, and 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    soak = Soak(args.seconds, args.seed)
    with tempfile.TemporaryDirectory() as folder:
        soak.run(Path(folder))
    for name, count in sorted(soak.counts.items()):
        print(f"{name:<28} {count:>10,}")
    times = sorted(soak.seconds) or [0.0]
    shown = {share: times[min(int(len(times) * share), len(times) - 1)] * 1000 for share in (0.5, 0.99, 1.0)}
    print("answers in ms: " + ", ".join(f"{share:.0%} {value:.1f}" for share, value in shown.items()))
    memory = soak.memory
    print(
        f"memory: {memory[0]:,} KiB at first, {max(memory):,} at most, {soak.growth():+,} in the last third"
    )
    if soak.growth() > GROWTH_KIB_MAX:
        soak.failures[f"memory grew by {soak.growth():,} KiB"] += 1
    if soak.counts["exit code"] or not soak.counts["decided"]:
        soak.failures["it did not end well, or decided nothing"] += 1
    for name, count in sorted(soak.failures.items()):
        print(f"FAILED {name}: {count}")
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
