"""Regular expressions, first half: from the tree in the policy to positions and what may follow each of them.

    ir.RegexNode ──fold_node──▶ Tree ──build_positions──▶ Positions ──(regex_dfa)──▶ Dfa

`fold_node` brings the expression to the level of the stream it will read: nothing after it knows about
folding. A *position* is one place of the expression that eats one character (`a{3}` has three). What may come
after a position is a set of positions, and the match, as bits of an integer; where an assertion stands on the
way, the bits are guarded by it. There are no empty steps left, so that the second half has sets to unite and
nothing to search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from solon.compiler.charsets import (
    Ranges,
    complement,
    fold_literal,
    fold_set,
    of_characters,
    property_set,
    united,
)
from solon.dsl import ir

POSITIONS_MAX = 4_000
DEPTH_MAX = 200
MATCH = 1
"""The bit of the match itself; positions have the bits above it."""


class RegexTooLarge(Exception):
    """The expression does not compile within its bounds; the message is a sentence for its author."""


# ── The folded tree ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set; an empty set never matches."""

    of: Ranges


@dataclass(frozen=True, slots=True)
class Then:
    """One part after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any of the parts."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """`least` to `most` times the part; None is without end."""

    part: Tree
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The parts one after the other, with one to `most` separators in `least` gaps between them or more.

    PERF: said with the other nodes it would be as many alternatives as there are choices of gaps; here the
    part after a gap is built once for each number of gaps before it, up to `least`.
    """

    parts: tuple[Tree, ...]
    separator: Ranges
    most: int
    least: int


LookKind: TypeAlias = Literal[
    "boundary", "not_boundary", "start", "end", "edge", "no_run_before", "no_run_after"
]


@dataclass(frozen=True, slots=True)
class Look:
    """Something that must hold between two characters.

    boundary, not_boundary, start, end: `\\b`, `\\B`, `^`, `$`. edge: a word edge. no_run_before: where the
    next character is no word character, the one before is not in `of`; no_run_after: where the one before is
    no word character, the next is not in `of` (a run of leet signs is taken whole).
    """

    kind: LookKind
    of: Ranges = ()


Tree: TypeAlias = One | Then | Either | Again | Spread | Look

NOT_A_LINE_FEED: Ranges = ((0, 9), (11, 0x10FFFF))


def fold_node(node: ir.RegexNode, level: str, depth: int = 0) -> Tree:
    """The expression at a level: characters and sets become their images ("Regular expressions")."""
    if depth > DEPTH_MAX:
        raise RegexTooLarge("the expression is nested too deeply")
    match node:
        case ir.Chars(text):
            return _literal(fold_literal(text, level))
        case ir.CharSet():
            return _set(node, level)
        case ir.Sequence(parts):
            return Then(tuple(fold_node(part, level, depth + 1) for part in parts))
        case ir.Alternatives(parts):
            return Either(tuple(fold_node(part, level, depth + 1) for part in parts))
        case ir.Repeat(part, least, most):
            return Again(fold_node(part, level, depth + 1), least, most)
        case ir.Assertion(what):
            return Look(what)
        case _:
            assert_never(node)


def _literal(text: str) -> Tree:
    ones = tuple(One(of_characters(character)) for character in text)
    return ones[0] if len(ones) == 1 else Then(ones)


def _set(node: ir.CharSet, level: str) -> Tree:
    single, several = fold_set(united(node.ranges), level)
    members = list(single)
    for name, negated in node.properties:
        if level in ("none", "basic") and name in ("Lu", "Lt"):
            name = "Ll"
        having = property_set(name)
        members.extend(complement(having) if negated else having)
    one = One(united(members))
    if node.negated:
        return One(complement(one.of))
    return Either((one, _any_of(frozenset(several)))) if several else one


