"""Other libraries that people reach for, each behind the same face: messages in, hits out.

Words: what a call a message costs from Python. Rules: a decision from a dict. A library that is not
installed raises NotBuilt and is named in the table.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from benchmarks.measure import Block, Contender
from benchmarks.native import NotBuilt
from benchmarks.rulesets import Rule, worded

__all__ = ["DECIDERS", "FINDERS"]

Find = Callable[[str], int]


def needed(module: str, package: str) -> Any:
    """The module of a peer. Raises NotBuilt where it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        raise NotBuilt(f"{package} is missing: pip install 'solon[bench]'") from None


def finder(make: Callable[[Sequence[str]], Find]) -> Callable[[Sequence[str]], Contender]:
    """From a way to look at one message to a contender."""

    def contender(words: Sequence[str]) -> Contender:
        find = make(words)

        def prepare(block: Block) -> Callable[[], int]:
            return lambda: sum(map(find, block))

        return prepare

    return contender


def pyahocorasick(words: Sequence[str]) -> Find:
    """Case by `lower`, no word boundaries."""
    automaton = needed("ahocorasick", "pyahocorasick").Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return lambda text: sum(1 for _ in automaton.iter(text.lower()))


def ahocorasick_rs(words: Sequence[str]) -> Find:
    """Case by `lower`, no word boundaries."""
    find = needed("ahocorasick_rs", "ahocorasick-rs").AhoCorasick(list(words)).find_matches_as_indexes
    return lambda text: len(find(text.lower(), overlapping=True))


def flashtext2(words: Sequence[str]) -> Find:
    """Whole words by its own idea of words."""
    processor = needed("flashtext2", "flashtext2").KeywordProcessor(False)
    processor.add_keywords_from_iter(words)
    return lambda text: len(processor.extract_keywords_with_span(text))


def re2_set(words: Sequence[str]) -> Find:
    """Which of them, between `\\b`; no places."""
    re2 = needed("re2", "google-re2")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 1 << 31
    union = re2.Set.SearchSet(options)
    for word in words:
        union.Add(rf"\b{re2.escape(word)}\b")
    union.Compile()
    return lambda text: len(union.Match(text) or ())


def hyperscan_literals(words: Sequence[str]) -> Find:
    """python-hyperscan's literal scan: no word boundaries, no starts."""
    hyperscan = needed("hyperscan", "hyperscan")
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    data = [word.encode() for word in words]
    database.compile(
        expressions=data, ids=list(range(len(data))), elements=len(data),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(data), literal=True,
    )  # fmt: skip

    def find(text: str) -> int:
        hits: list[int] = []
        database.scan(text.encode(), match_event_handler=lambda number, *_: hits.append(number))
        return len(hits)

    return find


FINDERS: Mapping[str, Callable[[Sequence[str]], Contender]] = {
    "python-hyperscan": finder(hyperscan_literals),
    "ahocorasick_rs": finder(ahocorasick_rs),
    "pyahocorasick": finder(pyahocorasick),
    "flashtext2": finder(flashtext2),
    "re2.Set": finder(re2_set),
}
"""By name: words to a contender."""


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────────


def plain(value: Any) -> Any:
    """A fact as engines take it that know no durations."""
    return value.days if isinstance(value, datetime.timedelta) else value


def cel_text(fact: str, operator: str, value: Any) -> str:
    """A condition in CEL."""
    name = fact.replace(".", "_")
    if operator == "in":
        return f"{name} in [{', '.join(repr(one) for one in value)}]"
    return f"{name} {operator} {value}"


def cel(rules: Sequence[Rule]) -> Callable[[dict[str, Any]], list[int]]:
    """All rules in one expression, so that the facts are converted once."""
    module = needed("cel", "common-expression-language")
    parts = []
    for rule in rules:
        asks = " && ".join([f"'t{rule.tag}' in message_tags", *(cel_text(*ask) for ask in rule.asks)])
        parts.append(f"({asks}) ? {rule.number} : -1")
    program = module.compile(f"[{', '.join(parts)}]")

    def decide(facts: dict[str, Any]) -> list[int]:
        given = {name.replace(".", "_"): plain(value) for name, value in facts.items()}
        given["message_tags"] = list(given["message_tags"])
        return [number for number in program.execute(given) if number >= 0]

    return decide


def zen_cell(fact: str, operator: str, value: Any) -> tuple[str, str]:
    """A column and its cell in a decision table."""
    if operator == "in":
        return fact, "[" + ", ".join(f'"{one}"' for one in value) + "]"
    return fact, f"{operator} {worded(fact, value).split()[0]}"


def zen(rules: Sequence[Rule]) -> Callable[[dict[str, Any]], list[int]]:
    """A decision table that collects every row that holds."""
    module = needed("zen", "zen-engine")
    columns = sorted({fact for rule in rules for fact, _, _ in rule.asks})
    rows = []
    for rule in rules:
        cells = dict(zen_cell(*ask) for ask in rule.asks)
        row = {f"c{place}": cells.get(fact, "") for place, fact in enumerate(columns)}
        rows.append(
            {"_id": f"r{rule.number}", **row, "tag": f'contains($, "t{rule.tag}")', "out": str(rule.number)}
        )
    inputs = [{"id": f"c{place}", "name": fact, "field": fact} for place, fact in enumerate(columns)]
    inputs.append({"id": "tag", "name": "tag", "field": "message.tags"})
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "out", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = module.ZenEngine().create_decision({"nodes": nodes, "edges": edges})

    def decide(facts: dict[str, Any]) -> list[int]:
        nested: dict[str, Any] = {}
        for name, value in facts.items():
            head, _, tail = name.partition(".")
            nested.setdefault(head, {})[tail] = list(value) if isinstance(value, tuple) else plain(value)
        return [row["rule"] for row in decision.evaluate(nested)["result"] or []]

    return decide


DECIDERS: Mapping[str, Callable[[Sequence[Rule]], Callable[[dict[str, Any]], list[int]]]] = {
    "CEL": cel,
    "zen-engine": zen,
}
"""By name: rules to a function from facts to the numbers of the rules that fire."""
