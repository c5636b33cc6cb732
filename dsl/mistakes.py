"""A place where the text does not fit the grammar, in the author's words.

In: the parser's error, the lexemes around it, and what kind of block it stands in. Out: a diagnostic that
says what could have stood there, what does, and what was probably meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from solon.dsl.diagnostics import Diagnostic, Fix, closest
from solon.dsl.grammar import UnexpectedInput, UnexpectedToken, keywords
from solon.dsl.lexemes import Lexeme
from solon.dsl.names import snake_case
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


def explained(error: UnexpectedInput, scene: Scene) -> Diagnostic:
    """The diagnostic for text that does not fit."""
    accepted = _accepted(error)
    for habit in _HABITS:
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
    if found.kind == "open_regex" and accepted & {"REGEX", "REGEX_ATOM"}:
        return Diagnostic(
            "unterminated-regex",
            Span(scene.path, found.start, found.start + 1),
            "this regular expression does not end on its line",
            label="there is no closing `/`",
            help=(r"a slash inside is written `\/`, and each `[` needs its `]`",),
        )
    return None


def _hyphen(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found = scene.found
    if found is None or found.kind != "word" or "-" not in found.text:
        return None
    fixed = snake_case(found.text)
    return Diagnostic(
        "bad-name",
        scene.span,
        f"a name has no hyphens, found `{found.text}`",
        label=f"write `{fixed}`",
        fix=Fix(scene.span, fixed),
    )


def _odd_quotes(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`words "zoom, "skype"`: a word directly after a string, and a quote too many later."""
    found, last = scene.found, scene.last
    if found is None or last is None or last.kind != "string" or last.end != found.start:
        return None
    if not any(one.kind == "open_string" for one in (found, *scene.after)):
        return None
    return Diagnostic(
        "unterminated-string",
        Span(scene.path, last.start, last.end),
        "the quotes on this line do not pair up",
        label="is this one string?",
        help=(r"a quote inside a string is written `\"`",),
    )


