"""Records of decisions: their form, what they never carry, and the proof that a decision was that one."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from solon.matcher import audit as audit_module
from solon.matcher.audit import Digests, canonical, schema
from solon.matcher.engine import Policy, from_bytes
from solon.matcher.errors import FactError
from solon.matcher.proof import RecordError, prove

GOLDEN = Path(__file__).parent / "audit"
KEY = bytes(range(32))
AT = datetime(2026, 12, 1, 10, 0, 0, 250_000, tzinfo=UTC)
POLICY = """\
policy house {
  version 4
  actions allow < warn < hold < block
  default allow
  undecided warn
  incomplete hold
  limit message 64 B
}
use "std/contact"
facts {
  contract.started : bool
  sender.tenure    : duration = 0 days
  sender.earned    : money(USD) = 0 USD
  sender.tags      : set of enum(new, pro) = {}
  spam.score       : number optional
  file.name        : scanned text optional
}
pattern app { words "zoom", "skype" }
rule phone_early {
  when   not contract.started and message contains phone
  then   block
  redact phone
  notify sender "After {sender.tenure}: numbers come later."
  reason "house rules, 7.1"
  label  contact
  queue  "review"
}
rule app_named {
  when   message contains app or file.name contains app
  then   warn
  reason "house rules, 7.2"
  label  contact
}
rule spam   { when spam.score >= 0.9  then hold }
rule tested { when message contains app  then block  mode shadow }
rule talk   { when message contains app  then block  label talk }
exempt pros { when sender.tags has pro  from label talk  reason "they may"  expires 2030-01-01 }
score risk  { 2 when message contains app }
rule risky  { when risk >= 1  then warn }
test "t" { given contract.started = true  message "x"  expect allow }
"""
FACTS: dict[str, Any] = {
    "contract.started": False,
    "sender.tenure": timedelta(days=3),
    "sender.earned": "12.50",
    "sender.tags": ["pro"],
    "spam.score": 0.25,
    "file.name": "a.txt",
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "rules_that_fire": ("zoom me: (415) 555-0132", FACTS),
    "nothing_fires": ("hello", FACTS),
    "undecided": ("hello", {"contract.started": True, "file.name": "a.txt"}),
    "a_limit_is_hit": ("x" * 80, {**FACTS, "file.name": "zoom.txt"}),
    "a_lone_surrogate": ("zoom \ud800", {**FACTS, "contract.started": True, "sender.tags": []}),
}


@pytest.fixture(scope="module")
def policy(compile_policy_text: Callable[..., Policy]) -> Policy:
    return compile_policy_text(POLICY)


def record_of(policy: Policy, case: str, **wanted: Any) -> dict[str, Any]:
    """As it comes back from a file."""
    message, facts = CASES[case]
    wanted = {"key": KEY, "id": f"m-{case}"} | wanted
    return json.loads(json.dumps(policy.decide(message, facts, at=AT).audit(**wanted)))


def closed(node: Any) -> Any:
    """The schema with no room for fields that it does not name."""
    if isinstance(node, dict):
        found = {name: closed(value) for name, value in node.items()}
        return found | {"additionalProperties": False} if "properties" in node else found
    return [closed(one) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize("case", CASES)
def test_a_record_is_as_the_golden_one_and_as_the_schema_says(policy: Policy, case: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    record = record_of(policy, case)
    jsonschema.Draft202012Validator(closed(schema())).validate(record)
    jsonschema.Draft202012Validator(closed(schema())).validate(record_of(policy, case, key=None, texts=True))
    stable = record | {
        "digest": "0" * 64,
        "engine": "0.0.0",
    }  # which compiler made the artifact is another matter
    path = GOLDEN / f"{case}.json"
    if os.environ.get("SOLON_UPDATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(stable, indent=2) + "\n", encoding="utf-8")
    assert stable == json.loads(path.read_text(encoding="utf-8")), (
        "`make golden` writes it anew; read the diff"
    )


def test_there_is_a_record_for_each_golden_file() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CASES)


def test_the_schema_that_ships_is_a_file_of_the_package() -> None:
    path = Path(audit_module.__file__).parent / "schemas" / "audit-1.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema()
    assert schema()["properties"]["schema"]["const"] == audit_module.SCHEMA


def test_why_an_action_was_taken(policy: Policy) -> None:
    assert record_of(policy, "rules_that_fire")["because"] == ["rules"]
    assert record_of(policy, "nothing_fires")["because"] == ["default"]
    assert record_of(policy, "undecided")["because"] == ["undecided"]
    assert record_of(policy, "a_limit_is_hit")["because"] == ["incomplete"]
    both = policy.decide("zoom", {"contract.started": True, "sender.tags": ["pro"]}, at=AT).audit()
    assert both["because"] == ["rules", "undecided"]
    assert {rule["name"]: rule["decisive"] for rule in record_of(policy, "rules_that_fire")["rules"]} == {
        "phone_early": True,
        "app_named": False,
        "risky": False,
    }


@pytest.mark.parametrize("case", CASES)
def test_no_text_of_anybody_is_in_a_record(policy: Policy, case: str) -> None:
    text = json.dumps(record_of(policy, case))
    for word in ("555", "me:", "skype", "xxx", "zoom.txt", "\\ud800", "12.5", "numbers come later"):
        assert word not in text, word


def test_texts_are_there_where_they_are_asked_for(policy: Policy) -> None:
    texts = [match["text"] for match in record_of(policy, "rules_that_fire", texts=True)["matches"]]
    assert texts == ["zoom", "(415) 555-0132"]


def test_without_a_key_nothing_is_hashed(policy: Policy) -> None:
    record = record_of(policy, "rules_that_fire", key=None)
    assert record["key"] is record["shown"] is record["message"]["digest"] is None
    assert set(record["facts"]) == set(FACTS) and set(record["facts"].values()) == {None}


def test_a_digest_hangs_on_the_key_the_name_and_the_value() -> None:
    one, other = Digests(KEY), Digests(KEY[::-1])
    values = [True, 1, 1.0, "1", ("1",), "tr\ud800", -0.0, 0.0]
    found = {digests.fact(name, value) for digests in (one, other) for name in "ab" for value in values}
    assert len(found) == 2 * 2 * len(values)
    assert one.fact("a", ("x", "y")) == one.fact("a", ("x", "y"))
    assert one.message("a") != one.message("a ") != one.shown({"a": 1})
    assert one.key() != other.key()
    assert KEY.hex()[:16] not in str(one.key())


@pytest.mark.parametrize(("key", "error"), [(b"short", ValueError), ("k" * 32, TypeError), (32, TypeError)])
def test_a_key_that_is_none(policy: Policy, key: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        policy.decide("x", FACTS).audit(key=key)


def test_canonical_is_one_spelling() -> None:
    assert canonical({"b": [1, True, None], "a": "é\ud800"}) == b'{"a":"\\u00e9\\ud800","b":[1,true,null]}'


# ── Proof ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize("texts", [False, True])
def test_a_decision_is_proved(policy: Policy, case: str, key: bytes | None, texts: bool) -> None:
    message, facts = CASES[case]
    proof = prove(record_of(policy, case, key=key, texts=texts), policy, message, facts, key=key)
    assert proof.holds, proof.differences
    assert proof.keyed == (key is not None) == (not proof.notes)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, one in value.items() for leaf in leaves(one, (*path, name))]
    if isinstance(value, list):
        return [leaf for number, one in enumerate(value) for leaf in leaves(one, (*path, number))]
    return [path]


def changed(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case str():
            return value + "x"
        case int() | float():
            return value + 1
        case _:
            return "y"


def test_whatever_is_changed_in_a_record_is_named(policy: Policy) -> None:
    """Every leaf of it but the engine's version, which is a note, and the caller's own name."""
    message, facts = CASES["rules_that_fire"]
    record = record_of(policy, "rules_that_fire")
    for path in leaves(record):
        altered = copy.deepcopy(record)
        holder = altered
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = changed(holder[path[-1]])
        if path == ("schema",):
            with pytest.raises(RecordError, match=r"^schema: "):
                prove(altered, policy, message, facts, key=KEY)
            continue
        if path == ("at",):
            with pytest.raises(RecordError, match=r"^at: "):
                prove(altered, policy, message, facts, key=KEY)
            continue
        proof = prove(altered, policy, message, facts, key=KEY)
        if path in (("engine",), ("id",)):
            assert proof.holds and len(proof.notes) == (path == ("engine",))
            continue
        named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
        assert not proof.holds
        assert [one.field for one in proof.differences] == [named]


def test_what_is_taken_from_a_record_or_added_is_named(policy: Policy) -> None:
    message, facts = CASES["rules_that_fire"]
    record = record_of(policy, "rules_that_fire")
    for name in record:
        with pytest.raises(RecordError, match=rf"^{name}: "):
            prove(
                {key: value for key, value in record.items() if key != name}, policy, message, facts, key=KEY
            )
    fewer = record | {"rules": record["rules"][1:]}
    assert not prove(fewer, policy, message, facts, key=KEY).holds
    more = record | {"shadow": [*record["shadow"], "one_more"]}
    (difference,) = prove(more, policy, message, facts, key=KEY).differences
    assert (difference.field, difference.recorded, difference.now) == ("shadow[1]", "one_more", None)
    noted = prove(record | {"room": 7}, policy, message, facts, key=KEY)
    assert noted.holds and noted.notes == ("`room` of the record was not compared",)


def test_another_artifact_message_fact_or_key_is_refused_by_name(
    policy: Policy, compile_policy_text: Callable[..., Policy]
) -> None:
    message, facts = CASES["rules_that_fire"]
    record = record_of(policy, "rules_that_fire")
    other = compile_policy_text(POLICY.replace('"skype"', '"skyp"'))

    def refused(*given: Any, key: bytes | None = KEY) -> list[str]:
        proof = prove(record, *given, key=key)
        assert not proof.holds and not proof.decided
        return [one.field for one in proof.differences]

    assert refused(other, message, facts) == ["digest"]
    assert refused(other, message, {"no.fact": 1}) == ["digest"], "the artifact comes before its facts"
    assert refused(policy, message + " ", facts) == ["message.chars", "message.digest"]
    assert refused(policy, message.replace("2", "3"), facts) == ["message.digest"]
    assert refused(policy, message, {**facts, "spam.score": 0.5}) == ["facts.spam.score"]
    fewer = {name: value for name, value in facts.items() if name != "spam.score"}
    assert refused(policy, message, fewer) == ["facts.spam.score"]
    assert refused(policy, message, facts, key=KEY[::-1]) == ["key.id"]
    assert refused(policy, message, facts, key=None) == ["key"]
    with pytest.raises(FactError):
        prove(record, policy, message, {**facts, "spam.score": "much"}, key=KEY)


def test_a_default_that_is_said_is_the_same_fact(policy: Policy) -> None:
    record = record_of(policy, "undecided")
    said = {**CASES["undecided"][1], "sender.tenure": timedelta(0), "sender.earned": 0, "sender.tags": []}
    assert prove(record, policy, "hello", said, key=KEY).holds


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "x",
        3,
        {},
        {"schema": 1},
        {"schema": "solon.audit/2"},
        {"schema": "solon.audit/1", "at": None},
    ],
)
def test_what_is_no_record(policy: Policy, given: Any) -> None:
    with pytest.raises(RecordError):
        prove(given, policy, "x", FACTS)


def test_any_record_is_compared_or_refused(policy: Policy) -> None:
    """Whatever stands in whichever field: a proof that does not hold, or an error that names the field."""
    message, facts = CASES["rules_that_fire"]
    record = record_of(policy, "rules_that_fire")
    chance = random.Random(5)
    junk: list[Any] = [
        None,
        True,
        0,
        -1.5,
        "",
        "\ud800",
        [],
        {},
        [[[]]],
        {"a": {"b": []}},
        "9999-12-31T23:59:59Z",
    ]
    for _ in range(400):
        altered = dict(record)
        name = chance.choice([key for key in record if key not in ("engine", "id")])
        altered[name] = chance.choice([one for one in junk if one != record[name]])
        try:
            proof = prove(altered, policy, message, facts, key=KEY)
        except RecordError:
            continue
        assert not proof.holds, (name, altered[name])


def test_an_artifact_of_the_same_policy_compiled_again_is_the_same(policy: Policy) -> None:
    again = from_bytes(policy._artifact.data)
    assert prove(record_of(policy, "undecided"), again, *CASES["undecided"], key=KEY).holds
