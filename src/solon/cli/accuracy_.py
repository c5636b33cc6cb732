"""`solon accuracy`: a policy scored on labelled messages."""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.asking import at_option, open_policy
from solon.cli.common import format_option, moment_of, print_json, printable, wrong_use
from solon.labelled import LabelError, as_json, in_words, read_labels, score


@click.command("accuracy")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("labels", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@at_option
@format_option
def command(policy: Path, labels: Path, at: str | None, output: str) -> None:
    """Score POLICY (a policy file or an artifact) on LABELS, a file of JSON lines.

    A line is {"message": …, "facts": {…}, "expect": ACTION}, or has "flag": true in place of `expect`. It
    prints precision, recall, and each message that came out otherwise.
    """
    compiled = open_policy(policy, output, at)
    try:
        moment = None if at is None else moment_of(at, "--at")
        with labels.open(encoding="utf-8") as lines:
            report = score(compiled, read_labels(lines, compiled), at=moment)
    except UnicodeDecodeError:
        wrong_use(printable(f"{labels}: not UTF-8"))
    except (LabelError, ValueError) as error:
        wrong_use(printable(f"{labels}: {error}"))
    if not report.cases:
        wrong_use(printable(f"{labels}: there is no labelled message"))
    if output == "json":
        print_json({"version": 1, **as_json(report)})
    else:
        click.echo("\n".join(printable(line) for line in in_words(report).split("\n")))
