"""Explanations: why, in the author's words, and what would have to differ."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from solon.dsl import ir
from solon.dsl.dump import dump, dump_node
from solon.matcher.errors import Damaged
from solon.matcher.explain import Explanation, explain
from solon.matcher.reference import Reference
from solon.matcher.wording import condition_text, duration_text, quoted, time_text, value_text

P = ir.Place("t.policy", 1, 1, 1, 2)
MONTH = 30 * 86_400_000_000
AT = datetime(2026, 11, 23, tzinfo=UTC)


def words(name: str, *terms: str) -> ir.Pattern:
    return ir.Pattern(P, name, None, ir.Words(P, tuple(map(ir.Term, terms)), "strong"), (), ())


def rule(
    name: str, when: ir.Condition, unless: ir.Condition | None, action: str, shadow: bool = False
) -> ir.Rule:
    return ir.Rule(P, name, when, unless, action, (), (), None, (), (), 0, shadow, None, None, None, ())


def fact(name: str, kind: ir.Kind, default: Any = None, optional: bool = False) -> ir.Fact:
    return ir.Fact(P, name, kind, default, optional)


STAGE = ir.Kind("enum", ("active", "none", "offer"))
PRE = ir.Defined(P, "pre_contract", ir.FactIn(P, "contract.state", ("none", "offer")))
VETERAN = ir.Defined(
    P,
    "veteran",
    ir.And(
        P,
        (
            ir.FactCompare(P, "sender.tenure", ">=", 24 * MONTH),
            ir.FactCompare(P, "sender.earnings", ">=", 10_000_000_000),
        ),
    ),
)
TALK = ir.Contains(P, None, "meeting")
SCORE = ir.Score(
    P,
    "risk",
    (
        ir.ScoreEntry(P, 3_000_000, ir.FactCompare(P, "spam", ">=", 0.8), None, None),
        ir.ScoreEntry(P, 2_500_000, None, "meeting", None),
    ),
)
POLICY = ir.Policy(
    ir.Header(P, "p", None, None, 1, ("allow", "warn", "hold", "block"), "allow", "warn", "hold", 1000),
    (
        fact("cats", ir.Kind("set", ("cv", "dev")), ()),
        fact("contract.state", STAGE),
        fact("n", ir.Kind("int"), 0),
        fact("sender.earnings", ir.Kind("money", (), "USD"), 0),
        fact("sender.tenure", ir.Kind("duration")),
        fact("spam", ir.Kind("number"), optional=True),
    ),
    (words("meeting", "zoom", "skype"), words("other", "other")),
    (SCORE,),
    (
        rule("meeting_early", ir.And(P, (PRE, TALK)), VETERAN, "block"),
        rule("risky", ir.ScoreCompare(P, "risk", ">=", 5_000_000), None, "hold"),
        rule("silent", TALK, None, "hold", shadow=True),
        rule("two", ir.And(P, (ir.FactIs(P, "n"), ir.Constant(P, False))), None, "hold"),
    ),
    (ir.Exemption(P, "cv", ir.FactHas(P, "cats", "cv"), ("meeting_early",), (), None, None, None),),
    (),
)
FACTS: dict[str, Any] = {"contract": {"state": "none"}, "sender.tenure": timedelta(days=3)}


def told(message: str, facts: dict[str, Any]) -> Explanation:
    reference = Reference(dump(POLICY))
    verdict = reference.decide(message, facts, at=AT)
    return explain(dump(POLICY), reference.decide, message, facts, verdict, at=AT)


def test_the_text_says_why_and_what_would_have_to_differ() -> None:
    assert told("Hop on z00m!\u202e", {**FACTS, "spam": 0.1}).as_text() == (
        "block (decided)\n"
        "\n"
        "rule meeting_early fired: block  [t.policy:1:1]\n"
        "  when   true     pre_contract and message contains meeting\n"
        "           true     pre_contract: contract.state in {none, offer}  (contract.state is none)\n"
        "           true     message contains meeting\n"
        '             meeting: "z00m" at 7-11\n'
        "  unless false    veteran: sender.tenure >= 24 months and sender.earnings >= 10000 USD\n"
        "           false    sender.tenure >= 24 months and sender.earnings >= 10000 USD\n"
        "             false    sender.tenure >= 24 months  (sender.tenure is 3 days)\n"
        "             false    sender.earnings >= 10000 USD  (sender.earnings is 0 USD)\n"
        "\n"
        "rule silent is in shadow mode and would have fired: hold  [t.policy:1:1]\n"
        "  when   true     message contains meeting\n"
        '           meeting: "z00m" at 7-11\n'
        "\n"
        "what would have to differ\n"
        "  if contract.state were active: allow\n"
        "  if cats had cv: allow\n"
        "  without a match of meeting: allow\n"
    )


def test_undecided_rules_say_what_they_lacked() -> None:
    explanation = told("zoom", {**FACTS, "contract": {"state": "active"}})
    story = explanation.rules[0]
    assert (explanation.action, story.role, story.lacked) == ("warn", "undecided", ("spam",))
    assert story.when.because == "risk is from 2.5 to 5.5"
    assert story.when.parts[0].because == "spam is absent"
    assert {(one.changes[0].fact, one.changes[0].words, one.action) for one in explanation.alternatives} >= {
        ("spam", "were just under 0.8", "allow"),
        ("spam", "were 0.8", "hold"),
    }


def test_exemptions_and_quiet_messages() -> None:
    exempted = told("zoom", {**FACTS, "cats": ["cv"], "spam": 0})
    assert [(story.name, story.role, story.exempted_by) for story in exempted.rules] == [
        ("meeting_early", "exempted", "cv"),
        ("silent", "shadow", None),
    ]
    assert "the exemption cv took it out" in exempted.as_text()
    assert ("cats", "had no cv") in {
        (one.changes[0].fact, one.changes[0].words) for one in exempted.alternatives
    }
    assert "no rule fired" in told("quiet", {**FACTS, "spam": 0}).as_text()
    assert "the limit on the size of message was hit" in told("x" * 2000, {**FACTS, "spam": 0}).as_text()


def test_two_facts_where_one_is_not_enough() -> None:
    explanation = told("zoom", {**FACTS, "spam": 0})
    assert all(len(one.changes) == 1 for one in explanation.alternatives)
    alone = ir.Policy(POLICY.header, POLICY.facts, POLICY.patterns, (), POLICY.rules[:1], (), ())
    strict = Reference(dump(alone))
    facts = {**FACTS, "spam": 0}
    again = explain(dump(alone), strict.decide, "zoom", facts, strict.decide("zoom", facts, at=AT), at=AT)
    assert {one.changes[0].fact for one in again.alternatives} == {"contract.state"}
    always = ir.Policy(
        POLICY.header, POLICY.facts, POLICY.patterns, (), (rule("r", TALK, VETERAN, "block"),), (), ()
    )
    strict = Reference(dump(always))
    both = explain(dump(always), strict.decide, "zoom", facts, strict.decide("zoom", facts, at=AT), at=AT)
    changes = both.alternatives[0].changes
    assert {(one.fact, one.words) for one in changes} == {
        ("sender.tenure", "were 24 months"),
        ("sender.earnings", "were 10000 USD"),
    }
    assert both.alternatives[0].action == "allow"


def test_every_alternative_holds_when_it_is_tried() -> None:
    reference = Reference(dump(POLICY))
    from_python = {"duration": lambda v: timedelta(microseconds=v), "money": lambda v: str(v / 1_000_000)}
    kinds = {one.name: one.kind.name for one in POLICY.facts}
    for facts in ({**FACTS, "spam": 0}, {**FACTS, "spam": 0.9}, dict(FACTS)):
        flat = {"contract.state": "none", **{k: v for k, v in facts.items() if k != "contract"}}
        explanation = told("zoom", facts)
        assert explanation.alternatives
        for alternative in explanation.alternatives:
            altered = dict(flat)
            for change in alternative.changes:
                if change.to is None:
                    altered.pop(change.fact)
                else:
                    altered[change.fact] = from_python.get(kinds[change.fact], lambda v: v)(change.to)
            assert reference.decide("zoom", altered, at=AT).action == alternative.action != explanation.action


def test_the_dict_is_json() -> None:
    data = json.loads(json.dumps(told("zoom, skype", {**FACTS, "spam": 0}).as_dict()))
    assert data["action"] == "block"
    spans = data["rules"][0]["when"]["parts"][1]["matches"]
    assert spans[1] == {"pattern": "meeting", "start": 6, "end": 11, "text": "skype", "field": None}
    assert data["without"] == [{"pattern": "meeting", "action": "allow"}]


KINDS = {
    "f": {"name": "text", "values": [], "currency": None},
    "s": {"name": "set", "values": [], "currency": None},
}


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (ir.Or(P, (TALK, ir.Contains(P, None, "b"))), "message contains any of meeting, b"),
        (ir.And(P, (ir.Contains(P, "f", "a"), ir.Contains(P, "f", "b"))), "f contains all of a, b"),
        (ir.Or(P, (TALK, ir.Contains(P, "f", "b"))), "message contains meeting or f contains b"),
        (ir.Not(P, ir.And(P, (ir.Constant(P, True), ir.FactIs(P, "x")))), "not (true and x)"),
        (ir.FactCompare(P, "f", "!=", 'a"b'), 'f != "a\\"b"'),
        (ir.FactIn(P, "f", ("a", "b")), 'f in {"a", "b"}'),
        (ir.FactHas(P, "s", "a"), 's has "a"'),
        (ir.FactStartsWith(P, "f", "bot-"), 'f starts with "bot-"'),
        (ir.Known(P, "f"), "known(f)"),
        (ir.Count(P, "a", True, ">=", 2), "distinct(a) >= 2"),
        (ir.Count(P, "a", False, "<", 2), "count(a) < 2"),
        (ir.Length(P, ">", 500), "message.length > 500"),
        (ir.MessageIs(P, "a"), "message is a"),
        (ir.ScoreCompare(P, "risk", ">=", 2_500_000), "risk >= 2.5"),
    ],
)
def test_conditions_in_the_words_of_the_policy(condition: ir.Condition, text: str) -> None:
    assert condition_text(json.loads(dump_node(condition)), KINDS) == text


def test_values_in_words() -> None:
    seconds = (0, 1, 90, 86_400, 604_800, 24 * 30 * 86_400, 365 * 86_400)
    assert [duration_text(one * 1_000_000) for one in seconds] == [
        "0 seconds", "1 second", "90 seconds", "1 day", "1 week", "24 months", "1 year",
    ]  # fmt: skip
    assert (time_text(0), time_text(3_661_000_000)) == ("1970-01-01", "1970-01-01T01:01:01Z")
    assert quoted('a"\n\u202e' + "x" * 100) == '"a\\"\\n\\u{202E}' + "x" * 76 + '"…'
    assert value_text(("a", "b"), KINDS["s"]) == '{"a", "b"}'


def test_the_policy_of_another_verdict_is_refused(compile_policy_text: Any) -> None:
    """The IR beside the tables may be anybody's: explaining from it must not go wrong by a KeyError."""
    text = "policy p {{ actions allow < hold  default allow }}\nrule {} {{ when true then hold }}\n"
    policy, other = compile_policy_text(text.format("one")), compile_policy_text(text.format("two"))
    verdict = policy.decide("hi", {})
    with pytest.raises(Damaged):
        explain(other.ir(), policy.decide, "hi", {}, verdict)
