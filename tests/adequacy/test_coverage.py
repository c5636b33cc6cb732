"""What the tests of a policy reach: points, cells, and the three forms in which they are told."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.adequacy.cases import CaseBook
from solon.adequacy.coverage import Coverage, measure
from solon.adequacy.coverage_html import as_html
from solon.adequacy.coverage_text import as_text
from solon.adequacy.coverage_xml import as_cobertura
from solon.adequacy.matrix import CELLS_MAX, matrix_of
from solon.authoring import compile_checked
from solon.cli.group import group
from solon.dsl.load import load_policy_text
from solon.matcher.engine import from_bytes

POLICY = """\
policy p {
  actions allow < warn < block
  default allow
}
use "std/contact"
facts {
  sender.role : enum(freelancer, client)
  sender.new  : bool = false
  spam.score  : number optional
}
define novice = sender.new or spam.score >= 0.9
pattern app { words "zoom" }
pattern chat { words "skype" }
rule apps {
  when   message contains any of app, chat and sender.role = client
  unless spam.score < 0.1
  then   warn
  notify sender "Stay here."
  notify sender when sender.new { en "Welcome, stay here." }
}
rule numbers { when message contains phone and novice then block }
exempt the_new { when sender.new and message.length < 5 from apps reason "r" }
test "an app" { given sender.role = client message "on zoom" expect warn by apps }
test "a freelancer" { given sender.role = freelancer, spam.score = 0.5 message "on zoom" expect allow }
test "nothing" { given sender.role = client, spam.score = 0.05 message "hello" expect allow }
"""


def coverage_of(text: str) -> Coverage:
    checked = load_policy_text(text)
    assert checked.policy is not None, checked.diagnostics
    return measure(CaseBook(checked.policy, from_bytes(compile_checked(checked))), checked.sources)


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    return coverage_of(POLICY)


def hits(coverage: Coverage) -> dict[tuple[str, str], dict[str, int]]:
    return {(one.what, one.text): one.hits for one in coverage.points}


def test_each_point_counts_the_cases_that_come_to_it(coverage: Coverage) -> None:
    found = hits(coverage)
    assert found["rule", "apps"] == {"fired": 1}
    assert found["rule", "numbers"] == {"fired": 0}
    assert found["pattern", "app"] == {"matched": 2}
    assert found["pattern", "chat"] == {"matched": 0}
    assert ("pattern", "phone") not in found  # it ships with Solon
    assert found["condition", "sender.role = client"] == {"true": 2, "false": 1}
    assert found["condition", "spam.score < 0.1"] == {"true": 1, "false": 1, "unknown": 1}
    assert found["condition", "sender.new or spam.score >= 0.9"] == {"true": 0, "false": 2}
    assert found["condition", "spam.score >= 0.9"] == {"true": 0, "false": 2, "unknown": 1}
    assert found["exemption", "the_new"] == {"exempted": 0}
    assert [one.hits["sent"] for one in coverage.points if one.what == "notice"] == [1, 0]
    assert coverage.cases == 3


def test_cells_are_the_combinations_of_what_is_read(coverage: Coverage) -> None:
    assert coverage.matrix.counted() == (2, 4)
    assert list(coverage.matrix.missing()) == [
        {"sender.new": True, "sender.role": "freelancer"},
        {"sender.new": True, "sender.role": "client"},
    ]


def test_too_many_combinations_are_looked_at_in_pairs() -> None:
    facts = "".join(f"  f.f{number} : enum(a, b, c, d, e) = a\n" for number in range(7))
    when = " or ".join(f"f.f{number} = b" for number in range(7))
    text = (
        "policy p { actions allow < warn default allow }\n"
        f"facts {{\n{facts}}}\nrule r {{ when {when} then warn }}\n"
        'test "t" { given f.f0 = b message "x" expect warn by r }\n'
    )
    checked = load_policy_text(text)
    assert checked.policy is not None
    assert CELLS_MAX < 5**7
    assert matrix_of(checked.policy).in_pairs
    assert coverage_of(text).matrix.counted() == (21, 21 * 25)
    assert "pairs of facts' values" in as_text(coverage_of(text))


def test_the_text_names_what_is_missed_and_where(coverage: Coverage) -> None:
    text = as_text(coverage)
    assert "rules fired                   1 of 2       50 %" in text
    assert "policy.policy:21:1" in text
    assert "rule numbers: never fired" in text
    assert "spam.score >= 0.9: never true" in text
    assert "sender.new = true, sender.role = client" in text


def test_cobertura_has_a_line_for_each_point_and_adds_up(coverage: Coverage) -> None:
    root = ET.fromstring(as_cobertura([coverage, coverage], ["", "deep/er"]))
    assert [one.get("filename") for one in root.iter("class")] == ["policy.policy", "deep/er/policy.policy"]
    lines = {int(one.get("number", "")): one for one in next(root.iter("lines")).iter("line")}
    assert lines[21].get("hits") == "0"
    assert (
        lines[21].get("condition-coverage") == "50% (2/4)"
    )  # the question and the whole; `novice` stands elsewhere
    assert lines[16].get("condition-coverage") == "100% (3/3)"
    assert int(root.get("lines-valid", "")) == 2 * len(lines)
    branches = [one.get("condition-coverage", "") for one in root.iter("line") if one.get("branch")]
    assert int(root.get("branches-valid", "")) == sum(int(one.split("/")[1].rstrip(")")) for one in branches)


class Tags(HTMLParser):
    """Which tags there are, and whether each that opens closes."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def test_the_page_is_whole_and_takes_nothing_from_a_policy_but_text() -> None:
    hostile = POLICY.replace('"Stay here."', '"</pre><script>alert(1)</script>&\u200b"').replace(
        "# ", "# <b onclick=x>"
    )
    page = as_html([coverage_of(hostile)])
    tags = Tags()
    tags.feed(page)
    assert not tags.opened
    assert "script" not in tags.seen
    assert "&lt;/pre&gt;&lt;script&gt;" in page
    assert "\u200b" not in page
    assert 'class="none"' in page
    assert 'class="all"' in page
    assert 'class="part"' in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_command_writes_all_three_and_holds_to_a_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.policy").write_text(POLICY, encoding="utf-8")
    runner = CliRunner()
    result = runner.invoke(group, ["test", "--coverage", "p.policy", "--coverage=html", "--coverage=xml"])
    assert result.exit_code == 0, result.output
    assert "numbers: never fired" in result.stdout
    assert ET.parse("coverage.xml").getroot().tag == "coverage"
    assert "<!doctype html>" in Path("coverage.html").read_text(encoding="utf-8")
    result = runner.invoke(group, ["test", "p.policy", "--fail-under", "90"])
    assert result.exit_code == 1
    assert "less than 90 %" in result.stderr
    assert runner.invoke(group, ["test", "p.policy", "--fail-under", "20"]).exit_code == 0
    told = runner.invoke(group, ["test", "p.policy", "--coverage", "--format", "json", "--filter", "an app"])
    assert '"cases": 1' in told.stdout
