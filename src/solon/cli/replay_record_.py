"""`solon replay-record`: prove that a recorded decision was that one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from solon.cli.asking import text_of
from solon.cli.common import format_option, print_json, printable, read_json, read_key, wrong_use
from solon.facts_json import facts_from_json
from solon.matcher.artifact import read_artifact, read_file
from solon.matcher.engine import Policy
from solon.matcher.errors import ArtifactError, FactError
from solon.matcher.proof import Proof, RecordError, prove

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("replay-record")
@click.argument("record", type=FILE)
@click.option("-a", "--artifact", required=True, type=FILE, help="the artifact that decided")
@click.option("-m", "--message", help="the message; `-` is all of standard input")
@click.option("--message-file", type=FILE, help="the message, all of a file, as UTF-8")
@click.option("--facts", "facts_file", type=FILE, help="a JSON file of the facts")
@click.option(
    "--key", "key_file", type=FILE, help="the key that the record was made with: all bytes of a file"
)
@format_option
def command(  # noqa: PLR0917  (click passes them by name)
    record: Path,
    artifact: Path,
    message: str | None,
    message_file: Path | None,
    facts_file: Path | None,
    key_file: Path | None,
    output: str,
) -> None:
    """Decide again what RECORD, a file with one audit record, says was decided, and compare everything.

    The exit code is 0 where the decision was that one, 1 where anything differs, 2 for wrong use.
    """
    if (message is None) == (message_file is None):
        wrong_use("say the message by `--message` or by `--message-file`")
    text = text_of(message) if message is not None else _text(message_file)
    try:
        policy = Policy(read_artifact(read_file(artifact)))  # whatever its age: it decided then
        given = {} if facts_file is None else facts_from_json(policy.fact_kinds(), read_json(facts_file))
        proof = prove(read_json(record), policy, text, given, key=read_key(key_file))
    except ArtifactError as error:
        wrong_use(f"{artifact}: {error}")
    except RecordError as error:
        wrong_use(printable(f"{record}: {error}"))
    except (FactError, ValueError) as error:
        wrong_use(printable(str(error)))
    if output == "json":
        print_json({"version": 1, **_as_json(proof)})
    else:
        click.echo(_in_words(proof))
    raise SystemExit(0 if proof.holds else 1)


def _text(path: Path | None) -> str:
    assert path is not None
    return path.read_bytes().decode("utf-8", "replace")


def _as_json(proof: Proof) -> dict[str, Any]:
    return {
        "holds": proof.holds,
        "decided_again": proof.decided,
        "keyed": proof.keyed,
        "differences": [
            {"field": one.field, "recorded": one.recorded, "now": one.now} for one in proof.differences
        ],
        "notes": list(proof.notes),
    }


def _in_words(proof: Proof) -> str:
    if proof.holds and proof.keyed:
        first = "the decision was that one: the same artifact, message, facts, time and verdict"
    elif proof.holds:
        first = "the same verdict from the same artifact at the same time"
    elif proof.decided:
        first = "the decision was another one"
    else:
        first = "not decided again: this is not what the record is about"
    lines = [first]
    for one in proof.differences:
        lines.append(f"  {one.field}: recorded {_shown(one.recorded)}, now {_shown(one.now)}")
    return "\n".join(lines + [f"  note: {printable(note)}" for note in proof.notes])


def _shown(value: Any) -> str:
    text = printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 100 else text[:97] + "…"
