"""`solon lsp`: speaks the Language Server Protocol over standard input and output.

    didChange ──▶ what can be said at once ──pause──▶ the whole policy ──pause──▶ meaning and tests, elsewhere

An edit is answered before the next one is read: the piece that it touched is read and checked, the rest
keeps what was said of it. After a short pause the whole policy is checked in a thread; after another one a
process of its own looks at what it means and runs its tests, and is ended when the author types on.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from solon.compiler.analyses import MEANING_CODES
from solon.dsl.diagnostics import Diagnostic, in_order
from solon.dsl.files import PACKS
from solon.dsl.load import Checked
from solon.dsl.source import Source
from solon.editor.afterthought import from_plain
from solon.editor.outcomes import Outcomes
from solon.editor.positions import Positions, Units
from solon.editor.workspace import Open, View, Workspace
from solon.lsp.convert import Texts, diagnostic, uri_of_file
from solon.matcher.verdict import engine_version

LINE_BYTES_MAX = 64 * 1024 * 1024
EDITS_JUDGED_MAX = 8
"""Of more edits at a time, such as a name replaced everywhere, none is judged before all are made."""


@dataclass(slots=True)
class _Policy:
    """What the server knows of one root file: the work that waits, and what was told."""

    generation: int = 0
    task: asyncio.Task[None] | None = None
    outcomes: Outcomes = field(default_factory=Outcomes)
    told: set[str] = field(default_factory=set)
    others: tuple[Diagnostic, ...] = ()
    """What is wrong in files of the policy that are not open."""


class Server(LanguageServer):
    """One client's server. `pauses` are the seconds before the whole policy, and then its meaning, is looked
    at."""

    def __init__(self, pauses: tuple[float, float] = (0.25, 0.75)) -> None:
        super().__init__("solon", engine_version())
        self.pauses = pauses
        self.files = Workspace()
        self.uris: dict[Path, str] = {}
        self.policies: dict[Path, _Policy] = {}

    # ── Files and places ─────────────────────────────────────────────────────────────────────────────

    @property
    def units(self) -> Units:
        """What the client's columns count."""
        return Units(self.workspace.position_encoding or Units.UTF16)

    def file_of(self, uri: str) -> Path:
        """The file of a URI; for a text that is no file yet a path that nothing else has."""
        path = to_fs_path(uri)
        if uri.startswith("file:") and path:
            with suppress(OSError, ValueError, RuntimeError):
                return Path(path).resolve()
        return Path("/untitled") / f"{abs(hash(uri))}.policy"

    def open_file(self, uri: str) -> Open | None:
        """The open file of a URI."""
        return self.files.open.get(self.file_of(uri))

    def uri(self, view_folder: Path, source_path: str) -> str | None:
        """The URI of a file of a policy; as the client wrote it, where it did."""
        if source_path.startswith(PACKS):
            return None
        file = view_folder / source_path
        with suppress(OSError, RuntimeError, ValueError):
            file = file.resolve()
        return self.uris.get(file) or uri_of_file(file)

    def offset(self, one: Open, position: types.Position) -> int:
        """The character of a position."""
        return Positions(one.document.text, self.units).offset(position.line, position.character)

    def texts(self, view: View) -> Texts:
        """The texts of a view, for ranges."""
        return Texts(view.sources, self.units)

    def policy(self, root: Path) -> _Policy:
        """What is known of a root file."""
        return self.policies.setdefault(root, _Policy())

    # ── Edits ────────────────────────────────────────────────────────────────────────────────────────

    def did_open(self, item: types.TextDocumentItem) -> None:
        """A file was opened: all of its policy is looked at, without a pause."""
        file = self.file_of(item.uri)
        self.uris[file] = item.uri
        one = self.files.opened(file, item.text, item.version)
        self.look(one, at_once=True)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Edits, one after the other; each in the text that the one before it made."""
        file = self.file_of(params.text_document.uri)
        one = self.files.open.get(file)
        if one is None:
            return
        version = params.text_document.version
        many = len(params.content_changes) > EDITS_JUDGED_MAX
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                positions = Positions(one.document.text, self.units)
                start = positions.offset(change.range.start.line, change.range.start.character)
                end = positions.offset(change.range.end.line, change.range.end.character)
                start, end = min(start, end), max(start, end)
            else:
                start, end = 0, len(one.document.text)
            before = len(one.document.text)
            one = self.files.edited(file, start, end, change.text, version, one_of_many=many)
            grown = len(one.document.text) - before
            self.policy(one.root).outcomes.moved(one.document.path, start, end, grown)
        self.publish(one)
        self.look(one)

    def did_close(self, uri: str) -> None:
        """The file is what it is on the disk again."""
        file = self.file_of(uri)
        one = self.files.open.get(file)
        self.files.closed(file)
        self.uris.pop(file, None)
        self._send(uri, [], None)
        if one is not None:
            for other in self.files.open.values():
                if other.root == one.root:
                    self.look(other)
                    return
            policy = self.policies.pop(one.root, None)
            if policy is not None:
                if policy.task is not None:
                    policy.task.cancel()
                for told in policy.told:
                    self._send(told, [], None)

    def look(self, one: Open, *, at_once: bool = False) -> None:
        """Look at the whole policy after a pause; what waited or ran before is of an older text."""
        policy = self.policy(one.root)
        policy.generation += 1
        if policy.task is not None:
            policy.task.cancel()
        policy.task = asyncio.get_running_loop().create_task(self._later(one.root, one.alone, at_once))

    async def _later(self, root: Path, alone: bool, at_once: bool) -> None:
        policy = self.policy(root)
        generation = policy.generation
        try:
            await asyncio.sleep(0 if at_once else self.pauses[0])
            job = self.files.job(root)
            view, checked = await asyncio.get_running_loop().run_in_executor(None, job.run)
            if generation != policy.generation:
                return
            self.files.keep(root, view)
            self._say(root, checked, alone=alone, keep_meaning=checked.policy is not None)
            if alone or checked.policy is None:
                return
            await asyncio.sleep(self.pauses[1])
            await self._meaning(root, job.texts, checked, view)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a server that dies takes the editor's help with it
            self.log(repr(error))

    async def _meaning(self, root: Path, texts: dict[str, str], checked: Checked, view: View) -> None:
        """What the policy means, and its tests, by a process that ends with this task."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "solon.editor.afterthought",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_BYTES_MAX,
        )  # fmt: skip
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            question = json.dumps({"root": str(root), "texts": texts}, ensure_ascii=True)
            process.stdin.write(question.encode("ascii"))
            process.stdin.close()
            while line := await process.stdout.readline():
                answer: dict[str, Any] = json.loads(line)
                if "diagnostics" in answer:
                    found = from_plain(answer["diagnostics"])
                    whole = Checked(checked.policy, found, checked.sources, checked.root_path)
                    self._say(root, whole, alone=False, keep_meaning=False)
                if "tests" in answer:
                    policy = self.policy(root)
                    policy.outcomes = Outcomes.of(answer["tests"], view.sources)
                    self._publish_all(root, view.folder)
                    with suppress(Exception):  # a client without lenses
                        self.workspace_code_lens_refresh(None)
            if await process.wait():
                self.log("what the policy means could not be looked at")
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            await process.wait()

    def log(self, words: str) -> None:
        """A line in the editor's log, for who looks for a reason."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"solon: {words}"))

    # ── Telling ──────────────────────────────────────────────────────────────────────────────────────

    def _say(self, root: Path, checked: Checked, *, alone: bool, keep_meaning: bool) -> None:
        """Sort what was found to the open files, and tell it."""
        open_paths = {one.document.path: one for one in self.files.open.values() if one.root == root}
        by_path: dict[str, list[Diagnostic]] = {}
        for one in checked.diagnostics:
            if not (alone and one.code == "missing-policy-block"):
                by_path.setdefault(one.span.source_path, []).append(one)
        for path, one_open in open_paths.items():
            kept = [old for old in one_open.said if keep_meaning and old.code in MEANING_CODES]
            one_open.said = in_order([*by_path.get(path, []), *kept])
        policy = self.policy(root)
        policy.others = tuple(
            one for path, found in by_path.items() if path not in open_paths for one in found
        )
        self._publish_all(root, root.parent, checked.sources)

    def _publish_all(self, root: Path, folder: Path, sources: Any = None) -> None:
        policy = self.policy(root)
        for one in self.files.open.values():
            if one.root == root:
                self.publish(one)
        if sources is None:
            return
        texts = Texts(sources, self.units)
        by_uri: dict[str, list[types.Diagnostic]] = {}
        for found in policy.others:
            uri = self.uri(folder, found.span.source_path)
            if uri is not None:
                by_uri.setdefault(uri, []).append(
                    diagnostic(found, texts, lambda path: self.uri(folder, path))
                )
        for uri in policy.told - by_uri.keys() - set(self.uris.values()):
            self._send(uri, [], None)
        for uri, listed in by_uri.items():
            self._send(uri, listed, None)
        policy.told = set(by_uri)

    def publish(self, one: Open) -> None:
        """Tell all that is known of an open file."""
        policy = self.policy(one.root)
        known = self.files.known_sources(one)
        texts = Texts({**known, one.document.path: Source(one.document.path, one.document.text)}, self.units)
        folder = one.root.parent
        found = [diagnostic(said, texts, lambda path: self.uri(folder, path)) for said in one.said]
        found += [
            types.Diagnostic(
                range=texts.range(failing.span),
                message=failing.words,
                severity=types.DiagnosticSeverity.Error,
                code="test-failed",
                source="solon test",
            )
            for failing in policy.outcomes.failing
            if failing.span.source_path == one.document.path
        ]
        self._send(self.uris.get(one.file, ""), found, one.version)

    def _send(self, uri: str, found: Iterable[types.Diagnostic], version: int | None) -> None:
        if uri:
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, diagnostics=list(found), version=version)
            )
