"""What could stand at the cursor: the words that the grammar takes there, and the names that fit.

In: a view, the piece of text before the cursor, and what of a word is typed already. Out: candidates. The
parser itself says which words and signs it would take; which names fit is told by the words before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from solon.dsl import ir, syntax
from solon.dsl.files import pack_names
from solon.dsl.grammar import accepted_at_end, keywords
from solon.dsl.lexemes import Lexeme, scan
from solon.dsl.scene import CLAUSE_WORDS, ITEM_WORDS
from solon.editor.workspace import View

Kind: TypeAlias = Literal[
    "keyword", "fact", "define", "score", "pattern", "rule", "action", "label", "value", "entity", "file",
    "audience", "unit",
]  # fmt: skip

CANDIDATES_MAX = 2_000
UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
TYPES = ("bool", "int", "number", "text", "scanned text", "duration", "time", "enum", "set of enum", "money")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may stand there; `detail` says what it is, in a few words."""

    text: str
    kind: Kind
    detail: str = ""


def complete(view: View, before: str) -> list[Candidate]:
    """The candidates after `before`, the text from the start of the piece to the cursor."""
    lexemes = [one for one in scan(before) if one.kind not in {"space", "comment"}]
    last = next(iter(reversed(list(scan(before)))), None)
    if last is not None and last.kind == "comment" and "\n" not in before[last.end :]:
        return []
    if last is not None and last.kind == "open_string":
        return list(_in_string(view, lexemes[:-1]))
    if last is not None and last.kind in {"open_regex", "curly_string"}:
        return []
    typed = ""
    if lexemes and lexemes[-1].kind in {"word", "number"} and lexemes[-1].end == len(before):
        typed = lexemes[-1].text
        lexemes = lexemes[:-1]
    head = before[: len(before) - len(typed)]
    found: dict[tuple[str, str], Candidate] = {}
    for one in (*_names(view, lexemes, head), *_words(head, lexemes)):
        found.setdefault((one.text, one.kind), one)
        if len(found) >= CANDIDATES_MAX:
            break
    return list(found.values())


# ── Words of the grammar ─────────────────────────────────────────────────────────────────────────────


def _words(head: str, lexemes: list[Lexeme]) -> Iterator[Candidate]:
    accepted = accepted_at_end(head)
    if accepted is None:  # there is a mistake before the cursor
        block = _block(lexemes)
        words: Iterable[str] = ITEM_WORDS if block is None else CLAUSE_WORDS.get(block, ())
    else:
        known = keywords()
        words = [known[one] for one in accepted if known.get(one, "!")[0].isalpha()]
        number = bool(lexemes) and lexemes[-1].kind == "number"
        if number and ("UNIT" in accepted or "NAME" in accepted):
            yield from (Candidate(unit, "unit") for unit in UNITS)
    for word in sorted(set(words)):
        yield Candidate(word, "keyword")


def _block(lexemes: list[Lexeme]) -> str | None:
    """The kind of block that the cursor stands in."""
    depth, kind = 0, None
    for at, one in enumerate(lexemes):
        if one.text == "{":
            depth += 1
            if depth == 1:
                before = [word.text for word in lexemes[max(at - 2, 0) : at]]
                kind = next((word for word in before if word in CLAUSE_WORDS), None)
        elif one.text == "}":
            depth = max(depth - 1, 0)
    return kind if depth else None


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────


def _names(view: View, lexemes: list[Lexeme], head: str) -> Iterator[Candidate]:
    words, listed_after = _before_list([one.text for one in lexemes])
    if not words:
        return
    names = view.names
    last = words[-1]
    fact = _fact_asked(view, words)
    block = _block(lexemes)
    match last:
        case "=" | "!=" if fact is not None:
            yield from _values(fact)
        case "{" if fact is not None and words[-2:-1] == ["in"]:
            yield from _values(fact)
        case "has" if fact is not None:
            yield from _values(fact)
        case "then" | "default" | "undecided" | "incomplete" | "expect" if not (
            block == "test" and last == "undecided"
        ):
            yield from _actions(view)
        case "contains" | "of" | "is" | "redact" | "matched" | "near" | "before" | "after" | "except":
            yield from _patterns(view)
        case "pattern" if block == "exempt":
            yield from _patterns(view)
        case "(" if words[-2:-1] and words[-2] in {"count", "distinct"}:
            yield from _patterns(view)
        case "(" if words[-2:-1] == ["known"]:
            yield from _facts(view)
        case "from" if block == "exempt":
            yield from _rules(view)
            yield from (Candidate(one, "keyword") for one in ("pattern", "label", "all"))
        case "by" if block == "test":
            yield from _rules(view)
        case "not" | "undecided" if block == "test":
            yield from _rules(view)
        case "by" if block == "rule":
            yield from _facts(view)
        case "given":
            yield from _facts(view)
        case "label":
            yield from (Candidate(one, "label") for one in sorted(_labels(view)))
        case "entity":
            yield from (Candidate(one, "entity") for one in ir.ENTITIES)
        case "notify" | "notice":
            yield from (Candidate(one, "audience") for one in sorted(_audiences(view)))
        case ":" if block == "facts":
            yield from (Candidate(one, "keyword", "a fact's type") for one in TYPES)
        case _:
            pass
    if not listed_after:
        accepted = accepted_at_end(head) or frozenset()
        if "KNOWN" in accepted:  # a condition may begin here
            yield from _facts(view)
            yield from (Candidate(name, "define") for name in sorted(names.defines))
            yield from (Candidate(name, "score") for name in sorted(names.scores))
            yield Candidate("message contains", "keyword")
        if "WORDS_CALL" in accepted:  # a formula may begin here
            yield from _patterns(view)


