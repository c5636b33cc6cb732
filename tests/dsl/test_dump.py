"""The dump: canonical, complete, the same for every order of rules; depth and odd characters survive."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from solon.dsl import ir
from solon.dsl.dump import dump, dump_node
from solon.dsl.load import load_policy_text

HEAD = "policy p { actions allow < block  default allow }\n"
EXAMPLE = Path(__file__).parent / "data" / "contact_sharing.policy"


def _plain(value: object) -> Any:
    """The form that the module promises, written down in the plainest way."""
    if isinstance(value, ir.Place):
        return f"{value.file}:{value.line}:{value.column}"
    if isinstance(value, ir.Term) and not (value.open_left or value.open_right):
        return value.text
    if is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"node": type(value).__name__, **plain}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _example() -> ir.Policy:
    packs = 'pattern phone = entity phone(us)\npattern scheduling = words("calend*", "book a call")\n'
    text = EXAMPLE.read_text(encoding="utf-8").replace('use "std/contact"', packs)
    files = {"lists/payment.policy": "pattern pay = entity iban", "lists/video_apps.txt": "jitsi\nwhereby"}
    policy = load_policy_text(text, files).policy
    assert policy is not None
    return policy


def test_every_node_of_the_great_example_as_promised() -> None:
    policy = _example()
    written = dump(policy)
    assert json.loads(written) == _plain(policy)
    canonical = json.dumps(_plain(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert written == canonical.encode("ascii")


def test_the_order_of_definitions_changes_places_alone() -> None:
    rules = ["rule r { when message contains a then block }", "rule q { when true then allow }"]
    one = "\n".join(['pattern a = words("x")', *rules])
    other = "\n".join(reversed(one.split("\n")))
    first, second = load_policy_text(HEAD + one).policy, load_policy_text(HEAD + other).policy
    assert first is not None and second is not None

    def placeless(value: object) -> object:
        if isinstance(value, dict):
            return {key: placeless(one) for key, one in value.items() if key != "place"}
        return [placeless(one) for one in value] if isinstance(value, list) else value

    assert placeless(json.loads(dump(first))) == placeless(json.loads(dump(second)))


def test_odd_characters_survive() -> None:
    term = ir.Term('a "quoted"\n\ud800 café \U0001f4de', True, False)
    assert json.loads(dump_node((term,))) == [
        {"node": "Term", "text": term.text, "open_left": True, "open_right": False}
    ]
    assert json.loads(dump_node((ir.Term(term.text),))) == [term.text]
    shape = ir.UrlShape("bücher.example", ("a", "**"))
    assert json.loads(dump_node(shape)) == {"node": "UrlShape", "host": shape.host, "path": ["a", "**"]}


def test_numbers_keep_their_value() -> None:
    for number in (0.1, 1e300, 5e-324, 2**63 - 1, -(2**63), True, None):
        assert json.loads(dump_node((number,))) == [number]


def test_depth_is_no_trouble() -> None:
    node: ir.RegexNode = ir.Chars("a")
    for _ in range(20_000):
        node = ir.Sequence((node,))
    assert dump_node(node).count("Sequence") == 20_000


def test_what_is_no_node_is_refused() -> None:
    with pytest.raises(TypeError, match="list"):
        dump_node([1])
