"""What authors write from habit, of other languages or by slips of the hand, and what to say to each.

In: the scene of a mistake and the terminals that the parser would take. Out: a diagnostic that knows the
habit, or None. `mistakes` asks each of `HABITS` in order before it says what would have fitted.
"""

from __future__ import annotations

import re
from functools import partial

from solon.dsl.diagnostics import Diagnostic, Fix, closest
from solon.dsl.grammar import keywords
from solon.dsl.habits_phrases import PHRASES
from solon.dsl.names import snake_case
from solon.dsl.scene import CLAUSE_WORDS, ITEM_WORDS, Scene, shown
from solon.dsl.source import Span

SYNONYMS = {
    "if": "when", "where": "when", "do": "then", "action": "then", "import": "use", "include": "use",
    "let": "define", "const": "define", "tag": "label", "tags": "label", "exception": "exempt", "by": "owner",
}  # fmt: skip
"""Words of other languages and the word for it here."""

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
        return said(message, label=f"write `{better}`", fix=Fix(scene.span, better, certain=True))
    if found.text == "'" and "STRING" in accepted:
        return said("strings are written in double quotes", label='write `"`')
    if found.text == "[" and "LBRACE" in accepted:
        return said("sets are written in braces: `{a, b}`", label="write `{`")
    if found.text.startswith(("//", "/*")):
        return said("a comment begins with `#`", label="write `#`")
    if found.text == ":" and "COLON" not in accepted:
        better = "=" if accepted == {"EQUAL"} else ""
        label = "write `=`" if better else "take it out"
        return said("no `:` stands here", label=label, fix=Fix(scene.span, better))
    opening = scene.before[-2].text if len(scene.before) > 1 else ""
    if last is not None and last.text in {"any", "all"} and opening == "contains":
        place = Span(scene.path, last.start, last.end)
        better = f"{last.text} of"
        message = f"`{better}` stands before several patterns"
        return Diagnostic("syntax", place, message, f"write `{better}`", fix=Fix(place, better))
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


def _no_space_before_unit(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    found = scene.found
    if found is None or found.kind != "number":
        return None
    parts = re.fullmatch(r"(-?[0-9][0-9_.]*+)([A-Za-z]+)", found.text)
    if parts is None:
        return None
    better = " ".join(parts.groups())
    return Diagnostic(
        "syntax",
        scene.span,
        "a space stands between a number and its unit",
        label=f"write `{better}`",
        fix=Fix(scene.span, better, certain=True),
    )


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
    units = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
    short = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds", "w": "weeks", "y": "years"}
    short |= {
        "sec": "seconds",
        "secs": "seconds",
        "min": "minutes",
        "mins": "minutes",
        "hr": "hours",
        "hrs": "hours",
    }
    short |= {"wk": "weeks", "wks": "weeks", "mo": "months", "mos": "months", "yr": "years", "yrs": "years"}
    meant = short.get(word.lower()) or closest(word.lower(), units)
    if meant is None and len(word) == 3 and word.isalpha() and word.upper() != word:
        label = f"currencies are written in capitals: `{word.upper()}`"
        return Diagnostic(
            "unknown-unit", scene.span, f"there is no unit `{word}`", label, fix=Fix(scene.span, word.upper())
        )
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


HABITS = (
    _unclosed,
    _hyphen,
    _odd_quotes,
    *PHRASES,
    _separators,
    _keyword_for_a_fact,
    _of_another_language,
    _no_space_before_unit,
    _number_with_unit,
    _text_for_a_name,
)
"""All habits, the surest first."""
