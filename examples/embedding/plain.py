"""Solon inside a service of your own: a WSGI application, with the standard library alone.

    SOLON_ARTIFACT=contact.solon python -m wsgiref.simple_server       # or any WSGI server: plain:application

Solon is the three lines that are marked. The rest is the service that you have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

import solon

policy = solon.watch(os.environ["SOLON_ARTIFACT"], max_age=300)  # 1: once, when the service starts

Start = Callable[[str, list[tuple[str, str]]], Any]
MESSAGE_BYTES_MAX = 64 << 10


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """POST a message; the member who sends it is known to the service, not to the client."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 <= length <= MESSAGE_BYTES_MAX:
        return answer(start_response, "413 Content Too Large", {"error": "too long"})
    text = environ["wsgi.input"].read(length).decode("utf-8", "replace")
    facts = facts_of(environ.get("REMOTE_USER", ""))
    verdict = policy.decide(text, facts)  # 2: where a message comes in; microseconds, from any thread
    if verdict.action == "block":  # 3: what it means here
        return answer(start_response, "403 Forbidden", verdict.public())
    deliver(verdict.redacted)
    return answer(start_response, "200 OK", verdict.public())


def facts_of(member: str) -> dict[str, Any]:
    """What the service knows of a member; a database in real life."""
    return {"contract.started": member == "jess"}


DELIVERED: list[str] = []


def deliver(text: str) -> None:
    """Send the message on."""
    DELIVERED.append(text)


def answer(start_response: Start, status: str, content: dict[str, Any]) -> Iterable[bytes]:
    """A JSON answer."""
    body = json.dumps(content).encode("ascii")
    start_response(status, [("content-type", "application/json"), ("content-length", str(len(body)))])
    return [body]
