"""Phrases that read well and are written another way: `s not in {a}`, `contains entity phone`, `then a, b`.

In: the scene of a mistake. Out: a diagnostic that says how it is written, or None. `habits` asks them with
its own.
"""

from __future__ import annotations

from solon.dsl.diagnostics import Diagnostic, Fix
from solon.dsl.scene import CLAUSE_WORDS, Scene, shown
from solon.dsl.source import Span

_ONE_ONLY = {
    "then": ("a rule has one action", "the most severe of two is enough"),
    "notify": ("a notice goes to one audience", "write a `notify` for each"),
    "queue": ("`queue` takes one name", "write a `queue` for each"),
    "message": ("`message` takes one text", "write a `message` for each: each is a case"),
    "entity": ("`entity` takes one name", "write an `entity` clause for each"),
    "reason": ("a rule has one reason", "put the two texts together"),
    "with": ("`starts with` takes one text", "join two of them with `or`"),
}
"""Clauses that take one thing, where a comma says that a second one follows."""


def in_lower_case(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`a AND b`."""
    found = scene.found
    if found is None or found.text not in {"AND", "OR", "NOT"}:
        return None
    better = found.text.lower()
    return Diagnostic(
        "syntax",
        scene.span,
        f"words of the language are in lower case, found `{found.text}`",
        label=f"write `{better}`",
        fix=Fix(scene.span, better, certain=True),
    )


def negated_inside(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`x not in {a}`, `message does not contain p`, `contains none of p, q`."""
    found, last = scene.found, scene.last
    if found is None or last is None or scene.block == "test":
        return None
    if (
        found.text == "not"
        and scene.after
        and scene.after[0].text in {"in", "has", "contains", "starts", "is"}
    ):
        better = f"not {last.text} {scene.after[0].text} …"
    elif last.text == "message" and found.text in {"does", "doesn", "not"}:
        better = "not message contains …"
    elif last.text == "none" and found.text == "of":
        better = "not message contains any of …"
    else:
        return None
    return Diagnostic(
        "syntax", scene.span, "`not` stands before the whole comparison", help=(f"write `{better}`",)
    )


def unnamed_pattern(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`contains entity phone`, `contains (a or b)`, `pattern p = words "x"`."""
    found, last = scene.found, scene.last
    if found is None or last is None:
        return None
    opening = scene.before[-2].text if len(scene.before) > 1 else ""
    if opening in {"contains", "of", "is"} and last.text == "entity" and found.kind == "word":
        place = Span(scene.path, last.start, found.end)
        named = f"give it a name first: `pattern my_{found.text} = entity {found.text}`"
        return Diagnostic("syntax", place, f"`{opening}` takes the name of a pattern", help=(named,))
    if last.text == "contains" and found.text == "(":
        advice = ("write `contains any of a, b`", "or give the formula a name: `pattern either = a or b`")
        return Diagnostic("syntax", scene.span, "`contains` takes the name of a pattern", help=advice)
    if "NEAR" in accepted and last.text in {"words", "text", "url"} and found.kind == "string":
        message = f"`{last.text}` of a formula takes its texts in parentheses, found {shown(found)}"
        return Diagnostic("syntax", scene.span, message, help=(f'write `{last.text}("…")`',))
    # A block takes `evasions` after a formula, so that the parser has closed this one before it stops.
    if accepted & {"NEAR", "EXCEPT"} and found.text == "evasions":
        message = "a formula has no `evasions`: each pattern that it names has its own"
        return Diagnostic("syntax", scene.span, message)
    return None


def several_patterns(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`contains a, b`, `contains any of (a, b)`, `contains a and contains b`."""
    found, last = scene.found, scene.last
    if found is None or last is None:
        return None
    texts = _texts(scene)
    if found.text == "," and texts[-2:-1] == ["contains"]:
        place = Span(scene.path, last.start, last.start)
        return Diagnostic(
            "syntax",
            scene.span,
            "`any of` or `all of` stands before several patterns",
            help=(f"write `any of {last.text}, …`",),
            fix=Fix(place, "any of "),
        )
    if found.text == "(" and texts[-3:-1] in (["contains", "any"], ["contains", "all"]):
        return Diagnostic("syntax", scene.span, "several patterns are listed without parentheses")
    if (
        last.text == "contains"
        and found.kind == "word"
        and texts[-2:-1]
        and texts[-2] in {"and", "or", "when", "not"}
    ):
        place = Span(scene.path, last.start, last.end)
        better = "message contains"
        return Diagnostic(
            "syntax", place, "`contains` says where to look", f"write `{better}`", fix=Fix(place, better)
        )
    return None


def bare_argument(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`known s.x`, `count p >= 2`."""
    found, last = scene.found, scene.last
    if (
        found is None
        or last is None
        or found.kind != "word"
        or last.text not in {"known", "count", "distinct"}
    ):
        return None
    if found.text in {"and", "or", *CLAUSE_WORDS.get(scene.block or "", ())}:
        return None
    better = f"({found.text})"
    message = f"`{last.text}` takes a name in parentheses"
    return Diagnostic("syntax", scene.span, message, f"write `{better}`", fix=Fix(scene.span, better))


def needless_word(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`from rule x`, `except pattern p`, `redact pattern p`."""
    found, last = scene.found, scene.last
    if found is None or last is None or found.kind != "word" or last.text not in {"rule", "rules", "pattern"}:
        return None
    opening = scene.before[-2].text if len(scene.before) > 1 else ""
    if opening not in {"from", "except", "redact", "contains", "by", "not", ","}:
        return None
    place = Span(scene.path, last.start, last.end)
    thing = "a pattern" if last.text == "pattern" else "a rule"
    return Diagnostic(
        "syntax", place, f"{thing} is named here without `{last.text}`", "take it out", fix=Fix(place, "")
    )


def missing_comma(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`words "a" "b"`, and the next fact of a `given` on a line of its own."""
    found, last = scene.found, scene.last
    if found is None or last is None:
        return None
    opener = _opener(scene)
    between_texts = found.kind == last.kind == "string" and opener in {
        "words", "text", "url", "match", "no_match"
    }  # fmt: skip
    next_fact = (
        opener == "given" and found.kind == "word" and bool(scene.after) and scene.after[0].text == "="
    )
    if not (between_texts or next_fact):
        return None
    place = Span(scene.path, last.end, last.end)
    message = f"a `,` stands between two {'texts' if between_texts else 'facts'}"
    return Diagnostic(
        "syntax", scene.span, message, "write `,` before this", fix=Fix(place, ",", certain=True)
    )


def needless_comma(scene: Scene, accepted: frozenset[str]) -> Diagnostic | None:
    """`then warn, hold`; `n > 1,000`. What is left is a comma between clauses."""
    found, last = scene.found, scene.last
    if found is None or last is None or found.text != "," or not scene.after:
        return None
    after = scene.after[0]
    if last.kind == after.kind == "number" and last.end == found.start and found.end == after.start:
        place, better = Span(scene.path, last.start, after.end), f"{last.text}_{after.text}"
        message = "digits are grouped with `_`"
        fix = Fix(place, better, certain=True)
        return Diagnostic("syntax", place, message, f"write `{better}`", fix=fix)
    opener = "with" if _texts(scene)[-3:-1] == ["starts", "with"] else _opener(scene)
    if opener not in _ONE_ONLY or after.text in CLAUSE_WORDS.get(scene.block or "", ()) or after.text == "}":
        return None
    message, advice = _ONE_ONLY[opener]
    return Diagnostic("syntax", scene.span, message, help=(advice,))


def _texts(scene: Scene) -> list[str]:
    return [one.text for one in scene.before]


def _opener(scene: Scene) -> str:
    """The word that began the clause."""
    words = CLAUSE_WORDS.get(scene.block or "", ())
    return next((one.text for one in reversed(scene.before) if one.text in words), "")


PHRASES = (
    in_lower_case,
    negated_inside,
    unnamed_pattern,
    several_patterns,
    bare_argument,
    needless_word,
    missing_comma,
    needless_comma,
)
