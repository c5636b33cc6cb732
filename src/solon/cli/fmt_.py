"""`solon fmt`: one layout for all policies."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from solon.cli.common import printable
from solon.dsl.format import format_text


@click.command("fmt")
@click.argument("policies", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="change nothing; exit 1 where a file is not formatted")
@click.option("--diff", "show_diff", is_flag=True, help="change nothing; show what would change")
def command(policies: tuple[Path, ...], only_check: bool, show_diff: bool) -> None:
    """Format POLICIES in place. Comments stay where they are."""
    unformatted = broken = 0
    for path in policies:
        try:
            text = path.read_text(encoding="utf-8")
            formatted = format_text(text)
        except (UnicodeDecodeError, ValueError) as error:
            click.echo(f"{path}: left as it is: {error} (`solon check` shows the place)", err=True)
            broken += 1
            continue
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
            path.write_text(formatted, encoding="utf-8")
            click.echo(f"{path}: formatted")
    raise SystemExit(1 if broken or (unformatted and (only_check or show_diff)) else 0)
