"""The policy that decides now: the one place of the service that knows how artifacts are followed.

In: the path and what is demanded of what lies there. Out: the policy, and whether it is as it should be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from solon.matcher.engine import Policy
from solon.matcher.watching import Status, Watched, watch

__all__ = ["Following"]


class Following:
    """A watched artifact, with its health in words. Raises what `solon.watch` raises where there is no good
    one to begin with."""

    def __init__(
        self,
        path: Path,
        *,
        trust: tuple[Path, ...] = (),
        threshold: int | None = None,
        interval: float = 1.0,
        max_age: float | None = None,
        allow_older: bool = False,
    ) -> None:
        self._watched: Watched = watch(
            path,
            trust=list(trust) or None,
            threshold=threshold,
            interval=interval,
            max_age=max_age,
            allow_older=allow_older,
        )

    @property
    def policy(self) -> Policy:
        """One version, whole: who answers a request asks once."""
        return self._watched.policy

    def status(self) -> Status:
        """What the watcher knows."""
        return self._watched.status()

    def health(self) -> dict[str, Any]:
        """`ok`, or `degraded` and why: the last good policy still decides."""
        status = self.status()
        reasons = []
        if status.error is not None:
            reasons.append({"reason": "refused", "kind": status.error_kind, "detail": status.error})
        if status.stale:
            reasons.append({"reason": "stale", "detail": f"not confirmed for {status.age:.0f} s"})
        if status.expired:
            reasons.append({"reason": "expired", "detail": "the artifact's own end has passed"})
        if not status.watching:
            reasons.append({"reason": "unwatched", "detail": "nobody looks at the file any more"})
        return {
            "status": "degraded" if reasons else "ok",
            "reasons": reasons,
            "policy": status.policy,
            "version": status.version,
            "digest": status.digest,
            "loaded_at": status.loaded_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "age_seconds": round(status.age, 3),
            "swaps": status.swaps,
            "refused": status.refused,
        }

    def close(self) -> None:
        """Stop looking."""
        self._watched.close()
