"""Colours for `.policy` text wherever Pygments draws code: documentation, terminals, web pages.

Registered as an entry point of Pygments under the names `solon` and `policy`; imports nothing else of Solon.
A word is a keyword only where the language has it as one, as far as a lexer without a parser can tell.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, include, words  # type: ignore[import-untyped]
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

__all__ = ["SolonLexer"]

_BEFORE, _AFTER = r"(?<![\w.])", r"(?![\w.])"
_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"


def _words(*listed: str) -> words:
    return words(listed, prefix=_BEFORE, suffix=_AFTER)


class SolonLexer(RegexLexer):  # type: ignore[misc,unused-ignore]
    """Solon policies."""

    name = "Solon"
    url = "https://pypi.org/project/solon/"
    aliases: ClassVar[list[str]] = ["solon", "policy"]
    filenames: ClassVar[list[str]] = ["*.policy"]
    mimetypes: ClassVar[list[str]] = ["text/x-solon"]

    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            include("blank"),
            (
                rf"{_BEFORE}(policy|rule|exempt|score)(\s+)({_NAME})(\s*)(\{{)",
                bygroups(Keyword.Declaration, Whitespace, Name.Function, Whitespace, Punctuation),
                "block",
            ),
            (
                rf"{_BEFORE}(pattern)(\s+)({_NAME})(\s*)(\{{)",
                bygroups(Keyword.Declaration, Whitespace, Name.Class, Whitespace, Punctuation),
                "block",
            ),
            (rf"{_BEFORE}(facts)(\s*)(\{{)", bygroups(Keyword.Declaration, Whitespace, Punctuation), "facts"),
            (rf"{_BEFORE}(todo)(\s+)(?=test\b)", bygroups(Keyword, Whitespace)),
            (rf"{_BEFORE}(test)(\s+)(?=\")", bygroups(Keyword.Declaration, Whitespace)),
            (rf"{_BEFORE}(use)(\s+)(?=\")", bygroups(Keyword.Namespace, Whitespace)),
            (
                rf"{_BEFORE}(define|pattern)(\s+)({_NAME})(\s*)(=)",
                bygroups(Keyword.Declaration, Whitespace, Name.Class, Whitespace, Operator),
            ),
            (r"\{", Punctuation, "block"),
            (r"\}", Punctuation),
            include("inside"),
        ],
        "block": [
            include("blank"),
            (
                _words(
                    "title", "owner", "actions", "default", "undecided", "incomplete", "limit", "version",
                    "when", "unless", "then", "redact", "notify", "reason", "label", "queue", "priority",
                    "mode", "rollout", "active", "was", "expires", "given", "expect", "matched", "redacted",
                    "notice", "at", "evasions", "match", "no_match", "entity", "url", "regex", "text",
                ),
                Keyword,
            ),
            (r"\{", Punctuation, "#push"),
            (r"\}", Punctuation, "#pop"),
            include("inside"),
        ],
        "facts": [
            include("blank"),
            (rf"({_NAME})(\s*)(:)", bygroups(Name.Attribute, Whitespace, Punctuation)),
            (
                _words(
                    "bool", "int", "number", "enum", "text", "scanned", "duration", "money", "time", "set",
                    "of",
                ),
                Keyword.Type,
            ),
            (_words("optional"), Keyword),
            (r"\{", Punctuation, "#push"),
            (r"\}", Punctuation, "#pop"),
            include("inside"),
        ],
        "blank": [(r"\s+", Whitespace), (r"#[^\n]*", Comment.Single)],
        "inside": [
            (r'"', String, "string"),
            (r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[A-Za-z]*", String.Regex),
            (r"\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w.-])", Number),
            (
                r"(-?\d[\d_]*(?:\.\d[\d_]*)?)(\s*)"
                r"((?:second|minute|hour|day|week|month|year)s?|[A-Z]{3}|B|KiB|MiB)(?![\w.])",
                bygroups(Number, Whitespace, Keyword.Type),
            ),
            (r"-?\d[\d_]*(?:\.\d[\d_]*)?", Number),
            (_words("and", "or", "not", "in", "has", "is", "starts", "with", "contains"), Operator.Word),
            (
                _words(
                    "find", "near", "before", "after", "within", "words", "word", "characters", "character",
                    "except", "exact", "any", "all", "of", "from", "by", "only", "per", "up", "to", "column",
                    "until", "regex", "text", "url", "entity",
                ),
                Operator.Word,
            ),
            (_words("true", "false"), Keyword.Constant),
            (rf"{_BEFORE}(known|count|distinct)(?=\s*\()", Name.Builtin),
            (rf"{_BEFORE}message(?:\.length)?{_AFTER}", Name.Builtin),
            (_NAME, Name),
            (r"<=|>=|!=|[=<>%]", Operator),
            (r"[(),:]", Punctuation),
            (r".", Text),
        ],
        "string": [
            (r'\\(?:u\{[0-9A-Fa-f]*\}|.)', String.Escape),
            (r"\{\{|\}\}", String.Escape),
            (rf"\{{{_NAME}\}}", String.Interpol),
            (r'"', String, "#pop"),
            (r"[^\"\\{}\n]+", String),
            (r"[{}]", String),
            (r"\n", Whitespace, "#pop"),
            (r"\\", String),
        ],
    }  # fmt: skip
