"""`solon bench`: what a policy costs on the author's own messages."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from solon.cli.asking import Question, facts_options, open_policy, question_of
from solon.cli.common import format_option, print_json, printable, wrong_use
from solon.costs import Costs, measure
from solon.facts_json import facts_from_json
from solon.matcher.engine import Policy
from solon.matcher.errors import SolonError

DEAREST = 10
STRATEGY_CHARS = 120


@click.command("bench")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("messages", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@facts_options
@click.option(
    "--top", default=DEAREST, show_default=True, type=click.IntRange(1), help="so many of the patterns"
)
@format_option
def command(  # noqa: PLR0917  (click passes them by name)
    policy: Path, messages: Path, facts: tuple[str, ...], facts_file: Path | None, top: int, output: str
) -> None:
    """Say what POLICY (a policy file or an artifact) costs on MESSAGES: a message a line, or
    {"message": …, "facts": {…}} a line in a file whose name ends in .jsonl."""
    compiled = open_policy(policy, output)
    common = question_of(compiled, "", facts, facts_file, None)
    try:
        costs = measure(compiled, read_messages(compiled, messages, common))
    except (SolonError, ValueError) as error:
        wrong_use(printable(f"{messages}: {error}"))
    if output == "json":
        print_json({"version": 1, **asdict(costs)})
    else:
        click.echo(in_words(costs, top))


def read_messages(policy: Policy, path: Path, common: Question) -> list[tuple[str, Mapping[str, Any]]]:
    """The messages of a file with their facts. Raises ValueError with the line of one that cannot be read."""
    kinds = policy.fact_kinds()
    found: list[tuple[str, Mapping[str, Any]]] = []
    text = path.read_bytes().decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if path.suffix != ".jsonl":
            found.append((line.removesuffix("\r"), common.facts))
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or not isinstance(row.get("message"), str):
                raise ValueError('a line takes {"message": "…", "facts": {…}}')
            given = row.get("facts", {})
            if not isinstance(given, dict):
                raise ValueError("`facts` takes an object")
            facts = {**common.facts, **facts_from_json(kinds, given)}
            policy.bind(facts)  # so that what is wrong with them is said with the line
            found.append((row["message"], facts))
        except (ValueError, RecursionError, SolonError) as error:
            raise ValueError(f"line {number}: {error}") from None
    return found


def in_words(costs: Costs, top: int) -> str:
    """A few lines and a table."""
    length, rate = costs.characters / costs.messages, 1e9 / max(costs.decision, 1)
    lines = [
        f"{costs.messages:,} messages of {length:,.0f} characters on the mean",
        "",
        f"  {said(costs.decision)}  a decision from a dict of facts, {rate:,.0f} a second",
        f"  {said(costs.bound)}  of it with the facts bound beforehand",
        f"  {said(costs.slowest)}  the slowest message",
        "",
        "Stages that patterns share, a message:",
    ]
    lines += [f"  {said(stage.nanoseconds)}  {stage.what}" for stage in costs.stages]
    shown = costs.patterns[:top]
    lines += ["", f"The dearest patterns of {len(costs.patterns)}, where a rule asks for them:"]
    for cost in shown:
        strategy = textwrap.shorten(printable(cost.strategy), STRATEGY_CHARS, placeholder=" …")
        lines.append(f"  {said(cost.nanoseconds)}  {printable(cost.name)}: {strategy}; {spans(cost.spans)}")
        if cost.advice:
            lines.append(f"  {'':>11}  → {cost.advice}")
    return "\n".join(lines)


def said(nanoseconds: float) -> str:
    """`   1.234 µs`"""
    return f"{nanoseconds / 1000:>8,.3f} µs"


def spans(count: int) -> str:
    """`1 span`, `3 spans`"""
    return f"{count:,} span{'' if count == 1 else 's'}"
