"""`solon compile`: policy to artifact."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from solon.cli.common import compile_clean, format_option, load_clean, policy_argument, print_json
from solon.matcher.artifact import read_artifact


@click.command("compile")
@policy_argument
@click.option(
    "-o", "--output-file", type=click.Path(dir_okay=False, path_type=Path), help="default: POLICY.solon"
)
@click.option("--strip", is_flag=True, help="leave the typed IR out: smaller, but without explanations")
@format_option
def command(policy: Path, output_file: Path | None, strip: bool, output: str) -> None:
    """Compile POLICY to one artifact file."""
    target = output_file or policy.with_suffix(".solon")
    checked = load_clean(policy, output)
    data = compile_clean(checked, output, strip=strip)
    _write_whole(target, data)
    digest = read_artifact(data).digest
    if output == "json":
        print_json({"version": 1, "artifact": str(target), "bytes": len(data), "sha256": digest})
    else:
        click.echo(f"{target}: {len(data):,} bytes, SHA-256 {digest}")


def _write_whole(target: Path, data: bytes) -> None:
    """All or nothing: a reader sees the old file or the new one, whatever happens meanwhile."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
