"""What the tests of the service share."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    path = Path(__file__).parent / "serving.py"
    spec = importlib.util.spec_from_file_location("serving", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["serving"] = module
    spec.loader.exec_module(module)
    return module


serving = sys.modules.get("serving") or _load()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The artifact of the policy, in a file."""
    path = tmp_path / "house.solon"
    path.write_bytes(ARTIFACT)
    return path


ARTIFACT: bytes = serving.artifact()
