"""What takes longer than a keystroke: what the policy means, and its tests. A process of its own, which
may be ended at any moment when the author types on.

In, on standard input: `{"root": path, "texts": {path: text}}`. Out, on standard output: one JSON document
a line, first the diagnostics with their places in characters, then the results of the tests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solon.authoring import PolicyError, compile_checked
from solon.checking import with_meaning
from solon.dsl.diagnostics import Diagnostic, Fix
from solon.dsl.load import load_policy
from solon.dsl.source import Span


def main() -> None:
    """Answer the one question on standard input."""
    asked = json.loads(sys.stdin.buffer.read())
    checked = with_meaning(load_policy(Path(asked["root"]), instead=asked["texts"])).checked
    _say({"diagnostics": [as_plain(one) for one in checked.diagnostics]})
    if checked.policy is None:
        return
    from solon.matcher.engine import from_bytes  # noqa: PLC0415  (what a policy means needs no engine)
    from solon.testing import run_tests  # noqa: PLC0415

    try:
        policy = from_bytes(compile_checked(checked))
    except PolicyError as error:
        _say({"diagnostics": [as_plain(one) for one in (*checked.diagnostics, *error.diagnostics)]})
        return
    results = [
        {
            "test": one.test,
            "file": one.place.file,
            "line": one.place.line,
            "column": one.place.column,
            "end_line": one.place.end_line,
            "end_column": one.place.end_column,
            "passed": one.passed,
            "todo": one.todo,
            "problems": list(one.problems),
        }
        for one in run_tests(checked.policy, policy)
    ]
    _say({"tests": results})


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def as_plain(one: Diagnostic) -> dict[str, Any]:
    """A diagnostic for the way between two processes."""
    return {
        "code": one.code,
        "span": _plain(one.span),
        "message": one.message,
        "label": one.label,
        "notes": one.notes,
        "help": one.help,
        "secondary": [[_plain(span), label] for span, label in one.secondary],
        "fix": None if one.fix is None else [_plain(one.fix.span), one.fix.replacement, one.fix.certain],
    }


def from_plain(documents: Iterable[dict[str, Any]]) -> tuple[Diagnostic, ...]:
    """The diagnostics on the other side."""
    return tuple(
        Diagnostic(
            one["code"],
            Span(*one["span"]),
            one["message"],
            one["label"],
            tuple(one["notes"]),
            tuple(one["help"]),
            tuple((Span(*span), label) for span, label in one["secondary"]),
            None if one["fix"] is None else Fix(Span(*one["fix"][0]), one["fix"][1], one["fix"][2]),
        )
        for one in documents
    )


def _plain(span: Span) -> list[Any]:
    return [span.source_path, span.start, span.end]


if __name__ == "__main__":
    main()
