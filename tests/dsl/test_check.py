"""What policies mean: text in, nodes of the typed IR out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from solon.dsl import ir
from solon.dsl.check import check
from solon.dsl.load import Checked, load_policy_text
from solon.dsl.parser import parse
from solon.dsl.source import Source

HEAD = "policy shop {\n  actions allow < warn < hold < block\n  default allow\n}\n"
FACTS = """facts {
  state : enum(none, offer, active)
  tenure : duration = 3 days
  earnings : money(USD) = 10_000.5 USD
  warnings : int = 0
  verified : bool = false
  sender.id : text optional
  tags : set of enum(design, software) = {software, design, software}
  words : set of text = {}
  spam.score : number = 1
  file.name : scanned text optional
  joined : time = 2026-11-23T10:00:00.5+02:00
}
pattern phone = entity phone
"""
TODAY = date(2026, 11, 23)
DAY = 86_400_000_000


def load(text: str, **files: str) -> Checked:
    return load_policy_text(text, {name.replace("__", "."): one for name, one in files.items()}, today=TODAY)


def policy_of(text: str, **files: str) -> ir.Policy:
    checked = load(text, **files)
    assert checked.policy is not None, [one.message for one in checked.diagnostics]
    return checked.policy


def codes(text: str, **files: str) -> set[str]:
    return {one.code for one in load(text, **files).diagnostics}


def condition(text: str, more: str = "") -> ir.Condition:
    return policy_of(f"{HEAD}{FACTS}{more}\nrule r {{ when {text} then block }}").rules[0].when


def pattern(text: str, more: str = "", **files: str) -> ir.PatternNode:
    patterns = policy_of(f"{HEAD}pattern p {text}\n{more}", **files).patterns
    return next(one.root for one in patterns if one.name == "p")


def micros(at: datetime) -> int:
    return round(at.timestamp()) * 1_000_000


# ── The policy block and facts ───────────────────────────────────────────────────────────────────────


def test_the_header_and_what_it_takes_where_nothing_is_said() -> None:
    header = policy_of(HEAD).header
    assert (header.name, header.version, header.limit_bytes) == ("shop", 1, 1024 * 1024)
    assert (header.actions, header.default) == (("allow", "warn", "hold", "block"), "allow")
    assert (header.title, header.owner, header.undecided, header.incomplete) == (None, None, None, None)
    full = """policy p {
      title "T" owner "O" version 7 limit message 1.5 KiB
      actions a < b default a undecided b incomplete b
    }"""
    header = policy_of(full).header
    assert (header.title, header.owner, header.version, header.limit_bytes) == ("T", "O", 7, 1536)
    assert (header.undecided, header.incomplete) == ("b", "b")


def test_facts_with_kinds_and_defaults_in_canonical_units() -> None:
    facts = {fact.name: fact for fact in policy_of(HEAD + FACTS).facts}
    assert list(facts) == sorted(facts)
    assert facts["state"].kind == ir.Kind("enum", ("none", "offer", "active"))
    assert (facts["state"].default, facts["state"].optional) == (None, False)
    assert (facts["sender.id"].default, facts["sender.id"].optional) == (None, True)
    assert facts["tenure"].default == 3 * DAY
    assert (facts["earnings"].kind, facts["earnings"].default) == (
        ir.Kind("money", (), "USD"),
        10_000_500_000,
    )
    assert (facts["tags"].kind, facts["tags"].default) == (
        ir.Kind("set", ("design", "software")),
        ("design", "software"),
    )
    assert (facts["words"].kind, facts["words"].default) == (ir.Kind("set"), ())
    assert facts["file.name"].kind == ir.Kind("scanned_text")
    assert isinstance(facts["spam.score"].default, float)
    assert facts["joined"].default == micros(datetime(2026, 11, 23, 8, tzinfo=UTC)) + 500_000


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tenure >= 6 hours", 21_600_000_000),
        ("tenure >= 2 weeks", 14 * DAY),
        ("tenure >= 24 months", 24 * 30 * DAY),
        ("tenure >= 1 year", 365 * DAY),
        ("tenure >= 1.5 days", DAY + DAY // 2),
        ("earnings >= 0.000001 USD", 1),
        ("warnings >= -9_223_372_036_854_775_808", -(2**63)),
        ("spam.score >= 0.8", 0.8),
        ("spam.score >= 2", 2.0),
        ('sender.id = "x"', "x"),
        ("state != none", "none"),
        ("verified = true", True),
        ("joined >= 1970-01-02", DAY),
        ("joined >= 0001-01-01T00:00+23:59", -62_135_596_800_000_000 - 86_340_000_000),
    ],
)
def test_a_literal_in_canonical_units(text: str, value: ir.FactValue) -> None:
    found = condition(text)
    assert isinstance(found, ir.FactCompare)
    assert found.value == value and type(found.value) is type(value)


def test_questions_to_facts() -> None:
    found = condition('verified and state in {offer, none, offer} and tags has design and words has "x"')
    assert isinstance(found, ir.And)
    verified, state, tags, words = found.parts
    assert isinstance(verified, ir.FactIs)
    assert isinstance(state, ir.FactIn) and state.values == ("offer", "none")
    assert isinstance(tags, ir.FactHas) and tags.value == "design"
    assert isinstance(words, ir.FactHas) and words.value == "x"
    found = condition('sender.id starts with "bot-" or not known(file.name) or true')
    assert isinstance(found, ir.Or)
    starts, negated, constant = found.parts
    assert isinstance(starts, ir.FactStartsWith) and starts.prefix == "bot-"
    assert isinstance(negated, ir.Not) and isinstance(negated.part, ir.Known)
    assert isinstance(constant, ir.Constant) and constant.value


def test_questions_to_the_message() -> None:
    more = "pattern email = entity email"
    found = condition("message contains any of phone, email, phone", more)
    assert isinstance(found, ir.Or)
    assert [part.pattern for part in found.parts if isinstance(part, ir.Contains)] == ["phone", "email"]
    assert isinstance(condition("message contains all of phone, email", more), ir.And)
    one = condition("message contains any of phone")
    assert isinstance(one, ir.Contains) and (one.field, one.pattern) == (None, "phone")
    scanned = condition("file.name contains phone")
    assert isinstance(scanned, ir.Contains) and scanned.field == "file.name"
    count = condition("distinct(phone) >= 2")
    assert isinstance(count, ir.Count) and (count.distinct, count.value) == (True, 2)
    length = condition("message.length > 500")
    assert isinstance(length, ir.Length) and (length.operator, length.value) == (">", 500)
    assert isinstance(condition("message is phone"), ir.MessageIs)


def test_a_define_is_expanded_and_keeps_its_name() -> None:
    found = condition("not b", "define a = verified\ndefine b = a and warnings > 1")
    assert isinstance(found, ir.Not) and isinstance(found.part, ir.Defined)
    outer = found.part
    assert outer.name == "b" and isinstance(outer.part, ir.And)
    inner = outer.part.parts[0]
    assert isinstance(inner, ir.Defined) and inner.name == "a" and isinstance(inner.part, ir.FactIs)


def test_scores_and_what_they_are_held_against() -> None:
    more = "score risk { 3 when verified  -0.5 per match of phone  2 per match of phone up to 6 }"
    found = condition("risk >= 4.5", more)
    assert isinstance(found, ir.ScoreCompare) and (found.score, found.value) == ("risk", 4_500_000)
    text = f"{HEAD}{FACTS}{more}\nrule r {{ when risk >= 5 then block }}"
    entries = policy_of(text).scores[0].entries
    assert [(one.points, one.per_match_of, one.most) for one in entries] == [
        (3_000_000, None, None),
        (-500_000, "phone", None),
        (2_000_000, "phone", 6_000_000),
    ]


def test_a_score_asks_for_no_score_not_even_by_a_define() -> None:
    text = (
        HEAD + FACTS + "score a { 1 when verified }\ndefine d = a > 0\nscore b { 1 when d }\n"
        "rule r { when b > 0 then block }"
    )
    assert codes(text) == {"score-in-score"}


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────


def test_terms_without_repetitions_in_one_order() -> None:
    found = pattern(
        '= words("zoom*", "*gram", "Google  Meet", from "l.txt", "zoom")', l__txt="zoom\ngoogle meet\nskype\n"
    )
    assert isinstance(found, ir.Words) and found.level == "basic"
    assert found.terms == (
        ir.Term("Google  Meet"),
        ir.Term("gram", open_left=True),
        ir.Term("skype"),
        ir.Term("zoom"),
        ir.Term("zoom", open_right=True),
    )


def test_a_block_finds_together_and_takes_away_apart() -> None:
    text = """{
      words "zoom"
      regex /call me/, /ring me/c
      text exact "iPhone"
      except words "zoom lens"
      except in code, quote
      except q, q
      evasions strong
      title "Talk"
      match "a", "b"
      no_match "c"
    }"""
    policy = policy_of(f"{HEAD}pattern p {text}\npattern q = entity phone(us, gb, us)")
    found, other = policy.patterns
    assert (found.title, [one.text for one in found.match], [one.text for one in found.no_match]) == (
        "Talk",
        ["a", "b"],
        ["c"],
    )
    root = found.root
    assert isinstance(root, ir.Except) and isinstance(root.kept, ir.AnyOf)
    words, call, ring, exact = root.kept.parts
    assert isinstance(words, ir.Words) and words.level == "strong"
    assert isinstance(call, ir.Regex) and (call.cased, call.root) == (False, ir.Chars("call me"))
    assert isinstance(ring, ir.Regex) and (ring.cased, ring.level) == (True, "strong")
    assert isinstance(exact, ir.Text) and (exact.exact, exact.literals) == (True, ("iPhone",))
    lens, code, quote, first, second = root.removed
    assert isinstance(lens, ir.Words) and lens.level == "strong"
    assert isinstance(code, ir.Zone) and isinstance(quote, ir.Zone)
    assert (code.name, quote.name) == ("code", "quote")
    assert isinstance(first, ir.PatternRef) and isinstance(second, ir.PatternRef)
    assert isinstance(other.root, ir.Entity) and other.root.regions == ("gb", "us")
    assert other.root.level == "basic"


def test_formulas() -> None:
    found = pattern('= (a or words("x")) near a within 8 words except in code', "pattern a = entity email")
    assert isinstance(found, ir.Except) and isinstance(found.removed[0], ir.Zone)
    near = found.kept
    assert isinstance(near, ir.Near) and isinstance(near.left, ir.AnyOf)
    assert (near.side, near.distance, near.unit) == ("near", 8, "words")
    after = pattern('= a after words("not") within 20 characters', "pattern a = entity email")
    assert isinstance(after, ir.Near) and (after.side, after.unit) == ("after", "characters")


@pytest.mark.parametrize(
    ("written", "host", "path"),
    [
        ("linkedin.com", "linkedin.com", None),
        ("https://www.LinkedIn.com/", "linkedin.com", None),
        ("linkedin.com/in/**", "linkedin.com", ("in", "**")),
        ("http://linkedin.com/In/*/x/?a=b#c", "linkedin.com", ("in", "*", "x")),
        ("//linkedin.com./pub", "linkedin.com", ("pub",)),
        ("www.example", "www.example", None),
        ("bücher.example/ä", "bücher.example", ("ä",)),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
    ],
)
def test_shapes_of_links(written: str, host: str, path: tuple[str, ...] | None) -> None:
    found = pattern(f'= url("{written}")')
    assert isinstance(found, ir.Url) and found.shapes == (ir.UrlShape(host, path),)


def test_a_list_that_is_empty_is_left_out_where_something_else_finds() -> None:
    found = pattern('{ words from "none.txt"  words "zoom" }', none__txt="# nothing\n")
    assert isinstance(found, ir.Words) and found.terms == (ir.Term("zoom"),)


# ── Rules, exemptions, tests ─────────────────────────────────────────────────────────────────────────

RULE = """rule r {
  when message contains phone
  unless verified
  then hold
  redact phone with "[no]"
  notify sender when verified { es "b {state}" en "a" }
  notify sender "c {{x}}"
  reason "because"
  label two, one, two
  queue "q2"
  queue "q1"
  priority -3
  mode shadow
  rollout 12.5% by sender.id
  active from 2026-12-01 until 2027-01-01T12:00Z
  was old, older
}
"""


def test_a_rule_with_everything() -> None:
    rule = policy_of(HEAD + FACTS + RULE).rules[0]
    assert (rule.action, rule.reason, rule.priority, rule.shadow) == ("hold", "because", -3, True)
    assert (rule.labels, rule.queues, rule.was) == (("one", "two"), ("q1", "q2"), ("old", "older"))
    assert isinstance(rule.unless, ir.FactIs)
    assert [(one.pattern, one.placeholder) for one in rule.redactions] == [("phone", "[no]")]
    assert [(one.audience, one.when is None, one.texts) for one in rule.notices] == [
        ("sender", False, (("en", "a"), ("es", "b {state}"))),
        ("sender", True, (("", "c {{x}}"),)),
    ]
    assert rule.rollout is not None
    assert (rule.rollout.share, rule.rollout.fact) == (125_000, "sender.id")
    assert rule.active_from == micros(datetime(2026, 12, 1, tzinfo=UTC))
    assert rule.active_until == micros(datetime(2027, 1, 1, 12, tzinfo=UTC))


def test_what_an_exemption_takes_out() -> None:
    rules = "".join(
        f"rule {name} {{ when message contains phone then warn {label} }}\n"
        for name, label in (("a", "label x"), ("b", "label x, y"), ("c", ""))
    )
    text = (
        HEAD
        + FACTS
        + rules
        + (
            "exempt one { when verified from label x, c, pattern phone expires 2027-06-30 }\n"
            'exempt two { when verified from all reason "why" owner "who" expires 2027-06-30T10:00Z }\n'
        )
    )
    one, two = policy_of(text).exemptions
    assert (one.rules, one.patterns) == (("a", "b", "c"), ("phone",))
    assert one.expires == micros(datetime(2027, 7, 1, tzinfo=UTC))
    assert (two.rules, two.patterns, two.reason, two.owner) == (("a", "b", "c"), (), "why", "who")
    assert two.expires == micros(datetime(2027, 6, 30, 10, tzinfo=UTC))


def test_a_test_of_the_policy() -> None:
    text = (
        HEAD
        + FACTS
        + RULE
        + """rule s { when message contains phone then block notify sender "x" }
    todo test "t" {
      given state = none, tags = {}, file.name = "cv"
      message "one"
      message "two"
      at 2026-12-01
      expect block only by s not r undecided r
      matched phone "415"
      redacted "x"
      notice sender "y"
    }"""
    )
    test = policy_of(text).tests[0]
    assert (test.name, test.todo, test.at) == ("t", True, micros(datetime(2026, 12, 1, tzinfo=UTC)))
    assert test.given == (("file.name", "cv"), ("state", "none"), ("tags", ()))
    assert [one.text for one in test.messages] == ["one", "two"]
    expected = test.expectation
    assert (expected.action, expected.by, expected.only) == ("block", ("s",), True)
    assert (expected.not_by, expected.undecided) == (("r",), ("r",))
    assert (test.matched, test.redacted, test.notices) == ((("phone", "415"),), "x", (("sender", "y"),))


def test_everything_is_sorted_by_name() -> None:
    names = ["b", "c", "a"]
    text = HEAD + "".join(
        f'pattern p_{n} = words("{n}")\nscore s_{n} {{ 1 when true }}\n'
        f"rule r_{n} {{ when s_{n} > 0 then warn }}\n"
        f'exempt e_{n} {{ when true from all }}\ntest "{n}" {{ message "x" expect allow }}\n'
        for n in names
    )
    policy = policy_of(text)
    for things in (policy.patterns, policy.scores, policy.rules, policy.exemptions, policy.tests):
        found = [one.name for one in things]
        assert found == sorted(found) and len(found) == 3


def test_places_are_lines_and_columns_from_one() -> None:
    rule = policy_of(HEAD + "rule r {\n  when true\n  then warn\n}\n").rules[0]
    assert rule.place == ir.Place("policy.policy", 5, 1, 8, 2)
    assert rule.when.place == ir.Place("policy.policy", 6, 8, 6, 12)


# ── Packs ────────────────────────────────────────────────────────────────────────────────────────────


def check_with_pack(root: str, pack: str) -> tuple[ir.Policy | None, set[str]]:
    sources = {"root.policy": Source("root.policy", root), "std/x.policy": Source("std/x.policy", pack)}
    files = [parse(source).file for source in sources.values()]
    policy, said = check(
        "root.policy",
        [file for file in files if file is not None],
        sources,
        lambda _: [],
        today=TODAY,
        packs=frozenset({"std/x.policy"}),
    )
    return policy, {one.code for one in said}


def test_of_a_pack_only_what_is_reached_comes_along() -> None:
    pack = 'pattern a = b or words("a")\npattern b = words("b")\npattern c = words("c")\n'
    pack += "define d = message contains c\n"
    policy, said = check_with_pack(HEAD + "rule r { when message contains a then warn }", pack)
    assert policy is not None and [one.name for one in policy.patterns] == ["a", "b"]
    assert said == {"untested-rule"}
    policy, _ = check_with_pack(HEAD + "rule r { when d then warn }", pack)
    assert policy is not None and [one.name for one in policy.patterns] == ["c"]


@pytest.mark.parametrize(
    ("pack", "code"),
    [
        ("rule r { when true then warn }", "pack-content"),
        ("facts { a : int }", "pack-content"),
        ("define d = verified", "pack-content"),
        ('pattern phone = words("x")', "pack-redefined"),
    ],
)
def test_what_a_pack_may_not_do(pack: str, code: str) -> None:
    policy, said = check_with_pack(HEAD + "facts { verified : bool }\npattern phone = entity phone", pack)
    assert policy is None and said == {code}


def test_a_cell_of_several_lines_is_one_entry() -> None:
    checked = load_policy_text(
        'policy p { actions allow < hold  default allow }\npattern apps { words from "a.csv" column name }\n'
        "rule r { when message contains apps then hold }\n",
        files={"a.csv": 'name,x\n"google\nmeet",1\nzoom,2\n'},
    )
    assert checked.policy is not None
    root = checked.policy.patterns[0].root
    assert [term.text for term in root.terms] == ["google\nmeet", "zoom"]
