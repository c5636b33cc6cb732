"""The command line: one file a verb, no logic of its own.

Exit codes: 0 clean, 1 findings or failed tests, 2 wrong use.
"""

from __future__ import annotations

import sys

try:
    import click
except ImportError:  # the runtime alone has no dependency
    click = None  # type: ignore[assignment]

VERBS = {
    "init": "start a policy project: a first policy with its tests",
    "check": "report every mistake of the policies",
    "diff": "say what changes in meaning from one policy to another",
    "table": "draw a policy as a decision table",
    "fmt": "format policies",
    "test": "run the tests of the policies against the compiled artifact",
    "accuracy": "score a policy on labelled messages",
    "compile": "compile a policy to an artifact",
    "keygen": "make a pair of keys to sign artifacts with",
    "sign": "add a signature to an artifact",
    "verify": "say whether an artifact is signed as it must be",
    "inspect": "say what is in an artifact",
    "decide": "decide messages",
    "bench": "say what a policy costs on your own messages",
    "explain": "say why a message gets its verdict",
    "serve": "serve decisions over HTTP",
    "sor": "fill statements of reasons from audit records",
    "replay-record": "prove that a recorded decision was that one",
    "lsp": "serve an editor",
    "completion": "print the completion script for a shell",
}


def main() -> None:
    """The entry point of the `solon` command."""
    if click is None:
        print(
            'The command line needs click, of the extras "author" and "serve": pip install "solon[author]"',
            file=sys.stderr,
        )
        raise SystemExit(2)
    from solon.cli.group import group  # noqa: PLC0415  (needs click)

    group(prog_name="solon")
