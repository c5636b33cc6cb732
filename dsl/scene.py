"""Where a mistake happened: the block and the lexemes around it, and the words that may begin something."""

from __future__ import annotations

from dataclasses import dataclass

from solon.dsl.lexemes import Lexeme
from solon.dsl.source import Span

ITEM_WORDS = ("policy", "use", "facts", "define", "pattern", "rule", "exempt", "score", "test", "todo")

CLAUSE_WORDS: dict[str, tuple[str, ...]] = {
    "policy": ("title", "owner", "actions", "default", "undecided", "incomplete", "limit", "version"),
    "facts": (),
    "pattern": ("title", "words", "text", "url", "regex", "entity", "except", "evasions", "match",
    "no_match"), "rule": (
        "when", "unless", "then", "redact", "notify", "reason", "label", "queue", "priority", "mode",
        "rollout", "active", "was",
    ),
    "exempt": ("when", "from", "reason", "owner", "expires"),
    "score": (),
    "test": ("given", "message", "expect", "matched", "redacted", "notice", "at"),
}  # fmt: skip
"""The words that begin a clause, for each kind of block."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a mistake happened: the block's kind (None outside of blocks) and the lexemes on its two sides.

    `before` are the lexemes of the item up to the mistake; `found` is None at the end of the file.
    """

    path: str
    block: str | None
    before: list[Lexeme]
    found: Lexeme | None
    text_end: int
    after: list[Lexeme]
    """The next few lexemes after what was found."""

    @property
    def span(self) -> Span:
        """The place of what was found."""
        if self.found is None:
            return Span(self.path, self.text_end, self.text_end)
        return Span(self.path, self.found.start, self.found.end)

    @property
    def last(self) -> Lexeme | None:
        """What stands directly before."""
        return self.before[-1] if self.before else None


def shown(found: Lexeme | None) -> str:
    """A lexeme as a sentence names it."""
    if found is None:
        return "the end of the file"
    text = found.text if len(found.text) <= 40 else found.text[:39] + "…"
    kinds = {"string": "the string ", "number": "the number ", "regex": "the regular expression "}
    return f"{kinds.get(found.kind, '')}`{text}`"
