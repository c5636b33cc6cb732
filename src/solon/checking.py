"""All there is to say about a policy, and its certain fixes made: what `solon check` and editors ask.

In: a policy as it was loaded, or the path of one. Out: the diagnostics of the text and of the meaning
together, without those that their line allows, with warnings about comments that allow nothing; or files with
fixes in them.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from solon.compiler.analyses import MEANING_CODES, SECONDS_MAX, analysis
from solon.dsl.allows import sort_out, unused_allows
from solon.dsl.codes import CODES
from solon.dsl.diagnostics import Diagnostic, Fix, in_order
from solon.dsl.fixing import certain_fixes, fixed
from solon.dsl.load import Checked, load_policy

ROUNDS_MAX = 10
"""A fix may show a place for another one; so many times the files are looked at again."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A policy with all that was found. `not_decided` are the questions that the time did not suffice for."""

    checked: Checked
    not_decided: tuple[str, ...] = ()


def with_meaning(checked: Checked, *, gaps: bool = False, seconds: float = SECONDS_MAX) -> Meaning:
    """The policy with what it means looked at too; one with errors comes back as it is.

    `gaps` asks for combinations of facts that no rule looks at; `seconds` is the time for all questions.
    """
    if checked.policy is None:
        return Meaning(checked)
    found = analysis(checked.policy, checked.sources, gaps=gaps, seconds=seconds)
    told = sort_out(found.diagnostics, checked.sources)
    silenced = (*checked.silenced, *told.silenced)
    # Of a question that is not decided nobody knows whether its comment is needed.
    looked_for = {code for code in CODES if gaps or code != "no-rule-looks"}
    if found.not_decided:
        looked_for -= MEANING_CODES
    allows = sort_out(
        unused_allows(silenced, checked.sources, checked.root_path, looked_for), checked.sources
    ).left
    every = in_order([*checked.diagnostics, *told.left, *allows])
    return Meaning(replace(checked, diagnostics=every, silenced=silenced), found.not_decided)


# ── Fixes ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fix that was made: the file, the line that it stood on then, the diagnostic, and what was put in."""

    path: Path
    line: int
    diagnostic: Diagnostic
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Fixing:
    """What came of fixing a policy: the fixes, and the files that were left alone, each with the reason."""

    made: tuple[Fixed, ...]
    left_alone: tuple[tuple[Path, str], ...]


def fix_files(root: Path) -> Fixing:
    """Make the certain fixes of a policy in its files; what ships with Solon is never touched.

    A file is written whole or not at all, and only where it still has the bytes that were looked at; where
    the fixes would bring more errors than there were, nothing is written. A second call makes nothing more.
    """
    texts: dict[str, str] = {}
    before: dict[str, str] = {}
    made: list[Fixed] = []
    checked = with_meaning(load_policy(root)).checked
    for _ in range(ROUNDS_MAX):
        changes, more = _changes(root, checked)
        if not changes:
            break
        again = with_meaning(load_policy(root, instead={**texts, **changes})).checked
        if _errors(again) > _errors(checked):
            break
        made += more
        for path in changes:
            before.setdefault(path, checked.sources[path].text)
        texts |= changes
        checked = again
    left_alone = []
    for path, text in texts.items():
        reason = _write(root.parent / path, before[path], text)
        if reason is not None:
            left_alone.append((root.parent / path, reason))
    untouched = {path for path, _ in left_alone}
    return Fixing(tuple(one for one in made if one.path not in untouched), tuple(left_alone))


def _errors(checked: Checked) -> int:
    return sum(one.is_error for one in checked.diagnostics)


def _changes(root: Path, checked: Checked) -> tuple[dict[str, str], list[Fixed]]:
    """The files with their fixes in them, by path, and the fixes."""
    texts: dict[str, str] = {}
    made: list[Fixed] = []
    for path, source in checked.sources.items():
        fixes = certain_fixes(checked.diagnostics, path)
        if fixes and not path.startswith("std/"):
            texts[path] = fixed(source.text, [fix for _, fix in fixes])
            for one, fix in fixes:
                line = source.position(fix.span.start).line
                made.append(_made(root, line, one, fix, source.text_of(fix.span)))
    return texts, made


def _made(root: Path, line: int, one: Diagnostic, fix: Fix, old: str) -> Fixed:
    return Fixed(root.parent / fix.span.source_path, line, one, old, fix.replacement)


def _write(path: Path, expected: str, text: str) -> str | None:
    """Put a text in the place of another; the reason where that was not done."""
    target = path.resolve()  # a link stays a link
    try:
        if target.read_bytes() != expected.encode("utf-8", "surrogatepass"):
            return "it was changed meanwhile"
        mode = target.stat().st_mode & 0o7777
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            if target.read_bytes() != expected.encode("utf-8", "surrogatepass"):
                return "it was changed meanwhile"
            Path(name).replace(target)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except (OSError, UnicodeEncodeError) as error:
        return str(getattr(error, "strerror", None) or error)
    return None
