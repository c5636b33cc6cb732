"""A place where the text does not fit the grammar, in the author's words.

In: the parser's error and the scene around it. Out: a diagnostic that says what could have stood there, what
does, and what was probably meant.
"""

from __future__ import annotations

from solon.dsl.diagnostics import Diagnostic, Fix, closest
from solon.dsl.grammar import UnexpectedInput, UnexpectedToken, keywords
from solon.dsl.habits import HABITS, SYNONYMS
from solon.dsl.scene import CLAUSE_WORDS, ITEM_WORDS, Scene, shown


def explained(error: UnexpectedInput, scene: Scene) -> Diagnostic:
    """The diagnostic for text that does not fit."""
    accepted = _accepted(error)
    for habit in HABITS:
        mistake = habit(scene, accepted)
        if mistake is not None:
            return mistake
    words = keywords()
    found = scene.found
    meant = None
    if found is not None and found.kind == "word":
        known_words = {words[one] for one in accepted if words.get(one, "!")[0].isalpha()}
        synonym = SYNONYMS.get(found.text)
        meant = synonym if synonym in known_words else closest(found.text, known_words)
    expected = _options(scene, accepted, meant)
    where = _where(scene, accepted)
    return Diagnostic(
        "syntax",
        scene.span,
        f"expected {expected}{where}, found {shown(found)}",
        label=f"did you mean `{meant}`?" if meant else None,
        fix=Fix(scene.span, meant) if meant else None,
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
    accepted -= _OTHER_WAYS
    here = {words.get(one) for one in accepted}
    clauses = [one for one in CLAUSE_WORDS.get(scene.block or "", ()) if one in here]
    if len(clauses) >= 4:
        return _clause_options(scene, clauses, accepted, meant)
    if last in {"(", ","} and accepted == {"NAME"}:
        return "a name"
    if scene.block == "facts" and accepted <= {"NAME", "$END", "OPTIONAL", "EQUAL"}:
        return "a fact such as `sender.role : text`"
    if scene.block == "score" and "NUMBER" in accepted:
        return "points such as `3 when …`"
    if "DEFINE" in accepted or (scene.block is None and accepted == {"$END"}):
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


_OTHER_WAYS = {"FACT_NAME", "ONE_WORD", "ONE_CHARACTER"}
"""Terminals that stand for what another one says already."""
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
    useful = [one for one in accepted if one not in {"UNIT", "CURRENCY", "$END"}]
    return sorted(useful, key=lambda one: rank[one]) or ["$END"]


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
    if (
        opener is not None
        and opener is not last
        and opener.text in _BEGIN
        and not ("EQUAL" in accepted and scene.block is None)
    ):
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
