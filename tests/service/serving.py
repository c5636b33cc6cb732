"""A policy behind HTTP for tests: in this process without a network, or as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from solon.authoring import compile_checked
from solon.dsl.load import load_policy_text
from solon.service.app import Observed, application
from solon.service.following import Following
from solon.service.settings import Settings

POLICY = """\
policy house {
  version 4
  actions allow < warn < hold < block
  default allow
  undecided warn
  incomplete hold
  limit message 4 KiB
}
facts {
  contract.started : bool
  sender.role      : enum(freelancer, client) = client
  sender.tenure    : duration = 0 days
  sender.earned    : money(USD) = 0 USD
  sender.since     : time = 2020-01-01
  sender.tags      : set of enum(new, pro) = {}
  sender.count     : int = 0
  sender.name      : text optional
  spam.score       : number optional
  file.name        : scanned text optional
}
pattern app { words "zoom", "skype" }
pattern secret_word { words "xyzzy" }
rule early {
  when   not contract.started and message contains app
  unless sender.tenure >= 24 months
  then   block
  redact app
  notify sender "Dear {sender.role} {sender.name}: later."
  reason "house rules, 7.1"
}
rule named  { when file.name contains app  then warn  reason "house rules, 7.2" }
rule spam {
  when spam.score >= 0.9 and sender.earned < 100 USD and sender.since > 2019-01-01 and sender.count < 9
   and not sender.tags has pro
  then hold
}
rule hidden { when message contains secret_word  then block  mode shadow }
"""
FACTS = {"contract.started": False, "spam.score": 0.1, "file.name": "a.txt"}
KEY = bytes(range(32))


def artifact(text: str = POLICY) -> bytes:
    """The policy, compiled."""
    return compile_checked(load_policy_text(text))


def put(path: Path, data: bytes) -> None:
    """Publish as one should: beside, then over."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(data)
    beside.replace(path)


@contextlib.contextmanager
def served(
    path: Path, interval: float = 3600.0, max_age: float | None = None, **wanted: Any
) -> Iterator[Observed]:
    """The application over a file, looked at only when told to."""
    following = Following(path, interval=interval, max_age=max_age)
    try:
        yield application(following, Settings(**wanted))
    finally:
        following.close()


class Process:
    """`solon serve` in a process of its own."""

    def __init__(self, *words: str) -> None:
        program = "from solon.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, "serve", *words], stderr=subprocess.PIPE, env={**os.environ}
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.await_line(", version ")  # it listens, and answers once it has started

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.decode())

    def await_line(self, text: str, seconds: float = 30.0) -> str:
        """The first line of the log that has a text."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in list(self.lines):
                if text in line:
                    return line
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"no line with {text!r}: {''.join(self.lines)}")

    @property
    def port(self) -> int:
        """Where it listens."""
        found = re.search(r"http://[^ ]*:(\d+)", self.await_line("http://"))
        assert found
        return int(found[1])

    def events(self) -> list[dict[str, Any]]:
        """What it logged as JSON."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop; the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        self._reader.join(10)
        return code


@contextlib.contextmanager
def process(*words: str) -> Iterator[Process]:
    """The same, ended whatever happens."""
    one = Process(*words)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(10)


def connect(port: int, seconds: float = 20.0) -> socket.socket:
    """A plain connection to it."""
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def request(body: bytes, path: str = "/decide", *more: str) -> bytes:
    """A POST of JSON, byte by byte."""
    head = [f"POST {path} HTTP/1.1", "host: localhost", "content-type: application/json", *more]
    if not any(line.startswith("transfer-encoding") for line in more):
        head.append(f"content-length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


def answer(sock: socket.socket) -> tuple[int, dict[str, str], Any]:
    """One answer of a connection: status, headers, body as JSON."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            raise ConnectionError(f"the connection ended after {data[:200]!r}")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    while len(body) < int(headers.get("content-length", 0)):
        part = sock.recv(65536)
        if not part:
            raise ConnectionError("the body was cut off")
        body += part
    return int(lines[0].split()[1]), headers, json.loads(body) if "json" in headers["content-type"] else body
