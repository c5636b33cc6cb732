"""Writes docs/codes: one page for each code of a diagnostic, and their index. `python docs/write_codes.py`

In: the table of codes that the checker uses. Out: Markdown. A test says when the pages are behind the table.
"""

from __future__ import annotations

from pathlib import Path

from solon.dsl.code_page import page_of
from solon.dsl.codes import CODES, Code

FOLDER = Path(__file__).resolve().parent / "codes"


def pages() -> dict[str, str]:
    """File name to the text of the page."""
    return {"index.md": _index(), **{f"{slug}.md": _page(code) for slug, code in CODES.items()}}


def _page(code: Code) -> str:
    return page_of(code) + "\n\n[All codes](index.md)\n"


def _index() -> str:
    lines = [
        "# Codes\n",
        "What the checker can say about a policy. Errors keep it from compiling; warnings can be silenced by",
        "line, with a reason: `# allow(unused-pattern): the app asks for it by name`.",
    ]
    for severity, heading in (("error", "Errors"), ("warning", "Warnings")):
        lines += [f"\n## {heading}\n"]
        lines += [
            f"- [{slug}]({slug}.md): {code.title}"
            for slug, code in CODES.items()
            if code.severity == severity
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the pages, and take away those of codes that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
