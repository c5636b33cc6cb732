"""The editor: figure 24."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks import rulesets
from benchmarks.bench import Bench
from benchmarks.measure import cpu_seconds
from benchmarks.policies import HEADER
from benchmarks.row import Row
from benchmarks.rulesets import FACTS, as_policy
from solon.editor.positions import Positions
from solon.editor.workspace import Workspace

__all__ = ["keystroke", "policy_text"]

RULES = 300
PATTERNS = 60
TYPED = " and sender.contracts >= 3"


def policy_text(rules: int = RULES) -> str:
    """So many rules over eight facts, with patterns and a test for each tenth rule."""
    patterns = "".join(f'pattern p{n} {{ words "w{n}", "v{n} x" }}\n' for n in range(PATTERNS))
    asked = as_policy(rulesets.random_rules(rules, PATTERNS), lambda tag: f"message contains p{tag}")
    return HEADER + FACTS + patterns + asked


def keystroke(bench: Bench) -> Iterator[Row]:
    """Shows what a keystroke costs in a policy of 300 rules: the edit, the piece that it touches read and
    checked, all that is known of the file counted in the client's units. Checked: the mistakes that typing
    makes on the way are said, and none is left at its end."""
    workspace = Workspace()
    root = Path(bench.folder) / "keystroke.policy"
    text = policy_text()
    root.write_text(text, encoding="utf-8")
    one = workspace.opened(root, text)
    _, checked = workspace.job(one.root).run()
    one.said = checked.diagnostics
    before = len(one.said)
    at = text.index(" then ", text.index(f"rule r{RULES // 2} "))
    seconds = []
    mistakes = 0
    for number, letter in enumerate(TYPED):
        seconds.append(cpu_seconds(lambda: typed(workspace, root, at + number, letter)))  # noqa: B023
        mistakes += any(said.is_error for said in one.said)
    if not mistakes or any(said.is_error for said in one.said):
        raise AssertionError("typing a condition makes mistakes on the way and none at its end")
    if abs(len(one.said) - before) > 1:
        raise AssertionError(f"{before} things were said before, {len(one.said)} after")
    whole = cpu_seconds(lambda: workspace.job(one.root).run())
    yield Row(
        "24",
        f"a keystroke in the editor, {RULES} rules",
        f"{statistics.median(seconds) * 1e3:.1f} ms",
        value=max(seconds) * 1e3,
        unit=" ms",
        goal=100.0,
        note=f"the slowest of {len(seconds)}; the whole policy after a pause: {whole * 1e3:.0f} ms",
    )


def typed(workspace: Workspace, root: Path, at: int, letter: str) -> None:
    """All that is done before the client is told."""
    one = workspace.edited(root, at, at, letter)
    positions = Positions(one.document.text)
    for said in one.said:
        positions.place(said.span.start)
        positions.place(said.span.end)
