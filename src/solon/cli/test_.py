"""`solon test`: the policies' own tests, and whether they are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from solon.adequacy.cases import CaseBook
from solon.adequacy.coverage import Coverage, measure
from solon.adequacy.coverage_html import as_html
from solon.adequacy.coverage_text import as_json as coverage_as_json
from solon.adequacy.coverage_text import as_text as coverage_as_text
from solon.adequacy.coverage_xml import as_cobertura
from solon.adequacy.mutation import SECONDS, Mutation, mutate
from solon.adequacy.mutation_text import as_json as mutation_as_json
from solon.adequacy.mutation_text import as_text as mutation_as_text
from solon.cli.common import (
    compile_clean,
    folder_from_here,
    format_option,
    load_clean,
    print_json,
    printable,
    root_files,
    roots_option,
)
from solon.dsl.load import Checked
from solon.evading import Evaded, evade
from solon.evading import as_json as evaded_as_json
from solon.evading import as_text as evaded_as_text
from solon.junit import as_junit
from solon.matcher.artifact import decode_json, read_artifact
from solon.matcher.engine import Policy, from_bytes
from solon.testing import CaseResult, Decides, run_tests
from solon.watching import snapshot, wait_for_change

FORMS = ("text", "html", "xml")


class _TestCommand(click.Command):
    """Lets `--coverage` stand alone for `--coverage=text`, without taking the next word for its value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, ["--coverage=text" if one == "--coverage" else one for one in args])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command was asked for."""

    reference: bool
    only: str
    coverage: tuple[str, ...]
    coverage_file: Path | None
    fail_under: float | None
    mutate: bool
    seconds: float
    junit: Path | None
    evade: bool
    output: str


@dataclass(frozen=True, slots=True)
class _Tested:
    """What came of one root file."""

    path: Path
    checked: Checked
    results: list[CaseResult]
    coverage: Coverage | None
    mutation: Mutation | None
    evaded: Evaded | None


@click.command("test", cls=_TestCommand)
@click.argument(
    "policies", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--reference", is_flag=True, help="run them against the reference interpreter, not the compiled artifact"
)
@click.option("--evade", is_flag=True, help="try each example again under every evasion its level promises")
@click.option("--filter", "only", default="", help="only tests whose name contains this")
@click.option(
    "--coverage",
    type=click.Choice(FORMS),
    multiple=True,
    metavar="[=text|html|xml]",
    help="also what the tests reach: a table, a page, Cobertura XML; may be repeated",
)
@click.option(
    "--coverage-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="where the page or the XML goes; coverage.html, coverage.xml where left out",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    help="exit 1 where the tests reach less than so many percent, or notice less with `--mutate`",
)
@click.option("--mutate", is_flag=True, help="also which small slips in the rules the tests would not notice")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=SECONDS,
    show_default=True,
    help="how long `--mutate` may take, for each policy",
)
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="write the results as JUnit XML"
)
@click.option("--watch", is_flag=True, help="run again whenever a file changes, until Ctrl-C")
@roots_option
@format_option
def command(  # noqa: PLR0917  (click passes them by name)
    policies: tuple[Path, ...],
    reference: bool,
    evade: bool,
    only: str,
    coverage: tuple[str, ...],
    coverage_file: Path | None,
    fail_under: float | None,
    mutate: bool,
    seconds: float,
    junit: Path | None,
    watch: bool,
    roots: bool,
    output: str,
) -> None:
    """Run the tests of POLICIES, and the `match` and `no_match` of their patterns."""
    if fail_under is not None and not coverage and not mutate:
        coverage = ("text",)
    wanted = _Wanted(
        reference, only, coverage, coverage_file, fail_under, mutate, seconds, junit, evade, output
    )
    if watch:
        _watch(root_files(policies, roots), wanted)
    raise SystemExit(_run(root_files(policies, roots), wanted))


def _watch(policies: Sequence[Path], wanted: _Wanted) -> None:
    """Run whenever a file of the policies' folders is another one; ends with Ctrl-C."""
    folders = sorted({path.resolve().parent for path in policies})
    try:
        while True:
            before = snapshot(folders)
            try:
                _run(policies, wanted)
            except SystemExit:  # a policy with mistakes: they are shown, and may be mended now
                pass
            except OSError as error:
                click.echo(printable(f"{error.filename}: {error.strerror}"), err=True)
            click.echo("waiting for a change; Ctrl-C ends", err=True)
            wait_for_change(folders, before)
            click.echo("", err=True)
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def _run(policies: Sequence[Path], wanted: _Wanted) -> int:
    """All of it once; the exit code."""
    tested = [_tested(path, wanted) for path in policies]
    results = [one for part in tested for one in part.results]
    failed = [one for one in results if not one.passed]
    if wanted.junit is not None:
        wanted.junit.write_bytes(as_junit(results))
    _write_coverage(tested, wanted)
    if wanted.output == "json":
        _print_json(tested)
    else:
        _print_words(tested, failed, wanted)
    if not results:
        click.echo(
            "there is no test" + (f" whose name contains `{wanted.only}`" if wanted.only else ""), err=True
        )
        return 2
    evaded = any(part.evaded is not None and part.evaded.survivors for part in tested)
    return 1 if failed or evaded or _too_little(tested, wanted) else 0


