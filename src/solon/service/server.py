"""The service under uvicorn: where it listens, who is cut off, and how it stops.

uvicorn bounds the number of connections and the time between two requests. It waits for ever for a head that
does not end and for a client that does not read: `guarded` ends those connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

from solon.service.app import Observed
from solon.service.logs import event

__all__ = ["guarded", "listening", "run", "server_of"]


def guarded(app: Observed) -> type[asyncio.Protocol]:
    """uvicorn's protocol, which ends the connections of those who never finish a head or never read."""
    settings, cut = app.service.settings, app.service.counts.cut
    base: Any = _protocol()

    class Guarded(base):  # type: ignore[misc]
        """One connection."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head_bytes = 0
            self._head_timer: asyncio.TimerHandle | None = None
            self._write_timer: asyncio.TimerHandle | None = None
            self._expect_head()

        def data_received(self, data: bytes) -> None:
            if self._between():
                self._head_bytes += len(data)
                if self._head_bytes > settings.head_bytes_max + settings.body_bytes_max:
                    self._cut("head too large")
                    return
                self._expect_head()
            super().data_received(data)
            if not self._between():
                self._head_bytes = 0
                _cancel(self._head_timer)
                self._head_timer = None
            elif self._head_bytes > settings.head_bytes_max:
                self._cut("head too large")

        def connection_lost(self, exc: Exception | None) -> None:
            _cancel(self._head_timer)
            _cancel(self._write_timer)
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            _cancel(self._write_timer)
            self._write_timer = self.loop.call_later(settings.write_seconds, self._cut, "answer not read")

        def resume_writing(self) -> None:
            _cancel(self._write_timer)
            self._write_timer = None
            super().resume_writing()

        def _between(self) -> bool:
            """No request is in flight: what comes is the head of one."""
            return self.cycle is None or self.cycle.response_complete

        def _expect_head(self) -> None:
            if self._head_timer is None:
                self._head_timer = self.loop.call_later(settings.head_seconds, self._head_is_late)

        def _head_is_late(self) -> None:
            self._head_timer = None
            if self._between():
                self._cut("head too slow")

        def _cut(self, why: str) -> None:
            if not self.transport.is_closing():
                cut[why] += 1
                event(logging.INFO, "cut", why=why)
            self.transport.abort()

    return Guarded


def _protocol() -> Any:
    """uvicorn's, on httptools where that is installed."""
    try:
        return importlib.import_module("uvicorn.protocols.http.httptools_impl").HttpToolsProtocol
    except ImportError:
        return importlib.import_module("uvicorn.protocols.http.h11_impl").H11Protocol


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def server_of(app: Observed) -> uvicorn.Server:
    """uvicorn, set up for the application."""
    settings = app.service.settings
    config = uvicorn.Config(
        app,
        http=guarded(app),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,  # type: ignore[arg-type]
        timeout_graceful_shutdown=settings.stop_seconds,  # type: ignore[arg-type]
        limit_concurrency=settings.connections_max,
    )
    return uvicorn.Server(config)


def run(app: Observed, sock: socket.socket) -> None:
    """Serve on a listening socket until SIGTERM or SIGINT; requests in flight are finished first."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn sends itself the signal once more when it has stopped: that is then no end by force.
        signal.signal(number, lambda *_: None)
    server_of(app).run(sockets=[sock])


@contextlib.contextmanager
def listening(host: str, port: int, uds: Path | None) -> Iterator[socket.socket]:
    """A listening socket: TCP, or a Unix socket that its owner and group alone may use. Raises OSError."""
    if uds is None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=1024) as sock:
            yield sock
        return
    _remove_left_over(uds)
    before = os.umask(0o117)
    try:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(str(uds))
    finally:
        os.umask(before)
    mine = uds.stat().st_ino
    try:
        with sock:
            sock.listen(1024)
            yield sock
    finally:
        with contextlib.suppress(FileNotFoundError):
            if uds.stat().st_ino == mine:  # not one that somebody else has put there since
                uds.unlink()


def _remove_left_over(uds: Path) -> None:
    """A socket on which nobody listens any more is in the way; anything else stays, and binding fails."""
    try:
        if not stat.S_ISSOCK(uds.lstat().st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(uds))
        except ConnectionRefusedError:
            uds.unlink(missing_ok=True)
