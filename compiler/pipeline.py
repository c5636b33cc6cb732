"""The compiler on one screen: checked policy in, artifact out.

    ir.Policy ──place_patterns──▶ Plan ──emit──▶ artifact bytes
                    │              ├── patterns: words, literals, automata, links
                    └──refused     └── decision: facts, rows, columns
"""

from __future__ import annotations

from dataclasses import dataclass

from solon.compiler.emit import emit
from solon.compiler.passes.place_patterns import TooLarge, place_patterns
from solon.compiler.plan import Plan
from solon.dsl import ir


@dataclass(frozen=True, slots=True)
class Compiled:
    """`artifact` is None where a clause was refused; `refused` says which and why."""

    artifact: bytes | None
    plan: Plan
    refused: tuple[TooLarge, ...]


def compile_policy(policy: ir.Policy, *, strip: bool = False) -> Compiled:
    """Compile a checked policy. `strip` leaves the IR out of the artifact."""
    plan, refused = place_patterns(policy)
    if refused:
        return Compiled(None, plan, tuple(refused))
    return Compiled(emit(plan, strip=strip), plan, ())
