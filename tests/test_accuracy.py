"""The accuracy tables count rightly: hits, exact hits, what is missed and false, on cases of our own."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

zstandard = pytest.importorskip("zstandard")

ROOT = Path(__file__).resolve().parents[1]

sys.path.insert(0, str(ROOT))
try:
    from benchmarks.accuracy import __main__ as program
    from benchmarks.accuracy.measures import in_sentence, other_coin, phone_pot
    from benchmarks.accuracy.ordinary import key
    from benchmarks.accuracy.ours import Solon
    from benchmarks.accuracy.peers import keywords, stack
    from benchmarks.accuracy.score import pairs, tally, whole
    from benchmarks.accuracy.suites import SUITES, Case, read_suites
finally:
    sys.path.remove(str(ROOT))


def case(
    text: str, *spans: tuple[int, int], kind: str = "phone", whole: bool = False, note: str = ""
) -> Case:
    return Case(id=text, suite="own", source="own", kind=kind, text=text, spans=spans, whole=whole, note=note)


@pytest.mark.parametrize(
    ("found", "hits", "exact", "missed", "false"),
    [
        ([(5, 15)], 1, 1, 0, 0),
        ([(5, 16)], 1, 0, 0, 0),
        ([(5, 10)], 1, 0, 0, 0),  # half of what both cover
        ([(5, 9)], 0, 0, 1, 1),
        ([(0, 10), (10, 15)], 1, 0, 0, 1),  # two halves are one hit
        ([], 0, 0, 1, 0),
    ],
)
def test_a_hit_overlaps_in_half(
    found: list[tuple[int, int]], hits: int, exact: int, missed: int, false: int
) -> None:
    finding = pairs(case("x" * 20, (5, 15)), found)
    assert (finding.hits, finding.exact, len(finding.missed), len(finding.false)) == (
        hits,
        exact,
        missed,
        false,
    )


def test_figures() -> None:
    sums = tally([pairs(case("x" * 20, (0, 4), (6, 9)), [(0, 4), (12, 14)]), pairs(case("y" * 9), [])])
    assert (sums.recall, sums.precision, sums.f1, sums.exact_f1) == (50.0, 50.0, 50.0, 50.0)
    assert sums.per_thousand == 500.0
    assert tally([]).recall is None


def test_whole_strings() -> None:
    judged = whole([(case(" ab ", (0, 4), whole=True), [(1, 3)]), (case("abc", whole=True), [(0, 2)])])
    assert (judged.valid, judged.accepted, judged.invalid, judged.wrongly) == (1, 1, 1, 0)


def test_what_counts_where() -> None:
    assert in_sentence(case("the parcel 12 is late")) and not in_sentence(case("RB123456785US"))
    assert other_coin(case("", kind="crypto_wallet", note="currency=eth"))
    assert not other_coin(case("", kind="crypto_wallet", note="currency=bitcoin"))
    assert other_coin(case("", kind="crypto_wallet", note="currency=bitcoinprivate"))
    pot = {name: [] for name in SUITES} | {
        "phone": [case("1", (0, 1)), case("2", note="phonelib_match"), case("3", whole=True)]
    }
    assert [each.text for each in phone_pot(pot)] == ["1"]


def test_finders_agree_on_the_plain() -> None:
    text = "write to jess@studio.io or call +44 7911 123456, see https://example.org/x"
    plain = {"email": [(9, 23)], "phone": [(32, 47)], "url": [(53, 74)]}
    assert Solon().find(text) == plain
    words = keywords()
    assert {kind: words.find(text)[kind] for kind in plain} == plain
    assert stack([words]).find(text) == {}  # the stack leaves the keyword list out


def test_the_program_runs_on_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    write(
        tmp_path / "suites" / "email.jsonl.zst",
        [row("write to jess@studio.io", "email", (9, 23)), row("a@b", "email")],
    )
    write(
        tmp_path / "messages" / "messages_en.jsonl.zst",
        [{"id": "m", "source": "own", "text": "call 415-555-0132"}],
    )
    monkeypatch.setenv("SOLON_DATA", str(tmp_path))
    assert len(read_suites(tmp_path)["email"]) == 2
    assert run(monkeypatch, "--no-peers", "--only", "email") == 0
    printed = capsys.readouterr()
    assert "phone_negatives" in printed.err  # a suite that is missing is named
    assert "email, email  1      100.0 / 100.0 / 100.0 (100.0)" in printed.out
    assert run(monkeypatch, "--errors", "messages") == 0
    assert "415-555-0132" in capsys.readouterr().out


def test_without_data_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("SOLON_DATA", str(tmp_path))
    assert run(monkeypatch) == 2
    assert "SOLON_DATA" in capsys.readouterr().err


def test_judgements_hold_no_text() -> None:
    assert (
        key("phone", "415-555-0132").startswith("phone:") and "415" not in key("phone", "415-555-0132")[6:9]
    )


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["accuracy", *arguments])
    return program.main()


def row(text: str, kind: str, *spans: tuple[int, int]) -> dict[str, object]:
    expect = [{"kind": kind, "start": start, "end": end, "value": text[start:end]} for start, end in spans]
    return {
        "id": text,
        "text": text,
        "source": "own",
        "kind": kind,
        "mode": "extract",
        "expect": expect,
        "note": "",
    }


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    data = io.StringIO()
    for each in rows:
        data.write(json.dumps(each) + "\n")
    path.write_bytes(zstandard.compress(data.getvalue().encode()))
