"""A client of the language server: a process of its own, spoken to over its standard input and output."""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60.0
START = "from solon.lsp.features import make_server; make_server(({first}, {second})).start_io()"


class Client:
    """Speaks JSON-RPC as an editor does; knows nothing of Solon."""

    def __init__(
        self, folder: Path, *, pauses: tuple[float, float], command: list[str] | None = None
    ) -> None:
        code = START.format(first=pauses[0], second=pauses[1])
        self.process = subprocess.Popen(
            command or [sys.executable, "-c", code],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        )  # fmt: skip
        self.folder = folder
        self.numbers = itertools.count(1)
        self.inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self.told: dict[str, dict[str, Any]] = {}
        self.log: list[str] = []
        self.refreshed = 0
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._drain, daemon=True).start()
        self.capabilities = self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "capabilities": {"general": {"positionEncodings": ["utf-16"]}},
            },
        )["capabilities"]
        self.say("initialized", {})

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()) not in {b"\r\n", b""}:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            self.inbox.put(json.loads(stream.read(length)))

    def _drain(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line.decode("utf-8", "replace"))

    def _send(self, document: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **document}).encode("utf-8")
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _next(self, until: float) -> dict[str, Any]:
        try:
            document = self.inbox.get(timeout=max(until - time.monotonic(), 0.01))
        except queue.Empty:
            raise AssertionError("the server said nothing more:\n" + "".join(self.log)[-2000:]) from None
        if document.get("method") == "textDocument/publishDiagnostics":
            self.told[document["params"]["uri"]] = document["params"]
        elif document.get("method") == "workspace/codeLens/refresh":
            self.refreshed += 1
            self._send({"id": document["id"], "result": None})
        elif document.get("method") == "window/logMessage":
            self.log.append(document["params"]["message"])
        return document

    def say(self, method: str, params: Any) -> None:
        """A notification."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> dict[str, Any]:
        """A request and its whole answer."""
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        until = time.monotonic() + SECONDS
        while True:
            document = self._next(until)
            if document.get("id") == number and "method" not in document:
                return document

    def ask(self, method: str, params: Any) -> Any:
        """A request and its result."""
        answer = self.request(method, params)
        assert "error" not in answer, answer
        return answer["result"]

    # ── Files ──

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        if text is None:
            text = (self.folder / name).read_text(encoding="utf-8")
        self.texts[name], self.versions[name] = text, 1
        item = {"uri": self.uri(name), "languageId": "solon", "version": 1, "text": text}
        self.told.pop(self.uri(name), None)
        self.say("textDocument/didOpen", {"textDocument": item})

    def close(self, name: str) -> None:
        self.say("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def place(self, name: str, offset: int) -> dict[str, int]:
        before = self.texts[name][:offset]
        line = before.rpartition("\n")[2]
        return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}

    def type(self, name: str, start: int, end: int, new: str) -> None:
        """Put `new` in place of these characters, as an editor says it."""
        change = {"range": {"start": self.place(name, start), "end": self.place(name, end)}, "text": new}
        self.texts[name] = self.texts[name][:start] + new + self.texts[name][end:]
        self.versions[name] += 1
        document = {"uri": self.uri(name), "version": self.versions[name]}
        self.say("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def replace(self, name: str, old: str, new: str) -> None:
        at = self.texts[name].index(old)
        self.type(name, at, at + len(old), new)

    def at(self, name: str, word: str, shift: int = 0) -> dict[str, Any]:
        """The parameters of a request about the first place of these words."""
        offset = self.texts[name].index(word) + shift
        return {"textDocument": {"uri": self.uri(name)}, "position": self.place(name, offset)}

    def slice(self, name: str, place: dict[str, Any]) -> str:
        """The text of a range, counted as the protocol counts."""
        lines = self.texts[name].split("\n")
        start, end = place["start"], place["end"]
        pieces = []
        for number in range(start["line"], end["line"] + 1):
            units = lines[number].encode("utf-16-le")
            begin = start["character"] * 2 if number == start["line"] else 0
            stop = end["character"] * 2 if number == end["line"] else len(units)
            pieces.append(units[begin:stop].decode("utf-16-le"))
        return "\n".join(pieces)

    def codes(self, name: str) -> list[str]:
        return [one["code"] for one in self.told.get(self.uri(name), {}).get("diagnostics", [])]

    def until(self, name: str, wanted: Callable[[list[str]], bool]) -> list[dict[str, Any]]:
        """The diagnostics of a file as it is now, once their codes are as wanted."""
        until = time.monotonic() + SECONDS
        versions = {None, self.versions.get(name)}
        while not (
            self.uri(name) in self.told
            and self.told[self.uri(name)].get("version") in versions
            and wanted(self.codes(name))
        ):
            self._next(until)
        found: list[dict[str, Any]] = self.told[self.uri(name)]["diagnostics"]
        return found

    def apply(self, edit: dict[str, Any]) -> dict[str, str]:
        """The texts of the files after a workspace edit; of those that are not open from the disk."""
        after = {}
        for uri, edits in edit["changes"].items():
            name = uri.removeprefix(self.folder.as_uri() + "/")
            if name not in self.texts:
                self.texts[name] = (self.folder / name).read_text(encoding="utf-8")
            text = self.texts[name]
            starts = [0, *itertools.accumulate(len(line) + 1 for line in text.split("\n"))]
            for one in sorted(
                edits,
                key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]),
                reverse=True,
            ):
                old = self.slice(name, one["range"])
                line = one["range"]["start"]["line"]
                units = text.split("\n")[line].encode("utf-16-le")[: one["range"]["start"]["character"] * 2]
                at = starts[line] + len(units.decode("utf-16-le"))
                text = text[:at] + one["newText"] + text[at + len(old) :]
            after[name] = text
        return after

    def stop(self) -> int:
        """End the conversation as the protocol says; the exit code."""
        self.ask("shutdown", None)
        self.say("exit", None)
        return self.process.wait(20)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One server for the tests of a file; it looks at the whole policy at once."""
    made = Client(tmp_path_factory.mktemp("policies").resolve(), pauses=(0.0, 0.3))
    yield made
    if made.process.poll() is None:
        assert made.stop() == 0


@pytest.fixture
def new_client() -> Iterator[Callable[..., Client]]:
    """A server of a test's own."""
    made: list[Client] = []

    def start(folder: Path, **how: Any) -> Client:
        made.append(Client(folder.resolve(), **{"pauses": (0.0, 0.0), **how}))
        return made[-1]

    yield start
    for one in made:
        one.process.kill()
        one.process.wait(20)
