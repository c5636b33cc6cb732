"""`solon fmt`: one layout for all policies."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from solon.cli.common import printable
from solon.dsl.format import format_text
from solon.dsl.parser import parse
from solon.dsl.source import Source


@click.command("fmt")
@click.argument(
    "policies", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--check", "only_check", is_flag=True, help="change nothing; exit 1 where a file is not formatted"
)
@click.option("--diff", "show_diff", is_flag=True, help="change nothing; show what would change")
def command(policies: tuple[Path, ...], only_check: bool, show_diff: bool) -> None:
    """Format POLICIES in place. Comments stay where they are."""
    unformatted = broken = 0
    for path in policies:
        text: str | None
        try:
            text = path.read_bytes().decode("utf-8")  # as it is: line ends are part of the layout
        except UnicodeDecodeError:
            text = None
        if text is None or any(one.is_error for one in parse(Source(path.name, text)).diagnostics):
            click.echo(f"{path}: left as it is: it cannot be read (`solon check` shows the place)", err=True)
            broken += 1
            continue
        formatted = format_text(text)
        if formatted == text:
            continue
        unformatted += 1
        if show_diff:
            lines = difflib.unified_diff(
                text.splitlines(), formatted.splitlines(), str(path), f"{path} (formatted)", lineterm=""
            )
            click.echo(printable("\n".join(lines)))
        elif only_check:
            click.echo(f"{path}: not formatted")
        else:
            path.write_text(formatted, encoding="utf-8", newline="\n")
            click.echo(f"{path}: formatted")
    raise SystemExit(1 if broken or (unformatted and (only_check or show_diff)) else 0)
