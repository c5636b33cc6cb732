"""Crypto wallets, as docs/entities-numbers.md ("Crypto wallet") describes them, from the stream `cased`."""

from __future__ import annotations

import hashlib
import re

from solon.matcher.folding import fold
from solon.matcher.reference.glyphs import Span, Stream, words

BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
SEGWIT = {"bc", "tb", "bcrt", "ltc", "tltc", "vtc", "dgb", "grs", "btg"}
OTHER_BECH32 = words(
    "addr stake cosmos osmo terra juno kava secret akash band axelar inj bnb thor erd zil one"
)
BECH32M = 0x2BC830A3


def find_crypto_wallet(message: str, level: str) -> list[Span]:
    """Addresses of wallets; the level changes nothing."""
    folded = fold(message, "cased")
    s = Stream(folded.text, folded)
    spans = []
    for start, end in s.stretches():
        if 25 <= end - start <= 110 and s.starts(start) and is_wallet(s.text[start:end]):
            spans.append((start, end))
    return s.originals(spans)


def is_wallet(text: str) -> bool:
    """Is the text, a stretch of glue, the address of a wallet?"""
    if re.fullmatch("(nano|xrb)_[13][13456789a-km-uw-z]{59}", text):
        return True
    if not (text.isascii() and text.isalnum()):
        return False
    return _is_base58(text) or _is_monero(text) or _is_bech32(text) or _is_ethereum(text)


def _number(text: str, alphabet: str) -> int | None:
    value = 0
    for c in text:
        digit = alphabet.find(c)
        if digit < 0:
            return None
        value = value * 58 + digit
    return value


def _is_base58(text: str) -> bool:
    if len(text) > 36:
        return False
    alphabets = (BITCOIN, RIPPLE) if text[0] == "r" else (BITCOIN,)
    for alphabet in alphabets:
        value = _number(text, alphabet)
        if value is None:
            continue
        leading = len(text) - len(text.lstrip(alphabet[0]))
        data = bytes(leading) + value.to_bytes((value.bit_length() + 7) // 8, "big")
        right_size = len(data) in (25, 26) if alphabet is BITCOIN else len(data) == 25
        if right_size and hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]:
            return True
    return False


def _is_monero(text: str) -> bool:
    if len(text) not in (95, 106):
        return False
    data = b""
    for at in range(0, len(text), 11):
        block = text[at : at + 11]
        value = _number(block, BITCOIN)
        size = 8 if len(block) == 11 else 5
        if value is None or value >= 1 << (8 * size):
            return False
        data += value.to_bytes(size, "big")
    return keccak_256(data[:-4])[:4] == data[-4:]


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                checksum ^= generator
    return checksum


def _is_bech32(text: str) -> bool:
    if text not in (text.lower(), text.upper()):
        return False
    prefix, one, data = text.lower().rpartition("1")
    if not one or len(data) < 7 or any(c not in BECH32 for c in data):
        return False
    values = [BECH32.index(c) for c in data]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    constant = _polymod(expanded + values)
    if prefix in OTHER_BECH32:
        return constant == 1 and len(values) >= 36
    return prefix in SEGWIT and len(text) <= 90 and _is_segwit(constant, values[0], values[1:-6])


def _is_segwit(constant: int, version: int, program: list[int]) -> bool:
    size, padding = divmod(5 * len(program), 8)
    if (
        version > 16
        or not 2 <= size <= 40
        or padding >= 5
        or (program and program[-1] & ((1 << padding) - 1))
    ):
        return False
    if version == 0:
        return constant == 1 and size in (20, 32)
    return constant == BECH32M


def _is_ethereum(text: str) -> bool:
    if not re.fullmatch("0x[0-9a-fA-F]{40}", text):
        return False
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    nibbles = keccak_256(digits.lower().encode()).hex()
    return all(
        c.isdigit() or c.isupper() == (int(nibble, 16) >= 8)
        for c, nibble in zip(digits, nibbles, strict=False)
    )


def keccak_256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum and Monero use it (the padding of the submission, not that of SHA-3)."""
    rate = 136
    data += b"\x01" + bytes(rate - 1 - len(data) % rate)
    data = data[:-1] + bytes([data[-1] | 0x80])
    lanes = [0] * 25
    for at in range(0, len(data), rate):
        for i in range(rate // 8):
            lanes[i] ^= int.from_bytes(data[at + 8 * i : at + 8 * i + 8], "little")
        lanes = _keccak_f(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _rotate(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & (1 << 64) - 1


def _keccak_f(lanes: list[int]) -> list[int]:
    """The permutation, lane x, y at 5 y + x; rotations and constants as the specification defines them."""
    register = 1
    for _ in range(24):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        lanes = [
            lane ^ columns[(i - 1) % 5] ^ _rotate(columns[(i + 1) % 5], 1) for i, lane in enumerate(lanes)
        ]
        x, y, lane = 1, 0, lanes[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lane, lanes[5 * y + x] = lanes[5 * y + x], _rotate(lane, (t + 1) * (t + 2) // 2)
        lanes = [
            lane ^ (~lanes[i - i % 5 + (i + 1) % 5] & lanes[i - i % 5 + (i + 2) % 5])
            for i, lane in enumerate(lanes)
        ]
        lanes = [lane & (1 << 64) - 1 for lane in lanes]
        for j in range(7):
            if register & 1:
                lanes[0] ^= 1 << ((1 << j) - 1)
            register = register << 1 ^ (0x171 if register >> 7 else 0)
    return lanes
