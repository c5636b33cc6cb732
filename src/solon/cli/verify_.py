"""`solon verify`: would a loader with these demands take the artifact?"""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.common import format_option, moment_of, print_json, printable, wrong_use
from solon.matcher.artifact import read_artifact, read_file
from solon.matcher.engine import from_bytes
from solon.matcher.errors import ArtifactError
from solon.matcher.trust import Keys, verify_signatures


@click.command("verify")
@click.argument("artifact", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust",
    required=True,
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="a PEM file of public keys, or a folder whose *.pem files are those; may be repeated",
)
@click.option(
    "--threshold", type=int, default=1, show_default=True, help="how many of the keys must have signed"
)
@click.option("--not-before-version", type=int, help="the least version of the policy")
@click.option("--at", help="the time that the expiry is held against; now where left out")
@format_option
def command(  # noqa: PLR0917  (click passes them by name)
    artifact: Path,
    trust: tuple[Path, ...],
    threshold: int,
    not_before_version: int | None,
    at: str | None,
    output: str,
) -> None:
    """Check the signatures of ARTIFACT and every table in it, as `solon.load` does. Exit code 1 where it is
    refused."""
    try:
        keys = Keys.read(*trust)
        data = read_file(artifact)
        policy = from_bytes(
            data,
            trust=keys,
            threshold=threshold,
            not_before_version=not_before_version,
            at=None if at is None else moment_of(at, "--at"),
        )
        held = verify_signatures(read_artifact(data), keys, threshold)
    except ArtifactError as error:
        if output == "json":
            print_json({"version": 1, "ok": False, "error": type(error).__name__, "message": str(error)})
        else:
            click.echo(f"{artifact}: refused: {printable(str(error))}")
        raise SystemExit(1) from None
    except (ImportError, ValueError) as error:
        wrong_use(str(error))
    expires = None if policy.expires is None else policy.expires.isoformat()
    if output == "json":
        print_json(
            {
                "version": 1,
                "ok": True,
                "policy": policy.name,
                "policy_version": policy.version,
                "sha256": policy.digest,
                "expires": expires,
                "signed_by": list(held),
            }
        )
        return
    click.echo(f"{artifact}: {printable(policy.name)}, version {policy.version}, SHA-256 {policy.digest}")
    for key_id in held:
        click.echo(f"  signed by key {key_id}")
    if expires:
        click.echo(f"  until {expires}")
