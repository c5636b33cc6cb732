"""The world's numbering plans as libphonenumber writes them: code, prefix and patterns of each region.

The reference interpreter validates telephone numbers with these texts; the engine does with the automata that
`tables/phones.py` makes of the same metadata.
"""

from __future__ import annotations

import json

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberDesc

KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "uan",
    "pager",
    "voicemail",
)


def plans() -> list[dict[str, object]]:
    """One record a region, those of one country code together and the main one first.

    `patterns` are pairs of a regular expression and the lengths that it holds for; `lengths` are all
    possible lengths of a national number, `local` those that are enough in the same area.
    """
    records = []
    for code, names in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        for name in names:
            metadata = (
                PhoneMetadata.metadata_for_nongeo_region(code)
                if name == "001"
                else PhoneMetadata.metadata_for_region(name)
            )
            if metadata is not None:
                records.append(_plan(name.lower(), metadata))
    return records


def _plan(name: str, metadata: PhoneMetadata) -> dict[str, object]:
    general = metadata.general_desc
    assert general is not None
    prefix = metadata.national_prefix or ""
    return {
        "region": name,
        "code": metadata.country_code,
        "prefix": prefix if prefix.isascii() and prefix.isdigit() else "",
        "lengths": sorted(general.possible_length),
        "local": sorted(general.possible_length_local_only),
        "patterns": sorted(_patterns(metadata, general)),
    }


def _patterns(metadata: PhoneMetadata, general: PhoneNumberDesc) -> set[tuple[str, tuple[int, ...]]]:
    found = set()
    for kind in KINDS:
        desc = getattr(metadata, kind, None)
        if desc is None or not desc.national_number_pattern or desc.possible_length == (-1,):
            continue
        lengths = tuple(n for n in (desc.possible_length or general.possible_length) if n > 0)
        found.add((desc.national_number_pattern, lengths))
    return found


def table() -> bytes:
    """The contents of matcher/data/phones.json."""
    return json.dumps(plans(), separators=(",", ":"), sort_keys=True).encode("ascii") + b"\n"
