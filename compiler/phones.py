"""The section `phones` of an artifact, and the numbers of regions in it.

The section is a table that ships with the compiler: tables/phones.py writes it, matcher/src/phone.h
describes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources


@cache
def phones_section() -> bytes:
    """The numbering plans of the world, as the engine reads them."""
    return resources.files("solon.compiler").joinpath("data/phones.bin").read_bytes()


def region_ids(regions: Sequence[str]) -> list[int]:
    """The numbers by which the engine knows regions, for two-letter names in any case.

    >>> region_ids(["us", "GB"])
    [538, 157]
    """
    return [_region_id(region.lower()) for region in regions]


def _region_id(region: str) -> int:
    if len(region) != 2 or not region.isascii() or not region.isalpha():
        raise ValueError(f"a region is two letters, not {region!r}")
    return 26 * (ord(region[0]) - ord("a")) + ord(region[1]) - ord("a")
