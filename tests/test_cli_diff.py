"""`solon diff`: what it says of edits, whatever the files are, and its exit codes."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import solon
from solon.authoring import compile_checked
from solon.cli.group import group
from solon.comparing import diff, policy_of
from solon.dsl import ir
from solon.dsl.dump import dump
from solon.dsl.load import load_policy, load_policy_text
from solon.dsl.undump import NotAPolicy, undump

ROOT = Path(__file__).resolve().parents[1]
OLD = """policy p { actions allow < warn < hold < block  default allow }
facts {
  state  : enum(none, offer, active)
  tenure : duration = 0 days
  who    : text optional
}
define early = state in {none, offer}
pattern app { words "zoom", "skype" }
pattern call { words "call me" }
rule a {
  when early and message contains app
  unless tenure >= 24 months
  then block
  label apps
  notify sender "Please stay here."
}
rule b { when message contains call and state != active then warn  redact call }
"""


def report(new: str, old: str = OLD) -> Any:
    policies = []
    for text in (old, new):
        checked = load_policy_text(text)
        assert checked.policy is not None, [one.message for one in checked.diagnostics]
        policies.append(checked.policy)
    return diff(*policies)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(group, ["diff", *map(str, arguments)])


def files(tmp_path: Path, new: str) -> tuple[Path, Path]:
    old_path, new_path = tmp_path / "old.policy", tmp_path / "new.policy"
    old_path.write_text(OLD, encoding="utf-8")
    new_path.write_text(new, encoding="utf-8")
    return old_path, new_path


# ── What is the same ─────────────────────────────────────────────────────────────────────────────────

SAME = {
    "order": OLD.replace("early = state in {none, offer}", "early = not (state = active)"),
    "bounds": OLD.replace("tenure >= 24 months", "not tenure < 720 days"),
    "names of patterns": OLD.replace("pattern app", "pattern apps").replace("contains app", "contains apps"),
    "a rule that is outdone": OLD
    + 'rule c { when early and message contains app and tenure < 1 day and who = "x" then warn }',
    "a renamed rule": OLD.replace("rule a {", "rule first {\n  was a"),
    "a score for a condition": OLD.replace("when message contains call and", "when points >= 2 and")
    + "score points { 1 when message contains call  1 when message contains call }",
    "a time that is over before it begins": OLD
    + "rule d { when true then block active from 2026-02-01 until 2026-03-01 }\n"
    "exempt e { when true from d expires 2026-03-05 }",
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_what_means_the_same_is_proved_to(what: str) -> None:
    old = OLD
    if what == "a score for a condition":
        old = OLD + "score points { 2 when message contains call }"
    found = report(SAME[what], old)
    assert found.status == "same", found
    assert found.relaxed == "same"
    assert not found.changes


def test_renames_are_followed() -> None:
    (rule,) = report(SAME["a renamed rule"]).rules
    assert (rule.kind, rule.name, rule.old_name) == ("renamed", "first", "a")
    assert not (rule.fires_more or rule.fires_less or rule.edits)


# ── What is not ──────────────────────────────────────────────────────────────────────────────────────


def test_a_change_has_conditions_a_witness_and_the_rule() -> None:
    found = report(OLD.replace("tenure >= 24 months", "tenure >= 12 months"))
    assert (found.status, found.relaxed) == ("changed", "changed")
    deltas = [one.delta for one in found.changes]
    assert {one.action for one in deltas} == {("block", "allow"), ("block", "warn"), None}
    assert ("apps",) in {one.labels_lost for one in deltas}
    assert (("sender", (("", "Please stay here."),), None),) in {one.notices for one in deltas}
    change = next(one for one in found.changes if one.delta.action == ("block", "allow"))
    assert change.relaxes
    (region,) = change.regions
    bounds = {"tenure >= 360 days", "tenure < 720 days"}
    rest = {"early", "message contains app", "nothing else decides more than allow"}
    assert set(region.conditions) == {*bounds, *rest}
    witness = region.witness
    assert witness is not None
    assert (witness.old_action, witness.new_action) == ("block", "allow")
    assert dict(witness.facts)["tenure"] == "= 360 days"
    (rule,) = found.rules
    assert rule.name == "a"
    assert not rule.fires_more
    assert set(rule.fires_less[0]) >= {"tenure >= 360 days", "message contains app"}


def test_a_pattern_that_finds_more_says_by_what() -> None:
    found = report(OLD.replace('"skype"', '"skype", "teams"'))
    (pattern,) = found.patterns
    assert (pattern.relation, pattern.gained, pattern.lost) == ("more", ('words "teams"',), ())
    witnesses = [region.witness for change in found.changes for region in change.regions]
    assert "teams" in {one.message for one in witnesses if one is not None}
    assert None not in witnesses
    assert found.relaxed == "same"


def test_a_long_list_that_lost_an_entry() -> None:
    many = ", ".join(f'"word{number}"' for number in range(300))
    old = OLD.replace('"zoom", "skype"', many)
    found = report(old.replace('"word7", ', ""), old)
    (pattern,) = found.patterns
    assert (pattern.relation, pattern.lost) == ("less", ('words "word7"',))
    assert found.relaxed == "changed"
    assert "word7" in {region.witness.message for one in found.changes for region in one.regions}


def test_rollouts_are_tried_with_a_value_that_they_take() -> None:
    more = OLD + "rule c { when true then hold  rollout 10% by who }"
    found = report(more.replace("10%", "30%"), more)
    assert (found.status, found.relaxed) == ("changed", "same")
    assert found.changes[0].regions[0].witness is not None


def test_times_are_part_of_a_situation() -> None:
    more = OLD + "rule c { when true then block  active until 2026-06-01 }"
    found = report(more.replace("2026-06-01", "2026-07-01"), more)
    region = found.changes[0].regions[0]
    assert {"from 2026-06-01 on", "before 2026-07-01"} <= set(region.conditions)
    assert region.witness.at == "2026-06-01"


def test_patterns_that_cannot_be_written_leave_a_maybe() -> None:
    odd = OLD + r"pattern odd = regex /x\b\By/" + "\n"
    new = odd + "rule c { when message contains odd then block }"
    found = report(new, odd)
    assert found.status == "maybe"
    assert found.relaxed == "same"
    assert found.notes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("who    : text optional", "", "the fact `who` is gone: callers who give it get an error"),
        ("who    : text optional", "who : text", "`who` is not given: before unknown, now an error"),
        ("(none, offer, active)", "(none, offer, active, ended)", "the fact `state` takes `ended` too"),
        ("duration = 0 days", "duration = 30 months", "before `0 days`, now `900 days`"),
        ("allow < warn", "allow < nudge < warn", "the actions were"),
        ("default allow }", "default allow  limit message 1 KiB }", "up to 1,024 bytes"),
    ],
)  # fmt: skip
def test_what_a_policy_takes_is_part_of_its_meaning(old: str, new: str, said: str) -> None:
    found = report(OLD.replace(old, new))
    assert found.status == "changed"
    assert any(said in one for one in found.interface), found.interface
    # A default that excuses somebody does so to callers who give nothing.
    assert (found.relaxed == "changed") == ("30 months" in new)


def test_what_the_page_shows_is_so(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("test_docs", Path(__file__).with_name("test_docs.py"))
    assert spec and spec.loader
    papers = importlib.util.module_from_spec(spec)
    sys.modules["test_docs"] = papers  # its dataclasses look for their module
    spec.loader.exec_module(papers)
    papers.test_what_the_papers_show_is_so("docs/diff.md", tmp_path)


# ── Files and exit codes ─────────────────────────────────────────────────────────────────────────────


def test_exit_codes_and_relaxing(tmp_path: Path) -> None:
    old, stricter = files(tmp_path, OLD.replace("then warn", "then hold"))
    assert run(old, old).exit_code == 0
    assert run(old, old).output == "no change in meaning: every message gets the same verdict\n"
    assert run(old, stricter).exit_code == 1
    assert run(old, stricter, "--forbid-relaxing").exit_code == 0
    relaxed = run(stricter, old, "--forbid-relaxing")
    assert relaxed.exit_code == 1
    assert relaxed.output.endswith("an action got less severe\n")


def test_without_time_nothing_is_claimed(tmp_path: Path) -> None:
    old, new = files(tmp_path, OLD.replace("then warn", "then hold"))
    for options in ([], ["--forbid-relaxing"]):
        result = run(old, new, "--seconds", 0, *options)
        assert result.exit_code == 1
        assert result.output.startswith("not decided within the time")


@pytest.mark.parametrize("output", ["text", "markdown", "json"])
def test_artifacts_and_policies_in_any_mixture(tmp_path: Path, output: str) -> None:
    old, new = files(tmp_path, OLD.replace("then warn", "then hold"))
    artifacts = []
    for path in (old, new):
        artifact = path.with_suffix(".solon")
        artifact.write_bytes(compile_checked(load_policy(path)))
        artifacts.append(artifact)
    results = [
        run(first, second, "--format", output)
        for first in (old, artifacts[0])
        for second in (new, artifacts[1])
    ]
    assert {one.exit_code for one in results} == {1}
    assert len({one.output for one in results}) == 1
    if output == "json":
        document = json.loads(results[0].output)
        assert document["changes"][0]["delta"]["action"] == ["warn", "hold"]
        assert document["status"] == "changed"
    assert run(old, artifacts[0]).exit_code == 0


def test_what_is_no_policy_is_wrong_use(tmp_path: Path) -> None:
    old, new = files(tmp_path, "rule {")
    assert run(old, new).exit_code == 2
    assert run(old, tmp_path / "none.policy").exit_code == 2
    stripped = tmp_path / "stripped.solon"
    stripped.write_bytes(compile_checked(load_policy(old), strip=True))
    result = run(old, stripped)
    assert result.exit_code == 2
    assert "--strip" in result.output
    broken = tmp_path / "broken.solon"
    broken.write_bytes(b"x" * 100)
    assert run(old, broken).exit_code == 2


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/*.policy")), ids=lambda path: path.name)
def test_a_policy_comes_back_from_its_artifact(path: Path, tmp_path: Path) -> None:
    policy = load_policy(path).policy
    if policy is not None:
        again = undump(json.loads(dump(policy)))
        assert dump(again) == dump(policy)


def test_a_deep_policy_comes_back() -> None:
    deep = OLD + f"rule deep {{ when {'not (' * 45}state = none{')' * 45} then block }}\n"
    deep += "define d0 = not (state = offer)\n"
    deep += "".join(f"define d{n} = not d{n - 1}\n" for n in range(1, 90))
    policy = load_policy_text(deep + "rule deeper { when d89 then block }").policy
    assert policy is not None
    assert dump(undump(json.loads(dump(policy)))) == dump(policy)


@pytest.mark.parametrize("broken", [None, 3, [], {}, {"node": "Policy"}, {"node": "Place"}, {"node": "os"}])
def test_json_that_is_no_policy_is_refused(broken: object) -> None:
    with pytest.raises(NotAPolicy):
        undump(broken)


def test_every_broken_field_is_refused_or_read() -> None:
    """Each value of a policy's JSON, replaced by what it cannot be."""
    policy = load_policy_text(OLD).policy
    assert policy is not None
    text = dump(policy).decode()
    count = 0
    for wrong in (None, 1.5, "x", [], {}, [[]], {"node": "And", "parts": [], "place": "f:1:1"}):
        for path in paths(json.loads(text)):
            broken = json.loads(text)
            put(broken, path, wrong)
            try:
                assert isinstance(undump(broken), ir.Policy)
            except NotAPolicy:
                count += 1
    assert count > 1000


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [before] if before else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [path for key, one in items for path in paths(one, (*before, key))]


def put(value: Any, path: tuple[Any, ...], new: object) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def test_the_artifact_of_a_policy_is_read_back(tmp_path: Path) -> None:
    old, _ = files(tmp_path, OLD)
    artifact = old.with_suffix(".solon")
    artifact.write_bytes(compile_checked(load_policy(old)))
    assert policy_of(artifact).rules[0].name == "a"
    assert isinstance(solon.load(artifact), solon.Policy)
