"""The routes, as an ASGI application: bodies in within bounds, answers and problems out, each counted and
logged.

    app = application(Following(Path("contact.solon")), Settings())

A small body is decided where it is read; a larger one in a thread, so that it holds up nobody (the engine
lets others run over long messages).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from solon.matcher.engine import Policy
from solon.service import answering
from solon.service.answering import Answer
from solon.service.counting import Counts
from solon.service.following import Following
from solon.service.logs import LOG, event
from solon.service.openapi import document
from solon.service.problems import MEDIA_TYPE, Problem, of_status
from solon.service.settings import Settings

__all__ = ["Service", "application"]

SMALL_BYTES = 16 << 10
DRAIN_BYTES = 8 << 20
DRAIN_SECONDS = 2.0
UNFINISHED = ("too-large", "too-slow", "disconnected")
"""Problems after which the rest of the body may still come: the connection ends."""

Asks = Callable[[Policy, bytes, Settings], Answer]


class Service:
    """What the routes share."""

    def __init__(self, following: Following, settings: Settings) -> None:
        self.following = following
        self.settings = settings
        self.counts = Counts(following)
        self._openapi: tuple[str, dict[str, Any]] | None = None

    # ── Decisions ────────────────────────────────────────────────────────────────────────────────────

    def asks(self, answer: Asks) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint that answers a body by one version of the policy."""

        async def endpoint(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise Problem("not-json", "say `content-type: application/json`")
            body = await self._body(request)
            if self.counts.in_flight >= self.settings.in_flight_max:
                raise Problem("busy", "try again in a moment")
            policy = self.following.policy
            self.counts.in_flight += 1
            try:
                if len(body) <= SMALL_BYTES:
                    found, content = _answered(answer, policy, body, self.settings)
                else:
                    found, content = await run_in_threadpool(_answered, answer, policy, body, self.settings)
            finally:
                self.counts.in_flight -= 1
            self.counts.decided(found.seen)
            for problem in found.problems:
                self.counts.problems[problem.kind] += 1
            request.scope["solon.seen"] = (policy, found)
            header = f'"{policy.name}"; version={policy.version}; digest="{policy.digest}"'
            return Response(content, media_type="application/json", headers={"solon-policy": header})

        return endpoint

    async def _body(self, request: Request) -> bytes:
        """All of the body, within the bounds of size and time; a length that is not said is counted."""
        most = self.settings.body_bytes_max
        said = request.headers.get("content-length", "")
        parts: list[bytes] = []
        got = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0
        if got <= most:
            got = 0
            try:
                async with asyncio.timeout(self.settings.body_seconds):
                    while got <= most:
                        message = await request.receive()
                        if message["type"] == "http.disconnect":
                            raise Problem("disconnected", "the body was not finished")
                        part: bytes = message.get("body", b"")
                        got += len(part)
                        parts.append(part)
                        if got <= most and not message.get("more_body", False):
                            return b"".join(parts)
            except TimeoutError:
                raise Problem("too-slow", f"a body takes {self.settings.body_seconds:g} s at most") from None
        parts.clear()
        await _drain(request)
        raise Problem("too-large", f"a body has {most} bytes at most")

    # ── What is said of the service ──────────────────────────────────────────────────────────────────

    async def health(self, request: Request) -> Response:
        """200 where the newest artifact decides, 503 where the last good one does, and why."""
        found = self.following.health()
        return JSONResponse(
            found, 200 if found["status"] == "ok" else 503, headers={"cache-control": "no-store"}
        )

    async def ready(self, request: Request) -> Response:
        """Whether to send messages here: a policy decides, and its own end has not passed."""
        expired = self.following.status().expired
        status = "expired" if expired else "ready"
        return JSONResponse(
            {"status": status}, 503 if expired else 200, headers={"cache-control": "no-store"}
        )

    async def live(self, request: Request) -> Response:
        """That the process answers, and nothing else: a bad artifact is no reason to start it anew."""
        return JSONResponse({"status": "live"}, headers={"cache-control": "no-store"})

    async def metrics(self, request: Request) -> Response:
        """Figures for Prometheus."""
        return Response(self.counts.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def openapi(self, request: Request) -> Response:
        """The description of all this, with the facts of the policy that decides."""
        policy = self.following.policy
        if self._openapi is None or self._openapi[0] != policy.digest:
            self._openapi = (policy.digest, document(policy, self.settings))
        return JSONResponse(self._openapi[1])


def _answered(answer: Asks, policy: Policy, body: bytes, settings: Settings) -> tuple[Answer, bytes]:
    found = answer(policy, body, settings)
    return found, found.body()


async def _drain(request: Request) -> None:
    """Take what the client still sends, within bounds, so that it comes to read the answer."""
    got = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while got < DRAIN_BYTES:
                message = await request.receive()
                got += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return


class Observed:
    """Around everything: problems become documents, and each request is counted and logged."""

    def __init__(self, app: ASGIApp, service: Service, paths: frozenset[str]) -> None:
        self.app = app
        self.service = service
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, told)
        except Exception as error:  # answered already, if it came from a route
            if "solon.problem" not in scope:
                _defect(scope, error)
            if not status:
                await _told(scope)(scope, receive, told)
        self._record(scope, status, time.perf_counter() - start)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        problem: Problem | None = scope.get("solon.problem")
        path = scope["path"] if scope["path"] in self.paths else "(other)"
        counts = self.service.counts
        counts.requests[path, str(status)] += 1
        fields: dict[str, Any] = {"path": path, "status": status, "ms": round(seconds * 1000, 3)}
        if problem is not None:
            counts.problems[problem.kind] += 1
            fields["problem"] = problem.kind
            known = problem.fact if problem.fact in self.service.following.policy.fact_kinds() else None
            fields |= {"fact": known} if known else {}
        if "solon.seen" in scope:
            policy, found = scope["solon.seen"]
            fields |= {"policy": policy.name, "version": policy.version, "digest": policy.digest[:12]}
            if path == "/decide/batch":
                fields |= {
                    "questions": len(found.seen) + len(found.problems),
                    "problems": len(found.problems),
                }
            else:
                fields |= {"action": found.seen[0].action, "rules": found.seen[0].rules}
        level = (
            logging.ERROR if status == 500 else logging.INFO if path.startswith(("/decide", "/int")) else 10
        )
        event(level, "request", **fields)


def _told(scope: Scope, allow: str | None = None) -> Response:
    """The document of the problem that a request met."""
    problem: Problem = scope["solon.problem"]
    headers = {"connection": "close"} if problem.kind in UNFINISHED else {}
    headers |= {"retry-after": "1"} if problem.kind == "busy" else {}
    headers |= {"allow": allow} if allow else {}
    return Response(problem.body(), problem.status, headers, media_type=MEDIA_TYPE)


def _defect(scope: Scope, error: Exception) -> None:
    """A defect of ours: the client gets a number, the log the places, nobody the words."""
    number = secrets.token_hex(8)
    scope["solon.problem"] = Problem("internal-error", f"the log has it as {number}")
    LOG.error("defect", extra={"fields": {"id": number}}, exc_info=error)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    request.scope["solon.problem"] = error
    return _told(request.scope)


async def _on_refusal(request: Request, error: Exception) -> Response:
    """What the routing refuses by itself: no such path, another method."""
    assert isinstance(error, HTTPException)
    request.scope["solon.problem"] = of_status(error.status_code)
    return _told(request.scope, (error.headers or {}).get("Allow"))


async def _on_defect(request: Request, error: Exception) -> Response:
    _defect(request.scope, error)
    return _told(request.scope)


HANDLERS: Any = {Problem: _on_problem, HTTPException: _on_refusal, Exception: _on_defect}


def application(following: Following, settings: Settings) -> Observed:
    """The ASGI application."""
    service = Service(following, settings)
    routes = [
        Route("/decide", service.asks(answering.single), methods=["POST"]),
        Route("/decide/batch", service.asks(answering.batch), methods=["POST"]),
        Route("/healthz", service.health),
        Route("/readyz", service.ready),
        Route("/livez", service.live),
        Route("/metrics", service.metrics),
        Route("/openapi.json", service.openapi),
    ]
    if settings.internal:
        routes.append(Route("/internal/decide", service.asks(answering.internal), methods=["POST"]))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        status = following.status()
        event(logging.INFO, "started", policy=status.policy, version=status.version, digest=status.digest)
        yield
        following.close()
        event(logging.INFO, "stopped", requests=sum(service.counts.requests.values()))

    middleware = (
        [Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))] if settings.hosts else []
    )
    app = Starlette(routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers=HANDLERS)
    app.router.redirect_slashes = False
    return Observed(app, service, frozenset(route.path for route in routes))
