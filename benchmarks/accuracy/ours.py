"""Solon as a finder, in one configuration for all suites: entities with `evasions strong`, and the packs.

The kinds that are no entities (a messaging app, a profile link) are patterns of the packs that ship. Nothing
is chosen by suite.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import solon
from benchmarks.accuracy.suites import Span

__all__ = ["KINDS", "PACK_KINDS", "Solon"]

KINDS = (
    "phone",
    "email",
    "url",
    "handle",
    "ip_address",
    "iban",
    "credit_card",
    "crypto_wallet",
    "postal_address",
)
# Kind to the packs' patterns that stand for it.
PACK_KINDS = {
    "messaging_app": (
        "messaging_app",
        "video_call",
        "doubtful_app",
        "video_call_phrase",
        "payment_service",
        "payment_phrase",
        "scheduling",
    ),
    "profile_link": ("profile_link",),
    "video_call": ("meeting_link",),
    "job_link": ("job_or_post_link",),
}
PACKS = ("contact", "meeting", "payment", "social", "outside")
# What flags a message: the patterns of `std/outside` that say that somebody goes around the platform.
FLAGGING = (
    "given_detail",
    "given_profile",
    "profile_wanted",
    "outside_channel",
    "asked_for_contact",
    "contact_abroad",
    "outside_payment",
)

HEAD = """policy accuracy {
  title   "What is measured"
  actions allow < flag
  default allow
}
"""


class Solon:
    """`find(text)` gives the spans of each kind."""

    name = "Solon"

    def __init__(self) -> None:
        entities = "".join(
            f"pattern entity_{kind} {{\n  entity {kind}\n  evasions strong\n}}\n" for kind in KINDS
        )
        self._entities = compiled(HEAD + entities + rule("entity_phone"))
        self._packs: solon.Policy | None = None

    @property
    def version(self) -> str:
        return solon.__version__

    def find(self, text: str) -> dict[str, list[Span]]:
        """The entities."""
        return {name.removeprefix("entity_"): spans for name, spans in self._entities.find(text).items()}

    def find_packs(self, text: str) -> dict[str, list[Span]]:
        """The kinds that the packs know, and below `any` what flags a message."""
        if self._packs is None:
            uses = "".join(f'use "std/{pack}"\n' for pack in PACKS)
            names = [name for pack in PACKS for name in pattern_names(pack)]
            self._packs = compiled(HEAD + uses + rule(f"any of {', '.join(names)}"))
        found = self._packs.find(text)
        kinds = {kind: joined(found.get(name, []) for name in names) for kind, names in PACK_KINDS.items()}
        return {**kinds, "any": joined(found.get(name, []) for name in FLAGGING)}


def pattern_names(pack: str) -> list[str]:
    """The patterns that a pack declares."""
    text = (files("solon.dsl") / "std" / f"{pack}.policy").read_text(encoding="utf-8")
    return re.findall(r"^pattern (\w+) \{", text, re.MULTILINE)


def rule(pattern: str) -> str:
    """A policy has a rule."""
    return f"rule found {{\n  when message contains {pattern}\n  then flag\n}}\n"


def compiled(text: str) -> solon.Policy:
    """A policy from its text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accuracy.policy"
        path.write_text(text, encoding="utf-8")
        return solon.compile(path)


def joined(lists: Iterable[Iterable[Span]]) -> list[Span]:
    """Several lists of spans to one without overlaps: leftmost, from one start the longest."""
    spans = sorted({span for spans in lists for span in spans}, key=lambda span: (span[0], -span[1]))
    kept: list[Span] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
