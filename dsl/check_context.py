"""What all parts of the check share: the names, the sources, what was said so far, what was used so far.

The parts are functions that take the context and a node of the syntax tree and give a node of the typed IR,
or None where they have reported an error; nothing is raised for an author's mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from itertools import chain

from solon.dsl import ir, syntax
from solon.dsl.codes import CODES
from solon.dsl.diagnostics import Diagnostic, Fix, closest, closest_few
from solon.dsl.resolve import Names
from solon.dsl.source import Source, Span

ListReader = Callable[[syntax.ListFile], Sequence[str] | None]
"""Gives the entries of a list file; None where it cannot be read, which its reader reports."""

TERMS_MAX = 1_000_000
RULES_MAX = 100_000
DEPTH_MAX = 200
"""How many nodes may stand inside one another once defines are expanded."""
CONDITION_NODES_MAX = 100_000
"""How many nodes one condition may come to once its defines are expanded."""
POLICY_NODES_MAX = 2_000_000
"""How many nodes all conditions may come to, and names all exemptions, once written out."""
MISTAKES_ENOUGH = 200
"""After as many errors the parts leave out what takes longer with every further one."""

# Looking for what was meant compares with every candidate; a policy of nothing but mistakes stays quick.
_SUGGESTIONS_BUDGET = 100_000
_SHOWN_CHARS = 40
_ABOUT_FACTS = frozenset({"unknown-fact", "bad-placeholder"})


def _nearly_the_same(word: str, other: str) -> bool:
    """Is one so clearly a misspelling of the other that it can be nothing else?"""
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= 0.85


@dataclass(slots=True)
class Used:
    """Names that something other than a test refers to."""

    facts: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Context:
    """The shared state of one check; `diagnostics` and `used` grow as the parts do their work."""

    sources: Mapping[str, Source]
    names: Names
    read_list: ListReader
    today: date
    diagnostics: list[Diagnostic] = field(default_factory=list)
    used: Used = field(default_factory=Used)
    reached: set[str] = field(default_factory=set)
    """Patterns that a condition, score, redaction, exemption or test names."""
    kinds: dict[str, ir.Kind | None] = field(default_factory=dict)
    """The kind of each declared fact; None where its declaration is wrong."""
    in_pack: bool = False
    """Is what is checked at the moment part of a pack?"""
    errors: int = 0
    """How many errors there are so far, those included that are reported elsewhere or are no news.

    A part compares before and after to see whether it went well.
    """
    actions: Mapping[str, syntax.Name] = field(default_factory=dict)
    """The policy's actions, from least to most severe."""
    term_count: int = 0
    node_count: int = 0
    """Nodes of all expanded conditions so far."""
    _suggestions_left: int = _SUGGESTIONS_BUDGET
    _values: dict[int, frozenset[str]] = field(default_factory=dict)

    def place(self, span: Span) -> ir.Place:
        """The span as file, line and column."""
        source = self.sources[span.source_path]
        start, end = source.start(span), source.end(span)
        return ir.Place(span.source_path, start.line, start.column, end.line, end.column)

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        label: str | None = None,
        notes: tuple[str, ...] = (),
        help: tuple[str, ...] = (),
        secondary: tuple[tuple[Span, str], ...] = (),
        fix: Fix | None = None,
    ) -> None:
        """Says one thing about the policy."""
        self.errors += CODES[code].severity == "error"
        self.diagnostics.append(Diagnostic(code, span, message, label, notes, help, secondary, fix))

    def meant(self, word: str, *tables: Collection[str]) -> str | None:
        """The candidate of all tables that was probably meant."""
        count = sum(map(len, tables))
        if count > self._suggestions_left:
            return None
        self._suggestions_left -= count
        return closest(word, chain(*tables))

    def unknown(
        self,
        code: str,
        name: syntax.Name,
        message: str,
        candidates: Collection[str],
        *,
        also: Sequence[Collection[str]] = (),
        notes: tuple[str, ...] = (),
        help: tuple[str, ...] = (),
        always: bool = False,
    ) -> None:
        """Reports a name that stands for nothing, with what of `candidates` and `also` was probably meant.

        Where a part of the policy could not be read, the name may stand in that part, and then nothing is
        said (but with `always`, for names that stand nowhere else).
        """
        names = self.names
        if name.text in names.damaged and not always:
            self.errors += 1
            return
        meant = self.meant(name.text, candidates, *also)
        in_doubt = not always and (names.incomplete or (names.facts_damaged and code in _ABOUT_FACTS))
        if in_doubt and (meant is None or not _nearly_the_same(name.text, meant)):
            self.errors += 1
            return
        if meant is None:
            self.report(code, name.span, message, notes=notes, help=help)
            return
        label = f"did you mean `{meant}`?"
        others = [one for table in (candidates, *also) for one in table if one != meant]
        is_certain = _nearly_the_same(name.text, meant) and not any(
            _nearly_the_same(name.text, one) for one in closest_few(name.text, others)
        )
        fix = Fix(name.span, meant, certain=is_certain)
        self.report(code, name.span, message, label=label, notes=notes, fix=fix)

    def shown(self, span: Span) -> str:
        """What stands at the span, in backticks, shortened where it is long."""
        text = " ".join(self.sources[span.source_path].text_of(span)[: 4 * _SHOWN_CHARS].split())
        return f"`{text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + '…'}`"

    def has_value(self, kind: ir.Kind, value: str) -> bool:
        """Is it one of an enum's values, of which there may be thousands?"""
        # INVARIANT: kinds live as long as the context, so that no other tuple has the same id.
        found = self._values.get(id(kind.values))
        if found is None:
            found = self._values[id(kind.values)] = frozenset(kind.values)
        return value in found

    def inside(self, string: syntax.String) -> Callable[[int, int], Span]:
        """Gives the span of characters of a string's value; all of the string where it has escapes."""
        span = string.span
        if self.sources[span.source_path].text_of(span)[1:-1] != string.value:
            return lambda _start, _end: span
        base = span.start + 1
        return lambda start, end: Span(span.source_path, base + start, base + end)
