"""The C fold: the same as the Python one on everything, and safe on any section."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.matcher import folding
from solon.matcher.folding import Folded, fold

SOURCES = Path(__file__).resolve().parents[2] / "matcher" / "src"
LEVELS = ("cased", "none", "basic")


class Text(Structure):
    _fields_ = (("data", c_void_p), ("kind", c_int), ("length_chars", c_uint32))


class Stream(Structure):
    _fields_ = (
        ("narrow", POINTER(c_uint8)),
        ("wide", POINTER(c_uint32)),
        ("length", c_uint32),
        ("origin", POINTER(c_uint32)),
        ("reach", POINTER(c_uint32)),
    )


class Fault(Structure):
    _fields_ = (("section", c_char_p), ("what", c_char_p), ("at", c_uint64))


class Fold(Structure):
    _fields_ = (
        ("index", c_void_p),
        ("pages", c_void_p),
        ("pool", c_void_p),
        ("block_count", c_uint32),
        ("longest", c_uint32),
        ("level", c_int),
    )


class Arena(Structure):
    _fields_ = (("first", c_void_p), ("current", c_void_p), ("used", c_size_t))


class Props(Structure):
    _fields_ = (("blocks", c_void_p), ("pages", c_void_p), ("page_count", c_uint32))


class Engine:
    """The compiled C, with the fold sections opened."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        library.sl_prefix_chars.restype = c_uint32
        library.sl_prefix_chars.argtypes = (POINTER(Text), c_uint64)
        library.sl_fold_open.argtypes = (POINTER(Fold), c_void_p, c_size_t, POINTER(Fault))
        library.sl_props_open.argtypes = (POINTER(Props), c_void_p, c_size_t, POINTER(Fault))
        self.sections = {level: aligned(folding.fold_section(level)) for level in LEVELS}
        self.folds = {level: self.open(section) for level, section in self.sections.items()}

    def open(self, section: ctypes.Array[c_uint32]) -> Fold:
        opened = Fold()
        fault = Fault()
        status = self.library.sl_fold_open(byref(opened), section, ctypes.sizeof(section), byref(fault))
        assert status == 0, fault.what
        return opened

    def fold(self, text: str, level: str, kind: int = 0, length: int | None = None) -> Folded:
        """Fold, check the invariants of a stream, and give what `folding.fold` would."""
        held, data = stored(text, kind)
        arena, out = Arena(), Stream()
        count = len(text) if length is None else length
        try:
            if level == "raw":
                status = self.library.sl_raw_stream(byref(arena), byref(data), c_uint32(count), byref(out))
            else:
                status = self.library.sl_fold_run(
                    byref(self.folds[level]), byref(arena), byref(data), c_uint32(count), byref(out)
                )
            assert status == 0
            return read_stream(out)
        finally:
            self.library.sl_arena_free(byref(arena))
            del held


