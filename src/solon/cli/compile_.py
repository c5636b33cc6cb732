"""`solon compile`: policy to artifact."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import click

from solon.cli.common import (
    compile_clean,
    format_option,
    load_clean,
    moment_of,
    policy_argument,
    print_json,
    write_whole,
)
from solon.matcher.artifact import read_artifact


@click.command("compile")
@policy_argument
@click.option(
    "-o", "--output-file", type=click.Path(dir_okay=False, path_type=Path), help="default: POLICY.solon"
)
@click.option("--strip", is_flag=True, help="leave the typed IR out: smaller, but without explanations")
@click.option(
    "--expires",
    metavar="DATE",
    help="loaders refuse the artifact past this day (UTC), or from a time such as 2027-01-01T10:00Z on",
)
@format_option
def command(policy: Path, output_file: Path | None, strip: bool, expires: str | None, output: str) -> None:
    """Compile POLICY to one artifact file."""
    target = output_file or policy.with_suffix(".solon")
    checked = load_clean(policy, output)
    data = compile_clean(checked, output, strip=strip, expires=None if expires is None else _end(expires))
    write_whole(target, data)
    digest = read_artifact(data).digest
    if output == "json":
        print_json({"version": 1, "artifact": str(target), "bytes": len(data), "sha256": digest})
    else:
        click.echo(f"{target}: {len(data):,} bytes, SHA-256 {digest}")


def _end(text: str) -> datetime:
    """A day means all of it."""
    moment = moment_of(text, "--expires")
    return moment + timedelta(days=1) if re.fullmatch(r"[\d-]+|\d+-?W[\d-]+", text) else moment
