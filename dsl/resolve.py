"""Which name stands for what: the declarations of all files of a policy, by kind and name.

In: the syntax trees of the root file, of the team's own files and of the packs that ship with Solon. Out:
`Names` and what is wrong with the declarations themselves (two of one name, two policy blocks, a pack that
holds what packs may not hold). What a reference means is asked later, by the check.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from solon.dsl import syntax
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.source import Span

PatternDeclaration: TypeAlias = syntax.PatternBlock | syntax.PatternFormula
Declaration: TypeAlias = (
    syntax.Fact | syntax.Define | PatternDeclaration | syntax.Rule | syntax.Exempt | syntax.Score
)
T = TypeVar("T", bound=Declaration)

MAX_OFFSET = 2**62


@dataclass(slots=True)
class Names:
    """Everything that has a name, each under it; of two with one name the first.

    `incomplete` says that a whole file is missing, `broken` that parts of one could not be read; `damaged`
    has the names of what was only partly read, so that what they lack is no mistake of its own.
    """

    root_path: str
    header: syntax.PolicyBlock | None = None
    facts: dict[str, syntax.Fact] = field(default_factory=dict)
    defines: dict[str, syntax.Define] = field(default_factory=dict)
    patterns: dict[str, PatternDeclaration] = field(default_factory=dict)
    scores: dict[str, syntax.Score] = field(default_factory=dict)
    rules: dict[str, syntax.Rule] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    """Names that rules had, each with the rule's name now."""
    exemptions: dict[str, syntax.Exempt] = field(default_factory=dict)
    tests: list[syntax.Test] = field(default_factory=list)
    packs: frozenset[str] = frozenset()
    """Paths of the files that ship with Solon."""
    incomplete: bool = False
    broken: bool = False
    root_is_whole: bool = False
    damaged: frozenset[str] = frozenset()
    facts_damaged: bool = False
    """May there be facts in what could not be read? Unlike other things, a block of them has no name."""
    broken_tests: frozenset[Span] = frozenset()

    def excuses(self, name: str) -> bool:
        """Would it be no news that the thing of this name lacks something?"""
        return name in self.damaged

    def in_pack(self, span: Span) -> bool:
        """Does it stand in a file that ships with Solon?"""
        return span.source_path in self.packs


def resolve(
    root_path: str,
    files: Sequence[syntax.File],
    packs: frozenset[str],
    *,
    incomplete: bool = False,
    mistakes: Iterable[Diagnostic] = (),
) -> tuple[Names, list[Diagnostic]]:
    """The names of all files, root file first, and what is wrong with their declarations.

    `incomplete` says that a file is missing altogether; a file that is broken says so itself, and
    `mistakes` are those that were met when it was read.
    """
    names = Names(root_path, packs=packs, incomplete=incomplete)
    names.broken = any(file.broken for file in files)
    names.root_is_whole = any(file.path == root_path and not file.broken for file in files)
    names.damaged = frozenset().union(*(file.damaged for file in files))
    if names.broken:
        _place_mistakes(names, files, mistakes)
    resolver = _Resolver(names)
    for file in files:
        resolver.file(file)
    resolver.clashes()
    return names, resolver.diagnostics


def _place_mistakes(names: Names, files: Iterable[syntax.File], mistakes: Iterable[Diagnostic]) -> None:
    """Finds what has no name and is damaged: the tests, and the blocks of facts, that a mistake stands in."""
    items = sorted((item for file in files for item in file.items), key=lambda item: item.span)
    spans = [item.span for item in items]
    tests: set[Span] = set()
    for mistake in mistakes:
        if not mistake.is_error:
            continue
        at = bisect_right(spans, Span(mistake.span.source_path, mistake.span.start, MAX_OFFSET)) - 1
        span = spans[at] if at >= 0 else None
        item = items[at] if span is not None and _holds(span, mistake.span) else None
        if item is None or isinstance(item, syntax.Facts):
            names.facts_damaged = True
        elif isinstance(item, syntax.Test):
            tests.add(item.span)
    names.broken_tests = frozenset(tests)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.source_path == inner.source_path and outer.start <= inner.start <= outer.end


