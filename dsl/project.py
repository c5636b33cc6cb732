"""All files of a policy: the root file, what it uses, the packs that ship, the lists.

In: the path of a root file, or a text. Out: a syntax tree a file and what is wrong with the files
themselves: missing, outside of the folder, in a circle, not UTF-8 text. What the trees mean is for `resolve`
and `check`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from solon.dsl import syntax
from solon.dsl.diagnostics import Diagnostic, Fix, closest, did_you_mean
from solon.dsl.files import PACKS, Disk, Files, Memory, NoFile, Over, Packs, inside, pack_names
from solon.dsl.lists import BadList, column_entries, entries
from solon.dsl.parser import FILE_BYTES_MAX, ParseResult, parse, too_large
from solon.dsl.source import Source, Span

LIST_BYTES_MAX = 64 * 1024 * 1024
FILES_MAX = 1_000


class Project:
    """The files of a policy, read and parsed; `diagnostics` grows as lists are read."""

    def __init__(self, root_path: str, files: Files, read: Callable[[Source], ParseResult] = parse) -> None:
        """`read` turns a source into its tree: `parse`, or what remembers what it has read."""
        self.root_path = root_path
        self.sources: dict[str, Source] = {}
        self.diagnostics: list[Diagnostic] = []
        self.incomplete = False
        """Whether a file is missing altogether."""
        self._places = files
        self._parse = read
        self._packs = Packs()
        self._trees: dict[str, syntax.File] = {}
        self._lists: dict[str, str | Diagnostic] = {}

    @property
    def files(self) -> tuple[syntax.File, ...]:
        """The trees: the root file's first, then the others by path."""
        others = sorted(path for path in self._trees if path != self.root_path)
        return tuple(self._trees[path] for path in [self.root_path, *others] if path in self._trees)

    @property
    def packs(self) -> frozenset[str]:
        """The paths of the files that ship with Solon."""
        return frozenset(path for path in self._trees if path.startswith(PACKS))

    def read_list(self, node: syntax.ListFile) -> list[str]:
        """The entries that a `from` names, in order; none, and a diagnostic, where they cannot be read."""
        path = self._path_of(node.path)
        if path is None:
            return []
        if path not in self._lists:
            self._lists[path] = self._list_text(path, node.path)
        text = self._lists[path]
        if isinstance(text, Diagnostic):
            self.diagnostics.append(text)
            return []
        if node.column is not None:
            column = node.column.text if isinstance(node.column, syntax.Name) else node.column.value
            found = column_entries(text, column, path)
            if isinstance(found, BadList):
                span = node.column.span if found.code == "missing-column" else node.path.span
                self.diagnostics.append(Diagnostic(found.code, span, found.message, found.label))
                return []
        else:
            found = entries(text)
            if path.lower().endswith((".csv", ".tsv")) and found and any(sign in found[0] for sign in ",;\t"):
                self._say(
                    "missing-column",
                    node.span,
                    f"`{path}` is a table; say which column holds the entries",
                    help=(f'write `from "{node.path.value}" column …`',),
                )
                return []
        if not found:
            self._say("empty-list", node.span, f"`{path}` has no entries")
        return found

    # ── Loading ──────────────────────────────────────────────────────────────────────────────────────

    def load(self) -> None:
        """Read the root file and all that it uses, each file once."""
        root = Span(self.root_path, 0, 0)
        if not self._read_tree(self.root_path, root):
            return
        # A stack of our own: files may use each other more deeply than Python may call.
        path_now = [self.root_path]
        walks = [self._uses(self.root_path)]
        while walks:
            use = next(walks[-1], None)
            if use is None:
                walks.pop()
                path_now.pop()
                continue
            path = self._path_of(use.path)
            if path is None:
                continue
            if path in path_now:
                self._circle(use, [*path_now[path_now.index(path) :], path])
            elif path not in self._trees and self._read_tree(path, use.path.span):
                path_now.append(path)
                walks.append(self._uses(path))

    def _uses(self, path: str) -> Iterator[syntax.Use]:
        return iter(syntax.clauses(self._trees[path].items, syntax.Use))

    def _read_tree(self, path: str, named_at: Span) -> bool:
        """Read and parse a file; False, and a diagnostic, where there is nothing to go on with."""
        if path in self.sources:
            return False  # it could not be read, which is reported already
        if len(self.sources) >= FILES_MAX:
            self.incomplete = True
            self._say("file-too-large", named_at, f"a policy has at most {FILES_MAX:_} files")
            return False
        data = self._bytes(path, FILE_BYTES_MAX)
        if isinstance(data, NoFile):
            self.incomplete = True
            self.diagnostics.append(self._missing(data, path, named_at, FILE_BYTES_MAX))
            return False
        text, mistake = decoded(data, path)
        source = self.sources[path] = Source(path, text)
        if mistake is not None:
            self.incomplete = True
            self.diagnostics.append(mistake)
            return False
        result = self._parse(source)
        self.diagnostics.extend(result.diagnostics)
        if result.file is None:
            self.incomplete = True
            return False
        self._trees[path] = result.file
        if path != self.root_path:
            self._used_file(result.file, named_at)
        return True

    def _used_file(self, file: syntax.File, named_at: Span) -> None:
        for block in syntax.clauses(file.items, syntax.PolicyBlock):
            self._say(
                "policy-block-elsewhere",
                block.name.span,
                "only the root file has a `policy` block",
                label=f"`{self.root_path}` is the root file",
                secondary=((named_at, "this file is used here"),),
            )
        if not file.items and not file.broken:
            self._say("empty-file", named_at, f"there is nothing in `{file.path}`")

    def _bytes(self, path: str, bytes_max: int) -> bytes | NoFile:
        place: Files = self._packs if path.startswith(PACKS) else self._places
        return place.read(path, bytes_max)

    def _path_of(self, written: syntax.String) -> str | None:
        """Where a path points that a file names; None, and a diagnostic, where it may not."""
        user, value = written.span.source_path, written.value
        if value.startswith(PACKS):
            path = value if "." in posixpath.basename(value) else value + ".policy"
            found = path if inside("", path) == path else None
        else:
            found = inside(user, value)
            # The folder `std` is the packs', and they see nothing but themselves.
            if found is not None and user.startswith(PACKS) != found.startswith(PACKS):
                found = None
        if found is None:
            self._say(
                "path-leaves-folder",
                written.span,
                f"`{value}` is no path inside the folder of `{self.root_path}`",
                help=("paths start at the file that names them and stay in the root file's folder",),
            )
            return None
        return found

    def _circle(self, use: syntax.Use, around: list[str]) -> None:
        shown = " → ".join(f"`{path}`" for path in around)
        message = "a file uses itself" if len(around) == 2 else "these files use each other in a circle"
        self._say(
            "use-cycle",
            use.path.span,
            f"{message}: {shown}",
            help=("move what they share into a file of its own",),
        )

    def _list_text(self, path: str, named: syntax.String) -> str | Diagnostic:
        data = self._bytes(path, LIST_BYTES_MAX)
        if isinstance(data, NoFile):
            return self._missing(data, path, named.span, LIST_BYTES_MAX)
        text, mistake = decoded(data, path)
        if mistake is None:
            return text
        # The list itself may be large, and is no policy text; its name in the policy is the place to point
        # at.
        line = text.count("\n", 0, mistake.span.start) + 1
        return Diagnostic(
            "not-utf8", named.span, f"{mistake.message}, on line {line} of `{path}`", help=mistake.help
        )

    def _missing(self, why: NoFile, path: str, named_at: Span, bytes_max: int) -> Diagnostic:
        if why.reason == "too-large":
            limit = f"it may have {bytes_max:_} bytes"
            if named_at.source_path == path:
                return too_large(path, bytes_max + 1)
            return Diagnostic("file-too-large", named_at, f"`{path}` is too large; {limit}")
        if why.reason == "outside":
            return Diagnostic(
                "path-leaves-folder",
                named_at,
                f"`{path}` is a link to a place outside of the folder of `{self.root_path}`",
            )
        if why.reason == "unreadable":
            return Diagnostic("missing-file", named_at, f"the file `{path}` cannot be read")
        if path.startswith(PACKS) and path.endswith(".policy"):
            return _unknown_pack(path, named_at)
        label = did_you_mean(posixpath.basename(path), why.siblings)
        return Diagnostic("missing-file", named_at, f"there is no file `{path}`", label)

    def _say(self, code: str, span: Span, message: str, **more: object) -> None:
        self.diagnostics.append(Diagnostic(code, span, message, **more))  # type: ignore[arg-type]


