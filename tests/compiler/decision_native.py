"""The native decision, compiled for a test and called through ctypes."""

from __future__ import annotations

import ctypes
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from solon.compiler.decision import Decision, build_decision
from solon.dsl import ir

SOURCES = Path(__file__).resolve().parents[2] / "matcher" / "src"
FILES = tuple(str(SOURCES / name) for name in ("decide.c", "decide_open.c", "filter.c", "memory.c"))


def compiled(folder: Path) -> ctypes.CDLL:
    """The library, built in a folder."""
    target = folder / "decide.so"
    command = [
        "cc",
        "-std=c11",
        "-O1",
        "-fPIC",
        "-shared",
        "-Wall",
        "-Wextra",
        "-Werror",
        *FILES,
        "-o",
        str(target),
    ]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(target))


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
        ("foresee", ctypes.c_void_p),
    ]


class Outcome(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_uint32) for name in ("action", "fired_count", "undecided_count", "shadow_count")),
        *((name, ctypes.c_uint32) for name in ("rule_count", "pattern_count", "notice_count")),
        *((name, ctypes.POINTER(ctypes.c_uint32)) for name in ("fired", "undecided", "shadow")),
        *((name, ctypes.POINTER(ctypes.c_uint32)) for name in ("rules", "patterns", "notices")),
        ("sums", ctypes.POINTER(ctypes.c_int64)),
        ("summed", ctypes.POINTER(ctypes.c_uint8)),
        ("incomplete", ctypes.c_int),
    ]


class Arena(ctypes.Structure):
    _fields_ = [("first", ctypes.c_void_p), ("current", ctypes.c_void_p), ("used", ctypes.c_size_t)]


class Fault(ctypes.Structure):
    _fields_ = [("section", ctypes.c_char_p), ("what", ctypes.c_char_p), ("at", ctypes.c_uint64)]


PATTERNS = tuple(f"p{i}" for i in range(6))


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

    def decide(self, case: Any, *, possible: bool = False, filtered: bool = False) -> tuple[Any, ...]:
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

    def read(self, out: Outcome) -> tuple[Any, ...]:
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
        return (
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
