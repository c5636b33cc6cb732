"""The open files, and the policies that they are part of: who uses whom, what is declared, what is wrong.

In: files opened, edited, closed; unsaved texts go before those on the disk. Out: for an open file the
policy as it stands (`View`), the mistakes that an edit can have made (`at_once`), all mistakes (`Job`,
which may run in another thread).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from solon.dsl import syntax
from solon.dsl.check import check_some
from solon.dsl.diagnostics import Diagnostic, in_order
from solon.dsl.files import PACKS, Disk, Over
from solon.dsl.load import Checked, check_project
from solon.dsl.parser import ParseResult, parse
from solon.dsl.project import Project
from solon.dsl.resolve import Names, resolve
from solon.dsl.roots import has_policy_block, read_text, roots_of
from solon.dsl.source import Source
from solon.editor.document import Document, Snapshot
from solon.editor.shifting import moved_by_edit

PARSED_MAX = 200
"""Files whose trees are kept beside those of the open ones."""


@dataclass(frozen=True, slots=True)
class View:
    """A policy as it stands: its files, and what has a name in them."""

    folder: Path
    root: str
    files: tuple[syntax.File, ...]
    sources: Mapping[str, Source]
    names: Names

    def path(self, source_path: str) -> Path | None:
        """Where a file lies; None for one that ships with Solon."""
        return None if source_path.startswith(PACKS) else self.folder / source_path


@dataclass(slots=True)
class Open:
    """An open file: its document, the root of the policy that it is part of, and what was last said of it."""

    file: Path
    root: Path
    document: Document
    version: int | None
    said: tuple[Diagnostic, ...] = ()
    alone: bool = False
    """No root file uses it, and it is none itself: only how it is written can be judged."""


@dataclass(slots=True)
class _Trees:
    """Trees of files that are not open, by path and text: reading a pack takes longer than all the rest."""

    kept: dict[tuple[str, str], ParseResult] = field(default_factory=dict)

    def parse(self, source: Source) -> ParseResult:
        key = (source.path, source.text)
        found = self.kept.get(key)
        if found is None:
            found = parse(source)
            while len(self.kept) >= PARSED_MAX:
                self.kept.pop(next(iter(self.kept)), None)
            self.kept[key] = found
        return found


@dataclass(frozen=True, slots=True)
class Job:
    """All that is needed to look at a whole policy, and nothing that changes meanwhile."""

    root: Path
    snapshots: Mapping[str, Snapshot]
    trees: _Trees

    @property
    def texts(self) -> dict[str, str]:
        """The texts that stand for those on the disk, by path from the root file's folder."""
        return {path: one.text for path, one in self.snapshots.items()}

    def _project(self) -> Project:
        def read(source: Source) -> ParseResult:
            snapshot = self.snapshots.get(source.path)
            if snapshot is not None and snapshot.text == source.text:
                return snapshot.result()
            return self.trees.parse(source)

        disk = Disk(self.root.parent)
        project = Project(self.root.name, Over(self.texts, disk) if self.snapshots else disk, read)
        project.load()
        return project

    def run(self) -> tuple[View, Checked]:
        """The policy, read and checked, without what it means."""
        project = self._project()
        return self._view(project), check_project(project)

    def view(self) -> View:
        """The policy, read."""
        return self._view(self._project())

    def _view(self, project: Project) -> View:
        names, _ = resolve(project.root_path, project.files, project.packs, incomplete=project.incomplete)
        return View(self.root.parent, project.root_path, project.files, project.sources, names)


