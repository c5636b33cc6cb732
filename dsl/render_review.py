"""Diagnostics in the two forms that code review reads: SARIF 2.1.0, and GitHub's workflow commands.

In: for each root file its diagnostics, the sources that they point into, and the folder that its paths start
from, as seen from the place where the command runs. Out: one SARIF document as plain values, or lines of
text. Places are relative, so that a result means the same on any machine.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from solon.dsl.codes import CODES, Code
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.files import PACKS
from solon.dsl.render import escaped
from solon.dsl.source import Source, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about one root file. `folder` is empty, or a path with `/` that stands before those of
    the sources; packs that ship with Solon lie in no folder."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    folder: str = ""

    def path(self, source_path: str) -> str:
        """Where a source lies, from the place where the command runs."""
        if source_path.startswith(PACKS):
            return source_path
        return posixpath.normpath(posixpath.join(self.folder, source_path))


# ── SARIF ────────────────────────────────────────────────────────────────────────────────────────────


def as_sarif(reports: Sequence[Report], version: str) -> dict[str, Any]:
    """One run with the results of all reports; columns count code points."""
    used = sorted({one.code for report in reports for one in report.diagnostics})
    number = {code: index for index, code in enumerate(used)}
    seen: dict[str, int] = {}
    results = [
        _result(one, report, number[one.code], seen)
        for report in _without_repetition(reports)
        for one in report.diagnostics
    ]
    driver = {
        "name": "Solon",
        "semanticVersion": version,
        "rules": [_rule(CODES[code]) for code in used],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _without_repetition(reports: Iterable[Report]) -> Iterable[Report]:
    """Two root files may use the same file: what is wrong with it is said once."""
    told: set[tuple[str, Diagnostic]] = set()
    for report in reports:
        fresh = []
        for one in report.diagnostics:
            key = (report.path(one.span.source_path), one)
            if key not in told:
                told.add(key)
                fresh.append(one)
        yield Report(tuple(fresh), report.sources, report.folder)


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.slug,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.finds},
        "help": {
            "text": f"{code.why}\n\nFor example:\n\n{code.example}\n\nBetter:\n\n{code.better}",
            "markdown": f"{code.why}\n\n```\n{code.example}\n```\n\nBetter:\n\n```\n{code.better}\n```",
        },
        "defaultConfiguration": {"level": code.severity},
    }


def _result(one: Diagnostic, report: Report, rule: int, seen: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": _words(one)},
        "locations": [{"physicalLocation": _location(one.span, report)}],
        "partialFingerprints": {"solonFinding/v1": _fingerprint(one, report, seen)},
    }
    if one.secondary:
        result["relatedLocations"] = [
            {"id": index, "physicalLocation": _location(span, report), "message": {"text": escaped(label)}}
            for index, (span, label) in enumerate(one.secondary)
        ]
    if one.fix is not None:
        change = {
            "artifactLocation": _artifact(one.fix.span.source_path, report),
            "replacements": [
                {
                    "deletedRegion": _region(one.fix.span, report),
                    "insertedContent": {"text": one.fix.replacement},
                }
            ],
        }
        label = escaped(one.label) if one.label else f"write `{escaped(one.fix.replacement)}`"
        result["fixes"] = [{"description": {"text": label}, "artifactChanges": [change]}]
    return result


def _words(one: Diagnostic) -> str:
    """The sentence, and below it what the terminal shows under the lines of the source."""
    below = [one.label] if one.label else []
    return "\n".join(escaped(part) for part in [one.message, *below, *one.notes, *one.help])


def _location(span: Span, report: Report) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(span.source_path, report),
        "region": _region(span, report),
    }


def _artifact(source_path: str, report: Report) -> dict[str, str]:
    return {"uri": quote(report.path(source_path).encode("utf-8", "replace"))}


def _region(span: Span, report: Report) -> dict[str, int]:
    source = report.sources.get(span.source_path)
    if source is None:
        return {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    start, end = source.start(span), source.end(span)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _fingerprint(one: Diagnostic, report: Report, seen: dict[str, int]) -> str:
    """What stays the same when lines above it come and go: the code, the file, the line's own text."""
    source = report.sources.get(one.span.source_path)
    line = source.line_text(source.start(one.span).line).strip() if source is not None else ""
    key = "\0".join((one.code, report.path(one.span.source_path), line))
    seen[key] = seen.get(key, 0) + 1
    whole = f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:32]


# ── GitHub ───────────────────────────────────────────────────────────────────────────────────────────


def as_github(reports: Iterable[Report]) -> list[str]:
    """A workflow command for each diagnostic: a runner shows it beside the line."""
    return [_command(one, report) for report in _without_repetition(reports) for one in report.diagnostics]


def _command(one: Diagnostic, report: Report) -> str:
    region = _region(one.span, report)
    properties = {
        "title": f"solon ({one.code})",
        "file": report.path(one.span.source_path),
        "line": region["startLine"],
        "col": region["startColumn"],
        "endLine": region["endLine"],
        "endColumn": region["endColumn"],
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{one.severity} {listed}::{_data(_words(one))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escaped(text)).replace(":", "%3A").replace(",", "%2C")
