"""The typed IR from the canonical JSON that `dump` writes.

In: the JSON of a policy, already read. Out: the policy, or ValueError with the place for anything that is not
what `dump` writes: it comes from an artifact, and an artifact from anyone. Places have lost their ends.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from solon.dsl import ir


class NotAPolicy(ValueError):
    """JSON that `dump` does not write."""


def undump(value: Any) -> ir.Policy:
    """The policy that some JSON is the dump of. Raises NotAPolicy."""
    # Inner nodes first, on a stack of our own: a policy may nest deeper than Python may call.
    done: Done = {}
    pending = [value]
    while pending:
        top = pending[-1]
        inner = [] if id(top) in done else [one for one in _inside(top) if id(one) not in done]
        if inner:
            pending += inner
            continue
        pending.pop()
        if id(top) not in done:
            try:
                done[id(top)] = _node(top, done)
            except TypeError as error:
                raise NotAPolicy(f"it is not what the compiler writes: {error}"[:200]) from None
    found = done[id(value)]
    if not isinstance(found, ir.Policy):
        raise NotAPolicy("it is no policy")
    return found


Done: TypeAlias = dict[int, Any]
"""The nodes that are made, by the id of their object."""


def _inside(value: Any) -> list[dict[str, Any]]:
    """The objects that stand in the fields of one, lists and lists of lists opened."""
    found: list[dict[str, Any]] = []
    pending = list(value.values()) if isinstance(value, dict) else []
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            found.append(one)
        elif isinstance(one, list):
            pending.extend(one)
    return found


_NODES: dict[str, type] = {
    name: one for name, one in vars(ir).items() if isinstance(one, type) and is_dataclass(one)
}


def _node(value: Any, done: Done) -> Any:
    """A node from its object."""
    if not isinstance(value, dict) or not isinstance(value.get("node"), str):
        raise NotAPolicy(f"a node was expected, found {type(value).__name__}")
    name = value["node"]
    if name not in _NODES or name == "Place":
        raise NotAPolicy(f"there is no node `{name[:40]}`")
    kind = _NODES[name]
    hints = _hints(kind)
    if value.keys() - {"node"} != hints.keys():
        raise NotAPolicy(f"a `{name}` has other fields")
    return kind(**{field: _value(value[field], hint, done, field) for field, hint in hints.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, vars(ir))
    return {field.name: hints[field.name] for field in fields(kind)}


def _value(value: Any, hint: Any, done: Done, field: str) -> Any:
    """A value as the type of its field says."""
    origin = get_origin(hint)
    if hint is ir.Place:
        return _place(value)
    if hint is ir.Term and isinstance(value, str):
        return ir.Term(value)
    if origin is tuple:
        return _tuple(value, get_args(hint), done, field)
    if origin is Literal:
        if value not in get_args(hint):
            raise NotAPolicy(f"`{field}` is none of its values")
        return value
    if origin is Union or type(hint).__name__ == "UnionType":
        return _one_of(value, get_args(hint), done, field)
    if isinstance(hint, type) and is_dataclass(hint):
        found = done.get(id(value))
        if not isinstance(found, hint):
            raise NotAPolicy(f"`{field}` is a `{type(found).__name__}`")
        return found
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise NotAPolicy(f"`{field}` is a {type(value).__name__}")
    return value


def _tuple(value: Any, items: tuple[Any, ...], done: Done, field: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise NotAPolicy(f"`{field}` is no list")
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_value(one, items[0], done, field) for one in value)
    if len(value) != len(items):
        raise NotAPolicy(f"`{field}` has another length")
    return tuple(_value(one, item, done, field) for one, item in zip(value, items, strict=True))


def _one_of(value: Any, options: tuple[Any, ...], done: Done, field: str) -> Any:
    if value is None:
        if type(None) not in options:
            raise NotAPolicy(f"`{field}` is missing")
        return None
    if isinstance(value, dict):
        found = done.get(id(value))
        if not any(isinstance(one, type) and isinstance(found, one) for one in options):
            raise NotAPolicy(f"`{field}` is a `{type(found).__name__}`")
        return found
    for option in options:
        if type(value) is option or (get_origin(option) is tuple and isinstance(value, list)):
            return _value(value, option, done, field)
    if isinstance(value, int) and not isinstance(value, bool) and float in options:
        return float(value)
    raise NotAPolicy(f"`{field}` is a {type(value).__name__}")


_PLACE = re.compile(r"(.*):([0-9]{1,12}):([0-9]{1,12})", re.DOTALL)


def _place(value: Any) -> ir.Place:
    found = _PLACE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise NotAPolicy("a place has no line and column")
    line, column = int(found[2]), int(found[3])
    return ir.Place(found[1], line, column, line, column)
