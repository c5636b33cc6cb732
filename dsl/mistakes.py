"""A place where the text does not fit the grammar, in the author's words.

In: the parser's error, the lexemes around it, and what kind of block it stands in. Out: a diagnostic that says what
could have stood there, what does, and what was probably meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solon.dsl.diagnostics import Diagnostic, Fix, closest
from solon.dsl.grammar import UnexpectedInput, UnexpectedToken, keywords
from solon.dsl.lexemes import Lexeme
from solon.dsl.source import Span

ITEM_WORDS = ("policy", "use", "facts", "define", "pattern", "rule", "exempt", "score", "test", "todo")

CLAUSE_WORDS: dict[str, tuple[str, ...]] = {
    "policy": ("title", "owner", "actions", "default", "undecided", "incomplete", "limit", "version"),
    "facts": (),
    "pattern": ("title", "words", "text", "url", "regex", "entity", "except", "evasions", "match", "no_match"),
    "rule": (
        "when", "unless", "then", "redact", "notify", "reason", "label", "queue", "priority", "mode", "rollout",
        "active", "was",
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


def explained(error: UnexpectedInput, scene: Scene) -> Diagnostic:
    """The diagnostic for text that does not fit."""
    accepted = _accepted(error)
    for habit in (_unclosed, _of_another_language, _number_with_unit, _text_for_a_name):
        known = habit(scene, accepted)
        if known is not None:
            return known
    words = keywords()
    found = scene.found
    meant = None
    if found is not None and found.kind == "word":
        meant = closest(found.text, (words[one] for one in accepted if words.get(one, "!")[0].isalpha()))
    expected = _options(scene, accepted, meant)
    where = _where(scene, accepted)
    return Diagnostic(
        "syntax",
        scene.span,
        f"expected {expected}{where}, found {shown(found)}",
        label=f"did you mean `{meant}`?" if meant else None,
        fix=Fix(scene.span, meant) if meant else None,
    )


def shown(found: Lexeme | None) -> str:
    """A lexeme as a sentence names it."""
    if found is None:
        return "the end of the file"
    text = found.text if len(found.text) <= 40 else found.text[:39] + "…"
    kinds = {"string": "the string ", "number": "the number ", "regex": "the regular expression "}
    return f"{kinds.get(found.kind, '')}`{text}`"


# ── Known habits ─────────────────────────────────────────────────────────────────────────────────────
# Each looks at one habit of authors; None where it is not that one.

_SIGNS = {
    "==": ("=", "equality is written with one `=`"),
    "=<": ("<=", "less or equal is written `<=`"),
    "=>": (">=", "more or equal is written `>=`"),
    "&&": ("and", "conditions are joined with `and`"),
    "&": ("and", "conditions are joined with `and`"),
    "||": ("or", "conditions are joined with `or`"),
    "|": ("or", "conditions are joined with `or`"),
    "!": ("not", "a condition is turned round with `not`"),
    "<>": ("!=", "what is not equal is written `!=`"),
}


def _unclosed(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found = scene.found
    if found is None:
        return None
    if found.kind == "open_string":
        return Diagnostic(
            "unterminated-string",
            Span(scene.path, found.start, found.start + 1),
            "this string does not end on its line",
            label='there is no closing `"`',
            help=(r"a line break inside a string is written `\n`, a quote `\"`",),
        )
    if found.text == "/" and "REGEX" in accepted:
        return Diagnostic(
            "unterminated-regex",
            Span(scene.path, found.start, found.start + 1),
            "this regular expression does not end on its line",
            label="there is no closing `/`",
            help=(r"a slash inside is written `\/`, and each `[` needs its `]`",),
        )
    return None


def _of_another_language(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found, last = scene.found, scene.last
    if found is None:
        return None
    said: Callable[..., Diagnostic] = lambda message, **more: Diagnostic("syntax", scene.span, message, **more)  # noqa: E731
    if found.kind == "sign" and found.text in _SIGNS:
        better, message = _SIGNS[found.text]
        return said(message, label=f"write `{better}`", fix=Fix(scene.span, better))
    if found.text == ";":
        return said("clauses need no `;` between them", label="take it out", fix=Fix(scene.span, ""))
    if found.text == "'" and "STRING" in accepted:
        return said("strings are written in double quotes", label='write `"`')
    if found.text == "[" and "LBRACE" in accepted:
        return said("sets are written in braces: `{a, b}`", label="write `{`")
    if found.text in {"is", "equals"} and "EQUAL" in accepted and "DEFINE" not in accepted:
        return said(
            f"a fact is compared with `=`, found `{found.text}`",
            label="write `=`",
            help=("only `message is …` takes a pattern",),
            fix=Fix(scene.span, "="),
        )
    if last is not None and last.text == "-" and found.kind == "number":
        return said("the sign of a number stands directly before it")
    return None


def _number_with_unit(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found, last = scene.found, scene.last
    if found is None or last is None or last.kind != "number" or found.kind != "word":
        return None
    word = found.text
    if "SIZE_UNIT" in accepted:
        sizes = {one.lower(): one for one in ("B", "KiB", "MiB")} | {"kb": "KiB", "mb": "MiB", "k": "KiB", "m": "MiB"}
        better = sizes.get(word.lower())
        return Diagnostic(
            "unknown-unit",
            scene.span,
            f"a size is given in `B`, `KiB` or `MiB`, found `{word}`",
            label=f"did you mean `{better}`?" if better else None,
            fix=Fix(scene.span, better) if better else None,
        )
    if "UNIT" not in accepted or word in ITEM_WORDS:
        return None
    clause_words = CLAUSE_WORDS.get(scene.block or "", ())
    if closest(word, ("and", "or", *clause_words, *(ITEM_WORDS if scene.block is None else ()))):
        return None
    if len(word) == 3 and word.isalpha() and word.upper() != word:
        label = f"currencies are written in capitals: `{word.upper()}`"
        return Diagnostic(
            "unknown-unit", scene.span, f"there is no unit `{word}`", label, fix=Fix(scene.span, word.upper())
        )
    units = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
    short = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds", "w": "weeks", "y": "years"}
    meant = short.get(word.lower()) or closest(word.lower(), units)
    return Diagnostic(
        "unknown-unit",
        scene.span,
        f"there is no unit `{word}`",
        label=f"did you mean `{meant}`?" if meant else None,
        help=("durations are in seconds, minutes, hours, days, weeks, months or years; money has a currency: `5 USD`",),
        fix=Fix(scene.span, meant) if meant else None,
    )


def _text_for_a_name(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found, last = scene.found, scene.last
    if found is None or last is None or found.kind not in {"string", "regex"} or "NAME" not in accepted:
        return None
    if last.text in {"contains", "of", "redact", "is"} or "WORDS_CALL" in accepted:
        finder = f"words({found.text})" if found.kind == "string" else f"regex {found.text}"
        if len(finder) > 60:
            finder = 'words("…")'
        if "WORDS_CALL" in accepted:
            message, advice = f"a formula names patterns, found {shown(found)}", f"write `{finder}`"
        else:
            message = f"expected the name of a pattern after `{last.text}`, found {shown(found)}"
            advice = f"give it a name first: `pattern my_words = {finder}`"
        return Diagnostic("syntax", scene.span, message, help=(advice,))
    return None


# ── What could stand here ────────────────────────────────────────────────────────────────────────────


def _accepted(error: UnexpectedInput) -> frozenset[str]:
    if isinstance(error, UnexpectedToken) and error.interactive_parser is not None:
        return frozenset(error.interactive_parser.accepts())
    return frozenset()


_AFTER = {
    "then": "an action", "default": "an action", "undecided": "an action", "incomplete": "an action",
    "actions": "an action", "expect": "an action", "contains": "the name of a pattern",
    "notify": "an audience such as `sender`", "notice": "an audience such as `sender`", "given": "a fact",
    "redact": "the name of a pattern", "matched": "the name of a pattern", "label": "a label",
    "was": "a name that the rule had", "mode": "`shadow`",
}  # fmt: skip
"""What a word wants after it, where the grammar knows only of a name."""


def _options(scene: Scene, accepted: frozenset[str], meant: str | None) -> str:
    last = scene.last.text if scene.last else ""
    words = keywords()
    clauses = [one for one in CLAUSE_WORDS.get(scene.block or "", ()) if _accepts_clause(one, accepted, words)]
    if len(clauses) >= 4:
        return _clause_options(scene, clauses, accepted, meant)
    if "DEFINE" in accepted or "$END" in accepted:
        if meant and meant not in ITEM_WORDS:
            return f"`{meant}`"
        example = f"`{meant}`" if meant else "`rule` or `pattern`"
        return f"a definition such as {example}"
    if meant is not None:
        return f"`{meant}`"
    if "KNOWN" in accepted:
        return "a condition"
    if "WORDS_CALL" in accepted:
        return "a pattern"
    if accepted >= {"NAME", "NUMBER", "STRING"}:
        return "a value"
    if accepted == {"NAME"} and last in _AFTER:
        return _AFTER[last]
    signs = {words.get(one, "") for one in accepted}
    if {"=", "<=", ">="} <= signs:
        names = [one for one in ("contains", "in", "has") if one in signs]
        return _or(["a comparison such as `=`", *(f"`{one}`" for one in names)])
    if scene.block == "score" and "NUMBER" in accepted:
        return "points such as `3 when …`"
    return _or([_TERMINALS.get(one) or f"`{words.get(one, one)}`" for one in _plain_order(accepted)][:6])


def _clause_options(scene: Scene, clauses: list[str], accepted: frozenset[str], meant: str | None) -> str:
    if meant is not None and meant not in clauses:
        return f"`{meant}`"
    begun = {one.text for one in scene.before}
    if scene.block == "rule":
        wanted = [one for one in ("when", "unless", "then") if one not in begun]
        if meant is not None and meant not in wanted:
            wanted.append(meant)
        if wanted:
            return _or([f"`{one}`" for one in wanted])
    example = meant or next((one for one in clauses if one not in begun), clauses[0])
    return f"a clause such as `{example}`"


def _accepts_clause(word: str, accepted: frozenset[str], words: dict[str, str]) -> bool:
    return any(words.get(one) == word for one in accepted)


_TERMINALS = {
    "NAME": "a name", "STRING": "a string in quotes", "NUMBER": "a number", "REGEX": "a regular expression `/…/`",
    "TIME": "a date such as `2026-11-23`", "LOCALE": "a language such as `en`", "CURRENCY": "a currency",
    "UNIT": "a unit", "SIZE_UNIT": "`B`, `KiB` or `MiB`",
}  # fmt: skip


def _plain_order(accepted: frozenset[str]) -> list[str]:
    """Words first, then names and strings, then signs."""
    words = keywords()
    rank = {one: (not words.get(one, " ")[0].isalpha(), one not in _TERMINALS, one) for one in accepted}
    return sorted(accepted - {"UNIT", "CURRENCY"} or accepted, key=lambda one: rank[one])


def _or(options: list[str]) -> str:
    if len(options) < 2:
        return "".join(options)
    return ", ".join(options[:-1]) + " or " + options[-1]


def _where(scene: Scene, accepted: frozenset[str]) -> str:
    last = scene.last
    if last is None:
        return ""
    if last.text in {"{", "}"}:
        return "" if scene.block is None else f" in the {_BLOCKS[scene.block]}"
    words = keywords()
    if any(words.get(one) in {"and", "or", "near"} for one in accepted):
        begun = next((one for one in reversed(scene.before) if one.text in _BEGIN), None)
        if begun is not None and begun is not last:
            return f" after the {_BEGIN[begun.text]}"
    return f" after {shown(last)}"


_BLOCKS = {
    "policy": "policy block", "facts": "facts", "pattern": "pattern", "rule": "rule", "exempt": "exemption",
    "score": "score", "test": "test",
}  # fmt: skip
_BEGIN = {"when": "condition", "unless": "condition", "define": "condition", "pattern": "formula"}