def aligned(data: bytes) -> ctypes.Array[c_uint32]:
    assert len(data) % 4 in {0, 2}
    cells = (c_uint32 * ((len(data) + 3) // 4))()
    ctypes.memmove(cells, data, len(data))
    return cells


def stored(text: str, kind: int = 0) -> tuple[object, Text]:
    """A text as CPython would store it, or wider where `kind` says so."""
    highest = max(map(ord, text), default=0)
    kind = kind or (1 if highest < 0x100 else 2 if highest < 0x10000 else 4)
    encoding = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}[kind]
    data = ctypes.create_string_buffer(text.encode(encoding, "surrogatepass") + bytes(4))
    return data, Text(ctypes.cast(data, c_void_p), kind, len(text))


def read_stream(out: Stream) -> Folded:
    n = out.length
    assert bool(out.narrow) != bool(out.wide)
    if out.narrow:
        text = bytes(out.narrow[:n]).decode("ascii")
        assert out.narrow[n : n + 16] == [0] * 16
    else:
        text = "".join(map(chr, out.wide[:n]))
        assert not text.isascii()
        assert out.wide[n : n + 4] == [0] * 4
    assert bool(out.origin) == bool(out.reach)
    origins = out.origin[:n] if out.origin else list(range(n))
    reaches = out.reach[:n] if out.reach else list(range(1, n + 1))
    return Folded(text, origins, reaches)


@pytest.fixture(scope="module", params=["-USOLON_PORTABLE", "-DSOLON_PORTABLE"], ids=["vectors", "portable"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    target = tmp_path_factory.mktemp("fold") / "fold.so"
    sources = [str(SOURCES / name) for name in ("memory.c", "props.c", "simd.c", "fold.c")]
    command = ["gcc", "-std=c11", "-O3", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(target)]
    subprocess.run([*command, request.param, *sources], check=True)
    yield Engine(ctypes.CDLL(str(target)))


@pytest.mark.parametrize("level", LEVELS)
def test_every_code_point(engine: Engine, level: str) -> None:
    """In runs of 4096, each character followed by a mark that basic drops, so that reaches show too."""
    for start in range(0, 0x110000, 4096):
        text = "".join(chr(code) + "\u0301" for code in range(start, start + 4096))
        assert engine.fold(text, level, kind=4) == fold(text, level), hex(start)


SPICES = [
    "a", "Z", "9", " ", "\n", "\x00", "\x7f", "é", "\u0301", "\ufe0f", "\u20e3", "\u200b", "ß", "ﬁ", "İ",
    "한", "각", "ﷺ", "\u3164", "о", "’", "€", "漢", "\ud800", "\udfff", "😀", "𝓩", "\U000e0100", "\U0010ffff",
    "\xad", "\x85",
]  # fmt: skip
texts = st.one_of(
    st.text(st.sampled_from(SPICES), max_size=40),
    st.text(st.characters(), max_size=40),
    st.text(st.characters(max_codepoint=0xFF), max_size=40),
    st.text(st.characters(max_codepoint=0x7F), max_size=80),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.sampled_from(folding.LEVELS), st.sampled_from([0, 4]))
def test_native_equals_python(engine: Engine, text: str, level: str, kind: int) -> None:
    assert engine.fold(text, level, kind) == fold(text, level)


def test_offsets_only_where_one_changed(engine: Engine) -> None:
    for text, changed in (("Жук é", False), ("漢字", False), ("ﬁ", True), ("e\u0301", True)):
        held, data = stored(text)
        arena, out = Arena(), Stream()
        basic = engine.folds["basic"]
        engine.library.sl_fold_run(byref(basic), byref(arena), byref(data), len(text), byref(out))
        assert bool(out.origin) is changed, text
        engine.library.sl_arena_free(byref(arena))
        del held


@pytest.mark.parametrize("length", [*range(70), 127, 128, 129, 1000])
def test_the_fast_path_at_every_length(engine: Engine, length: int) -> None:
    text = ("Hello, World! [@`{Z\t\r\n]~" * 40)[:length]
    for level in folding.LEVELS:
        assert engine.fold(text, level) == fold(text, level)
        for odd in ("é", "\x0b", "\x7f"):
            for at in (0, length // 2, length):
                spiced = text[:at] + odd + text[at:]
                assert engine.fold(spiced, level) == fold(spiced, level)


def test_only_the_prefix_is_folded(engine: Engine) -> None:
    text = "AB\u0301\u0301漢"
    for level in folding.LEVELS:
        for length in range(len(text) + 1):
            assert engine.fold(text, level, length=length) == fold(text[:length], level)
        assert engine.fold(text, level, length=99) == fold(text, level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "text",
    [
        "e" + "\u0301" * 100_000,
        "ﷺ" + "\ufe0f" * 100_000,  # eighteen folded characters, whose reach moves with each mark
        "\u0301" * 100_000,
        "ﷺ" * 50_000,
        "각" * 50_000,
        "a\u200b\ufe0f" * 50_000,
        "x" * (1 << 20),
        "x" * (1 << 20) + "漢",
        "e\u0301\ufe0f" * 350_000,
    ],
    ids=["marks", "marks-after-many", "only-marks", "longest", "hangul", "dropped", "ascii", "late", "mixed"],
)
def test_long_and_hostile(engine: Engine, text: str, level: str) -> None:
    """No time is measured: what is quadratic in 100,000 marks does not come back."""
    assert engine.fold(text, level) == fold(text, level)


@given(texts, st.integers(0, 200))
def test_prefix_is_the_longest_within_the_limit(engine: Engine, text: str, limit: int) -> None:
    held, data = stored(text)
    expected = 0
    while expected < len(text) and len(text[: expected + 1].encode("utf-8", "surrogatepass")) <= limit:
        expected += 1
    assert engine.library.sl_prefix_chars(byref(data), limit) == expected
    assert engine.library.sl_prefix_chars(byref(data), 1 << 60) == len(text)
    del held


def test_props_open(engine: Engine) -> None:
    section = aligned(folding.props_section())
    props, fault = Props(), Fault()
    size = len(folding.props_section())
    assert engine.library.sl_props_open(byref(props), section, size, byref(fault)) == 0
    blocks = ctypes.cast(props.blocks, POINTER(ctypes.c_uint16))
    pages = ctypes.cast(props.pages, POINTER(c_uint8))
    for code in range(0, 0x110000, 7):
        bits = pages[blocks[code >> 7] << 7 | code & 127]
        character = chr(code)
        assert bool(bits & folding.WORD) == folding.is_word(character)
        assert bool(bits & folding.UNSPACED) == folding.is_unspaced(character)


# ── Damage ───────────────────────────────────────────────────────────────────────────────────────────

DRIVER = r"""
/* Reads a section and folds with it whatever its bytes, flipped in many places, under sanitizers. */
#include "fold.h"
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed = 88172645463325252ull;
static uint64_t next(void) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return seed; }

static int use(const uint8_t *section, size_t bytes, int is_props) {
    sl_fault fault = {0};
    uint8_t *copy = malloc(bytes ? bytes : 1); /* of the exact size, so that reading past it is seen */
    memcpy(copy, section, bytes);
    sl_arena arena;
    sl_arena_init(&arena);
    int status;
    if (is_props) {
        sl_props props;
        status = sl_props_open(&props, copy, bytes, &fault);
        unsigned sum = 0;
        if (!status) for (uint32_t c = 0; c < 0x110100; c += 3) sum += sl_props_of(&props, c);
        if (sum == 1) puts("");
    } else {
        sl_fold fold;
        status = sl_fold_open(&fold, copy, bytes, &fault);
        if (!status) {
            static uint32_t all[0x110100 / 11 + 1];
            uint32_t n = 0;
            for (uint32_t c = (uint32_t)(next() % 11); c < 0x110100; c += 11) all[n++] = c;
            sl_text text = {all, 4, n};
            sl_stream out;
            if (sl_fold_run(&fold, &arena, &text, n, &out)) abort();
            for (uint32_t i = 0; i < out.length; i++)
                if (sl_origin(&out, i) >= n || sl_reach(&out, i) > n || sl_at(&out, i) > 0x1100FF) abort();
        }
    }
    if (status && (!fault.section || !fault.what)) abort();
    sl_arena_free(&arena);
    free(copy);
    return status;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    FILE *file = fopen(argv[1], "rb");
    static uint8_t data[1 << 20];
    size_t bytes = fread(data, 1, sizeof data, file);
    fclose(file);
    int is_props = argv[2][0] == 'p', refused = 0;
    if (use(data, bytes, is_props)) return 3;
    for (size_t n = 0; n < 200; n++) if (!use(data, n, is_props)) return 4;
    for (size_t n = 1; n < 300; n++) if (!use(data, bytes - n, is_props)) return 5;
    for (size_t at = 0; at < 64; at++) {
        for (int bit = 0; bit < 8; bit++) {
            data[at] ^= (uint8_t)(1 << bit);
            refused += use(data, bytes, is_props) != 0;
            data[at] ^= (uint8_t)(1 << bit);
        }
    }
    for (int round = 0; round < atoi(argv[3]); round++) {
        size_t at[4];
        uint8_t was[4];
        for (int k = 0; k < 4; k++) {
            at[k] = next() % bytes;
            was[k] = data[at[k]];
            data[at[k]] = (uint8_t)next();
        }
        refused += use(data, bytes, is_props) != 0;
        for (int k = 3; k >= 0; k--) data[at[k]] = was[k];
    }
    printf("%d\n", refused);
    return 0;
}
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damage")
    (folder / "driver.c").write_text(DRIVER)
    flags = ["-std=c11", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    sources = [folder / "driver.c", *(SOURCES / name for name in ("memory.c", "props.c", "simd.c", "fold.c"))]
    subprocess.run(
        ["gcc", *flags, f"-I{SOURCES}", "-o", str(folder / "driver"), *map(str, sources)], check=True
    )
    return folder / "driver"


@pytest.mark.parametrize("name", ["cased", "basic", "props"])
def test_damaged_sections_are_refused_or_safe(driver: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "section"
    path.write_bytes(folding.props_section() if name == "props" else folding.fold_section(name))
    done = subprocess.run([str(driver), str(path), name, "150"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 50, "damage that is hardly ever noticed"
