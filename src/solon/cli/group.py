"""The group of verbs: each is imported when it is called, so that `solon fmt` never loads the engine."""

from __future__ import annotations

import difflib
import errno
from importlib import import_module
from typing import Any

import click

from solon.cli import VERBS
from solon.cli.common import printable, wrong_use
from solon.matcher.verdict import engine_version


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
                raise click.UsageError(f"{error.message} Did you mean '{close[0]}'?", ctx) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """The verb; a file that cannot be read or written is said in a sentence, whichever verb meets it."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # nobody reads any more: click ends quietly
                raise
            where = f"{error.filename}: " if error.filename else ""
            wrong_use(printable(f"{where}{error.strerror or error}"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with one line each, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs)
@click.version_option(engine_version(), prog_name="solon")
def group() -> None:
    """Policies for messages: what may be said between whom and when."""