def _any_of(texts: frozenset[str]) -> Tree:
    """Any of the texts, those that go on alike taken together.

    The syllables of Hangul are 11,172 images of two or three characters: a set of first ones, of second ones,
    maybe of third ones.
    """
    after: dict[str, set[str]] = {}
    for text in texts:
        if text:
            after.setdefault(text[0], set()).add(text[1:])
    alike: dict[frozenset[str], list[str]] = {}
    for first in sorted(after):
        alike.setdefault(frozenset(after[first]), []).append(first)
    parts: list[Tree] = []
    for rest, firsts in alike.items():
        one = One(of_characters(firsts))
        parts.append(one if rest == {""} else Then((one, _any_of(rest))))
    tree = parts[0] if len(parts) == 1 else Either(tuple(parts))
    return Again(tree, 0, 1) if "" in texts else tree


# ── Positions ────────────────────────────────────────────────────────────────────────────────────────

Guard: TypeAlias = frozenset[Look]
Guarded: TypeAlias = dict[Guard, int]
"""Bits of positions (and the match) that may come next, by the assertions that must all hold for them."""

ALWAYS: Guard = frozenset()


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions of an expression. `sets[p]` is what position p eats, `follow[p]` what may come after it.

    Position 0 is the match; its entries are empty. `entry` is what a match may begin with. `chains` are the
    positions, as bits, of counted repeats of one set: whatever may follow one of them may follow each higher
    one. `cuts` are sets of positions of which every match eats exactly one at some place.
    """

    sets: tuple[Ranges, ...]
    follow: tuple[Guarded, ...]
    entry: Guarded
    chains: tuple[int, ...] = ()
    cuts: tuple[int, ...] = ()


def build_positions(tree: Tree) -> Positions:
    """All positions of the expression. Raises RegexTooLarge before it does much work."""
    if size(tree) > POSITIONS_MAX:
        raise RegexTooLarge(
            f"written out, the expression is longer than {POSITIONS_MAX} characters: use shorter repeats"
        )
    builder = _Builder()
    entry = builder.add(tree, {ALWAYS: MATCH}, must=True)
    return Positions(
        tuple(builder.sets), tuple(builder.follow), entry, tuple(builder.chains), tuple(builder.cuts)
    )


def size(tree: Tree) -> int:
    """How many positions will it have? Empty parts count too, so that the work is bounded with it."""
    match tree:
        case One() | Look():
            return 1
        case Then(parts) | Either(parts):
            return 1 + sum(map(size, parts))
        case Again(part, least, most):
            return 1 + size(part) * (max(least, 1) if most is None else most)
        case Spread(parts, _, most, least):
            return 1 + (least + 1) * sum(map(size, parts)) + least * most * (len(parts) - 1)
        case _:
            assert_never(tree)


class _Builder:
    """Goes through the expression from its end: each part is told what may come after it."""

    def __init__(self) -> None:
        self.sets: list[Ranges] = [()]
        self.follow: list[Guarded] = [{}]
        self.chains: list[int] = []
        self.cuts: list[int] = []

    def add(self, tree: Tree, after: Guarded, *, must: bool = False) -> Guarded:
        """The positions of `tree` followed by `after`; returns what it may begin with. `must`: no match goes
        without it."""
        first = len(self.sets)
        begin = self._add(tree, after, must)
        if must:
            bits = 0
            for guarded in begin.values():
                bits |= guarded
            if bits and not bits & ((1 << first) - 1) and bits not in self.cuts[-1:]:
                self.cuts.append(bits)
        return begin

    def _add(self, tree: Tree, after: Guarded, must: bool) -> Guarded:
        match tree:
            case One(of):
                return {ALWAYS: self._position(of, after)} if of else {}
            case Then(parts):
                for part in reversed(parts):
                    after = self.add(part, after, must=must)
                return after
            case Either(parts):
                begin: Guarded = {}
                for part in parts:
                    _unite(begin, self.add(part, after))
                return begin
            case Look():
                begin = {}
                for guard, bits in after.items():
                    _unite(begin, {guard | {tree}: bits})
                return begin
            case Again(part, least, most):
                return self._again(part, least, most, after, must)
            case Spread():
                return self._spread(tree, after)
            case _:
                assert_never(tree)

    def _spread(self, tree: Spread, after: Guarded) -> Guarded:
        """`begins[gaps]`: what the parts from here on begin with, where so many gaps stand before them."""
        begins: list[Guarded] = [{}] * tree.least + [after]
        for number, part in reversed(list(enumerate(tree.parts))):
            if number + 1 < len(tree.parts):
                begins = self._with_gaps(tree, begins, before=number)
            begins = [self.add(part, begin) if begin else {} for begin in begins]
        return begins[0]

    def _with_gaps(self, tree: Spread, begins: list[Guarded], *, before: int) -> list[Guarded]:
        """The same one gap earlier: it stays closed, or separators stand in it and one gap more was seen.

        After `before` gaps no more than `before` were open, so that the others need no positions.
        """
        opened: list[Guarded] = [{}]
        for begin in begins[1:]:
            gap = One(tree.separator)
            opened.append(self.add(Then((gap, Again(gap, 0, tree.most - 1))), begin) if begin else {})
        together: list[Guarded] = []
        for gaps, begin in enumerate(begins):
            united: Guarded = {}
            if gaps <= before:
                _unite(united, begin)
                _unite(united, opened[min(gaps + 1, tree.least)])
            together.append(united)
        return together

    def _position(self, of: Ranges, after: Guarded) -> int:
        self.sets.append(of)
        self.follow.append(after)
        return 1 << (len(self.sets) - 1)

    def _again(self, part: Tree, least: int, most: int | None, after: Guarded, must: bool) -> Guarded:
        begin = after
        first = len(self.sets)
        if most is None:
            begin = self._loop(part, after, at_least_once=least > 0, must=must and least > 0)
            least = max(least - 1, 0)
        else:
            for _ in range(most - least):
                begin = dict(self.add(part, begin))
                _unite(begin, after)
        for copy in range(least):
            begin = self.add(part, begin, must=must)
            if copy == 0 and most is not None:
                self._chain(part, first)
        if least == 0 and most is not None:
            self._chain(part, first)
        return begin

    def _chain(self, part: Tree, first: int) -> None:
        """Each optional copy of a single set can do no more than the copy before it, which stands in a higher
        position."""
        if isinstance(part, One) and len(self.sets) - first > 1:
            self.chains.append((1 << len(self.sets)) - (1 << first))

    def _loop(self, part: Tree, after: Guarded, *, at_least_once: bool, must: bool) -> Guarded:
        """A number that is no position stands for "round again", until what that means is known."""
        again = self._position((), {})
        first = len(self.sets)
        once = self.add(part, {ALWAYS: again}, must=must)
        # Round the loop without eating anything adds nothing, so that its own bit simply goes.
        round_again = {guard: bits & ~again for guard, bits in once.items() if bits & ~again}
        _unite(round_again, after)
        known: dict[int, Guarded] = {}
        for position in range(first, len(self.sets)):
            follow = self.follow[position]
            if id(follow) not in known:
                known[id(follow)] = _replaced(follow, again, round_again)
            self.follow[position] = known[id(follow)]
        return _replaced(once, again, round_again) if at_least_once else round_again


def _unite(into: Guarded, other: Guarded) -> None:
    for guard, bits in other.items():
        into[guard] = into.get(guard, 0) | bits


def _replaced(guarded: Guarded, bit: int, by: Guarded) -> Guarded:
    """`guarded` with what `by` says in place of the bit."""
    if not any(bits & bit for bits in guarded.values()):
        return guarded
    result: Guarded = {}
    for guard, bits in guarded.items():
        _unite(result, {guard: bits & ~bit} if bits & ~bit else {})
        if bits & bit:
            for other, more in by.items():  # one by one: two guards may become the same
                _unite(result, {guard | other: more})
    return result
