"""`solon keygen`: a pair of keys to sign artifacts with."""

from __future__ import annotations

import os
from pathlib import Path

import click

from solon.cli.common import format_option, print_json, write_whole, wrong_use
from solon.matcher.trust import new_key


@click.command("keygen")
@click.argument("name", type=click.Path(path_type=Path))
@format_option
def command(name: Path, output: str) -> None:
    """Make NAME.key, which signs (keep it secret), and NAME.pem, which loaders trust."""
    private_file, public_file = (name.with_name(f"{name.name}.{ending}") for ending in ("key", "pem"))
    for file in (private_file, public_file):
        if file.exists():
            wrong_use(f"{file} is there already: a key is never written over")
    try:
        private, public, key_id = new_key()
    except ImportError as error:
        wrong_use(str(error))
    # Nobody else may read it, at no moment; and whoever was faster has not lost a key.
    handle = os.open(private_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(private)
    write_whole(public_file, public)
    if output == "json":
        print_json({"version": 1, "private": str(private_file), "public": str(public_file), "key_id": key_id})
    else:
        click.echo(f"{private_file}: signs; keep it secret\n{public_file}: is trusted\nkey {key_id}")
