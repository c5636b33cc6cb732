"""Solon inside a service of your own: an asynchronous one, here Starlette.

    SOLON_ARTIFACT=contact.solon uvicorn asynchronous:application

Solon is the three lines that are marked. A decision takes microseconds and waits for nothing, so it is made
on the event loop; only what is long goes to a thread, where the engine lets the loop run on.
"""

from __future__ import annotations

import os
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import solon

policy = solon.watch(os.environ["SOLON_ARTIFACT"], max_age=300)  # 1: once, when the service starts

LONG_CHARS = 20_000


async def send(request: Request) -> Response:
    """POST a message in a room; the facts are the service's, not the client's."""
    text = (await request.body()).decode("utf-8", "replace")
    facts = await facts_of(request.path_params["room"])
    if len(text) < LONG_CHARS:
        verdict = policy.decide(text, facts)  # 2: where a message comes in
    else:
        verdict = await run_in_threadpool(policy.decide, text, facts)
    if verdict.action == "block":  # 3: what it means here
        return JSONResponse(verdict.public(), 403)
    DELIVERED.append(verdict.redacted)
    return JSONResponse(verdict.public())


async def health(request: Request) -> Response:
    """Whether the newest policy decides; what is wrong otherwise is in `policy.status().error`."""
    return JSONResponse({"healthy": policy.status().healthy}, 200 if policy.status().healthy else 503)


async def facts_of(room: str) -> dict[str, Any]:
    """What the service knows of a room; a database in real life."""
    return {"contract.started": room == "studio"}


DELIVERED: list[str] = []
application = Starlette(routes=[Route("/rooms/{room}", send, methods=["POST"]), Route("/healthz", health)])
