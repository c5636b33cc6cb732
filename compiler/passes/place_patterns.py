"""Every clause finds its place: words to the hash, literals to the automaton, regular expressions to their
own.

Policy in, plan out. What cannot be compiled within bounds is reported, with the place in the policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from solon.compiler import regex_dfa, strong
from solon.compiler.phones import region_ids
from solon.compiler.plan import Leaf, LeafKind, Node, NodeKind, PatternPlan, Plan, Stream
from solon.dsl import ir

ZONES = ("code", "quote", "url")
SIDES = ("near", "before", "after")
UNITS = ("words", "characters")


class TooLarge(Exception):
    """A clause does not compile within its bounds; `place` is the clause's."""

    def __init__(self, place: ir.Place, reason: str) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason


def place_patterns(policy: ir.Policy) -> tuple[Plan, list[TooLarge]]:
    """The plan, and the clauses that did not fit (then the plan must not be emitted)."""
    plan = Plan(policy)
    refused: list[TooLarge] = []
    numbers: dict[str, int] = {}
    for pattern in _in_order(policy.patterns):
        nodes: list[Node] = []
        _place(plan, pattern.root, nodes, numbers, refused)
        numbers[pattern.name] = len(plan.patterns)
        plan.patterns.append(PatternPlan(pattern.name, tuple(nodes)))
    return plan, refused


def _in_order(patterns: tuple[ir.Pattern, ...]) -> list[ir.Pattern]:
    """Each after those that it refers to (`check` has refused cycles), else by name. No recursion: chains
    may be long."""
    by_name = {pattern.name: pattern for pattern in patterns}
    done: dict[str, ir.Pattern] = {}
    stack = [pattern.name for pattern in reversed(patterns)]
    while stack:
        name = stack[-1]
        missing = sorted({ref for ref in references(by_name[name].root) if ref not in done})
        if missing:
            stack.extend(reversed(missing))
        else:
            done.setdefault(name, by_name[name])
            stack.pop()
    return list(done.values())


def references(node: ir.PatternNode) -> Iterator[str]:
    """The names of the patterns that a formula refers to."""
    match node:
        case ir.PatternRef():
            yield node.name
        case ir.AnyOf():
            for part in node.parts:
                yield from references(part)
        case ir.Except():
            for part in (node.kept, *node.removed):
                yield from references(part)
        case ir.Near():
            yield from references(node.left)
            yield from references(node.right)
        case _:
            return


def _place(
    plan: Plan, node: ir.PatternNode, nodes: list[Node], numbers: dict[str, int], refused: list[TooLarge]
) -> int:
    """Append the nodes of a formula, children first; the index of its own."""
    match node:
        case ir.PatternRef():
            nodes.append(Node(NodeKind.REF, target=numbers[node.name]))
        case ir.AnyOf():
            children = tuple(_place(plan, part, nodes, numbers, refused) for part in node.parts)
            nodes.append(Node(NodeKind.ANY, children))
        case ir.Except():
            children = tuple(
                _place(plan, part, nodes, numbers, refused) for part in (node.kept, *node.removed)
            )
            nodes.append(Node(NodeKind.EXCEPT, children))
        case ir.Near():
            children = tuple(_place(plan, part, nodes, numbers, refused) for part in (node.left, node.right))
            side, unit = SIDES.index(node.side), UNITS.index(node.unit)
            nodes.append(Node(NodeKind.NEAR, children, side=side, unit=unit, distance=node.distance))
        case ir.Words() | ir.Text() | ir.Url() | ir.Regex() | ir.Entity() | ir.Zone():
            try:
                leaf = _leaf(plan, node)
            except regex_dfa.RegexTooLarge as error:
                refused.append(TooLarge(node.place, str(error)))
                leaf = Leaf(LeafKind.ZONE, Stream.BASIC, node)
            nodes.append(Node(NodeKind.LEAF, target=len(plan.leaves)))
            plan.leaves.append(leaf)
        case _:
            assert_never(node)
    return len(nodes) - 1


def _leaf(plan: Plan, clause: ir.Words | ir.Text | ir.Url | ir.Regex | ir.Entity | ir.Zone) -> Leaf:
    match clause:
        case ir.Words(terms=terms, level=level):
            if level != "strong":
                return Leaf(LeafKind.WORDS, _stream(level), clause)
            return _automata(plan, clause, Stream.BASIC, strong.strong_terms(terms), is_strong=True)
        case ir.Text(literals=literals, exact=exact, level=level):
            if exact:
                return Leaf(LeafKind.LITERALS, Stream.RAW, clause)
            if level != "strong":
                return Leaf(LeafKind.LITERALS, _stream(level), clause)
            return _automata(plan, clause, Stream.BASIC, strong.strong_literals(literals))
        case ir.Regex(root=root, cased=cased, level=level):
            stream = Stream.CASED if cased else _stream(level)
            if level == "strong" and not cased:
                root = strong.strengthen(root)
            return _automata(plan, clause, stream, [regex_dfa.compile_regex(root, stream.level)])
        case ir.Url(level=level):
            return Leaf(LeafKind.LINKS, _stream(level), clause, level == "strong")
        case ir.Entity(name=name, regions=regions, level=level):
            first = len(plan.regions)
            plan.regions.extend(region_ids(regions))
            what = ir.ENTITIES.index(name)
            count = len(plan.regions) - first
            return Leaf(LeafKind.ENTITY, _stream(level), clause, level == "strong", what, first, count)
        case ir.Zone(name=name):
            return Leaf(LeafKind.ZONE, Stream.BASIC, clause, what=ZONES.index(name))
        case _:
            assert_never(clause)


def _automata(
    plan: Plan,
    clause: ir.Words | ir.Text | ir.Regex,
    stream: Stream,
    automata: list[regex_dfa.Dfa],
    *,
    is_strong: bool = False,
) -> Leaf:
    first = len(plan.automata)
    plan.automata.extend(automata)
    return Leaf(LeafKind.DFAS, stream, clause, strong=is_strong, first=first, count=len(automata))


def _stream(level: ir.Level) -> Stream:
    return Stream.NONE if level == "none" else Stream.BASIC
