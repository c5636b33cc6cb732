"""What is answered where there is no verdict: a problem document (RFC 9457) that names the place.

A caller that gets a problem has no verdict, and no verdict is not "allow".
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

__all__ = ["KINDS", "MEDIA_TYPE", "Problem"]

MEDIA_TYPE = "application/problem+json"

KINDS: dict[str, tuple[int, str]] = {
    "bad-json": (400, "the body is not JSON"),
    "disconnected": (400, "the client went away"),
    "not-found": (404, "there is nothing here"),
    "wrong-method": (405, "this is not asked in that way"),
    "too-slow": (408, "the body did not arrive in time"),
    "too-large": (413, "the body is too large"),
    "not-json": (415, "the body has another content type than application/json"),
    "bad-request": (422, "the request has another form"),
    "bad-message": (422, "the message cannot be decided"),
    "bad-fact": (422, "a fact does not fit the policy"),
    "internal-error": (500, "a defect of the service"),
    "busy": (503, "too many requests at once"),
}
"""Each kind of problem: its status, and what it says."""


class Problem(Exception):
    """There is no verdict. `kind` is one of KINDS; `place` is the member or the fact that it is about.

    `detail` may repeat what the client sent, so it goes to the client and never to a log.
    """

    def __init__(self, kind: str, detail: str, *, place: str | None = None, fact: str | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status, self.title = KINDS[kind]
        self.detail = detail
        self.place = place
        self.fact = fact

    def as_json(self) -> dict[str, Any]:
        """The members of the document."""
        found: dict[str, Any] = {
            "type": f"urn:solon:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.place is not None:
            found["place"] = self.place
        if self.fact is not None:
            found["fact"] = self.fact
        return found

    def body(self) -> bytes:
        """The document."""
        return json.dumps(self.as_json()).encode("ascii")


def of_status(status: int) -> Problem:
    """The problem for what the routing refuses by itself."""
    match status:
        case 404:
            return Problem("not-found", "the paths are in /openapi.json")
        case 405:
            return Problem("wrong-method", "the methods are in /openapi.json")
        case _:
            found = Problem("bad-request", HTTPStatus(status).phrase.lower())
            found.status = status
            return found