def _tested(path: Path, wanted: _Wanted) -> _Tested:
    checked = load_clean(path, wanted.output)
    assert checked.policy is not None
    engine, decides = _what_decides(checked, wanted)
    results = [one for one in run_tests(checked.policy, decides) if wanted.only in one.test]
    evaded = evade(checked.policy, decides) if wanted.evade else None
    if not wanted.coverage and not wanted.mutate:
        return _Tested(path, checked, results, None, None, evaded)
    tests = tuple(one for one in checked.policy.tests if wanted.only in one.name)
    book = CaseBook(replace(checked.policy, tests=tests), engine)
    return _Tested(
        path,
        checked,
        results,
        measure(book, checked.sources) if wanted.coverage else None,
        mutate(book, seconds=wanted.seconds) if wanted.mutate else None,
        evaded,
    )


def _what_decides(checked: Checked, wanted: _Wanted) -> tuple[Policy, Decides]:
    data = compile_clean(checked, wanted.output)
    engine = from_bytes(data)
    if not wanted.reference:
        return engine, engine
    from solon.matcher.reference import Reference  # noqa: PLC0415  (slow to load, seldom wanted)

    return engine, Reference(decode_json("ir", read_artifact(data).content("ir")))


def _write_coverage(tested: Sequence[_Tested], wanted: _Wanted) -> None:
    coverages = [one.coverage for one in tested if one.coverage is not None]
    for form in {*wanted.coverage} - {"text"}:
        target = wanted.coverage_file or Path(f"coverage.{form}")
        if form == "html":
            target.write_text(as_html(coverages), encoding="utf-8")
        else:
            target.write_bytes(as_cobertura(coverages, [folder_from_here(one.path) for one in tested]))


def _too_little(tested: Sequence[_Tested], wanted: _Wanted) -> bool:
    if wanted.fail_under is None:
        return False
    measured = [part for one in tested for part in (one.coverage, one.mutation) if part is not None]
    low = [part for part in measured if part.percent < wanted.fail_under]
    for part in low:
        what = "the tests reach" if isinstance(part, Coverage) else "of the slips the tests notice"
        # Rounded down: 100 means all.
        click.echo(
            f"{part.policy}: {what} {int(part.percent * 10) / 10} %, less than {wanted.fail_under:g} %",
            err=True,
        )
    return bool(low)


# ── Printing ─────────────────────────────────────────────────────────────────────────────────────────


def _print_words(tested: Sequence[_Tested], failed: Sequence[CaseResult], wanted: _Wanted) -> None:
    results = [one for part in tested for one in part.results]
    todo = sum(one.todo and one.passed for one in results)
    for one in failed:
        click.echo(_as_words(one))
    for part in tested:
        if part.coverage is not None and "text" in wanted.coverage:
            click.echo(coverage_as_text(part.coverage) + "\n")
        if part.mutation is not None:
            click.echo(mutation_as_text(part.mutation, part.checked.sources) + "\n")
    for evaded in (part.evaded for part in tested if part.evaded is not None):
        click.echo("\n".join(printable(line) for line in evaded_as_text(evaded).split("\n")))
    click.echo(
        f"{len(results) - len(failed)} cases passed, {len(failed)} failed"
        + (f", {todo} todo" if todo else "")
    )


def _print_json(tested: Sequence[_Tested]) -> None:
    document: dict[str, Any] = {
        "version": 1,
        "cases": [_as_json(one) for part in tested for one in part.results],
    }
    coverages = [coverage_as_json(one.coverage) for one in tested if one.coverage is not None]
    mutations = [mutation_as_json(one.mutation) for one in tested if one.mutation is not None]
    if coverages:
        document["coverage"] = coverages
    if mutations:
        document["mutation"] = mutations
    evaded = [evaded_as_json(one.evaded) for one in tested if one.evaded is not None]
    if evaded:
        document["evasions"] = evaded
    print_json(document)


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
