"""One finder over the suites: each text is asked once, and each case held against the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from benchmarks.accuracy.ours import PACK_KINDS, Solon
from benchmarks.accuracy.score import Finding, Whole, pairs, whole
from benchmarks.accuracy.suites import Case, Span

__all__ = ["Finder", "Run"]


class Finder(Protocol):
    """What finds spans in a text, by kind."""

    name: str

    def find(self, text: str) -> dict[str, list[Span]]: ...


class Run:
    """A finder and what it found so far. `kinds` None: all."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.name = finder.name
        self._found: dict[tuple[str, bool], dict[str, list[Span]]] = {}

    def knows(self, kind: str) -> bool:
        """Whether the finder has the kind."""
        return isinstance(self.finder, Solon) or kind in self.finder.kinds  # type: ignore[attr-defined]

    def spans(self, text: str, kind: str) -> list[Span]:
        """What it finds of a kind in a text."""
        packs = isinstance(self.finder, Solon) and (kind in PACK_KINDS or kind == "any")
        if (text, packs) not in self._found:
            find: Callable[[str], dict[str, list[Span]]] = self.finder.find
            if packs:
                find = self.finder.find_packs  # type: ignore[attr-defined]
            self._found[text, packs] = find(text)
        return self._found[text, packs].get(kind, [])

    def findings(self, cases: Iterable[Case], *, as_kind: str | None = None) -> list[Finding]:
        """The cases that ask where something is, each for its own kind (or for another one)."""
        return [pairs(case, self.spans(case.text, as_kind or case.kind)) for case in cases if not case.whole]

    def judged(self, cases: Iterable[Case]) -> Whole:
        """The cases that ask whether the whole text is one."""
        return whole((case, self.spans(case.text, case.kind)) for case in cases if case.whole)
