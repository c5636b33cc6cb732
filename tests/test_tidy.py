"""What review forgets: names that are exported and not there, codes without a page, links that lead nowhere.

In: the files of the repository. A failure names the file and what to do.
"""

from __future__ import annotations

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from solon.dsl.codes import CODES

ROOT = Path(__file__).resolve().parents[1]
HOMES = {"dsl": "solon.dsl", "compiler": "solon.compiler", "matcher": "solon.matcher", "src/solon": "solon"}
LINES_MAX = 500
TABLES = {
    "dsl/codes.py",  # the table of codes
    "dsl/syntax.py",  # one small class a construct, nothing else
    "dsl/ir.py",  # the same, typed
    "dsl/grammar.lark",
    "tests/matcher/test_facts.py",  # tables of what each kind takes and refuses
}
"""Files that are one long list: they may be long."""


def tracked() -> list[str]:
    """The files of the repository; of an unpacked source distribution all that look like them."""
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return sorted(python_files())
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def python_files() -> list[str]:
    folders = (
        "dsl",
        "compiler",
        "matcher",
        "tables",
        "src/solon",
        "tests",
        "examples",
        "docs",
        "benchmarks",
        "fuzz",
    )
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    linked = [ROOT / "src" / "solon" / name for name in ("dsl", "compiler", "matcher")]
    return [
        path.relative_to(ROOT).as_posix()
        for path in found
        if not any(path.is_relative_to(one) for one in linked)
    ]


def module_name(name: str) -> str | None:
    """What a file of the package is imported as."""
    for folder, package in HOMES.items():
        if name.startswith(folder + "/"):
            parts = name.removeprefix(folder + "/").removesuffix(".py").split("/")
            return ".".join([package, *parts]).removesuffix(".__init__")
    return None


def declared(name: str) -> list[str] | None:
    """The strings of a module's `__all__`, where it is a plain list of them."""
    for node in ast.parse((ROOT / name).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["__all__"]:
            assert isinstance(node.value, ast.List)
            return [one.value for one in node.value.elts if isinstance(one, ast.Constant)]
    return None


MODULES = sorted(name for name in python_files() if module_name(name))


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 100
    assert {"dsl/check.py", "matcher/engine.py", "src/solon/testing.py"} <= set(MODULES)


@pytest.mark.parametrize("name", [name for name in MODULES if declared(name) is not None])
def test_what_is_exported_is_there_and_no_error_is_forgotten(name: str) -> None:
    module = import_module(str(module_name(name)))
    exported = module.__all__
    assert len(exported) == len(set(exported))
    for one in exported:
        assert getattr(module, one) is not None
    for node in ast.parse((ROOT / name).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Error") for base in node.bases):
            assert node.name in exported, f"{name} does not export {node.name}"


def test_the_facade_exports_what_it_names() -> None:
    solon = import_module("solon")
    source = ast.parse((ROOT / "src" / "solon" / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        alias.name
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("solon.")
        for alias in node.names
    }
    assert typed == set(solon.__all__) - {"__version__"}
    for name in typed:
        assert getattr(solon, name).__module__.startswith("solon.")
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        solon.nothing_of_ours  # noqa: B018


@pytest.mark.parametrize("name", sorted(python_files()))
def test_every_module_says_what_it_is_for(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), name


BANNED = re.compile(
    # Written apart, so that this file does not find itself.
    r"\bses" + r"sions?\b|(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+)/\w",
    re.IGNORECASE,
)
ALLOWED = re.compile(r'scope="ses' + r'sion"')  # pytest's word


def test_no_words_of_a_workplace_and_no_paths_of_a_machine() -> None:
    found = []
    for name in tracked():
        if name.endswith(".policy"):  # what people write to each other
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if BANNED.search(ALLOWED.sub("", line)):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert not found, "\n".join(found)


def test_no_file_is_long_but_tables() -> None:
    long = {
        name: count
        for name in tracked()
        if name.endswith((".py", ".pyx", ".pxi", ".c", ".h", ".lark")) and name not in TABLES
        if (count := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > LINES_MAX
    }
    assert not long, long


@pytest.mark.parametrize("slug", sorted(CODES))
def test_every_code_has_a_page_and_a_test_that_names_it(slug: str, named_in_tests: str) -> None:
    assert (ROOT / "docs" / "codes" / f"{slug}.md").exists(), "`python docs/write_codes.py` writes it"
    assert re.search(rf'\[{slug}\]|"{slug}"|`{slug}`|### {slug}\b', named_in_tests), slug


@pytest.fixture(scope="module")
def named_in_tests() -> str:
    """All that the tests of the checker say, in one text."""
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests" / "dsl").rglob("*.txt")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "test_tidy.py")


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", sorted(name for name in tracked() if name.endswith(".md")))
def test_the_links_of_the_papers_lead_somewhere(name: str) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^()\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        linked = (ROOT / name).parent / path if path else ROOT / name
        assert linked.exists(), f"{name} links to {target}"
        if anchor:
            assert anchor in anchors(linked.read_text(encoding="utf-8")), f"{name} links to {target}"
