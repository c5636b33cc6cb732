"""The artifact, byte for byte: what the compiler writes and the loader verifies.

    ┌──────────────┬───────────────┬─────────┬─ … ─┬─────────┐┌───────────┬─ … ─┬───────────┐
    │ header  64 B │ section table │ section │     │ section ││ signature │     │ signature │
    └──────────────┴───────────────┴─────────┴─ … ─┴─────────┘└───────────┴─ … ─┴───────────┘
    ╰────────────────────── content ─────────────────────────╯╰─ none, where nobody signed ─╯

Header, little-endian:

    offset  bytes  field
         0      8  magic             89 53 4F 4C 4F 4E 0D 0A  ("\\x89SOLON\\r\\n": sent as text, it changes)
         8      4  format version    FORMAT_VERSION
        12      4  required features bits that a reader must know (none is defined in version 1)
        16      8  content size      in bytes, header included
        24      4  section count
        28      4  signature count
        32     32  SHA-256           of bytes 0..27, four zeros, and bytes 64 up to the content size

Section table, from byte 64, 32 bytes an entry, in the order of SECTIONS:

    offset  bytes  field
         0     16  name              ASCII, zero-padded
        16      8  offset            from the start of the file, a multiple of ALIGNMENT
        24      8  length            in bytes

Sections tile the content: each starts at the first multiple of ALIGNMENT after the one before it, the padding
is zero, and the content ends where the last one does. A section that a policy does not need is left out. The
same policy gives the same bytes.

Signatures, from the first multiple of ALIGNMENT after the content (zeros between), 128 bytes each, by
ascending key id, no key twice. The file ends after the last one; where there is none, with the content:

    offset  bytes  field
         0     32  key id            SHA-256 of the public key's 32 bytes
        32      4  algorithm         1: Ed25519
        36     28  zero
        64     64  signature         of SIGNED followed by the header's SHA-256

The digest covers what is signed and no signature: signing changes neither the digest nor a byte of the
content, and the order in which people sign changes nothing.

The fields of a section stand where it is read: the C header named beside it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

MAGIC = b"\x89SOLON\r\n"
FORMAT_VERSION = 1
KNOWN_FEATURES = 0
ALIGNMENT = 64
FILE_BYTES_MAX = 1 << 30

HEADER = struct.Struct("<8sIIQII32s")
ENTRY = struct.Struct("<16sQQ")

SIGNED = b"Solon artifact signature 1\0"  # so that a signature of anything else is never one of an artifact
SIGNATURE = struct.Struct("<32sI28s64s")
ED25519 = 1
SIGNATURES_MAX = 64

SECTIONS = {
    "meta": "JSON: names, texts and versions; what the verdict is built from",
    "props": "character properties (src/solon.h)",
    "fold_cased": "fold table of level cased (src/fold.h)",
    "fold_none": "fold table of level none (src/fold.h)",
    "fold_basic": "fold table of level basic (src/fold.h)",
    "words_none": "words of level none, by hash of their start (src/words.h)",
    "words_basic": "words of level basic (src/words.h)",
    "literals_raw": "automaton of literals as written (src/literals.h)",
    "literals_none": "automaton of literals of level none (src/literals.h)",
    "literals_basic": "automaton of literals of level basic (src/literals.h)",
    "dfas": "regular expressions and strong words (src/dfa.h)",
    "links_none": "URL shapes by host, level none (src/links.h)",
    "links_basic": "URL shapes by host, level basic (src/links.h)",
    "suffixes": "public suffixes (src/links.h)",
    "phones": "numbering plans of the world (src/phone.h)",
    "patterns": "leaves and formulas (src/patterns.h)",
    "decision": "facts, rows and columns (src/decide.h)",
    "ir": "JSON: the typed IR that the reference interpreter reads; left out by --strip",
}
REQUIRED_SECTIONS = frozenset({"meta", "props", "fold_basic", "patterns", "decision"})


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the section table; offset and length in bytes."""

    name: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, order=True)
