"""The papers run: every policy in them checks, every Python example and every command gives what it says.

Fences of a page run in order, in one folder of the page's own:

    ```policy                a whole policy: checks without a word (so do files of definitions)
    ```policy FILE.policy    the same, and the file stays for what follows
    ```policy fragment       parses
    ```text FILE             a file (any language, where a file is named)
    ```python                doctests, one set of names for the page
    ```console               `$ solon …` and what it prints, compared; … stands for anything
"""

from __future__ import annotations

import contextlib
import doctest
import re
import runpy
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.cli.group import group
from solon.dsl.load import load_policy
from solon.dsl.parser import parse
from solon.dsl.render import render
from solon.dsl.source import Source
from solon.matcher import layout

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 11, 23)
PAPERS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/tutorial.md",
    "docs/language.md",
    "docs/testing.md",
    "docs/editors.md",
    "docs/quality.md",
    "docs/checking.md",
    "docs/costs.md",
    "docs/embedding.md",
    "docs/batches.md",
    "docs/artifact.md",
    "docs/trust.md",
    "docs/audit.md",
    "docs/service.md",
    "docs/statements.md",
)
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """One code block: its language, what stands after it, its text and its line in the page."""

    language: str
    argument: str
    text: str
    line: int


def fences(page: str) -> Iterator[Fence]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        yield Fence(found[1], found[2].strip(), found[3], text.count("\n", 0, found.start()) + 1)


@pytest.mark.parametrize("page", PAPERS)
def test_what_the_papers_show_is_so(page: str, tmp_path: Path) -> None:
    names: dict[str, object] = {}
    with contextlib.chdir(tmp_path):
        for fence in fences(page):
            place = f"{page}:{fence.line}"
            if fence.language == "policy" and fence.argument == "fragment":
                parses(fence, place)
            elif fence.language == "policy":
                checks(fence, place)
            elif fence.language == "python":
                runs(fence, place, names)
            elif fence.language == "console":
                prints(fence, place)
            elif fence.argument:
                write(fence)


def test_the_pages_have_examples() -> None:
    assert {fence.language for page in PAPERS for fence in fences(page)} >= {"policy", "python", "console"}


def write(fence: Fence) -> Path:
    path = Path(fence.argument or "page.policy")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(fence.text, encoding="utf-8")
    return path


def parses(fence: Fence, place: str) -> None:
    source = Source("fragment", fence.text)
    result = parse(source)
    assert not result.diagnostics, place + "\n" + render(result.diagnostics, {"fragment": source})


def checks(fence: Fence, place: str) -> None:
    path = write(fence)
    if "policy " not in re.sub(r"#.*", "", fence.text).split("{")[0]:
        source = Source("definitions", fence.text)
        assert not parse(source).diagnostics, place
        return
    checked = load_policy(path, today=TODAY)
    assert not checked.diagnostics, place + "\n" + render(checked.diagnostics, checked.sources)


def runs(fence: Fence, place: str, names: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(fence.text, names, place, place, fence.line)
    assert test.examples, f"{place}: a Python example without a prompt runs nothing"
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    result = runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not result.failed, "".join(said)


def prints(fence: Fence, place: str) -> None:
    for part in re.split(r"^\$ ", fence.text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        words = shlex.split(command)
        assert words[0] == "solon", f"{place}: only solon runs here, not {words[0]}"
        result = CliRunner().invoke(
            group, words[1:], prog_name="solon", env={"NO_COLOR": "1", "COLUMNS": "80"}
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), place
        wanted = expected.strip().replace("…", "...") + "\n"
        got = result.output.strip() + "\n"
        assert doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS), (
            f"{place}\n$ {command}\n{result.output}"
        )


def test_every_section_of_the_artifact_is_on_its_page() -> None:
    page = (ROOT / "docs" / "artifact.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(layout.SECTIONS)
    assert f"format version {layout.FORMAT_VERSION}" in page
    for header in re.findall(r"`(\w+\.h)`", page):
        assert (ROOT / "matcher" / "src" / header).exists(), header


def test_every_pack_is_on_the_language_page() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    packs = {f"std/{path.stem}" for path in (ROOT / "dsl" / "std").glob("*.policy")}
    assert set(re.findall(r"^\| `(std/\w+)` \|", page, re.MULTILINE)) == packs


def test_the_pages_of_the_packs_are_current() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "write_packs.py"))
    wanted = script["pages"]()
    written = {path.name: path.read_text(encoding="utf-8") for path in script["FOLDER"].glob("*.md")}
    assert written.keys() == wanted.keys(), "`python docs/write_packs.py` writes them anew"
    for name, text in wanted.items():
        assert written[name] == text, f"{name}: `python docs/write_packs.py` writes it anew"


def test_the_pages_of_the_codes_are_current() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "write_codes.py"))
    written = {path.name: path.read_text(encoding="utf-8") for path in script["FOLDER"].glob("*.md")}
    wanted = script["pages"]()
    assert written.keys() == wanted.keys(), "`python docs/write_codes.py` writes them anew"
    for name, text in wanted.items():
        assert written[name] == text, f"{name}: `python docs/write_codes.py` writes it anew"


def test_what_is_seen_through_is_as_the_page_says() -> None:
    """All members of the finite sets at each place of the probes; look-alikes only where their package is."""
    script = runpy.run_path(str(ROOT / "docs" / "write_evasions.py"))
    written = script["PAGE"].read_text(encoding="utf-8").splitlines()
    rows = script["rows"]()
    assert len(rows) >= 9
    for name, row in rows.items():
        assert script["line"](row) in written, f"{name}: `python docs/write_evasions.py` writes it anew"
