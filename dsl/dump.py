"""The typed IR as canonical JSON: the form in which a policy's meaning travels in the artifact.

The same policy gives the same bytes: keys are sorted, nothing is spaced, everything is ASCII (so that a lone
surrogate in a term survives). Every node is an object with its class's name under `node`, but a term without
open sides, which is a string; a place is the string `file:line:column`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from solon.dsl import ir


def dump(policy: ir.Policy) -> bytes:
    """The policy as canonical JSON, UTF-8."""
    return dump_node(policy).encode("ascii")


def dump_node(root: object) -> str:
    """Any node, or a tuple of nodes, as canonical JSON.

    Walks with its own stack: a policy may nest deeper than Python likes to recurse.
    """
    written: list[str] = []
    # What is still to be written, the next on top: a string goes out as it is, all else is a _Todo.
    stack: list[str | _Todo] = [_todo(root)]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            written.append(top)
        elif isinstance(top.value, tuple):
            stack.extend(_array(top.value))
        else:
            stack.extend(_object(top.value))
    return "".join(written)


class _Todo:
    """A node or a tuple that is still to be written."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


def _todo(value: object) -> str | _Todo:
    """The text of a value that holds no others, anything else put off."""
    write = _LEAVES.get(type(value))
    return _Todo(value) if write is None else write(value)


def _object(node: object) -> list[str | _Todo]:
    """The node's pieces in stack order: the last is written first."""
    kind = type(node)
    pieces: list[str | _Todo] = []
    separator = "{"
    for key, name in _keys_of(kind):
        pieces.append(f"{separator}{key}:")
        pieces.append(quoted(kind.__name__) if name is None else _todo(getattr(node, name)))
        separator = ","
    pieces.append("}")
    pieces.reverse()
    return pieces


def _array(values: tuple[object, ...]) -> list[str | _Todo]:
    """The tuple's pieces in stack order."""
    kinds = set(map(type, values))
    if len(kinds) == 1 and (write := _LEAVES.get(kinds.pop())) is not None:
        # PERF: a list of 100,000 terms is one piece, not 200,000 turns of the loop.
        return [f"[{','.join(map(write, values))}]"]
    items = [_todo(value) for value in values]
    pieces: list[str | _Todo] = ["["]
    for index, item in enumerate(items):
        if index:
            pieces.append(",")
        pieces.append(item)
    pieces.append("]")
    pieces.reverse()
    return pieces


_KEYS: dict[type, tuple[tuple[str, str | None], ...]] = {}
"""For each node class its JSON keys in order, quoted, each with the field it comes from (None for `node`)."""


def _keys_of(kind: type) -> tuple[tuple[str, str | None], ...]:
    found = _KEYS.get(kind)
    if found is None:
        if not is_dataclass(kind):
            raise TypeError(f"{kind.__name__} has no form in the dump")
        names: dict[str, str | None] = {field.name: field.name for field in fields(kind)}
        names["node"] = None
        found = tuple((quoted(name), names[name]) for name in sorted(names))
        _KEYS[kind] = found
    return found


def _place(place: ir.Place) -> str:
    return quoted(f"{place.file}:{place.line}:{place.column}")


def _term(term: ir.Term) -> str:
    """A term with both sides closed is its text alone: of a list of 100,000 words nearly all are."""
    if not (term.open_left or term.open_right):
        return quoted(term.text)
    left, right = _bool(term.open_left), _bool(term.open_right)
    return f'{{"node":"Term","open_left":{left},"open_right":{right},"text":{quoted(term.text)}}}'


def _shape(shape: ir.UrlShape) -> str:
    path = "null" if shape.path is None else f"[{','.join(map(quoted, shape.path))}]"
    return f'{{"host":{quoted(shape.host)},"node":"UrlShape","path":{path}}}'


def _bool(value: bool) -> str:
    return "true" if value else "false"


_LEAVES: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: _bool,
    str: quoted,
    int: str,
    # INVARIANT: `check` lets no NaN and no infinity through. `repr` reads back as the same float.
    float: repr,
    ir.Place: _place,
    ir.Term: _term,
    ir.UrlShape: _shape,
}
"""Values that hold no others, by their type, each with its text."""
