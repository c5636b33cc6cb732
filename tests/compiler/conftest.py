"""The native matchers, built once for the tests of this folder and called through ctypes."""

from __future__ import annotations

import ctypes
import subprocess
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from solon.matcher import folding

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "matcher" / "src"
FILES = ("memory.c", "props.c", "fold.c", "simd.c", "words_text.c", "words.c", "literals.c", "dfa.c")

WORDS, LITERALS, DFAS = 0, 1, 2

Hit = tuple[int, int, int]


def compile_driver(target: Path, *flags: str) -> None:
    """The driver and the matchers under it, as the flags say."""
    sources = [str(SOURCES / name) for name in FILES]
    driver = str(HERE / "data" / "matchers_driver.c")
    common = ["gcc", "-std=c11", "-g", "-Wall", "-Wextra", "-Werror", "-DSL_COUNT_STEPS", f"-I{SOURCES}"]
    subprocess.run([*common, *flags, "-o", str(target), driver, *sources], check=True)


class Matchers:
    """Finds hits in a text by a section; `steps` is what the last automaton read."""

    def __init__(self, library: Path) -> None:
        loaded = ctypes.CDLL(str(library))
        self.function = loaded.driver_find
        self.force = loaded.sl_simd_force
        self.force.restype = ctypes.c_char_p
        self.props = folding.props_section()
        self.folds = {level: folding.fold_section(level) for level in ("cased", "none", "basic")} | {
            "raw": b""
        }
        self.steps = 0

    def find(
        self, kind: int, section: bytes, text: str, level: str, *, index: int = 0, all_starts: bool = False
    ) -> list[Hit]:
        """Hits as (leaf, start, end), in characters of the text, as the matcher reports them."""
        widest = max(map(ord, text), default=0)
        size = 1 if widest < 0x100 else 2 if widest < 0x10000 else 4
        data = array({1: "B", 2: "H", 4: "I"}[size], map(ord, text)).tobytes()
        count, steps = ctypes.c_uint32(), ctypes.c_uint64()
        capacity = 64 + 8 * len(text)
        while True:
            out = (ctypes.c_uint32 * (3 * capacity))()
            fold = self.folds[level]
            status = self.function(
                ctypes.c_int(kind),
                section,
                ctypes.c_size_t(len(section)),
                self.props,
                ctypes.c_size_t(len(self.props)),
                fold,
                ctypes.c_size_t(len(fold)),
                data,
                ctypes.c_int(size),
                ctypes.c_uint32(len(text)),
                ctypes.c_uint32(index),
                ctypes.c_int(all_starts),
                out,
                ctypes.c_uint32(capacity),
                ctypes.byref(count),
                ctypes.byref(steps),
            )
            assert status == 0
            self.steps = steps.value
            if count.value <= capacity:
                values = out[: 3 * count.value]
                return list(zip(values[0::3], values[1::3], values[2::3], strict=True))
            capacity = count.value


@pytest.fixture(scope="session")
def matchers(tmp_path_factory: pytest.TempPathFactory) -> Matchers:
    library = tmp_path_factory.mktemp("matchers") / "matchers.so"
    compile_driver(library, "-O2", "-shared", "-fPIC")
    return Matchers(library)


@pytest.fixture(scope="session")
def sanitized_driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("driver") / "driver"
    compile_driver(
        program, "-O1", "-DDRIVER_MAIN", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"
    )
    return program


@pytest.fixture
def damage(sanitized_driver: Path, tmp_path: Path) -> Callable[[int, bytes, str, int], tuple[int, int]]:
    """Opens and runs damaged copies of a section; returns how many were refused and how many ran."""

    def run(kind: int, section: bytes, text: str, rounds: int) -> tuple[int, int]:
        parts = {
            "section": section,
            "props": folding.props_section(),
            "fold": folding.fold_section("basic"),
            "text": array("I", map(ord, text)).tobytes(),
        }
        for name, data in parts.items():
            (tmp_path / name).write_bytes(data)
        command = [str(sanitized_driver), str(kind), *(str(tmp_path / name) for name in parts), str(rounds)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        refused, ran = map(int, done.stdout.split())
        return refused, ran

    return run
