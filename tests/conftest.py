"""What tests share: a policy text compiled, and interpreted by the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text
from solon.dsl.render import render
from solon.matcher.engine import Policy, from_bytes

Compile = Callable[..., Policy]


def compile_text(text: str, files: Mapping[str, str] | None = None, *, strip: bool = False) -> Policy:
    """A policy text to a policy that decides; fails with the diagnostics where it has errors."""
    checked = load_policy_text(text, files=files or {})
    errors = [one for one in checked.diagnostics if one.is_error]
    assert checked.policy is not None, render(errors, checked.sources, colour=False)
    compiled = compile_policy(checked.policy, strip=strip)
    assert compiled.artifact is not None, compiled.refused
    return from_bytes(compiled.artifact)


@pytest.fixture(scope="session")
def compile_policy_text() -> Compile:
    """The function above."""
    return compile_text
