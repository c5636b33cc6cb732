"""`solon check`: every mistake of the policies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from solon.cli.common import format_option, print_json, say_diagnostics
from solon.compiler.analyses import analyse
from solon.dsl.check import without_allowed
from solon.dsl.diagnostics import in_order
from solon.dsl.load import Checked, load_policy
from solon.dsl.render import as_json


@click.command("check")
@click.argument(
    "policies", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--gaps", is_flag=True, help="also combinations of facts that no rule looks at")
@format_option
def command(policies: tuple[Path, ...], gaps: bool, output: str) -> None:
    """Report every mistake of each of POLICIES (root files; what they use is read too)."""
    errors = warnings = 0
    documents: list[dict[str, object]] = []
    for path in policies:
        checked = _with_meaning(load_policy(path), gaps)
        errors += sum(one.is_error for one in checked.diagnostics)
        warnings += sum(not one.is_error for one in checked.diagnostics)
        if output == "json":
            documents.extend(as_json(checked.diagnostics, checked.sources))
        else:
            say_diagnostics(checked.diagnostics, checked, output)
    if output == "json":
        print_json({"version": 1, "diagnostics": documents})
    else:
        click.echo(f"{len(policies)} checked: {_many(errors, 'error')}, {_many(warnings, 'warning')}")
    raise SystemExit(1 if errors or warnings else 0)


def _with_meaning(checked: Checked, gaps: bool) -> Checked:
    """The same, and what is found by meaning; of a policy with errors nothing is."""
    if checked.policy is None:
        return checked
    found = without_allowed(analyse(checked.policy, checked.sources, gaps=gaps), checked.sources)
    return replace(checked, diagnostics=in_order([*checked.diagnostics, *found]))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
