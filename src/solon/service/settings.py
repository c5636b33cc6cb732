"""What whoever runs the service may set: the bounds that hold against any client."""

from __future__ import annotations

from dataclasses import dataclass

from solon.matcher.audit import Digests

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes in bytes, times in seconds."""

    body_bytes_max: int = 1 << 20
    head_bytes_max: int = 1 << 16
    batch_max: int = 1000
    head_seconds: float = 10.0
    """From the first byte of a request, or from the connection, to the end of the request's head."""
    body_seconds: float = 10.0
    write_seconds: float = 10.0
    """How long a client may leave its answer unread."""
    keep_alive_seconds: float = 5.0
    stop_seconds: float = 10.0
    """What requests in flight get to finish when the service is told to stop."""
    connections_max: int = 512
    in_flight_max: int = 64
    internal: bool = False
    audit_key: bytes | None = None
    hosts: tuple[str, ...] = ()
    """Names by which the service may be called; any, where there are none."""

    def __post_init__(self) -> None:
        """Raises ValueError, which names what cannot be."""
        Digests(self.audit_key)
        for name in ("body_bytes_max", "head_bytes_max", "batch_max", "connections_max", "in_flight_max"):
            if getattr(self, name) < 1:
                raise ValueError(f"`{name}` takes a number above zero")
        for name in ("head_seconds", "body_seconds", "write_seconds", "keep_alive_seconds", "stop_seconds"):
            if not 0 < getattr(self, name) < 86_400:
                raise ValueError(f"`{name}` takes a number of seconds above zero")
