"""Whole decisions by the reference interpreter: rules, exemptions, time, and what a verdict carries.

The policies are written as typed IR and go through `dump`, as the artifact has them.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from solon.dsl import ir
from solon.dsl.dump import dump
from solon.matcher.errors import Damaged, FactError
from solon.matcher.reference import Match, Reference, prefix_within

P = ir.Place("t.policy", 1, 1, 1, 2)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

HEADER = ir.Header(
    P,
    "p",
    None,
    None,
    1,
    ("allow", "nudge", "warn", "hold", "block"),
    "allow",
    "warn",
    "hold",
    limit_bytes=1000,
)
FACTS = (
    ir.Fact(P, "job.cats", ir.Kind("set", ("cv", "dev")), (), optional=False),
    ir.Fact(P, "n", ir.Kind("int"), 0, optional=False),
    ir.Fact(P, "note", ir.Kind("scanned_text"), None, optional=True),
    ir.Fact(P, "plan", ir.Kind("enum", ("free", "pro")), None, optional=True),
    ir.Fact(P, "user", ir.Kind("text"), None, optional=True),
)


def words(name: str, *terms: str) -> ir.Pattern:
    root = ir.Words(P, tuple(ir.Term(term) for term in terms), "basic")
    return ir.Pattern(P, name, None, root, (), ())


PATTERNS = (words("both", "call me"), words("call", "call", "ring"), words("me", "me"))

HAS_CALL = ir.Contains(P, None, "call")
HAS_ME = ir.Contains(P, None, "me")
PRO = ir.FactCompare(P, "plan", "=", "pro")
YES = ir.Constant(P, True)


def rule(name: str, when: ir.Condition = YES, action: str = "hold", **changes: Any) -> ir.Rule:
    plain = ir.Rule(
        P,
        name,
        when,
        None,
        action,
        (),
        (),
        None,
        (),
        (),
        0,
        False,
        None,
        active_from=None,
        active_until=None,
        was=(),
    )
    return replace(plain, **changes)


def exempt(
    name: str, when: ir.Condition = YES, rules: Any = (), patterns: Any = (), expires: Any = None
) -> ir.Exemption:
    return ir.Exemption(P, name, when, tuple(rules), tuple(patterns), None, None, expires)


def notice(audience: str, text: str, when: ir.Condition | None = None) -> ir.Notice:
    return ir.Notice(P, audience, when, (("", text),))


def policy(
    *rules: ir.Rule,
    exemptions: Any = (),
    scores: Any = (),
    header: ir.Header = HEADER,
    patterns: Any = PATTERNS,
) -> Reference:
    named = sorted(rules, key=lambda one: one.name)
    parts = ir.Policy(header, FACTS, tuple(patterns), tuple(scores), tuple(named), tuple(exemptions), ())
    return Reference(dump(parts))


def test_every_rule_that_fires_counts_and_the_most_severe_acts() -> None:
    reference = policy(rule("b", HAS_CALL, "hold"), rule("a", HAS_CALL, "warn"), rule("c", HAS_ME, "block"))
    verdict = reference.decide("call", {})
    assert (verdict.action, verdict.rules, verdict.status) == ("hold", ("a", "b"), "decided")
    assert reference.decide("nothing", {}).action == "allow"


def test_the_default_counts_only_where_no_rule_fired() -> None:
    strict = replace(HEADER, default="warn")
    reference = policy(rule("fine", HAS_CALL, "allow"), header=strict)
    assert reference.decide("x", {}).action == "warn"
    assert reference.decide("call", {}).action == "allow"


def test_unless_holds_a_rule_back_only_where_it_is_true() -> None:
    reference = policy(rule("r", HAS_CALL, unless=PRO))
    assert reference.decide("call", {"plan": "pro"}).rules == ()
    assert reference.decide("call", {"plan": "free"}).rules == ("r",)
    assert reference.decide("call", {}).rules == ("r",)  # unknown never switches a protection off
    assert reference.decide("call", {}).undecided == {}


def test_an_unknown_when_is_undecided_and_names_what_it_lacked() -> None:
    when = ir.And(
        P, (ir.Defined(P, "d", PRO), ir.Contains(P, "note", "call"), ir.Not(P, ir.Known(P, "user")))
    )
    reference = policy(rule("r", when, "block"), rule("s", PRO, "block", shadow=True))
    verdict = reference.decide("x", {})
    assert verdict.undecided == {"r": ("note", "plan", "user")}
    assert (verdict.action, verdict.rules, verdict.status) == ("warn", (), "decided")
    assert reference.decide("x", {"plan": "free"}).undecided == {}  # false whatever the rest is
    assert reference.decide("x", {"plan": "pro"}).undecided == {"r": ("note", "user")}
    silent = policy(rule("r", PRO, "block"), header=replace(HEADER, undecided=None))
    assert silent.decide("x", {}).action == "allow"
    held_back = policy(rule("r", PRO, "block", unless=HAS_CALL))
    assert held_back.decide("call", {}).undecided == {}


def test_shadow_rules_decide_nothing() -> None:
    quiet = rule("s", HAS_CALL, "block", shadow=True, labels=("x",), notices=(notice("sender", "no"),))
    verdict = policy(quiet).decide("call", {})
    assert (verdict.action, verdict.rules, verdict.shadow, verdict.labels) == ("allow", (), ("s",), ())
    assert (verdict.notices, verdict.matches) == ({}, ())


def test_rules_live_within_their_time() -> None:
    day = 86_400_000_000
    reference = policy(rule("r", active_from=10 * day, active_until=20 * day))
    moments = {9: (), 10: ("r",), 19: ("r",), 20: ()}
    for days, fired in moments.items():
        assert reference.decide("x", {}, at=EPOCH + timedelta(days=days)).rules == fired
    almost = EPOCH + timedelta(days=10) - timedelta(microseconds=1)
    assert reference.decide("x", {}, at=almost).rules == ()
    with pytest.raises(TypeError):
        reference.decide("x", {}, at=datetime(2026, 1, 1))


def test_rollout_takes_a_stable_share_of_known_values() -> None:
    reference = policy(
        rule("r", rollout=ir.Rollout(P, 300_000, "user")), rule("t", rollout=ir.Rollout(P, 1_000_000, "n"))
    )
    taken = {f"u{i}" for i in range(400) if "r" in reference.decide("x", {"user": f"u{i}"}).rules}
    assert 80 < len(taken) < 160
    again = {f"u{i}" for i in range(400) if "r" in reference.decide("other", {"user": f"u{i}", "n": 5}).rules}
    assert again == taken
    assert reference.decide("x", {}).rules == ("t",)  # the whole share, an int


def test_exemptions_of_rules() -> None:
    exemptions = (exempt("b", PRO, ["r", "s"]), exempt("c", PRO, ["r"]), exempt("a", HAS_ME, ["r"]))
    reference = policy(
        rule("r", HAS_CALL, "block"),
        rule("s", HAS_CALL, "block", shadow=True),
        rule("t", HAS_CALL),
        exemptions=exemptions,
    )
    verdict = reference.decide("call", {"plan": "pro"})
    assert (verdict.rules, verdict.shadow, verdict.exempted) == (("t",), (), {"r": "b", "s": "b"})
    assert reference.decide("call me", {"plan": "pro"}).exempted == {"r": "a", "s": "b"}  # the first by name
    assert reference.decide("call", {}).rules == ("r", "t")  # never where it is unknown
    assert reference.decide("x", {"plan": "pro"}).exempted == {}  # nothing would have fired


def test_an_exemption_takes_out_undecided_rules_silently() -> None:
    reference = policy(rule("r", PRO, "block"), exemptions=(exempt("e", HAS_CALL, ["r"]),))
    verdict = reference.decide("call", {})
    assert (verdict.undecided, verdict.exempted, verdict.action) == ({}, {}, "allow")


def test_exemptions_expire() -> None:
    reference = policy(rule("r"), exemptions=(exempt("e", YES, ["r"], expires=86_400_000_000),))
    assert reference.decide("x", {}, at=EPOCH + timedelta(hours=23)).rules == ()
    assert reference.decide("x", {}, at=EPOCH + timedelta(days=1)).rules == ("r",)


def test_exemptions_of_patterns_take_the_matches_and_see_them() -> None:
    formula = ir.Pattern(
        P,
        "near_me",
        None,
        ir.Near(P, ir.PatternRef(P, "call"), ir.PatternRef(P, "me"), "near", 3, "words"),
        (),
        (),
    )
    redact = (ir.Redaction(P, "call", None),)
    reference = policy(
        rule("r", HAS_CALL, "block"),
        rule("m", HAS_ME, "warn", redactions=redact),
        rule("f", ir.Contains(P, None, "near_me"), "nudge"),
        rule("n", ir.Contains(P, "note", "call"), "hold"),
        exemptions=(exempt("e", HAS_CALL, patterns=["call"]), exempt("other", YES, patterns=["both"])),
        patterns=[*PATTERNS, formula],
    )
    verdict = reference.decide("please ring me", {"note": "call"})
    assert verdict.rules == ("f", "m")  # formulas that refer to the pattern do not change
    assert verdict.exempted == {"call": "e"}  # `both` had no matches
    assert verdict.redacted == "please ring me"
    assert verdict.matches == (Match("near_me", 7, 11, "ring"), Match("me", 12, 14, "me"))
    assert reference.decide("x", {"note": "call"}).rules == (
        "n",
    )  # its condition sees the message's own spans


def test_matches_come_from_the_conditions_and_redactions_of_fired_rules() -> None:
    score = ir.Score(P, "risk", (ir.ScoreEntry(P, 1, None, "me", None),))
    when = ir.Or(P, (ir.Not(P, ir.Contains(P, "note", "call")), ir.ScoreCompare(P, "risk", ">=", 1)))
    reference = policy(
        rule("r", when, redactions=(ir.Redaction(P, "both", None),)),
        rule("unfired", ir.And(P, (HAS_CALL, ir.Constant(P, False)))),
        scores=(score,),
    )
    verdict = reference.decide("call me", {"note": "call, ring"})
    assert verdict.matches == (
        Match("both", 0, 7, "call me"),
        Match("me", 5, 7, "me"),
        Match("call", 0, 4, "call", "note"),
        Match("call", 6, 10, "ring", "note"),
    )


def test_scores_of_fired_rules_are_shown_as_their_least_value() -> None:
    risk = ir.Score(
        P,
        "risk",
        (ir.ScoreEntry(P, 2_500_000, HAS_CALL, None, None), ir.ScoreEntry(P, 4_000_000, PRO, None, None)),
    )
    whole = ir.Score(P, "whole", (ir.ScoreEntry(P, 3_000_000, None, None, None),))
    reference = policy(
        rule("r", ir.ScoreCompare(P, "risk", ">=", 2_000_000)),
        rule("u", ir.ScoreCompare(P, "risk", ">=", 3_000_000), "block"),
        rule("w", ir.Defined(P, "d", ir.ScoreCompare(P, "whole", "=", 3_000_000))),
        scores=(risk, whole),
    )
    verdict = reference.decide("call", {})
    assert verdict.rules == ("r", "w")
    assert verdict.undecided == {"u": ("plan",)}  # somewhere from 2.5 to 6.5
    assert verdict.scores == {"risk": 2.5, "whole": 3}
    assert isinstance(verdict.scores["whole"], int)
    assert reference.decide("call", {"plan": "pro"}).scores["risk"] == 6.5
    assert reference.decide("x", {}).scores == {"whole": 3}


def test_effects_are_joined() -> None:
    one = rule("one", labels=("b", "a"), queues=("q",), reason="because")
    two = rule("two", labels=("b",), queues=("p", "q"), reason="because")
    verdict = policy(one, two).decide("x", {})
    assert (verdict.labels, verdict.queues, verdict.reasons) == (("a", "b"), ("p", "q"), ("because",))


def test_one_notice_an_audience() -> None:
    rules = [
        rule("a", action="warn", notices=(notice("sender", "warned"), notice("recipient", "seen"))),
        rule("b", action="hold", notices=(notice("sender", "held by b"),)),
        rule("c", action="hold", notices=(notice("sender", "held by c"),), priority=2),
        rule("d", action="hold", notices=(notice("sender", "held by d"),), priority=2),
        rule("e", action="block"),
    ]
    assert policy(*rules).decide("x", {}).notices == {"recipient": "seen", "sender": "held by c"}


def test_a_notice_whose_condition_holds_goes_first() -> None:
    choice = (
        notice("sender", "for all"),
        notice("sender", "z for n={n}", ir.FactCompare(P, "n", ">", 0)),
        notice("sender", "a for n={n}", ir.FactCompare(P, "n", ">", 1)),
        notice("staff", "pro", PRO),
    )
    reference = policy(rule("r", notices=choice))
    assert reference.decide("x", {}).notices == {"sender": "for all"}
    assert reference.decide("x", {"n": 1, "plan": "pro"}).notices == {"sender": "z for n=1", "staff": "pro"}
    assert reference.decide("x", {"n": 2}).notices == {"sender": "a for n=2"}


def test_a_rule_whose_only_notice_does_not_hold_leaves_the_audience_to_the_next() -> None:
    severe = rule("severe", action="block", notices=(notice("sender", "pro", PRO),))
    mild = rule("mild", action="warn", notices=(notice("sender", "mild"),))
    assert policy(severe, mild).decide("x", {}).notices == {"sender": "mild"}


def test_locales() -> None:
    texts = (("en", "n is {n}"), ("es", "n es {n}, {user}"))
    reference = policy(rule("r", notices=(ir.Notice(P, "sender", None, texts),)))
    assert reference.decide("x", {"n": 3}).notices == {"sender": {"en": "n is 3", "es": "n es 3, "}}


def test_redactions_that_overlap_become_one() -> None:
    def redacting(name: str, pattern: str, placeholder: str | None, **changes: Any) -> ir.Rule:
        return rule(name, redactions=(ir.Redaction(P, pattern, placeholder),), **changes)

    assert policy(redacting("r", "call", None)).decide("call, ring!", {}).redacted == "[removed], [removed]!"
    overlapping = policy(
        redacting("a", "call", "<a>"), redacting("b", "both", "<b>"), redacting("c", "me", "<c>")
    )
    assert overlapping.decide("call me, me", {}).redacted == "<b>, <c>"  # the longer from one start
    same = [
        redacting("z", "call", "<z>", action="block"),
        redacting("a", "call", "<a>"),
        redacting("b", "call", "<b>", priority=1),
    ]
    assert policy(*same).decide("call", {}).redacted == "<z>"  # the most severe
    assert policy(*same[1:]).decide("call", {}).redacted == "<b>"  # then the priority
    touching = policy(
        redacting("a", "a", "<a>"),
        redacting("b", "b", "<b>"),
        patterns=[words("a", "\u5fae"), words("b", "\u4fe1")],
    )
    assert touching.decide("\u5fae\u4fe1", {}).redacted == "<a><b>"


def test_limits_show_and_act() -> None:
    reference = policy(rule("r", HAS_CALL, "nudge"), header=replace(HEADER, limit_bytes=6))
    verdict = reference.decide("x \u00e9\u00e9 call", {"note": "a long note"})
    assert (verdict.limits, verdict.status, verdict.action, verdict.rules) == (
        ("message", "note"),
        "incomplete",
        "hold",
        (),
    )
    assert verdict.redacted == "x \u00e9\u00e9 call"
    within = reference.decide("a call", {"note": "short"})
    assert (within.limits, within.status, within.action) == ((), "decided", "nudge")
    open_ended = policy(rule("r"), header=replace(HEADER, limit_bytes=1, incomplete=None))
    assert open_ended.decide("xx", {}).action == "hold"


def test_length_and_message_is_see_the_whole_message() -> None:
    short = replace(HEADER, limit_bytes=4)
    reference = policy(
        rule("long", ir.Length(P, ">", 5)), rule("only", ir.MessageIs(P, "call")), header=short
    )
    assert reference.decide("call 5555", {}).rules == ("long",)
    assert reference.decide("call.", {}).rules == ("only",)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, ("abc", False)),
        ("abc", 2, ("ab", True)),
        ("\u00e9\u00e9", 3, ("\u00e9", True)),
        ("\ud800x", 3, ("\ud800", True)),
    ],
)
def test_a_prefix_ends_with_a_whole_character(text: str, limit: int, expected: tuple[str, bool]) -> None:
    assert prefix_within(text, limit) == expected


def test_the_order_of_rules_and_exemptions_changes_nothing() -> None:
    rules = [
        rule(f"r{i}", [HAS_CALL, HAS_ME, PRO, YES][i % 4], HEADER.actions[i % 5], priority=i % 2,
             shadow=i % 7 == 3, notices=(notice("sender", f"text {i}"),), labels=(f"l{i % 3}",),
             redactions=(ir.Redaction(P, ["call", "me", "both"][i % 3], f"<{i}>"),))
        for i in range(12)
    ]  # fmt: skip
    exemptions = [
        exempt("x", HAS_ME, ["r4"], ["me"]),
        exempt("w", YES, ["r4", "r5"]),
        exempt("v", PRO, ["r6"]),
    ]
    expected = None
    for seed in range(6):
        shuffle = random.Random(seed).shuffle
        shuffle(rules)
        shuffle(exemptions)
        parts = ir.Policy(HEADER, FACTS, PATTERNS, (), tuple(rules), tuple(exemptions), ())
        reference = Reference(dump(parts))
        verdicts = [reference.decide("call me, ring", facts, at=NOON) for facts in ({}, {"plan": "pro"})]
        assert expected is None or verdicts == expected
        expected = verdicts
    assert expected is not None
    assert len(expected[0].rules) > 3


def test_find_has_every_pattern() -> None:
    reference = policy(rule("r"), exemptions=(exempt("e", YES, patterns=["call"]),))
    assert reference.find("nothing") == {}
    assert reference.find("call me") == {"both": [(0, 7)], "call": [(0, 4)], "me": [(5, 7)]}


def test_condition_values() -> None:
    when = ir.And(P, (ir.Defined(P, "pro_plan", PRO), ir.Or(P, (HAS_CALL, HAS_ME))))
    reference = policy(rule("r", when, unless=ir.FactCompare(P, "n", ">", 1)), rule("off", active_until=0))
    traces = reference.condition_values("call", {"n": 5})
    found = traces["r"]
    assert (found.when.value, found.live, traces["off"].live) == (None, True, False)
    defined, either = found.when.parts
    assert (defined.value, defined.parts[0].fact, either.value) == (None, None, True)
    assert [part.spans for part in either.parts] == [(Match("call", 0, 4, "call"),), ()]
    assert found.unless is not None
    assert (found.unless.value, found.unless.fact) == (True, 5)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"node":"Rule"}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_policy_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        Reference(data)


def all_places(node: Any) -> list[tuple[Any, Any]]:
    """Every container and key below a JSON value."""
    found, pending = [], [node]
    while pending:
        one = pending.pop()
        keys = list(one) if isinstance(one, dict) else list(range(len(one))) if isinstance(one, list) else []
        found += [(one, key) for key in keys]
        pending += [one[key] for key in keys]
    return found


def test_a_damaged_policy_is_refused_or_decides() -> None:
    """One place of the JSON after the other replaced: Damaged, or verdicts, never another error."""
    near = ir.Near(
        P,
        ir.PatternRef(P, "call"),
        ir.Regex(P, "", ir.Repeat(ir.Chars("x"), 1, 3), False, "basic"),
        "near",
        3,
        "words",
    )
    scored = ir.Score(P, "risk", (ir.ScoreEntry(P, 2_500_000, HAS_CALL, "me", 9),))
    whole = ir.Policy(
        HEADER,
        FACTS,
        (*PATTERNS, ir.Pattern(P, "near", None, ir.Except(P, near, (ir.Zone(P, "code"),)), (), ())),
        (scored,),
        (
            rule("a", ir.And(P, (PRO, ir.Contains(P, None, "near"))), unless=ir.FactIn(P, "n", (1, 2))),
            rule("b", ir.ScoreCompare(P, "risk", ">", 1), rollout=ir.Rollout(P, 900_000, "user"),
                 active_from=0, labels=("l",),
                 notices=(notice("sender", "{n}", ir.FactHas(P, "job.cats", "cv")),),
                 redactions=(ir.Redaction(P, "me", "x"),)),
            rule("c", ir.Count(P, "call", True, ">", 1)),
        ),
        (exempt("e", ir.Known(P, "user"), ["a"], ["me"], 5),),
        (),
    )  # fmt: skip
    data = dump(whole)
    size = len(all_places(json.loads(data)))
    given = {"user": "u", "plan": "pro", "n": 7}
    refused = 0
    for place in range(size):
        for junk in (None, 5, "x", [], {}, [[None]], -1.5, True):
            policy_json = json.loads(data)
            container, key = all_places(policy_json)[place]
            container[key] = junk
            try:
                reference = Reference(policy_json)
            except Damaged:
                refused += 1
                continue
            try:
                verdict = reference.decide("call me, x ring me", given, at=NOON)
            except FactError:
                continue  # the facts do not fit what is declared now
            assert verdict.action in reference.severity
    assert refused > size * 4


def test_scores_that_ask_for_themselves_are_refused() -> None:
    again = ir.Score(P, "risk", (ir.ScoreEntry(P, 1, ir.ScoreCompare(P, "risk", ">", 0), None, None),))
    with pytest.raises(Damaged):
        policy(rule("r"), scores=(again,))
