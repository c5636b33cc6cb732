"""`solon test`: the policies' own tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from solon.cli.common import compile_clean, format_option, load_clean, print_json, printable
from solon.matcher.artifact import decode_json, read_artifact
from solon.matcher.engine import from_bytes
from solon.testing import CaseResult, Decides, run_tests

if TYPE_CHECKING:
    from solon.dsl.load import Checked


@click.command("test")
@click.argument(
    "policies", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--reference", is_flag=True, help="run them against the reference interpreter, not the compiled artifact"
)
@click.option("--filter", "only", default="", help="only tests whose name contains this")
@format_option
def command(policies: tuple[Path, ...], reference: bool, only: str, output: str) -> None:
    """Run the tests of POLICIES, and the `match` and `no_match` of their patterns."""
    results: list[CaseResult] = []
    for path in policies:
        checked = load_clean(path, output)
        assert checked.policy is not None
        decides = _what_decides(checked, reference, output)
        results += [one for one in run_tests(checked.policy, decides) if only in one.test]
    failed = [one for one in results if not one.passed]
    todo = sum(one.todo and one.passed for one in results)
    if output == "json":
        print_json({"version": 1, "cases": [_as_json(one) for one in results]})
    else:
        for one in failed:
            click.echo(_as_words(one))
        click.echo(
            f"{len(results) - len(failed)} cases passed, {len(failed)} failed"
            + (f", {todo} todo" if todo else "")
        )
    if not results:
        click.echo("there is no test" + (f" whose name contains `{only}`" if only else ""), err=True)
        raise SystemExit(2)
    raise SystemExit(1 if failed else 0)


def _what_decides(checked: Checked, reference: bool, output: str) -> Decides:
    data = compile_clean(checked, output)
    if not reference:
        return from_bytes(data)
    from solon.matcher.reference import Reference  # noqa: PLC0415  (slow to load, seldom wanted)

    return Reference(decode_json("ir", read_artifact(data).content("ir")))


def _as_json(result: CaseResult) -> dict[str, object]:
    return {
        "test": result.test,
        "file": result.place.file,
        "line": result.place.line,
        "message": result.message,
        "passed": result.passed,
        "todo": result.todo,
        "problems": list(result.problems),
    }


def _as_words(result: CaseResult) -> str:
    lines = [
        f'FAILED "{printable(result.test)}"',
        f"  --> {result.place.file}:{result.place.line}",
        f'   message "{printable(result.message)}"',
    ]
    return "\n".join(lines + [f"   {printable(problem)}" for problem in result.problems])
