"""Ordinary messages: what is found in them, and how much of it is false.

Nobody labelled them, and some do hold a number, a link, an address. What was found was read and judged once;
`judged.tsv` keeps the judgements by the message's id, the kind and the span, without any text. A span that
nobody judged counts as false, so the figure never flatters.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmarks.accuracy.ours import KINDS, Solon
from benchmarks.accuracy.run import Run
from benchmarks.accuracy.suites import Message

__all__ = ["false_entities", "flagged", "judgements", "key"]

JUDGED = Path(__file__).with_name("judged.tsv")
SAMPLE = 50  # peers, the slower ones, are asked about every fiftieth message
# Links with a scheme or `www.` are what they are.
PLAIN_LINKS = ("http://", "https://", "www.", "ftp://", "sftp://")


def key(kind: str, text: str) -> str:
    """What a judgement is filed under: the kind and a hash of the found text."""
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def judgements() -> dict[str, bool]:
    """Key to whether the found text is what the kind says."""
    if not JUDGED.is_file():
        return {}
    lines = JUDGED.read_text(encoding="ascii").splitlines()
    return {name: verdict == "real" for name, verdict in (line.split("\t") for line in lines if line)}


def false_entities(solon: Solon, messages: list[Message]) -> float | None:
    """Spans that are not what their kind says, of 1,000 messages."""
    if not messages:
        return None
    judged = judgements()
    false = 0
    for message in messages:
        for kind, spans in solon.find(message.text).items():
            for start, end in spans:
                text = message.text[start:end]
                plain = kind == "url" and text.lower().startswith(PLAIN_LINKS)
                false += not plain and not judged.get(key(kind, text), False)
    return 1000 * false / len(messages)


def flagged(runs: list[Run], messages: list[Message]) -> list[list[str]]:
    """Messages with a span of each kind, true or false, of 1,000: Solon over all, peers over a sample."""
    rows = [["kind", *(run.name for run in runs)]]
    cells: dict[str, list[str]] = {kind: [kind] for kind in KINDS}
    for run in runs:
        chosen = messages if isinstance(run.finder, Solon) else messages[::SAMPLE]
        counts = dict.fromkeys(KINDS, 0)
        for message in chosen:
            for kind, spans in run.finder.find(message.text).items():
                if kind in counts and spans:
                    counts[kind] += 1
        for kind in KINDS:
            cells[kind].append(f"{1000 * counts[kind] / len(chosen):.2f}" if run.knows(kind) else "–")
    return rows + list(cells.values())
