"""Hosts as people write them: labels, the many ways to write a dot, top-level domains.

docs/entities.md, "Hosts". Links, e-mail addresses and IP addresses are all built on what stands here. In: a
folded text and a place in it. Out: a host with its labels, or none, and how far it was read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from solon.matcher import folding

Way = Literal["open", "bare", "mail"]

HOST_CHARS = 253
LABEL_CHARS = 63
STOPS = ".\u3002"
BRACKETS = {"(": ")", "[": "]", "{": "}"}
DOT_WORDS = ("dot", "punto", "punkt", "ponto", "point")
DIGITS = frozenset("0123456789")
LDH = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
NO_BLANKS = frozenset("\n\v\f\r\x85\u2028\u2029")


# ── Characters; outside the text is "" ───────────────────────────────────────────────────────────────


def at(text: str, index: int) -> str:
    """The character at an index, or nothing outside the text."""
    return text[index] if 0 <= index < len(text) else ""


def is_word(character: str) -> bool:
    """A word character."""
    return character != "" and folding.is_word(character)


def is_unspaced(character: str) -> bool:
    """A letter of a script without spaces."""
    return character != "" and folding.is_unspaced(character)


def is_glue(character: str) -> bool:
    """A word character that is not unspaced."""
    return is_word(character) and not is_unspaced(character)


def is_blank(character: str) -> bool:
    """A space on the line."""
    return character != "" and folding.is_space(character) and character not in NO_BLANKS


def is_digit(character: str) -> bool:
    """0 to 9."""
    return character in DIGITS


def is_symbol(character: str) -> bool:
    """From U+00A1 on and neither word character, space nor punctuation: ❤"""
    if character < "\xa1":
        return False
    return not (is_word(character) or folding.is_space(character) or folding.is_punctuation(character))


def is_foreign(character: str) -> bool:
    """Unspaced, or a symbol: what may stand right after a host."""
    return is_unspaced(character) or is_symbol(character)


# ── Suffixes ─────────────────────────────────────────────────────────────────────────────────────────


@cache
def _suffixes() -> dict[str, str]:
    """Every spelling of a suffix in a stream, to its class: = sure, ? doubtful, + two labels."""
    lines = (files("solon.matcher") / "data" / "suffixes.txt").read_text(encoding="utf-8").splitlines()
    spellings: dict[str, str] = {}
    for line in lines:
        kind, suffix = line.split(" ")
        for level in ("none", "basic"):
            spelling = folding.fold_text(suffix, level)
            looks_latin = kind == "=" and spelling.isascii() and not suffix.isascii()  # .рус looks like .pyc
            spellings.setdefault(spelling, "?" if looks_latin else kind)
    return spellings


def is_tld(label: str) -> bool:
    """Is the label a top-level domain?"""
    return is_sure_tld(label) or _suffixes().get(label) == "?"


def is_sure_tld(label: str) -> bool:
    """… and one that is no word and no file extension?"""
    if label.startswith("xn--") and len(label) > 4 and set(label) <= LDH:
        return True
    return _suffixes().get(label) == "="


def is_suffix_of_two(labels: list[str]) -> bool:
    """`co`, `uk`"""
    return _suffixes().get(".".join(labels)) == "+"


# ── Dots ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Dot:
    """One dot: where it ends, how it is written. Spelled: with a blank or a word."""

    end: int
    bracketed: bool = False
    spelled: bool = False
    word: bool = False


def read_dot(text: str, place: int, way: Way, strong: bool, follows: Callable[[str], bool]) -> Dot | None:
    """The dot at a place, after which a character stands that `follows` takes."""
    if at(text, place) in STOPS and at(text, place) and follows(at(text, place + 1)):
        return Dot(place + 1)
    if strong and way == "mail" and at(text, place) == "," and follows(at(text, place + 1)):
        return Dot(place + 1)
    escaped = strong and at(text, place) in ("\\", "^") and at(text, place + 1) == "."
    if escaped and follows(at(text, place + 2)):
        return Dot(place + 2, bracketed=True)
    return (
        _bracketed_dot(text, place, strong, follows)
        or _word_dot(text, place, way, strong, follows)
        or _set_apart_dot(text, place, strong, follows)
    )


def _bracketed_dot(text: str, place: int, strong: bool, follows: Callable[[str], bool]) -> Dot | None:
    blank = is_blank(at(text, place))
    start = place + 1 if blank else place
    close = ">" if strong and at(text, start) == "<" else BRACKETS.get(at(text, start))
    if close is None:
        return None
    for inner in (*STOPS, *(DOT_WORDS if strong else DOT_WORDS[:1])):
        if not text.startswith(inner + close, start + 1):
            continue
        end = start + len(inner) + 2
        if follows(at(text, end)):
            return Dot(end, bracketed=True, spelled=blank or len(inner) > 1, word=len(inner) > 1)
        if is_blank(at(text, end)) and follows(at(text, end + 1)):
            return Dot(end + 1, bracketed=True, spelled=True, word=len(inner) > 1)
    return None


def _word_dot(text: str, place: int, way: Way, strong: bool, follows: Callable[[str], bool]) -> Dot | None:
    if not (strong or way == "open") or not is_blank(at(text, place)):
        return None
    for word in DOT_WORDS if strong else DOT_WORDS[:1]:
        end = place + 1 + len(word)
        if text.startswith(word, place + 1) and is_blank(at(text, end)) and follows(at(text, end + 1)):
            return Dot(end + 1, spelled=True, word=True)
    return None


def _set_apart_dot(text: str, place: int, strong: bool, follows: Callable[[str], bool]) -> Dot | None:
    if not strong or not is_blank(at(text, place)) or at(text, place + 1) != ".":
        return None
    if follows(at(text, place + 2)):
        return Dot(place + 2, spelled=True)
    if is_blank(at(text, place + 2)) and follows(at(text, place + 3)):
        return Dot(place + 3, spelled=True)
    return None


# ── Hosts ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Reading:
    """What was read from a place on: labels as (start, end), the dots between them, where reading stopped."""

    start: int
    labels: list[tuple[int, int]]
    dots: list[Dot]
    stop: int
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """The labels that count, and where they end; `whole` where no label that was read has been left out."""

    start: int
    end: int
    labels: tuple[str, ...]
    dots: tuple[Dot, ...]
    whole: bool

    @property
    def doubtful(self) -> bool:
        """May it be a file name, or two sentences without a space? Nobody writes these with brackets."""
        if any(dot.bracketed for dot in self.dots):
            return False
        return not is_sure_tld(self.labels[-1]) and not is_suffix_of_two(list(self.labels[-2:]))


def read_host(text: str, place: int, way: Way, strong: bool) -> Reading:
    """Labels and dots from a place on, at which a label character stands."""
    takes: Callable[[str], bool] = is_word
    if way == "open":
        takes = lambda character: is_word(character) or (character != "" and is_symbol(character))  # noqa: E731
    reading = Reading(place, [], [], place)
    size = 0
    while True:
        start, end, stop, goes_on = _read_label(text, place, way, bool(reading.labels), takes)
        if not reading.labels:
            reading.start = start
        reading.labels.append((start, end))
        reading.stop = stop
        size += end - start + (1 if reading.dots else 0)
        if end - start > LABEL_CHARS or size > HOST_CHARS:
            reading.bad = True
            return reading
        dot = read_dot(text, end, way, strong, takes) if goes_on else None
        if dot is None:
            return reading
        reading.dots.append(dot)
        place = dot.end


def _read_label(
    text: str, start: int, way: Way, later: bool, takes: Callable[[str], bool]
) -> tuple[int, int, int, bool]:
    """Start, end, where reading stopped, and whether a dot may follow."""
    place = end = start
    while takes(at(text, place)) or at(text, place) == "-":
        here, before = at(text, place), at(text, place - 1)
        if place > start and here != "-":
            long = place - start > LABEL_CHARS
            if later and not long and is_foreign(here) and not is_foreign(before) and is_tld(text[start:end]):
                return start, end, place, False
            if way == "bare" and not later and is_unspaced(before) and not is_unspaced(here):
                start = place
        place += 1
        if here != "-":
            end = place
    return start, end, place, end == place


def has_port(text: str, place: int) -> int:
    """Where a port at the place ends, or 0: a colon and one to five digits."""
    if at(text, place) != ":":
        return 0
    end = place + 1
    while end < place + 7 and is_digit(at(text, end)) and at(text, end):
        end += 1
    return end if place + 1 < end < place + 7 else 0


def has_tail(text: str, place: int) -> bool:
    """Does a port, a path, a query or a fragment follow, perhaps after a dot?"""
    if at(text, place) and at(text, place) in STOPS:
        place += 1
    return bool(has_port(text, place)) or (at(text, place) != "" and at(text, place) in "/?#")


def choose(text: str, reading: Reading, way: Way) -> Host | None:
    """How many of the labels are a host, if any."""
    if reading.bad:
        return None
    labels = [text[start:end] for start, end in reading.labels]
    count = len(labels)
    spelled = next((index + 1 for index, dot in enumerate(reading.dots) if dot.spelled), 0)
    if way == "open":
        if spelled and not is_tld(labels[-1]):
            count = spelled
        elif not is_tld(labels[-1]) and _drops_last(text, reading, labels):
            count -= 1
        if set(labels[count - 1]) <= DIGITS and count > 1 and not _is_ipv4(labels[:count]):
            return None
    else:
        choices = [count]
        if _drops_last(text, reading, labels):
            choices.append(count - 1)
        fitting = [choice for choice in (*choices, spelled) if _fits(labels[:choice])]
        if not fitting:
            return None
        count = fitting[0]
    return Host(
        reading.start,
        reading.labels[count - 1][1],
        tuple(labels[:count]),
        tuple(reading.dots[: count - 1]),
        count == len(labels),
    )


def _fits(labels: list[str]) -> bool:
    if len(labels) < 2 or not is_tld(labels[-1]) or any("_" in label for label in labels):
        return False
    return len(labels) > 2 or not is_suffix_of_two(labels)


def _drops_last(text: str, reading: Reading, labels: list[str]) -> bool:
    return (
        len(labels) >= 3
        and not has_tail(text, reading.labels[-1][1])
        and all(folding.is_letter(character) for character in labels[-1])
        and is_tld(labels[-2])
    )


def _is_ipv4(labels: list[str]) -> bool:
    return len(labels) == 4 and all(
        set(label) <= DIGITS and len(label) <= 3 and int(label) <= 255 for label in labels
    )
