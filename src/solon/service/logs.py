"""Logs as JSON lines, without a word of a message: what is logged is named here, not taken from a client."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

__all__ = ["LOG", "JsonLines", "configure", "event"]

LOG = logging.getLogger("solon.service")


class JsonLines(logging.Formatter):
    """One record as one line. Of an exception its class and its places are told, not its words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["exception"] = record.exc_info[0].__name__
            line["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, default=str)


def event(level: int, name: str, **fields: Any) -> None:
    """Log one event of the service."""
    if LOG.isEnabledFor(level):
        LOG.log(level, name, extra={"fields": fields})


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send what Solon and uvicorn log to a stream (standard error) as JSON lines, from a level on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("solon", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level.upper())
        logger.propagate = False
