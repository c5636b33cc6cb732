"""Patterns as literals: is there a span, how many, does one cover the message.

In: the patterns of a policy. Out: for each pattern and text (the message, or a scanned fact) the literal
of "it has a span here". Patterns enter as they are related, where that is certain: an `or` has a span
where one of its parts has; what an `except` leaves, and what is near something, was there before; clauses
that say the same are the same, and a link below a host is a link of that host. All else is free: what is
impossible here is so for certain.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from solon.compiler.analyses.clauses import Clauses, Lit, Ordered
from solon.dsl import ir

TERMS_APART_MAX = 100
"""Lists with more terms are one thing: a literal a term would cost more than it proves."""

_Field = str | None


class Presence:
    """The literals of all patterns, made as conditions ask for them."""

    def __init__(self, clauses: Clauses, policy: ir.Policy) -> None:
        self.clauses = clauses
        self._patterns = {pattern.name: pattern.root for pattern in policy.patterns}
        self.present: dict[tuple[_Field, str], Lit] = {}
        self._leaves: dict[tuple[_Field, Hashable], Lit] = {}
        self._shapes: dict[tuple[_Field, str], list[tuple[ir.UrlShape, Lit]]] = {}
        self._counts: dict[str, Ordered] = {}
        self._distinct: dict[str, Ordered] = {}
        self._made_of: dict[str, frozenset[Hashable]] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._whole: dict[str, Lit] = {}
        self.length = Ordered(clauses, 0, None)

    def contains(self, pattern: str, field: _Field = None) -> Lit:
        """The literal of "the pattern has a span in the message", or in a scanned fact."""
        # Patterns that others refer to come first: chains of them are long, one formula is not deep.
        pending = [pattern]
        while pending:
            name = pending[-1]
            missing = [one for one in self._refs(name) if (field, one) not in self.present]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            if (field, name) not in self.present:
                lit = self.present[field, name] = self._found(self._patterns[name], field)
                if field is None:
                    self.clauses.implies(lit, self.length.at_least(1))
        return self.present[field, pattern]

    def _refs(self, pattern: str) -> frozenset[str]:
        """The patterns that a pattern's own formula names, those that it takes away aside."""
        if pattern not in self._named:
            self._named[pattern] = frozenset(
                node.name for node in parts_of(self._patterns[pattern]) if isinstance(node, ir.PatternRef)
            )
        return self._named[pattern]

    def made_of(self, pattern: str) -> frozenset[Hashable]:
        """What two patterns have in common if they have to do with each other: entries, hosts,
        recognisers."""
        if pattern not in self._made_of:
            found: set[Hashable] = set()
            for node in parts_of(self._patterns[pattern]):
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
        if pattern not in self._counts:
            self._counts[pattern] = Ordered(self.clauses, 0, None)
        return self._at_least(self._counts[pattern], pattern, least)

    def distinct(self, pattern: str, least: int) -> Lit:
        """The literal of "at least this many different texts"."""
        if pattern not in self._distinct:
            self._distinct[pattern] = Ordered(self.clauses, 0, None)
        lit = self._at_least(self._distinct[pattern], pattern, least)
        self.clauses.implies(lit, self.count(pattern, least))
        return lit

    def whole(self, pattern: str) -> Lit:
        """The literal of "the message is the pattern"."""
        if pattern not in self._whole:
            self._whole[pattern] = self.clauses.new()
            self.clauses.implies(self._whole[pattern], self.contains(pattern))
        return self._whole[pattern]

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
        match node:
            case ir.PatternRef(name=name):
                return self.present[field, name]
            case ir.AnyOf(parts=parts):
                return self.clauses.any_of([self._found(part, field) for part in parts])
            case ir.Except(kept=kept):
                return self._within(field, self._found(kept, field))
            case ir.Near(left=left, right=right):
                both = (self._found(left, field), self._found(right, field))
                return self._within(field, self.clauses.all_of(both))
            case ir.Words(terms=terms, level=level) if len(terms) <= TERMS_APART_MAX:
                keys = [("words", level, spelling(one.text), one.open_left, one.open_right) for one in terms]
                return self.clauses.any_of([self._leaf(field, key) for key in keys])
            case ir.Text(literals=literals, exact=exact, level=level) if len(literals) <= TERMS_APART_MAX:
                return self.clauses.any_of(
                    [self._leaf(field, ("text", exact or level, one)) for one in literals]
                )
            case ir.Url(shapes=shapes, level=level) if len(shapes) <= TERMS_APART_MAX:
                return self.clauses.any_of([self._shape(field, shape, level) for shape in shapes])
            case ir.Words(terms=terms, level=level):
                return self._leaf(field, ("words", level, terms))
            case ir.Text(literals=literals, exact=exact, level=level):
                return self._leaf(field, ("text", exact or level, literals))
            case ir.Url(shapes=shapes, level=level):
                return self._leaf(field, ("url", level, shapes))
            case ir.Regex(source=source, cased=cased, level=level):
                return self._leaf(field, ("regex", source, cased, level))
            case ir.Entity(name=name, regions=regions, level=level):
                return self._leaf(field, ("entity", name, regions, level))
            case ir.Zone(name=name):
                return self._leaf(field, ("zone", name))

    def _within(self, field: _Field, wider: Lit) -> Lit:
        """Something of its own that is there only where `wider` is."""
        lit = self.clauses.new()
        self.clauses.implies(lit, wider)
        return lit

    def _leaf(self, field: _Field, key: Hashable) -> Lit:
        if (field, key) not in self._leaves:
            self._leaves[field, key] = self.clauses.new()
        return self._leaves[field, key]

    def _shape(self, field: _Field, shape: ir.UrlShape, level: str) -> Lit:
        """The literal of one link shape, tied to the wider and the narrower ones that are there already."""
        key = ("shape", level, shape.host, shape.path)
        is_new = (field, key) not in self._leaves
        lit = self._leaf(field, key)
        if is_new:
            others = self._shapes.setdefault((field, level), [])
            for other, other_lit in others[-TERMS_APART_MAX:]:
                if shape_within(shape, other):
                    self.clauses.implies(lit, other_lit)
                if shape_within(other, shape):
                    self.clauses.implies(other_lit, lit)
            others.append((shape, lit))
        return lit


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


def spelling(text: str) -> str:
    """The same for spellings that mean the same for certain."""
    joined = " ".join(text.split())
    return joined.lower() if joined.isascii() else joined


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
