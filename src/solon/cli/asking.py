"""A message and its facts from the command line, for `decide` and `explain`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from solon.cli.common import compile_clean, is_artifact, load_clean, moment_of, printable, wrong_use
from solon.facts_json import fact_from_text, facts_from_json
from solon.matcher.engine import Policy, from_bytes, load
from solon.matcher.errors import ArtifactError, FactError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided."""

    message: str
    facts: dict[str, Any]
    at: datetime | None


def facts_options(command: F) -> F:
    """`--fact name=value` and `--facts FILE`"""
    one = click.option(
        "-f", "--fact", "facts", multiple=True, help="a fact: sender.tenure='3 days'; may be repeated"
    )
    many = click.option(
        "--facts",
        "facts_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="a JSON file of facts",
    )
    return many(one(command))


def at_option(command: F) -> F:
    """`--at TIME`"""
    return click.option(
        "--at", help="the time of the decision, such as 2026-12-01T10:00Z; now where left out"
    )(command)


def open_policy(path: Path, output: str, at: str | None = None) -> Policy:
    """An artifact loaded, or a policy compiled; the end of the command where that fails. `at` is the time
    that an artifact's expiry is held against: what was decided then can be asked again."""
    if not is_artifact(path):
        return from_bytes(compile_clean(load_clean(path, output), output))
    try:
        return load(path, at=_moment(at))
    except ArtifactError as error:
        wrong_use(f"{path}: {error}")


def text_of(message: str) -> str:
    """The message of a command line; `-` is all of standard input.

    Bytes that are no UTF-8 become U+FFFD: a message is decided whatever it is.
    """
    return sys.stdin.buffer.read().decode("utf-8", "replace") if message == "-" else message


def question_of(
    policy: Policy, message: str, facts: tuple[str, ...], facts_file: Path | None, at: str | None
) -> Question:
    """The facts of the file, then those of the flags; the end of the command where one cannot be read."""
    kinds = policy.fact_kinds()
    found: dict[str, Any] = {}
    try:
        if facts_file is not None:
            document = json.loads(facts_file.read_text(encoding="utf-8"))
            if not isinstance(document, dict):
                wrong_use(f"{facts_file}: the facts take a JSON object")
            found |= facts_from_json(kinds, document)
        for fact in facts:
            name, equals, text = fact.partition("=")
            if not equals:
                wrong_use(f"--fact takes name=value, got {printable(fact)}")
            found[name.strip()] = fact_from_text(kinds, name.strip(), text.strip())
    except (FactError, ValueError, RecursionError) as error:
        wrong_use(printable(str(error)))
    return Question(message, found, _moment(at))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment_of(text, "--at")
