"""The compiler on one screen: checked policy in, artifact out.

ir.Policy ──place_patterns──▶ Plan ──emit──▶ artifact bytes
                │              ├── patterns: words, literals, automata, links
                └──refused     └── decision: facts, rows, columns
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solon.compiler.emit import emit
from solon.compiler.passes.place_patterns import TooLarge, place_patterns
from solon.compiler.plan import Plan
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Compiled:
    """`artifact` is None where a clause was refused; `refused` says which and why."""

    artifact: bytes | None
    plan: Plan
    refused: tuple[TooLarge, ...]

    def diagnostics(self, sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
        """What was refused, with its place in the policy."""
        return tuple(
            Diagnostic(
                "too-large",
                _span(one.place, sources[one.place.file]),
                f"this clause is too large: {one.reason}",
            )
            for one in self.refused
        )


def _span(place: ir.Place, source: Source) -> Span:
    return Span(
        place.file, source.offset(place.line, place.column), source.offset(place.end_line, place.end_column)
    )


def compile_policy(policy: ir.Policy, *, strip: bool = False, expires: int | None = None) -> Compiled:
    """Compile a checked policy. `strip` leaves the IR out of the artifact; `expires`, in seconds since
    1970, is when loaders begin to refuse it."""
    plan, refused = place_patterns(policy)
    if refused:
        return Compiled(None, plan, tuple(refused))
    return Compiled(emit(plan, strip=strip, expires=expires), plan, ())
