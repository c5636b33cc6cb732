"""Regular expressions: from the tree in the policy to an automaton over a folded text.

What is folded, and how, is "Regular expressions" of docs/semantics.md: literals and the members of sets
become their images at the pattern's level, properties are asked of the folded character.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from solon.matcher import folding
from solon.matcher.reference.automaton import Accept, Automaton, Check, Eat, Fork, State
from solon.matcher.reference.leet import class_of

Node = dict[str, Any]

SMALL_SET = 2_000
"""Sets with more members than this are folded by looking only at the characters that folding changes."""


def compile_regex(root: Node, level: str, strong: bool) -> Automaton:
    """The automaton of an expression over the stream `level`; strong: letters stand for their classes."""
    builder = _Builder(level, strong)
    entry = builder.add(root, builder.state(Accept()))
    return Automaton(builder.states, entry, holds)


def holds(text: str, place: int) -> frozenset[str]:
    """The assertions that are true at a place."""
    before = place > 0 and folding.is_word(text[place - 1])
    after = place < len(text) and folding.is_word(text[place])
    true = {"boundary" if before != after else "not_boundary"}
    if place == 0:
        true.add("start")
    if place == len(text):
        true.add("end")
    return frozenset(true)


class _Builder:
    """Lays out states from the end of the expression to its beginning: each part knows what follows it."""

    def __init__(self, level: str, strong: bool) -> None:
        self.level = level
        self.strong = strong
        self.states: list[State] = []

    def state(self, state: State) -> int:
        self.states.append(state)
        return len(self.states) - 1

    def add(self, node: Node, then: int) -> int:
        """The states of `node`, going on at `then`; returns where they begin."""
        match node["node"]:
            case "Chars":
                return self.literal(folding.fold_text(node["text"], self.level), then)
            case "CharSet":
                return self.char_set(node, then)
            case "Sequence":
                for part in reversed(node["parts"]):
                    then = self.add(part, then)
                return then
            case "Alternatives":
                return self.state(Fork(tuple([self.add(part, then) for part in node["parts"]])))
            case "Repeat":
                return self.repeat(node["part"], node["least"], node["most"], then)
            case "Assertion":
                return self.state(Check(node["what"], then))
        raise ValueError(f"no such part of an expression: {node['node']}")

    def literal(self, text: str, then: int) -> int:
        for character in reversed(text):
            if self.strong and folding.is_letter(character):
                then = self.at_least_one(OneOf(class_of(character)), then)
            else:
                then = self.state(Eat(OneOf(frozenset(character)), then))
        return then

    def at_least_one(self, accepts: OneOf, then: int) -> int:
        again = self.state(Fork(()))
        first = self.state(Eat(accepts, again))
        self.states[again] = Fork((first, then))
        return first

    def char_set(self, node: Node, then: int) -> int:
        members = tuple((low, high) for low, high in node["ranges"])
        images = images_of(members, self.level)
        properties = tuple((self.property(name), negated) for name, negated in node["properties"])
        single = self.state(Eat(OneOf(images.single, images.kept, properties, node["negated"]), then))
        if node["negated"] or not images.several:
            return single
        return self.state(Fork((single, *[self.word(text, then) for text in images.several])))

    def word(self, text: str, then: int) -> int:
        for character in reversed(text):
            then = self.state(Eat(OneOf(frozenset(character)), then))
        return then

    def property(self, name: str) -> str:
        return "Ll" if name in {"Lu", "Lt"} and self.level in {"none", "basic"} else name

    def repeat(self, part: Node, least: int, most: int | None, then: int) -> int:
        if most is None:
            again = self.state(Fork(()))
            once_more = self.add(part, again)
            self.states[again] = Fork((once_more, then))
            entry = again
        else:
            entry = then
            for _ in range(most - least):
                entry = self.state(Fork((self.add(part, entry), then)))
        for _ in range(least):
            entry = self.add(part, entry)
        return entry


@dataclass(frozen=True, slots=True)
class Images:
    """What the members of a set fold to: characters, ranges that stay as they are, longer images."""

    single: frozenset[str]
    kept: tuple[tuple[int, int], ...]
    several: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One folded character: by itself, by a range of unchanged ones, by property, or none of these."""

    single: frozenset[str]
    kept: tuple[tuple[int, int], ...] = ()
    properties: tuple[tuple[str, bool], ...] = ()
    negated: bool = False

    def __call__(self, character: str) -> bool:
        inside = (
            character in self.single
            or any(low <= ord(character) <= high for low, high in self.kept)
            or any(has_property(character, name) != negated for name, negated in self.properties)
        )
        return inside != self.negated


@lru_cache(maxsize=256)
def images_of(ranges: tuple[tuple[int, int], ...], level: str) -> Images:
    """The images of all members. A member that folds to nothing drops out: a set always eats a character."""
    if sum(high - low + 1 for low, high in ranges) <= SMALL_SET:
        images = {folding.image(chr(code), level) for low, high in ranges for code in range(low, high + 1)}
        kept: tuple[tuple[int, int], ...] = ()
    else:
        changed = changed_by(level)
        images = {changed[code] for code in changed if any(low <= code <= high for low, high in ranges)}
        # The characters of a range that folding changes never stand in a folded text (folding is closed), so
        # that the range may be taken as it is.
        kept = ranges
    return Images(
        frozenset(one for one in images if len(one) == 1),
        kept,
        tuple(sorted(one for one in images if len(one) > 1)),
    )


@cache
def changed_by(level: str) -> dict[int, str]:
    """Every character that the level changes, and its image."""
    images = ((code, folding.image(chr(code), level)) for code in range(0x110000))
    return {code: image for code, image in images if image != chr(code)}


def has_property(character: str, name: str) -> bool:
    """Does the character have the property (word, digit, space, a general category or a script)?"""
    starts, ends = _property(name)
    index = bisect_right(starts, ord(character)) - 1
    return index >= 0 and ord(character) <= ends[index]


@cache
def _property(name: str) -> tuple[list[int], list[int]]:
    ranges = sorted(folding.property_ranges(name))
    return [low for low, _ in ranges], [high for _, high in ranges]
