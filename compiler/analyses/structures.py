"""Patterns by what they are made of, whatever they are called.

In: the patterns of one or more policies. Out: for each a number, the same for two that are made of the same,
down to the last reference: they have the same spans in every text. Places, titles and the order of clauses
make no difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from solon.dsl import ir


class Structures:
    """The numbers of all patterns seen so far."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, patterns: Mapping[str, ir.PatternNode]) -> dict[str, int]:
        """The number of each pattern of one policy, by name."""
        found: dict[str, int] = {}
        for name in patterns:
            # References first, on a stack of our own: chains of them are long, one formula is not deep.
            pending = [name]
            while pending:
                top = pending[-1]
                missing = [one for one in refs_of(patterns[top]) if one not in found]
                if missing:
                    pending.extend(missing)
                    continue
                pending.pop()
                if top not in found:
                    found[top] = self.node(patterns[top], found)
        return found

    def node(self, node: ir.PatternNode, names: Mapping[str, int]) -> int:
        """The number of a formula whose references have theirs in `names`."""
        match node:
            case ir.PatternRef(name=name):
                return names[name]
            case ir.AnyOf(parts=parts):
                numbers = frozenset(self.node(part, names) for part in parts)
                return next(iter(numbers)) if len(numbers) == 1 else self._number(("any", numbers))
            case ir.Except(kept=kept, removed=removed):
                gone = frozenset(self.node(part, names) for part in removed)
                return self._number(("except", self.node(kept, names), gone))
            case ir.Near(left=left, right=right, side=side, distance=distance, unit=unit):
                ends = (self.node(left, names), self.node(right, names))
                return self._number(("near", *ends, side, distance, unit))
            case ir.Words(terms=terms, level=level):
                return self._number(("words", level, frozenset(terms)))
            case ir.Text(literals=literals, exact=exact, level=level):
                return self._number(("text", exact, level, frozenset(literals)))
            case ir.Url(shapes=shapes, level=level):
                return self._number(("url", level, frozenset(shapes)))
            case ir.Regex(source=source, cased=cased, level=level):
                return self._number(("regex", source, cased, level))
            case ir.Entity(name=name, regions=regions, level=level):
                return self._number(("entity", name, regions, level))
            case ir.Zone(name=zone):
                return self._number(("zone", zone))

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))


def refs_of(root: ir.PatternNode) -> frozenset[str]:
    """All the patterns that a formula names, those that it takes away too."""
    found: set[str] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        match node:
            case ir.PatternRef(name=name):
                found.add(name)
            case ir.AnyOf(parts=parts):
                pending.extend(parts)
            case ir.Except(kept=kept, removed=removed):
                pending += (kept, *removed)
            case ir.Near(left=left, right=right):
                pending += (left, right)
            case _:
                pass
    return frozenset(found)
