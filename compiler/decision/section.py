"""The bytes of the section: each function here writes the tables that `matcher/src/decide.h` describes under
its name."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from solon.compiler.decision.columns import Column, Columns
from solon.compiler.decision.domains import INT64_MAX, INT64_MIN
from solon.compiler.decision.names import named_in, through
from solon.compiler.decision.nodes import Kind, Nodes
from solon.compiler.decision.numbers import Numbers
from solon.dsl import ir

MAGIC = 0x31444C53
VERSION = 1
NONE = 0xFFFFFFFF
NO_ACTION = 255
SHADOW = 1

FACT = struct.Struct("<IIII")
NODE = struct.Struct("<BBHIIIqq")
SCORE = struct.Struct("<IIII")
ENTRY = struct.Struct("<IIqq")
RULE = struct.Struct("<IIIIqqQIIIIII")
EXEMPTION = struct.Struct("<IIIIq")
COLUMN = struct.Struct("<IIII")


@dataclass(slots=True)
class Roots:
    """The node of each condition, in the order of what it belongs to; `limits` has the end of each score's
    nodes."""

    when: list[int] = field(default_factory=list)
    guards: list[int | None] = field(default_factory=list)
    exempt: list[int] = field(default_factory=list)
    notices: list[list[int]] = field(default_factory=list)
    entries: list[list[int | None]] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)

    def all(self) -> Iterator[int | None]:
        """Every root, as often as it is one."""
        yield from self.when
        yield from self.guards
        yield from self.exempt
        for notices in self.notices:
            yield from notices
        for entries in self.entries:
            yield from entries


@dataclass(frozen=True, slots=True)
class Standing:
    """The condition that each row stands for, and the rows' columns."""

    conditions: list[int]
    columns: Columns


def section_of(policy: ir.Policy, numbers: Numbers, nodes: Nodes, roots: Roots, standing: Standing) -> bytes:
    """The whole section, header first."""
    facts, member_words = _facts(numbers)
    node_bytes, children, memos = _nodes(nodes, roots)
    entries = _entries(numbers, roots)
    rules, rule_scores, notices = _rules(policy, numbers, roots)
    exemptions, taken, covers = _exemptions(policy, numbers, roots)
    columns, cuts, bitsets = _columns(standing.columns.facts)
    needs, need_entries = _needs(standing.columns.by_pattern, numbers.pattern_count)
    row_bytes = (len(standing.conditions) + 255) // 256 * 32
    counts = [
        *(len(numbers.domains), member_words, len(numbers.fields), numbers.pattern_count, len(nodes.table)),
        *(len(children), memos, len(numbers.scores), len(entries), len(policy.rules), len(rule_scores)),
        *(len(notices), len(policy.exemptions), len(taken), len(numbers.slots), len(standing.conditions)),
        *(
            len(standing.columns.facts),
            len(cuts),
            1 + len(bitsets),
            len(need_entries),
            len(policy.header.actions),
        ),
    ]
    tables = [
        _u32([MAGIC, VERSION, *counts, _actions(policy.header)]),
        facts,
        _u32(numbers.domains[name].index for name in numbers.fields),
        node_bytes,
        _u32(children),
        _scores(numbers, roots),
        b"".join(entries),
        rules,
        _u32(rule_scores),
        _u32(notices),
        exemptions,
        _u32(taken),
        covers,
        _u32(standing.conditions),
        columns,
        struct.pack(f"<{len(cuts)}q", *cuts),
        _u32(needs),
        _u32(need_entries),
        b"".join(
            bits.to_bytes(row_bytes, "little") for bits in (standing.columns.needs_no_pattern, *bitsets)
        ),
    ]
    return b"".join(table + bytes(-len(table) % 8) for table in tables)


def rollout_state(name: str) -> int:
    """FNV-1a 64 of a rule's name and a zero byte: the part of a rollout's hash that no fact changes."""
    state = 0xCBF29CE484222325
    for byte in name.encode() + b"\0":
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return state


def _u32(values: Iterable[int]) -> bytes:
    found = list(values)
    return struct.pack(f"<{len(found)}I", *found)


def _actions(header: ir.Header) -> int:
    """Default, undecided and incomplete as one byte each."""
    if len(header.actions) > NO_ACTION:
        raise ValueError(f"a policy has at most {NO_ACTION} actions")
    packed = 0
    for place, name in enumerate((header.default, header.undecided, header.incomplete)):
        packed |= (NO_ACTION if name is None else header.actions.index(name)) << 8 * place
    return packed


def _facts(numbers: Numbers) -> tuple[bytes, int]:
    packed, word = [], 0
    for name, domain in numbers.domains.items():
        slot = numbers.slots.get(name, NONE)
        packed.append(FACT.pack(domain.is_set, word, len(domain.members), slot))
        word += (len(domain.members) + 63) // 64
    return b"".join(packed), word


