"""What an author reads for each mistake: the rendered text beside a policy, compared exactly.

`NAME.policy`, or `NAME/root.policy` with the files that it uses, has the mistake; `NAME.txt` is what is said
about it. After a change, `SOLON_UPDATE=1 pytest tests/dsl` writes the texts anew: read the difference.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from solon.dsl.load import load_policy
from solon.dsl.render import render

MISTAKES = Path(__file__).parent / "mistakes"
TODAY = date(2026, 11, 23)
ROOTS = {
    **{path.stem: path for path in MISTAKES.glob("*.policy")},
    **{path.parent.name: path for path in MISTAKES.glob("*/root.policy")},
}


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_what_the_author_reads(name: str) -> None:
    checked = load_policy(ROOTS[name], today=TODAY)
    text = render(checked.diagnostics, checked.sources, colour=False)
    expected = MISTAKES / f"{name}.txt"
    if os.environ.get("SOLON_UPDATE"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    is_warned = name.startswith("warn_") or name == "byte_order_mark"
    assert checked.diagnostics
    assert (checked.policy is None) == (not is_warned)


def test_there_is_a_policy_for_every_text() -> None:
    assert {path.stem for path in MISTAKES.glob("*.txt")} == set(ROOTS)
