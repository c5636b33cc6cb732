"""What the figures share: the corpus, how many rounds, and the engines and peers, each built once.

The compile times are kept, since some figures are about them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks import policies, rulesets
from benchmarks.combination import Combination, expressions
from benchmarks.corpus import Corpus
from benchmarks.measure import Block
from benchmarks.native import Hyperscan
from benchmarks.policies import Project
from benchmarks.spam import SPAM
from solon.matcher.engine import Policy

__all__ = ["Bench"]

RULES = 100
WORDS = 10_000
FACT_SETS = 64


class Bench:
    """One run of the suite. `rounds` and `size` (messages a round) may be made small for a trial."""

    def __init__(self, corpus: Corpus, *, rounds: int = 9, size: int = 1000) -> None:
        self.corpus = corpus
        self.rounds = rounds
        self.size = size
        self.seconds: dict[str, float] = {}
        """CPU seconds that a named thing took to compile."""
        self._peers: dict[str, Hyperscan] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="solon-bench-")
        self.facts = rulesets.random_facts(FACT_SETS)

    @property
    def folder(self) -> Path:
        """For files that a figure writes; gone with the run."""
        return Path(self._folder.name)

    def blocks(self) -> list[Block]:
        """Fresh messages for each round."""
        return self.corpus.blocks(self.rounds, self.size)

    def facts_for(self, block: Block) -> list[dict[str, Any]]:
        """Facts for each message, in turn."""
        return [self.facts[number % FACT_SETS] for number in range(len(block))]

    def timed(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` makes; its CPU time is noted under `name`."""
        start = time.thread_time()
        made = make()
        self.seconds[name] = time.thread_time() - start
        return made

    @cached_property
    def rules(self) -> list[rulesets.Rule]:
        """The rules of the mixed policy."""
        return rulesets.random_rules(RULES, len(self.corpus.regexes()) + 10)

    @cached_property
    def mixed(self) -> Policy:
        """R30 + L10k, 100 rules, eight facts."""
        return self.mixed_project().policy()

    def mixed_project(self, names: str = "basic") -> Project:
        """The same as a text; `names` are the evasions of its first hundred words."""
        return policies.mixed(self.corpus.regexes(), self.corpus.words(WORDS), self.rules, names)

    @cached_property
    def combination(self) -> Combination:
        """Reference C for the same policy."""
        regexes, words = self.corpus.regexes(), self.corpus.words(WORDS)
        tags, chain = policies.tags_of(regexes, words), rulesets.by_tag(self.rules)
        return Combination(tags, len(regexes), self.rules, chain)

    def reference_a(self) -> Hyperscan:
        """libhyperscan, R30 + L10k with boundaries, ends of matches."""
        patterns = expressions(list(self.corpus.regexes().values()), self.corpus.words(WORDS))
        return self._peer("R30+L10k", lambda: Hyperscan.compile(patterns))

    def reference_a_regexes(self) -> Hyperscan:
        """libhyperscan, R30, ends of matches."""
        return self._peer("R30", lambda: Hyperscan.compile(list(self.corpus.regexes().values())))

    def reference_a_many(self) -> Hyperscan:
        """libhyperscan, R300, ends of matches."""
        patterns = [*self.corpus.regexes().values(), *SPAM.values()]
        return self._peer("R300", lambda: Hyperscan.compile(patterns))

    def reference_b(self, count: int) -> Hyperscan:
        """libhyperscan's pure-literal scan of so many words."""
        return self._peer(f"L{count}", lambda: Hyperscan.compile(self.corpus.words(count), literal=True))

    def _peer(self, name: str, make: Callable[[], Hyperscan]) -> Hyperscan:
        if name not in self._peers:
            self._peers[name] = self.timed(f"hyperscan {name}", make)
        return self._peers[name]
