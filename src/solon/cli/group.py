"""The group of verbs: each is imported when it is called, so that `solon fmt` never loads the engine."""

from __future__ import annotations

import difflib
import errno
from importlib import import_module
from typing import Any, NoReturn

import click

from solon.cli import VERBS
from solon.cli.common import printable, wrong_use
from solon.matcher.verdict import engine_version

EXTRAS = {
    "lark": "author",
    "pysat": "author",
    "cryptography": "sign",
    **dict.fromkeys(("starlette", "uvicorn", "msgspec", "prometheus_client"), "serve"),
}
"""The extra that brings a package."""


class Verbs(click.Group):
    """A click group whose commands live in `solon.cli.VERB`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of an author's day."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, imported now."""
        if cmd_name not in VERBS:
            return None
        try:
            command = import_module(f"solon.cli.{cmd_name.replace('-', '_')}_").command
        except ModuleNotFoundError as error:
            say_which_extra(cmd_name, error)
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
        except ModuleNotFoundError as error:
            say_which_extra(ctx.invoked_subcommand or "", error)
        except OSError as error:
            if error.errno == errno.EPIPE:  # nobody reads any more: click ends quietly
                raise
            where = f"{error.filename}: " if error.filename else ""
            wrong_use(printable(f"{where}{error.strerror or error}"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with one line each, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def say_which_extra(verb: str, error: ModuleNotFoundError) -> NoReturn:
    """The end of a command that needs a package that is not there; one of ours that is not is a defect."""
    extra = EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        raise error
    wrong_use(f'`solon {verb}` needs the extra "{extra}": pip install "solon[{extra}]"')


@click.command(cls=Verbs)
@click.version_option(engine_version(), prog_name="solon")
def group() -> None:
    """Policies for messages: what may be said between whom and when."""
