"""`solon sor`: statements of reasons for the DSA Transparency Database, from audit records."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from solon.cli.common import print_json, printable, wrong_use
from solon.matcher.proof import RecordError
from solon.statements.checking import FIELDS
from solon.statements.filling import MappingError, bundles, fill, read_mapping
from solon.statements.vocabulary import MANY

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("sor")
@click.argument("records", nargs=-1, required=True, type=FILE)
@click.option("-m", "--mapping", required=True, type=FILE, help="what actions and labels mean (TOML)")
@click.option("--set", "given", multiple=True, help="field=value for this one record; lists with commas")
def command(records: tuple[Path, ...], mapping: Path, given: tuple[str, ...]) -> None:
    """Fill a statement of reasons from each of RECORDS (files with one audit record, or one a line).

    One statement is printed as it is; several as bundles of at most a hundred, one a line, as the database
    takes them. The exit code is 1 where a field is wrong or missing (each is named, and nothing is printed
    for that record), 2 for wrong use.
    """
    failed = False
    done: list[dict[str, Any]] = []
    puids: dict[str, str] = {}
    try:
        mapped = read_mapping(mapping)
        fields = _given(given)
        found = list(_records(records))
        if fields and len(found) > 1:
            wrong_use("`--set` is for one record, for its fields hold for that one alone")
        for place, record in found:
            statement = fill(record, mapped, fields)
            if statement.fields is None:
                click.echo(f"{place}: no statement is due, as the mapping says of this action", err=True)
                continue
            wrong = [str(one) for one in statement.wrong]
            puid = str(statement.fields.get("puid"))
            if puid in puids:
                wrong.append(f"puid: is the one of {puids[puid]}; no two statements share one")
            puids.setdefault(puid, place)
            for one in wrong:
                click.echo(printable(f"{place}: {one}"), err=True)
            failed |= bool(wrong)
            if not wrong:
                done.append(statement.fields)
    except RecordError as error:
        wrong_use(printable(f"no audit record: {error}"))
    except MappingError as error:
        wrong_use(printable(str(error)))
    if len(found) == 1 and done:
        print_json(done[0])
    else:
        for bundle in bundles(done):
            click.echo(json.dumps(bundle))
    sys.exit(1 if failed else 0)


def _given(pairs: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name not in FIELDS:
            wrong_use(f"--set takes field=value with a field of the database, got {printable(pair)}")
        found[name] = [part.strip() for part in text.split(",")] if name in MANY else text
    return found


def _records(paths: tuple[Path, ...]) -> Iterator[tuple[str, Any]]:
    """Each record and where it stands: a file is one JSON document, or one a line."""
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            yield str(path), json.loads(text)
            continue
        except RecursionError:
            wrong_use(f"{path} is nested too deeply")
        except ValueError:
            lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    yield f"{path}:{number}", json.loads(line)
            except (ValueError, RecursionError):
                wrong_use(f"{path}:{number} is no JSON")
