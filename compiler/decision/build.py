"""Builds the section of the decision, and the schema beside it.

In: the policy and the number of each pattern. Out: `Decision(section, schema)`: the bytes that `matcher/src/decide.h` describes,
and what Python needs to read facts and to build verdicts (effects.py). The same policy gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from solon.compiler.decision.columns import Column, columns_of
from solon.compiler.decision.domains import INT64_MAX, INT64_MIN, Domain, domains_of
from solon.compiler.decision.effects import schema_of
from solon.compiler.decision.names import named_in, score_order
from solon.compiler.decision.nodes import Kind, Nodes
from solon.compiler.decision.rows import Row, Rows, cuts_of
from solon.compiler.decision.walk import conditions_of
from solon.dsl import ir

MAGIC = 0x31444C53
VERSION = 1
NONE = 0xFFFFFFFF
SHADOW = 1

FACT = struct.Struct("<IIII")
NODE = struct.Struct("<BBHIIIqq")
SCORE = struct.Struct("<IIII")
ENTRY = struct.Struct("<IIqq")
RULE = struct.Struct("<IIIIqqQIIIIII")
EXEMPTION = struct.Struct("<IIIIq")
COLUMN = struct.Struct("<IIII")


@dataclass(frozen=True, slots=True)
class Decision:
    """`section` is for the engine, `schema` (plain lists, dicts, strings and numbers) for the verdict."""

    section: bytes
    schema: dict[str, Any]


@dataclass(slots=True)
class _Roots:
    """The node of each condition."""

    when: list[int] = field(default_factory=list)
    guards: list[int | None] = field(default_factory=list)
    exempt: list[int] = field(default_factory=list)
    notices: list[list[int]] = field(default_factory=list)
    entries: dict[str, list[int | None]] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)


def build_decision(policy: ir.Policy, pattern_ids: Mapping[str, int]) -> Decision:
    """The section and the schema of a policy whose patterns have these numbers.

    Raises nodes.TooDeep (a ValueError) where a condition nests deeper than the engine evaluates.
    """
    domains = domains_of(policy.facts, conditions_of(policy))
    fields = [fact.name for fact in policy.facts if fact.kind.name == "scanned_text"]
    scores = score_order(policy.scores)
    nodes = Nodes(
        domains,
        pattern_ids,
        {name: number for number, name in enumerate(fields, 1)},
        {score.name: number for number, score in enumerate(scores)},
    )
    roots = _roots(policy, scores, nodes)
    slots = _rollout_slots(policy, domains)
    section = _section(policy, pattern_ids, domains, fields, scores, nodes, roots, slots)
    return Decision(section, schema_of(policy, pattern_ids, domains, fields, scores, slots))


def _roots(policy: ir.Policy, scores: list[ir.Score], nodes: Nodes) -> _Roots:
    roots = _Roots()
    for number, score in enumerate(scores):
        entries = [None if entry.when is None else nodes.add(entry.when) for entry in score.entries]
        roots.entries[score.name] = entries
        roots.limits[score.name] = len(nodes.table)
        nodes.score_depth[number] = max((nodes.depth[entry] for entry in entries if entry is not None), default=0)
    for exemption in policy.exemptions:
        roots.exempt.append(nodes.add(exemption.when))
    for rule in policy.rules:
        roots.when.append(nodes.add(rule.when))
        roots.guards.append(None if rule.unless is None else nodes.add(rule.unless, negated=True))
        roots.notices.append([nodes.add(notice.when) for notice in rule.notices if notice.when is not None])
    return roots


def _rollout_slots(policy: ir.Policy, domains: Mapping[str, Domain]) -> dict[str, int]:
    """The facts that a rollout hashes, in order of name, with their slots."""
    names = sorted({rule.rollout.fact for rule in policy.rules if rule.rollout is not None})
    return {name: slot for slot, name in enumerate(names) if name in domains}


def _standing(nodes: Nodes, roots: _Roots, cuts: Mapping[int, list[int]]) -> tuple[list[int], list[Row]]:
    """Each row and the condition that it stands for: exemptions, then rules."""
    rows = Rows(nodes, cuts)
    conditions: list[int] = []
    found: list[Row] = []
    wanted = [(when,) for when in roots.exempt]
    wanted += [
        (when,) if guard is None else (when, guard) for when, guard in zip(roots.when, roots.guards, strict=True)
    ]
    for condition, needed in enumerate(wanted):
        for row in rows.of_all(*needed):
            conditions.append(condition)
            found.append(row)
    return conditions, found


def _section(
    policy: ir.Policy,
    pattern_ids: Mapping[str, int],
    domains: Mapping[str, Domain],
    fields: list[str],
    scores: list[ir.Score],
    nodes: Nodes,
    roots: _Roots,
    slots: Mapping[str, int],
) -> bytes:
    cuts = cuts_of(nodes)
    conditions, rows = _standing(nodes, roots, cuts)
    columns = columns_of(rows, cuts)
    facts, member_words = _facts(domains, slots)
    node_bytes, children, memos = _nodes(nodes, roots)
    rules, rule_scores, notices = _rules(policy, scores, roots, slots)
    exemptions, taken, covers = _exemptions(policy, pattern_ids, roots)
    pattern_count = max(pattern_ids.values(), default=-1) + 1
    needs, need_entries = _needs(columns.by_pattern, pattern_count)
    column_bytes, cut_values, bitsets = _columns(columns.facts)
    row_bytes = (len(rows) + 255) // 256 * 32
    entries = [entry for score in scores for entry in score.entries]
    header = _u32(
        [MAGIC, VERSION, len(domains), member_words, len(fields), pattern_count, len(nodes.table), len(children), memos]
        + [len(scores), len(entries), len(policy.rules), len(rule_scores), len(notices), len(policy.exemptions)]
        + [len(taken), len(slots), len(rows), len(columns.facts), len(cut_values), 1 + len(bitsets)]
        + [len(need_entries), len(policy.header.actions), _actions(policy.header)]
    )
    tables = [
        header,
        facts,
        _u32(domains[name].index for name in fields),
        node_bytes,
        _u32(children),
        _scores(scores, roots),
        _entries(scores, roots, pattern_ids),
        rules,
        _u32(rule_scores),
        _u32(notices),
        exemptions,
        _u32(taken),
        covers,
        _u32(conditions),
        column_bytes,
        struct.pack(f"<{len(cut_values)}q", *cut_values),
        _u32(needs),
        _u32(need_entries),
        b"".join(bits.to_bytes(row_bytes, "little") for bits in (columns.needs_no_pattern, *bitsets)),
    ]
    return b"".join(table + bytes(-len(table) % 8) for table in tables)


def _u32(numbers: Iterable[int]) -> bytes:
    found = list(numbers)
    return struct.pack(f"<{len(found)}I", *found)


def _actions(header: ir.Header) -> int:
    """Default, undecided and incomplete as one byte each."""
    chosen = [header.default, header.undecided, header.incomplete]
    return sum((255 if name is None else header.actions.index(name)) << 8 * i for i, name in enumerate(chosen))


def _facts(domains: Mapping[str, Domain], slots: Mapping[str, int]) -> tuple[bytes, int]:
    packed, word = [], 0
    for name, domain in domains.items():
        packed.append(FACT.pack(domain.is_set, word, len(domain.members), slots.get(name, NONE)))
        word += (len(domain.members) + 63) // 64
    return b"".join(packed), word


def _nodes(nodes: Nodes, roots: _Roots) -> tuple[bytes, list[int], int]:
    """The nodes, their children, and how many of them keep their value because several ask for it."""
    asked = [0] * len(nodes.table)
    for node in nodes.table:
        for child in node.children:
            asked[child] += 1
    of_entries = [entry for entries in roots.entries.values() for entry in entries]
    of_notices = [notice for notices in roots.notices for notice in notices]
    for root in [*of_entries, *of_notices, *roots.when, *roots.guards, *roots.exempt]:
        if root is not None:
            asked[root] += 1
    packed: list[bytes] = []
    children: list[int] = []
    memos = 0
    for number, node in enumerate(nodes.table):
        keeps = asked[number] > 1 and node.kind >= Kind.CONTAINS
        a, b = (len(children), len(node.children)) if node.kind in (Kind.ALL, Kind.ANY) else (node.a, node.b)
        packed.append(NODE.pack(node.kind, node.negated, 0, memos if keeps else NONE, a, b, node.low, node.high))
        children += node.children
        memos += keeps
    return b"".join(packed), children, memos


def _scores(scores: list[ir.Score], roots: _Roots) -> bytes:
    packed, entry = [], 0
    for score in scores:
        packed.append(SCORE.pack(entry, len(score.entries), roots.limits[score.name], 0))
        entry += len(score.entries)
    return b"".join(packed)


def _entries(scores: list[ir.Score], roots: _Roots, pattern_ids: Mapping[str, int]) -> bytes:
    packed = []
    for score in scores:
        for entry, when in zip(score.entries, roots.entries[score.name], strict=True):
            pattern = NONE if entry.per_match_of is None else pattern_ids[entry.per_match_of]
            most = INT64_MAX if entry.most is None else entry.most
            packed.append(ENTRY.pack(NONE if when is None else when, pattern, entry.points, most))
    return b"".join(packed)


def _rules(
    policy: ir.Policy, scores: list[ir.Score], roots: _Roots, slots: Mapping[str, int]
) -> tuple[bytes, list[int], list[int]]:
    """The rules, the scores that each one's `when` names, and the conditions of its notices."""
    numbers = {score.name: number for number, score in enumerate(scores)}
    actions = {name: number for number, name in enumerate(policy.header.actions)}
    packed: list[bytes] = []
    rule_scores: list[int] = []
    notices: list[int] = []
    for rule, when, guard, own in zip(policy.rules, roots.when, roots.guards, roots.notices, strict=True):
        named = [numbers[name] for name in named_in(rule.when).scores]
        share, slot = (0, NONE) if rule.rollout is None else (rule.rollout.share, slots[rule.rollout.fact])
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


