"""Mutants are judged as the engine would judge them, and what is left out changes nothing."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.adequacy.cases import CaseBook
from solon.adequacy.equivalence import Equivalence
from solon.adequacy.mutants import Mutant, mutants
from solon.adequacy.mutation import Court, mutate
from solon.authoring import compile_checked
from solon.cli.group import group
from solon.compiler.pipeline import compile_policy
from solon.dsl import ir
from solon.dsl.load import load_policy_text
from solon.matcher.engine import Policy, from_bytes
from solon.testing import run_tests

POLICY = """\
policy p {
  actions allow < warn < redact < block
  default allow
  undecided warn
}
facts {
  role  : enum(freelancer, client, staff)
  age   : duration = 0 days
  count : int = 0
  spam  : number optional
}
define novice = age < 30 days and count <= 2
pattern app { words "zoom", "skype" }
pattern no { words "never" }
rule apps {
  when   message contains app and novice and role in {freelancer, client}
  unless message contains no
  then   redact
  redact app
  notify sender "Stay here."
  notify sender when role = client { en "Dear client." }
}
rule long { when message.length > 40 or count(app) >= 2 then warn }
rule risky { when risk >= 3 then block }
rule spammy { when spam >= 0.8 and not message contains no then block }
rule never { when count > 5 and count < 3 then block }
score risk { 2 when message contains app  1 per match of no up to 2  1 when spam >= 0.5 }
exempt staff { when role = staff from all reason "r" }
exempt old { when age >= 1 year from apps, pattern no reason "r" }

test "an app" {
  given role = client message "on zoom"
  expect redact by apps redacted "on [removed]" notice sender "Dear client."
}
test "a freelancer" {
  given role = freelancer, age = 30 days, count = 1 message "on zoom"
  expect warn not apps undecided spammy
}
test "the border" {
  given role = freelancer, age = 29 days, count = 2, spam = 0.1 message "zoom"
  expect redact only by apps
}
test "a refusal" { given role = client, spam = 0.2 message "never zoom" expect block only by risky }
test "spam" { given role = client, spam = 0.8 message "buy" expect block only by spammy }
test "no spam" { given role = client, spam = 0.79 message "buy" expect allow }
test "staff" { given role = staff, spam = 0.9 message "zoom zoom never" expect allow }
test "two" { given role = client, count = 3, spam = 0.0 message "zoom or skype" expect warn only by long }
todo test "not yet" { given role = client message "call me" expect block }
"""


@pytest.fixture(scope="module")
def book() -> CaseBook:
    checked = load_policy_text(POLICY)
    assert checked.policy is not None, checked.diagnostics
    return CaseBook(checked.policy, from_bytes(compile_checked(checked)))


def compiled(policy: ir.Policy) -> Policy:
    made = compile_policy(policy)
    assert made.artifact is not None
    return from_bytes(made.artifact)


def fails(mutant: Mutant, unfit: set[str]) -> bool:
    """Does a test fail when the mutant is compiled and run as any policy is?"""
    results = run_tests(mutant.policy, compiled(mutant.policy))
    return any(not one.passed and not one.todo and one.test not in unfit for one in results)


def test_the_tests_of_this_policy_pass(book: CaseBook) -> None:
    failed = [one for one in run_tests(book.policy, compiled(book.policy)) if not one.passed]
    assert not failed


def test_the_court_says_what_the_engine_says(book: CaseBook) -> None:
    court = Court(book)
    assert len(court.cases) == 8
    every = list(mutants(book.policy, now=0))
    assert len(every) >= 90
    noticed = {True: 0, False: 0}
    for mutant in every:
        says = court.notices(mutant)
        noticed[says] += 1
        assert says == fails(mutant, set()), (mutant.place, mutant.slip)
    assert min(noticed.values()) > 10


def test_every_kind_of_slip_is_made(book: CaseBook) -> None:
    slips = " | ".join(one.slip for one in mutants(book.policy, now=0))
    for part in (
        "dropped the rule `apps`", "`then redact` became `then warn`", "`then redact` became `then block`",
        "dropped the `unless` of `apps`", "dropped `redact app`", "dropped `notify sender`",
        "dropped the exemption `staff`", "`old` no longer exempts the pattern `no`", "2 points became 1",
        "dropped the entry of 2 from `risk`", "`and` became `or`", "`or` became `and`", "dropped `novice`",
        "dropped the `not`", "negated", "`freelancer` left the set", "`< 1 month` became `< 2 months`",
        "`<` became `<=`", "`<= 2` became `<= 3`", "`>= 0.8` became `>= 0.9`", "`>= 3` became `>= 4`",
        "`> 40` became `> 39`",
    ):  # fmt: skip
        assert part in slips, part


def test_what_is_left_out_changes_nothing(book: CaseBook) -> None:
    """Each mutant that is proved the same gives the same verdicts over many situations."""
    with Equivalence(book.policy, seconds=20) as equivalence:
        same = [one for one in mutants(book.policy, now=0) if equivalence.proved(one.policy)]
    slips = {(one.place.line, one.slip) for one in same}
    assert any("dropped the rule `never`" in slip for _, slip in slips)
    assert len(same) >= 5
    assert not any("`apps`" in slip for _, slip in slips)
    before = compiled(book.policy)
    texts = ("hello", "zoom", "never zoom skype", "x" * 41)
    ages, counts = (timedelta(0), timedelta(days=400)), (0, 3, 4, 6)
    for mutant in same:
        after = compiled(mutant.policy)
        for text, role, age, count, spam in itertools.product(
            texts, ("client", "staff"), ages, counts, (None, 0.5, 0.9)
        ):
            facts = {"role": role, "age": age, "count": count} | ({} if spam is None else {"spam": spam})
            one, two = before.decide(text, facts), after.decide(text, facts)
            assert (one.action, one.rules, one.undecided) == (two.action, two.rules, two.undecided), (
                mutant.slip
            )


def test_a_survivor_is_listed_with_its_place_and_time_is_kept(book: CaseBook) -> None:
    found = mutate(book, seconds=20, now=0)
    assert found.left == 0
    assert found.tried == found.killed + found.equivalent + len(found.survivors)
    assert found.equivalent >= 5
    lines = {(one.place.line, one.slip) for one in found.survivors}
    assert (23, "`> 40` became `> 41`") in lines
    assert not [one for one in found.survivors if "rule `never`" in one.slip]
    short = mutate(book, seconds=0.0, now=0)
    assert short.left > 0
    assert short.tried + short.left == found.tried


def test_the_command_lists_survivors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.policy").write_text(POLICY, encoding="utf-8")
    runner = CliRunner()
    result = runner.invoke(group, ["test", "p.policy", "--mutate", "--seconds", "20"])
    assert result.exit_code == 0, result.output
    assert "survived  p.policy:23:18: `> 40` became `> 41`\n          rule long {" in result.stdout
    assert " that change nothing left out" in result.stdout
    result = runner.invoke(group, ["test", "p.policy", "--mutate", "--fail-under", "99", "--format", "json"])
    assert result.exit_code == 1
    document = json.loads(result.stdout)["mutation"][0]
    assert document["tried"] == document["killed"] + document["equivalent"] + len(document["survivors"])
