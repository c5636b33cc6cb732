"""Writes docs/packs: one page for each pack that ships, and their index. `python docs/write_packs.py`

In: the packs themselves, read as the checker reads them. Out: Markdown that says of each pattern what it
takes for what and what it leaves alone, by the pack's own examples, which the tests of the packs hold. A test
says when the pages are behind the packs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from solon.dsl import syntax
from solon.dsl.parser import parse
from solon.dsl.source import Source

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "packs"
PACKS = ROOT / "dsl" / "std"


def pages() -> dict[str, str]:
    """File name to the text of the page."""
    packs = {path.stem: path for path in sorted(PACKS.glob("*.policy"))}
    return {
        "index.md": _index(packs),
        **{f"{name}.md": "\n".join(_page(name, path)) for name, path in packs.items()},
    }


def _index(packs: dict[str, Path]) -> str:
    lines = [
        "# Packs",
        "",
        'Policy files that ship with Solon: `use "std/contact"`. Each page is written from its pack.',
        "",
    ]
    for name, path in packs.items():
        about = _about(path)[0]
        lines.append(f"- [`std/{name}`]({name}.md): {about}")
    return "\n".join(lines) + "\n"


def _page(name: str, path: Path) -> Iterator[str]:
    file = parse(Source(path.name, path.read_text(encoding="utf-8"))).file
    assert file is not None, path
    yield f"# std/{name}\n"
    yield from _about(path)
    uses = [item.path.value for item in file.items if isinstance(item, syntax.Use)]
    if uses:
        yield "\nIt builds on " + ", ".join(f"[`{one}`]({one.removeprefix('std/')}.md)" for one in uses) + "."
    blocks = [item for item in file.items if isinstance(item, syntax.PatternBlock)]
    yield "\n| pattern | what it finds | evasions |\n| --- | --- | --- |"
    for block in blocks:
        yield f"| [`{block.name.text}`](#{block.name.text}) | {_title(block)} | {_level(block)} |"
    for block in blocks:
        yield from _pattern(block)
    yield "\n[All packs](index.md)\n"


def _about(path: Path) -> list[str]:
    """The comment at the head of the file, without its signs."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return lines


def _pattern(block: syntax.PatternBlock) -> Iterator[str]:
    yield f"\n## {block.name.text}\n"
    yield f"{_title(block)}. Evasions: {_level(block)}."
    lists = [
        item.path.value
        for clause in block.clauses
        if isinstance(clause, (syntax.Words, syntax.Text, syntax.Url))
        for item in clause.items
        if isinstance(item, syntax.ListFile)
    ]
    if lists:
        yield "Lists: " + ", ".join(f"[{one}](../../dsl/std/{one})" for one in lists) + "."
    for kind, heading in ((syntax.Match, "Found in"), (syntax.NoMatch, "Not found in")):
        texts = [text.value for clause in syntax.clauses(block.clauses, kind) for text in clause.texts]
        if texts:
            yield f"\n{heading}:\n"
            yield from (f"- {_code(text)}" for text in texts)


def _title(block: syntax.PatternBlock) -> str:
    title = syntax.clause(block.clauses, syntax.Title)
    return block.name.text if title is None else title.text.value


def _level(block: syntax.PatternBlock) -> str:
    evasions = syntax.clause(block.clauses, syntax.Evasions)
    return "basic" if evasions is None else evasions.level


def _code(text: str) -> str:
    """A text as code in Markdown, on one line."""
    text = text.replace("\n", "⏎")
    ticks = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def main() -> None:
    """Write the pages, and take away those of packs that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
