"""Where the files of a policy come from: a folder, a mapping in memory, and the packs that ship with Solon.

In: paths relative to the root file's folder, with `/`. Out: bytes, or why there are none. A path never
leaves the folder, neither by `..` nor by way of a link, so that a policy means the same wherever its folder
lies.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

PACKS = "std/"
"""What the paths of the packs that ship begin with."""

Reason: TypeAlias = Literal["missing", "outside", "too-large", "unreadable"]


@dataclass(frozen=True, slots=True)
class NoFile:
    """Why there are no bytes, and for a missing file which ones stand in its folder."""

    reason: Reason
    siblings: tuple[str, ...] = ()


class Files(Protocol):
    """A place that files are read from."""

    def read(self, path: str, bytes_max: int) -> bytes | NoFile:
        """The bytes of the file at this path."""
        ...


def inside(folder_of: str, written: str) -> str | None:
    """The path of what a file names, from the root folder; None where it leaves the folder or is no path."""
    if not written or "\\" in written or "\0" in written or written.startswith("/") or written[1:2] == ":":
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(folder_of), written))
    if path == ".." or path.startswith("../") or path in {".", "/"}:
        return None
    return path


class Disk:
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def read(self, path: str, bytes_max: int) -> bytes | NoFile:
        try:
            file = (self.folder / path).resolve()
            if not file.is_relative_to(self.folder):
                return NoFile("outside")
            if not file.exists():
                return NoFile("missing", self._siblings(path))
            # A pipe or a device could keep us waiting forever.
            if not file.is_file():
                return NoFile("unreadable")
            with file.open("rb") as stream:
                data = stream.read(bytes_max + 1)
        except (OSError, ValueError, RuntimeError):
            return NoFile("unreadable")
        return data if len(data) <= bytes_max else NoFile("too-large")

    def _siblings(self, path: str) -> tuple[str, ...]:
        folder = (self.folder / path).parent
        if not folder.is_dir() or not folder.resolve().is_relative_to(self.folder):
            return ()
        return tuple(sorted(one.name for one in folder.iterdir())[:1_000])


class Memory:
    """Texts by path, for tests and editors."""

    def __init__(self, texts: Mapping[str, str | bytes]) -> None:
        self.texts = {posixpath.normpath(path): text for path, text in texts.items()}

    def read(self, path: str, bytes_max: int) -> bytes | NoFile:
        text = self.texts.get(path)
        if text is None:
            folder = posixpath.dirname(path)
            siblings = (posixpath.basename(one) for one in self.texts if posixpath.dirname(one) == folder)
            return NoFile("missing", tuple(sorted(siblings)))
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        return data if len(data) <= bytes_max else NoFile("too-large")


class Over:
    """Texts by path, and under them another place for all that they do not have."""

    def __init__(self, texts: Mapping[str, str], under: Files) -> None:
        self.texts = Memory(texts)
        self.under = under

    def read(self, path: str, bytes_max: int) -> bytes | NoFile:
        return (self.texts if path in self.texts.texts else self.under).read(path, bytes_max)


class Packs:
    """The files that ship with Solon, under `std/`."""

    def read(self, path: str, bytes_max: int) -> bytes | NoFile:
        at = resources.files("solon.dsl")
        for part in path.split("/"):
            at = at.joinpath(part)
        if not at.is_file():
            return NoFile("missing", pack_names())
        data = at.read_bytes()
        return data if len(data) <= bytes_max else NoFile("too-large")


def pack_names() -> tuple[str, ...]:
    """The packs that ship, as `use` names them: `std/contact`, …"""
    names = (one.name for one in resources.files("solon.dsl").joinpath("std").iterdir())
    return tuple(sorted(PACKS + one.removesuffix(".policy") for one in names if one.endswith(".policy")))
