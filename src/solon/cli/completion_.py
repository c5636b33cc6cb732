"""`solon completion`: what a shell needs to complete verbs, options and files."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

ENABLE = {
    "bash": 'eval "$(solon completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(solon completion zsh)"   # in ~/.zshrc, after compinit',
    "fish": "solon completion fish > ~/.config/fish/completions/solon.fish",
}


@click.command("completion", epilog="  ".join(f"{shell}: {line}" for shell, line in ENABLE.items()))
@click.argument("shell", type=click.Choice(list(ENABLE)))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    root = ctx.find_root()
    made = get_completion_class(shell)
    assert made is not None
    # The class for bash would first look for a bash here; the script may be for another machine.
    click.echo(ShellComplete.source(made(root.command, {}, "solon", "_SOLON_COMPLETE")))
