"""Artifacts to damage, and what a damaged one may do: be refused by name, or decide.

Run as a script, it changes one byte after the other of some sections and opens what comes out. It runs in a
process of its own, because a crash is among the answers: the last case stands in a file that survives it.

    python artifact_cases.py ARTIFACT PROGRESS_FILE STRIDE SECTION …
    python artifact_cases.py FOLDER PROGRESS_FILE                     every artifact of a corpus, compressed
"""

from __future__ import annotations

import faulthandler
import lzma
import mmap
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from solon.matcher.artifact import Artifact, read_artifact
from solon.matcher.engine import Policy, from_bytes
from solon.matcher.errors import ArtifactError, FactError, Stripped

EVERY_SECTION = r"""
policy every_section {
  actions allow < warn < hold
  default allow
  undecided warn
  incomplete hold
}
facts {
  state : enum(none, offer)
  tags  : set of enum(red, green) = {red}
  words : set of text optional
  paid  : money(USD) = 1 USD
  spam  : number optional
  name  : text optional
  note  : scanned text optional
}
pattern word      { words "zoom*", "off platform"  except in code }
pattern plain     { words "c++"  text "zz"  evasions none }
pattern exact     { text exact "Zo"  text "zo" }
pattern strong    { words "me"  evasions strong }
pattern call      = regex /call me?\b/
pattern link      { url "t.me/**" }
pattern link_none { url "a.io"  evasions none }
pattern number    = phone_number or entity money
pattern phone_number = entity phone
pattern wallet    = entity crypto_wallet
pattern close     = word near call within 2 words
pattern either    = close or (strong except call)
score risk { 2 when message contains word  1 per match of call up to 2  1 when spam >= 0.5 }
rule r1 {
  when message contains word and state = none
  unless tags has green
  then hold
  redact word with "[x]"
  notify sender "{state} {paid}"
  notify sender when state = none { en "none" es "nada" }
  label a  queue "q"  reason "because"
}
rule r2 { when risk >= 2 or note contains exact or count(call) > 1 then warn rollout 99% by name }
rule r3 {
  when message contains any of plain, link, link_none, number, wallet, either
    or words has "x" or name starts with "b"
  then warn
  mode shadow
}
rule r4 { when message is word or distinct(exact) > 1 then warn active from 2026-01-01 until 2027-01-01 }
exempt e { when name = "bob" from pattern number, r4 expires 2027-01-01 }
"""

SMALL = """
policy small { actions allow < hold < block  default allow  limit message 16 B }
pattern app { words "zoom", "skype", "zoo" }
pattern wide = regex /[a-z]{2,4}é|\\d+/
rule apps { when message contains app and count(wide) < 3 then block redact app }
"""

MESSAGES = (
    "Zoom zoom call me at +1 415 555 2671 or t.me/x/y c++ zz a.io $50",
    "zоom z o o m ME off  platform `zoom` 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 \U0001d503 é",
    "zoom",
)
FACTS = {"state": "none", "words": ["x"], "spam": 1, "name": "bob", "note": "zo Zo"}
MOMENT = datetime(2026, 6, 1, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "bool": True, "int": 1, "number": 0.5, "set": [], "text": "bob", "scanned_text": "zoom zo",
    "duration": timedelta(1), "money": 2, "time": MOMENT,
}  # fmt: skip


def artifact(text: str, *, strip: bool = False) -> bytes:
    """The artifact of a policy text."""
    from solon.compiler.pipeline import compile_policy  # noqa: PLC0415  (a script that is given one starts faster)
    from solon.dsl.load import load_policy_text  # noqa: PLC0415

    checked = load_policy_text(text)
    assert checked.policy is not None, checked.diagnostics
    compiled = compile_policy(checked.policy, strip=strip)
    assert compiled.artifact is not None, compiled.refused
    return compiled.artifact


