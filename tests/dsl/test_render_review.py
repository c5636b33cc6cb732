"""Diagnostics as SARIF and as GitHub's annotations: places, escapes, and what stays when lines move."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from solon.cli.group import group
from solon.dsl.codes import CODES
from solon.dsl.diagnostics import Diagnostic, Fix
from solon.dsl.load import load_policy_text
from solon.dsl.render_review import Report, as_github, as_sarif
from solon.dsl.source import Source, Span

HEAD = "policy p { actions allow < block default allow }\n"
MISTAKEN = HEAD + 'pattern app { words "zoom" }\nrule r { when message contains ap then block }\n'

POSITIVE = {"type": "integer", "minimum": 1}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), POSITIVE),
    "additionalProperties": False,
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9_.~/%-]+$"}},
    "additionalProperties": False,
}
PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {"artifactLocation": ARTIFACT, "region": REGION},
    "additionalProperties": False,
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "ruleId": {"enum": sorted(CODES)},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["error", "warning"]},
        "message": TEXT,
        "locations": {
            "type": "array", "minItems": 1, "maxItems": 1,
            "items": {"type": "object", "properties": {"physicalLocation": PHYSICAL},
                      "required": ["physicalLocation"], "additionalProperties": False},
        },
        "relatedLocations": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "physicalLocation", "message"],
                      "properties": {"physicalLocation": PHYSICAL, "message": TEXT}},
        },
        "fixes": {
            "type": "array",
            "items": {
                "type": "object", "required": ["artifactChanges"], "additionalProperties": False,
                "properties": {
                    "description": TEXT,
                    "artifactChanges": {
                        "type": "array", "minItems": 1,
                        "items": {
                            "type": "object", "required": ["artifactLocation", "replacements"],
                            "properties": {
                                "artifactLocation": ARTIFACT,
                                "replacements": {
                                    "type": "array", "minItems": 1,
                                    "items": {"type": "object", "required": ["deletedRegion"],
                                              "properties": {"deletedRegion": REGION,
                                                             "insertedContent": {"type": "object"}}},
                                },
                            },
                        },
                    },
                },
            },
        },
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "additionalProperties": False,
}  # fmt: skip
DRIVER = {
    "type": "object",
    "required": ["name", "rules"],
    "properties": {"rules": {"type": "array", "uniqueItems": True}},
}
SARIF = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array", "minItems": 1, "maxItems": 1,
            "items": {
                "type": "object", "required": ["tool", "results"], "additionalProperties": False,
                "properties": {
                    "tool": {"type": "object", "required": ["driver"], "properties": {"driver": DRIVER}},
                    "columnKind": {"const": "unicodeCodePoints"},
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}  # fmt: skip
"""The parts of the standard's schema that we write, word for word stricter than it."""


def report(text: str, folder: str = "") -> Report:
    checked = load_policy_text(text)
    return Report(checked.diagnostics, checked.sources, folder)


def sarif(*reports: Report) -> dict[str, Any]:
    document = json.loads(json.dumps(as_sarif(reports, "1.2.3")))
    jsonschema.validate(document, SARIF)
    for result in document["runs"][0]["results"]:
        assert document["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return document


def results(*reports: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sarif(*reports)["runs"][0]["results"]
    return found


def test_a_mistake_has_its_place_its_fix_and_its_rule() -> None:
    [one] = results(report(MISTAKEN, "policies/chat"))
    assert one["ruleId"] == "unknown-pattern"
    place = one["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "policies/chat/policy.policy"
    assert place["region"] == {"startLine": 3, "startColumn": 32, "endLine": 3, "endColumn": 34}
    [change] = one["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "app"
    assert change["replacements"][0]["deletedRegion"] == place["region"]
    assert "did you mean `app`?" in one["message"]["text"]


def test_columns_are_code_points_and_second_places_are_related() -> None:
    text = MISTAKEN + 'pattern app { words "𝕫𝕠𝕠𝕞" } pattern app { words "x" }\n'
    twice = [one for one in results(report(text)) if one["ruleId"] == "duplicate-name"]
    columns = [one["locations"][0]["physicalLocation"]["region"]["startColumn"] for one in twice]
    line = text.splitlines()[3]
    assert columns == [line.index("app") + 1, line.rindex("app") + 1]
    for one in twice:
        assert one["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 2


def test_a_fingerprint_stays_when_lines_above_come_and_tells_equal_lines_apart() -> None:
    [before] = results(report(MISTAKEN))
    [after] = results(report(HEAD + "\n\n# more\n" + MISTAKEN.removeprefix(HEAD)))
    assert before["partialFingerprints"] == after["partialFingerprints"]
    bad = "rule NAME { when\n message contains ap\n then block }\n"
    twice = results(report(MISTAKEN + bad.replace("NAME", "s") + bad.replace("NAME", "t")))
    assert len({one["partialFingerprints"]["solonFinding/v1"] for one in twice}) == len(twice) == 3


def test_a_file_that_two_roots_use_is_told_once() -> None:
    assert len(results(report(MISTAKEN), report(MISTAKEN))) == 1
    assert len(results(report(MISTAKEN, "a"), report(MISTAKEN, "b"))) == 2


def odd() -> Report:
    """A diagnostic in which everything needs an escape, with a second place in a file that is not there."""
    source = Source("a, b:c %\u202e/ü.policy", "x\n")
    span = Span(source.path, 0, 1)
    one = Diagnostic(
        "syntax", span, "100 % of\r\nthis\u202e", "here\n::error::x", secondary=((Span("gone", 5, 9), "s"),),
        fix=Fix(span, "y"),
    )  # fmt: skip
    return Report((one,), {source.path: source})


def test_hostile_names_and_texts_are_escaped() -> None:
    [one] = results(odd())
    assert "\u202e" not in json.dumps(one, ensure_ascii=False)
    uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%2C%20b%3Ac%20%25%E2%80%AE/%C3%BC.policy"
    [line] = as_github([odd()])
    assert "\n" not in line
    assert "\u202e" not in line
    head, _, text = line.removeprefix("::").partition("::")
    assert head.startswith("error title=solon (syntax),file=a%2C b%3Ac %25")
    assert text.startswith("100 %25 of")
    assert "%0A" in text


def test_a_github_line_names_file_line_and_columns() -> None:
    [line] = as_github([report(MISTAKEN, "policies")])
    assert re.fullmatch(
        r"::error title=solon \(unknown-pattern\),file=policies/policy\.policy,line=3,col=32,"
        r"endLine=3,endColumn=34::there is no pattern `ap`%0Adid you mean `app`\?",
        line,
    )


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_the_command_writes_paths_from_where_it_runs(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "chat.policy").write_text(MISTAKEN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(group, ["check", "--format", form, "policies/chat.policy"])
    assert result.exit_code == 1
    if form == "sarif":
        document = json.loads(result.stdout)
        jsonschema.validate(document, SARIF)
        assert "policies/chat.policy" in result.stdout
        assert str(tmp_path) not in result.stdout
    else:
        assert result.stdout.startswith(
            "::error title=solon (unknown-pattern),file=policies/chat.policy,line=3,"
        )
