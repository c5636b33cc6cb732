"""Numbering plans: is a string of digits a number of a region? By the patterns' texts, with `re`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DEFAULT_SET = ("us", "gb", "in", "de", "fr", "es", "it", "br", "mx", "au", "cn", "ru", "jp")


@dataclass(frozen=True, slots=True)
class Region:
    """One region's plan; `patterns` are pairs of an expression and the lengths that it holds for."""

    name: str
    code: str
    prefix: str
    lengths: frozenset[int]
    local: frozenset[int]
    patterns: tuple[tuple[str, frozenset[int]], ...]

    def is_number(self, digits: str) -> bool:
        """Are the digits a national number, with or without the national prefix?"""
        if self._fits(digits):
            return True
        return self.prefix != "" and digits.startswith(self.prefix) and self._fits(digits[len(self.prefix) :])

    def is_possible(self, digits: str) -> bool:
        """Has the region national numbers so long, with or without the national prefix?"""
        if len(digits) in self.lengths:
            return True
        return (
            self.prefix != ""
            and digits.startswith(self.prefix)
            and len(digits) - len(self.prefix) in self.lengths
        )

    def _fits(self, digits: str) -> bool:
        return any(len(digits) in lengths and re.fullmatch(text, digits) for text, lengths in self.patterns)


@cache
def all_regions() -> tuple[Region, ...]:
    """The world's regions, from matcher/data/phones.json."""
    records = json.loads(files("solon.matcher").joinpath("data/phones.json").read_text("ascii"))
    return tuple(
        Region(
            record["region"],
            str(record["code"]),
            record["prefix"],
            frozenset(record["lengths"]),
            frozenset(record["local"]),
            tuple((text, frozenset(lengths)) for text, lengths in record["patterns"]),
        )
        for record in records
    )


class Plans:
    """The plans of the world, and the set of regions that national numbers are held against."""

    def __init__(self, regions: Sequence[str]) -> None:
        names = [name.lower() for name in regions]
        self.narrowed = bool(names)
        self.set = [region for region in all_regions() if region.name in (names or DEFAULT_SET)]
        self.has_code_1 = any(region.code == "1" for region in self.set)

    def national(self, digits: str) -> bool:
        """Are the digits a number of a region of the set, as one dials it there?"""
        return any(region.is_number(digits) for region in self.set)

    def anywhere(self, digits: str) -> bool:
        """Are the digits a number of any region (of the set, where it is narrowed)?"""
        return any(region.is_number(digits) for region in (self.set if self.narrowed else all_regions()))

    def possible_here(self, count: int) -> bool:
        """Has a region of the set national or local numbers of so many digits?"""
        return any(count in region.lengths or count in region.local for region in self.set)

    def international(self, digits: str, *, loose: bool) -> bool:
        """Are the digits a country code and a number of that country? Loose: its length is enough."""
        if not 7 <= len(digits) <= 15:
            return False
        regions = [region for region in all_regions() if digits.startswith(region.code)]
        if self.narrowed:
            regions = [region for region in regions if region in self.set]
        for region in regions:
            number = digits[len(region.code) :]
            if len(set(number)) < 2:
                continue
            if region.is_number(number) or (loose and region.is_possible(number)):
                return True
        return False

    def national_by_code(self, digits: str) -> bool:
        """Are the digits a valid number with its country code, of the set where that is narrowed?"""
        return self.international(digits, loose=False)
