"""Lists as their entries, and long lists as groups of entries.

In: clauses that list words, texts or links. Out: a key for each entry, the same for spellings that mean the
same for certain. A literal an entry would cost more than it proves where a list has thousands, so the entries
of long lists are put together: those that stand in the same lists are one group.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeAlias

from solon.dsl import ir

TERMS_APART_MAX = 100
"""Lists with more entries are long."""

GROUPS_MAX = 2_000
"""So many groups may a kind of list have; with more, each long list is a thing of its own."""

List: TypeAlias = ir.Words | ir.Text | ir.Url
Entry: TypeAlias = tuple[Any, ...]


def entries_of(node: List) -> list[Entry]:
    """The keys of a list's entries; the last part says what the entry is."""
    match node:
        case ir.Words(terms=terms, level=level):
            return [("words", level, one.open_left, one.open_right, spelling(one.text)) for one in terms]
        case ir.Text(literals=literals, exact=exact, level=level):
            return [("text", exact or level, one) for one in literals]
        case ir.Url(shapes=shapes, level=level):
            return [("url", level, one) for one in shapes]


def spelling(text: str) -> str:
    """The same for spellings that mean the same for certain."""
    joined = " ".join(text.split())
    return joined.lower() if joined.isascii() else joined


class LongLists:
    """The long lists of some policies, cut into groups. What a short list has as well stays by itself."""

    def __init__(self, policies: Iterable[ir.Policy]) -> None:
        lists = {id(node): node for policy in policies for node in _lists(policy)}
        self._lists = lists  # keeps the nodes alive, whose ids are keys
        self._parts: dict[int, tuple[list[Entry], frozenset[Hashable]]] = {}
        long = {key: entries_of(node) for key, node in lists.items() if _size(node) > TERMS_APART_MAX}
        if not long:
            return
        apart: set[Entry] = set()
        for key, node in lists.items():
            if key not in long:
                apart.update(entries_of(node))
        contents: dict[frozenset[Entry], int] = {}
        numbers = {key: contents.setdefault(frozenset(one), len(contents)) for key, one in long.items()}
        stands_in: dict[Entry, list[int]] = {}
        for entries, number in contents.items():
            for entry in entries:
                if entry not in apart:
                    stands_in.setdefault(entry, []).append(number)
        groups: dict[tuple[int, ...], Entry] = {}
        group_of: dict[int, set[Hashable]] = {number: set() for number in contents.values()}
        for entry, where in stands_in.items():
            signature = tuple(where)
            if signature not in groups:
                groups[signature] = entry
                for number in where:
                    # Named by one of its entries, which a witness can show.
                    group_of[number].add(("group", signature, entry))
        for key, entries_here in long.items():
            number = numbers[key]
            if len(groups) > GROUPS_MAX:
                one: Hashable = ("group", (number,), min(entries_here, key=repr))
                self._parts[key] = ([], frozenset([one]))
            else:
                alone = [entry for entry in entries_here if entry in apart]
                self._parts[key] = (alone, frozenset(group_of[number]))

    def parts(self, node: List) -> tuple[list[Entry], frozenset[Hashable]]:
        """The entries of a long list that stand by themselves, and its groups."""
        return self._parts[id(node)]


def _size(node: List) -> int:
    match node:
        case ir.Words(terms=terms):
            return len(terms)
        case ir.Text(literals=literals):
            return len(literals)
        case ir.Url(shapes=shapes):
            return len(shapes)


def _lists(policy: ir.Policy) -> Iterator[List]:
    pending: list[ir.PatternNode] = [pattern.root for pattern in policy.patterns]
    while pending:
        node = pending.pop()
        match node:
            case ir.AnyOf(parts=parts):
                pending.extend(parts)
            case ir.Except(kept=kept, removed=removed):
                pending += (kept, *removed)
            case ir.Near(left=left, right=right):
                pending += (left, right)
            case ir.Words() | ir.Text() | ir.Url():
                yield node
            case _:
                pass
