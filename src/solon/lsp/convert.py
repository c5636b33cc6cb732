"""What the editor core says as what the protocol has: ranges, diagnostics, edits. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from solon.dsl.diagnostics import Diagnostic
from solon.dsl.render import escaped
from solon.dsl.source import Source, Span
from solon.editor.completion import Candidate
from solon.editor.finding import TextEdit
from solon.editor.positions import Positions, Units

MESSAGE_CHARS_MAX = 2_000

KINDS = {
    "keyword": types.CompletionItemKind.Keyword,
    "fact": types.CompletionItemKind.Field,
    "define": types.CompletionItemKind.Variable,
    "score": types.CompletionItemKind.Variable,
    "pattern": types.CompletionItemKind.Class,
    "rule": types.CompletionItemKind.Function,
    "action": types.CompletionItemKind.EnumMember,
    "label": types.CompletionItemKind.Constant,
    "value": types.CompletionItemKind.EnumMember,
    "entity": types.CompletionItemKind.Class,
    "file": types.CompletionItemKind.File,
    "audience": types.CompletionItemKind.Constant,
    "unit": types.CompletionItemKind.Unit,
}


class Texts:
    """The texts of files, with their lines counted once; made anew for each answer."""

    def __init__(self, sources: Mapping[str, Source], units: Units) -> None:
        self.sources = sources
        self.units = units
        self._made: dict[str, Positions] = {}

    def positions(self, path: str) -> Positions | None:
        """The lines of a file; None for one that nobody has read."""
        if path not in self._made:
            source = self.sources.get(path)
            if source is None:
                return None
            self._made[path] = Positions(source.text, self.units)
        return self._made[path]

    def range(self, span: Span) -> types.Range:
        """A span as the client counts."""
        positions = self.positions(span.source_path)
        if positions is None:
            return types.Range(types.Position(0, 0), types.Position(0, 0))
        return types.Range(
            types.Position(*positions.place(span.start)), types.Position(*positions.place(span.end))
        )


UriOf = Callable[[str], str | None]
"""The URI of a file by its path from the root file's folder; None for one that ships with Solon."""


def diagnostic(one: Diagnostic, texts: Texts, uri_of: UriOf) -> types.Diagnostic:
    """A mistake or a warning, with its second places."""
    related = [
        types.DiagnosticRelatedInformation(types.Location(uri, texts.range(span)), escaped(label) or "here")
        for span, label in one.secondary
        if (uri := uri_of(span.source_path)) is not None
    ]
    severity = types.DiagnosticSeverity
    unused = one.code.startswith("unused-")
    return types.Diagnostic(
        range=texts.range(one.span),
        message=_words(one.message, one.label, one.notes, one.help),
        severity=severity.Error if one.is_error else severity.Warning,
        code=one.code,
        source="solon",
        related_information=related or None,
        tags=[types.DiagnosticTag.Unnecessary] if unused else None,
    )


@lru_cache(maxsize=4_096)
def _words(message: str, label: str | None, notes: tuple[str, ...], help: tuple[str, ...]) -> str:
    """What is said, a line each."""
    # PERF: all of a file is told after each keystroke, and most of it was told before.
    below = [label] if label else []
    return "\n".join(escaped(part) for part in [message, *below, *notes, *help])[:MESSAGE_CHARS_MAX]


def edits(found: list[TextEdit], texts: Texts, uri_of: UriOf) -> types.WorkspaceEdit:
    """Edits of several files."""
    changes: dict[str, list[types.TextEdit]] = {}
    for one in found:
        uri = uri_of(one.span.source_path)
        if uri is not None:
            changes.setdefault(uri, []).append(types.TextEdit(texts.range(one.span), one.text))
    return types.WorkspaceEdit(changes=changes)


def candidate(one: Candidate) -> types.CompletionItem:
    """A word that may stand there; names go before keywords."""
    rank = "1" if one.kind in {"keyword", "unit"} else "0"
    return types.CompletionItem(
        label=one.text, kind=KINDS[one.kind], detail=one.detail or one.kind, sort_text=f"{rank}{one.text}"
    )


def uri_of_file(file: Path) -> str | None:
    """The URI of a file on the disk."""
    uri: str | None = from_fs_path(str(file))
    return uri
