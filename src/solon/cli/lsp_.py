"""`solon lsp`: the language server for editors, over standard input and output."""

from __future__ import annotations

from importlib.util import find_spec

import click

from solon.cli.common import wrong_use


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="what it does anyway; editors ask for it")
def command(stdio: bool) -> None:
    """Serve an editor over standard input and output, until it ends the conversation."""
    if find_spec("pygls") is None:
        wrong_use('the language server needs the extra "lsp": pip install "solon[lsp]"')
    from solon.lsp.features import make_server  # noqa: PLC0415  (half a second, and an extra)

    make_server().start_io()
