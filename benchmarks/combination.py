"""Reference C: the best that a user can build today, the whole job.

NFKC, python-hyperscan over the UTF-8, a generated if-chain by tag for the rules, and `re` for the spans of
the expressions whose tag a rule that fired asked for. The spans are those of the normalised text; whoever
must redact the original has more to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from benchmarks.native import CASELESS, UTF8, NotBuilt
from benchmarks.rulesets import Chain, Rule

__all__ = ["Combination", "bounded", "expressions"]


def bounded(word: str) -> str:
    """A word or phrase as an expression between word boundaries.

    Outside ASCII hyperscan's `\\b` would look at bytes: such words go without.
    """
    expression = re.sub(r"(\\\s|\s)+", lambda _: r"\s+", re.escape(word))
    if not word.isascii():
        return expression
    return (r"\b" if is_word(word[0]) else "") + expression + (r"\b" if is_word(word[-1]) else "")


def is_word(character: str) -> bool:
    """What `\\b` takes for a part of a word."""
    return character.isalnum() or character == "_"


def expressions(regexes: Sequence[str], words: Sequence[str]) -> list[str]:
    """What reference A compiles."""
    return [*regexes, *map(bounded, words)]


class Combination:
    """Decides as the policy with the same tags and rules does."""

    def __init__(
        self, tags: Sequence[Sequence[str]], first_word_tag: int, rules: Sequence[Rule], chain: Chain
    ) -> None:
        try:
            hyperscan: Any = import_module("hyperscan")  # a peer of the extra `bench`
        except ImportError:
            raise NotBuilt("python-hyperscan is missing: pip install 'solon[bench]'") from None
        self._tag_of: list[int] = []
        patterns: list[str] = []
        for tag, members in enumerate(tags):
            patterns += members if tag < first_word_tag else map(bounded, members)
            self._tag_of += [tag] * len(members)
        self._patterns = patterns
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._rule_tags = [rule.tag for rule in rules]
        self._chain = chain
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[pattern.encode() for pattern in patterns],
            ids=list(range(len(patterns))),
            elements=len(patterns),
            flags=[CASELESS | (0 if pattern.isascii() else UTF8) for pattern in patterns],
        )

    def decide(self, message: str, facts: dict[str, Any]) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The rules that fire, and (tag, start, end) of what they asked for."""
        text = unicodedata.normalize("NFKC", message)
        found: set[int] = set()
        self._database.scan(text.encode(), match_event_handler=note_number, context=found)
        tag_of = self._tag_of
        fired = self._chain(facts, {tag_of[number] for number in found})
        if not fired:
            return fired, []
        wanted = {self._rule_tags[rule] for rule in fired}
        spans = []
        for number in found:
            if tag_of[number] in wanted:
                hits = self.expression(number).finditer(text)
                spans += [(tag_of[number], hit.start(), hit.end()) for hit in hits]
        return fired, spans

    def expression(self, number: int) -> re.Pattern[str]:
        """Compiled when it is first needed."""
        found = self._compiled.get(number)
        if found is None:
            found = self._compiled[number] = re.compile(self._patterns[number], re.IGNORECASE)
        return found


def note_number(number: int, start: int, end: int, flags: int, found: set[int]) -> None:
    """Called by hyperscan for each end of each match."""
    found.add(number)
