"""The shape of a link as an author writes it, `linkedin.com/in/**`, as host and path segments.

In: the text between the quotes. Out: a shape, or UrlShapeError with the place and the reason. What a shape
finds in a message is the matcher's work; here only what would change nothing (scheme, `www.`, query,
trailing slash) goes.
"""

from __future__ import annotations

import re

from solon.dsl import ir

HOST_CHARS_MAX = 253
LABEL_CHARS_MAX = 63
SEGMENTS_MAX = 64

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://")
_NOT_IN_HOST = re.compile(r"[^\w.-]")


class UrlShapeError(Exception):
    """Why a shape is refused, from `start` to `end` in its text; `hint` is what to write instead."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


def parse_shape(text: str) -> ir.UrlShape:
    """The shape that `text` stands for; UrlShapeError where it is none."""
    start, end = _core(text)
    if start == end:
        raise UrlShapeError("this names no host", 0, len(text), "write it as in `linkedin.com/in/*`")
    slash = text.find("/", start, end)
    host_end = slash if slash >= 0 else end
    host = _host(text, start, host_end)
    segments = _segments(text, host_end + 1, end) if slash >= 0 else ()
    return ir.UrlShape(host, segments or None)


def _core(text: str) -> tuple[int, int]:
    """Where host and path stand: without white space around, scheme, query, fragment and trailing slashes."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    scheme = _SCHEME.match(text, start)
    if scheme is not None and scheme.end() <= end:
        start = scheme.end()
    elif text.startswith("//", start):
        start += 2
    for sign in "?#":
        found = text.find(sign, start, end)
        if found >= 0:
            end = found
    while end > start and text[end - 1] == "/":
        end -= 1
    return start, max(start, end)


def _host(text: str, start: int, end: int) -> str:
    host = text[start:end].lower()
    if "@" in host:
        at = start + host.rindex("@") + 1
        raise UrlShapeError("a shape has no user name before its host", start, at, "leave it out")
    if ":" in host:
        at = start + host.index(":")
        raise UrlShapeError("a shape has no port; every port is meant", at, end, "leave it out")
    if host.startswith("*."):
        raise UrlShapeError(
            "every subdomain of a host is meant anyway", start, start + 2, "leave the `*.` out"
        )
    if "*" in host:
        at = start + host.index("*")
        raise UrlShapeError("a `*` stands for a segment of the path, not for a part of the host", at, at + 1)
    host = host.removesuffix(".")
    if host.startswith("www.") and host.count(".") > 1:
        host = host[4:]
    wrong = _NOT_IN_HOST.search(host)
    if wrong is not None:
        raise UrlShapeError("a host has letters, digits, dots and hyphens alone", start, end)
    labels = host.split(".")
    if len(labels) < 2:
        raise UrlShapeError("a host has a dot, as in `linkedin.com`", start, max(end, start + 1))
    if "" in labels:
        raise UrlShapeError("there is nothing between two dots of this host", start, end)
    if any(label.startswith("-") or label.endswith("-") for label in labels):
        raise UrlShapeError("no part of a host starts or ends with a hyphen", start, end)
    if len(host) > HOST_CHARS_MAX or any(len(label) > LABEL_CHARS_MAX for label in labels):
        raise UrlShapeError("this is longer than a host can be", start, end)
    return host


def _segments(text: str, start: int, end: int) -> tuple[str, ...]:
    segments: list[str] = []
    for segment in text[start:end].split("/"):
        at = start
        start += len(segment) + 1
        if not segment:
            raise UrlShapeError("there is nothing between two slashes of this path", at - 1, at + 1)
        if "*" in segment and segment not in ("*", "**"):
            raise UrlShapeError(
                "a `*` stands for a whole segment of the path",
                at,
                at + len(segment),
                "write `*` for one segment, `**` for one or more",
            )
        if any(char.isspace() for char in segment):
            raise UrlShapeError("a path has no white space", at, at + len(segment))
        segments.append(segment.lower())
    if len(segments) > SEGMENTS_MAX:
        raise UrlShapeError(f"a path has at most {SEGMENTS_MAX} segments", 0, len(text))
    return tuple(segments)
