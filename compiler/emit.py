"""Plan and decision to artifact bytes: builds each table, packs each section, seals the file.

The same policy gives the same bytes: nothing here depends on time, machine, hash seed or the order of files.
"""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import Any

from solon.compiler.decision import build_decision
from solon.compiler.links import build_links, suffix_section
from solon.compiler.literals import build_literals
from solon.compiler.phones import phones_section
from solon.compiler.plan import Leaf, LeafKind, NodeKind, PatternPlan, Plan, Stream
from solon.compiler.regex_dfa import build_dfas
from solon.compiler.words import build_words
from solon.dsl import ir
from solon.dsl.dump import dump
from solon.matcher import folding, layout

HEADER = struct.Struct("<8I")
PATTERN = struct.Struct("<2I")
NODE = struct.Struct("<BBBBIIII")
LEAF = struct.Struct("<BBBBII12x")


def emit(plan: Plan, *, strip: bool = False, expires: int | None = None) -> bytes:
    """The artifact of a plan. `strip` leaves out the IR, and with it explanations and the reference
    interpreter; `expires` is the artifact's end, in seconds since 1970."""
    decision = build_decision(plan.policy, plan.pattern_ids())
    sections = {
        "meta": _meta(plan, decision.schema, expires),
        "props": folding.props_section(),
        "fold_basic": folding.fold_section("basic"),
        "patterns": _patterns(plan),
        "decision": decision.section,
    }
    for stream in sorted(_streams(plan) - {Stream.RAW, Stream.BASIC}):
        sections[f"fold_{stream.level}"] = folding.fold_section(stream.level)
    sections |= _words(plan) | _literals(plan) | _links(plan)
    if plan.automata:
        sections["dfas"] = build_dfas(plan.automata)
    if any(leaf.kind is LeafKind.ENTITY and leaf.what == ir.ENTITIES.index("phone") for leaf in plan.leaves):
        sections["phones"] = phones_section()
    if any(_needs_suffixes(leaf) for leaf in plan.leaves):
        sections["suffixes"] = suffix_section()
    if not strip:
        sections["ir"] = dump(_without_tests(plan.policy))
    return layout.write(sections)


def _streams(plan: Plan) -> set[Stream]:
    """The streams that the leaves are found in; wallets are read with their case, whatever their level."""
    wallets = any(
        isinstance(leaf.source, ir.Entity) and leaf.source.name == "crypto_wallet" for leaf in plan.leaves
    )
    return {leaf.stream for leaf in plan.leaves} | ({Stream.CASED} if wallets else set())


def _without_tests(policy: ir.Policy) -> ir.Policy:
    """Tests are the author's; a service has no use for their messages."""
    patterns = tuple(replace(pattern, match=(), no_match=()) for pattern in policy.patterns)
    return replace(policy, patterns=patterns, tests=())


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _meta(plan: Plan, schema: dict[str, Any], expires: int | None) -> bytes:
    header = plan.policy.header
    return _json(
        {
            "policy": header.name,
            "title": header.title,
            "owner": header.owner,
            "version": header.version,
            **({} if expires is None else {"expires": expires}),
            "tables": folding.TABLES_DIGEST,
            "patterns": [pattern.name for pattern in plan.patterns],
            "strategies": [_strategies(plan, pattern) for pattern in plan.patterns],
            "schema": schema,
        }
    )


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────


def _patterns(plan: Plan) -> bytes:
    spans = bytearray()
    nodes = bytearray()
    children: list[int] = []
    count = 0
    for pattern in plan.patterns:
        spans += PATTERN.pack(count, len(pattern.nodes))
        for node in pattern.nodes:
            first, many = node.target, 0
            if node.children:
                first, many = len(children), len(node.children)
                children.extend(count + child for child in node.children)
            nodes += NODE.pack(node.kind, node.side, node.unit, 0, first, many, node.distance, 0)
        count += len(pattern.nodes)
    leaves = b"".join(
        LEAF.pack(leaf.kind, leaf.stream, leaf.strong, leaf.what, leaf.first, leaf.count)
        for leaf in plan.leaves
    )
    regions = struct.pack(f"<{len(plan.regions)}H", *plan.regions)
    regions += bytes(-len(regions) % 4)
    header = HEADER.pack(
        len(plan.patterns),
        count,
        len(children),
        len(plan.leaves),
        len(plan.regions),
        plan.policy.header.limit_bytes,
        0,
        0,
    )
    return header + bytes(spans + nodes) + struct.pack(f"<{len(children)}I", *children) + leaves + regions


