"""The language page, sentence by sentence: Markdown that runs, on the compiled artifact and on the reference.

A page of `tests/language` is a topic. Its fences, in order:

    ```policy             a whole policy, or a fragment that the header completes; its own tests must pass
    ```policy failing     the same, and each case of its own tests must fail
    ```text FILE          a file beside the policies of the page
    ```spans              PATTERN "message" => "text", "text"   (or `=> nothing`): what a pattern finds
    ```decide             "message", {facts}, at="2026-12-01" => action="hold", rules=["r"], …
    ```refused CODE …     a policy with exactly these errors
    ```said               DEFINITION => "message": the one mistake of that definition, in words
    ```warned CODE …      a policy without errors, and with these warnings (`!CODE`: without this one)

Both sides of a `decide` are Python; `error="words"` on the right: the facts are refused, in words with these.
"""

from __future__ import annotations

import ast
import enum
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from solon.compiler.pipeline import compile_policy
from solon.dsl import ir
from solon.dsl.load import Checked, load_policy_text
from solon.dsl.render import render
from solon.matcher.engine import Policy, from_bytes
from solon.matcher.errors import FactError
from solon.matcher.reference import Reference
from solon.testing import run_tests

PAGES = sorted(Path(__file__).with_name("language").glob("*.md"))
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADER = """\
policy page {
  actions allow < nudge < warn < redact < hold < block
  default allow
  undecided nudge
  incomplete warn
  limit message 4 KiB
}
"""


class Role(enum.StrEnum):
    """An enum of a service, for facts."""

    CLIENT = "client"
    ROBOT = "robot"


NAMES = {
    "Decimal": Decimal, "Role": Role, "UTC": UTC, "date": date, "datetime": datetime, "nan": float("nan"),
    "timedelta": timedelta,
}  # fmt: skip


