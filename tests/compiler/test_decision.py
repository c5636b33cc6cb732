"""The decision section against a direct evaluation of the IR in Kleene's logic, through the C code itself.

`decide.c` is compiled to a shared library and called with ctypes; patterns are given as numbers, so that no
message is needed. The oracle below is written from docs/semantics.md and shares nothing with the compiler.
"""

from __future__ import annotations

import ctypes
import random
import struct
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from solon.compiler.decision import Decision, build_decision
from solon.compiler.decision.domains import compared, float_key
from solon.compiler.decision.nodes import DEPTH_MAX, TooDeep
from solon.compiler.decision.section import rollout_state
from solon.dsl import ir

SOURCES = Path(__file__).resolve().parents[2] / "matcher" / "src"
P = ir.Place("p.policy", 1, 1, 1, 2)
ACTIONS = ("allow", "warn", "hold", "block")
PATTERNS = tuple(f"p{i}" for i in range(6))
FACTS = (
    ir.Fact(P, "age", ir.Kind("int"), None, True),
    ir.Fact(P, "body", ir.Kind("scanned_text"), None, True),
    ir.Fact(P, "flag", ir.Kind("bool"), None, True),
    ir.Fact(P, "id", ir.Kind("text"), None, True),
    ir.Fact(P, "paid", ir.Kind("money", currency="USD"), 0, False),
    ir.Fact(P, "rate", ir.Kind("number"), None, True),
    ir.Fact(P, "role", ir.Kind("enum", ("client", "agency", "freelancer")), None, True),
    ir.Fact(P, "tags", ir.Kind("set", ("a", "b", "c", "d")), None, True),
    ir.Fact(P, "topics", ir.Kind("set"), None, True),
)
KINDS = {fact.name: fact.kind for fact in FACTS}

# ── The library, through ctypes ──────────────────────────────────────────────────────────────────────


class Utf8(ctypes.Structure):
    _fields_ = [("utf8", ctypes.c_char_p), ("bytes", ctypes.c_size_t)]


class Facts(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("values", "known", "members", "texts", "candidates")]


CONTAINS = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int)
)
COUNT = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.POINTER(ctypes.c_uint64)
)
COVERS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int))


class Lookup(ctypes.Structure):
    _fields_ = [
        ("context", ctypes.c_void_p),
        ("contains", CONTAINS),
        ("count", COUNT),
        ("covers", COVERS),
        ("length_chars", ctypes.c_uint64),
        ("possible", ctypes.c_void_p),
        ("incomplete", ctypes.c_int),
    ]


class Outcome(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_uint32) for name in ("action", "fired_count", "undecided_count", "shadow_count")),
        *((name, ctypes.c_uint32) for name in ("rule_count", "pattern_count", "notice_count")),
        *((name, ctypes.POINTER(ctypes.c_uint32)) for name in ("fired", "undecided", "shadow")),
        *((name, ctypes.POINTER(ctypes.c_uint32)) for name in ("rules", "patterns", "notices")),
        ("sums", ctypes.POINTER(ctypes.c_int64)),
        ("summed", ctypes.POINTER(ctypes.c_uint8)),
    ]


class Arena(ctypes.Structure):
    _fields_ = [("first", ctypes.c_void_p), ("current", ctypes.c_void_p), ("used", ctypes.c_size_t)]


class Fault(ctypes.Structure):
    _fields_ = [("section", ctypes.c_char_p), ("what", ctypes.c_char_p), ("at", ctypes.c_uint64)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    target = tmp_path_factory.mktemp("decide") / "decide.so"
    files = [str(SOURCES / name) for name in ("decide.c", "decide_open.c", "memory.c")]
    command = [
        "cc",
        "-std=c11",
        "-O1",
        "-fPIC",
        "-shared",
        "-Wall",
        "-Wextra",
        "-Werror",
        *files,
        "-o",
        str(target),
    ]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(target))


@dataclass
class Case:
    """What a decision is held against: facts in canonical units, what the patterns find, the time."""

    facts: Mapping[str, Any]
    counts: Mapping[str, int] = field(default_factory=dict)
    distinct: Mapping[str, int] = field(default_factory=dict)
    covering: frozenset[str] = frozenset()
    in_body: frozenset[str] = frozenset()
    length: int = 10
    at: int = 0
    incomplete: bool = False


