"""The sections `links_none`, `links_basic` and `suffixes`: what authors name, and the public suffixes.

In: the shapes of all `url` clauses of a level; the list of suffixes. Out: hash tables as matcher/src/links.h
draws them. A list of 20,000 phishing domains costs a message nothing: each link asks once for each parent.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from solon.dsl import ir
from solon.matcher import folding

SUFFIX_HEADER = struct.Struct("<4sIII")
LINKS_HEADER = struct.Struct("<4sIIIIIII")
SUFFIX_CLASSES = {"=": 1, "?": 2, "+": 3}
ANY_PATH = 0xFFFFFFFF
STARS = {"*": 0xFFFFFFFE, "**": 0xFFFFFFFF}
LABEL_CHARS = 63

Path = tuple[str, ...] | None
Shape = tuple[int, Path]  # the leaf, and the path that it wants below a host


def build_links(leaves: Sequence[tuple[int, Sequence[ir.UrlShape]]], level: ir.Level) -> bytes:
    """The section of a level: (leaf, shapes of its clause) to a table by host. Order changes nothing."""
    shapes_by_host: dict[str, set[Shape]] = {}
    for leaf, shapes in leaves:
        for shape in shapes:
            host = canonical_host(shape.host, level)
            if host:
                shapes_by_host.setdefault(host, set()).add((leaf, _canonical_path(shape.path, level)))
    pool = _Pool()
    hosts = bytearray()
    rows = bytearray()
    segments: list[int] = []
    shape_count = 0
    encoded = sorted((_utf8(host), wanted) for host, wanted in shapes_by_host.items())
    for host_bytes, wanted in encoded:
        hosts += struct.pack("<4I", pool.place(host_bytes), len(host_bytes), shape_count, len(wanted))
        shape_count += len(wanted)
        for leaf, path in sorted(wanted, key=_shape_order):
            if path is None:
                rows += struct.pack("<3I", leaf, 0, ANY_PATH)
                continue
            rows += struct.pack("<3I", leaf, len(segments) // 2, len(path))
            for segment in path:
                segments.extend(_segment_fields(segment, pool))
    slots = _slots([_hash(host[::-1]) for host, _ in encoded], list(range(1, len(encoded) + 1)))
    header = LINKS_HEADER.pack(
        b"LNK1", len(slots), len(encoded), shape_count, len(segments) // 2, len(pool.padded()), 0, 0
    )
    return header + _words(slots) + bytes(hosts + rows) + _words(segments) + pool.padded()


@cache
def suffix_section() -> bytes:
    """The section `suffixes`: each suffix as it stands in a stream of either level, with its class."""
    text = (files("solon.matcher") / "data" / "suffixes.txt").read_text(encoding="utf-8")
    classes: dict[str, int] = {}
    for line in text.splitlines():
        kind, suffix = line.split(" ")
        for level in ("none", "basic"):
            image = folding.fold_text(suffix, level)
            only_looks_so = kind == "=" and image.isascii() and not suffix.isascii()
            classes.setdefault(image, SUFFIX_CLASSES["?" if only_looks_so else kind])
    pool = bytearray()
    hashes: list[int] = []
    places: list[int] = []
    for suffix, kind_number in sorted(classes.items()):
        encoded = suffix.encode("utf-8")
        assert len(encoded) <= 255, "one byte holds the length of a suffix"
        hashes.append(_hash(encoded))
        places.append(len(pool) + 1)
        pool += bytes((kind_number, len(encoded))) + encoded
    pool += bytes(-len(pool) % 4)
    slots = _slots(hashes, places)
    return SUFFIX_HEADER.pack(b"SFX1", len(slots), len(pool), 0) + _words(slots) + bytes(pool)


# ── What is compared ─────────────────────────────────────────────────────────────────────────────────


def canonical_host(host: str, level: str) -> str:
    """A host as the matcher compares it: `xn--` decoded, folded, without a dot at its end.

    >>> canonical_host("xn--BCHER-kva.de.", "none") == folding.fold_text("bücher.de", "none")
    True
    """
    labels = host.removesuffix(".").split(".")
    return folding.fold_text(".".join(_decoded_label(label) for label in labels), level)


def _decoded_label(label: str) -> str:
    encoded = label[4:]
    if label[:4].lower() != "xn--" or not encoded or not encoded.isascii() or encoded.rfind("-") == 0:
        return label
    try:
        decoded = encoded.encode("ascii").decode("punycode")
    except ValueError:  # UnicodeError among them
        return label
    if len(decoded) > LABEL_CHARS or any(0xD800 <= ord(character) <= 0xDFFF for character in decoded):
        return label
    return decoded


def _canonical_path(path: Path, level: str) -> Path:
    if path is None:
        return None
    return tuple(part if part in STARS else canonical_segment(part, level) for part in path)


_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def canonical_segment(segment: str, level: str) -> str:
    """A segment of a path: escapes that are UTF-8 decoded, all folded."""
    return folding.fold_text(_ESCAPES.sub(_decoded_escapes, segment), level)


def _decoded_escapes(found: re.Match[str]) -> str:
    written = found.group()
    raw = bytes.fromhex(written.replace("%", ""))
    parts: list[str] = []
    place = 0
    while place < len(raw):
        try:
            parts.append(raw[place:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            parts.append(raw[place : place + error.start].decode("utf-8"))
            parts.append(written[3 * (place + error.start) : 3 * (place + error.end)])
            place += error.end
    return "".join(parts)


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────


class _Pool:
    """Texts, each once."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._bytes = bytearray()

    def place(self, text: bytes) -> int:
        """Where the text stands; it is put there when it is new."""
        known = self._places.get(text)
        if known is None:
            known = self._places[text] = len(self._bytes)
            self._bytes += text
        return known

    def padded(self) -> bytes:
        """All texts, with zero bytes up to a multiple of 4."""
        return bytes(self._bytes) + bytes(-len(self._bytes) % 4)


def _segment_fields(segment: str, pool: _Pool) -> tuple[int, int]:
    if segment in STARS:
        return 0, STARS[segment]
    encoded = _utf8(segment)
    return pool.place(encoded), len(encoded)


def _utf8(text: str) -> bytes:
    """As the engine writes it: a lone surrogate takes three bytes."""
    return text.encode("utf-8", "surrogatepass")


def _shape_order(shape: Shape) -> tuple[int, bool, tuple[str, ...]]:
    leaf, path = shape
    return leaf, path is not None, path or ()


def _hash(data: Iterable[int]) -> int:
    """FNV-1a, 32 bits."""
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def _slots(hashes: list[int], values: list[int]) -> list[int]:
    """An open hash table, at most half full: each value in the first free slot from its hash on."""
    count = 2
    while count < 2 * len(hashes):
        count *= 2
    slots = [0] * count
    for start, value in zip(hashes, values, strict=True):
        slot = start % count
        while slots[slot]:
            slot = (slot + 1) % count
        slots[slot] = value
    return slots


def _words(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
