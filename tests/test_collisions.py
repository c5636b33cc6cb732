"""Ordinary words that a strong fold takes for a name of the packs: counted over real messages, none allowed.

Leet, repeated letters and letters apart must not make two ordinary words equal. The words are those of real
messages in six languages; without the data folder there is nothing to count.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.accuracy.suites import rows
from benchmarks.corpus import NoData, data_folder
from solon.authoring import compile_checked
from solon.dsl.load import load_policy_text
from solon.matcher.engine import from_bytes

STD = Path(__file__).resolve().parents[1] / "dsl" / "std" / "lists"
LISTS = ("messaging_apps.txt", "meeting_services.txt", "payment_services.txt")
LANGUAGES = {"en", "de", "es", "fr", "it", "pt"}
ORDINARY_MIN = 3
ENOUGH_WORDS = 10_000
WORD = re.compile(r"[^\W\d_]{3,}")


def terms() -> list[str]:
    return [
        line
        for name in LISTS
        for line in (STD / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def ordinary_texts() -> tuple[list[str], list[str]]:
    """Words that several messages have, and stretches of up to four words that several have."""
    words: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    for name in ("messages_en", "messages_multilingual"):
        for row in rows(data_folder() / "messages" / f"{name}.jsonl.zst"):
            if row["lang"] in LANGUAGES:
                text = row["text"].lower()
                tokens = WORD.findall(text)
                words.update(set(tokens))
                spoken = re.findall(r"[^\W\d_]+", text)
                phrases.update({" ".join(spoken[at : at + 3]) for at in range(len(spoken) - 2)})
    return (
        [word for word, count in words.items() if count >= ORDINARY_MIN],
        [phrase for phrase, count in phrases.items() if count >= ORDINARY_MIN],
    )


def test_no_ordinary_word_is_taken_for_a_name() -> None:
    pytest.importorskip("zstandard")
    try:
        words, phrases = ordinary_texts()
    except NoData as reason:
        pytest.skip(str(reason))
    if not words:
        pytest.skip("no messages in the data folder")
    assert len(words) > ENOUGH_WORDS
    listed = ", ".join(f'"{term}"' for term in terms())
    policy = from_bytes(
        compile_checked(
            load_policy_text(
                "policy p { actions allow < warn  default allow }\n"
                f"pattern strong_ {{ words {listed}  evasions strong }}\n"
                f"pattern plain {{ words {listed} }}\n"
                "rule r { when message contains any of strong_, plain  then warn }\n"
            )
        )
    )
    taken = []
    for text in (*words, *phrases):
        found = policy.find(text)
        if found.get("strong_") and not found.get("plain"):
            spelled = "".join(text[a:b] for a, b in found["strong_"])
            if not is_stretched(spelled):
                taken.append(text)
    assert not taken


def is_stretched(spelled: str) -> bool:
    """A name with letters repeated (`whatsapp` for `whatsap`) is the name."""
    short = re.sub(r"(.)\1+", r"\1", spelled.lower())
    return short in {re.sub(r"(.)\1+", r"\1", term) for term in terms()}
