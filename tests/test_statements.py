"""Statements of reasons: what a record and a mapping give, and every rule of the database broken once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from solon.cli.group import group
from solon.matcher.engine import Policy
from solon.matcher.proof import RecordError
from solon.statements import vocabulary as v
from solon.statements.checking import FIELDS, check
from solon.statements.filling import MappingError, bundles, fill, read_mapping

POLICY = """\
policy house { version 4 actions allow < warn < hold < block default allow }
facts { spam.score : number = 0 }
pattern app  { words "zoom" }
pattern scam { words "gift card" }
rule named { when message contains app   then block  reason "house rules, 7.1"  label contact }
rule scams { when message contains scam  then block  reason "house rules, 9"    label fraud, contact }
rule spam  { when spam.score >= 0.9      then warn   reason "house rules, 2" }
rule held  { when spam.score >= 0.5      then hold }
"""
MAPPING = """\
[always]
source_type = "SOURCE_VOLUNTARY"
territorial_scope = "EEA"
category = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
decision_ground = "DECISION_GROUND_INCOMPATIBLE_CONTENT"
content_language = "EN"

[actions.allow]
statement = false

[actions.warn]
statement = false

[actions.hold]
decision_visibility = ["DECISION_VISIBILITY_CONTENT_DISABLED"]
automated_decision = "AUTOMATED_DECISION_PARTIALLY"
decision_facts = "Held for review by version {version} of {policy}."
incompatible_content_ground = "house rules"
incompatible_content_explanation = "It is looked at by a person."

[actions.block]
decision_visibility = ["DECISION_VISIBILITY_CONTENT_REMOVED"]
automated_decision = "AUTOMATED_DECISION_FULLY"
incompatible_content_explanation = "Version {version} of our rules ({reasons}) does not allow it."

[labels.contact]
category_specification = ["KEYWORD_OTHER"]
category_specification_other = "contact details"

[labels.fraud]
category_specification = ["KEYWORD_PHISHING"]