def _needs_suffixes(leaf: Leaf) -> bool:
    match leaf.source:
        case ir.Url():
            return True
        case ir.Entity(name=name):
            return name in {"url", "email", "handle"}
        case ir.Zone(name=name):
            return name == "url"
        case _:
            return False


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────


def _words(plan: Plan) -> dict[str, bytes]:
    """Words of each level; of a strong clause those without a letter, which has no leet form or stretch."""
    sections = {}
    for stream in (Stream.NONE, Stream.BASIC):
        clauses = []
        for number, leaf in enumerate(plan.leaves):
            if leaf.stream is stream and isinstance(leaf.source, ir.Words):
                terms = leaf.source.terms
                if leaf.strong:
                    terms = tuple(term for term in terms if not has_letter(term.text))
                if terms:
                    clauses.append((number, terms))
        if clauses:
            sections[f"words_{stream.level}"] = build_words(clauses, stream.level)
    return sections


def has_letter(text: str) -> bool:
    """Has the text, folded at level basic, a letter?"""
    return any(folding.is_letter(character) for character in folding.fold_text(text, "basic"))


def _literals(plan: Plan) -> dict[str, bytes]:
    sections = {}
    for stream in (Stream.RAW, Stream.NONE, Stream.BASIC):
        clauses = [
            (number, leaf.source.literals)
            for number, leaf in enumerate(plan.leaves)
            if leaf.kind is LeafKind.LITERALS and leaf.stream is stream and isinstance(leaf.source, ir.Text)
        ]
        if clauses:
            sections[f"literals_{stream.level}"] = build_literals(clauses, stream.level)
    return sections


def _links(plan: Plan) -> dict[str, bytes]:
    sections = {}
    levels: tuple[tuple[Stream, ir.Level], ...] = ((Stream.NONE, "none"), (Stream.BASIC, "basic"))
    for stream, level in levels:
        clauses = [
            (number, leaf.source.shapes)
            for number, leaf in enumerate(plan.leaves)
            if leaf.stream is stream and isinstance(leaf.source, ir.Url)
        ]
        if clauses:
            sections[f"links_{level}"] = build_links(clauses, level)
    return sections


# ── What `solon inspect` says ────────────────────────────────────────────────────────────────────────


def _strategies(plan: Plan, pattern: PatternPlan) -> list[str]:
    return [_strategy(plan, plan.leaves[node.target]) for node in pattern.nodes if node.kind is NodeKind.LEAF]


def _strategy(plan: Plan, leaf: Leaf) -> str:
    match leaf.source:
        case ir.Words(terms=terms):
            how = "automata of tolerant spellings" if leaf.strong else "hash of the word's start"
            return f"{len(terms)} words: {how}" + _states(plan, leaf)
        case ir.Text(literals=literals):
            how = "automaton of tolerant spellings" if leaf.kind is LeafKind.DFAS else "literal automaton"
            return f"{len(literals)} literals: {how}" + _states(plan, leaf)
        case ir.Regex():
            return "regular expression: its own automaton" + _states(plan, leaf)
        case ir.Url(shapes=shapes):
            return f"{len(shapes)} link shapes: hash of the host"
        case ir.Entity(name=name):
            return f"entity {name}: recogniser with validation" + (
                ", spelled-out forms" if leaf.strong else ""
            )
        case ir.Zone(name=name):
            return f"zone {name}"


def _states(plan: Plan, leaf: Leaf) -> str:
    automata = plan.automata[leaf.first : leaf.first + leaf.count]
    if leaf.kind is not LeafKind.DFAS or not automata:
        return ""
    return f", {sum(dfa.state_count for dfa in automata)} states"
