"""The decision section against a plain evaluation of the IR, through the C code itself."""

from __future__ import annotations

import ctypes
import importlib.util
import random
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from solon.compiler.decision import build_decision
from solon.compiler.decision.domains import compared, float_key
from solon.compiler.decision.nodes import DEPTH_MAX, TooDeep
from solon.compiler.decision.section import rollout_state
from solon.dsl import ir


def load(name: str) -> ModuleType:
    """A module that stands beside this one."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


oracle = load("decision_oracle")
native = load("decision_native")
P, PATTERNS = oracle.P, oracle.PATTERNS


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return native.compiled(tmp_path_factory.mktemp("decide"))


@pytest.mark.parametrize("seed", range(12))
def test_random_policies_decide_as_the_logic_says(library: ctypes.CDLL, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(25):
        policy = oracle.random_policy(rng)
        opened = native.Opened(library, policy)
        for _ in range(12):
            case = oracle.random_case(rng)
            wanted = oracle.expected(policy, case)
            assert opened.decide(case) == wanted
            assert opened.decide(case, possible=True, filtered=True) == wanted


def test_the_random_cases_are_no_empty_exercise() -> None:
    rng = random.Random(1)
    seen = [
        oracle.expected(policy, oracle.random_case(rng))
        for policy in (oracle.random_policy(rng) for _ in range(400))
    ]
    for part in ("fired", "undecided", "shadow", "exempted_rules", "exempted_patterns", "notices", "sums"):
        assert sum(bool(getattr(result, part)) for result in seen) > 10, part


def test_wide_disjunctions_stay_exact(library: ctypes.CDLL) -> None:
    """(a or b …) and (c or d …) and …: far more rows than there is room for."""
    rng = random.Random(7)
    parts = tuple(ir.Or(P, tuple(oracle.random_condition(rng, 1, []) for _ in range(20))) for _ in range(10))
    policy = oracle.policy_of([oracle.rule_of("r", ir.And(P, parts))])
    opened = native.Opened(library, policy)
    for _ in range(300):
        case = oracle.random_case(rng)
        assert opened.decide(case) == oracle.expected(policy, case)


def test_many_thresholds_stay_exact(library: ctypes.CDLL) -> None:
    rules = [oracle.rule_of(f"r{i:04}", ir.FactCompare(P, "age", ">=", i * 3)) for i in range(700)]
    policy = oracle.policy_of(rules)
    opened = native.Opened(library, policy)
    for age in (-1, 0, 1, 2, 3, 100, 1000, 2096, 2097, 2098, 9999, None):
        case = oracle.Case({} if age is None else {"age": age})
        assert opened.decide(case) == oracle.expected(policy, case)


def test_many_members_stay_exact(library: ctypes.CDLL) -> None:
    facts = (
        ir.Fact(P, "body", ir.Kind("scanned_text"), None, True),
        ir.Fact(P, "topics", ir.Kind("set"), None, True),
    )
    rules = [oracle.rule_of(f"r{i:03}", ir.FactHas(P, "topics", f"t{i:03}")) for i in range(200)]
    policy = oracle.policy_of(rules, facts=facts)
    opened = native.Opened(library, policy)
    for chosen in ([], ["t003"], [f"t{i:03}" for i in range(0, 200, 2)], [f"t{i:03}" for i in range(200)]):
        case = oracle.Case({"topics": tuple(chosen)})
        assert opened.decide(case) == oracle.expected(policy, case)


def test_what_an_exemption_saw_is_forgotten(library: ctypes.CDLL) -> None:
    """Exemption and rules share conditions, a score among them; only the exemption sees the pattern."""
    there = ir.Contains(P, None, "p0")
    score = ir.Score(P, "risk", (ir.ScoreEntry(P, 2_000_000, there, None, None),))
    risky = ir.ScoreCompare(P, "risk", ">=", 2_000_000)
    many = ir.Count(P, "p0", False, ">=", 2)
    exemption = ir.Exemption(P, "x", ir.And(P, (there, risky, many)), (), ("p0",), None, None, None)
    rules = [oracle.rule_of("a", there), oracle.rule_of("b", risky), oracle.rule_of("c", many)]
    rules.append(oracle.rule_of("d", ir.ScoreCompare(P, "risk", "<", 2_000_000)))
    policy = oracle.policy_of(rules, scores=(score,), exemptions=(exemption,))
    opened = native.Opened(library, policy)
    for count in (0, 1, 2):
        case = oracle.Case({}, {"p0": count} if count else {})
        result = opened.decide(case)
        assert result == oracle.expected(policy, case)
        assert result[1] == (("d",), ("a", "b"), ("d",))[count]


def test_defines_of_defines_take_no_time(library: ctypes.CDLL) -> None:
    node: ir.Condition = ir.FactCompare(P, "age", ">", 1)
    for _ in range(150):
        node = ir.Or(
            P, (ir.And(P, (node, ir.FactIs(P, "flag"))), ir.Not(P, ir.And(P, (node, ir.Known(P, "id")))))
        )
    policy = oracle.policy_of([oracle.rule_of("r", node)])
    start = time.perf_counter()
    opened = native.Opened(library, policy)
    for age in (0, 2):
        opened.decide(oracle.Case({"age": age, "flag": True}))
    assert time.perf_counter() - start < 2


def test_depth_is_refused_not_suffered() -> None:
    node: ir.Condition = ir.FactCompare(P, "age", ">", 1)
    for i in range(DEPTH_MAX * 5):
        node = (ir.And if i % 2 else ir.Or)(P, (node, ir.FactCompare(P, "age", "=", i)))
    with pytest.raises(TooDeep, match="nests deeper"):
        build_decision(oracle.policy_of([oracle.rule_of("r", node)]), {})


def test_order_of_parts_and_place_change_no_byte() -> None:
    rng = random.Random(3)
    policy = oracle.random_policy(rng)
    numbers = {name: i for i, name in enumerate(PATTERNS)}
    assert build_decision(policy, numbers).section == build_decision(policy, numbers).section


@pytest.mark.parametrize("seed", range(3))
def test_damaged_sections_are_refused_or_harmless(library: ctypes.CDLL, seed: int) -> None:
    rng = random.Random(seed)
    opened = native.Opened(library, oracle.random_policy(rng))
    cases = [oracle.random_case(rng) for _ in range(3)]
    whole = opened.decision.section
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(damaged))
            damaged[at] = rng.choice([0, 1, 255, damaged[at] ^ 1 << rng.randrange(8)])
        fault = native.Fault()
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
        fault = native.Fault()
        size = ctypes.c_size_t(length)
        assert library.sl_decision_open(state, buffer, size, len(PATTERNS), ctypes.byref(fault)) == 2


def run_blind(library: ctypes.CDLL, state: Any, opened: native.Opened, case: oracle.Case) -> None:
    """Decides with a damaged section; only that it comes back matters."""
    facts, arrays = opened.facts(case.facts)
    zeros = (ctypes.c_uint64 * 65536)()
    facts.members = facts.texts = ctypes.addressof(zeros)
    lookup = native.Lookup(
        None, native.CONTAINS(lambda *_: 0), native.COUNT(lambda *_: 0), native.COVERS(lambda *_: 0), 3
    )
    arena, outcome = native.Arena(), native.Outcome()
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
        rules.append(oracle.rule_of(f"r{i:05}", ir.And(P, tuple(atoms))))
    start = time.perf_counter()
    decision = build_decision(oracle.policy_of(rules, facts=facts), {f"q{i}": i for i in range(500)})
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
    assert state ^ state >> 33 == oracle.fnv("risky", "42")
