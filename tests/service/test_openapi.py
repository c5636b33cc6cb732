"""The OpenAPI document holds: schemathesis makes requests from it, good and bad, and judges the answers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
import serving
from hypothesis import HealthCheck, Phase, given, seed, settings

from solon.matcher.engine import load
from solon.service.openapi import document, facts_schema
from solon.service.settings import Settings

EXAMPLES = int(os.environ.get("SOLON_EXAMPLES", "12"))
"""Of each kind, for each operation; `make soak-service` tries more."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("openapi") / "house.solon"
    path.write_bytes(serving.artifact())
    with serving.served(path, internal=True, batch_max=3) as one:
        yield one


def ask(operation: Any, mode: schemathesis.GenerationMode, tried: Counter[tuple[str, str, int]]) -> None:
    """Requests of one kind to one operation; an answer that the document does not allow is a failure."""

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        answer = case.call()
        tried[operation.label, mode.value, answer.status_code // 100] += 1
        case.validate_response(answer)

    each()


def test_schemathesis_finds_nothing(app: Any) -> None:
    described = schemathesis.openapi.from_asgi("/openapi.json", app)
    tried: Counter[tuple[str, str, int]] = Counter()
    for found in described.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:
            if operation.method == "get" and mode is schemathesis.GenerationMode.NEGATIVE:
                continue  # nothing is given that could be wrong

            ask(operation, mode, tried)
    asked = {label for label, _, _ in tried}
    assert len(asked) == 8 - 1, "all but the document itself, which the others are taken from"
    for label in ("POST /decide", "POST /decide/batch", "POST /internal/decide"):
        assert tried[label, "positive", 2] >= EXAMPLES // 2
        assert tried[label, "negative", 4] >= EXAMPLES // 2


def test_the_facts_of_the_policy_are_in_the_document(house: Path) -> None:
    facts = facts_schema(load(house)._schema.facts)
    assert facts["required"] == ["contract.started"]
    jsonschema.Draft202012Validator.check_schema(facts)
    judge = jsonschema.Draft202012Validator(facts)
    assert judge.is_valid({"contract.started": True, "sender.tenure": "3 days", "sender.earned": "10.50 USD"})
    for wrong in (
        {},
        {"contract.started": "yes"},
        {"contract.started": True, "no.fact": 1},
        {"contract.started": True, "sender.role": "king"},
        {"contract.started": True, "sender.earned": "10 EUR"},
        {"contract.started": True, "sender.count": 2**64},
    ):
        assert not judge.is_valid(wrong)


def test_the_internal_side_is_described_only_where_it_is_open(house: Path) -> None:
    closed, opened = (document(load(house), Settings(internal=internal)) for internal in (False, True))
    assert set(opened["paths"]) - set(closed["paths"]) == {"/internal/decide"}
    assert "Audit" not in closed["components"]["schemas"]
    assert "rule" not in str(closed).replace("rules, 7", ""), "no word of the policy's inside"
