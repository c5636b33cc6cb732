"""Zones: code, quoted lines and links; the engine against the reference."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.matcher.reference.zones import zone


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


net = _beside("net_engine").engine()


def find(name: str, text: str) -> list[str]:
    """The texts of a zone's spans, the same from both sides."""
    found = zone(text, name)
    assert net.spans(name, text) == found
    return [text[start:end] for start, end in found]


CODE = [
    ("a `b` c", ["`b`"]),
    ("a ``b ` c`` d", ["``b ` c``"]),
    ("`a` `b`", ["`a`", "`b`"]),
    ("`a", []),
    ("`a\nb`", []),
    ("``a`", []),
    ("`a``b`", ["`a``b`"]),
    ("`" * 8 + "a" + "`" * 8, ["`" * 8 + "a" + "`" * 8]),
    ("x" + "`" * 9 + "a" + "`" * 9, []),
    ("```\ncode\n```\nafter", ["```\ncode\n```"]),
    ("before\n```python\ncode\n```", ["```python\ncode\n```"]),
    ("~~~\ncode\n~~~", ["~~~\ncode\n~~~"]),
    ("   ```\ncode\n   ```", ["   ```\ncode\n   ```"]),
    ("    ```\ncode", []),
    ("```\ncode", ["```\ncode"]),
    ("```\ncode\n~~~\nmore", ["```\ncode\n~~~\nmore"]),
    ("````\n```\n````\nx", ["````\n```\n````"]),
    ("```\n`````  \nx", ["```\n`````  "]),
    ("```\n``` x\ny", ["```\n``` x\ny"]),
    ("```\r\ncode\r\n```\r\nafter", ["```\r\ncode\r\n```\r"]),
    ("```code``` call me", ["```code```"]),
    ("``\n`x`", ["`x`"]),
    ("日`本`", ["`本`"]),
    ("", []),
    ("```", ["```"]),
]

QUOTE = [
    ("> a\nb", ["> a"]),
    ("a\n>b\n  > c\nd", [">b", "  > c"]),
    ("   > a", ["   > a"]),
    ("    > a", []),
    ("a > b", []),
    (">", [">"]),
    ("> a\r\nb", ["> a\r"]),
    ("\t> a", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "wanted"), CODE)
def test_code(text: str, wanted: list[str]) -> None:
    assert find("code", text) == wanted


@pytest.mark.parametrize(("text", "wanted"), QUOTE)
def test_quote(text: str, wanted: list[str]) -> None:
    assert find("quote", text) == wanted


def test_the_zone_url_is_the_links_that_are_not_doubtful() -> None:
    assert find("url", "see example.com/a, zoom.us and www.zoom.us") == ["example.com/a", "www.zoom.us"]


PIECES = ("`", "``", "```", "````", "~~~", ">", " ", "  ", "\n", "\n", "\r\n", "\t", "a", "日", "𐐀", "`" * 9)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=500, deadline=None)
def test_engine_and_reference_find_the_same_zones(text: str) -> None:
    find("code", text)
    find("quote", text)


@pytest.mark.parametrize("unit", ["`", "` ``", "``` ", "a`\n", "~~~\n", "> ", "````` `` ```` ` "])
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.perf_counter()
        net.ask("code", text)
        return time.perf_counter() - start

    short = min(seconds(20_000) for _ in range(2))
    assert min(seconds(200_000) for _ in range(2)) < 40 * short + 0.05  # quadratic would be 100
