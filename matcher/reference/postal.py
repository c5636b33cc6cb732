"""Postal addresses, as docs/entities-numbers.md ("Postal address") describes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from solon.matcher.reference.glyphs import Span, Stream, stream_of
from solon.matcher.reference.postal_words import (
    COUNTRIES,
    DIRECTIONS,
    FIRST_STOP,
    FRENCH_REGIONS,
    FRENCH_STRICT,
    FRENCH_TYPES,
    GERMAN_REGIONS,
    PARTICLES,
    ROADS,
    SOUTH_REGIONS,
    SOUTH_STRICT,
    SOUTH_TYPES,
    STATE_WORDS,
    STATES,
    STOP,
    STRICT_TYPES,
    TYPES,
    UNITS,
)

HOUSE = re.compile("[0-9]{1,6}[a-z]?")
ORDINAL = re.compile("[0-9]{1,3}(st|nd|rd|th)")
POSTCODE = re.compile("[a-z]{1,2}[0-9][a-z0-9]?")
POSTCODE_REST = re.compile("[0-9][a-z]{2}")
POSTCODE_WHOLE = re.compile("[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2}")


def find_postal_address(message: str, regions: Sequence[str], level: str) -> list[Span]:
    """The postal addresses of a message; `regions` choose the forms, none of them means all."""
    s = stream_of(message, level)
    return s.originals(_Addresses(s, [region.lower() for region in regions]).spans())


class _Addresses:
    """The stream as tokens: words, and single characters of all else but blanks."""

    def __init__(self, s: Stream, regions: Sequence[str]) -> None:
        self.s = s
        self.tokens = list(_tokens(s))
        self.texts = [s.text[start:end] for start, end in self.tokens]
        self.german = not regions or any(region in GERMAN_REGIONS for region in regions)
        self.french = not regions or any(region in FRENCH_REGIONS for region in regions)
        self.south = not regions or any(region in SOUTH_REGIONS for region in regions)
        known = GERMAN_REGIONS | FRENCH_REGIONS | SOUTH_REGIONS
        self.english = not regions or any(region not in known or region == "ca" for region in regions)

    def spans(self) -> list[Span]:
        found: list[Span] = []
        i = 0
        while i < len(self.tokens):
            end = self.longest_end(i) if self.s.starts(self.tokens[i][0]) else 0
            if end:
                last = end - 2 if self.text(end - 1) == "." else end - 1
                found.append((self.tokens[i][0], self.tokens[last][1]))
            i = max(end, i + 1)
        return found

    def longest_end(self, i: int) -> int:
        """The token after the longest address that starts at token i, or 0."""
        ends = [0]
        if self.english:
            ends += [self.street(i), self.state_and_zip(i), self.box(i)]
        if self.french:
            ends.append(self.french_street(i))
        if self.south:
            ends.append(self.southern_street(i))
        if self.german:
            ends.append(self.german_street(i))
        return max(ends)

    # ── Tokens ──

    def text(self, i: int) -> str:
        return self.texts[i] if 0 <= i < len(self.texts) else ""

    def word(self, i: int) -> bool:
        return self.text(i) != "" and self.s.glue(self.tokens[i][0])

    def attached(self, i: int) -> bool:
        """Does the token follow the one before without a blank?"""
        return 0 < i < len(self.tokens) and self.tokens[i][0] == self.tokens[i - 1][1]

    def dot(self, i: int) -> int:
        """The token after a dot that is attached at i, or i."""
        return i + 1 if self.text(i) == "." and self.attached(i) else i

    def name(self, i: int) -> bool:
        """May the word be part of a street's or a town's name?"""
        text = self.text(i)
        return self.named(i) and text not in STOP

    def named(self, i: int) -> bool:
        """Is it a word with a letter, and not too long?"""
        start, text = self.tokens[i][0] if self.text(i) else 0, self.text(i)
        return self.word(i) and len(text) <= 20 and any(self.s.letter(start + k) for k in range(len(text)))

    def digits(self, i: int, count: int) -> bool:
        text = self.text(i)
        return len(text) == count and all(c in "0123456789" for c in text)

    # ── Parts ──

    def house(self, i: int) -> int:
        """The token after a house number at i, or 0."""
        if not HOUSE.fullmatch(self.text(i)):
            return 0
        a = self.tokens[i][0] - 1
        if self.s.one_of(a, "$.-/#+=_@%&'") or self.s.currency(a) or self.s.dash(a):
            return 0
        if self.s.one_of(a, ",:") and self.s.digit(a - 1):
            return 0
        if (
            self.text(i + 1) == "-"
            and self.attached(i + 1)
            and self.attached(i + 2)
            and HOUSE.fullmatch(self.text(i + 2))
        ):
            return i + 3
        return i + 1

    def zip(self, i: int) -> int:
        """The token after a US or UK postal code at i, or 0."""
        if self.digits(i, 5):
            if (
                self.text(i + 1) == "-"
                and self.attached(i + 1)
                and self.attached(i + 2)
                and self.digits(i + 2, 4)
            ):
                return i + 3
            return i + 1
        if self.digits(i, 9):
            return i + 1
        if POSTCODE_WHOLE.fullmatch(self.text(i)):
            return i + 1
        if POSTCODE.fullmatch(self.text(i)) and POSTCODE_REST.fullmatch(self.text(i + 1)):
            return i + 2
        return 0

    def state(self, i: int) -> int:
        """The token after a US state at i, or 0."""
        if self.text(i) in STATES:
            return i + 1
        pair = f"{self.text(i)} {self.text(i + 1)}"
        return i + 2 if pair in STATES else 0

    def country(self, i: int) -> int:
        """The token after a country at i, perhaps after a comma; i where there is none."""
        at = i + (self.text(i) == ",")
        if f"{self.text(at)} {self.text(at + 1)}" in COUNTRIES:
            return at + 2
        return at + 1 if self.text(at) in COUNTRIES else i

    def unit(self, i: int) -> int:
        """The token after `, Apt. 4` or `# 12` at i; i where there is none."""
        at = i + (self.text(i) == ",")
        if ORDINAL.fullmatch(self.text(at)) and self.text(at + 1) in ("floor", "fl"):
            return at + 2
        if self.text(at) in UNITS:
            at = self.dot(at + 1)
            at += self.text(at) == "#"
        elif self.text(at) == "#":
            at += 1
        else:
            return i
        text = self.text(at)
        numbered = any(c in "0123456789" for c in text) or len(text) == 1
        return at + 1 if self.word(at) and len(text) <= 6 and numbered else i

    def tail(self, i: int) -> int:
        """The token after a town with a postal code or a state at i, or 0."""
        stop = 0  # after a state without a code
        at = i
        while at < i + 10:
            end = self.zip(at)
            if end:
                return self.country(end)
            end = self.state(at)
            if end:
                after = self.zip(end + (self.text(end) == ","))
                if after:
                    return self.country(after)
                before = self.text(at - 1) == ","
                if at > i and (before or (self.name(at - 1) and self.text(at) not in STATE_WORDS)):
                    stop = self.country(end)
            if not self.name(at) and self.text(at) not in (",", ".", "\n", "\r", "-", "of", "the"):
                break
            at += 1
        return stop

    # ── Forms ──

    def street(self, i: int) -> int:
        """`123 N. Main St, Apt 4, Springfield, IL 62704`"""
        at = self.house(i)
        if not at or self.text(at) in FIRST_STOP:
            return 0
        road = self.numbered_road(at)
        names = 0
        kind = ""
        while not road:
            text = self.text(at)
            if names and text in TYPES:
                kind = text
                break
            short = names > 0 and 1 <= len(text) <= 3 and all(c in "0123456789" for c in text)
            if names == 5 or not (short or self.name(at)):
                return 0
            names += 1
            at = self.dot(at + 1) if len(text) <= 5 else at + 1
            if self.text(at) == "-" and self.attached(at) and self.attached(at + 1):
                at += 1
        while not road and self.text(at) in TYPES:
            kind = self.text(at)
            at += 1
        end = road or self.dot(at)
        for _ in range(2):
            after = end + (self.text(end) == ",")
            if self.text(after) in DIRECTIONS and (after == end or len(self.text(after)) <= 2):
                end = self.dot(after + 1)
        unit = self.unit(end)
        tail = self.tail(unit)
        if tail:
            return tail
        strict = kind in STRICT_TYPES or unit > end or len(self.text(i)) >= 3
        return unit if strict else 0

    def numbered_road(self, i: int) -> int:
        """The token after `State Road 7` or `N Highway 71` at i, or 0."""
        at = self.dot(i + 1) if self.text(i) in DIRECTIONS else i
        at += self.text(at) in ("state", "county", "us", "old")
        if self.text(at) not in ROADS:
            return 0
        at = self.dot(at + 1)
        text = self.text(at)
        return at + 1 if 1 <= len(text) <= 4 and all(c in "0123456789" for c in text) else 0

    def state_and_zip(self, i: int) -> int:
        """`33 W Monroe, Chicago, IL 60603`: no street type, but a state and a postal code."""
        start = self.house(i)
        if not start:
            return 0
        words = 0
        for at in range(start, start + 14):
            end = self.state(at)
            if end and words >= 2:
                end = self.zip(end + (self.text(end) == ","))
                if end:
                    return self.country(end)
            if self.name(at):
                words += 1
            elif self.text(at) not in (",", ".", "\n", "\r", "-", "#") and not HOUSE.fullmatch(self.text(at)):
                return 0
        return 0

    def box(self, i: int) -> int:
        """`P.O. Box 123`"""
        at = i
        if self.text(i) == "p" and self.text(i + 1) == "." and self.text(i + 2) == "o":
            at = self.dot(i + 3)
        elif self.text(i) == "po":
            at = i + 1
        if at == i or self.text(at) != "box" or not HOUSE.fullmatch(self.text(at + 1)):
            return 0
        return self.tail(at + 2) or at + 2

    def foreign_tail(self, i: int) -> int:
        """The token after `, 75002 Paris` within eight tokens from i, or 0."""
        for at in range(i, i + 8):
            plain = self.digits(at, 5)
            portuguese = (
                self.digits(at, 4)
                and self.text(at + 1) == "-"
                and self.attached(at + 2)
                and self.digits(at + 2, 3)
            )
            if plain or portuguese:
                end = at + 1 if plain else at + 3
                return self.hyphenated(end) if self.name(end) else end
            if self.text(at) not in (",", ".", "\n", "\r", "-") and not self.word(at):
                return 0
            if self.text(at) in STOP:
                return 0
        return 0

    def hyphenated(self, i: int) -> int:
        """The token after a name with hyphens that starts at i."""
        i += 1
        while self.text(i) == "-" and self.attached(i) and self.attached(i + 1) and self.word(i + 1):
            i += 2
        return i

    def french_street(self, i: int) -> int:
        """`12 bis rue de la Paix, 75002 Paris`"""
        at = self.house(i)
        if not at:
            return 0
        at += self.text(at) in ("bis", "ter", "quater")
        at += self.text(at) == ","
        kind = self.text(at)
        if kind not in FRENCH_TYPES:
            return 0
        name = at = self.dot(at + 1)
        while self.text(at) in PARTICLES and at < name + 4:
            at += 1
        if not self.name(at):
            return 0
        strict = kind in FRENCH_STRICT or at > name or self.text(at).startswith(("d'", "l'"))
        end = self.hyphenated(at)
        tail = self.foreign_tail(end)
        return tail or (end if strict else 0)

    def southern_street(self, i: int) -> int:
        """`Calle Mayor 12, 28013 Madrid`, `Via Roma, 5`, `Rua Augusta 100`"""
        kind = self.text(i)
        if kind == "c" and self.text(i + 1) == "/" and self.attached(i + 1):
            at = i + 2
        elif kind in SOUTH_TYPES:
            at = self.dot(i + 1)
        else:
            return 0
        names = 0
        while names < 6 and not HOUSE.fullmatch(self.text(at)):
            if self.text(at) not in PARTICLES and not self.name(at):
                break
            names += 1
            at = self.dot(at + 1)
        at += self.text(at) == ","
        if self.text(at) in ("n", "no", "num", "numero"):
            at = self.dot(at + 1)
            at += self.text(at) == "°"
        if not names or not HOUSE.fullmatch(self.text(at)) or len(self.text(at)) > 5:
            return 0
        strict = kind in SOUTH_STRICT or kind == "c"
        tail = self.foreign_tail(at + 1)
        return tail or (at + 1 if strict else 0)

    def german_street(self, i: int) -> int:
        """`Hauptstraße 12, 10115 Berlin`, `Berliner Str. 5a`"""
        if not self.name(i):
            return 0
        at = i
        if self.text(i + 1) in ("strasse", "str", "allee", "platz", "weg", "ring"):
            at = i + 1
        text = self.text(at)
        full = text.endswith("strasse")
        short = text.endswith("str") and self.text(at + 1) == "." and self.attached(at + 1)
        weak = text.endswith(("weg", "platz", "allee", "gasse", "ring", "damm", "ufer"))
        if not (full or short or weak) or (at == i and len(text) < 6):
            return 0
        at += 2 if short else 1
        if not HOUSE.fullmatch(self.text(at)) or len(self.text(at)) > 5:
            return 0
        tail = self.foreign_tail(at + 1)
        return tail or (0 if weak and not full else at + 1)


def _tokens(s: Stream) -> list[Span]:
    """Words (glue, with an apostrophe between two letters) and single other characters; no blanks."""
    found: list[Span] = []
    i = 0
    while i < len(s.text):
        end = s.glue_end(i)
        while (
            end > i
            and s.one_of(end, "'\u2019")
            and s.letter(end - 1)
            and s.letter(end + 1)
            and s.glue(end + 1)
        ):
            end = s.glue_end(end + 1)
        if end == i:
            end = i + 1
            if s.blank(i):
                i = end
                continue
        found.append((i, end))
        i = end
    return found