def load(root: Path, instead: Mapping[str, str] | None = None) -> Project:
    """Read a root file from the disk, with all that it uses; texts of `instead` go before the disk's."""
    root = Path(root)
    disk = Disk(root.parent)
    project = Project(root.name, Over(instead, disk) if instead else disk)
    project.load()
    return project


def load_text(text: str, name: str = "<text>", files: Mapping[str, str | bytes] | None = None) -> Project:
    """Read a root file that is a text, with `files` by path beside it; the disk is not looked at."""
    project = Project(name, Memory({**(files or {}), name: text}))
    project.load()
    return project


def decoded(data: bytes, path: str) -> tuple[str, Diagnostic | None]:
    """The text of UTF-8 bytes, or a text to show and where the first byte stands that is none."""
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        at = len(data[: error.start].decode("utf-8"))
        byte = data[error.start]
        help_text = "save the file as UTF-8"
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            help_text = "the file looks like UTF-16; save it as UTF-8"
        mistake = Diagnostic(
            "not-utf8",
            Span(path, at, at + 1),
            f"this is not UTF-8 text: byte 0x{byte:02X} at offset {error.start}",
            help=(help_text,),
        )
        return data.decode("utf-8", "replace"), mistake


def _unknown_pack(path: str, named_at: Span) -> Diagnostic:
    name = path.removesuffix(".policy")
    meant = closest(name, pack_names())
    known = ", ".join(f"`{one}`" for one in pack_names())
    return Diagnostic(
        "unknown-pack",
        named_at,
        f"there is no pack `{name}`",
        label=f"did you mean `{meant}`?" if meant else None,
        help=(f"the packs that ship are {known}",) if known else (),
        fix=Fix(named_at, f'"{meant}"') if meant else None,
    )
