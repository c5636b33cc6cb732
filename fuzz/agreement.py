"""Engine against reference, for as long as it takes: generated policies, messages and facts, whole verdicts.

The same as tests/test_agreement.py, with as many cases as one likes. The first disagreement is made smaller
and shown; `--seed` makes it again.

    python fuzz/agreement.py --policies 2000 --messages 20000 --seed 1
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from solon.matcher import _engine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import generated
import test_agreement as tested

MESSAGES_OF_A_POLICY = 25


def options(words: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Holds the engine against the reference interpreter.")
    parser.add_argument("--policies", type=int, default=1000, help="policies, with 25 messages each")
    parser.add_argument("--messages", type=int, default=10_000, help="messages for a policy of every leaf")
    parser.add_argument("--seed", type=int, help="the same seed makes the same cases; else by the clock")
    return parser.parse_args(words)


def whole_policies(cases: int, seed_number: int) -> None:
    """Generated policies: spans and verdicts agree."""

    @seed(seed_number)
    @settings(_settings(cases))
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        policy, reference = tested.both(data.draw(generated.policies(), label="policy"))
        for _ in range(MESSAGES_OF_A_POLICY):
            message = data.draw(generated.messages, label="message")
            facts, at = data.draw(generated.facts(), label="facts"), data.draw(generated.moments, label="at")
            tested.agree(policy, reference, message, facts, at)

    agree()


def every_leaf(cases: int, seed_number: int) -> None:
    """One policy with every kind of leaf at every level: spans agree."""
    policy, reference = tested.both(tested.EVERYTHING)

    @seed(seed_number)
    @settings(_settings(cases))
    @given(generated.messages)
    def agree(message: str) -> None:
        found = reference.find(message)
        expected = {name: [tuple(span) for span in spans] for name, spans in found.items() if spans}
        assert policy.find(message) == expected

    agree()


def _settings(cases: int) -> settings:
    phases = [phase for phase in Phase if phase is not Phase.explain]
    return settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), phases=phases)


def main(words: list[str] | None = None) -> None:
    """Runs; ends with an exception at the first disagreement."""
    faulthandler.enable()
    given_words = options(words)
    number = int(time.time()) if given_words.seed is None else given_words.seed
    print(f"agreement: seed {number}, engine {_engine.__file__}", flush=True)
    started = time.monotonic()
    if given_words.messages:
        every_leaf(given_words.messages, number)
    if given_words.policies:
        whole_policies(given_words.policies, number)
    counts = f"{given_words.messages} messages, {given_words.policies} policies"
    print(f"agreement: {counts}, none disagrees, in {time.monotonic() - started:.0f} seconds")


if __name__ == "__main__":
    main()
