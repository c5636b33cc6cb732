"""Telephone numbers: the engine and the reference, on our own cases, hostile text and development data."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.compiler.phones import phones_section, region_ids
from solon.matcher.reference.phones import find_phone

SUITES = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites"

# level, regions, text, the numbers in it
YES = [
    ("basic", "", "call 415-555-0132 now", ["415-555-0132"]),
    ("basic", "", "(415) 555-0132", ["(415) 555-0132"]),
    ("basic", "", "my cell: 415.555.0132.", ["415.555.0132"]),
    ("basic", "", "1-800-555-6666", ["1-800-555-6666"]),
    ("basic", "", "+1 415 555 0132", ["+1 415 555 0132"]),
    ("basic", "", "(+1) 415-555-0132", ["(+1) 415-555-0132"]),
    ("basic", "", "+1 123-456-7890", ["+1 123-456-7890"]),
    ("basic", "", "+44 20 7946 0958", ["+44 20 7946 0958"]),
    ("basic", "", "+44 (0)20 7946 0958", ["+44 (0)20 7946 0958"]),
    ("basic", "", "tel:+44-20-7946-0958", ["+44-20-7946-0958"]),
    ("basic", "", "0044 20 7946 0958", ["0044 20 7946 0958"]),
    ("basic", "", "011 44 20 7946 0958", ["011 44 20 7946 0958"]),
    ("basic", "", "call+4915112345678!", ["+4915112345678"]),
    ("basic", "", "ruf mich an: 0151 12345678", ["0151 12345678"]),
    ("basic", "", "06 12 34 56 78", ["06 12 34 56 78"]),
    ("basic", "", "06.12.34.56.78 merci", ["06.12.34.56.78"]),
    ("basic", "", "138 1234 5678", ["138 1234 5678"]),
    ("basic", "", "98765 43210", ["98765 43210"]),
    ("basic", "", "电话是010-62288559。", ["010-62288559"]),
    ("basic", "", "电话85315102", ["85315102"]),
    ("basic", "", "010-67012402,010-67013036", ["010-67012402", "010-67013036"]),
    ("basic", "", "my phone number is 0630548564.", ["0630548564"]),
    ("basic", "", "text me 4155550132", ["4155550132"]),
    ("basic", "", "555-1234 is my phone", ["555-1234"]),
    ("basic", "", "312-515-2239 ext.12", ["312-515-2239 ext.12"]),
    ("basic", "", "(523)222-8888EXT623", ["(523)222-8888EXT623"]),
    ("basic", "", "(800) 901-3355 ,extension 7246433", ["(800) 901-3355 ,extension 7246433"]),
    ("basic", "", "+٣٣ ١ ٤٦٦٤٧٩٩٨", ["+٣٣ ١ ٤٦٦٤٧٩٩٨"]),
    ("basic", "", "＋１　（６５０）　３３３－６０００", ["＋１　（６５０）　３３３－６０００"]),
    ("basic", "", "+3️⃣8️⃣0️⃣8️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", ["+3️⃣8️⃣0️⃣8️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣"]),
    ("basic", "", "+①④①⑤③③③⑥⓪⓪⓪", ["+①④①⑤③③③⑥⓪⓪⓪"]),
    ("basic", "", "4\u200b1\u200b5-555-0132", ["4\u200b1\u200b5-555-0132"]),
    ("none", "", "call 415-555-0132", ["415-555-0132"]),
    ("none", "", "＋１ 650 333 6000", ["＋１ 650 333 6000"]),
    ("basic", "", "Sonoma 3 beds, 415-555-0132", ["415-555-0132"]),
    ("basic", "", "rated 4.2. +1 215-644-9200.", ["+1 215-644-9200"]),
    ("basic", "", "costs.916-442-6802 is theirs", ["916-442-6802"]),
    ("basic", "", "**415-555-0132**", ["415-555-0132"]),
    ("basic", "", "9125550199", ["9125550199"]),
    ("basic", "sg", "9123 4567", ["9123 4567"]),
    ("basic", "us,gb", "415-333-6000 / 020 7946 0958", ["415-333-6000", "020 7946 0958"]),
    ("basic", "gb", "+1 415 333 6000 or +44 20 7946 0958", ["+44 20 7946 0958"]),
    (
        "strong",
        "",
        "four one five, five five five, zero one three two",
        ["four one five, five five five, zero one three two"],
    ),
    ("strong", "", "5 three seven one 2 3 four five 6 7", ["5 three seven one 2 3 four five 6 7"]),
    ("strong", "", "double five triple one 23456 seven", ["double five triple one 23456 seven"]),
    ("strong", "", "plus four four 20 7946 0958", ["plus four four 20 7946 0958"]),
    ("strong", "", "+ 3 7 4 6 0 2 7 1 2 3 4", ["+ 3 7 4 6 0 2 7 1 2 3 4"]),
    ("strong", "", "3.8.6.1.2.3.4.5.6.7.8", ["3.8.6.1.2.3.4.5.6.7.8"]),
    ("strong", "", "+S03 B00 l234 is it", ["+S03 B00 l234"]),
    ("strong", "", "4l5 555 o132", ["4l5 555 o132"]),
    ("strong", "", "415*333*6000", ["415*333*6000"]),
    ("strong", "", "+1_415_333_6000", ["+1_415_333_6000"]),
    ("strong", "", "4_1_5_3_3_3_6_0_0_0", ["4_1_5_3_3_3_6_0_0_0"]),
    ("strong", "", "415_333_6000", ["415_333_6000"]),
    ("strong", "", "415 * 333 * 6000", ["415 * 333 * 6000"]),
    ("strong", "", "415📞333📞6000", ["415📞333📞6000"]),
    (
        "strong",
        "",
        "seis uno dos tres cuatro cinco seis siete ocho",
        ["seis uno dos tres cuatro cinco seis siete ocho"],
    ),
    (
        "strong",
        "",
        "null eins fünf eins zwei drei vier fünf sechs sieben",
        ["null eins fünf eins zwei drei vier fünf sechs sieben"],
    ),
    (
        "strong",
        "",
        "five five five dash zero one two dash three four five six",
        ["five five five dash zero one two dash three four five six"],
    ),
    ("strong", "", "call fivefivefive zero1two3", ["fivefivefive zero1two3"]),
    ("strong", "", "ring me on415-555-0132please", ["415-555-0132"]),
    ("strong", "", "it is +44 7911 123456thanks", ["+44 7911 123456"]),
    ("strong", "", "call02079460958", ["02079460958"]),
    ("strong", "", "my number is4155550132ok", ["4155550132"]),
    ("basic", "", "call ( 20 ) 7946 0958", ["( 20 ) 7946 0958"]),
    ("basic", "", "ruf an: 0176/ 12345678", ["0176/ 12345678"]),
    ("basic", "", "call (0xx) 1123456789", ["(0xx) 1123456789"]),
    ("basic", "", "call 011xx5491123456789", ["011xx5491123456789"]),
    ("basic", "", "0~0 1 415 555 0132", ["0~0 1 415 555 0132"]),
    ("basic", "", "0191-415-555-0132", ["0191-415-555-0132"]),
    ("basic", "", "call 415-555-0132;x 12", ["415-555-0132"]),
    ("basic", "", "call 415-555-0132 ;ext 12", ["415-555-0132 ;ext 12"]),
    ("basic", "", "call 415-555-0132 ~12", ["415-555-0132 ~12"]),
    ("basic", "", "٤١٥٥٥٥٠١٣٢ فرعي ٨٩", ["٤١٥٥٥٥٠١٣٢ فرعي ٨٩"]),
    ("basic", "", "tel: 444 0 446", ["444 0 446"]),
    ("basic", "", "21 345 678", ["21 345 678"]),
    ("basic", "", "22 34 56 78", ["22 34 56 78"]),
]
NO = [
    "",
    "12",
    "2016-12-22",
    "06/21/1984 at 10:30",
    "31.12.2019 12:30",
    "from 2014-2018",
    "2014 2015 2016",
    "call me at 10:30",
    "$1,234,567.89",
    "1.234.567,89 EUR",
    "€ 12 345 678",
    "order 4155550132",
    "212345678",
    "54321987654",
    "000 415 555 0132",
    "45*31-339243873",
    "the range is 2014~2018",
    "s12345678",
    "due 2024-11-01",
    "sept 2024 11 01",
    "22-34-56-78",
    "12 345 678 €",
    "part 415-555-0132abc9",
    "kernel 2.6.8|2.6.8.1",
    "i386 (20050407)",
    "2012 i686 i686 i386",
    "units of 16065 * 512 bytes",
    "000B,0006,0007",
    "0.2  22756  1052",
    "12345678forme",
    "format20240115",
    "invoice number 4155550132",
    "tracking number 9400 1000 0000 0000 0000 00",
    "ISBN 978-3-16-148410-0",
    "version 10.0.19041.1165",
    "192.168.100.200",
    "37.7749 -122.4194",
    "37.7749, -122.4194",
    "550e8400-e29b-41d4-a716-446655440000",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "card 4111111111111111",
    "123-45-6789",
    "SSN 987-65-4321",
    "Part number: 555-123-4567-A",
    "http://x.example/stus/87057367204202896",
    "1234567%",
    "800x600",
    "1000000000 people",
    "12345678 votes",
    "0.123456789",
    "3.14159265358979",
    "a4155550132",
    "4155550132kg",
    "v4155550132",
    "#4155550132",
    "id 4155550132",
    "123456789012345678901234567890",
    "2009-05-19T14:39:22-06:00",
    "+1,032.923",
    "+5",
    "2+2=4",
    "5-10 items, 12-15 days",
    "1000-1=999",
    "rgb(255,255,255)",
    "1 2 3 4 5 6 7 8 9 10",
    "00000000000",
    "1111111111",
    "fe80:0000:0000:0000:0204:61ff:fe9d:f156",
    "0x1234567890abcdef",
    "555 5555",
    "room 12, floor 3, 4 beds, 2 baths",
]
NO_STRONG = [
    "one two three four five six seven eight nine",
    "nine eight seven six five four three",
    "I have one two or three ideas",
    "so is it, I boil oil",
    "1, 2, 3, 4, 5, 6",
    "zoom zoom zoom",
    "10:30, 11:30, 12:30, 13:30",
    "one hundred and twenty",
    "12 * 34 * 56",
    "6.1G 3.3G 2.5G",
    "five five five",
]
PIECES = [
    "+",
    "(",
    ")",
    "-",
    ".",
    "/",
    "\n",
    "0",
    "1",
    "2",
    "00",
    "011",
    "415",
    "555",
    "0132",
    "(0)",
    "20",
    "7946",
    "0958",
    "06",
    "12",
    "34",
    "+44",
    "+1",
    "ext",
    "x",
    "12345",
    "call",
    "order",
    "number",
    "phone",
    "电话",
    "five",
    "seven",
    "zero",
    "one",
    "double",
    "triple",
    "plus",
    "dash",
    "is",
    "o",
    "l",
    "S",
    "0o",
    "*",
    "_",
    "~",
    "📞",
    ",",
    ";",
    ":",
    "a",
    "é",
    "１",
    "٣",
    "①",
    "3️⃣",
    "⑩",
    "½",
    "$",
    "€",
    "#",
    "%",
    "@",
    "–",
    "2019",
    "12-10-2016",
    "192.168.1.1",
    "978",
    "телефон",
    "foo",
    "的",
    "²",
    "°",
    "№",
    "\u200b",
    "️",
    "\ud800",
]


def suite(name: str) -> list[dict[str, Any]]:
    """A suite of the development data; the test is skipped where it is not there."""
    path = SUITES / f"{name}.jsonl.zst"
    if not path.exists():
        pytest.skip("the development data is not there")
    zstandard = pytest.importorskip("zstandard")
    with (
        path.open("rb") as file,
        io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8") as lines,
    ):
        return [json.loads(line) for line in lines]


def both(engine: Any, level: str, regions: list[str], text: str) -> list[tuple[int, int]]:
    """What the reference finds; fails where the engine finds something else."""
    expected = find_phone(text, regions, level)
    assert engine.find("phone", text, level, regions) == expected, text
    return expected


@pytest.mark.parametrize(("level", "regions", "text", "numbers"), YES)
def test_numbers_are_found(
    number_engine: Any, level: str, regions: str, text: str, numbers: list[str]
) -> None:
    spans = both(number_engine, level, [region for region in regions.split(",") if region], text)
    assert [text[start:end] for start, end in spans] == numbers


@pytest.mark.parametrize("text", NO)
@pytest.mark.parametrize("level", ["none", "basic", "strong"])
def test_other_numbers_are_not(number_engine: Any, level: str, text: str) -> None:
    assert both(number_engine, level, [], text) == []


@pytest.mark.parametrize("text", NO_STRONG)
def test_counting_is_not_calling(number_engine: Any, text: str) -> None:
    assert both(number_engine, "strong", [], text) == []


def test_spelled_numbers_want_strong(number_engine: Any) -> None:
    text = "four one five five five five zero one three two"
    assert both(number_engine, "basic", [], text) == []
    assert both(number_engine, "strong", [], text) == [(0, len(text))]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=24),
    st.sampled_from(["", " "]),
    st.sampled_from(["none", "basic", "strong"]),
    st.sampled_from([[], [], ["us"], ["gb", "de"], ["sg"], ["zz"]]),
)
def test_hostile_text(
    number_engine: Any, pieces: list[str], glue: str, level: str, regions: list[str]
) -> None:
    text = glue.join(pieces)
    for start, end in both(number_engine, level, regions, text):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "12 34 ",
        "+1 415 ",
        "one ",
        "(1)",
        "0",
        "1-",
        "call 1 ",
        "l1 ",
        "double ",
        "+",
        "1️⃣",
        "9 9 9 9 9 8 ",
    ],
)
def test_long_text(number_engine: Any, unit: str) -> None:
    text = unit * (6000 // len(unit))
    for level in ("basic", "strong"):
        both(number_engine, level, [], text)


@pytest.mark.parametrize(
    ("name", "level", "precision", "recall"),
    [
        ("dialogue_spans", "basic", 0.995, 0.99),
        ("evasion_derived", "strong", 0.99, 0.98),
        ("phone", "strong", 0.97, 0.93),
    ],
)
def test_development_data(number_engine: Any, name: str, level: str, precision: float, recall: float) -> None:
    right = found = wanted = 0
    for row in suite(name):
        if row["kind"] != "phone":
            continue
        spans = set(number_engine.find("phone", row["text"], level))
        expected = {(item["start"], item["end"]) for item in row["expect"] if item["kind"] == "phone"}
        right += len(spans & expected)
        found += len(spans)
        wanted += len(expected)
    assert right / found >= precision
    assert right / wanted >= recall


def test_few_negatives_of_the_development_data(number_engine: Any) -> None:
    rows = suite("phone_negatives")
    assert sum(bool(number_engine.find("phone", row["text"])) for row in rows) <= 0.015 * len(rows)


@pytest.mark.parametrize("name", ["phone", "phone_negatives", "evasion_derived", "ip"])
def test_engine_and_reference_agree_on_development_data(number_engine: Any, name: str) -> None:
    for row in suite(name)[::7]:
        for level in ("none", "basic", "strong"):
            both(number_engine, level, [], row["text"])


def test_every_example_number_is_international(number_engine: Any) -> None:
    phonenumbers = pytest.importorskip("phonenumbers")
    seen = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number(region)
        if example is None:
            continue
        text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        assert number_engine.find("phone", text) == [(0, len(text))], region
        seen += 1
    assert seen > 200


def test_damaged_plans_are_refused_or_safe(number_engine: Any) -> None:
    opened, refused = map(int, number_engine.run("damage").split())
    assert opened > 100
    assert refused > 100


def test_sha256(number_engine: Any) -> None:
    data = bytes(i * 7 % 256 for i in range(300))
    expected = [hashlib.sha256(data[:length]).hexdigest() for length in range(301)]
    assert number_engine.run("sha256").split() == expected


def test_region_ids() -> None:
    assert region_ids(["us", "GB"]) == [26 * 20 + 18, 26 * 6 + 1]
    with pytest.raises(ValueError, match="two letters"):
        region_ids(["usa"])
    assert phones_section()[:4] == b"PHN1"
