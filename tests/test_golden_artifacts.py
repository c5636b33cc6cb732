"""Artifacts of each format version, kept for ever: they decide as they did, or are refused by name.

`tests/golden_artifacts/vN/NAME.xz` is an artifact as that version's compiler wrote it, `NAME.json` what it
decided. `SOLON_UPDATE=1` writes those of the present version anew: only before that version is released, or
with a new version.
"""

from __future__ import annotations

import importlib.util
import json
import lzma
import os
from pathlib import Path
from typing import Any

import pytest

import solon
from solon.matcher import layout

HERE = Path(__file__).parent
FOLDER = HERE / "golden_artifacts"
PRESENT = FOLDER / f"v{layout.FORMAT_VERSION}"

_spec = importlib.util.spec_from_file_location("artifact_cases", HERE / "artifact_cases.py")
assert _spec and _spec.loader
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)

MADE = {
    "every_section": lambda: cases.artifact(cases.EVERY_SECTION),
    "small": lambda: cases.artifact(cases.SMALL, strip=True),
}


def decided(policy: solon.Policy) -> list[Any]:
    """What a policy says of some messages, as JSON keeps it."""
    found = []
    for message in cases.MESSAGES:
        facts = cases.FACTS if policy.fact_kinds() else {}
        verdict = policy.decide(message, facts, at=cases.MOMENT)
        said = [
            verdict.action,
            verdict.status,
            verdict.rules,
            verdict.redacted,
            verdict.labels,
            verdict.notices,
        ]
        found.append([*said, [list(match) for match in verdict.matches], policy.find(message)])
    answer: list[Any] = json.loads(json.dumps(found))
    return answer


@pytest.mark.skipif(not os.environ.get("SOLON_UPDATE"), reason="writes the artifacts of this version")
@pytest.mark.parametrize("name", MADE)
def test_write_them_anew(name: str) -> None:
    data = MADE[name]()
    PRESENT.mkdir(parents=True, exist_ok=True)
    (PRESENT / f"{name}.xz").write_bytes(lzma.compress(data, preset=9))
    text = json.dumps(decided(solon.from_bytes(data)), indent=1, sort_keys=True)
    (PRESENT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("v*/*.xz")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_an_artifact_of_then(path: Path) -> None:
    data = lzma.decompress(path.read_bytes())
    version = int(path.parent.name.removeprefix("v"))
    if version != layout.FORMAT_VERSION:
        with pytest.raises(solon.TooOld, match=f"format version {version}, .*: compile the policy again"):
            solon.from_bytes(data)
        return
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert decided(solon.from_bytes(data)) == expected


def test_there_are_some_of_the_present_version() -> None:
    assert {path.stem for path in PRESENT.glob("*.xz")} == set(MADE)
