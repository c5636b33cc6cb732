"""Patterns: which spans each of them has in one text.

`Library` holds the policy's patterns, their clauses made ready once; `Scan` is one text (the message, or a
scanned fact) and finds the spans of whatever pattern it is asked for, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from solon.matcher import folding
from solon.matcher.errors import Damaged
from solon.matcher.folding import Folded
from solon.matcher.reference import spans
from solon.matcher.reference.regex import compile_regex
from solon.matcher.reference.spans import Span
from solon.matcher.reference.strong import StrongWords
from solon.matcher.reference.words import Finder, Literals, PlainWords, walk

Node = dict[str, Any]

ENTITY_MODULES = {
    "email": "identities",
    "handle": "identities",
    "ip_address": "identities",
    "url": "identities",
    "phone": "phones",
    "iban": "payments",
    "credit_card": "payments",
    "crypto_wallet": "payments",
    "postal_address": "postal",
    "money": "amounts",
}
NARROWED = {"phone", "postal_address"}


class Library:
    """The patterns of a policy by name, and a finder for each clause that is found in a stream."""

    def __init__(self, patterns: list[Node]) -> None:
        self.roots: dict[str, Node] = {pattern["name"]: pattern["root"] for pattern in patterns}
        self._finders: dict[int, Finder] = {}

    def finder(self, clause: Node) -> Finder:
        """What finds a clause of words, text or a regular expression; made at the first use."""
        known = self._finders.get(id(clause))
        if known is None:
            known = self._finders[id(clause)] = make_finder(clause)
        return known


def make_finder(clause: Node) -> Finder:
    """A finder for one clause, over the stream that `stream_of` names."""
    strong = clause["level"] == "strong"
    match clause["node"]:
        case "Words":
            return StrongWords(clause["terms"]) if strong else PlainWords(clause["terms"], stream_of(clause))
        case "Text" if strong and not clause["exact"]:
            literals: list[Node] = [{"node": "Chars", "text": text} for text in clause["literals"]]
            return compile_regex({"node": "Alternatives", "parts": literals}, "basic", strong=True)
        case "Text":
            return Literals(clause["literals"], stream_of(clause))
        case _:
            return compile_regex(clause["root"], stream_of(clause), strong and not clause["cased"])


def stream_of(clause: Node) -> str:
    """The level of the stream in which a clause is found."""
    if clause.get("exact"):
        return "raw"
    if clause.get("cased"):
        return "cased"
    return "none" if clause["level"] == "none" else "basic"


def parts_of(node: Node) -> list[Node]:
    """The nodes right below a node of a formula."""
    match node["node"]:
        case "AnyOf":
            return list(node["parts"])
        case "Except":
            return [node["kept"], *node["removed"]]
        case "Near":
            return [node["left"], node["right"]]
    return []


def references(root: Node) -> Iterator[str]:
    """The names of the patterns that a formula refers to."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node["node"] == "PatternRef":
            yield node["name"]
        pending.extend(parts_of(node))


class Scan:
    """One text, and the spans in it."""

    def __init__(self, library: Library, text: str) -> None:
        self.library = library
        self.text = text
        self._streams: dict[str, Folded] = {}
        self._spans: dict[str, list[Span]] = {}
        self._starts_before: list[int] | None = None

    def spans(self, name: str) -> list[Span]:
        """The spans of a pattern; those that it refers to are found first, so that no chain is too long."""
        pending = [name]
        while pending:
            root = self.library.roots[pending[-1]]
            missing = [reference for reference in references(root) if reference not in self._spans]
            if missing and len(pending) > len(self.library.roots):
                raise Damaged(f"the pattern {name} refers to itself")
            if missing:
                pending.append(missing[0])
            else:
                self._spans[pending.pop()] = self.of(root)
        return self._spans[name]

    def of(self, node: Node) -> list[Span]:
        """The selected spans of a clause or a node of a formula."""
        match node["node"]:
            case "Words" | "Text" | "Regex":
                stream = self.stream(stream_of(node))
                return walk(stream, self.library.finder(node).on(stream.text))
            case "Url":
                return self.links_like(node["shapes"], node["level"])
            case "Entity":
                return self.entity(node["name"], node["regions"], node["level"])
            case "Zone":
                return spans.select(_reference("zones").zone(self.text, node["name"]))
            case "PatternRef":
                return self._spans[node["name"]]
            case "AnyOf":
                found: list[Span] = []
                for part in node["parts"]:
                    found += self.of(part)
                return spans.select(found)
            case "Except":
                kept = self.of(node["kept"])
                for removed in node["removed"]:
                    kept = spans.without(kept, self.of(removed))
                return kept
            case "Near":
                between = self.words_between if node["unit"] == "words" else characters_between
                left, right = self.of(node["left"]), self.of(node["right"])
                return spans.near(left, right, node["side"], node["distance"], between)
        raise Damaged(f"no such clause: {node['node']}")

    def links_like(self, shapes: list[Node], level: str) -> list[Span]:
        """The links that have one of the shapes."""
        links = _reference("links")
        found = []
        for link in links.find_links(self.text, level):
            if any(links.matches_shape(link, shape["host"], shape["path"], level) for shape in shapes):
                found.append((link.start, link.end))
        return spans.select(found)

    def entity(self, name: str, regions: list[str], level: str) -> list[Span]:
        """What one of the built-in recognisers finds."""
        find = getattr(_reference(ENTITY_MODULES[name]), f"find_{name}")
        found = find(self.text, tuple(regions), level) if name in NARROWED else find(self.text, level)
        return spans.select((start, end) for start, end in found)

    def stream(self, level: str) -> Folded:
        """The text, folded."""
        if level not in self._streams:
            self._streams[level] = folding.fold(self.text, level)
        return self._streams[level]

    def words_between(self, start: int, end: int) -> int:
        """How many words of the `basic` stream start in the gap."""
        if self._starts_before is None:
            self._starts_before = word_starts_before(self.stream("basic"), len(self.text))
        return self._starts_before[end] - self._starts_before[start]


def word_starts_before(stream: Folded, length: int) -> list[int]:
    """For each offset of the message how many word starts have their origin before it."""
    at = [0] * (length + 1)
    for place, origin in enumerate(stream.origins):
        if folding.is_word(stream.text[place]) and folding.word_edge(stream.text, place):
            at[origin + 1] += 1
    for offset in range(length):
        at[offset + 1] += at[offset]
    return at


def characters_between(start: int, end: int) -> int:
    """Characters of the message in the gap."""
    return end - start


def _reference(module: str) -> Any:
    """A recogniser's module, loaded when a policy asks for it."""
    return import_module(f"solon.matcher.reference.{module}")
