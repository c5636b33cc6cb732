"""Policy files to a policy that decides, in one call: `solon.compile`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from solon.matcher.errors import SolonError

if TYPE_CHECKING:
    from solon.dsl.diagnostics import Diagnostic
    from solon.dsl.load import Checked
    from solon.matcher.engine import Policy

__all__ = ["PolicyError", "compile", "compile_checked"]


class PolicyError(SolonError):
    """A policy has mistakes. `diagnostics` are all of them; the text of the error shows each in its place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], rendered: str) -> None:
        super().__init__(rendered)
        self.diagnostics = diagnostics


def compile(path: str | Path, *, strip: bool = False, expires: datetime | None = None) -> Policy:
    """Check and compile a `.policy` file and all that it uses.

    `strip` leaves the typed IR out, and with it explanations; `expires` (aware, to the second) is when
    loaders begin to refuse the artifact. Raises PolicyError with every mistake of the author, ImportError
    where the extra `author` is not installed.
    """
    from solon.dsl.load import load_policy  # noqa: PLC0415  (deciding never imports the parser)
    from solon.matcher.engine import from_bytes  # noqa: PLC0415

    return from_bytes(compile_checked(load_policy(Path(path)), strip=strip, expires=expires))


def compile_checked(checked: Checked, *, strip: bool = False, expires: datetime | None = None) -> bytes:
    """A checked policy to artifact bytes. Raises PolicyError, also for a clause too large to compile."""
    from solon.compiler.pipeline import compile_policy  # noqa: PLC0415
    from solon.dsl.render import render  # noqa: PLC0415

    if checked.policy is None:
        raise PolicyError(checked.diagnostics, render(checked.diagnostics, checked.sources, colour=False))
    compiled = compile_policy(checked.policy, strip=strip, expires=_seconds(expires))
    if compiled.artifact is None:
        diagnostics = compiled.diagnostics(checked.sources)
        raise PolicyError(diagnostics, render(diagnostics, checked.sources, colour=False))
    return compiled.artifact


def _seconds(expires: datetime | None) -> int | None:
    if expires is None:
        return None
    if expires.utcoffset() is None:
        raise TypeError("`expires` takes a datetime with a time zone")
    return int(expires.timestamp())
