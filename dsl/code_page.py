"""The page of a code as Markdown: for docs/codes and for `solon check --explain`.

In: a code. Out: what it finds, why that matters, an example and the same put right.
"""

from __future__ import annotations

from solon.dsl.codes import Code


def page_of(code: Code) -> str:
    """The page without its links."""
    lines = [
        f"# {code.slug}: {code.title}",
        f"*{'An error' if code.severity == 'error' else 'A warning'}.* {code.finds}",
        f"**Why it matters.** {code.why}",
        f"Instead of\n\n```text\n{plain(code.example)}\n```",
        f"write\n\n```text\n{plain(code.better)}\n```",
    ]
    if code.severity == "warning":
        lines.append(f"Where it is meant, say so at the end of the line: `# allow({code.slug}): the reason`")
    return "\n\n".join(lines)


def plain(text: str) -> str:
    """What cannot be seen, or would turn the page around, as the escapes that policies use."""
    return "".join(
        character if character == "\n" or character.isprintable() else f"\\u{{{ord(character):X}}}"
        for character in text
    )