[rules.scams]
category = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
"""
AT = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
KEY = bytes(range(32))
GOOD: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "house rules, 7.1",
    "incompatible_content_explanation": "numbers come later",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "territorial_scope": ["DE", "FR"],
    "content_date": "2026-12-01",
    "application_date": "2026-12-01",
    "decision_facts": "a number before a contract",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_FULLY",
    "puid": "a-1_B",
}
ILLEGAL = {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}


@pytest.fixture(scope="module")
def policy(compile_policy_text: Callable[..., Policy]) -> Policy:
    return compile_policy_text(POLICY)


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def record(policy: Policy, message: str, score: float = 0.0, **wanted: Any) -> dict[str, Any]:
    verdict = policy.decide(message, {"spam.score": score}, at=AT)
    return json.loads(json.dumps(verdict.audit(**{"key": KEY, "id": "m-1"} | wanted)))


# ── The rules of the database ────────────────────────────────────────────────────────────────────────


def test_a_good_statement() -> None:
    assert check(GOOD) == ()
    illegal = {"illegal_content_legal_ground": "a law", "illegal_content_explanation": "it says so"}
    kept = {name: value for name, value in GOOD.items() if not name.startswith("incompatible")}
    assert check(kept | ILLEGAL | illegal) == ()
    more = {
        "decision_monetary": "DECISION_MONETARY_OTHER",
        "decision_monetary_other": "no payouts",
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
        "account_type": "ACCOUNT_TYPE_PRIVATE",
        "end_date_account_restriction": "2026-12-31",
        "category_addition": ["STATEMENT_CATEGORY_SCAMS_AND_FRAUD"],
        "category_specification": ["KEYWORD_OTHER"],
        "category_specification_other": "x" * 500,
        "content_language": "DE",
        "content_id": {"EAN-13": "4006381333931"},
        "incompatible_content_illegal": "No",
        "decision_ground_reference_url": "https://example.com/terms#7",
        "content_type": ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_OTHER"],
        "content_type_other": "a poll",
        "source_type": "SOURCE_TRUSTED_FLAGGER",
        "source_identity": "an organisation",
        "end_date_visibility_restriction": None,
    }
    assert check(GOOD | more) == ()


@pytest.mark.parametrize("field", v.REQUIRED)
def test_what_is_required(field: str) -> None:
    fewer = {name: value for name, value in GOOD.items() if name != field}
    assert (field, "is missing") in [(one.field, one.why) for one in check(fewer)]
    assert field in [one.field for one in check(GOOD | {field: None})]


@pytest.mark.parametrize("field", sorted(v.LENGTHS))
def test_lengths(field: str) -> None:
    most = v.LENGTHS[field]
    start = "https://example.com/" if field == "decision_ground_reference_url" else ""

    def of(length: int) -> list[str]:
        found = check(GOOD | {field: start + "x" * (length - len(start))})
        return [one.why for one in found if one.field == field and "characters" in one.why]

    assert of(most) == []
    assert of(most + 1) == [f"has {most} characters at most, got {most + 1}"]
    for empty in ("", "  ", 3, [], "\ud800"):
        assert field in [one.field for one in check(GOOD | {field: empty})]


@pytest.mark.parametrize("field", sorted(v.VOCABULARY))
def test_words(field: str) -> None:
    def wrong(value: Any) -> bool:
        return any(one.field == field and "belongs to" not in one.why for one in check(GOOD | {field: value}))

    for word in v.VOCABULARY[field]:
        if field == "category_addition" and word == GOOD["category"]:
            continue
        assert wrong([word] if field in v.MANY else word) == (word == "x")
        assert wrong(word if field in v.MANY else [word])
    for value in ("NO_SUCH_WORD", 3, {}, [], [3], ["NO_SUCH_WORD"]):
        assert wrong(value)
    if field in v.MANY:
        word = v.VOCABULARY[field][0]
        assert wrong([word, word])


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"decision_visibility": None}, "decision_visibility", "one of `decision_visibility`"),
        (
            {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]},
            "decision_visibility_other",
            "is missing, which",
        ),
        (
            {"decision_visibility_other": "x"},
            "decision_visibility_other",
            "belongs to `DECISION_VISIBILITY_OTHER`",
        ),
        ({"decision_monetary": "DECISION_MONETARY_OTHER"}, "decision_monetary_other", "is missing, which"),
        ({"content_type": ["CONTENT_TYPE_OTHER"]}, "content_type_other", "is missing, which"),
        ({"content_type_other": "x"}, "content_type_other", "belongs to"),
        ({"category_specification_other": "x"}, "category_specification_other", "belongs to `KEYWORD_OTHER`"),
        (
            ILLEGAL,
            "illegal_content_legal_ground",
            "is missing, which `DECISION_GROUND_ILLEGAL_CONTENT` needs",
        ),
        (ILLEGAL, "illegal_content_explanation", "is missing, which"),
        (ILLEGAL, "incompatible_content_ground", "belongs to `DECISION_GROUND_INCOMPATIBLE_CONTENT`"),
        ({"illegal_content_explanation": "x"}, "illegal_content_explanation", "belongs to"),
        ({"incompatible_content_ground": None}, "incompatible_content_ground", "is missing, which"),
        ({"content_date": "2026-02-30"}, "content_date", "`2026-02-30` is no day"),
        ({"content_date": "2026-12-1"}, "content_date", "takes a day such as"),
        ({"content_date": "1999-12-31"}, "content_date", "is from 2000-01-01 to 2038-01-01"),
        ({"application_date": "2019-12-31"}, "application_date", "is from 2020-01-01"),
        ({"application_date": "2038-01-02"}, "application_date", "is from 2020-01-01"),
        ({"end_date_visibility_restriction": "2026-11-30"}, "end_date_visibility_restriction", "is before"),
        ({"end_date_account_restriction": "2026-12-30"}, "end_date_account_restriction", "is the end of"),
        ({"puid": "a b"}, "puid", "takes letters, digits"),
        ({"puid": "é"}, "puid", "takes letters, digits"),
        ({"decision_ground_reference_url": "terms"}, "decision_ground_reference_url", "takes a link"),
        ({"decision_ground_reference_url": "http://[x"}, "decision_ground_reference_url", "takes a link"),
        ({"source_identity": "x"}, "source_identity", "is of somebody who gave notice"),
        ({"category_addition": [GOOD["category"]]}, "category_addition", "repeats `category`"),
        ({"content_id": {"EAN-13": "123"}}, "content_id", "13 digits"),
        ({"content_id": "4006381333931"}, "content_id", "13 digits"),
        ({"decision_visibilty": []}, "decision_visibilty", "did you mean `decision_visibility`?"),
        (
            {"category": "STATEMENT_CATEGORY_SCAM_AND_FRAUD"},
            "category",
            "did you mean `STATEMENT_CATEGORY_SCAMS",
        ),
        (
            {"category": "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT"},
            "category",
            "takes one of 16 words",
        ),
    ],
)
def test_each_rule_broken_once(change: dict[str, Any], field: str, said: str) -> None:
    found = [one.why for one in check(GOOD | change) if one.field == field]
    assert any(said in why for why in found), (found, check(GOOD | change))


def test_the_vocabulary_is_whole() -> None:
    assert len(v.EU) == 27 and len(v.EEA) == 30 and len(v.CATEGORIES) == 16
    assert all(len(code) == 2 and code.isupper() for code in v.LANGUAGES)
    for words in v.VOCABULARY.values():
        assert len(words) == len(set(words))
    assert len(FIELDS) == len(set(FIELDS))


# ── From a record ────────────────────────────────────────────────────────────────────────────────────


def test_a_statement_from_a_record(policy: Policy, mapping: Path) -> None:
    statement = fill(record(policy, "zoom"), read_mapping(mapping))
    assert statement.wrong == ()
    assert statement.fields is not None
    puid = statement.fields.pop("puid")
    assert statement.fields == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "category_specification": ["KEYWORD_OTHER"],
        "category_specification_other": "contact details",
        "territorial_scope": list(v.EEA),
        "content_language": "EN",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_FULLY",
        "content_date": "2026-12-01",
        "application_date": "2026-12-01",
        "decision_facts": "house rules, 7.1",
        "incompatible_content_ground": "house rules, 7.1",
        "incompatible_content_explanation": "Version 4 of our rules (house rules, 7.1) does not allow it.",
    }
    assert puid.startswith("solon-") and len(puid) == 46


def test_labels_join_and_rules_go_before_them(policy: Policy, mapping: Path) -> None:
    fields = fill(record(policy, "a gift card on zoom"), read_mapping(mapping)).fields
    assert fields is not None
    assert fields["category"] == "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    assert fields["category_specification"] == ["KEYWORD_OTHER", "KEYWORD_PHISHING"]
    assert fields["decision_facts"] == "house rules, 7.1; house rules, 9"


def test_only_rules_that_decided_speak(policy: Policy, mapping: Path) -> None:
    fields = fill(record(policy, "zoom", 0.95), read_mapping(mapping)).fields
    assert fields is not None and fields["decision_facts"] == "house rules, 7.1"
    held = fill(record(policy, "hello", 0.6), read_mapping(mapping))
    assert held.wrong == () and held.fields is not None
    assert held.fields["decision_facts"] == "Held for review by version 4 of house."


def test_no_statement_where_nothing_is_restricted(policy: Policy, mapping: Path) -> None:
    assert fill(record(policy, "hello"), read_mapping(mapping)).fields is None


def test_no_word_of_a_message_even_from_a_record_with_texts(policy: Policy, mapping: Path) -> None:
    mapped = read_mapping(mapping)
    without, with_texts = (
        fill(record(policy, "call on ZooM, 555", texts=texts), mapped).fields for texts in (False, True)
    )
    assert with_texts == without
    assert "ZooM" not in json.dumps(with_texts) and "555" not in json.dumps(with_texts)


def test_what_is_given_goes_before_the_mapping_and_what_is_missing_is_named(
    policy: Policy, mapping: Path
) -> None:
    given = {"content_date": "2026-11-30", "puid": "mine-1", "decision_facts": "{reasons}: {id} on {date}"}
    statement = fill(record(policy, "zoom"), read_mapping(mapping), given)
    assert statement.fields is not None and not statement.wrong
    assert statement.fields["decision_facts"] == "house rules, 7.1: m-1 on 2026-12-01"
    mapping.write_text(MAPPING.replace('source_type = "SOURCE_VOLUNTARY"\n', ""), encoding="utf-8")
    assert [str(one) for one in fill(record(policy, "zoom"), read_mapping(mapping)).wrong] == [
        "source_type: is missing"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "this is no TOML"),
        ("\xff", "this is no TOML"),
        ("[action.block]\nx = 1", "there is no table `action`"),
        ("actions = 3", "`actions` takes tables of fields"),
        ("[actions]\nblock = 3", "`actions` takes tables of fields"),
        ("always = []", "`always` takes fields"),
        (MAPPING.replace("[actions.block]", "[actions.blok]"), "no `[actions.block]`"),
        (MAPPING.replace("statement = false", 'statement = "no"'), "`statement` takes true or false"),
        (MAPPING.replace("{reasons})", "{reason})"), "there is no `{reason}`"),
        (
            MAPPING + '[rules.named]\ncategory = "STATEMENT_CATEGORY_VIOLENCE"\n',
            "`category` is given in two ways, by the rules `named` and `scams`",
        ),
    ],
)
def test_a_mapping_that_is_none(policy: Policy, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MappingError) as caught:
        for message in ("gift card zoom", "hello"):
            fill(record(policy, message), read_mapping(path))
    assert said in str(caught.value)


def test_a_record_that_is_none(policy: Policy, mapping: Path) -> None:
    good = record(policy, "zoom")
    for rule in (
        None,
        {},
        {"name": 3},
        {**good["rules"][0], "labels": [[]]},
        {**good["rules"][0], "decisive": 1},
    ):
        altered = copy.deepcopy(good) | {"rules": [rule]}
        with pytest.raises(RecordError, match=r"rules\[0\]"):
            fill(altered, read_mapping(mapping))


def test_bundles_are_of_a_hundred() -> None:
    found = list(bundles({"puid": str(number)} for number in range(250)))
    assert [len(one["statements"]) for one in found] == [100, 100, 50]


# ── The command ──────────────────────────────────────────────────────────────────────────────────────


def sor(*words: str) -> Result:
    result = CliRunner().invoke(group, ["sor", *words], prog_name="solon")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_command(policy: Policy, mapping: Path, tmp_path: Path) -> None:
    one, many = tmp_path / "one.json", tmp_path / "many.jsonl"
    one.write_text(json.dumps(record(policy, "zoom"), indent=2))
    records = [record(policy, "zoom", id=f"m-{number}") for number in range(120)] + [record(policy, "hello")]
    many.write_text("\n".join(map(json.dumps, records)))
    single = sor(str(one), "--mapping", str(mapping), "--set", "content_language=DE")
    assert single.exit_code == 0
    assert check(json.loads(single.stdout)) == ()
    assert json.loads(single.stdout)["content_language"] == "DE"
    bundled = sor(str(many), "--mapping", str(mapping))
    assert bundled.exit_code == 0
    sizes = [len(json.loads(line)["statements"]) for line in bundled.stdout.splitlines()]
    assert sizes == [100, 20]
    assert "many.jsonl:121: no statement is due" in bundled.stderr


def test_the_command_names_what_is_wrong(policy: Policy, mapping: Path, tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    one.write_text(json.dumps(record(policy, "zoom")))
    wrong = sor(
        str(one), "--mapping", str(mapping), "--set", "category=X", "--set", "territorial_scope=DE,XX"
    )
    assert wrong.exit_code == 1 and wrong.stdout == ""
    assert "one.json: category: takes one of 16 words, got `X`" in wrong.stderr
    assert "one.json: territorial_scope: takes one of 30 words, got `XX`" in wrong.stderr
    twice = sor(str(one), str(one), "--mapping", str(mapping))
    assert twice.exit_code == 1 and "puid: is the one of" in twice.stderr
    for words, said in (
        (("--set", "no_field=1"), "--set takes field=value"),
        (("--mapping", str(one)), "this is no TOML"),
    ):
        refused = sor(str(one), "--mapping", str(mapping), *words)
        assert refused.exit_code == 2 and said in refused.stderr
    one.write_text("{}")
    assert "no audit record: schema: is missing" in sor(str(one), "--mapping", str(mapping)).stderr
    one.write_text("{\n{")
    assert sor(str(one), "--mapping", str(mapping)).exit_code == 2