def use(policy: Policy) -> None:
    """Finds and decides, and asks the verdict for everything that it has but its explanation."""
    for message in MESSAGES:
        policy.find(message)
        try:
            verdict = policy.decide(message, FACTS, at=MOMENT)
        except FactError:  # the facts are others now: give it those
            verdict = policy.decide(message, facts_for(policy), at=MOMENT)
        verdict.public()
    policy.bind(facts_for(policy)).decide(MESSAGES[0], at=MOMENT).audit()
    with suppress(Stripped):
        policy.ir()


def facts_for(policy: Policy) -> dict[str, Any]:
    """A value for each fact, whatever the facts are."""
    facts = {}
    for name, kind in policy.fact_kinds().items():
        values = kind["values"]
        facts[name] = (values or ["x"])[0] if kind["name"] == "enum" else VALUES[kind["name"]]
    return facts


def outcome_of(data: bytes) -> str:
    """What became of artifact bytes: `decided`, or the class of the error that refused them.

    Any other exception goes on.
    """
    return _outcome(partial(from_bytes, data))


def said_of(data: bytes) -> str:
    """What is said of artifact bytes, without the places: `Damaged: section words_none: … (at #)`."""
    try:
        use(from_bytes(data))
    except (ArtifactError, FactError) as error:
        return re.sub(r"\d+", "#", f"{type(error).__name__}: {error}")
    return "decided"


def _outcome(opened: Callable[[], Policy]) -> str:
    try:
        use(opened())
    except (ArtifactError, FactError) as error:
        assert str(error), "an error says what it is"
        return type(error).__name__
    return "decided"


class Progress:
    """The name of the present case in a file, where it stays when the process dies."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(4096))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 4096)

    def note(self, case: str) -> None:
        self._memory[:] = case.encode("utf-8", "replace")[:4096].ljust(4096, b"\0")

    @staticmethod
    def last(path: Path) -> str:
        """What was noted last."""
        return path.read_bytes().rstrip(b"\0").decode("utf-8", "replace")


def changed_bytes(original: Artifact, names: list[str], stride: int) -> Iterator[tuple[str, Artifact]]:
    """Each `stride`-th byte of the sections with a bit turned, or one more than it was; as if sealed."""
    data = bytearray(original.data)
    for name in names:
        section = original.sections[name]
        for place in range(0, section.length, stride):
            at = section.offset + place
            before = data[at]
            # By three, so that each byte of a number, which has four, gets both.
            data[at] = (before + 1) % 256 if place % 3 == 0 else before ^ (1 << place // stride % 8)
            yield f"section {name}, byte {place}: {before} -> {data[at]}", replace(original, data=bytes(data))
            data[at] = before


def replayed(folder: Path, progress: Progress) -> Counter[str]:
    """Opens every artifact of a corpus, which are kept compressed."""
    seen: Counter[str] = Counter()
    for path in sorted(folder.glob("*.xz")):
        for number, data in enumerate(unpacked(path)):
            progress.note(f"{path.name}, number {number}")
            seen[outcome_of(data)] += 1
    return seen


def unpacked(path: Path) -> Iterator[bytes]:
    """The artifacts of one file of a corpus: many, each after its length, or one as it is."""
    content = lzma.decompress(path.read_bytes())
    if path.name != "said.xz":
        yield content
        return
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "little")
        yield content[at + 4 : at + 4 + length]
        at += 4 + length


def main(file: str, progress_file: str, stride: str = "1", *names: str) -> None:
    """Opens every change, or every artifact of a folder; prints how many there were of each outcome."""
    faulthandler.enable()
    if Path(file).is_dir():
        print(dict(sorted(replayed(Path(file), Progress(Path(progress_file))).items())))
        return
    original = read_artifact(Path(file).read_bytes())
    progress = Progress(Path(progress_file))
    seen: Counter[str] = Counter()
    for case, changed in changed_bytes(original, list(names), int(stride)):
        progress.note(case)
        seen[_outcome(partial(Policy, changed))] += 1
    print(dict(sorted(seen.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