class Signature:
    """One signature of the content: who signed (SHA-256 of the public key) and the 64 bytes of Ed25519."""

    key_id: bytes
    value: bytes


class LayoutError(ValueError):
    """The bytes break the container's rules. `kind` is foreign, truncated, too_old, too_new or damaged."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


def write(sections: Mapping[str, bytes]) -> bytes:
    """Sections to artifact bytes, in the order of SECTIONS.

    Raises ValueError for a section that SECTIONS does not know, or a required one that is missing.

    >>> data = write({name: b"x" for name in REQUIRED_SECTIONS})
    >>> [section.name for section in read(data)]
    ['meta', 'props', 'fold_basic', 'patterns', 'decision']
    """
    sealed = seal(pack(sections))
    names = [section.name for section in read(sealed)]
    assert names == [name for name in SECTIONS if name in sections], "the writer and the reader disagree"
    return sealed


def pack(sections: Mapping[str, bytes]) -> bytes:
    """As `write`, with zeros for the digest."""
    unknown = set(sections) - set(SECTIONS)
    missing = REQUIRED_SECTIONS - set(sections)
    if unknown or missing:
        raise ValueError(f"unknown sections {sorted(unknown)}, missing sections {sorted(missing)}")
    names = [name for name in SECTIONS if name in sections]
    table = bytearray()
    body = bytearray()
    start = HEADER.size + ENTRY.size * len(names)
    for name in names:
        body += bytes(_aligned(start + len(body)) - start - len(body))
        table += ENTRY.pack(name.encode("ascii"), start + len(body), len(sections[name]))
        body += sections[name]
    size = start + len(body)
    if size > FILE_BYTES_MAX:
        raise ValueError(
            f"the artifact would have {size} bytes, more than the {FILE_BYTES_MAX} that a loader takes"
        )
    content = bytes(table + body)
    return HEADER.pack(MAGIC, FORMAT_VERSION, 0, size, len(names), 0, bytes(32)) + content


def seal(data: bytes) -> bytes:
    """The same bytes with the digest of their content put into the header (nothing else is checked)."""
    return data[:32] + _content_digest(data, HEADER.unpack_from(data)[3]) + data[64:]


def _content_digest(data: bytes, size: int) -> bytes:
    view = memoryview(data)  # no second copy of a large file
    digest = hashlib.sha256(view[:28])
    digest.update(bytes(4))
    digest.update(view[64:size])
    return digest.digest()


def digest_of(data: bytes) -> str:
    """The SHA-256 that the header carries, in hex."""
    return data[32:64].hex()


def message_to_sign(data: bytes) -> bytes:
    """What a signature of these artifact bytes is made over."""
    return SIGNED + data[32:64]


def with_signatures(data: bytes, signatures: Iterable[Signature]) -> bytes:
    """Artifact bytes with these signatures and no other. Raises ValueError for a key that stands twice, or
    too many."""
    ordered = sorted(signatures)
    if len({one.key_id for one in ordered}) != len(ordered) or len(ordered) > SIGNATURES_MAX:
        raise ValueError(f"an artifact takes at most {SIGNATURES_MAX} signatures, each by another key")
    size = HEADER.unpack_from(data)[3]
    head = data[:28] + struct.pack("<I", len(ordered)) + data[32:size]
    if not ordered:
        return head
    block = b"".join(SIGNATURE.pack(one.key_id, ED25519, bytes(28), one.value) for one in ordered)
    return head + bytes(_aligned(size) - size) + block


def signatures(data: bytes) -> list[Signature]:
    """The signatures of artifact bytes that `read` has taken; whether they hold, `trust` says."""
    _, _, _, size, _, count, _ = HEADER.unpack_from(data)
    start = _aligned(size)
    places = range(start, start + count * SIGNATURE.size, SIGNATURE.size)
    return [
        Signature(key_id, value) for key_id, _, _, value in map(partial(SIGNATURE.unpack_from, data), places)
    ]


def read(data: bytes) -> list[Section]:
    """Verify the container and list its sections. Raises LayoutError; looks at no section's content, and
    whether a signature holds is for `trust` to say."""
    if len(data) < len(MAGIC) or data[: len(MAGIC)] != MAGIC:
        if MAGIC.startswith(data):
            raise LayoutError("truncated", f"the file ends after {len(data)} bytes, inside the header")
        raise LayoutError(
            "foreign", "this is not a Solon artifact: it does not start with Solon's magic bytes"
        )
    if len(data) < HEADER.size:
        raise LayoutError("truncated", f"the file ends after {len(data)} bytes, inside the header")
    _, version, features, size, count, signature_count, digest = HEADER.unpack_from(data)
    if version > FORMAT_VERSION:
        raise LayoutError("too_new", f"{_versions(version)}: use a newer Solon")
    if version < FORMAT_VERSION:
        raise LayoutError("too_old", f"{_versions(version)}: compile the policy again")
    if features & ~KNOWN_FEATURES:
        raise LayoutError(
            "too_new", f"it needs features {features & ~KNOWN_FEATURES:#x} that this Solon does not have"
        )
    if signature_count > SIGNATURES_MAX:
        raise LayoutError("damaged", f"the header says {signature_count} signatures, more than there can be")
    whole = _aligned(size) + SIGNATURE.size * signature_count if signature_count else size
    if len(data) < whole:
        raise LayoutError("truncated", f"the file has {len(data)} of {whole} bytes")
    if len(data) > whole or size > FILE_BYTES_MAX:
        raise LayoutError("damaged", f"the header says {whole} bytes, the file has {len(data)}")
    if _content_digest(data, size) != digest:
        raise LayoutError("damaged", "the content does not have the digest that the header says")
    if signature_count:
        _verify_signatures(data, size, signature_count)
    if count > len(SECTIONS) or HEADER.size + ENTRY.size * count > size:
        raise LayoutError("damaged", f"the header says {count} sections, which is more than there can be")
    return _sections(data, count, size)


def _versions(version: int) -> str:
    return f"the artifact has format version {version}, this Solon reads version {FORMAT_VERSION}"


def _verify_signatures(data: bytes, size: int, count: int) -> None:
    start = _aligned(size)
    if any(data[size:start]):
        raise LayoutError("damaged", "the padding before the signatures is not zero")
    before = b""
    for index in range(count):
        key_id, algorithm, zero, _ = SIGNATURE.unpack_from(data, start + SIGNATURE.size * index)
        if algorithm != ED25519:
            raise LayoutError(
                "too_new", f"signature {index} is of a kind ({algorithm}) that this Solon does not know"
            )
        if any(zero):
            raise LayoutError("damaged", f"signature {index}: a reserved field is not zero")
        if key_id <= before:
            raise LayoutError("damaged", f"signature {index}: its key comes twice or out of order")
        before = key_id


def _sections(data: bytes, count: int, size: int) -> list[Section]:
    sections: list[Section] = []
    order = {name: index for index, name in enumerate(SECTIONS)}
    end = HEADER.size + ENTRY.size * count
    last = -1
    for index in range(count):
        raw, offset, length = ENTRY.unpack_from(data, HEADER.size + ENTRY.size * index)
        name = raw.rstrip(b"\0").decode("ascii", "replace")
        if order.get(name, -1) <= last:
            raise LayoutError(
                "damaged", f"entry {index} of the section table: {name!r} is unknown or out of order"
            )
        last = order[name]
        if offset != _aligned(end) or offset + length > size:
            raise LayoutError(
                "damaged", f"section {name}: offset {offset}, length {length} do not tile the file"
            )
        if any(data[end:offset]):
            raise LayoutError("damaged", f"the padding before section {name} is not zero")
        end = offset + length
        sections.append(Section(name, offset, length))
    if end != size:
        raise LayoutError("damaged", f"the sections end at byte {end} of {size}")
    missing = REQUIRED_SECTIONS - {section.name for section in sections}
    if missing:
        raise LayoutError("damaged", f"there is no section {', '.join(sorted(missing))}")
    return sections
