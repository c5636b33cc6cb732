"""`solon table`: a policy as a decision table."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from solon.authoring import PolicyError
from solon.cli.common import print_json, printable, say, wrong_use
from solon.comparing import canonical_fact, policy_of
from solon.compiler.changes.table import WrongTable, table
from solon.compiler.changes.table_written import as_html, as_json, as_markdown, as_text
from solon.matcher.errors import ArtifactError, FactError


@click.command("table")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="the facts to split by, with commas: contract.state,sender.role")
@click.option(
    "--with", "messages", multiple=True,
    help="a column for a message with these patterns, with commas; \"\" for one with none; may be repeated",
)  # fmt: skip
@click.option("-f", "--fact", "facts", multiple=True, help="a fact that is given: sender.tenure='3 days'")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "human", "markdown", "html", "json"]),
    default="text",
    envvar="SOLON_FORMAT",
    help="text for the terminal, Markdown, a page of HTML, or JSON for a program",
)
def command(policy: Path, by: str, messages: tuple[str, ...], facts: tuple[str, ...], output: str) -> None:
    """What happens to which message, a row for each combination of facts that POLICY tells apart.

    Without --with there is a column for each pattern that rules ask about. Exit code 1 where a cell was not
    decided within the time.
    """
    try:
        loaded = policy_of(policy)
        given = {}
        for fact in facts:
            name, equals, text = fact.partition("=")
            if not equals:
                wrong_use(f"--fact takes name=value, got {printable(fact)}")
            given[name.strip()] = canonical_fact(loaded, name.strip(), text.strip())
        columns = [_names(one) for one in messages] if messages else None
        found = table(loaded, _names(by), columns, given)
    except PolicyError as error:
        click.echo(str(error).rstrip("\n"), err=True)
        wrong_use(f"{printable(str(policy))} has mistakes")
    except (ArtifactError, FactError, WrongTable) as error:
        wrong_use(printable(str(error)))
    if output == "json":
        print_json(as_json(found))
    elif output == "markdown":
        say(printable(as_markdown(found)).rstrip("\n"))
    elif output == "html":
        click.echo(printable(as_html(found)), nl=False)
    else:
        say(printable(as_text(found, shutil.get_terminal_size((120, 24)).columns)).rstrip("\n"))
    decided = all(cell.is_whole or cell.outcomes for row in found.rows for cell in row.cells)
    raise SystemExit(0 if decided else 1)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
