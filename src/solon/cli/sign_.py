"""`solon sign`: one more signature on an artifact."""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.common import format_option, print_json, write_whole, wrong_use
from solon.matcher.artifact import read_artifact, read_file
from solon.matcher.errors import ArtifactError
from solon.matcher.layout import signatures
from solon.matcher.trust import private_key, sign

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("sign")
@click.argument("artifact", type=FILE)
@click.option("--key", required=True, type=FILE, help="the private key, a PEM file of `solon keygen`")
@click.option(
    "-o", "--output-file", type=click.Path(dir_okay=False, path_type=Path), help="default: ARTIFACT itself"
)
@format_option
def command(artifact: Path, key: Path, output_file: Path | None, output: str) -> None:
    """Add a signature to ARTIFACT, whose digest stays as it is. Signing again with the same key changes
    nothing."""
    target = output_file or artifact
    try:
        before = read_file(artifact)
        signed = sign(before, private_key(key))
    except ArtifactError as error:
        wrong_use(f"{artifact}: {error}")
    except (ImportError, ValueError) as error:
        wrong_use(str(error))
    if signed != before or target != artifact:
        write_whole(target, signed)
    ids = [one.key_id.hex() for one in signatures(signed)]
    if output == "json":
        print_json(
            {
                "version": 1,
                "artifact": str(target),
                "sha256": read_artifact(signed).digest,
                "signed_by": ids,
                "changed": signed != before,
            }
        )
        return
    click.echo(f"{target}: " + ("signed" if signed != before else "was signed with this key already"))
    for key_id in ids:
        click.echo(f"  by key {key_id}")
