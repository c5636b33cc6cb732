"""The engine and the reference interpreter never disagree: generated policies, messages and facts, whole
verdicts."""

from __future__ import annotations

import importlib.util
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text
from solon.dsl.render import render
from solon.matcher.engine import Policy, from_bytes
from solon.matcher.reference import Reference

_spec = importlib.util.spec_from_file_location("generated", Path(__file__).with_name("generated.py"))
assert _spec and _spec.loader
generated = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generated)

ATTRIBUTES = (
    "action", "status", "rules", "shadow", "exempted", "undecided", "matches", "notices", "labels",
    "queues", "reasons",
    "redacted", "scores", "limits",
)  # fmt: skip


def both(text: str) -> tuple[Policy, Reference]:
    """One policy text, compiled, and interpreted."""
    checked = load_policy_text(text)
    errors = [one for one in checked.diagnostics if one.is_error]
    assert not errors, render(errors, checked.sources, colour=False) + text
    assert checked.policy is not None
    compiled = compile_policy(checked.policy)
    assert compiled.artifact is not None
    policy = from_bytes(compiled.artifact)
    return policy, Reference(policy.ir())


def plain(verdict: Any) -> dict[str, Any]:
    """A verdict as values that compare and print, from either side."""
    values = {name: getattr(verdict, name) for name in ATTRIBUTES}
    values["matches"] = [tuple(match) for match in values["matches"]]
    return json.loads(json.dumps(values, default=list))


def agree(policy: Policy, reference: Reference, message: str, facts: dict[str, Any], at: datetime) -> None:
    """Spans of every pattern, then the verdict."""
    found = {
        name: [tuple(span) for span in spans] for name, spans in reference.find(message).items() if spans
    }
    assert policy.find(message) == found
    assert plain(policy.decide(message, facts, at=at)) == plain(reference.decide(message, facts, at=at))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_generated_policies_agree(data: st.DataObject) -> None:
    policy, reference = both(data.draw(generated.policies(), label="policy"))
    for _ in range(25):
        message = data.draw(generated.messages, label="message")
        agree(policy, reference, message, data.draw(generated.facts()), data.draw(generated.moments))


EVERYTHING = (
    "policy all {\n  actions allow < warn\n  default allow\n}\n"
    + generated.FACTS
    + "".join(
        f"pattern {name}_{level} {{ entity {name}\n evasions {level} }}\n"
        for name in generated.ENTITIES
        for level in generated.LEVELS
    )
    + "".join(
        f"pattern words_{level} {{ words {', '.join(map(generated.quoted, generated.WORDS))}\n"
        f" evasions {level} }}\n"
        f"pattern text_{level} {{ text {', '.join(map(generated.quoted, generated.LITERALS))}\n"
        f" evasions {level} }}\n"
        f"pattern shapes_{level} {{ url {', '.join(map(generated.quoted, generated.URLS))}\n"
        f" evasions {level} }}\n"
        for level in generated.LEVELS
    )
    + "".join(
        f"pattern regex_{number}_{level} {{ regex /{source}/\n evasions {level} }}\n"
        for number, source in enumerate(generated.REGEXES)
        for level in generated.LEVELS
    )
    + "pattern zones = in code or in quote or in url\n"
)


@pytest.fixture(scope="module")
def everything() -> tuple[Policy, Reference]:
    """A policy with every kind of leaf at every level."""
    return both(EVERYTHING)


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(message=generated.messages)
def test_every_leaf_agrees(everything: tuple[Policy, Reference], message: str) -> None:
    policy, reference = everything
    found = {
        name: [tuple(span) for span in spans] for name, spans in reference.find(message).items() if spans
    }
    assert policy.find(message) == found