class _Resolver:
    """Collects declarations; the first of a name wins."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.diagnostics: list[Diagnostic] = []

    def file(self, file: syntax.File) -> None:
        is_pack = file.path in self.names.packs
        for item in file.items:
            if is_pack and not isinstance(
                item, (syntax.Use, syntax.Define, syntax.PatternBlock, syntax.PatternFormula)
            ):
                self._say("pack-content", item.span, "a pack holds patterns and defines alone")
                continue
            self._item(item)

    def _item(self, item: syntax.Item) -> None:
        names = self.names
        match item:
            case syntax.PolicyBlock():
                self._header(item)
            case syntax.Facts(facts=facts):
                for fact in facts:
                    self._declare(names.facts, "fact", fact)
            case syntax.Define():
                self._declare(names.defines, "define", item)
            case syntax.PatternBlock() | syntax.PatternFormula():
                self._declare(names.patterns, "pattern", item)
            case syntax.Rule():
                self._declare(names.rules, "rule", item)
                for clause in syntax.clauses(item.clauses, syntax.Was):
                    names.former.update((was.text, item.name.text) for was in clause.names)
            case syntax.Exempt():
                self._declare(names.exemptions, "exemption", item)
            case syntax.Score():
                self._declare(names.scores, "score", item)
            case syntax.Test():
                names.tests.append(item)
            case syntax.Use():
                pass

    def _header(self, block: syntax.PolicyBlock) -> None:
        # A block in another file than the root is reported where files are put together.
        if block.span.source_path != self.names.root_path:
            return
        first = self.names.header
        if first is None:
            self.names.header = block
            return
        self._say(
            "second-policy-block",
            block.name.span,
            f"there is already a policy block, `{first.name.text}`",
            secondary=((first.name.span, "here"),),
            help=("a policy has one block; put the clauses of both into one",),
        )

    def _declare(self, table: dict[str, T], noun: str, node: T) -> None:
        first = table.setdefault(node.name.text, node)
        if first is not node:
            self._twice(noun, node.name, first.name)

    def _twice(self, noun: str, name: syntax.Name, first: syntax.Name) -> None:
        pack = first if self.names.in_pack(first.span) else name if self.names.in_pack(name.span) else None
        if pack is None or noun not in ("pattern", "define"):
            self._say(
                "duplicate-name",
                name.span,
                f"there is already {'an' if noun[0] == 'e' else 'a'} {noun} `{name.text}`",
                label="the second one",
                secondary=((first.span, "the first one"),),
                help=("give one of them another name",),
            )
            return
        own = name if pack is first else first
        path = pack.span.source_path
        self._say(
            "pack-redefined",
            own.span,
            f"`{name.text}` is already a {noun} of `{path.removesuffix('.policy')}`",
            secondary=((pack.span, "the pack's own"),),
            help=("give yours another name; the pack's can be part of it",),
        )

    def clashes(self) -> None:
        """Facts, defines and scores stand at the same places in conditions and must differ in name."""
        names = self.names
        seen: dict[str, tuple[str, syntax.Name]] = {}
        groups: tuple[tuple[str, Iterable[Declaration]], ...] = (
            ("fact", names.facts.values()),
            ("define", names.defines.values()),
            ("score", names.scores.values()),
        )
        for noun, nodes in groups:
            for node in nodes:
                first = seen.setdefault(node.name.text, (noun, node.name))
                if first[1] is node.name:
                    continue
                self._say(
                    "duplicate-name",
                    node.name.span,
                    f"`{node.name.text}` is already a {first[0]}, and a condition could mean either",
                    label=f"the {noun}",
                    secondary=((first[1].span, f"the {first[0]}"),),
                    help=("give one of them another name",),
                )

    def _say(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        label: str | None = None,
        help: tuple[str, ...] = (),
        secondary: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        self.diagnostics.append(Diagnostic(code, span, message, label=label, help=help, secondary=secondary))
