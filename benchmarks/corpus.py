"""The messages and lists that figures are measured on, read in place from a data folder.

`SOLON_DATA` names the folder; else it is `../shared/data` beside the checkout. Nothing of it is copied.
Messages are handed out once in a process, so that no engine has seen them before.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Block

__all__ = ["Corpus", "NoData", "data_folder"]

ROOT = Path(__file__).resolve().parents[1]
SEED = 20261123
MESSAGES = ("messages_en", "messages_multilingual")
PROFANITY = ("en", "de", "es", "fr", "pt", "it", "ru", "hi", "ar", "zh")


class NoData(Exception):
    """The folder, or a file in it, is not there."""


def data_folder() -> Path:
    """Where the data is. Raises NoData."""
    folder = Path(os.environ.get("SOLON_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "messages").is_dir():
        raise NoData(f"no messages in {folder}: set SOLON_DATA to the data folder")
    return folder


class Corpus:
    """Messages in a random order that is always the same, each handed out once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._random = random.Random(SEED)
        messages = [text for name in MESSAGES for text in read_messages(folder, name)]
        self._random.shuffle(messages)
        self._non_ascii = [text for text in messages if not text.isascii()]
        self._non_ascii = self._non_ascii[: len(self._non_ascii) // 3]  # for figures that want nothing else
        spare = set(self._non_ascii)
        self._messages = [text for text in messages if text not in spare]
        self._all = tuple(self._messages)

    def block(self, count: int) -> Block:
        """Messages that were not handed out before. Raises NoData where they run out."""
        return take(self._messages, count)

    def blocks(self, rounds: int, count: int) -> list[Block]:
        """A block for each round."""
        return [self.block(count) for _ in range(rounds)]

    def again(self, rounds: int, count: int) -> list[Block]:
        """A block for each round, of messages that may have been handed out: for figures that compare Solon
        with itself, whose tables are all made beforehand (figure 6 measures what that leaves)."""
        return [self._random.sample(self._all, count) for _ in range(rounds)]

    def non_ascii(self, count: int) -> Block:
        """The same of messages that are not plain ASCII."""
        return take(self._non_ascii, count)

    def long_block(self, count: int) -> Block:
        """Texts of 2,000 to 20,000 characters: messages of the corpus, a line each.

        The messages are drawn again and again, since so much text would use them up; no text comes twice.
        """
        texts = []
        for _ in range(count):
            goal = int(2000 * 10 ** self._random.random())
            lines: list[str] = []
            while goal > 0:
                lines.append(self._random.choice(self._messages))
                goal -= len(lines[-1]) + 1
            texts.append("\n".join(lines))
        return texts

    def words(self, count: int) -> list[str]:
        """The first entries of the blocklist: names of services, profanity, shorteners, disposable mail,
        phishing. In lower case, none twice."""
        found = dict.fromkeys(folded for entry in blocklist(self.folder) if (folded := entry.strip().lower()))
        found = {word: None for word in found if len(word) > 1 and not word.startswith("#")}
        if len(found) < count:
            raise NoData(f"the lists have {len(found)} entries, not {count}")
        return list(found)[:count]

    def regexes(self) -> dict[str, str]:
        """R30: name to regular expression."""
        path = self.folder / "regexes30.txt"
        if not path.is_file():
            raise NoData(f"{path} is missing")
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
        return dict(pairs)


def take(messages: list[str], count: int) -> list[str]:
    """Cut some off the end."""
    if len(messages) < count:
        raise NoData("all messages were handed out: none is left that no engine has seen")
    taken = messages[-count:]
    del messages[-count:]
    return taken


def read_messages(folder: Path, name: str) -> Iterator[str]:
    """The texts of one file. Lone surrogates, which hyperscan cannot be given, are left out."""
    import zstandard  # noqa: PLC0415  (comes with the extra `bench`)

    path = folder / "messages" / f"{name}.jsonl.zst"
    if not path.is_file():
        raise NoData(f"{path} is missing")
    with zstandard.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            if not any("\ud800" <= character <= "\udfff" for character in text):
                yield text


def blocklist(folder: Path) -> Iterator[str]:
    """The entries of all lists, the short and much-used ones first."""
    lists = folder / "lists"
    for line in lines_of(lists / "messaging_apps.psv"):
        yield line.split("|")[0]
    yield from lines_of(lists / "meeting_service_names.txt")
    for line in lines_of(lists / "service_domains.tsv"):
        yield line.split("\t")[1]
    for language in PROFANITY:
        yield from lines_of(lists / f"ldnoobw_{language}.txt")
    yield from lines_of(lists / "url_shorteners.txt")
    yield from lines_of(lists / "disposable_email_domains.txt.gz")
    yield from lines_of(lists / "discord_phishing_domains.txt.gz")
    yield from lines_of(lists / "free_email_domains.txt")


def lines_of(path: Path) -> list[str]:
    """The lines of a list, unpacked where it is packed."""
    if not path.is_file():
        raise NoData(f"{path} is missing")
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return [line for line in data.decode("utf-8").splitlines() if line and not line.startswith("#")]
