"""Kleene's logic, scores that are ranges, and how notices show facts, in the reference interpreter."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solon.matcher.reference import conditions, effects
from solon.matcher.reference.conditions import Situation, in_range, score_range, value
from solon.matcher.reference.facts import micros
from solon.matcher.reference.patterns import Library, Scan
from solon.matcher.reference.rules import rollout_hash

Node = dict[str, Any]
KLEENE = (True, False, None)

AND = {(True, True): True, (True, None): None, (None, None): None}  # with False it is False
OR = {(False, False): False, (False, None): None, (None, None): None}  # with True it is True


def situation(
    facts: dict[str, Any], message: str = "", patterns: Any = (), scores: Any = None, **fields: str
) -> Situation:
    library = Library(list(patterns))
    scans: dict[str | None, Scan] = {None: Scan(library, message)}
    scans.update({name: Scan(library, text) for name, text in fields.items()})
    return Situation(facts, message, scans, scores or {})


def atom(one: bool | None) -> Node:
    """A condition that is true, false or unknown in `situation({"yes": True, "no": False})`."""
    return {"node": "FactIs", "fact": {True: "yes", False: "no", None: "absent"}[one]}


NOW = situation({"yes": True, "no": False})


@pytest.mark.parametrize(("one", "other"), list(product(KLEENE, KLEENE)))
def test_truth_tables(one: bool | None, other: bool | None) -> None:
    parts = [atom(one), atom(other)]
    either_way = [(one, other), (other, one)]
    conjunction = next((AND[pair] for pair in either_way if pair in AND), False)
    disjunction = next((OR[pair] for pair in either_way if pair in OR), True)
    assert value({"node": "And", "parts": parts}, NOW) is conjunction
    assert value({"node": "Or", "parts": parts}, NOW) is disjunction
    assert value({"node": "Not", "part": atom(one)}, NOW) is {True: False, False: True, None: None}[one]
    assert value({"node": "Defined", "name": "d", "part": atom(one)}, NOW) is one


def test_unknown_is_what_every_way_of_filling_it_in_disagrees_on() -> None:
    """Where each atom stands once: the value that all completions share, else unknown."""
    for one, two, three in product(KLEENE, repeat=3):

        def formula(a: bool | None, b: bool | None, c: bool | None) -> Node:
            return {
                "node": "Or",
                "parts": [{"node": "And", "parts": [atom(a), {"node": "Not", "part": atom(b)}]}, atom(c)],
            }

        ways = [[True, False] if given_value is None else [given_value] for given_value in (one, two, three)]
        answers = {value(formula(*choice), NOW) for choice in product(*ways)}
        assert value(formula(one, two, three), NOW) is (answers.pop() if len(answers) == 1 else None)


CALL = {"text": "call", "open_left": False, "open_right": False}
PHONE = {"name": "phone", "root": {"node": "Words", "level": "basic", "terms": [CALL]}}
FACT_CASES = [
    ({"node": "FactCompare", "fact": "n", "operator": ">=", "value": 3}, {"n": 3}, True),
    ({"node": "FactCompare", "fact": "n", "operator": ">", "value": 3}, {"n": 3}, False),
    ({"node": "FactCompare", "fact": "n", "operator": "<", "value": 3}, {}, None),
    ({"node": "FactCompare", "fact": "n", "operator": "!=", "value": "a"}, {"n": "b"}, True),
    ({"node": "FactIn", "fact": "n", "values": ["a", "b"]}, {"n": "b"}, True),
    ({"node": "FactIn", "fact": "n", "values": ["a", "b"]}, {"n": "c"}, False),
    ({"node": "FactHas", "fact": "n", "value": "a"}, {"n": ("a", "b")}, True),
    ({"node": "FactHas", "fact": "n", "value": "a"}, {"n": ()}, False),
    ({"node": "FactHas", "fact": "n", "value": "a"}, {}, None),
    ({"node": "FactStartsWith", "fact": "n", "prefix": "bot-"}, {"n": "bot-1"}, True),
    ({"node": "FactStartsWith", "fact": "n", "prefix": "bot-"}, {"n": "Bot-1"}, False),
    ({"node": "Known", "fact": "n"}, {}, False),
    ({"node": "Known", "fact": "n"}, {"n": False}, True),
    ({"node": "Constant", "value": True}, {}, True),
    ({"node": "Length", "operator": ">", "value": 11}, {}, True),
    ({"node": "Contains", "field": None, "pattern": "phone"}, {}, True),
    ({"node": "Contains", "field": "note", "pattern": "phone"}, {}, False),
    ({"node": "Contains", "field": "absent", "pattern": "phone"}, {}, None),
    ({"node": "Count", "pattern": "phone", "distinct": False, "operator": "=", "value": 2}, {}, True),
    ({"node": "Count", "pattern": "phone", "distinct": True, "operator": "=", "value": 1}, {}, True),
    ({"node": "MessageIs", "pattern": "phone"}, {}, True),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "facts", "expected"), FACT_CASES)
def test_atoms(condition: Node, facts: dict[str, Any], expected: bool | None) -> None:
    now = situation(facts, " Call \u200b(call!)", [PHONE], note="x")
    assert value(condition, now) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("call", True),
        ("call me", False),
        ("call 5", False),
        ("", False),
        ("...", False),
        ("\u00bfcall\u3000call?", True),
    ],
)
def test_message_is(message: str, expected: bool) -> None:
    assert value({"node": "MessageIs", "pattern": "phone"}, situation({}, message, [PHONE])) is expected


def test_matches_that_an_exemption_took_are_nowhere() -> None:
    now = situation({}, "call", [PHONE])
    gone = Situation(now.facts, now.message, now.scans, now.scores, frozenset({"phone"}))
    assert value({"node": "Contains", "field": None, "pattern": "phone"}, now) is True
    assert value({"node": "Contains", "field": None, "pattern": "phone"}, gone) is False
    assert value({"node": "MessageIs", "pattern": "phone"}, gone) is False


@given(st.integers(-4, 4), st.integers(0, 4), st.integers(-6, 6), st.sampled_from(list(conditions.COMPARE)))
def test_a_range_is_compared_as_all_its_values(least: int, width: int, bound: int, sign: str) -> None:
    """Every value between the two, in steps of a half: what all agree on is the answer."""
    answers = {
        conditions.COMPARE[sign](twice / 2, bound) for twice in range(2 * least, 2 * (least + width) + 1)
    }
    assert in_range(sign, bound, least, least + width) is (answers.pop() if len(answers) == 1 else None)


def test_scores() -> None:
    def entry(
        points: int, when: Node | None = None, per_match_of: str | None = None, most: int | None = None
    ) -> Node:
        return {"points": points, "when": when, "per_match_of": per_match_of, "most": most}

    entries = [
        entry(3, atom(True)),
        entry(5, atom(False)),
        entry(2, atom(None)),
        entry(-1, atom(None)),
        entry(10, None, "phone", 25),
        entry(-10, None, "phone"),
    ]
    now = situation({"yes": True, "no": False}, "call call call", [PHONE], {"risk": {"entries": entries}})
    assert score_range("risk", now) == (3 - 1 + 25 - 30, 3 + 2 + 25 - 30)


@pytest.mark.parametrize(
    ("kind", "canonical", "shown"),
    [
        ("text", "a {b}", "a {b}"),
        ("enum", "client", "client"),
        ("bool", False, "false"),
        ("int", -5, "-5"),
        ("number", 2.0, "2"),
        ("number", 0.1, "0.1"),
        ("number", 1e22, "1e+22"),
        ("money", 10_000_000_000, "10000 USD"),
        ("money", -500_000, "-0.5 USD"),
        ("money", 1, "0.000001 USD"),
        ("money", 0, "0 USD"),
        ("duration", 0, "0 seconds"),
        ("duration", 86_400_000_000, "1 day"),
        ("duration", 3 * 86_400_000_000, "3 days"),
        ("duration", 14 * 86_400_000_000, "2 weeks"),
        ("duration", -3_600_000_000, "-1 hour"),
        ("duration", 5_400_000_000, "90 minutes"),
        ("duration", 1_500_000, "1.5 seconds"),
        ("time", 0, "1970-01-01T00:00:00Z"),
        ("time", -1, "1969-12-31T23:59:59Z"),
        ("time", micros(datetime(999, 1, 2, 3, tzinfo=UTC)), "0999-01-02T03:00:00Z"),
        ("set", ("a", "b"), "a, b"),
        ("set", (), ""),
    ],
)
def test_placeholders(kind: str, canonical: Any, shown: str) -> None:
    kinds = {"f": {"name": kind, "values": [], "currency": "USD"}}
    assert effects.fill("<{f}>", {"f": canonical}, kinds) == f"<{shown}>"


def test_braces_and_absent_facts() -> None:
    assert effects.fill("{{f}} {f}{{}}", {}, {"f": {"name": "text"}}) == "{f} {}"


def test_rollout_hash_is_fixed() -> None:
    """Worked out apart from the code: FNV-1a of no bytes but the zero, and the share that a rollout takes."""
    fnv_of_zero = (0xCBF29CE484222325 * 0x100000001B3) % 2**64
    mixed = fnv_of_zero ^ fnv_of_zero >> 33
    mixed = mixed * 0xFF51AFD7ED558CCD % 2**64
    mixed ^= mixed >> 33
    mixed = mixed * 0xC4CEB9FE1A85EC53 % 2**64
    assert rollout_hash("", "") == mixed ^ mixed >> 33
    taken = sum(rollout_hash("risky", str(user)) % 1_000_000 < 100_000 for user in range(20_000))
    assert 1_850 < taken < 2_150
