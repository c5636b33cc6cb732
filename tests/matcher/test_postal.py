"""Postal addresses: the engine and the reference, on our own cases, hostile text and development data."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.matcher.reference.postal import find_postal_address

SUITES = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites"

CASES = [
    ("", "at 123 Main St Apt 4, Springfield, IL 62704.", ["123 Main St Apt 4, Springfield, IL 62704"]),
    ("", "I live at 201 Harrison Street.", ["201 Harrison Street"]),
    ("", "111 E. Wacker Dr. # 2500, Chicago, IL 60601", ["111 E. Wacker Dr. # 2500, Chicago, IL 60601"]),
    ("", "33 W Monroe, Chicago, IL 60603", ["33 W Monroe, Chicago, IL 60603"]),
    ("", "5 Forest Hill Road", ["5 Forest Hill Road"]),
    ("", "728 16th street ok", ["728 16th street"]),
    ("", "100-15 Ditmars Boulevard, NY 11369, USA", ["100-15 Ditmars Boulevard, NY 11369, USA"]),
    ("", "12025 Highway 99, Everett, WA 98204", ["12025 Highway 99, Everett, WA 98204"]),
    ("", "12 Main Street\nBoston, MA", ["12 Main Street\nBoston, MA"]),
    ("", "2400 10th Street Southwest, Minot, ND 58701", ["2400 10th Street Southwest, Minot, ND 58701"]),
    ("", "301 Los Gatos-Saratoga Road now", ["301 Los Gatos-Saratoga Road"]),
    ("", "12 O'Farrell Street", ["12 O'Farrell Street"]),
    (
        "",
        "1800 M Street, N.W., Suite 700, Washington, DC 20036",
        ["1800 M Street, N.W., Suite 700, Washington, DC 20036"],
    ),
    ("", "10 Downing Street, London SW1A 2AA", ["10 Downing Street, London SW1A 2AA"]),
    ("gb", "221b Baker Street, London NW1 6XE, UK", ["221b Baker Street, London NW1 6XE, UK"]),
    ("", "P.O. Box 123, Reno, NV 89501", ["P.O. Box 123, Reno, NV 89501"]),
    ("", "write to PO Box 5249", ["PO Box 5249"]),
    ("", "12 rue de la Paix, 75002 Paris", ["12 rue de la Paix, 75002 Paris"]),
    ("fr", "j'habite 12 bis, rue d'Alésia et toi", ["12 bis, rue d'Alésia"]),
    ("", "Hauptstraße 12, 10115 Berlin", ["Hauptstraße 12, 10115 Berlin"]),
    ("de", "Berliner Str. 5a", ["Berliner Str. 5a"]),
    ("de", "Am Kurfürstendamm 21, 10719 Berlin", ["Kurfürstendamm 21, 10719 Berlin"]),
    ("", "Calle Mayor 12, 28013 Madrid", ["Calle Mayor 12, 28013 Madrid"]),
    ("es", "C/ Mayor, nº 12", ["C/ Mayor, nº 12"]),
    ("", "Via Roma 5, 00184 Roma", ["Via Roma 5, 00184 Roma"]),
    ("", "Rua Augusta 100, 1100-053 Lisboa", ["Rua Augusta 100, 1100-053 Lisboa"]),
    ("", "１２３ Main Street", ["１２３ Main Street"]),
    ("fr", "123 Main Street", []),
    ("us", "12 rue de la Paix", []),
    ("us", "Hauptstraße 12, 10115 Berlin", []),
    ("", "5 star way", []),
    ("", "it is a 10 minute drive", []),
    ("", "a 5 mile road", []),
    ("", "2 way street", []),
    ("", "4 lane highway", []),
    ("", "$500 Main Street", []),
    ("", "1,200 Main street", []),
    ("", "Main Street", []),
    ("", "3 different streets", []),
    ("", "12 of the street", []),
    ("", "I have 3 cats in Portland OR 97201", []),
    ("", "version 2.5 Main Street", []),
    ("", "via email 5", []),
    ("", "100 percent real way of life", []),
    ("", "12", []),
    ("", "", []),
]
PIECES = [
    "12",
    "123",
    "1",
    "221b",
    "Main",
    "Harrison",
    "Oak",
    "St",
    "St.",
    "Street",
    "Ave",
    "Road",
    "N",
    "North",
    "SW",
    "Apt",
    "4",
    "#",
    "Suite",
    "200",
    ",",
    "Springfield",
    "IL",
    "CA",
    "62704",
    "94612-1234",
    "of",
    "the",
    "star",
    "way",
    "Square",
    "London",
    "SW1A",
    "2AA",
    "rue",
    "de",
    "la",
    "Paix",
    "75002",
    "Paris",
    "Hauptstrasse",
    "Straße",
    "Berliner",
    "10115",
    "Berlin",
    "Calle",
    "Mayor",
    "C/",
    "nº",
    "Via",
    "Roma",
    "Rua",
    "1000-100",
    "Highway",
    "71",
    "P.O.",
    "Box",
    "po",
    ".",
    "-",
    "16th",
    "é",
    "的",
    "１",
    "Drive",
    "Platz",
    "USA",
    "Texas",
    "New",
    "York",
    "O'Farrell",
    "'",
    "bis",
    "United",
    "States",
    "$",
    "(",
    "12-14",
    "\n",
    "\u200b",
    "\ud800",
]


def both(engine: Any, level: str, regions: list[str], text: str) -> list[tuple[int, int]]:
    """What the reference finds; fails where the engine finds something else."""
    expected = find_postal_address(text, regions, level)
    assert engine.find("postal_address", text, level, regions) == expected, (level, regions, text)
    return expected


@pytest.mark.parametrize(("regions", "text", "found"), CASES)
def test_cases(number_engine: Any, regions: str, text: str, found: list[str]) -> None:
    spans = both(number_engine, "basic", [regions] if regions else [], text)
    assert [text[start:end] for start, end in spans] == found


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=24),
    st.sampled_from(["", " ", " "]),
    st.sampled_from(["none", "basic", "strong"]),
    st.sampled_from([[], [], ["us"], ["gb", "de"], ["fr"], ["ca"], ["zz", "es"]]),
)
def test_hostile_text(
    number_engine: Any, pieces: list[str], glue: str, level: str, regions: list[str]
) -> None:
    both(number_engine, level, regions, glue.join(pieces))


@pytest.mark.parametrize(
    "unit", ["12 ", "12 a ", "main ", "1 rue a-", "c/ ", "po box ", "12 main ca ", ", ", "strasse ", "a'"]
)
def test_long_text(number_engine: Any, unit: str) -> None:
    both(number_engine, "basic", [], unit * (12000 // len(unit)))


@pytest.mark.parametrize(
    ("name", "precision", "recall"), [("address", 0.94, 0.88), ("dialogue_spans", 0.92, 0.85)]
)
def test_development_data(number_engine: Any, name: str, precision: float, recall: float) -> None:
    path = SUITES / f"{name}.jsonl.zst"
    if not path.exists():
        pytest.skip("the development data is not there")
    zstandard = pytest.importorskip("zstandard")
    with (
        path.open("rb") as file,
        io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8") as lines,
    ):
        rows = [row for row in map(json.loads, lines) if row["kind"] == "address"]
    right = found = wanted = 0
    for nth, row in enumerate(rows):
        spans = number_engine.find("postal_address", row["text"])
        if nth % 9 == 0:
            assert both(number_engine, "basic", [], row["text"]) == spans
        expected = {(item["start"], item["end"]) for item in row["expect"]}
        right += len(expected.intersection(spans))
        found += len(spans)
        wanted += len(expected)
    assert right / found >= precision
    assert right / wanted >= recall
