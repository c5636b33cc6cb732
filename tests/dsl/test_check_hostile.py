"""Policies that mean harm, or that a slip of the hand has broken: diagnostics come out, nothing else."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.dsl import check_context, check_rules, check_terms
from solon.dsl.dependency import in_dependency_order
from solon.dsl.dump import dump
from solon.dsl.lexemes import scan
from solon.dsl.load import Checked, load_policy_text
from solon.dsl.parser import FILE_BYTES_MAX
from solon.dsl.render import render

HEAD = "policy shop { actions allow < warn < block  default allow }\n"
EXAMPLE = (Path(__file__).parent / "data" / "contact_sharing.policy").read_text(encoding="utf-8")
FILES = {"lists/payment.policy": "pattern pay = entity iban", "lists/video_apps.txt": "jitsi\nwhereby\n"}
TODAY = date(2026, 11, 23)


def load(text: str, files: dict[str, str] | None = None) -> Checked:
    """Loads, and holds what comes out against what is promised of any text."""
    checked = load_policy_text(text, files, today=TODAY)
    is_wrong = any(one.is_error for one in checked.diagnostics)
    assert (checked.policy is None) == is_wrong
    for one in checked.diagnostics:
        source = checked.sources.get(one.span.source_path)
        assert 0 <= one.span.start <= one.span.end
        assert source is None or one.span.end <= len(source.text)
        assert one.message and not one.message.endswith(".")
    render(checked.diagnostics, checked.sources)
    if checked.policy is not None:
        dump(checked.policy)
    return checked


def codes(text: str, files: dict[str, str] | None = None) -> set[str]:
    return {one.code for one in load(text, files).diagnostics}


# ── Slips of the hand ────────────────────────────────────────────────────────────────────────────────

PIECES = [one.text for one in scan(EXAMPLE)]


@st.composite
def broken_examples(draw: st.DrawFn) -> str:
    """The great example with a few of its words or characters deleted, doubled, swapped or replaced."""
    pieces = list(PIECES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces) - 2))
        other = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(["delete", "double", "swap", "replace", "character", "cut"])):
            case "delete":
                del pieces[at]
            case "double":
                pieces.insert(at, pieces[at])
            case "swap":
                other = min(other, len(pieces) - 1)
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "replace":
                pieces[at] = pieces[min(other, len(pieces) - 1)]
            case "character":
                text = pieces[at]
                place = draw(st.integers(0, len(text)))
                pieces[at] = text[:place] + draw(st.characters()) + text[place + 1 :]
            case "cut":
                pieces = [*pieces[: max(20, at)], pieces[-1]]
    return "".join(pieces)


@settings(max_examples=60, deadline=None)
@given(broken_examples())
def test_a_broken_policy_gives_diagnostics_alone(text: str) -> None:
    load(text, FILES)


LEXEMES = [one for one in scan(EXAMPLE) if one.kind not in ("space", "comment")]
BY_KIND = {
    kind: sorted({one.text for one in LEXEMES if one.kind == kind}) for kind in {one.kind for one in LEXEMES}
}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(LEXEMES) - 1), st.integers(0, 10_000)), min_size=1, max_size=8))
def test_words_in_the_places_of_others_give_diagnostics_alone(swaps: list[tuple[int, int]]) -> None:
    # A name for a name, a number for a number: much of it parses, and means nothing.
    chosen = {at: BY_KIND[LEXEMES[at].kind][n % len(BY_KIND[LEXEMES[at].kind])] for at, n in swaps}
    load(" ".join(chosen.get(at, one.text) for at, one in enumerate(LEXEMES)), FILES)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*dict.fromkeys(PIECES), " ", "\n"]), max_size=40).map("".join))
def test_a_heap_of_words_gives_diagnostics_alone(text: str) -> None:
    load(HEAD + text, FILES)


# ── Size ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_of_ten_megabytes() -> None:
    assert codes(HEAD + "# nothing here\n" * 700_000) == {"file-too-large"}
    assert len(HEAD + "# nothing here\n" * 700_000) > FILE_BYTES_MAX


def test_defines_that_double_themselves() -> None:
    doubling = "define d0 = message.length > 1\n" + "".join(
        f"define d{i} = d{i - 1} and d{i - 1}\n" for i in range(1, 60)
    )
    assert "too-large" in codes(HEAD + doubling + "rule r { when d59 then block }")


def test_a_long_chain_of_defines() -> None:
    chain = "define d0 = message.length > 1\n" + "".join(
        f"define d{i} = not d{i - 1}\n" for i in range(1, 3_000)
    )
    assert "too-large" in codes(HEAD + chain + "rule r { when d2999 then block }")


def test_a_chain_of_defines_at_the_limit_and_one_past_it() -> None:
    # Each `not` and each name adds a node; the first define has one of its own.
    def chain(length: int) -> str:
        defines = "".join(f"define d{i} = not d{i - 1}\n" for i in range(1, length))
        return f"{HEAD}define d0 = message.length > 1\n{defines}rule r {{ when d{length - 1} then block }}"

    deepest = check_context.DEPTH_MAX // 2
    assert "too-large" not in codes(chain(deepest))
    assert "too-large" in codes(chain(deepest + 1))


def test_a_long_chain_of_patterns() -> None:
    def chain(length: int) -> str:
        patterns = "".join(f"pattern p{i} = p{i - 1} except in code\n" for i in range(1, length))
        rule = f"rule r {{ when message contains p{length - 1} then block }}"
        return f'{HEAD}pattern p0 = words("x")\n{patterns}{rule}'

    assert "too-large" not in codes(chain(100))
    assert "too-large" in codes(chain(101))
    assert "too-large" in codes(chain(5_000))


def test_parentheses_ten_thousand_deep() -> None:
    for text in (
        "rule r { when " + "(" * 10_000 + "true" + ")" * 10_000 + " then block }",
        "rule r { when " + "not " * 10_000 + "true then block }",
        "pattern p = " + "(" * 10_000 + "in code" + ")" * 10_000,
    ):
        assert load(HEAD + text).policy is None


def test_nothing_but_misspellings_stays_quick() -> None:
    facts = "facts {\n" + "".join(f"  sender.number_{i} : int = 0\n" for i in range(2_000)) + "}\n"
    rules = "".join(f"rule r{i} {{ when sendr.number_{i} > 1 then blok }}\n" for i in range(1_000))
    started = time.perf_counter()
    assert codes(HEAD + facts + rules) >= {"unknown-fact", "unknown-action"}
    assert time.perf_counter() - started < 30


def test_too_many_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "".join(f"rule r{i} {{ when true then block }}\n" for i in range(11))
    monkeypatch.setattr(check_rules, "RULES_MAX", 11)
    assert "too-large" not in codes(HEAD + rules)
    monkeypatch.setattr(check_rules, "RULES_MAX", 10)
    assert "too-large" in codes(HEAD + rules)


def test_too_many_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + 'pattern p = words("one", from "l.txt")\nrule r { when message contains p then block }'
    monkeypatch.setattr(check_terms, "TERMS_MAX", 4)
    assert "too-large" not in codes(text, {"l.txt": "two\nthree\nfour\n"})
    assert "too-large" in codes(text, {"l.txt": "two\nthree\nfour\nfive\n"})


def test_a_term_at_the_longest_and_one_past_it() -> None:
    def with_term(length: int) -> str:
        return f'{HEAD}pattern p = words("{"x" * length}")\nrule r {{ when message contains p then block }}'

    assert "too-large" not in codes(with_term(check_terms.TERM_CHARS_MAX))
    assert "too-large" in codes(with_term(check_terms.TERM_CHARS_MAX + 1))


@pytest.mark.parametrize(
    "number",
    ["9" * 5_000, "0." + "0" * 5_000 + "1", "1." + "0" * 5_000, "9" * 400 + ".5", "-" + "9" * 5_000],
)
def test_numbers_of_any_length(number: str) -> None:
    facts = f"facts {{ a : int = {number}\n b : number = {number}\n c : duration = {number} days\n"
    facts += f" d : money(USD) = {number} USD }}\n"
    score = f"score s {{ {number} when true  1 per match of p up to {number} }}\n"
    more = f'pattern p = words("x") near in code within {number} words\n'
    more += f"rule r {{ when s > {number} and message.length > {number} then block priority {number} }}"
    assert load(HEAD + facts + score + more).policy is None


# ── Order of dependency ──────────────────────────────────────────────────────────────────────────────


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 9), max_size=4), max_size=9))
def test_dependencies_come_first_and_circles_are_circles(graph: dict[int, list[int]]) -> None:
    named = {str(key): [str(one) for one in value] for key, value in graph.items()}
    order, cycles = in_dependency_order(named)
    assert sorted(order) == sorted(named)
    for cycle in cycles:
        around = (*cycle, cycle[0])
        assert all(after in named[before] for before, after in pairwise(around))
    if not cycles:
        for name in order:
            assert all(order.index(one) < order.index(name) for one in named[name] if one in named)
    else:
        reachable = {name: set(named[name]) for name in named}
        for _ in named:
            for name in named:
                reachable[name] |= {far for near in reachable[name] & named.keys() for far in reachable[near]}
        assert any(name in reachable[name] for name in named)
