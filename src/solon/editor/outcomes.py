"""How the tests of a policy came out, for marks beside them: which fail, where, and why.

In: the results as the process that ran them says them. Out: failing cases with their places, which move as
the author types, and how many cases of each test pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from solon.dsl.render import escaped
from solon.dsl.source import Source, Span
from solon.editor.shifting import moved_span

WORDS_CHARS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Failing:
    """A case that did not come out as expected."""

    span: Span
    words: str


@dataclass(slots=True)
class Outcomes:
    """Of one policy, as it was when its tests ran; empty before they did."""

    failing: list[Failing] = field(default_factory=list)
    cases: dict[str, list[bool]] = field(default_factory=dict)
    """For each test by name, whether each of its cases passes."""

    @classmethod
    def of(cls, results: Iterable[Mapping[str, Any]], sources: Mapping[str, Source]) -> Outcomes:
        """From the results of all cases."""
        made = cls()
        for one in results:
            made.cases.setdefault(one["test"], []).append(one["passed"])
            source = sources.get(one["file"])
            if one["passed"] or source is None:
                continue
            start = source.offset(one["line"], one["column"])
            end = source.offset(one["end_line"], one["end_column"])
            words = "\n".join(escaped(problem) for problem in one["problems"])[:WORDS_CHARS_MAX]
            made.failing.append(Failing(Span(one["file"], start, end), words))
        return made

    def moved(self, path: str, start: int, end: int, grown: int) -> None:
        """An edit was made: marks behind it move, marks in it go."""
        spans = ((one, moved_span(one.span, start, end, grown, path)) for one in self.failing)
        self.failing = [Failing(span, one.words) for one, span in spans if span is not None]

    def passes(self) -> dict[str, bool]:
        """Of each test, whether all its cases pass."""
        return {name: all(found) for name, found in self.cases.items()}

    def in_words(self, test: str) -> str | None:
        """`✓ 3 cases`, `✗ 1 of 3 fails`; None where it has not run."""
        return self._words(self.cases.get(test, []))

    def of_pattern(self, pattern: str) -> str | None:
        """The same of a pattern's own examples."""
        return self._words(
            [*self.cases.get(f"match of {pattern}", []), *self.cases.get(f"no_match of {pattern}", [])]
        )

    @staticmethod
    def _words(found: list[bool]) -> str | None:
        if not found:
            return None
        wrong = found.count(False)
        if not wrong:
            return f"✓ {len(found)} case{'' if len(found) == 1 else 's'}"
        return f"✗ {wrong} of {len(found)} fail{'s' if wrong == 1 else ''}"