def _nodes(nodes: Nodes, roots: Roots) -> tuple[bytes, list[int], int]:
    """The nodes, their children, and how many of them keep their value because several ask for it."""
    asked = [0] * len(nodes.table)
    for node in nodes.table:
        for child in node.children:
            asked[child] += 1
    for root in roots.all():
        if root is not None:
            asked[root] += 1
    packed: list[bytes] = []
    children: list[int] = []
    memos = 0
    for number, node in enumerate(nodes.table):
        memo = NONE
        if asked[number] > 1 and node.kind >= Kind.CONTAINS:
            memo, memos = memos, memos + 1
        a, b = node.a, node.b
        if node.kind in (Kind.ALL, Kind.ANY):
            a, b = len(children), len(node.children)
        packed.append(NODE.pack(node.kind, node.negated, 0, memo, a, b, node.low, node.high))
        children += node.children
    return b"".join(packed), children, memos


def _scores(numbers: Numbers, roots: Roots) -> bytes:
    packed, entry = [], 0
    for score, limit in zip(numbers.ordered_scores, roots.limits, strict=True):
        packed.append(SCORE.pack(entry, len(score.entries), limit, 0))
        entry += len(score.entries)
    return b"".join(packed)


def _entries(numbers: Numbers, roots: Roots) -> list[bytes]:
    packed = []
    for score, whens in zip(numbers.ordered_scores, roots.entries, strict=True):
        for entry, when in zip(score.entries, whens, strict=True):
            pattern = NONE if entry.per_match_of is None else numbers.patterns[entry.per_match_of]
            most = INT64_MAX if entry.most is None else entry.most
            packed.append(ENTRY.pack(NONE if when is None else when, pattern, entry.points, most))
    return packed


def _rules(policy: ir.Policy, numbers: Numbers, roots: Roots) -> tuple[bytes, list[int], list[int]]:
    """The rules, the scores that each one's `when` names, and the conditions of its notices."""
    actions = {name: number for number, name in enumerate(policy.header.actions)}
    packed: list[bytes] = []
    rule_scores: list[int] = []
    notices: list[int] = []
    for rule, when, guard, own in zip(policy.rules, roots.when, roots.guards, roots.notices, strict=True):
        named = sorted(numbers.scores[name] for name in through(named_in(rule.when), numbers.depends).scores)
        share, slot = (
            (0, NONE) if rule.rollout is None else (rule.rollout.share, numbers.slots[rule.rollout.fact])
        )
        start = INT64_MIN if rule.active_from is None else rule.active_from
        end = INT64_MAX if rule.active_until is None else rule.active_until
        packed.append(
            RULE.pack(
                *(when, NONE if guard is None else guard, actions[rule.action], SHADOW if rule.shadow else 0),
                *(start, end, rollout_state(rule.name), share, slot),
                *(len(notices), len(own), len(rule_scores), len(named)),
            )
        )
        notices += own
        rule_scores += named
    return b"".join(packed), rule_scores, notices


def _exemptions(policy: ir.Policy, numbers: Numbers, roots: Roots) -> tuple[bytes, list[int], bytes]:
    """The exemptions, the patterns that each takes away, and a bit set over the rules for each."""
    rules = {rule.name: number for number, rule in enumerate(policy.rules)}
    rule_bytes = (len(policy.rules) + 63) // 64 * 8
    packed: list[bytes] = []
    taken: list[int] = []
    covers: list[bytes] = []
    for exemption, when in zip(policy.exemptions, roots.exempt, strict=True):
        patterns = sorted(numbers.patterns[name] for name in exemption.patterns)
        expires = INT64_MAX if exemption.expires is None else exemption.expires
        packed.append(EXEMPTION.pack(when, len(taken), len(patterns), 0, expires))
        taken += patterns
        covered = bytearray(rule_bytes)
        for name in exemption.rules:
            covered[rules[name] >> 3] |= 1 << (rules[name] & 7)
        covers.append(bytes(covered))
    return b"".join(packed), taken, b"".join(covers)


def _needs(by_pattern: Mapping[int, list[int]], pattern_count: int) -> tuple[list[int], list[int]]:
    """Where each pattern's rows begin, and the rows."""
    needs: list[int] = [0]
    entries: list[int] = []
    for pattern in range(pattern_count):
        entries += by_pattern.get(pattern, [])
        needs.append(len(entries))
    return needs, entries


def _columns(columns: Iterable[Column]) -> tuple[bytes, list[int], list[int]]:
    """The columns, their cuts, and their bit sets, of which the first has number 1."""
    packed: list[bytes] = []
    cuts: list[int] = []
    bitsets: list[int] = []
    for column in columns:
        packed.append(COLUMN.pack(column.fact, len(cuts), len(column.cuts), 1 + len(bitsets)))
        cuts += column.cuts
        bitsets += column.bitsets
    return b"".join(packed), cuts, bitsets
