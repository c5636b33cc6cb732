"""What an author reads for each mistake: the rendered text beside a policy, compared exactly.

`NAME.policy`, or `NAME/root.policy` with the files that it uses, has the mistake; `NAME.txt` is what is said
about it. After a change, `SOLON_UPDATE=1 pytest tests/dsl` writes the texts anew: read the difference.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest

from solon.dsl import check
from solon.dsl.codes import CODES
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


SHOWN_ELSEWHERE = {"pack-content", "pack-redefined", "too-large"}
"""Codes of the check that take a pack or a mountain of text; the other tests of the check have them."""


def test_every_code_of_the_check_is_shown() -> None:
    folder = Path(check.__file__).parent
    files = [
        *folder.glob("check*.py"),
        *(folder / f"{name}.py" for name in ("literals", "resolve", "advice")),
    ]
    texts = [file.read_text(encoding="utf-8") for file in files]
    quoted = {word for text in texts for word in re.findall(r'"([a-z0-9-]+)"', text)}
    quoted |= {"unused-pattern", "unused-define", "unused-fact"}
    shown = {
        code
        for path in MISTAKES.glob("*.txt")
        for code in re.findall(r"^(?:error|warning)\[([a-z0-9-]+)\]", path.read_text(encoding="utf-8"), re.M)
    }
    assert (quoted & CODES.keys()) - shown == SHOWN_ELSEWHERE