def _before_list(words: list[str]) -> tuple[list[str], bool]:
    """The words before a list that has begun: `redact a, b,` is after `redact`; and whether one has."""
    at = len(words)
    while at >= 2 and words[at - 1] == "," and (words[at - 2][0].isalnum() or words[at - 2][0] in '_"'):
        at -= 2
    # `given a = 1, b = {x, y},` is a list of assignments, and a comma ends each.
    if at and words[at - 1] == "=" and "given" in words:
        begin = len(words) - 1 - words[::-1].index("given")
        if at != len(words):
            return words[: begin + 1], True
    if at >= 1 and words[at - 1] == "," and "given" in words:
        begin = len(words) - 1 - words[::-1].index("given")
        if not any(word in CLAUSE_WORDS["test"] for word in words[begin + 1 :]):
            return words[: begin + 1], True
    return words[:at], at != len(words)


def _fact_asked(view: View, words: list[str]) -> syntax.Fact | None:
    """The fact whose values may follow: the name before `=`, `!=`, `has` or `in {`."""
    back = 3 if words[-1:] == ["{"] else 2
    name = words[-back] if len(words) >= back else ""
    return view.names.facts.get(name)


def _values(fact: syntax.Fact) -> Iterator[Candidate]:
    kind = fact.type if fact.type.element is None else fact.type.element
    if kind.name.text == "enum":
        yield from (Candidate(name.text, "value", f"of {fact.name.text}") for name in kind.arguments)
    elif kind.name.text == "bool":
        yield from (Candidate(word, "value") for word in ("true", "false"))


def _facts(view: View) -> Iterator[Candidate]:
    for name, fact in sorted(view.names.facts.items()):
        kind = fact.type
        shown = kind.name.text if kind.element is None else f"set of {kind.element.name.text}"
        yield Candidate(name, "fact", shown)


def _patterns(view: View) -> Iterator[Candidate]:
    for name, node in sorted(view.names.patterns.items()):
        title = syntax.clause(node.clauses, syntax.Title) if isinstance(node, syntax.PatternBlock) else None
        yield Candidate(name, "pattern", "" if title is None else title.text.value[:80])


def _rules(view: View) -> Iterator[Candidate]:
    yield from (Candidate(name, "rule") for name in sorted(view.names.rules))


def _actions(view: View) -> Iterator[Candidate]:
    header = view.names.header
    actions = None if header is None else syntax.clause(header.clauses, syntax.Actions)
    if actions is not None:
        yield from (Candidate(name.text, "action") for name in actions.names)


def _labels(view: View) -> set[str]:
    return {
        name.text
        for rule in view.names.rules.values()
        for clause in syntax.clauses(rule.clauses, syntax.Label)
        for name in clause.names
    }


def _audiences(view: View) -> set[str]:
    found = {
        clause.audience.text
        for rule in view.names.rules.values()
        for clause in syntax.clauses(rule.clauses, syntax.Notify)
    }
    return found | {"sender", "recipient"}


def _in_string(view: View, lexemes: list[Lexeme]) -> Iterator[Candidate]:
    """Files after `use` and `from`; nothing in other strings, which are the author's own words."""
    last = lexemes[-1].text if lexemes else ""
    if last == "use":
        yield from (Candidate(name, "file", "ships with Solon") for name in pack_names())
        yield from (Candidate(path, "file") for path in _near(view, ".policy"))
    elif last == "from":
        yield from (Candidate(path, "file") for path in _near(view, ".txt", ".csv", ".tsv"))


def _near(view: View, *endings: str) -> Iterator[str]:
    """Files below the root file's folder, from there; a few hundred at most."""
    count = 0
    for path in sorted(view.folder.rglob("*")):
        inside = path.relative_to(view.folder).as_posix()
        if path.suffix in endings and not any(part.startswith(".") for part in inside.split("/")):
            if inside != view.root:
                yield inside
            count += 1
            if count >= 300:
                return
