"""A policy's conditions and effects as the table that the engine decides with.

    policy (typed IR) ──▶ domains ──▶ nodes ──▶ rows ──▶ columns ──▶ section (bytes, for C)
                      └─▶ effects ──────────────────────────────────▶ schema (JSON-able, for Python)

The conditions become nodes in a shared graph: they are the truth. Each rule's and each exemption's condition
also becomes a few *rows*, a coarse necessary condition, laid out as bit sets over the classes of each fact's
values. A decision first ANDs one bit set a fact, which leaves a handful of rows, and evaluates only the
conditions behind these. A row may let through too much (then the nodes say no), never too little: so nothing
can explode, and Kleene's logic stays exact. `matcher/src/decide.h` describes the section byte by byte.
"""

from solon.compiler.decision.build import Decision, build_decision

__all__ = ["Decision", "build_decision"]