@dataclass(frozen=True)
class Result:
    action: str
    fired: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    exempted_rules: tuple[tuple[str, str], ...] = ()
    exempted_patterns: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    sums: tuple[tuple[str, int, int], ...] = ()


class Opened:
    """A section, opened, and a decision at a time."""

    def __init__(self, library: ctypes.CDLL, policy: ir.Policy, decision: Decision | None = None) -> None:
        self.library = library
        self.policy = policy
        self.decision = decision or build_decision(policy, {name: i for i, name in enumerate(PATTERNS)})
        self.schema = self.decision.schema
        self.bytes = ctypes.create_string_buffer(self.decision.section, len(self.decision.section))
        self.state = ctypes.create_string_buffer(1024)
        fault = Fault()
        size = ctypes.c_size_t(len(self.decision.section))
        status = library.sl_decision_open(self.state, self.bytes, size, len(PATTERNS), ctypes.byref(fault))
        assert status == 0, (fault.what, fault.at)

    def facts(self, given: Mapping[str, Any]) -> tuple[Facts, list[Any]]:
        described = self.schema["facts"]
        values = (ctypes.c_int64 * len(described))()
        known = (ctypes.c_uint8 * len(described))()
        words = (ctypes.c_uint64 * 64)()
        texts = (Utf8 * 8)()
        word = 0
        for index, fact in enumerate(described):
            value = given.get(fact["name"], fact.get("default"))
            known[index] = value is not None
            if value is not None and fact["kind"] == "set":
                for member in value:
                    if member in fact.get("members", []):
                        bit = fact["members"].index(member)
                        words[word + bit // 64] |= 1 << (bit % 64)
            elif value is not None:
                values[index] = integer_of(fact, value)
                if "slot" in fact:
                    utf8 = str(value).encode()
                    texts[fact["slot"]] = Utf8(utf8, len(utf8))
            word += (len(fact.get("members", [])) + 63) // 64
        arrays = [values, known, words, texts]
        return Facts(*(ctypes.addressof(array) for array in arrays), None), arrays

    def decide(self, case: Case, *, possible: bool = False, filtered: bool = False) -> Result:
        facts, arrays = self.facts(case.facts)

        def contains(_: object, pattern: int, where: int, out: Any) -> int:
            name = PATTERNS[pattern]
            out[0] = name in case.in_body if where else case.counts.get(name, 0) > 0
            return 0

        def count(_: object, pattern: int, distinct: int, out: Any) -> int:
            out[0] = (case.distinct if distinct else case.counts).get(PATTERNS[pattern], 0)
            return 0

        def covers(_: object, pattern: int, out: Any) -> int:
            out[0] = PATTERNS[pattern] in case.covering
            return 0

        bits = ctypes.c_uint64(sum(1 << i for i, name in enumerate(PATTERNS) if case.counts.get(name, 0)))
        lookup = Lookup(None, CONTAINS(contains), COUNT(count), COVERS(covers), case.length)
        lookup.possible = ctypes.addressof(bits) if possible else None
        lookup.incomplete = case.incomplete
        if filtered:
            rows = (ctypes.c_uint64 * 4096)()
            self.library.sl_filter(self.state, ctypes.byref(facts), rows)
            facts.candidates = ctypes.addressof(rows)
            arrays.append(rows)
        arena, outcome = Arena(), Outcome()
        self.library.sl_arena_init(ctypes.byref(arena))
        status = self.library.sl_decide(
            *(self.state, ctypes.byref(facts), ctypes.byref(lookup), ctypes.c_int64(case.at)),
            *(ctypes.byref(arena), ctypes.byref(outcome)),
        )
        assert status == 0
        result = self.read(outcome)
        self.library.sl_arena_free(ctypes.byref(arena))
        return result

    def read(self, out: Outcome) -> Result:
        rules = [rule["name"] for rule in self.schema["rules"]]
        exempt = self.schema["exemptions"]
        conditional = [
            f"{rule['name']}:{notice[0]}:{notice[2][0][1]}"
            for rule in self.schema["rules"]
            for notice in rule.get("notices", [])
            if notice[1] is not None
        ]
        fired = tuple(rules[out.fired[i]] for i in range(out.fired_count))
        named = {
            score
            for rule in self.schema["rules"]
            if rule["name"] in fired
            for score in rule.get("scores", [])
        }
        assert all(out.summed[score] for score in named)
        return Result(
            self.schema["actions"][out.action],
            fired,
            tuple(rules[out.undecided[i]] for i in range(out.undecided_count)),
            tuple(rules[out.shadow[i]] for i in range(out.shadow_count)),
            tuple((rules[out.rules[2 * i]], exempt[out.rules[2 * i + 1]]) for i in range(out.rule_count)),
            tuple(
                sorted(
                    (PATTERNS[out.patterns[2 * i]], exempt[out.patterns[2 * i + 1]])
                    for i in range(out.pattern_count)
                )
            ),
            tuple(conditional[out.notices[i]] for i in range(out.notice_count)),
            tuple(
                sorted((self.schema["scores"][s], out.sums[2 * s], out.sums[2 * s + 1]) for s in named),
            ),
        )


def integer_of(fact: Mapping[str, Any], value: Any) -> int:
    match fact["kind"]:
        case "number":
            (bits,) = struct.unpack("<q", struct.pack("<d", value or 0.0))
            return bits if bits >= 0 else bits ^ (2**63 - 1)
        case "enum":
            return int(fact["values"].index(value))
        case "text" | "scanned_text":
            if value in fact.get("exact", {}):
                return int(fact["exact"][value])
            starts = [prefix for prefix in fact.get("prefixes", {}) if value.startswith(prefix)]
            return int(fact["prefixes"][max(starts, key=len)]) if starts else 0
        case _:
            return int(value)


# ── The oracle ───────────────────────────────────────────────────────────────────────────────────────

FALSE, UNKNOWN, TRUE = 0, 1, 2
OPERATORS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass
class Oracle:
    policy: ir.Policy
    case: Case
    gone: frozenset[str] = frozenset()

    def fact(self, name: str) -> Any:
        default = next(fact.default for fact in self.policy.facts if fact.name == name)
        return self.case.facts.get(name, default)

    def count(self, pattern: str, distinct: bool = False) -> int:
        return (
            0
            if pattern in self.gone
            else (self.case.distinct if distinct else self.case.counts).get(pattern, 0)
        )

    def value(self, node: ir.Condition) -> int:
        match node:
            case ir.Constant(value=value):
                return TRUE if value else FALSE
            case ir.And(parts=parts):
                return min((self.value(part) for part in parts), default=TRUE)
            case ir.Or(parts=parts):
                return max((self.value(part) for part in parts), default=FALSE)
            case ir.Not(part=part):
                return 2 - self.value(part)
            case ir.Defined(part=part):
                return self.value(part)
            case ir.Known(fact=name):
                return TRUE if self.fact(name) is not None else FALSE
            case ir.Contains(field=None, pattern=pattern):
                return TRUE if self.count(pattern) else FALSE
            case ir.Contains(field=str(name), pattern=pattern):
                if self.fact(name) is None:
                    return UNKNOWN
                return TRUE if pattern in self.case.in_body and pattern not in self.gone else FALSE
            case ir.Count(pattern=pattern, distinct=distinct, operator=operator, value=value):
                return TRUE if OPERATORS[operator](self.count(pattern, distinct), value) else FALSE
            case ir.Length(operator=operator, value=value):
                return TRUE if OPERATORS[operator](self.case.length, value) else FALSE
            case ir.MessageIs(pattern=pattern):
                return TRUE if pattern in self.case.covering and self.count(pattern) else FALSE
            case ir.ScoreCompare(score=name, operator=operator, value=value):
                return self.score_value(name, operator, value)
            case _:
                return self.fact_value(node)

    def fact_value(self, node: Any) -> int:
        given = self.fact(node.fact)
        if given is None:
            return UNKNOWN
        match node:
            case ir.FactIs():
                return TRUE if given else FALSE
            case ir.FactCompare(operator=operator, value=value):
                return TRUE if OPERATORS[operator](given, value) else FALSE
            case ir.FactIn(values=values):
                return TRUE if given in values else FALSE
            case ir.FactHas(value=value):
                return TRUE if value in given else FALSE
            case ir.FactStartsWith(prefix=prefix):
                return TRUE if given.startswith(prefix) else FALSE
        raise AssertionError(node)

    def score(self, name: str) -> tuple[int, int]:
        least = greatest = 0
        for entry in next(score for score in self.policy.scores if score.name == name).entries:
            when = TRUE if entry.when is None else self.value(entry.when)
            points = entry.points
            if entry.per_match_of is not None:
                points *= self.count(entry.per_match_of)
                points = points if entry.most is None else min(points, entry.most)
            choices = {FALSE: [0], UNKNOWN: [0, points], TRUE: [points]}[when]
            least, greatest = least + min(choices), greatest + max(choices)
        return least, greatest

    def score_value(self, name: str, operator: str, value: int) -> int:
        least, greatest = self.score(name)
        inside = {least, greatest} | ({value} if least <= value <= greatest else set())
        if operator in ("=", "!=") and least < greatest and value in inside:
            return UNKNOWN
        answers = {OPERATORS[operator](one, value) for one in inside}
        return UNKNOWN if len(answers) == 2 else TRUE if True in answers else FALSE


def fnv(name: str, text: str) -> int:
    h = 0xCBF29CE484222325
    for byte in name.encode() + b"\0" + text.encode():
        h = ((h ^ byte) * 0x100000001B3) & (2**64 - 1)
    h ^= h >> 33
    h = h * 0xFF51AFD7ED558CCD & (2**64 - 1)
    h ^= h >> 33
    h = h * 0xC4CEB9FE1A85EC53 & (2**64 - 1)
    return h ^ h >> 33


def live(rule: ir.Rule, oracle: Oracle) -> bool:
    at = oracle.case.at
    if rule.active_from is not None and at < rule.active_from:
        return False
    if rule.active_until is not None and at >= rule.active_until:
        return False
    if rule.rollout is None:
        return True
    given = oracle.fact(rule.rollout.fact)
    return given is not None and fnv(rule.name, str(given)) % 1_000_000 < rule.rollout.share


def expected(policy: ir.Policy, case: Case) -> Result:
    seeing = Oracle(policy, case)
    force = [
        one
        for one in policy.exemptions
        if (one.expires is None or case.at < one.expires) and seeing.value(one.when) == TRUE
    ]
    taken: dict[str, str] = {}
    for exemption in force:
        for pattern in exemption.patterns:
            taken.setdefault(pattern, exemption.name)
    has_body = seeing.fact("body") is not None
    oracle = Oracle(policy, case, frozenset(taken))
    fired, undecided, shadow, exempted, notices = [], [], [], [], []
    for rule in policy.rules:
        when = oracle.value(rule.when)
        stopped = rule.unless is not None and oracle.value(rule.unless) == TRUE
        if not live(rule, oracle) or when == FALSE or stopped:
            continue
        by = next((one.name for one in force if rule.name in one.rules), None)
        if by is not None:
            exempted += [(rule.name, by)] if when == TRUE else []
        elif rule.shadow:
            shadow += [rule] if when == TRUE else []
        else:
            (fired if when == TRUE else undecided).append(rule)
    for rule in fired:
        notices += [
            f"{rule.name}:{notice.audience}:{notice.texts[0][1]}"
            for notice in rule.notices
            if notice.when is not None and oracle.value(notice.when) == TRUE
        ]
    header = policy.header
    actions = [rule.action for rule in fired] or [header.default]
    actions += [header.undecided] if undecided and header.undecided else []
    actions += [header.incomplete] if case.incomplete and header.incomplete else []
    scores = {name for rule in fired for name in scores_in(rule.when, policy)}
    return Result(
        max(actions, key=ACTIONS.index),
        tuple(rule.name for rule in fired),
        tuple(rule.name for rule in undecided),
        tuple(rule.name for rule in shadow),
        tuple(exempted),
        tuple(
            sorted(
                (name, by)
                for name, by in taken.items()
                if case.counts.get(name, 0) or (has_body and name in case.in_body)
            )
        ),
        tuple(notices),
        tuple(sorted((name, *oracle.score(name)) for name in scores)),
    )


def scores_in(node: ir.Condition, policy: ir.Policy) -> set[str]:
    match node:
        case ir.And(parts=parts) | ir.Or(parts=parts):
            return {name for part in parts for name in scores_in(part, policy)}
        case ir.Not(part=part) | ir.Defined(part=part):
            return scores_in(part, policy)
        case ir.ScoreCompare(score=name):
            entries = next(score for score in policy.scores if score.name == name).entries
            return {name}.union(
                *(scores_in(entry.when, policy) for entry in entries if entry.when is not None)
            )
    return set()


# ── Random policies ──────────────────────────────────────────────────────────────────────────────────

INTS = [-(2**63), -5, -1, 0, 1, 2, 3, 7, 2**63 - 1]
NUMBERS = [float("-inf"), -1.5, -0.0, 0.0, 0.25, 0.8, 1.0, 1e300, float("inf")]
TEXTS = ["", "a", "ab", "abc", "abd", "b", "ba", "é", "\U0001f4de", "abcd"]


def operator(rng: random.Random) -> Any:
    return rng.choice(list(OPERATORS))


def random_fact_atom(rng: random.Random) -> ir.Condition:
    name = rng.choice([fact.name for fact in FACTS])
    kind = KINDS[name].name
    if rng.random() < 0.08:
        return ir.Known(P, name)
    match kind:
        case "int" | "money":
            if rng.random() < 0.3:
                return ir.FactIn(P, name, tuple(rng.sample(INTS, rng.randint(1, 4))))
            return ir.FactCompare(P, name, operator(rng), rng.choice(INTS))
        case "number":
            return ir.FactCompare(P, name, operator(rng), rng.choice(NUMBERS))
        case "bool":
            return rng.choice([ir.FactIs(P, name), ir.FactCompare(P, name, "!=", True)])
        case "enum":
            values = KINDS[name].values
            if rng.random() < 0.5:
                return ir.FactIn(P, name, tuple(rng.sample(values, rng.randint(1, 3))))
            return ir.FactCompare(P, name, rng.choice(["=", "!="]), rng.choice(values))
        case "set":
            return ir.FactHas(P, name, rng.choice(KINDS[name].values or TEXTS))
    if rng.random() < 0.5:
        return ir.FactStartsWith(P, name, rng.choice(TEXTS))
    if rng.random() < 0.5:
        return ir.FactIn(P, name, tuple(rng.sample(TEXTS, 3)))
    return ir.FactCompare(P, name, rng.choice(["=", "!="]), rng.choice(TEXTS))


def random_condition(rng: random.Random, depth: int, scores: list[str]) -> ir.Condition:
    pattern = rng.choice(PATTERNS)
    shape = rng.random()
    if depth and shape < 0.55:
        parts = tuple(random_condition(rng, depth - 1, scores) for _ in range(rng.randint(1, 4)))
        return rng.choice([ir.And, ir.Or])(P, parts)
    if depth and shape < 0.7:
        return ir.Not(P, random_condition(rng, depth - 1, scores))
    if depth and shape < 0.75:
        return ir.Defined(P, "d", random_condition(rng, depth - 1, scores))
    if shape < 0.90:
        return random_fact_atom(rng)
    atoms: list[ir.Condition] = [
        ir.Contains(P, None, pattern),
        ir.Contains(P, None, pattern),
        ir.Contains(P, "body", pattern),
        ir.Count(P, pattern, rng.random() < 0.5, operator(rng), rng.randint(0, 3)),
        ir.Length(P, operator(rng), rng.choice([0, 9, 10, 11])),
        ir.MessageIs(P, pattern),
        ir.Constant(P, rng.random() < 0.5),
    ]
    if scores:
        atoms += [ir.ScoreCompare(P, rng.choice(scores), operator(rng), rng.randint(-3, 5) * 1_000_000)] * 3
    return rng.choice(atoms)


def rule_of(name: str, when: ir.Condition, **changes: Any) -> ir.Rule:
    given: dict[str, Any] = {
        **{"unless": None, "action": "hold", "redactions": (), "notices": (), "reason": None, "labels": ()},
        **{"queues": (), "priority": 0, "shadow": False, "rollout": None, "active_from": None},
        **{"active_until": None, "was": ()},
    }
    return ir.Rule(P, name, when, **(given | changes))


def policy_of(rules: list[ir.Rule], **changes: Any) -> ir.Policy:
    header = ir.Header(P, "p", None, None, 1, ACTIONS, "allow", "warn", "hold", 1 << 20)
    parts: dict[str, Any] = {"facts": FACTS, "patterns": (), "scores": (), "exemptions": (), "tests": ()}
    rules = sorted(rules, key=lambda rule: rule.name)
    return ir.Policy(rules=tuple(rules), **({"header": header} | parts | changes))


def random_score(rng: random.Random, name: str, below: list[str]) -> ir.Score:
    entries = []
    for _ in range(rng.randint(0, 4)):
        when = random_condition(rng, 2, below) if rng.random() < 0.8 else None
        per = rng.choice(PATTERNS) if when is None or rng.random() < 0.2 else None
        points = rng.randint(-2, 4) * 1_000_000
        most = rng.randint(1, 3) * 1_000_000 if per and points > 0 and rng.random() < 0.5 else None
        entries.append(ir.ScoreEntry(P, points, when, per, most))
    return ir.Score(P, name, tuple(entries))


def random_rule(rng: random.Random, name: str, scores: list[str]) -> ir.Rule:
    notices = tuple(
        ir.Notice(
            P, "sender", random_condition(rng, 1, scores) if rng.random() < 0.7 else None, (("", str(i)),)
        )
        for i in range(rng.randint(0, 2))
    )
    return rule_of(
        name,
        random_condition(rng, rng.randint(0, 4), scores),
        unless=random_condition(rng, 2, scores) if rng.random() < 0.4 else None,
        action=rng.choice(ACTIONS),
        shadow=rng.random() < 0.15,
        notices=notices,
        rollout=ir.Rollout(P, 500_000, rng.choice(["id", "role", "age"])) if rng.random() < 0.2 else None,
        active_from=rng.randint(0, 3) if rng.random() < 0.2 else None,
        active_until=rng.randint(1, 5) if rng.random() < 0.2 else None,
    )


def random_policy(rng: random.Random) -> ir.Policy:
    scores = [random_score(rng, "zeta", [])]
    scores.append(random_score(rng, "alpha", ["zeta"]))
    names = ["alpha", "zeta"]
    rules = [random_rule(rng, f"r{i:02}", names) for i in range(rng.randint(1, 12))]
    exemptions = [
        ir.Exemption(
            P,
            f"x{i}",
            random_condition(rng, 2, names),
            tuple(rule.name for rule in rules if rng.random() < 0.3),
            tuple(name for name in PATTERNS if rng.random() < 0.2),
            None,
            None,
            rng.randint(0, 5) if rng.random() < 0.3 else None,
        )
        for i in range(rng.randint(0, 3))
    ]
    header = ir.Header(
        P,
        "p",
        None,
        None,
        1,
        ACTIONS,
        rng.choice(ACTIONS),
        *(rng.choice([None, *ACTIONS]) for _ in "ab"),
        1 << 20,
    )
    ordered = tuple(sorted(scores, key=lambda score: score.name))
    return policy_of(rules, scores=ordered, exemptions=tuple(exemptions), header=header)


def random_case(rng: random.Random) -> Case:
    values: dict[str, Any] = {
        "age": rng.choice([*INTS, 5, -3]),
        "body": rng.choice(TEXTS),
        "flag": rng.random() < 0.5,
        "id": rng.choice([*TEXTS, "abcz", "zz"]),
        "paid": rng.choice(INTS),
        "rate": rng.choice([*NUMBERS, 0.5]),
        "role": rng.choice(KINDS["role"].values),
        "tags": tuple(rng.sample("abcd", rng.randint(0, 3))),
        "topics": tuple(rng.sample([*TEXTS, "other"], rng.randint(0, 4))),
    }
    counts = {name: rng.randint(1, 3) for name in PATTERNS if rng.random() < 0.4}
    return Case(
        {name: value for name, value in values.items() if rng.random() < 0.75},
        counts,
        {name: rng.randint(1, count) for name, count in counts.items()},
        frozenset(name for name in counts if rng.random() < 0.4),
        frozenset(name for name in PATTERNS if rng.random() < 0.4),
        rng.choice([8, 9, 10, 11]),
        rng.randint(0, 5),
        rng.random() < 0.1,
    )


# ── Tests ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(12))
def test_random_policies_decide_as_the_logic_says(library: ctypes.CDLL, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(25):
        policy = random_policy(rng)
        opened = Opened(library, policy)
        for _ in range(12):
            case = random_case(rng)
            wanted = expected(policy, case)
            assert opened.decide(case) == wanted
            assert opened.decide(case, possible=True, filtered=True) == wanted


def test_the_random_cases_are_no_empty_exercise() -> None:
    rng = random.Random(1)
    seen = [expected(policy, random_case(rng)) for policy in (random_policy(rng) for _ in range(400))]
    for part in ("fired", "undecided", "shadow", "exempted_rules", "exempted_patterns", "notices", "sums"):
        assert sum(bool(getattr(result, part)) for result in seen) > 10, part


def test_wide_disjunctions_stay_exact(library: ctypes.CDLL) -> None:
    """(a or b …) and (c or d …) and …: far more rows than there is room for."""
    rng = random.Random(7)
    parts = tuple(ir.Or(P, tuple(random_condition(rng, 1, []) for _ in range(20))) for _ in range(10))
    policy = policy_of([rule_of("r", ir.And(P, parts))])
    opened = Opened(library, policy)
    for _ in range(300):
        case = random_case(rng)
        assert opened.decide(case) == expected(policy, case)


def test_many_thresholds_stay_exact(library: ctypes.CDLL) -> None:
    rules = [rule_of(f"r{i:04}", ir.FactCompare(P, "age", ">=", i * 3)) for i in range(700)]
    policy = policy_of(rules)
    opened = Opened(library, policy)
    for age in (-1, 0, 1, 2, 3, 100, 1000, 2096, 2097, 2098, 9999, None):
        case = Case({} if age is None else {"age": age})
        assert opened.decide(case) == expected(policy, case)


def test_many_members_stay_exact(library: ctypes.CDLL) -> None:
    facts = (
        ir.Fact(P, "body", ir.Kind("scanned_text"), None, True),
        ir.Fact(P, "topics", ir.Kind("set"), None, True),
    )
    rules = [rule_of(f"r{i:03}", ir.FactHas(P, "topics", f"t{i:03}")) for i in range(200)]
    policy = policy_of(rules, facts=facts)
    opened = Opened(library, policy)
    for chosen in ([], ["t003"], [f"t{i:03}" for i in range(0, 200, 2)], [f"t{i:03}" for i in range(200)]):
        case = Case({"topics": tuple(chosen)})
        assert opened.decide(case) == expected(policy, case)


def test_defines_of_defines_take_no_time(library: ctypes.CDLL) -> None:
    node: ir.Condition = ir.FactCompare(P, "age", ">", 1)
    for _ in range(150):
        node = ir.Or(
            P, (ir.And(P, (node, ir.FactIs(P, "flag"))), ir.Not(P, ir.And(P, (node, ir.Known(P, "id")))))
        )
    policy = policy_of([rule_of("r", node)])
    start = time.perf_counter()
    opened = Opened(library, policy)
    for age in (0, 2):
        opened.decide(Case({"age": age, "flag": True}))
    assert time.perf_counter() - start < 2


def test_depth_is_refused_not_suffered() -> None:
    node: ir.Condition = ir.FactCompare(P, "age", ">", 1)
    for i in range(DEPTH_MAX * 5):
        node = (ir.And if i % 2 else ir.Or)(P, (node, ir.FactCompare(P, "age", "=", i)))
    with pytest.raises(TooDeep, match="nests deeper"):
        build_decision(policy_of([rule_of("r", node)]), {})


def test_order_of_parts_and_place_change_no_byte() -> None:
    rng = random.Random(3)
    policy = random_policy(rng)
    numbers = {name: i for i, name in enumerate(PATTERNS)}
    assert build_decision(policy, numbers).section == build_decision(policy, numbers).section


@pytest.mark.parametrize("seed", range(3))
def test_damaged_sections_are_refused_or_harmless(library: ctypes.CDLL, seed: int) -> None:
    rng = random.Random(seed)
    opened = Opened(library, random_policy(rng))
    cases = [random_case(rng) for _ in range(3)]
    whole = opened.decision.section
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(damaged))
            damaged[at] = rng.choice([0, 1, 255, damaged[at] ^ 1 << rng.randrange(8)])
        fault = Fault()
        buffer = ctypes.create_string_buffer(bytes(damaged), len(damaged))
        state = ctypes.create_string_buffer(1024)
        size = ctypes.c_size_t(len(damaged))
        if library.sl_decision_open(state, buffer, size, len(PATTERNS), ctypes.byref(fault)):
            assert fault.what
            refused += 1
            continue
        run_blind(library, state, opened, cases[0])
    assert refused > 50
    for length in [*range(0, 200, 3), *range(0, len(whole), 97)]:
        buffer = ctypes.create_string_buffer(whole[:length], max(length, 1))
        fault = Fault()
        size = ctypes.c_size_t(length)
        assert library.sl_decision_open(state, buffer, size, len(PATTERNS), ctypes.byref(fault)) == 2


def run_blind(library: ctypes.CDLL, state: Any, opened: Opened, case: Case) -> None:
    """Decides with a damaged section; only that it comes back matters."""
    facts, arrays = opened.facts(case.facts)
    zeros = (ctypes.c_uint64 * 65536)()
    facts.members = facts.texts = ctypes.addressof(zeros)
    lookup = Lookup(None, CONTAINS(lambda *_: 0), COUNT(lambda *_: 0), COVERS(lambda *_: 0), 3)
    arena, outcome = Arena(), Outcome()
    library.sl_arena_init(ctypes.byref(arena))
    at = ctypes.c_int64(case.at)
    library.sl_decide(
        state, ctypes.byref(facts), ctypes.byref(lookup), at, ctypes.byref(arena), ctypes.byref(outcome)
    )
    assert outcome.action < 256 and len(arrays) == 4
    library.sl_arena_free(ctypes.byref(arena))


def test_ten_thousand_rules_build_in_seconds() -> None:
    rng = random.Random(5)
    facts = tuple(
        ir.Fact(P, f"f{i:02}", (ir.Kind("int"), ir.Kind("enum", tuple("abcdefgh")))[i % 2], None, True)
        for i in range(64)
    )
    rules = []
    for i in range(10_000):
        atoms: list[ir.Condition] = [ir.Contains(P, None, f"q{rng.randrange(500)}")]
        for fact in rng.sample(facts, 4):
            atoms.append(
                ir.FactCompare(P, fact.name, ">=", rng.randrange(1000))
                if fact.kind.name == "int"
                else ir.FactIn(P, fact.name, tuple(rng.sample("abcdefgh", 3)))
            )
        rules.append(rule_of(f"r{i:05}", ir.And(P, tuple(atoms))))
    start = time.perf_counter()
    decision = build_decision(policy_of(rules, facts=facts), {f"q{i}": i for i in range(500)})
    assert time.perf_counter() - start < 10
    assert len(decision.section) < 8_000_000


def test_float_keys_keep_the_order() -> None:
    ordered = [float("-inf"), -1e300, -1.5, -5e-324, 0.0, 5e-324, 0.8, 1.0, 1e300, float("inf")]
    keys = [float_key(value) for value in ordered]
    assert keys == sorted(set(keys))
    assert float_key(-0.0) == float_key(0.0)


def test_ranges_at_the_ends_of_the_integers() -> None:
    assert compared("<", -(2**63)) == ((1, 0), False)
    assert compared(">", 2**63 - 1) == ((1, 0), False)
    assert compared(">=", 2**70) == ((1, 0), False)
    assert compared("<=", 2**70) == ((-(2**63), 2**63 - 1), False)


def test_the_hash_of_a_rollout_starts_as_the_semantics_say() -> None:
    state = rollout_state("risky")
    for byte in b"42":
        state = (state ^ byte) * 0x100000001B3 % 2**64
    state ^= state >> 33
    state = state * 0xFF51AFD7ED558CCD % 2**64
    state ^= state >> 33
    state = state * 0xC4CEB9FE1A85EC53 % 2**64
    assert state ^ state >> 33 == fnv("risky", "42")