class Workspace:
    """The open files of one editor. `top` is the folder above which no root file is looked for."""

    def __init__(self, top: Path | None = None) -> None:
        self.top = top
        self.open: dict[Path, Open] = {}
        self._trees = _Trees()
        self._views: dict[Path, View] = {}

    # ── Files come, change and go ────────────────────────────────────────────────────────────────────

    def opened(self, file: Path, text: str, version: int | None = None) -> Open:
        """A file was opened, or is replaced as a whole."""
        file = _resolved(file)
        # First with a path of its own: finding the root asks for unsaved texts, this one's too.
        self.open[file] = Open(file, file, Document(file.name, text), version)
        root, alone = self._root_of(file)
        if root != file:
            path = file.relative_to(root.parent).as_posix()
            self.open[file] = Open(file, root, Document(path, text), version)
        self.open[file].alone = alone
        self._views.pop(self.open[file].root, None)
        return self.open[file]

    def edited(
        self,
        file: Path,
        start: int,
        end: int,
        new: str,
        version: int | None = None,
        *,
        one_of_many: bool = False,
    ) -> Open:
        """Characters of an open file were replaced; its `said` is what can be said of it at once.

        After `one_of_many` edits nobody waits for each: what was said moves along, nothing new is said.
        """
        one = self.open[_resolved(file)]
        before = len(one.document.text)
        fresh = one.document.edit(start, end, new)
        one.version = version
        grown = len(one.document.text) - before
        snapshot = one.document.snapshot()
        begin, stop = snapshot.stretch(fresh)
        moved = (moved_by_edit(old, start, end, grown, snapshot.path) for old in one.said)
        kept = [old for old in moved if old is not None and not (fresh and begin <= old.span.start < stop)]
        new_ones = [] if one_of_many else self._at_once(one, snapshot, fresh)
        one.said = in_order([*kept, *new_ones])
        return one

    def closed(self, file: Path) -> None:
        """A file was closed: what is on the disk counts again."""
        one = self.open.pop(_resolved(file), None)
        if one is not None:
            self._views.pop(one.root, None)

    def changed_on_disk(self) -> None:
        """Files have changed on the disk: others may use an open one now, and those that did no longer."""
        self._views.clear()
        for file, one in list(self.open.items()):
            root, alone = self._root_of(file)
            if (root, alone) != (one.root, one.alone):
                self.opened(file, one.document.text, one.version)

    def _root_of(self, file: Path) -> tuple[Path, bool]:
        top = self.top if self.top is not None and file.is_relative_to(self.top) else file.parent
        found = roots_of(file, top, self._text)
        if not found:
            return file, True
        text = self._text(found[0])
        return found[0], text is None or not has_policy_block(text)

    def _text(self, file: Path) -> str | None:
        one = self.open.get(_resolved(file))
        return read_text(file) if one is None else one.document.text

    # ── What is asked ────────────────────────────────────────────────────────────────────────────────

    def job(self, root: Path) -> Job:
        """All about a policy as it is now, for another thread."""
        snapshots = {}
        for one in self.open.values():
            if one.file.is_relative_to(root.parent):
                path = one.file.relative_to(root.parent).as_posix()
                if one.document.path == path:
                    snapshots[path] = one.document.snapshot()
        return Job(root, snapshots, self._trees)

    def view(self, one: Open) -> View:
        """The policy of an open file, with every place where it is now."""
        view = self._views.get(one.root)
        if view is None or self._is_old(view):
            view = self._views[one.root] = self.job(one.root).view()
        return view

    def loose_view(self, one: Open) -> View:
        """The policy of an open file at once; places outside of what was edited may be old."""
        return self._views.get(one.root) or self.view(one)

    def known_sources(self, one: Open) -> Mapping[str, Source]:
        """The texts of the policy's files as they were last read, for second places."""
        view = self._views.get(one.root)
        return {} if view is None else view.sources

    def keep(self, root: Path, view: View) -> None:
        """A job has made this view; it may be used until a file changes."""
        self._views[root] = view

    def _is_old(self, view: View) -> bool:
        return any(
            one.document.path in view.sources
            and one.file.parent.is_relative_to(view.folder)
            and view.sources[one.document.path].text != one.document.text
            for one in self.open.values()
            if one.root.parent == view.folder
        )

    def _at_once(self, one: Open, snapshot: Snapshot, fresh: range) -> list[Diagnostic]:
        """What is wrong with the pieces that were read anew."""
        if snapshot.refused is not None:
            return [snapshot.refused]
        mistakes = list(snapshot.mistakes_of(fresh))
        if one.alone or not fresh or any(snapshot.pieces[number].broken for number in fresh):
            return mistakes
        known = self.loose_view(one)
        file = snapshot.loose_file(fresh)
        files = tuple(file if other.path == file.path else other for other in known.files)
        sources = {**known.sources, file.path: Source(file.path, snapshot.text)}
        changed = [
            item for number in fresh for item in snapshot.pieces[number].at(snapshot.starts[number])[0]
        ]
        found = check_some(
            known.root, files, sources, changed, today=datetime.now(UTC).date(), packs=known.names.packs
        )
        begin, stop = snapshot.stretch(fresh)
        here = [one for one in found if one.span.source_path == file.path and begin <= one.span.start < stop]
        return mistakes + here


def _resolved(file: Path) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError, ValueError):
        return file


__all__ = ["Job", "Open", "View", "Workspace"]
