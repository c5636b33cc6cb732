"""What the front end has to say about a policy, as values.

Stages collect diagnostics and go on; `render` turns them into words, colours or JSON. A message is one
sentence in the author's words, lower case, without a full stop, names in backticks.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from solon.dsl.codes import CODES, Severity
from solon.dsl.source import Span


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that would very likely put it right: the text of `span` becomes `replacement`.

    A `certain` one changes nothing that the policy means, or nothing else can have been meant: it may be
    made without asking (`solon check --fix`).
    """

    span: Span
    replacement: str
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to say. `label` stands under the underlined place, `secondary` labels other places.

    `notes` are facts, `help` says what to do; both stand below. The severity comes from the code.
    """

    code: str
    span: Span
    message: str
    label: str | None = None
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    secondary: tuple[tuple[Span, str], ...] = ()
    fix: Fix | None = None

    @property
    def severity(self) -> Severity:
        """`error` or `warning`, as the code says."""
        return CODES[self.code].severity

    @property
    def is_error(self) -> bool:
        """Whether the policy cannot be compiled because of it."""
        return self.severity == "error"


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None; the same answer for the same set in any order."""
    found = closest_few(word, candidates, 1)
    return found[0] if found else None


def closest_few(word: str, candidates: Iterable[str], many: int = 2) -> list[str]:
    """The candidates that may have been meant, the closest first."""
    # A word of megabytes is nobody's typing mistake, and difflib is quadratic.
    if len(word) > 80:
        return []
    known = sorted({one for one in candidates if one != word and abs(len(one) - len(word)) <= 4})
    return difflib.get_close_matches(word, known, n=many, cutoff=0.6 if len(word) > 3 else 0.66)


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """A label such as "did you mean `meeting_talk`?", or None."""
    found = closest(word, candidates)
    return f"did you mean `{found}`?" if found else None


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file and place, errors before warnings at one place, without repetitions."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda one: (one.span, not one.is_error, one.code, one.message)))
