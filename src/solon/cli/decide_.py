"""`solon decide`: messages in, verdicts out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from solon.cli.asking import Question, at_option, facts_options, open_policy, question_of, text_of
from solon.cli.common import format_option, print_json, printable, say, wrong_use
from solon.cli.show import verdict_as_json, verdict_in_words
from solon.facts_json import facts_from_json
from solon.matcher.engine import Policy
from solon.matcher.errors import SolonError


@click.command("decide")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("message", required=False)
@facts_options
@at_option
@click.option(
    "--jsonl",
    is_flag=True,
    help='read {"message": …, "facts": {…}} lines from standard input, write one verdict a line',
)
@format_option
def command(  # noqa: PLR0917  (click passes them by name)
    policy: Path,
    message: str | None,
    facts: tuple[str, ...],
    facts_file: Path | None,
    at: str | None,
    jsonl: bool,
    output: str,
) -> None:
    """Decide MESSAGE by POLICY (a policy file or an artifact); `-` reads the message from standard input."""
    if jsonl and message is not None:
        wrong_use("with `--jsonl` the messages come from standard input alone")
    compiled = open_policy(policy, output, at)
    if jsonl:
        raise SystemExit(_decide_lines(compiled, question_of(compiled, "", facts, facts_file, at)))
    if message is None:
        wrong_use("say the message, or `--jsonl` to read many from standard input")
    question = question_of(compiled, text_of(message), facts, facts_file, at)
    try:
        verdict = compiled.decide(question.message, question.facts, at=question.at)
    except SolonError as error:
        wrong_use(printable(str(error)))
    if output == "json":
        print_json({"version": 1, **verdict_as_json(verdict)})
    else:
        say(verdict_in_words(question.message, verdict))


def _decide_lines(policy: Policy, common: Question) -> int:
    """Each line on its own: a bad one gets an error in its place, and the exit code is 1."""
    failed = 0
    kinds = policy.fact_kinds()
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        answer: dict[str, Any]
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or not isinstance(row.get("message"), str):
                raise ValueError('a line takes {"message": "…", "facts": {…}}')
            facts = row.get("facts", {})
            if not isinstance(facts, dict):
                raise ValueError("`facts` takes an object")
            verdict = policy.decide(
                row["message"], {**common.facts, **facts_from_json(kinds, facts)}, at=common.at
            )
            answer = verdict_as_json(verdict)
        except (ValueError, RecursionError, SolonError) as error:
            failed = 1
            answer = {"error": str(error), "line": number}
        click.echo(json.dumps(answer, ensure_ascii=True))
    return failed
