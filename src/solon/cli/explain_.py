"""`solon explain`: why a message gets its verdict, down to characters."""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.asking import at_option, facts_options, open_policy, question_of, text_of
from solon.cli.common import format_option, print_json, printable, wrong_use
from solon.matcher.errors import SolonError


@click.command("explain")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("message")
@facts_options
@at_option
@format_option
def command(  # noqa: PLR0917  (click passes them by name)
    policy: Path, message: str, facts: tuple[str, ...], facts_file: Path | None, at: str | None, output: str
) -> None:
    """Say why MESSAGE gets its verdict by POLICY, and the nearest facts that would have changed it.

    `-` reads the message from standard input.
    """
    compiled = open_policy(policy, output, at)
    question = question_of(compiled, text_of(message), facts, facts_file, at)
    try:
        explanation = compiled.decide(question.message, question.facts, at=question.at).explain()
    except SolonError as error:
        wrong_use(printable(str(error)))
    if output == "json":
        print_json({"version": 1, **explanation.as_dict()})
    else:
        click.echo(printable(explanation.as_text()))
