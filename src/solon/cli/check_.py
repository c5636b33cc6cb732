"""`solon check`: every mistake of the policies."""

from __future__ import annotations

from pathlib import Path

import click

from solon.checking import fix_files, with_meaning
from solon.cli.common import (
    folder_from_here,
    print_json,
    printable,
    root_files,
    roots_option,
    say_diagnostics,
    wrong_use,
)
from solon.dsl.code_page import page_of
from solon.dsl.codes import CODES
from solon.dsl.diagnostics import closest
from solon.dsl.load import load_policy
from solon.dsl.render import as_json
from solon.dsl.render_review import Report, as_github, as_sarif
from solon.matcher.verdict import engine_version

NOT_DECIDED_TOLD_MAX = 10


def _explained(ctx: click.Context, _parameter: click.Parameter, code: str | None) -> None:
    """The page of a code, and the end."""
    if code is None:
        return
    if code not in CODES:
        meant = closest(code, CODES)
        wrong_use(f"there is no code `{printable(code)}`" + (f"; did you mean `{meant}`?" if meant else ""))
    click.echo(page_of(CODES[code]))
    ctx.exit(0)


@click.command("check")
@click.argument(
    "policies", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--gaps", is_flag=True, help="also combinations of facts that no rule looks at")
@click.option("--fix", is_flag=True, help="make the certain fixes in the files first, and say which")
@click.option(
    "--explain",
    metavar="CODE",
    callback=_explained,
    is_eager=True,
    expose_value=False,
    help="print the page of a code, such as rule-never-fires",
)
@roots_option
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "human", "json", "sarif", "github"]),
    default="text",
    envvar="SOLON_FORMAT",
    help="what to print: text (or human), JSON, SARIF 2.1.0 for code review, GitHub's annotations",
)
def command(policies: tuple[Path, ...], gaps: bool, fix: bool, roots: bool, output: str) -> None:
    """Report every mistake of each of POLICIES (root files; what they use is read too)."""
    policies = root_files(policies, roots)
    errors = warnings = 0
    reports: list[Report] = []
    not_decided: list[str] = []
    for path in policies:
        if fix:
            _fix(path, to_stderr=output not in {"text", "human"})
        meaning = with_meaning(load_policy(path), gaps=gaps)
        checked = meaning.checked
        not_decided += meaning.not_decided
        errors += sum(one.is_error for one in checked.diagnostics)
        warnings += sum(not one.is_error for one in checked.diagnostics)
        reports.append(Report(checked.diagnostics, checked.sources, folder_from_here(path)))
        if output in {"text", "human"}:
            say_diagnostics(checked.diagnostics, checked, output)
    if output == "json":
        documents = [row for one in reports for row in as_json(one.diagnostics, one.sources)]
        print_json({"version": 1, "diagnostics": documents, "not_decided": not_decided})
    elif output == "sarif":
        print_json(as_sarif(reports, engine_version()))
    elif output == "github":
        for line in as_github(reports):
            click.echo(line)
    else:
        for question in not_decided[:NOT_DECIDED_TOLD_MAX]:
            click.echo(f"not decided within the time: {printable(question)}")
        if len(not_decided) > NOT_DECIDED_TOLD_MAX:
            click.echo(f"… and {len(not_decided) - NOT_DECIDED_TOLD_MAX} more questions")
        click.echo(f"{len(policies)} checked: {_many(errors, 'error')}, {_many(warnings, 'warning')}")
    raise SystemExit(1 if errors or warnings else 0)


def _fix(path: Path, *, to_stderr: bool) -> None:
    """Make the certain fixes of a policy and say which; beside a document for programs, not in it."""
    fixing = fix_files(path)
    for one in fixing.made:
        new = f"`{one.new}` for `{one.old.strip()}`" if one.new else f"without `{one.old.strip()}`"
        click.echo(printable(f"{one.path}:{one.line}: fixed {one.diagnostic.code}: {new}"), err=to_stderr)
    for left, reason in fixing.left_alone:
        click.echo(printable(f"{left}: left as it is: {reason}"), err=True)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
