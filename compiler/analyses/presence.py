"""Patterns as literals: is there a span, how many, does one cover the message.

In: the patterns of a policy. Out: for each pattern and text (the message, or a scanned fact) the literal
of "it has a span here". Patterns enter as they are related, where that is certain: an `or` has a span
where one of its parts has; what an `except` leaves, and what is near something, was there before; clauses
that say the same are the same, and a link below a host is a link of that host. All else is free: what is
impossible here is so for certain.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from solon.compiler.analyses.clauses import Clauses, Lit, Ordered
from solon.compiler.analyses.listed import TERMS_APART_MAX, LongLists, entries_of, spelling
from solon.compiler.analyses.structures import Structures
from solon.dsl import ir

_Field = str | None


class Pool:
    """The literals of spans, shared by all policies that are looked at together.

    They go by what a pattern is made of, so that two patterns made of the same have the same literals.
    """

    def __init__(self, clauses: Clauses, policies: Iterable[ir.Policy] = ()) -> None:
        self.clauses = clauses
        self.structures = Structures()
        self.long_lists = LongLists(policies)
        self.length = Ordered(clauses, 0, None)
        self.present: dict[tuple[_Field, int], Lit] = {}
        self.leaves: dict[tuple[_Field, Hashable], Lit] = {}
        self.counts: dict[int, Ordered] = {}
        self.distincts: dict[int, Ordered] = {}
        self.wholes: dict[int, Lit] = {}
        self._own: dict[tuple[_Field, int], Lit] = {}
        self._shapes: dict[tuple[_Field, str], list[tuple[ir.UrlShape, Lit]]] = {}

    def within(self, field: _Field, number: int, wider: Lit) -> Lit:
        """Something of its own that is there only where `wider` is."""
        if (field, number) not in self._own:
            lit = self._own[field, number] = self.clauses.new()
            self.clauses.implies(lit, wider)
        return self._own[field, number]

    def leaf(self, field: _Field, key: Hashable) -> Lit:
        """The literal of one entry or clause."""
        if (field, key) not in self.leaves:
            self.leaves[field, key] = self.clauses.new()
        return self.leaves[field, key]

    def shape(self, field: _Field, shape: ir.UrlShape, level: str) -> Lit:
        """The literal of one link shape, tied to the wider and the narrower ones that are there already."""
        key = ("shape", level, shape)
        is_new = (field, key) not in self.leaves
        lit = self.leaf(field, key)
        if is_new:
            others = self._shapes.setdefault((field, level), [])
            for other, other_lit in others[-TERMS_APART_MAX:]:
                if shape_within(shape, other):
                    self.clauses.implies(lit, other_lit)
                if shape_within(other, shape):
                    self.clauses.implies(other_lit, lit)
            others.append((shape, lit))
        return lit


class Presence:
    """The literals of a policy's patterns, made as conditions ask for them."""

    def __init__(self, clauses: Clauses, policy: ir.Policy, pool: Pool | None = None) -> None:
        self.clauses = clauses
        self.pool = Pool(clauses, [policy]) if pool is None else pool
        self.roots = {pattern.name: pattern.root for pattern in policy.patterns}
        self.numbers = self.pool.structures.of(self.roots)
        self._made_of: dict[str, frozenset[Hashable]] = {}
        self._named: dict[str, frozenset[str]] = {}

    @property
    def length(self) -> Ordered:
        """The message's length in characters."""
        return self.pool.length

    def contains(self, pattern: str, field: _Field = None) -> Lit:
        """The literal of "the pattern has a span in the message", or in a scanned fact."""
        # Patterns that others refer to come first: chains of them are long, one formula is not deep.
        pending = [pattern]
        present = self.pool.present
        while pending:
            name = pending[-1]
            missing = [one for one in self._refs(name) if (field, self.numbers[one]) not in present]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            if (field, self.numbers[name]) not in present:
                lit = present[field, self.numbers[name]] = self._found(self.roots[name], field)
                if field is None:
                    self.clauses.implies(lit, self.length.at_least(1))
        return present[field, self.numbers[pattern]]

    def _refs(self, pattern: str) -> frozenset[str]:
        """The patterns that a pattern's own formula names, those that it takes away aside."""
        if pattern not in self._named:
            self._named[pattern] = frozenset(
                node.name for node in parts_of(self.roots[pattern]) if isinstance(node, ir.PatternRef)
            )
        return self._named[pattern]

    def made_of(self, pattern: str) -> frozenset[Hashable]:
        """What two patterns have in common if they have to do with each other: entries, hosts,
        recognisers."""
        if pattern not in self._made_of:
            found: set[Hashable] = set()
            for node in parts_of(self.roots[pattern]):
                match node:
                    case ir.PatternRef(name=name):
                        found |= self.made_of(name)
                    case ir.Words(terms=terms):
                        found.update(spelling(one.text) for one in terms[:TERMS_APART_MAX])
                    case ir.Text(literals=literals):
                        found.update(literals[:TERMS_APART_MAX])
                    case ir.Url(shapes=shapes):
                        found.update(".".join(one.host.split(".")[-2:]) for one in shapes[:TERMS_APART_MAX])
                    case ir.Regex(source=name) | ir.Entity(name=name) | ir.Zone(name=name):
                        found.add(name)
                    case _:
                        pass
            self._made_of[pattern] = frozenset(found)
        return self._made_of[pattern]

    def count(self, pattern: str, least: int) -> Lit:
        """The literal of "at least this many spans"."""
        number = self.pool.counts.setdefault(self.numbers[pattern], Ordered(self.clauses, 0, None))
        return self._at_least(number, pattern, least)

    def distinct(self, pattern: str, least: int) -> Lit:
        """The literal of "at least this many different texts"."""
        number = self.pool.distincts.setdefault(self.numbers[pattern], Ordered(self.clauses, 0, None))
        lit = self._at_least(number, pattern, least)
        self.clauses.implies(lit, self.count(pattern, least))
        return lit

    def whole(self, pattern: str) -> Lit:
        """The literal of "the message is the pattern"."""
        number = self.numbers[pattern]
        if number not in self.pool.wholes:
            self.pool.wholes[number] = self.clauses.new()
            self.clauses.implies(self.pool.wholes[number], self.contains(pattern))
        return self.pool.wholes[number]

    def _at_least(self, number: Ordered, pattern: str, least: int) -> Lit:
        if least == 1:
            return self.contains(pattern)
        lit = number.at_least(least)
        self.clauses.implies(lit, self.contains(pattern))
        if least > 0:
            # Spans do not overlap and are not empty.
            self.clauses.implies(lit, self.length.at_least(least))
        return lit

    def _found(self, node: ir.PatternNode, field: _Field) -> Lit:
        # INVARIANT: formulas are nested at most a hundred deep; what they refer to is there already.
        pool = self.pool
        match node:
            case ir.PatternRef(name=name):
                return pool.present[field, self.numbers[name]]
            case ir.AnyOf(parts=parts):
                return self.clauses.any_of([self._found(part, field) for part in parts])
            case ir.Except(kept=kept):
                return pool.within(field, self._number(node), self._found(kept, field))
            case ir.Near(left=left, right=right):
                both = (self._found(left, field), self._found(right, field))
                return pool.within(field, self._number(node), self.clauses.all_of(both))
            case ir.Words() | ir.Text() | ir.Url():
                return self._listed(node, field)
            case ir.Regex(source=source, cased=cased, level=level):
                return pool.leaf(field, ("regex", source, cased, level))
            case ir.Entity(name=name, regions=regions, level=level):
                return pool.leaf(field, ("entity", name, regions, level))
            case ir.Zone(name=name):
                return pool.leaf(field, ("zone", name))

    def _number(self, node: ir.PatternNode) -> int:
        return self.pool.structures.node(node, self.numbers)

    def _listed(self, node: ir.Words | ir.Text | ir.Url, field: _Field) -> Lit:
        """A list: its entries one by one, or for a long one groups of those that always come together."""
        pool = self.pool
        entries = entries_of(node)
        groups: frozenset[Hashable] = frozenset()
        if len(entries) > TERMS_APART_MAX:
            entries, groups = pool.long_lists.parts(node)
        lits = [pool.leaf(field, one) for one in groups]
        for entry in entries:
            shape = entry[-1]
            if isinstance(shape, ir.UrlShape):
                lits.append(pool.shape(field, shape, node.level))
            else:
                lits.append(pool.leaf(field, entry))
        return self.clauses.any_of(lits)