def rollout_state(name: str) -> int:
    """FNV-1a 64 of a rule's name and a zero byte: the part of a rollout's hash that no fact changes."""
    state = 0xCBF29CE484222325
    for byte in name.encode() + b"\0":
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return state


def _exemptions(
    policy: ir.Policy, pattern_ids: Mapping[str, int], roots: _Roots
) -> tuple[bytes, list[int], bytes]:
    """The exemptions, the patterns that each takes away, and a bit set over the rules for each."""
    numbers = {rule.name: number for number, rule in enumerate(policy.rules)}
    rule_bytes = (len(policy.rules) + 63) // 64 * 8
    packed: list[bytes] = []
    taken: list[int] = []
    covers: list[bytes] = []
    for exemption, when in zip(policy.exemptions, roots.exempt, strict=True):
        patterns = sorted(pattern_ids[name] for name in exemption.patterns)
        expires = INT64_MAX if exemption.expires is None else exemption.expires
        packed.append(EXEMPTION.pack(when, len(taken), len(patterns), 0, expires))
        taken += patterns
        covered = bytearray(rule_bytes)
        for name in exemption.rules:
            covered[numbers[name] >> 3] |= 1 << (numbers[name] & 7)
        covers.append(bytes(covered))
    return b"".join(packed), taken, b"".join(covers)


def _needs(by_pattern: Mapping[int, list[int]], pattern_count: int) -> tuple[list[int], list[int]]:
    needs, entries = [0], []
    for pattern in range(pattern_count):
        entries += by_pattern.get(pattern, [])
        needs.append(len(entries))
    return needs, entries


def _columns(columns: Iterable[Column]) -> tuple[bytes, list[int], list[int]]:
    packed: list[bytes] = []
    cuts: list[int] = []
    bitsets: list[int] = []
    for column in columns:
        packed.append(COLUMN.pack(column.fact, len(cuts), len(column.cuts), 1 + len(bitsets)))
        cuts += column.cuts
        bitsets += column.bitsets
    return b"".join(packed), cuts, bitsets
