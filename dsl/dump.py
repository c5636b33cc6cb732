"""The typed IR as canonical JSON: the form in which a policy's meaning travels in the artifact.

The same policy gives the same bytes: keys are sorted, nothing is spaced, everything is ASCII (so that a lone
surrogate in a term survives). Every node is an object with its class's name under `node`; a place is the
string `file:line:column`.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from json.encoder import encode_basestring_ascii as quoted

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
    stack: list[str | _Todo] = [_Todo(root)]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            written.append(top)
            continue
        value = top.value
        if isinstance(value, ir.Place):
            written.append(quoted(f"{value.file}:{value.line}:{value.column}"))
        elif isinstance(value, tuple):
            stack.extend(_array(value))
        elif is_dataclass(value) and not isinstance(value, type):
            stack.extend(_object(value))
        else:
            written.append(_scalar(value))
    return "".join(written)


class _Todo:
    """A value that is still to be written."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


_KEYS: dict[type, tuple[tuple[str, str | None], ...]] = {}
"""For each node class its JSON keys in order, quoted, each with the field it comes from (None for `node`)."""


def _keys_of(kind: type) -> tuple[tuple[str, str | None], ...]:
    found = _KEYS.get(kind)
    if found is None:
        names: dict[str, str | None] = {field.name: field.name for field in fields(kind)}
        names["node"] = None
        found = tuple((quoted(name), names[name]) for name in sorted(names))
        _KEYS[kind] = found
    return found


def _object(node: object) -> list[str | _Todo]:
    """The node's pieces in stack order: the last is written first."""
    kind = type(node)
    pieces: list[str | _Todo] = []
    separator = "{"
    for key, name in _keys_of(kind):
        pieces.append(f"{separator}{key}:")
        pieces.append(quoted(kind.__name__) if name is None else _Todo(getattr(node, name)))
        separator = ","
    pieces.append("}")
    pieces.reverse()
    return pieces


def _array(values: tuple[object, ...]) -> list[str | _Todo]:
    pieces: list[str | _Todo] = ["["]
    for index, value in enumerate(values):
        if index:
            pieces.append(",")
        pieces.append(_Todo(value))
    pieces.append("]")
    pieces.reverse()
    return pieces


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # INVARIANT: `check` lets no NaN and no infinity through. `repr` reads back as the same float.
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no form in the dump")
