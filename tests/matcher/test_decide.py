"""The native decision under sanitizers: any section is refused or safe, whatever facts and patterns say."""

from __future__ import annotations

import importlib.util
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from solon.compiler.decision import build_decision

SOURCES = Path(__file__).resolve().parents[2] / "matcher" / "src"
DRIVER = Path(__file__).with_name("native") / "decide_driver.c"
ORACLE = Path(__file__).resolve().parents[1] / "compiler" / "decision_oracle.py"
COUNTS = tuple(range(2, 23))
"""The header's counts, by place (decide.h)."""


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


oracle = load(ORACLE)
NUMBERS = {name: number for number, name in enumerate(oracle.PATTERNS)}


class Sandbox:
    """The driver behind a pipe."""

    def __init__(self, command: Path) -> None:
        self.process = subprocess.Popen([str(command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def open(self, section: bytes) -> bool:
        """Was it opened (and decided with)? Fails where the process died."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(struct.pack("<I", len(section)) + section)
        self.process.stdin.flush()
        status = self.process.stdout.read(1)
        assert status in (b"\0", b"\2"), f"the engine died on {section.hex()}"
        return status == b"\0"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    target = tmp_path_factory.mktemp("decide") / "driver"
    files = [
        str(DRIVER),
        *(str(SOURCES / name) for name in ("decide.c", "decide_open.c", "filter.c", "memory.c")),
    ]
    flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    subprocess.run(
        ["cc", *flags, "-fno-sanitize-recover=all", f"-I{SOURCES}", *files, "-o", str(target)], check=True
    )
    box = Sandbox(target)
    yield box
    assert box.process.stdin
    box.process.stdin.close()
    assert box.process.wait(timeout=20) == 0, "a leak, or worse"


def sections(seed: int, count: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    for _ in range(count):
        yield build_decision(oracle.random_policy(rng), NUMBERS).section


def test_what_the_compiler_writes_opens(sandbox: Sandbox) -> None:
    assert all(sandbox.open(section) for section in sections(1, 60))


def test_bytes_that_changed(sandbox: Sandbox) -> None:
    rng = random.Random(2)
    opened = refused = 0
    for section in sections(3, 40):
        for _ in range(60):
            damaged = bytearray(section)
            for _ in range(rng.choice([1, 1, 1, 2, 4])):
                at = rng.randrange(len(damaged))
                damaged[at] = rng.choice([0, 1, 2, 127, 255, damaged[at] ^ 1 << rng.randrange(8)])
            if sandbox.open(bytes(damaged)):
                opened += 1
            else:
                refused += 1
    assert opened > 200
    assert refused > 200


def test_words_that_changed(sandbox: Sandbox) -> None:
    """Whole 32-bit words, since most of the tables are made of them."""
    rng = random.Random(4)
    for section in sections(5, 40):
        for _ in range(60):
            damaged = bytearray(section)
            at = rng.randrange(len(damaged) // 4) * 4
            old = struct.unpack_from("<I", damaged, at)[0]
            new = rng.choice(
                [0, 1, 2**32 - 1, 2**31, (old + 1) % 2**32, (old - 1) % 2**32, rng.randrange(64)]
            )
            struct.pack_into("<I", damaged, at, new)
            sandbox.open(bytes(damaged))


def test_counts_that_lie(sandbox: Sandbox) -> None:
    section = next(sections(6, 1))
    for place in COUNTS:
        for value in (0, 1, 2**16, 2**28, 2**31, 2**32 - 1):
            damaged = bytearray(section)
            if struct.unpack_from("<I", damaged, place * 4)[0] == value:
                continue
            struct.pack_into("<I", damaged, place * 4, value)
            opened = sandbox.open(bytes(damaged))
            assert not opened or place == 22, f"header field {place} = {value}"  # more actions harm nothing


def test_sections_that_end_too_soon_or_late(sandbox: Sandbox) -> None:
    section = next(sections(7, 1))
    for length in (*range(130), *range(130, len(section), 37)):
        assert not sandbox.open(section[:length])
    assert not sandbox.open(section + bytes(8))


def test_garbage(sandbox: Sandbox) -> None:
    rng = random.Random(8)
    for _ in range(200):
        assert not sandbox.open(rng.randbytes(rng.randrange(400)))


def test_a_graph_that_would_take_for_ever_is_refused(sandbox: Sandbox) -> None:
    """Each node asks the one before twice; without a memo that is 2^150 steps."""
    section = build_decision(oracle.policy_of([oracle.rule_of("r", doubled(150))]), NUMBERS).section
    assert sandbox.open(section), "with memos it takes no time"
    nodes, first = struct.unpack_from("<I", section, 24)[0], node_offset(section)
    damaged = bytearray(section)
    struct.pack_into("<I", damaged, 32, 0)  # no memos
    for node in range(nodes):
        struct.pack_into("<I", damaged, first + node * 32 + 4, 2**32 - 1)
    assert not sandbox.open(bytes(damaged))


def doubled(depth: int) -> object:
    ir, place = oracle.ir, oracle.P
    node = ir.FactCompare(place, "age", ">", 1)
    for number in range(depth):
        other = ir.FactCompare(place, "age", "=", number)
        left = ir.And(place, (node, other))
        node = ir.Or(place, (left, ir.And(place, (left, ir.Known(place, "id")))))
    return node


def node_offset(section: bytes) -> int:
    facts, fields = struct.unpack_from("<I", section, 8)[0], struct.unpack_from("<I", section, 16)[0]
    return 96 + 16 * facts + (4 * fields + 7) // 8 * 8
