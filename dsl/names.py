"""What may be a name: snake_case, and no word that a condition could never mean by it."""

from __future__ import annotations

import re

from solon.dsl import syntax
from solon.dsl.diagnostics import Diagnostic, Fix

NAME_CHARS_MAX = 200

_SNAKE = re.compile(r"[a-z_][a-z0-9_]*+")
_IN_CONDITIONS = frozenset({"true", "false", "not", "message"})
_RESERVED = {
    "fact": _IN_CONDITIONS | {"message.length"},
    "define": _IN_CONDITIONS,
    "score": _IN_CONDITIONS,
    "pattern": frozenset({"in"}),
    "rule": frozenset({"all", "pattern", "label"}),
}


def name_mistake(name: syntax.Name, what: str) -> Diagnostic | None:
    """What is wrong with the name of a new fact, define, score, pattern, rule, exemption or policy."""
    text = name.text
    if len(text) > NAME_CHARS_MAX:
        return Diagnostic("bad-name", name.span, f"a name has at most {NAME_CHARS_MAX} characters")
    if text in _RESERVED.get(what, frozenset()):
        return Diagnostic(
            "bad-name",
            name.span,
            f"a {what} cannot be called `{text}`, which means something of its own where {what}s are named",
        )
    # Facts come from elsewhere and keep the spelling that they have there.
    if what == "fact" or _SNAKE.fullmatch(text):
        return None
    fixed = snake_case(text)
    return Diagnostic(
        "bad-name",
        name.span,
        f"names are written in snake_case, found `{text}`",
        label=f"write `{fixed}`",
        fix=Fix(name.span, fixed),
    )


def snake_case(text: str) -> str:
    """`PhoneRule` and `phone.rule` as `phone_rule`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).replace(".", "_").replace("-", "_").lower()
