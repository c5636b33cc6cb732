"""Writes docs/codes: one page for each code of a diagnostic, and their index. `python docs/write_codes.py`

In: the table of codes that the checker uses. Out: Markdown. A test says when the pages are behind the table.
"""

from __future__ import annotations

from pathlib import Path

from solon.dsl.codes import CODES, Code

FOLDER = Path(__file__).resolve().parent / "codes"


def pages() -> dict[str, str]:
    """File name to the text of the page."""
    return {"index.md": _index(), **{f"{slug}.md": _page(code) for slug, code in CODES.items()}}


def _page(code: Code) -> str:
    lines = [
        f"# {code.slug}: {code.title}",
        f"*{'An error' if code.severity == 'error' else 'A warning'}.* {code.finds}",
        f"**Why it matters.** {code.why}",
        f"Instead of\n\n```text\n{_plain(code.example)}\n```",
        f"write\n\n```text\n{_plain(code.better)}\n```",
    ]
    if code.severity == "warning":
        lines.append(f"Where it is meant, say so at the end of the line: `# allow({code.slug}): the reason`")
    return "\n\n".join([*lines, "[All codes](index.md)"]) + "\n"


def _plain(text: str) -> str:
    """What cannot be seen, or would turn the page around, as the escapes that policies use."""
    return "".join(
        character if character == "\n" or character.isprintable() else f"\\u{{{ord(character):X}}}"
        for character in text
    )


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
