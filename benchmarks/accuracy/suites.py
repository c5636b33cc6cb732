"""The labelled suites, read in place: JSON lines to cases, each with the spans that one kind must have.

Also the ordinary messages, which nobody labelled: those of corpora without spam, where an entity is rare.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import NoData

__all__ = ["SUITES", "Case", "Message", "Span", "messages", "read_suites"]

Span = tuple[int, int]

SUITES = (
    "phone",
    "phone_negatives",
    "dialogue_spans",
    "email",
    "url",
    "profile_video_links",
    "handle_hashtag",
    "address",
    "payment_ids",
    "ip",
    "evasion_derived",
    "word_contexts",
)
MESSAGES = ("messages_en", "messages_multilingual")
# Spam and phishing hold numbers and links on purpose.
NOT_ORDINARY = {"sms_phishing_mishra_soni", "sms_spam_collection", "tgspam_spam"}
# The suites' words for what the language calls otherwise.
KINDS = {"address": "postal_address", "crypto": "crypto_wallet", "ip": "ip_address"}


@dataclass(frozen=True, slots=True)
class Case:
    """`{"text": "call 415-555-0132", "kind": "phone", "expect": [{"start": 5, "end": 17}], …}`"""

    id: str
    suite: str
    source: str
    kind: str
    text: str
    spans: tuple[Span, ...]
    whole: bool  # the suite asks whether the whole text is one, not where one is
    note: str

    @property
    def evasion(self) -> str:
        """What was done to the text, for cases that were made from others."""
        return self.source.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Message:
    """One ordinary message."""

    id: str
    source: str
    text: str


def read_suites(folder: Path) -> dict[str, list[Case]]:
    """Suite name to its cases. Raises NoData where none is there; a suite that is missing has no cases."""
    found = {name: list(cases_of(folder, name)) for name in SUITES}
    if not any(found.values()):
        raise NoData(f"no suites in {folder}: set SOLON_DATA to the data folder")
    return found


def cases_of(folder: Path, suite: str) -> Iterator[Case]:
    """The cases of one suite."""
    for row in rows(folder / "suites" / f"{suite}.jsonl.zst"):
        spans = tuple((e["start"], e["end"]) for e in row["expect"] if e["kind"] == row["kind"])
        yield Case(
            id=row["id"],
            suite=suite,
            source=row["source"],
            kind=KINDS.get(row["kind"], row["kind"]),
            text=row["text"],
            spans=spans,
            whole=row["mode"] == "validate",
            note=row.get("note", ""),
        )


def messages(folder: Path) -> list[Message]:
    """The ordinary messages, in the order of the files."""
    return [
        Message(row["id"], row["source"], row["text"])
        for name in MESSAGES
        for row in rows(folder / "messages" / f"{name}.jsonl.zst")
        if row["source"] not in NOT_ORDINARY
    ]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a packed file of JSON lines; none where it is missing."""
    import zstandard  # noqa: PLC0415  (comes with the extra `accuracy`)

    if not path.is_file():
        return
    with zstandard.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
