"""The requests of the protocol, each handed to the editor core and its answer handed back."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from solon.dsl import syntax
from solon.dsl.format import format_text
from solon.dsl.source import Span
from solon.editor import finding
from solon.editor.actions import actions
from solon.editor.completion import complete
from solon.editor.hover import hover
from solon.editor.occurrences import Occurrence
from solon.editor.positions import Positions
from solon.editor.workspace import Open, View
from solon.lsp.convert import candidate, diagnostic, edits
from solon.lsp.server import Server

TRIGGERS = [" ", ".", '"', "{", "(", ",", "="]
SYMBOLS: dict[type, types.SymbolKind] = {
    syntax.PolicyBlock: types.SymbolKind.Module,
    syntax.Facts: types.SymbolKind.Struct,
    syntax.Define: types.SymbolKind.Variable,
    syntax.PatternBlock: types.SymbolKind.Class,
    syntax.PatternFormula: types.SymbolKind.Class,
    syntax.Rule: types.SymbolKind.Function,
    syntax.Exempt: types.SymbolKind.Interface,
    syntax.Score: types.SymbolKind.Variable,
    syntax.Test: types.SymbolKind.Event,
}


def make_server(pauses: tuple[float, float] = (0.25, 0.75)) -> Server:
    """A server with all that it can do."""
    server = Server(pauses)
    _documents(server)
    _navigation(server)
    _writing(server)
    _marks(server)
    return server


def _documents(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        root = server.workspace.root_path
        if root:
            server.files.top = server.file_of(server.workspace.root_uri or "")

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.did_open(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.did_change(params)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.did_close(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        server.files.changed_on_disk()
        one = server.open_file(params.text_document.uri)
        if one is not None:
            server.look(one)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched(_: types.DidChangeWatchedFilesParams) -> None:
        server.files.changed_on_disk()
        for one in {one.root: one for one in server.files.open.values()}.values():
            server.look(one)


def _named(server: Server, uri: str, position: types.Position) -> tuple[Open, View, Occurrence] | None:
    """The name at a position of an open file."""
    one = server.open_file(uri)
    if one is None:
        return None
    view = server.files.view(one)
    found = finding.at(view, one.document.path, server.offset(one, position))
    return None if found is None else (one, view, found)


def _navigation(server: Server) -> None:
    def location(view: View, span: Span) -> types.Location | None:
        uri = server.uri(view.folder, span.source_path)
        return None if uri is None else types.Location(uri, server.texts(view).range(span))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def on_hover(params: types.HoverParams) -> types.Hover | None:
        named = _named(server, params.text_document.uri, params.position)
        if named is None:
            return None
        one, view, found = named
        words = hover(view, found, server.policy(one.root).outcomes.passes())
        if words is None:
            return None
        content = types.MarkupContent(types.MarkupKind.Markdown, words)
        return types.Hover(content, server.texts(view).range(found.span))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def on_definition(params: types.DefinitionParams) -> types.Location | None:
        named = _named(server, params.text_document.uri, params.position)
        if named is None:
            return None
        one, view, found = named
        if found.kind == "file":
            used = finding.used_file(view, one.document.path, found)
            return None if used is None else location(view, used)
        span = finding.declaration(view, found)
        return None if span is None else location(view, span)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: types.ReferenceParams) -> list[types.Location]:
        named = _named(server, params.text_document.uri, params.position)
        if named is None:
            return []
        _, view, found = named
        wanted = finding.all_of(view, found)
        spans = [one.span for one in wanted if params.context.include_declaration or not one.declares]
        return [place for span in spans if (place := location(view, span)) is not None]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        one = server.open_file(params.text_document.uri)
        file = None if one is None else one.document.snapshot().result().file
        if one is None or file is None:
            return []
        positions = Positions(one.document.text, server.units)

        def place(span: Span) -> types.Range:
            return types.Range(
                types.Position(*positions.place(span.start)), types.Position(*positions.place(span.end))
            )

        symbols = []
        for item in file.items:
            kind = SYMBOLS.get(type(item))
            if kind is None:
                continue
            name = getattr(item, "name", None)
            text = "facts" if name is None else getattr(name, "text", None) or getattr(name, "value", "")
            own = item.span if name is None else name.span
            symbols.append(types.DocumentSymbol(text or "…", kind, place(item.span), place(own)))
        return symbols


def _writing(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS))
    def on_completion(params: types.CompletionParams) -> types.CompletionList:
        one = server.open_file(params.text_document.uri)
        if one is None:
            return types.CompletionList(False, [])
        offset = server.offset(one, params.position)
        piece, start = one.document.snapshot().piece_at(max(offset - 1, 0))
        before = piece.text[: offset - start]
        found = complete(server.files.loose_view(one), before)
        return types.CompletionList(False, [candidate(each) for each in found])

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def on_formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        one = server.open_file(params.text_document.uri)
        if one is None:
            return None
        text = one.document.text
        written = format_text(text)
        if written == text:
            return []
        end = types.Position(*Positions(text, server.units).place(len(text)))
        return [types.TextEdit(types.Range(types.Position(0, 0), end), written)]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def on_prepare_rename(params: types.PrepareRenameParams) -> types.Range | None:
        named = _named(server, params.text_document.uri, params.position)
        if named is None or named[2].kind in {"file", "former"}:
            return None
        return server.texts(named[1]).range(named[2].span)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def on_rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        named = _named(server, params.text_document.uri, params.position)
        if named is None:
            return None
        _, view, found = named
        try:
            changes = finding.rename(view, found, params.new_name)
        except finding.CannotRename as error:
            raise JsonRpcInvalidParams(str(error)) from None
        return edits(changes, server.texts(view), lambda path: server.uri(view.folder, path))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def on_code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        one = server.open_file(params.text_document.uri)
        if one is None:
            return []
        start, end = server.offset(one, params.range.start), server.offset(one, params.range.end)
        here = [said for said in one.said if said.span.start <= end and said.span.end >= start]
        view = server.files.view(one)
        texts = server.texts(view)

        def uri_of(path: str) -> str | None:
            return server.uri(view.folder, path)

        return [
            types.CodeAction(
                title=action.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic(action.diagnostic, texts, uri_of)],
                is_preferred=action.preferred,
                edit=edits(list(action.edits), texts, uri_of),
            )
            for action in actions(here, view.sources)
        ]


def _marks(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def on_code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        one = server.open_file(params.text_document.uri)
        file = None if one is None else one.document.snapshot().result().file
        if one is None or file is None:
            return []
        positions = Positions(one.document.text, server.units)
        outcomes = server.policy(one.root).outcomes
        lenses = []
        for item in file.items:
            if isinstance(item, syntax.Test):
                words = outcomes.in_words(item.name.value)
            elif isinstance(item, syntax.PatternBlock):
                words = outcomes.of_pattern(item.name.text)
            else:
                continue
            if words is not None:
                start = types.Position(*positions.place(item.span.start))
                end = types.Position(*positions.place(item.name.span.end))
                lenses.append(types.CodeLens(types.Range(start, end), types.Command(words, "")))
        return lenses
