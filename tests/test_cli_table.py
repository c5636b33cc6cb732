"""`solon table`: cells that say what the reference interpreter decides, in every format."""

from __future__ import annotations

import importlib.util
import json
import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from solon.cli.group import group
from solon.compiler.changes.table import WrongTable, table
from solon.compiler.changes.table_written import as_text
from solon.dsl import ir
from solon.dsl.dump import dump
from solon.dsl.load import load_policy_text
from solon.matcher.reference import Reference

_path = Path(__file__).parent / "compiler" / "analyses" / "policies_at_random.py"
_spec = importlib.util.spec_from_file_location("policies_at_random", _path)
assert _spec and _spec.loader
at_random = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(at_random)

POLICY = """policy p { actions allow < warn < block  default allow }
facts {
  state  : enum(none, offer, active)
  tenure : duration
  vip    : bool optional
  tags   : set of enum(red, green) = {}
}
pattern app { words "zoom" }
pattern call { words "call <b>|me*" }
rule a {
  when message contains app and state in {none, offer} and tenure < 3 days
  unless vip then block
  notify sender { en "Stay *here* | please <now>." es "Aquí." }
}
rule b { when state = none and message contains call then warn }
rule c { when state = active and tags has red and message contains app then warn }
"""


def loaded(text: str) -> ir.Policy:
    policy = load_policy_text(text).policy
    assert policy is not None
    return policy


def run(tmp_path: Path, *arguments: str) -> Any:
    path = tmp_path / "p.policy"
    path.write_text(POLICY, encoding="utf-8")
    return CliRunner().invoke(group, ["table", str(path), *arguments])


def test_cells_ranges_and_gaps() -> None:
    found = table(loaded(POLICY), ("state", "tenure"), [(), ("app",), ("app", "call")])
    assert [row.facts for row in found.rows[:2]] == [("none", "< 3 days"), ("none", ">= 3 days")]
    assert [row.is_gap for row in found.rows] == [False, False, False, True, False, False]
    actions = [[[one.action for one in cell.outcomes] for cell in row.cells] for row in found.rows]
    assert actions[0] == [["allow"], ["block", "allow"], ["block", "warn"]]
    assert actions[1] == [["allow"], ["allow"], ["warn"]]
    (blocked, allowed) = found.rows[0].cells[1].outcomes
    assert blocked.notices[0][0] == "sender"
    assert allowed.conditions == (("vip = true", "vip is given"),)
    assert all(cell.is_whole for row in found.rows for cell in row.cells)


def test_what_is_given_is_not_split_by() -> None:
    found = table(loaded(POLICY), ("vip", "tags"), [("app",)], {"state": "active"})
    assert [row.facts[0] for row in found.rows[:2]] == ["absent", "absent"]
    assert [row.facts[1] for row in found.rows[:2]] == ["not red", "has red"]
    assert {row.cells[0].outcomes[0].action for row in found.rows if row.facts[1] == "has red"} == {"warn"}
    assert found.given == ("state = active",)


@pytest.mark.parametrize(
    ("by", "messages", "given", "why"),
    [
        (("nobody",), None, {}, "there is no fact `nobody`"),
        (("state",), [("nothing",)], {}, "there is no pattern `nothing`"),
        (("state",), None, {"state": "none"}, "`state` is given, so that the table cannot be split by it"),
    ],
)
def test_what_cannot_be_drawn(by: Any, messages: Any, given: Any, why: str) -> None:
    with pytest.raises(WrongTable, match=why):
        table(loaded(POLICY), by, messages, given)


class Counting(HTMLParser):
    """Counts tags, and remembers what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_format_is_whole_and_safe(tmp_path: Path) -> None:
    options = ("--by", "state", "--with", "app,call", "--with", "", "-f", "tenure=1 day")
    text = run(tmp_path, *options)
    assert text.exit_code == 0, text.output
    assert "block where" in text.output
    markdown = run(tmp_path, *options, "--format", "markdown").output
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert len(lines) == 5
    page = Counting()
    page.feed(run(tmp_path, *options, "--format", "html").output)
    assert page.tags.count("tr") == 4
    assert {"now", "b", "script"}.isdisjoint(page.tags)
    assert "Stay *here* | please <now>." in page.text
    document = json.loads(run(tmp_path, *options, "--format", "json").output)
    assert len(document["rows"]) == 3
    for wrong in (("--by", "x"), ("--by", "state", "-f", "tenure"), ("--by", "state", "-f", "tenure=blue")):
        assert run(tmp_path, *wrong).exit_code == 2


def test_narrow_and_empty_terminals() -> None:
    found = table(loaded(POLICY), ("state", "tenure"))
    for width in (0, 1, 40, 400):
        assert "none" in as_text(found, width)
    assert as_text(table(loaded(POLICY), ()), 80)


MESSAGES = {(): "hello", ("zoom",): "zoom", ("call",): "call", ("apps",): "skype"}


def test_cells_say_what_the_reference_decides() -> None:
    """Random policies, every value of their facts: the verdict is one of its cell's."""
    tried = several = 0
    for seed in range(12):
        maker = at_random.Maker(seed, plain=True)
        policy = loaded(maker.policy())
        names = maker.facts[:2]
        found = table(policy, names, list(MESSAGES))
        reference = Reference(json.loads(dump(policy)))
        choose = random.Random(seed)
        for _ in range(40):
            facts = {name: choose.choice(at_random.VALUES[name]) for name in maker.facts}
            facts = {"state": "none"} | {name: value for name, value in facts.items() if value is not None}
            for place, message in enumerate(MESSAGES.values()):
                verdict = reference.decide(message, facts)
                cells = [row.cells[place] for row in found.rows if fits(row.facts, names, facts)]
                assert len(cells) == 1, (seed, facts)
                outcomes = [
                    one for one in cells[0].outcomes if one.action == verdict.action
                    and {audience for audience, _ in one.notices} == set(verdict.notices)
                ]  # fmt: skip
                assert outcomes or not cells[0].is_whole, (seed, facts, message, verdict)
                tried += 1
                several += len(cells[0].outcomes) > 1
    assert tried > 1000
    assert 100 < several < tried


def fits(row: tuple[str, ...], names: list[str], facts: dict[str, Any]) -> bool:
    """Whether facts are those of a row."""
    for text, name in zip(row, names, strict=True):
        value = facts.get(name)
        default = {"n": 0, "tags": ()}.get(name)
        value = default if value is None else value
        if text == "given" and value is not None:
            continue
        if text == "any" or (text == "absent") != (value is None):
            if text != "any" or value is None:
                return False
            continue
        if value is None:
            continue
        for part in text.split(" and "):
            if not holds(part, value):
                return False
    return True


def holds(part: str, value: Any) -> bool:
    if part.startswith(("has ", "not ")):
        return (part[4:] in value) == part.startswith("has")
    operator, _, number = part.partition(" ")
    if operator in {"<", "<=", ">", ">="}:
        bound = float(number)
        return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound}[operator]
    if isinstance(value, bool):
        return part == str(value).lower()
    return part == str(value).removesuffix(".0")
