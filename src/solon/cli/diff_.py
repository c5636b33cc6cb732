"""`solon diff`: what changes in meaning from one policy to another."""

from __future__ import annotations

from pathlib import Path

import click

from solon.authoring import PolicyError
from solon.cli.common import print_json, printable, say, wrong_use
from solon.comparing import diff, policy_of
from solon.compiler.changes.compare import SECONDS_MAX
from solon.compiler.changes.written import as_json, as_markdown, as_text
from solon.dsl import ir
from solon.matcher.errors import ArtifactError

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("diff")
@click.argument("old", type=_file)
@click.argument("new", type=_file)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "human", "json", "markdown"]),
    default="text",
    envvar="SOLON_FORMAT",
    help="text, JSON for a program, Markdown for a pull request",
)
@click.option(
    "--forbid-relaxing", is_flag=True, help="exit 1 only where an action got less severe, or may have"
)
@click.option("--seconds", default=SECONDS_MAX, show_default=True, help="time for all questions")
def command(old: Path, new: Path, output: str, forbid_relaxing: bool, seconds: float) -> None:
    """What changes in meaning from OLD to NEW: policies or artifacts.

    Exit code 0: it is proved that nothing does; 1: something does, or that is not decided; 2: wrong use.
    """
    report = diff(_policy(old), _policy(new), seconds=seconds)
    if output == "json":
        print_json(as_json(report))
    elif output == "markdown":
        say(printable(as_markdown(report)).rstrip("\n"))
    else:
        say(printable(as_text(report)).rstrip("\n"))
        if forbid_relaxing and report.relaxed != "same":
            say(_RELAXED[report.relaxed])
    answer = report.relaxed if forbid_relaxing else report.status
    raise SystemExit(0 if answer == "same" else 1)


_RELAXED = {
    "changed": "an action got less severe",
    "maybe": "an action may get less severe",
    "not decided": "not decided within the time: whether an action got less severe",
}


def _policy(path: Path) -> ir.Policy:
    try:
        return policy_of(path)
    except PolicyError as error:
        click.echo(str(error).rstrip("\n"), err=True)
        wrong_use(f"{printable(str(path))} has mistakes")
    except ArtifactError as error:
        wrong_use(printable(f"{path}: {error}"))
