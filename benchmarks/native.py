"""The two C drivers, built where a compiler is: libhyperscan's scan, and Solon's engine without Python.

Both are built into build/benchmarks. `SOLON_HYPERSCAN` names the prefix of a libhyperscan that the compiler
does not find by itself (one unpacked from a package, say).
"""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from collections.abc import Sequence
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_uint32, c_uint64, c_void_p
from functools import cache
from pathlib import Path
from zlib import crc32

from benchmarks.measure import Block
from solon.matcher.artifact import read_artifact

__all__ = ["Fold", "Hyperscan", "NativeEngine", "NotBuilt", "packed"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "benchmarks"
SOURCES = ROOT / "matcher" / "src"
FLAGS = ["-std=c11", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wno-unused-parameter"]
CASELESS, UTF8 = 1, 32


class NotBuilt(Exception):
    """No compiler, or no library; the text says what is missing."""


class Fold:
    """Numbers of the levels in the engine."""

    NONE, BASIC = 2, 3


class Text(ctypes.Structure):
    """sl_text"""

    _fields_ = (("data", c_void_p), ("kind", c_int), ("length_chars", c_uint32))


class Section(ctypes.Structure):
    """sl_section"""

    _fields_ = (("name", c_char_p), ("data", c_void_p), ("bytes", c_size_t))


@cache
def library(name: str) -> ctypes.CDLL:
    """Build a driver and load it. Raises NotBuilt."""
    command = [*shlex.split(os.environ.get("CC", "cc")), *FLAGS, str(HERE / f"{name}.c"), *flags_of(name)]
    target = BUILD / f"{name}-{crc32(' '.join(command).encode()):08x}.so"
    sources = [HERE / f"{name}.c", *SOURCES.glob("*.[ch]")]
    if not target.exists() or target.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        BUILD.mkdir(parents=True, exist_ok=True)
        built = target.with_suffix(f".{os.getpid()}")  # another process may have the old one open
        run_compiler(name, [*command, "-o", str(built)])
        built.replace(target)
    return ctypes.CDLL(str(target))


def flags_of(name: str) -> list[str]:
    """What a driver is built with, beside itself."""
    if name == "engine_driver":
        return [f"-I{SOURCES}", *map(str, sorted(SOURCES.glob("*.c"))), "-lm"]
    prefix = os.environ.get("SOLON_HYPERSCAN")
    folders = sorted({str(path.parent) for path in Path(prefix).rglob("libhs.so*")}) if prefix else []
    found = [flag for folder in folders for flag in (f"-L{folder}", f"-Wl,-rpath,{folder}")]
    return [*(f"-I{folder}" for folder in include_folders(prefix)), *found, "-lhs"]


def run_compiler(name: str, command: list[str]) -> None:
    """Raises NotBuilt with what the compiler says."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotBuilt(f"no C compiler: {error}") from None
    if done.returncode:
        wanted = "the engine" if name == "engine_driver" else "libhyperscan (Debian: libhyperscan-dev)"
        raise NotBuilt(f"{wanted} was not built: {(done.stderr.strip() or '?').splitlines()[0]}")


def include_folders(prefix: str | None) -> list[str]:
    """Where hs.h may be."""
    return [f"{root}/include/hs" for root in (prefix, f"{prefix}/usr" if prefix else None, "/usr") if root]


def packed(block: Block) -> tuple[bytes, ctypes.Array[c_uint32]]:
    """Messages as UTF-8 in one buffer, and where each starts."""
    encoded = [text.encode() for text in block]
    offsets = (c_uint32 * (len(encoded) + 1))()
    at = 0
    for number, data in enumerate(encoded):
        offsets[number] = at
        at += len(data)
    offsets[len(encoded)] = at
    return b"".join(encoded), offsets


class Hyperscan:
    """A database of libhyperscan behind the driver: references A (expressions) and B (literals)."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def compile(cls, patterns: Sequence[str], *, literal: bool = False) -> Hyperscan:
        """Case is ignored; patterns outside ASCII are compiled as UTF-8. Raises NotBuilt."""
        driver = hyperscan()
        encoded = [pattern.encode() for pattern in patterns]
        count = len(encoded)
        texts = (c_char_p * count)(*encoded)
        # The pure-literal compiler knows no UTF-8: outside ASCII its case counts.
        marks = (CASELESS | (0 if literal or pattern.isascii() else UTF8) for pattern in patterns)
        flags = (c_uint * count)(*marks)
        lengths = (c_size_t * count)(*map(len, encoded))
        reason = ctypes.create_string_buffer(400)
        handle = driver.peer_compile(texts, flags, lengths, count, int(literal), reason, len(reason))
        if not handle:
            raise NotBuilt(f"hyperscan refused: {reason.value.decode(errors='replace')}")
        return cls(handle)

    @classmethod
    def read(cls, data: bytes) -> Hyperscan:
        """A database from its bytes."""
        handle = hyperscan().peer_read(data, len(data))
        if not handle:
            raise NotBuilt("hyperscan refused its own database")
        return cls(handle)

    def write(self) -> bytes:
        """The database as bytes."""
        size = c_size_t()
        data = hyperscan().peer_write(self._handle, byref(size))
        try:
            return ctypes.string_at(data, size.value)
        finally:
            hyperscan().peer_release(data)

    def scan(self, data: bytes, offsets: ctypes.Array[c_uint32]) -> int:
        """The number of hits in packed messages."""
        return int(hyperscan().peer_scan(self._handle, data, offsets, len(offsets) - 1))

    def __del__(self) -> None:
        hyperscan().peer_free(self._handle)


@cache
def hyperscan() -> ctypes.CDLL:
    """The driver, with its types declared."""
    driver = library("hyperscan_driver")
    driver.peer_compile.restype = driver.peer_read.restype = driver.peer_write.restype = c_void_p
    driver.peer_compile.argtypes = [
        *(POINTER(c_char_p), POINTER(c_uint), POINTER(c_size_t)),
        *(c_uint, c_int, c_char_p, c_size_t),
    ]
    driver.peer_scan.restype = c_uint64
    driver.peer_scan.argtypes = [c_void_p, c_char_p, POINTER(c_uint32), c_uint32]
    driver.peer_write.argtypes = [c_void_p, POINTER(c_size_t)]
    driver.peer_read.argtypes = [c_char_p, c_size_t]
    driver.peer_release.argtypes = driver.peer_free.argtypes = [c_void_p]
    driver.peer_release.restype = driver.peer_free.restype = None
    return driver


class NativeEngine:
    """Solon's engine opened on an artifact, asked for many messages in one call."""

    def __init__(self, artifact: bytes) -> None:
        driver = library("engine_driver")
        driver.bench_open.restype = c_void_p
        driver.bench_open.argtypes = [POINTER(Section), c_uint32]
        driver.bench_find.restype = driver.bench_fold.restype = c_uint64
        driver.bench_find.argtypes = [c_void_p, POINTER(Text), c_uint32]
        driver.bench_fold.argtypes = [c_void_p, c_int, POINTER(Text), c_uint32]
        driver.bench_free.argtypes, driver.bench_free.restype = [c_void_p], None
        self._driver = driver
        self._data = ctypes.create_string_buffer(len(artifact) + 64)
        start = -ctypes.addressof(self._data) % 64 + ctypes.addressof(self._data)
        ctypes.memmove(start, artifact, len(artifact))
        parts = read_artifact(artifact).sections
        table = (Section * len(parts))()
        for place, (name, part) in zip(table, parts.items(), strict=True):
            place.name, place.data, place.bytes = name.encode(), start + part.offset, part.length
        self._handle = driver.bench_open(table, len(parts))
        if not self._handle:
            raise NotBuilt("the engine refused the artifact")

    def find(self, texts: Texts) -> int:
        """The number of spans of all patterns."""
        return counted(self._driver.bench_find(self._handle, texts.table, texts.count))

    def fold(self, level: int, texts: Texts) -> int:
        """The number of folded characters."""
        return counted(self._driver.bench_fold(self._handle, level, texts.table, texts.count))

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._driver.bench_free(self._handle)


class Texts:
    """Messages in memory as Python stores them: 1, 2 or 4 bytes a character."""

    def __init__(self, block: Block) -> None:
        kinds = [kind_of(text) for text in block]
        encodings = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}
        parts = [text.encode(encodings[kind]) for text, kind in zip(block, kinds, strict=True)]
        padded = [part + bytes(-len(part) % 16) for part in parts]
        self._data = ctypes.create_string_buffer(b"".join(padded), sum(map(len, padded)) + 16)
        at = ctypes.addressof(self._data)
        self.count = len(parts)
        self.table = (Text * self.count)()
        for place, text, kind, part in zip(self.table, block, kinds, padded, strict=True):
            place.data, place.kind, place.length_chars = at, kind, len(text)
            at += len(part)


def kind_of(text: str) -> int:
    """Bytes a character."""
    widest = max(text, default="\0")
    return 1 if widest < "\u0100" else 2 if widest < "\U00010000" else 4


def counted(found: int) -> int:
    """A count; the greatest number says that memory ran out, or that the policy has no such fold."""
    if found == 0xFFFF_FFFF_FFFF_FFFF:
        raise RuntimeError("the engine could not do what it was asked")
    return found