def parts_of(root: ir.PatternNode) -> Iterator[ir.PatternNode]:
    """The clauses and references of a formula that spans come from or lean on."""
    pending = [root]
    while pending:
        node = pending.pop()
        match node:
            case ir.AnyOf(parts=parts):
                pending.extend(parts)
            case ir.Except(kept=kept):
                pending.append(kept)
            case ir.Near(left=left, right=right):
                pending += (left, right)
            case _:
                yield node


def shape_within(narrow: ir.UrlShape, wide: ir.UrlShape) -> bool:
    """Is every link of the one shape a link of the other, for certain?"""
    if narrow.host != wide.host and not narrow.host.endswith("." + wide.host):
        return False
    if wide.path is None:
        return True
    if narrow.path is None or "**" in narrow.path[:-1] or "**" in wide.path[:-1]:
        return narrow.path == wide.path
    return _path_within(narrow.path, wide.path)


def _path_within(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """The same for paths whose `**`, if they have one, is their last segment."""
    if wide and wide[-1] == "**":
        if len(narrow) < len(wide):
            return False
        narrow, wide = narrow[: len(wide) - 1], wide[:-1]
        return all(_segment_within(one, other) for one, other in zip(narrow, wide, strict=True))
    if len(narrow) != len(wide) or (narrow and narrow[-1] == "**"):
        return False
    return all(_segment_within(one, other) for one, other in zip(narrow, wide, strict=True))


def _segment_within(narrow: str, wide: str) -> bool:
    return wide == "*" or (narrow == wide and narrow != "**")