@dataclass(frozen=True)
class Fence:
    """One code block: its language, what stands after it, its text and its place."""

    language: str
    argument: str
    text: str
    place: str

    @property
    def policy(self) -> str:
        """The text as a whole policy."""
        whole = re.search(r"^\s*policy\s+\w+\s*\{", self.text, re.MULTILINE)
        return self.text if whole else HEADER + self.text

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """The lines that hold a case: their place, and their sides."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                left, arrow, right = line.rpartition("=>")
                assert arrow, f"{self.place}: no `=>` in {line}"
                yield f"{self.place}, row {number}: {line}", left.strip(), right.strip()


@dataclass
class Page:
    """What a page has said so far."""

    files: dict[str, str] = field(default_factory=dict)
    policy: Policy | None = None
    checked: ir.Policy | None = None

    def deciders(self) -> tuple[Policy, Reference]:
        """The policy in force, compiled and interpreted."""
        assert self.policy is not None, "no policy stands before this fence"
        return self.policy, Reference(self.policy.ir())


def fences(path: Path) -> list[Fence]:
    text = path.read_text(encoding="utf-8")
    starts = [(found, text.count("\n", 0, found.start()) + 1) for found in FENCE.finditer(text)]
    return [Fence(one[1], one[2].strip(), one[3], f"{path.name}:{line}") for one, line in starts]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_page_is_so(path: Path) -> None:
    """Every fence of the page; all that is wrong with the page is told at once."""
    page = Page()
    problems: list[str] = []
    for fence in fences(path):
        match fence.language:
            case "policy":
                problems += takes(page, fence)
            case "spans":
                problems += finds(page, fence)
            case "decide":
                problems += decides(page, fence)
            case "refused" | "warned":
                problems += says(page, fence)
            case "said":
                problems += puts(page, fence)
            case "text":
                page.files[fence.argument] = fence.text
            case other:
                problems.append(f"{fence.place}: nothing runs `{other}`")
    assert not problems, "\n" + "\n".join(problems)


def test_every_page_decides_something() -> None:
    kinds = [{fence.language for fence in fences(path)} for path in PAGES]
    assert len(kinds) >= 8
    assert all(kind & {"spans", "decide", "said", "refused", "warned", "policy"} for kind in kinds)


def load(page: Page, fence: Fence) -> Checked:
    return load_policy_text(fence.policy, files=page.files, today=TODAY)


def told(checked: Checked) -> str:
    return render(list(checked.diagnostics), checked.sources, colour=False)


def takes(page: Page, fence: Fence) -> list[str]:
    """The policy in force from here on; its own tests on both sides."""
    checked = load(page, fence)
    page.policy = page.checked = None
    if checked.policy is None:
        return [f"{fence.place}: the policy has errors\n{told(checked)}"]
    compiled = compile_policy(checked.policy)
    if compiled.artifact is None:
        return [f"{fence.place}: {compiled.refused}"]
    page.policy, page.checked = from_bytes(compiled.artifact), checked.policy
    problems: list[str] = []
    for side in page.deciders():
        for case in run_tests(page.checked, side):
            if case.passed is (fence.argument == "failing"):
                how = "passes" if case.passed else "; ".join(case.problems)
                problems.append(f"{fence.place}: {type(side).__name__}: {case.test}: {case.message!r}: {how}")
    return problems


def finds(page: Page, fence: Fence) -> list[str]:
    if page.policy is None:
        return [f"{fence.place}: no policy"]
    problems: list[str] = []
    for side in page.deciders():
        for place, left, right in fence.rows():
            name, _, quoted = left.partition(" ")
            message = json.loads(quoted)
            wanted = [] if right == "nothing" else json.loads(f"[{right}]")
            assert name in page.policy.patterns, place
            got = [message[start:end] for start, end in side.find(message).get(name, ())]
            if got != wanted:
                problems.append(f"{place}\n    {type(side).__name__} finds {got}")
    return problems


def decides(page: Page, fence: Fence) -> list[str]:
    if page.policy is None:
        return [f"{fence.place}: no policy"]
    problems: list[str] = []
    for side in page.deciders():
        for place, left, right in fence.rows():
            arguments, options = call(left)
            wanted = call(right)[1]
            assert wanted, place
            facts: Mapping[str, Any] = arguments[1] if len(arguments) > 1 else {}
            try:
                verdict = side.decide(arguments[0], facts, at=moment(options.get("at")))
            except FactError as error:
                if "error" not in wanted or wanted["error"] not in str(error):
                    problems.append(f"{place}\n    {type(side).__name__} refuses: {error}")
                continue
            got = {name: plain(getattr(verdict, name, None)) for name in wanted}
            if got != wanted:
                problems.append(f"{place}\n    {type(side).__name__} gives {got}, {plain(verdict.rules)}")
    return problems


def call(source: str) -> tuple[list[Any], dict[str, Any]]:
    """What stands between the parentheses of a call, as values; the names of a page are the ones above."""
    node = ast.parse(f"f({source})", mode="eval").body
    assert isinstance(node, ast.Call)

    def value(part: ast.expr) -> Any:
        return eval(compile(ast.Expression(part), "page", "eval"), dict(NAMES))

    return [value(one) for one in node.args], {str(one.arg): value(one.value) for one in node.keywords}


def moment(text: str | None) -> datetime:
    if text is None:
        return NOON
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def plain(value: Any) -> Any:
    """Tuples as lists, mappings as dicts: what a page can write."""
    return json.loads(json.dumps(value, default=list))


def says(page: Page, fence: Fence) -> list[str]:
    checked = load(page, fence)
    errors = {one.code for one in checked.diagnostics if one.is_error}
    warnings = {one.code for one in checked.diagnostics if not one.is_error}
    wanted = set(fence.argument.split())
    if fence.language == "refused" and errors == wanted:
        return []
    unwanted = {one[1:] for one in wanted if one.startswith("!")}
    wanted = {one for one in wanted if not one.startswith("!")}
    if fence.language == "warned" and not errors and wanted <= warnings and not unwanted & warnings:
        return []
    found = sorted(errors | warnings)
    return [f"{fence.place}: {fence.language} {fence.argument}, but {found}\n{told(checked)}"]


def puts(page: Page, fence: Fence) -> list[str]:
    """Each row is a definition with one mistake; what is said about it."""
    problems: list[str] = []
    for place, left, right in fence.rows():
        checked = load_policy_text(HEADER + left, files=page.files, today=TODAY)
        got = [one.message for one in checked.diagnostics if one.is_error]
        if got != [json.loads(right)]:
            problems.append(f"{place}\n    but {got}")
    return problems
