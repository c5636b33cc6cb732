"""The group of verbs: each is imported when it is called, so that `solon fmt` never loads the engine."""

from __future__ import annotations

import difflib
from importlib import import_module

import click

from solon.cli import VERBS


class Verbs(click.Group):
    """A click group whose commands live in `solon.cli.VERB`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of an author's day."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, imported now."""
        if cmd_name not in VERBS:
            return None
        command = import_module(f"solon.cli.{cmd_name}_").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the verb that was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = difflib.get_close_matches(args[0], VERBS, n=1)
            if close:
                error.message += f" Did you mean '{close[0]}'?"
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with one line each, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs)
@click.version_option(package_name="solon", prog_name="solon")
def group() -> None:
    """Policies for messages: what may be said between whom and when."""
