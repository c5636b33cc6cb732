"""The benchmarks' own answers: that what they time is right. Nothing is timed here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from solon.matcher.engine import from_bytes

ROOT = Path(__file__).resolve().parents[1]

sys.path.insert(0, str(ROOT))
try:
    from benchmarks import policies, rulesets
    from benchmarks.combination import Combination, bounded
    from benchmarks.corpus import Corpus, NoData, data_folder
    from benchmarks.figures import FIGURES, NOT_YET, hostile, real
    from benchmarks.figures.rules import TAGS, check_rules, numbers_of, tagged_facts
    from benchmarks.measure import Rounds, paired
    from benchmarks.native import Fold, Hyperscan, NativeEngine, NotBuilt, Texts, packed
    from benchmarks.peers import DECIDERS, FINDERS
    from benchmarks.plot import as_svg
    from benchmarks.row import Row, as_markdown, as_text
finally:
    sys.path.remove(str(ROOT))

REGEXES = {"mail": r"[a-z0-9.]{1,64}@[a-z0-9-]{1,63}\.[a-z]{2,12}", "link": r"\bhttps?://[a-z0-9.-]{1,200}/?"}
WORDS = [f"name{number}" for number in range(policies.NAMES)]
WORDS += ["zoom", "google meet", "bit.ly", "café", "c++", "@home", "skype", "venmo", "cash app", "t.me"]
MESSAGES = [
    "Let's use Zoom, or name7.",
    "write to a.b@example.org",
    "see http://example.org/x and BIT.LY/abc",
    "google  meet works, zoomed does not",
    "name8 name9 name10 call me@home.de @home",
    "nothing here",
    "",
]


def test_rules_mean_the_same_in_python_and_in_a_policy() -> None:
    rules = rulesets.random_rules(60, TAGS)
    facts = tagged_facts(300)
    for make in (rulesets.if_chain, rulesets.by_tag):
        check_rules(policies.tagged(rules, TAGS).policy(), make(rules), facts)
    assert any(rulesets.if_chain(rules)(given, numbers_of(given)) for given in facts)


def test_a_wrong_chain_is_noticed() -> None:
    rules = rulesets.random_rules(60, TAGS)
    with pytest.raises(AssertionError, match="differ"):
        check_rules(policies.tagged(rules, TAGS).policy(), rulesets.if_chain(rules[:20]), tagged_facts(300))


def test_random_rules_and_facts_are_always_the_same() -> None:
    assert rulesets.random_rules(10, 5) == rulesets.random_rules(10, 5)
    assert rulesets.random_facts(3) == rulesets.random_facts(3)
    assert isinstance(rulesets.random_facts(1)[0]["sender.tenure"], timedelta)


@pytest.mark.parametrize(
    ("word", "expression"),
    [("zoom", r"\bzoom\b"), ("google meet", r"\bgoogle\s+meet\b"), ("c++", r"\bc\+\+"), ("café", "café")],
)
def test_a_word_between_boundaries(word: str, expression: str) -> None:
    assert bounded(word) == expression


@pytest.fixture(scope="module")
def rules() -> list[rulesets.Rule]:
    return rulesets.random_rules(40, len(REGEXES) + 10)


def test_the_mixed_policy_and_the_combination_agree(rules: list[rulesets.Rule]) -> None:
    tags = policies.tags_of(REGEXES, WORDS)
    try:
        combination = Combination(tags, len(REGEXES), rules, rulesets.by_tag(rules))
    except NotBuilt as error:
        pytest.skip(str(error))
    policy = policies.mixed(REGEXES, WORDS, rules).policy()
    seen = 0
    for facts in rulesets.random_facts(30):
        for message in MESSAGES:
            fired, spans = combination.decide(message, facts)
            assert {f"r{number}" for number in fired} == set(policy.decide(message, facts).rules), message
            assert bool(fired) == bool(spans)
            seen += len(fired)
    assert seen


def test_strong_names_are_strong(rules: list[rulesets.Rule]) -> None:
    spaced = "n a m e 7"
    assert "words_0" not in policies.mixed(REGEXES, WORDS, rules).policy().find(spaced)
    assert "words_0" in policies.mixed(REGEXES, WORDS, rules, "strong").policy().find(spaced)


@pytest.fixture(scope="module")
def engine() -> NativeEngine:
    try:
        return NativeEngine(policies.words_only(WORDS).artifact())
    except NotBuilt as error:
        pytest.skip(str(error))


def test_the_native_engine_finds_what_the_policy_finds(engine: NativeEngine) -> None:
    policy = from_bytes(policies.words_only(WORDS).artifact())
    messages = [*MESSAGES, "CAFÉ and zооm in Cyrillic", "📞 zoom 📞"]
    expected = sum(len(spans) for message in messages for spans in policy.find(message).values())
    assert engine.find(Texts(messages)) == expected > 8


def test_the_native_fold_counts_folded_characters(engine: NativeEngine) -> None:
    assert engine.fold(Fold.BASIC, Texts(["abc", "é", "ﬁ", "x\u200by", "📞"])) == 3 + 1 + 2 + 2 + 1
    with pytest.raises(RuntimeError, match="engine"):  # no pattern of the policy asks for that level
        engine.fold(Fold.NONE, Texts(["abc"]))


def test_hyperscan_counts_ends_and_keeps_its_answer_in_bytes() -> None:
    try:
        database = Hyperscan.compile([bounded(word) for word in WORDS])
        literal = Hyperscan.compile(["zoom"], literal=True)
    except NotBuilt as error:
        pytest.skip(str(error))
    block = packed(["Zoom zoom zoomed", "", "bit.ly"])
    assert database.scan(*block) == 3
    assert Hyperscan.read(database.write()).scan(*block) == 3
    assert literal.scan(*block) == 3


def test_rounds_pair_what_ran_together() -> None:
    rounds = Rounds({"a": [10, 100, 30], "b": [5, 100, 10]}, {"a": 1, "b": 1}, 6)
    assert rounds.ratio("a", "b") == 2
    assert rounds.per_message("a") == 15


def test_every_contender_gets_every_block() -> None:
    rounds = paired({name: lambda block: lambda: len(block) for name in "abc"}, [["x"], ["y", "z"], []])
    assert rounds.hits == {"a": 3, "b": 3, "c": 3}
    assert {name: len(times) for name, times in rounds.nanoseconds.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_row_says_whether_its_goal_is_met() -> None:
    assert Row("1", "x", value=0.9, goal=1.0).met is True
    assert Row("1", "x", value=1.1, goal=1.0).met is False
    assert Row("1", "x", value=600_000, goal=500_000, at_least=True).met is True
    missing = Row("3", "y", note="not measured yet")
    assert missing.met is None
    for table in (as_text([missing]), as_markdown([missing])):
        assert "not measured" in table


def test_each_figure_says_what_it_shows() -> None:
    for number, figure in FIGURES.items():
        assert figure.__doc__ and figure.__doc__.startswith("Shows "), number
    numbers = {number for name in [*FIGURES, *NOT_YET] for number in name.split(", ")}
    assert numbers == {str(number) for number in range(1, 25)}


def test_hostile_messages_have_their_size() -> None:
    for unit in hostile.FAMILIES.values():
        size = len(hostile.filled(unit, hostile.SIZE).encode())
        assert hostile.SIZE - len(unit.encode()) < size <= hostile.SIZE


@pytest.fixture(scope="module")
def corpus() -> Iterator[Any]:
    pytest.importorskip("zstandard")
    try:
        yield Corpus(data_folder())
    except NoData as error:
        pytest.skip(str(error))


def test_messages_are_handed_out_once(corpus: Corpus) -> None:
    first, second, foreign = corpus.block(500), corpus.block(500), corpus.non_ascii(100)
    assert not set(first) & set(second)
    assert not any(text.isascii() for text in foreign)
    assert not set(foreign) & {*first, *second}
    assert all(1900 < len(text) < 23_000 for text in corpus.long_block(5))
    with pytest.raises(NoData, match="handed out"):
        corpus.block(10_000_000)


def test_the_lists_are_long_enough_and_have_no_entry_twice(corpus: Corpus) -> None:
    words = corpus.words(100_000)
    assert len(set(words)) == 100_000
    assert words[:2] == ["whatsapp", "telegram"]
    assert len(corpus.regexes()) == 30


def test_missing_data_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOLON_DATA", str(tmp_path))
    with pytest.raises(NoData, match="SOLON_DATA"):
        data_folder()


@pytest.mark.parametrize("name", sorted(DECIDERS))
def test_rule_engines_fire_the_same_rules(name: str) -> None:
    rules, facts = rulesets.random_rules(30, TAGS), tagged_facts(60)
    try:
        decide = DECIDERS[name](rules)
    except NotBuilt as error:
        pytest.skip(str(error))
    policy = policies.tagged(rules, TAGS).policy()
    for given in facts:
        assert {f"r{number}" for number in decide(given)} == set(policy.decide("", given).rules)


@pytest.mark.parametrize("name", sorted(FINDERS))
def test_finders_find_words(name: str) -> None:
    try:
        work = FINDERS[name](["zoom", "google meet"])(["let's Zoom", "nothing"])
    except NotBuilt as error:
        pytest.skip(str(error))
    assert work() == 1


def test_a_picture_has_a_bar_for_each_goal() -> None:
    rows = [
        Row("1", "a < b", value=0.5, goal=1.0),
        Row("2", "rate", value=10, goal=1.0, at_least=True),
        Row("3", "late", value=100, goal=1.0),
        Row("4", "no goal", value=1.0),
    ]
    picture = as_svg(rows)
    assert picture.count("<rect") == 3
    assert "a &lt; b" in picture
    assert picture.count("#b3432b") == 1


def test_wider_policies_fire_the_same_rules() -> None:
    rules, facts = rulesets.random_rules(20, TAGS), tagged_facts(40)
    narrow, wide = policies.tagged(rules, TAGS).policy(), real.wider(rules, 16).policy()
    assert len(wide.fact_kinds()) == len(narrow.fact_kinds()) + 8
    for one, more in zip(facts, real.given(facts, 16), strict=True):
        assert narrow.decide("", one).rules == wide.decide("", more).rules


@pytest.mark.parametrize("name", sorted(real.CONSTRUCTS))
def test_the_policies_of_the_constructs_compile(name: str) -> None:
    assert policies.Project(policies.HEADER + real.CONSTRUCTS[name]).policy().rules == ("r",)
