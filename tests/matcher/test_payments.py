"""Bank accounts, cards and wallets: the engine and the reference, on cases of our own and on hostile text."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.matcher.reference.payments import find_credit_card, find_crypto_wallet, find_iban
from solon.matcher.reference.wallets import keccak_256

SUITES = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites"
REFERENCE = {"iban": find_iban, "credit_card": find_credit_card, "crypto_wallet": find_crypto_wallet}

ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
FIRST = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
MONERO = "47zQ5LAivg6hNCgijXSEFVLX7mke1bgM6YGLFaANDoJbgXDymcAAZvvMNt2PmMpqEe5qRy2zyfMYXdwpmdyitiFh84xnPG2"

CASES = [
    ("credit_card", "basic", "uatp 135410014004955", ["135410014004955"]),
    ("credit_card", "strong", "4337152.565000", []),
    ("credit_card", "strong", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]),
    ("credit_card", "strong", "4096 2007-08-21 23:48", []),
    ("iban", "basic", "GB82 WEST 1234 5698 7654 32", ["GB82 WEST 1234 5698 7654 32"]),
    ("iban", "basic", "pay to gb82west12345698765432, thanks", ["gb82west12345698765432"]),
    ("iban", "basic", "DE89-3704-0044-0532-0130-00", ["DE89-3704-0044-0532-0130-00"]),
    ("iban", "none", "NO9386011117947.", ["NO9386011117947"]),
    ("iban", "basic", "VG96 VPVG 0000 0123 4567 8901 X", ["VG96 VPVG 0000 0123 4567 8901"]),
    ("iban", "basic", "GB82\u200bWEST\u200b12345698765432", ["GB82\u200bWEST\u200b12345698765432"]),
    ("iban", "basic", "ＧＢ82 WEST 1234 5698 7654 32", ["ＧＢ82 WEST 1234 5698 7654 32"]),
    ("iban", "strong", "GB 82 WEST 1234 5698 7654 32", ["GB 82 WEST 1234 5698 7654 32"]),
    (
        "iban",
        "strong",
        "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0",
        ["D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0"],
    ),
    ("iban", "basic", "GB 82 WEST 1234 5698 7654 32", []),
    ("iban", "basic", "GB83 WEST 1234 5698 7654 32", []),
    ("iban", "basic", "GB82 WEST 1234-5698 7654 32", []),
    ("iban", "basic", "GB82WEST123456987654321", []),
    ("iban", "basic", "xGB82WEST12345698765432", []),
    ("iban", "basic", "ZZ82 WEST 1234 5698 7654 32", []),
    ("iban", "strong", "at 2327 Shattuck Avenue", []),
    ("credit_card", "basic", "card 4111 1111 1111 1111.", ["4111 1111 1111 1111"]),
    ("credit_card", "basic", "4111-1111-1111-1111", ["4111-1111-1111-1111"]),
    ("credit_card", "basic", "4111111111111111", ["4111111111111111"]),
    ("credit_card", "basic", "3782 822463 10005", ["3782 822463 10005"]),
    ("credit_card", "basic", "378282246310005", ["378282246310005"]),
    (
        "credit_card",
        "basic",
        "5555555555554444 and 6011111111111117",
        ["5555555555554444", "6011111111111117"],
    ),
    ("credit_card", "basic", "4111 1111 1111 1111 12/26", ["4111 1111 1111 1111"]),
    ("credit_card", "basic", "3530 1113 3330 0000", ["3530 1113 3330 0000"]),
    ("credit_card", "basic", "2223003122003222", ["2223003122003222"]),
    ("credit_card", "basic", "4１11 1111 1111 1111", ["4１11 1111 1111 1111"]),
    ("credit_card", "strong", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]),
    ("credit_card", "strong", "4111 * 1111 * 1111 * 1111", ["4111 * 1111 * 1111 * 1111"]),
    ("credit_card", "basic", "4111 1111 1111 1112", []),
    ("credit_card", "basic", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", []),
    ("credit_card", "basic", "4111 1111-1111 1111", []),
    ("credit_card", "basic", "0000 0000 0000 0000", []),
    ("credit_card", "basic", "9111111111111111", []),
    ("credit_card", "basic", "x4111111111111111", []),
    ("credit_card", "basic", "$4111111111111111", []),
    ("credit_card", "basic", "0.4111111111111111", []),
    ("credit_card", "basic", "4111111111111111.5", []),
    ("credit_card", "basic", "41111111111111111111111", []),
    ("crypto_wallet", "basic", f"send to {FIRST} please", [FIRST]),
    ("crypto_wallet", "none", f"https://x.example/{FIRST}", [FIRST]),
    ("crypto_wallet", "basic", SEGWIT, [SEGWIT]),
    ("crypto_wallet", "basic", SEGWIT.upper(), [SEGWIT.upper()]),
    ("crypto_wallet", "basic", TAPROOT, [TAPROOT]),
    ("crypto_wallet", "basic", f"({ETHER})", [ETHER]),
    ("crypto_wallet", "basic", ETHER.lower(), [ETHER.lower()]),
    ("crypto_wallet", "basic", MONERO, [MONERO]),
    ("crypto_wallet", "basic", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", ["rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh"]),
    ("crypto_wallet", "basic", "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", ["LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9"]),
    ("crypto_wallet", "basic", "DPpJVPpvPNP6i6tMj4rTycAGh8wReTqaSU", ["DPpJVPpvPNP6i6tMj4rTycAGh8wReTqaSU"]),
    (
        "crypto_wallet",
        "basic",
        "1A1zP1eP5QGefi2\u200bDMPTfTL5SLmv7DivfNa",
        ["1A1zP1eP5QGefi2\u200bDMPTfTL5SLmv7DivfNa"],
    ),
    ("crypto_wallet", "basic", FIRST.lower(), []),
    ("crypto_wallet", "basic", FIRST[:-1] + "b", []),
    ("crypto_wallet", "basic", FIRST + "x", []),
    ("crypto_wallet", "basic", SEGWIT[:-1] + "5", []),
    ("crypto_wallet", "basic", SEGWIT[:-1] + "T", []),
    ("crypto_wallet", "basic", ETHER.replace("a", "A"), []),
    ("crypto_wallet", "basic", ETHER + "0", []),
    ("crypto_wallet", "basic", MONERO[:-1] + "3", []),
    ("crypto_wallet", "basic", "8f953371d3e85eddb89b05ed6b9e680791055315c73e1025ab5dba7bb2aee189", []),
    ("crypto_wallet", "strong", "pneumonoultramicroscopicsilicovolcanoconiosis", []),
]
PIECES = [
    *[
        "GB82",
        "WEST",
        "1234",
        "5698",
        "7654",
        "32",
        "DE89",
        "370400440532013000",
        "NO93",
        "8601",
        "1117",
        "947",
    ],
    *["4111", "1111", "378282246310005"],
    *[
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        " ",
        "-",
        "  ",
        "\n",
        "*",
        "a",
        "é",
        "0",
        "1",
        "12",
        "１",
        "①",
        "📞",
    ],
    *[
        "$",
        "#",
        "😀",
        "_",
        "的",
        "\u200b",
        "+",
        ",",
        "\ud800",
        FIRST,
        SEGWIT,
        ETHER,
        "0x",
        "bc1",
        "r",
        "1A1",
        "/",
        ":",
    ],
]


def both(engine: Any, what: str, level: str, text: str) -> list[tuple[int, int]]:
    """What the reference finds; fails where the engine finds something else."""
    expected = REFERENCE[what](text, level)
    assert engine.find(what, text, level) == expected, (what, level, text)
    return expected


@pytest.mark.parametrize(("what", "level", "text", "found"), CASES)
def test_cases(number_engine: Any, what: str, level: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in both(number_engine, what, level, text)] == found


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(REFERENCE)),
    st.sampled_from(["none", "basic", "strong"]),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=20),
)
def test_hostile_text(number_engine: Any, what: str, level: str, pieces: list[str]) -> None:
    both(number_engine, what, level, "".join(pieces))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([FIRST, SEGWIT, TAPROOT, ETHER, MONERO]), st.data())
def test_one_wrong_character_is_seen(number_engine: Any, wallet: str, data: Any) -> None:
    at = data.draw(st.integers(2, len(wallet) - 1))
    other = data.draw(st.sampled_from("abcdefABCDEF23456789"))
    text = wallet[:at] + other + wallet[at + 1 :]
    same = text == wallet or (wallet == ETHER and text.lower() == wallet.lower() and other.isdigit())
    assert bool(both(number_engine, "crypto_wallet", "basic", text)) == same


@pytest.mark.parametrize(
    "unit", ["gb82", "4111 ", "4 ", "1-", "A1zP1eP5QGefi2DMPTfTL5SLmv7Div 1", "de89 3704 ", "1", "a"]
)
@pytest.mark.parametrize("what", sorted(REFERENCE))
def test_long_text(number_engine: Any, what: str, unit: str) -> None:
    both(number_engine, what, "strong", unit * (20000 // len(unit)))


def test_keccak() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


def test_development_data(number_engine: Any) -> None:
    path = SUITES / "payment_ids.jsonl.zst"
    if not path.exists():
        pytest.skip("the development data is not there")
    zstandard = pytest.importorskip("zstandard")
    with (
        path.open("rb") as file,
        io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8") as lines,
    ):
        rows = [json.loads(line) for line in lines]
    right = found = wanted = 0
    for row in rows:
        what = {"crypto": "crypto_wallet"}.get(row["kind"], row["kind"])
        spans = set(both(number_engine, what, "basic", row["text"]))
        expected = {(item["start"], item["end"]) for item in row["expect"]}
        right += len(spans & expected)
        found += len(spans)
        wanted += len(expected)
    assert right / found >= 0.98
    assert right / wanted >= 0.95
