"""What strong evasions cost: figure 9."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.contenders import deciding
from benchmarks.measure import paired
from benchmarks.row import Row

__all__ = ["strong_names"]


def strong_names(bench: Bench) -> Iterator[Row]:
    """Shows what `evasions strong` costs where it is meant for: a hundred names of services within the policy
    of figure 1, over the same policy with `basic`. Checked: a name set apart is found by one and not by the
    other."""
    strong = bench.mixed_project("strong").policy()
    disguised = "w h a t s a p p"
    if "words_0" not in strong.find(disguised) or "words_0" in bench.mixed.find(disguised):
        raise AssertionError("strong evasions are not what is measured")
    policies = {"strong": strong, "basic": bench.mixed}
    contenders = {name: deciding(policy, bench.facts_for) for name, policy in policies.items()}
    rounds = paired(contenders, bench.blocks())
    yield Row(
        *("9", "full decision with strong evasions for 100 names over the same without"),
        *(rounds.said("strong"), rounds.said("basic")),
        value=rounds.ratio("strong", "basic"),
        goal=1.5,
        hits=f"strong {rounds.hits['strong']} rules, basic {rounds.hits['basic']}",
        note="the peer is Solon itself",
    )
