"""What stands between quotes: escapes to characters, and what to say of escapes that there are not."""

from __future__ import annotations

import re

from solon.dsl.diagnostics import Diagnostic
from solon.dsl.source import Span

MISTAKES_MAX = 10
"""Mistakes that are reported of one string."""

_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.))", re.DOTALL)
_PLAIN = {'"': '"', "\\": "\\", "n": "\n"}


def unescape(text: str) -> str:
    r"""The characters that the inside of a string stands for; an unknown escape stands for its own letter."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _character(found) or found.group(2) or "�", text)


def escape_mistakes(quoted: str, span: Span) -> list[Diagnostic]:
    r"""What is wrong with the escapes of a string, given with its quotes."""
    mistakes: list[Diagnostic] = []
    for found in _ESCAPE.finditer(quoted, 1, len(quoted) - 1):
        if _character(found) is not None:
            continue
        if len(mistakes) == MISTAKES_MAX:
            break
        place = Span(span.source_path, span.start + found.start(), span.start + found.end())
        if found.group(1):
            message = f"there is no character U+{found.group(1).upper()}; the last one is U+10FFFF"
            label = None
        else:
            message = f"`{found.group()}` is not an escape that strings have"
            label = r"a backslash itself is written `\\`"
        known = r"strings have `\"`, `\\`, `\n` and `\u{1F4DE}`"
        mistakes.append(Diagnostic("bad-escape", place, message, label=label, help=(known,)))
    return mistakes


def _character(found: re.Match[str]) -> str | None:
    if found.group(1):
        code_point = int(found.group(1), 16)
        return chr(code_point) if code_point <= 0x10FFFF else None
    return _PLAIN.get(found.group(2))
