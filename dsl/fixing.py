"""Fixes put into a text.

In: a text and the fixes of its diagnostics. Out: the text with those that do not touch one another. What is
put in never grows together with the word beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from solon.dsl.diagnostics import Diagnostic, Fix


def certain_fixes(diagnostics: Iterable[Diagnostic], path: str) -> list[tuple[Diagnostic, Fix]]:
    """The fixes for a file that may be made without asking, by place; of those that overlap the first."""
    found = [
        (one, one.fix)
        for one in diagnostics
        if one.fix is not None and one.fix.certain and one.fix.span.source_path == path
    ]
    chosen: list[tuple[Diagnostic, Fix]] = []
    end = -1
    for one, fix in sorted(found, key=lambda pair: (pair[1].span, pair[1].replacement)):
        if fix.span.start > end:  # not even side by side
            chosen.append((one, fix))
            end = fix.span.end
    return chosen


def fixed(text: str, fixes: Iterable[Fix]) -> str:
    """The text with fixes in it that do not overlap."""
    pieces: list[str] = []
    place = 0
    for fix in sorted(fixes, key=lambda one: one.span):
        start, end, new = fix.span.start, fix.span.end, fix.replacement
        pieces += [text[place:start], apart(text[:start][-1:], new, text[end : end + 1])]
        place = end
    return "".join([*pieces, text[place:]])


def apart(before: str, new: str, after: str) -> str:
    """The new text, with a space where it would make one word with what stands beside it."""
    if not new:
        return " " if _is_wordy(before) and _is_wordy(after) else ""
    if _is_wordy(before) and _is_wordy(new[0]):
        new = " " + new
    if _is_wordy(new[-1]) and _is_wordy(after):
        new += " "
    return new


def _is_wordy(character: str) -> bool:
    return character == "_" or character.isalnum()
