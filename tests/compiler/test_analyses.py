"""What the checker finds by meaning: cases in analyses/findings.txt, words, limits of time."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from solon.cli.group import group
from solon.compiler.analyses import analyse
from solon.compiler.analyses.presence import shape_within
from solon.compiler.analyses.samples import message_with
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.dump import dump
from solon.dsl.load import load_policy, load_policy_text
from solon.dsl.render import render
from solon.matcher.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("analyses") / "findings.txt"
HEAD, *PARTS = re.split(r"^--- ", CASES.read_text(encoding="utf-8"), flags=re.MULTILINE)
NAMED = dict(part.split("\n", 1) for part in PARTS)


def findings(text: str, *, gaps: bool = False) -> tuple[Diagnostic, ...]:
    checked = load_policy_text(text)
    errors = [one for one in checked.diagnostics if one.is_error]
    assert checked.policy is not None, render(errors, checked.sources)
    return analyse(checked.policy, checked.sources, gaps=gaps)


@pytest.mark.parametrize("name", NAMED)
def test_findings_stand_where_the_case_says(name: str) -> None:
    text = HEAD + re.sub(r" *###.*", "", NAMED[name])
    wanted = {
        (number, code.strip())
        for number, line in enumerate((HEAD + NAMED[name]).splitlines(), 1)
        for code in line.partition("###")[2].split(",")
        if code.strip() and number > HEAD.count("\n")
    }
    source_lines = text[: len(HEAD)].count("\n")
    found = {(text.count("\n", 0, one.span.start) + 1, one.code) for one in findings(text)}
    # The head's `app` may be swallowed by a case's pattern; that is a case of its own.
    found = {(line, code) for line, code in found if line > source_lines}
    assert found == wanted


def test_a_swallowed_pattern_names_the_wider_one() -> None:
    (one,) = [one for one in findings(HEAD + NAMED["patterns"]) if one.code == "pattern-swallowed"]
    assert one.message == "all that the pattern `app` finds, `apps` finds too"


def test_a_finding_has_a_second_place_and_an_example() -> None:
    (one,) = findings(HEAD + NAMED["outdone"])
    assert one.message == "the rule `mild` never changes a verdict: wherever it fires, `strict` outdoes it"
    assert one.notes == ("for example `state = none`, a message with `phone`",)
    assert [label for _, label in one.secondary] == ["fires there too, with `block`"]
    assert one.help


def test_what_cannot_hold_is_underlined_inside() -> None:
    text = HEAD + "rule a { when message contains phone and (n > 3 and n < 2) then block }"
    (one,) = findings(text)
    ((span, _),) = one.secondary
    assert text[span.start : span.end] == "(n > 3 and n < 2)"


def test_an_example_reads_well() -> None:
    text = HEAD + (
        'rule a { when tenure > 30 days and earned >= 10.5 USD and rate > 0.5 then hold notify sender "a" }\n'
        'rule b { when message contains app and since < 2026-01-01 then hold notify sender "b" }\n'
    )
    (one,) = findings(text)
    assert one.notes == (
        "for example `earned = 11 USD`, `rate = 1`, `since = 1970-01-01T00:00:00Z`, `tenure = 31 days`, "
        "a message with `app`",
    )


def test_gaps() -> None:
    text = HEAD + (
        "rule a { when state in {none, offer} and tenure < 3 days and message contains phone then block }\n"
        "rule b { when state = active and tags has red and message contains phone then block }\n"
    )
    found = findings(text, gaps=True)
    assert {one.code for one in found} == {"no-rule-looks"}
    assert {one.message.removeprefix("no rule looks at messages where ") for one in found} == {
        "`state in {none, offer}` and `tenure >= 3 days`",
        "`state = active` and `not tags has red`",
    }
    assert findings(text) == ()


def test_no_gap_where_a_message_decides() -> None:
    assert findings(HEAD + "rule a { when message contains phone then block }", gaps=True) == ()


def test_samples_have_what_they_are_samples_of() -> None:
    """One of each kind together in one message, for the reference interpreter to find."""
    text = HEAD + (
        'pattern links { url "linkedin.com/in/**", "facebook.com/*" }\n'
        'pattern rest = app except words("zoom in with us") except in code\n'
        'pattern order { words "order number" }\n'
        'pattern sign { text "zoo" }\n'
        + "".join(f"pattern e_{name} = entity {name}\n" for name in ("url", "ip_address", "money"))
        + "rule r { when message contains any of links, rest, order, sign, e_url, e_ip_address, e_money\n"
        "then block }"
    )
    policy = load_policy_text(text).policy
    assert policy is not None
    reference = Reference(json.loads(dump(policy)))
    roots = {pattern.name: pattern.root for pattern in policy.patterns}
    entities = [name for name in roots if name.startswith("e_")] + ["phone", "email"]
    for entity in entities:
        names = {entity, "links", "rest", "order", "sign", "app"}
        message = message_with(names, roots)
        assert message is not None
        assert names <= set(reference.find(message)), entity


def test_what_has_no_certain_sample_has_none() -> None:
    text = HEAD + (
        "pattern digits = regex /\\d/\n"
        'pattern close = app near phone within 3 words\npattern gone = app except words("zoo*")\n'
        "rule r { when message contains any of digits, close, gone then block }"
    )
    policy = load_policy_text(text).policy
    assert policy is not None
    roots = {pattern.name: pattern.root for pattern in policy.patterns}
    assert [message_with([name], roots) for name in ("digits", "close", "gone")] == [None, None, None]


@pytest.mark.parametrize(
    ("narrow", "wide", "holds"),
    [
        (("a.com", ("in", "x")), ("a.com", ("in", "*")), True),
        (("a.com", ("in", "*")), ("a.com", ("in", "**")), True),
        (("a.com", ("in", "**")), ("a.com", ("in", "*")), False),
        (("a.com", ("in",)), ("a.com", ("in", "**")), False),
        (("a.com", ("in", "x", "y")), ("a.com", ("in", "**")), True),
        (("a.com", ("in", "x", "y")), ("a.com", ("in", "*")), False),
        (("uk.a.com", None), ("a.com", None), True),
        (("nota.com", None), ("a.com", None), False),
        (("a.com", None), ("a.com", ("**",)), False),
        (("a.com", ("**", "x")), ("a.com", ("**",)), False),
    ],
)
def test_links_within_links(
    narrow: tuple[str, tuple[str, ...] | None], wide: tuple[str, tuple[str, ...] | None], holds: bool
) -> None:
    assert shape_within(ir.UrlShape(*narrow), ir.UrlShape(*wide)) is holds


def test_without_time_nothing_is_said() -> None:
    checked = load_policy_text(HEAD + NAMED["outdone"])
    assert checked.policy is not None
    assert analyse(checked.policy, checked.sources, seconds=0) == ()


def test_a_deep_policy_takes_no_time() -> None:
    """A hundred patterns deep, each with a deep formula, and defines that share their parts."""
    chain = 'pattern p0 = words("x")\n' + "".join(
        f"pattern p{n} = {'(' * 45}p{n - 1}" + "".join(f' except words("z{m}"))' for m in range(45)) + "\n"
        for n in range(1, 90)
    )
    defines = "define d0 = n > 3\n" + "".join(f"define d{n} = d{n - 1} or n = {n}\n" for n in range(1, 90))
    wide = "pattern w0 = regex /x/\n" + "".join(
        f"pattern w{n} = {' or '.join([f'w{n - 1}'] * 20)}\n" for n in range(1, 40)
    )
    rules = (
        'rule r { when message contains p89 and d89 then block notify sender "a" }\n'
        'rule s { when message contains w39 then block notify sender "b" }\n'
        'rule t { when message contains w39 and n = 5 then block notify sender "c" }\n'
    )
    start = time.process_time()
    findings(HEAD + chain + defines + wide + rules, gaps=True)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/*.policy")), ids=lambda path: path.name)
def test_the_examples_mean_what_they_say(path: Path) -> None:
    checked = load_policy(path)
    if checked.policy is not None:  # a root file
        found = analyse(checked.policy, checked.sources)
        assert found == (), render(found, checked.sources)


def test_the_command_line_says_it_too(tmp_path: Path) -> None:
    path = tmp_path / "mild.policy"
    path.write_text(
        "policy p { actions allow < warn < block default allow }\nfacts { n : int = 0 }\n"
        'pattern app { words "zoom" }\n'
        "rule mild { when message contains app and n > 3 then warn }  # allow(untested-rule): short\n"
        "rule quiet { when message contains app and n > 4 then warn }"
        "  # allow(untested-rule, rule-always-outdone): meant\n"
        "rule strict { when message contains app and n > 2 then block }  # allow(untested-rule): short\n",
        encoding="utf-8",
    )

    def told(*options: str) -> list[tuple[str, int]]:
        result = CliRunner().invoke(group, ["check", str(path), "--format", "json", *options])
        assert result.exit_code == 1
        return [(one["code"], one["line"]) for one in json.loads(result.stdout)["diagnostics"]]

    assert told() == [("rule-always-outdone", 4)]
    assert told("--gaps") == [("no-rule-looks", 1), ("rule-always-outdone", 4)]
