"""Every code that a diagnostic may have, declared once: level, title, and the page that explains it.

The pages answer what a code finds, why it matters, an example and the better version. `solon explain CODE` and
the documentation are made from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A stable name for one kind of mistake, and its page. `example` shows the mistake, `better` the same put right."""

    slug: str
    severity: Severity
    title: str
    finds: str
    why: str
    example: str
    better: str


CODES: dict[str, Code] = {}


def _declare(*codes: Code) -> None:
    """Add codes to the table; a slug stands for one thing only."""
    for code in codes:
        if code.slug in CODES:
            raise ValueError(f"code {code.slug} is declared twice")
        CODES[code.slug] = code


# ── Files and text ───────────────────────────────────────────────────────────────────────────────────

_declare(
    Code(
        "syntax",
        "error",
        "a word that does not fit here",
        "Text that the grammar has no reading for: a misspelled keyword, a missing part, a stray sign.",
        "What cannot be read cannot be enforced; guessing would be worse.",
        "rule r { when veteran unles trusted then block }",
        "rule r { when veteran unless trusted then block }",
    ),
)


# ── Names, kinds and meaning (resolve, check) ────────────────────────────────────────────────────────