def _separators(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found = scene.found
    if found is None or found.text not in {",", ";"} or scene.last is None or scene.last.text == ",":
        return None
    words = keywords()
    at_end = any(words.get(one) in CLAUSE_WORDS.get(scene.block or "", ()) for one in accepted)
    if not (at_end or scene.block in {"facts", "score"} or found.text == ";" or "DEFINE" in accepted):
        return None
    things = {"facts": "facts", "score": "entries", None: "definitions"}.get(scene.block, "clauses")
    return Diagnostic(
        "syntax",
        scene.span,
        f"{things} need no `{found.text}` between them",
        label="take it out",
        fix=Fix(scene.span, ""),
    )


def _keyword_for_a_fact(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`when then block`: the condition is missing, and `then` was read as a fact."""
    last = scene.last
    if last is None or len(scene.before) < 2 or last.text not in CLAUSE_WORDS.get(scene.block or "", ()):
        return None
    opening = scene.before[-2].text
    if opening not in {"when", "unless", "and", "or", "not"}:
        return None
    return Diagnostic(
        "syntax",
        Span(scene.path, last.start, last.end),
        f"expected a condition after `{opening}`, found `{last.text}`",
    )


def _of_another_language(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found, last = scene.found, scene.last
    if found is None:
        return None
    said = partial(Diagnostic, "syntax", scene.span)
    if found.kind == "sign" and found.text in _SIGNS:
        better, message = _SIGNS[found.text]
        return said(message, label=f"write `{better}`", fix=Fix(scene.span, better))
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
        sizes = {"b": "B", "kib": "KiB", "kb": "KiB", "k": "KiB", "mib": "MiB", "mb": "MiB", "m": "MiB"}
        better = sizes.get(word.lower())
        return Diagnostic(
            "unknown-unit",
            scene.span,
            f"a size is given in `B`, `KiB` or `MiB`, found `{word}`",
            label=f"did you mean `{better}`?" if better else None,
            fix=Fix(scene.span, better) if better else None,
        )
    # The parser has taken the number for the whole value already, so what it accepts does not name units.
    value_of = scene.before[-2].text if len(scene.before) > 1 else ""
    if value_of not in {"=", "!=", "<", "<=", ">", ">="} or word in ITEM_WORDS:
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
        help=(
            "durations are in seconds, minutes, hours, days, weeks, months or years",
            "money has a currency: `5 USD`",
        ),
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


_HABITS = (
    _unclosed,
    _hyphen,
    _odd_quotes,
    _separators,
    _keyword_for_a_fact,
    _of_another_language,
    _number_with_unit,
    _text_for_a_name,
)

# ── What could stand here ────────────────────────────────────────────────────────────────────────────


def _accepted(error: UnexpectedInput) -> frozenset[str]:
    if isinstance(error, UnexpectedToken) and error.interactive_parser is not None:
        return frozenset(error.interactive_parser.accepts())  # type: ignore[no-untyped-call]
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
    here = {words.get(one) for one in accepted}
    clauses = [one for one in CLAUSE_WORDS.get(scene.block or "", ()) if one in here]
    if len(clauses) >= 4:
        return _clause_options(scene, clauses, accepted, meant)
    if scene.block == "facts" and accepted <= {"NAME", "$END", "OPTIONAL", "EQUAL"}:
        return "a fact such as `sender.role : text`"
    if scene.block == "score" and "NUMBER" in accepted:
        return "points such as `3 when …`"
    if "DEFINE" in accepted:
        if meant and meant not in ITEM_WORDS:
            return f"`{meant}`"
        example = f"`{meant}`" if meant else "`rule` or `pattern`"
        return f"a definition such as {example}"
    if meant is not None:
        near = [words[one] for one in accepted if words.get(one, "!")[0].isalpha()]
        return _or([f"`{one}`" for one in sorted(near)]) if len(near) <= 3 else f"`{meant}`"
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
    return _or([_TERMINALS.get(one) or f"`{words.get(one, one)}`" for one in _plain_order(accepted)][:6])


def _clause_options(scene: Scene, clauses: list[str], accepted: frozenset[str], meant: str | None) -> str:
    if meant is not None and meant not in clauses:
        return f"`{meant}`"
    begun = {one.text for one in scene.before}
    if scene.block == "rule":
        wanted = [one for one in ("when", "unless", "then") if one not in begun]
        if wanted and meant in {None, *wanted}:
            return _or([f"`{one}`" for one in wanted])
    example = meant or next((one for one in clauses if one not in begun), clauses[0])
    return f"a clause such as `{example}`"


_TERMINALS = {
    "NAME": "a name", "STRING": "a string in quotes", "NUMBER": "a number",
    "REGEX": "a regular expression `/…/`", "TIME": "a date such as `2026-11-23`",
    "LOCALE": "a language such as `en`", "CURRENCY": "a currency", "UNIT": "a unit",
    "SIZE_UNIT": "`B`, `KiB` or `MiB`", "$END": "nothing more",
}  # fmt: skip


def _plain_order(accepted: frozenset[str]) -> list[str]:
    """Names and strings first, then words, then signs."""
    words = keywords()
    rank = {one: (one not in _TERMINALS, not words.get(one, " ")[0].isalpha(), one) for one in accepted}
    return sorted(accepted - {"UNIT", "CURRENCY", "$END"} or {"$END"}, key=lambda one: rank[one])


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
    openers = {*CLAUSE_WORDS.get(scene.block or "", ()), "define", "pattern"}
    opener = next((one for one in reversed(scene.before) if one.text in openers), None)
    if opener is not None and opener is not last and opener.text in _BEGIN and not ("EQUAL" in accepted and
    scene.block is None):
        words = keywords()
        whole = {words.get(one) for one in accepted} & {"and", "near", "when", "define"}
        if whole and last.kind != "sign":
            return f" after the {_BEGIN[opener.text]}"
    return f" after {shown(last)}"


_BLOCKS = {
    "policy": "policy block", "facts": "facts", "pattern": "pattern", "rule": "rule", "exempt": "exemption",
    "score": "score", "test": "test",
}  # fmt: skip
_BEGIN = {"when": "condition", "unless": "condition", "define": "condition", "pattern": "formula"}
