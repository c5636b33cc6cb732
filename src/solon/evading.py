"""The examples of a policy, tried again under every evasion that their level promises to see through.

In: the typed IR, and something that finds (the compiled artifact). Out: the *survivors*, spellings of what
a `match` or a test's `matched` shows that are no longer found, each with its place. What a clause promises
stands in docs/language.md, "Evasions": all see through case, compatibility forms and invisible characters;
`basic` through look-alikes and accents; `strong` words through leet, repeated letters and letters set
apart. An example counts for the clauses that find it, so that a regular expression is not held to what
words promise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from solon.dsl import ir
from solon.dsl.dump import dump
from solon.matcher import folding
from solon.matcher.reference.patterns import Library, Scan
from solon.testing import Decides

Span = tuple[int, int]
Node = dict[str, Any]

LOOK_ALIKES = dict(zip("aceijopsxy", "асеіјорѕху", strict=True))
LEET = dict(zip("abegilostz", "4839110572", strict=True))
ACCENT = "\N{COMBINING ACUTE ACCENT}"
ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"
APART_LETTERS_MIN = 3
BOLD_A = 0x1D41A
FULL_WIDTH = 0xFEE0


@dataclass(frozen=True, slots=True)
class Survivor:
    """`spelling` is how `message` shows `text` under `evasion`, and `pattern` no longer finds it there."""

    pattern: str
    place: ir.Place
    text: str
    evasion: str
    spelling: str
    message: str


@dataclass(frozen=True, slots=True)
class Evaded:
    """What came of it: how many spellings were tried, and those that got through."""

    tried: int
    survivors: tuple[Survivor, ...]


def evade(policy: ir.Policy, decides: Decides) -> Evaded:
    """Try the examples of all patterns, in the order of the files."""
    roots: dict[str, Node] = {one["name"]: one["root"] for one in json.loads(dump(policy))["patterns"]}
    library = Library([{"name": name, "root": root} for name, root in roots.items()])
    tried = 0
    survivors: list[Survivor] = []
    for name, example, spans in _examples(policy, decides):
        scan = Scan(library, example.text)
        found_by = [(clause, set(scan.of(clause))) for clause in clauses(roots[name])]
        for start, end in spans:
            kinds = [clause for clause, found in found_by if (start, end) in found]
            text = example.text[start:end]
            for evasion, spelling in spellings(text, kinds):
                tried += 1
                message = example.text[:start] + spelling + example.text[end:]
                there = (start, start + len(spelling))
                if not any(a < there[1] and there[0] < b for a, b in decides.find(message).get(name, ())):
                    survivors.append(Survivor(name, example.place, text, evasion, spelling, message))
    return Evaded(tried, tuple(survivors))


def as_json(evaded: Evaded) -> dict[str, Any]:
    """The outcome as a JSON object."""
    return {
        "tried": evaded.tried,
        "survivors": [
            {"pattern": one.pattern, "file": one.place.file, "line": one.place.line, "text": one.text,
             "evasion": one.evasion, "spelling": one.spelling, "message": one.message}
            for one in evaded.survivors
        ],
    }  # fmt: skip


def as_text(evaded: Evaded) -> str:
    """The survivors with their places, and the count."""
    lines = [
        f"EVADED {one.pattern} by {one.evasion}\n"
        f"  --> {one.place.file}:{one.place.line}\n"
        f"   {one.spelling!r} for {one.text!r}"
        for one in evaded.survivors
    ]
    return "\n".join([*lines, f"{evaded.tried} evasions tried, {len(evaded.survivors)} got through"])


def _examples(policy: ir.Policy, decides: Decides) -> Iterator[tuple[str, ir.Example, Sequence[Span]]]:
    """Pattern, example, and its spans there: of `match` all, of a test's `matched` those that it names."""
    for pattern in sorted(policy.patterns, key=lambda one: (one.place.file, one.place.line)):
        for example in pattern.match:
            yield pattern.name, example, decides.find(example.text).get(pattern.name, [])
    for test in sorted(policy.tests, key=lambda one: (one.place.file, one.place.line)):
        for example in test.messages if test.matched else ():
            found = decides.find(example.text)
            for name, text in test.matched:
                spans = [(a, b) for a, b in found.get(name, ()) if example.text[a:b] == text]
                yield name, example, spans


def clauses(root: Node) -> Iterator[Node]:
    """What finds spans by itself: not what is taken away, what must be near, or other patterns."""
    match root["node"]:
        case "AnyOf":
            for part in root["parts"]:
                yield from clauses(part)
        case "Except":
            yield from clauses(root["kept"])
        case "Near":
            yield from clauses(root["left"])
        case "Words" | "Text" | "Regex" | "Url" | "Entity":
            yield root


def spellings(text: str, found_by: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """The evasions that the clauses promise to see through, by name, each with the text so written.

    >>> node = {"node": "Words", "level": "basic", "terms": ["zoom"]}
    >>> [name for name, _ in spellings("zoom", [node])]
    ['capitals', 'invisible', 'full-width', 'bold', 'look-alikes', 'accents']
    """
    by = [one for one in found_by if not one.get("exact")]
    if not by:
        return
    written = [one for one in by if one["node"] in {"Words", "Text", "Regex"}]
    made: dict[str, str] = {}
    if not any(one.get("cased") for one in by):
        made["capitals"] = text.upper() if len(text.upper()) == len(text) else text
    made["invisible"] = ZERO_WIDTH.join(text)
    made["full-width"] = "".join(chr(ord(one) + FULL_WIDTH) if "!" <= one <= "~" else one for one in text)
    if written:
        made["bold"] = "".join(chr(ord(one) - 97 + BOLD_A) if "a" <= one <= "z" else one for one in text)
    if any(one["level"] != "none" and not one.get("cased") for one in written):
        made["look-alikes"] = "".join(LOOK_ALIKES.get(one, one) for one in text)
        made["accents"] = "".join(one + ACCENT if "a" <= one.lower() <= "z" else one for one in text)
    if any(one["node"] == "Words" and one["level"] == "strong" for one in written):
        made.update(_strong(text))
    yield from ((name, spelling) for name, spelling in made.items() if spelling != text)


def _strong(text: str) -> dict[str, str]:
    """What `strong` adds for words."""
    made = {
        "leet": _one_letter_kept("".join(LEET.get(one.lower(), one) for one in text), text),
        "stretched": "".join(one * 3 if folding.is_letter(one) else one for one in text),
    }
    together = "".join(text.split())
    letters = sum(map(folding.is_letter, together))
    if letters >= APART_LETTERS_MIN and all(map(folding.is_word, together)):
        made["apart"] = " ".join(together)
        made["apart with dots"] = ".".join(together)
        made["partly apart"] = f"{together[:-2]} {together[-2]} {together[-1]}"
    return made


def _one_letter_kept(leet: str, text: str) -> str:
    """Digits alone are no word: a match needs a letter."""
    return leet if any(map(folding.is_letter, leet)) else text
