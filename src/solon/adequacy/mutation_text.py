"""Surviving mutants for a terminal: place by place, with the line and what was changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solon.adequacy.mutation import Mutation
from solon.dsl.render import escaped
from solon.dsl.source import Source

SHOWN_MAX = 200


def as_text(mutation: Mutation, sources: Mapping[str, Source]) -> str:
    """The survivors in the order of the files, then the sum."""
    lines = []
    survivors = sorted(
        mutation.survivors, key=lambda one: (one.place.file, one.place.line, one.place.column, one.slip)
    )
    for one in survivors[:SHOWN_MAX]:
        source = sources.get(one.place.file)
        written = source.line_text(one.place.line).strip() if source is not None else ""
        lines += [
            f"survived  {escaped(one.place.file)}:{one.place.line}:{one.place.column}: {escaped(one.slip)}",
            f"          {escaped(written[:100])}",
        ]
    if len(survivors) > SHOWN_MAX:
        lines.append(f"and {len(survivors) - SHOWN_MAX} more")
    parts = [
        f"{mutation.tried} slips tried by {mutation.cases} cases",
        f"{mutation.killed} noticed",
        f"{len(mutation.survivors)} not",
    ]
    if mutation.equivalent:
        parts.append(f"{mutation.equivalent} that change nothing left out")
    if mutation.left:
        parts.append(f"{mutation.left} not tried for lack of time")
    return "\n".join([*lines, f"{escaped(mutation.policy)}: {', '.join(parts)}"])


def as_json(mutation: Mutation) -> dict[str, Any]:
    """The same for programs."""
    return {
        "policy": mutation.policy,
        "cases": mutation.cases,
        "tried": mutation.tried,
        "killed": mutation.killed,
        "equivalent": mutation.equivalent,
        "not_tried": mutation.left,
        "survivors": [
            {"file": one.place.file, "line": one.place.line, "column": one.place.column, "slip": one.slip}
            for one in mutation.survivors
        ],
    }
