"""Artifact bytes to a verified policy that decides: bytes in, `Policy` or a typed error out.

The file is read once into memory that is ours: a file that changes under a mapping can neither crash the
process nor change a verdict.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from solon.matcher import layout
from solon.matcher.errors import ArtifactError, Damaged, ForeignFile, TooNew, TooOld, Truncated

_ERRORS: dict[str, type[ArtifactError]] = {
    "foreign": ForeignFile,
    "truncated": Truncated,
    "too_old": TooOld,
    "too_new": TooNew,
    "damaged": Damaged,
}


@dataclass(frozen=True, slots=True)
class Artifact:
    """The verified container: its bytes, its digest (SHA-256, hex) and its sections by name."""

    data: bytes
    digest: str
    sections: dict[str, layout.Section]

    def content(self, name: str) -> bytes:
        """A copy of one section's bytes; KeyError where the artifact has none of that name."""
        section = self.sections[name]
        return self.data[section.offset : section.offset + section.length]

    def meta(self) -> dict[str, Any]:
        """The section `meta`, decoded. Raises Damaged where it is not what the compiler writes."""
        return decode_json("meta", self.content("meta"))


def read_artifact(data: bytes) -> Artifact:
    """Verify the container. Raises ForeignFile, Truncated, TooOld, TooNew or Damaged.

    >>> read_artifact(b"PK")
    Traceback (most recent call last):
    solon.matcher.errors.ForeignFile: this is not a Solon artifact: it does not start with Solon's magic bytes
    """
    if not isinstance(data, bytes):
        data = bytes(memoryview(data))  # not of a number, which would be so many zeros
    try:
        sections = layout.read(data)
    except layout.LayoutError as error:
        raise _ERRORS[error.kind](str(error)) from None
    return Artifact(data, layout.digest_of(data), {section.name: section for section in sections})


def read_file(path: str | Path) -> bytes:
    """The bytes of an artifact file, read once. One that is too large is refused before it is read, and
    what is no file (a pipe, a device), which could keep its reader waiting for ever, is not opened for
    reading at all."""
    with open(path, "rb", buffering=0, opener=_without_waiting) as file:  # Path has no opener
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ForeignFile("this is not a file, and so no Solon artifact")
        data = _read_whole(file, found.st_size + 1)
    if len(data) > layout.FILE_BYTES_MAX:
        raise ForeignFile(f"the file has more than {layout.FILE_BYTES_MAX} bytes")
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_whole(file: FileIO, expected: int) -> bytes:
    """PERF: one read and no copy where the file has the size that it said."""
    parts: list[bytes] = []
    left = layout.FILE_BYTES_MAX + 1
    while left and (part := file.read(min(left, max(expected, 1 << 16)))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def decode_json(section: str, content: bytes) -> dict[str, Any]:
    """A JSON section as a mapping. Raises Damaged for anything else, however deep."""
    try:
        value = json.loads(content.decode("ascii"))
    except (ValueError, RecursionError):
        raise Damaged(f"section {section}: it is not the JSON that the compiler writes") from None
    if not isinstance(value, dict):
        raise Damaged(f"section {section}: it is not a JSON object")
    return value
