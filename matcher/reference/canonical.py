"""What is compared of a link: the labels of its host and the segments of its path, decoded and folded.

docs/entities.md, "Url shapes".
"""

from __future__ import annotations

from solon.matcher import folding

PUNYCODE_CHARS = 63  # of a decoded label
HEX = "0123456789abcdefABCDEF"


def host_labels(host: str, level: str) -> list[str]:
    """`uk.xn--bcher-kva.de.` to `uk`, `bücher` (folded), `de`; an IPv6 address is one label."""
    if ":" in host:
        return [folding.fold_text(host, level)]
    decoded = (decode_label(label) for label in host.removesuffix(".").split("."))
    return folding.fold_text(".".join(decoded), level).split(".")


def decode_label(label: str) -> str:
    """A label that starts with `xn--` as the characters that it stands for; any other as it is."""
    if label[:4].lower() != "xn--":
        return label
    decoded = punycode(label[4:])
    return label if decoded is None else decoded


def punycode(text: str) -> str | None:
    """RFC 3492, section 6.2; None where the text is none, or too long.

    >>> punycode("bcher-kva")
    'bücher'
    """
    if not text or not text.isascii():
        return None
    basic, delimiter, extended = text.rpartition("-")
    output = list(basic)
    code, index, bias = 128, 0, 72
    place = 0
    if delimiter and not basic:
        return None
    while place < len(extended):
        before, weight, k = index, 1, 36
        while True:
            if place == len(extended):
                return None
            digit = _digit(extended[place])
            place += 1
            if digit < 0:
                return None
            index += digit * weight
            if index > 0x7FFFFFFF:
                return None
            threshold = min(max(k - bias, 1), 26)
            if digit < threshold:
                break
            weight *= 36 - threshold
            if weight > 0x7FFFFFFF:
                return None
            k += 36
        length = len(output) + 1
        bias = _adapt(index - before, length, before == 0)
        code += index // length
        index %= length
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or length > PUNYCODE_CHARS:
            return None
        output.insert(index, chr(code))
        index += 1
    return "".join(output)


def _digit(character: str) -> int:
    if "a" <= character <= "z":
        return ord(character) - ord("a")
    if "A" <= character <= "Z":
        return ord(character) - ord("A")
    if "0" <= character <= "9":
        return ord(character) - ord("0") + 26
    return -1


def _adapt(delta: int, length: int, first: bool) -> int:
    delta = delta // 700 if first else delta // 2
    delta += delta // length
    k = 0
    while delta > 455:
        delta //= 35
        k += 36
    return k + 36 * delta // (delta + 38)


def path_segments(path: str, level: str) -> list[str]:
    """`/in//./J%C3%A9` to `in`, `jé` (folded); `..` takes away the segment before it."""
    segments: list[str] = []
    for part in path.split("/"):
        segment = shape_segment(part, level)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return segments


def shape_segment(segment: str, level: str) -> str:
    """A segment, decoded and folded."""
    return folding.fold_text(percent_decode(segment), level)


def percent_decode(text: str) -> str:
    """Escapes that make up valid UTF-8 as characters; all others as they are.

    >>> percent_decode("j%C3%A9%zz%ff")
    'jé%zz%ff'
    """
    parts: list[str] = []
    place = 0
    while place < len(text):
        byte = _escape(text, place)
        length = 0 if byte is None else _utf8_length(byte)
        character = _character([_escape(text, place + 3 * index) for index in range(length)])
        parts.append(character or text[place])
        place += 3 * length if character else 1
    return "".join(parts)


def _character(escapes: list[int | None]) -> str:
    """The character whose UTF-8 these bytes are, or nothing."""
    if None in escapes:
        return ""
    try:
        return bytes(byte for byte in escapes if byte is not None).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _escape(text: str, place: int) -> int | None:
    digits = text[place + 1 : place + 3]
    if text[place : place + 1] != "%" or len(digits) < 2 or any(digit not in HEX for digit in digits):
        return None
    return int(digits, 16)


def _utf8_length(byte: int) -> int:
    """How many bytes a character takes that starts with this byte; 0 where none does."""
    if byte < 0x80:
        return 1
    return 2 if 0xC2 <= byte <= 0xDF else 3 if 0xE0 <= byte <= 0xEF else 4 if 0xF0 <= byte <= 0xF4 else 0
