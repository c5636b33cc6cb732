"""What several verbs share: options, reading policies, printing.

A service has the runtime alone: nothing here loads the parser before a policy is read.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from solon.authoring import PolicyError, compile_checked

if TYPE_CHECKING:
    from solon.dsl.diagnostics import Diagnostic
    from solon.dsl.load import Checked

F = TypeVar("F", bound=Callable[..., Any])

policy_argument = click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def format_option(command: F) -> F:
    """`--format human|json`"""
    option = click.option(
        "--format",
        "output",
        type=click.Choice(["human", "json"]),
        default="human",
        envvar="SOLON_FORMAT",
        help="what to print: words, or JSON for a program",
    )
    return option(command)


def colour() -> bool:
    """Whether standard output takes colours: a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def say(text: str) -> None:
    """Text to standard output; with colours also where it is no terminal, if FORCE_COLOR asks for them."""
    click.echo(text, color=colour())


def print_json(value: object) -> None:
    """One JSON document; lone surrogates stay escapes, so that any terminal and any program can take it."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True, default=str))


def say_diagnostics(diagnostics: Iterable[Diagnostic], checked: Checked, output: str) -> None:
    """Diagnostics to standard output, in words or JSON."""
    from solon.dsl.render import as_json, render  # noqa: PLC0415  (verbs about artifacts never load the parser)

    if output == "json":
        print_json({"version": 1, "diagnostics": as_json(tuple(diagnostics), checked.sources)})
    else:
        text = render(tuple(diagnostics), checked.sources, colour=colour())
        if text:
            say(text.rstrip("\n"))


def load_clean(path: Path, output: str) -> Checked:
    """A policy without errors, or the end: its mistakes are shown and the exit code is 1."""
    from solon.dsl.load import load_policy  # noqa: PLC0415

    checked = load_policy(path)
    if checked.policy is None:
        say_diagnostics(checked.diagnostics, checked, output)
        raise SystemExit(1)
    return checked


def compile_clean(
    checked: Checked, output: str, *, strip: bool = False, expires: datetime | None = None
) -> bytes:
    """Artifact bytes, or the end: what is too large to compile is shown and the exit code is 1."""
    try:
        return compile_checked(checked, strip=strip, expires=expires)
    except PolicyError as error:
        say_diagnostics(error.diagnostics, checked, output)
        raise SystemExit(1) from None


def wrong_use(sentence: str) -> NoReturn:
    """Say what was wrong with the call, and stop with 2."""
    click.echo(f"solon: {sentence}", err=True)
    raise SystemExit(2)


def write_whole(target: Path, data: bytes, mode: int = 0o644) -> None:
    """All or nothing: a reader sees the old file or the new one, whatever happens meanwhile."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def moment_of(text: str, option: str) -> datetime:
    """A time of the command line, UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        wrong_use(f"{option} takes a time such as 2026-12-01T10:00Z, got {printable(text)}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def roots_option(command: F) -> F:
    """`--roots`"""
    option = click.option(
        "--roots",
        is_flag=True,
        help="in place of a file without a `policy` block take the root files that use it",
    )
    return option(command)


def root_files(policies: tuple[Path, ...], roots: bool) -> tuple[Path, ...]:
    """The files to look at; with `roots` those that the named ones are part of, each once."""
    if not roots:
        return policies
    from solon.dsl.roots import roots_of  # noqa: PLC0415  (a service reads no policies)

    here = Path.cwd()
    found: dict[Path, None] = {}
    for path in policies:
        own = roots_of(path, here)
        if not own:
            click.echo(f"{printable(str(path))}: no file with a `policy` block uses it", err=True)
        for root in own:
            found[root.relative_to(here) if root.is_relative_to(here) else root] = None
    return tuple(found)


def folder_from_here(path: Path) -> str:
    """The folder of a file from the current one, with `/`, empty for the same; as a whole where it lies
    elsewhere."""
    folder, here = path.resolve().parent, Path.cwd().resolve()
    if folder.is_relative_to(here):
        inside = folder.relative_to(here).as_posix()
        return "" if inside == "." else inside
    return folder.as_posix()


def is_artifact(path: Path) -> bool:
    """Whether the file is an artifact, by its name."""
    return path.suffix == ".solon"


def printable(text: str) -> str:
    """Text from outside, made safe to print: control and bidi characters and surrogates as escapes."""
    shown = []
    for character in text:
        code = ord(character)
        hidden = code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
        hidden = (
            hidden or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or code in (0x200E, 0x200F, 0x61C)
        )
        shown.append(f"\\u{{{code:X}}}" if hidden and character not in "\n\t" else character)
    return "".join(shown)


def read_json(path: Path) -> Any:
    """The JSON of a file. Raises ValueError, which names the file, for anything else, however deep."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        what = "is nested too deeply" if isinstance(error, RecursionError) else f"is no JSON: {error}"
        raise ValueError(f"{path} {what}") from None


def read_key(path: Path | None) -> bytes | None:
    """The key that a file holds: all of its bytes. A line end after them would be part of the key."""
    return None if path is None else path.read_bytes()
