"""`solon inspect`: what is in an artifact."""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.common import format_option, print_json, printable, wrong_use
from solon.matcher.artifact import read_artifact, read_file
from solon.matcher.engine import Policy
from solon.matcher.errors import ArtifactError


@click.command("inspect")
@click.argument("artifact", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@format_option
def command(artifact: Path, output: str) -> None:
    """Say what is in ARTIFACT: sizes, counts, and which strategy each pattern got."""
    try:
        data = read_file(artifact)
        opened = read_artifact(data)
        policy = Policy(opened)  # whatever its age: this is how one finds out
    except ArtifactError as error:
        wrong_use(f"{artifact}: {error}")
    meta = opened.meta()
    sections = {name: section.length for name, section in opened.sections.items()}
    patterns = dict(zip(meta["patterns"], meta["strategies"], strict=True))
    if output == "json":
        print_json(
            {
                "version": 1,
                "policy": policy.name,
                "policy_version": policy.version,
                "sha256": opened.digest,
                "expires": None if policy.expires is None else policy.expires.isoformat(),
                "signed_by": list(policy.signers),
                "bytes": len(data),
                "sections": sections,
                "rules": list(policy.rules),
                "patterns": patterns,
            }
        )
        return
    click.echo(f"{printable(policy.name)}, version {policy.version}, SHA-256 {opened.digest}")
    click.echo(f"{len(data):,} bytes, {len(policy.rules)} rules, {len(patterns)} patterns")
    if policy.expires is not None:
        click.echo(f"expires at {policy.expires.isoformat()}")
    for key_id in policy.signers:
        click.echo(f"signed in the name of key {key_id} (`solon verify` checks it)")
    click.echo("")
    width = max(len(name) for name in sections)
    for name, length in sections.items():
        click.echo(f"  {name:<{width}}  {length:>12,} bytes")
    click.echo("")
    width = max((len(name) for name in patterns), default=0)
    for name, strategies in patterns.items():
        click.echo(f"  {printable(name):<{width}}  {'; '.join(strategies) or 'a formula of other patterns'}")
