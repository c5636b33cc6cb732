"""What a message makes possible: rules fire exactly where the patterns, all computed, have a span."""

from __future__ import annotations

import random

import pytest

from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text
from solon.matcher.engine import Policy, from_bytes

PATTERNS = {
    "plain": '{ words "zoom", "call me" }',
    "coded": "{ regex /[0-9]{3}-[0-9]{2}/\n evasions none }",
    "loose": "= regex /[a-z]{1,9}x|[0-9]{5}/",
    "part": '{ text "oo", "@" }',
    "strong": '{ words "skype"\n evasions strong }',
    "either": "= plain or coded",
    "both": "= either or part",
    "nearby": "= plain near coded within 5 words",
    "far": "= mail before part within 9 characters",
    "kept": "= plain except coded",
    "mail": '{ entity email\n words "mail me" }',
}
PIECES = (
    "zoom",
    "call me",
    "call",
    "me",
    "123-45",
    "12345",
    "oo",
    "@",
    "ab@cd.com",
    "xx",
    "s.k.y.p.e",
    "mail me",
    " ",
    ", ",
    "-",
    "Ünï",
    "z00m",
)


def policy_of(names: list[str]) -> Policy:
    """A policy with the patterns that the language takes as they are written here, and a rule for each."""
    text = "policy p { actions allow < warn\n default allow }\nfacts { enabled: bool = true }\n"
    for name in names:
        text += f"pattern {name} {PATTERNS[name]}\n"
    for name in names:
        text += f"rule has_{name} {{ when enabled and message contains {name} then warn }}\n"
        text += f"rule no_{name} {{ when enabled and not message contains {name} then warn }}\n"
    loaded = load_policy_text(text, files={})
    errors = [d for d in loaded.diagnostics if d.is_error]
    assert not errors and loaded.policy, errors
    artifact = compile_policy(loaded.policy).artifact
    assert artifact
    return from_bytes(artifact)


@pytest.mark.parametrize("seed", range(4))
def test_rules_agree_with_all_patterns_computed(seed: int) -> None:
    policy = policy_of(list(PATTERNS))
    rng = random.Random(seed)
    fired_by = set()
    for _ in range(400):
        message = "".join(rng.choices(PIECES, k=rng.randrange(1, 9)))
        found = policy.find(message)
        wanted = sorted(f"{'has' if name in found else 'no'}_{name}" for name in policy.patterns)
        assert sorted(policy.decide(message, {}).rules) == wanted, message
        assert sorted(policy.bind({}).decide(message).rules) == wanted, message
        assert policy.decide(message, {"enabled": False}).rules == ()
        fired_by.update(wanted)
    assert len(fired_by) >= 2 * len(PATTERNS) - 2, "the messages reach both sides of nearly every pattern"
