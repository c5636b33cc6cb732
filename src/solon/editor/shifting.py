"""Syntax trees and diagnostics moved along a file, for a piece that is read alone and stands elsewhere.

In: nodes whose spans start from 0, an offset. Out: the same nodes with all their spans moved. For each
class of node a function is made once that knows its fields, so that a piece of a hundred nodes costs
microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from solon.dsl import syntax
from solon.dsl.diagnostics import Diagnostic, Fix
from solon.dsl.source import Span

T = TypeVar("T")
Move = Callable[[Any, int], Any]


def shifted(node: T, by: int) -> T:
    """The node, a tuple of nodes, or a plain value, with all spans moved."""
    return node if by == 0 else cast(T, _moved(node, by))


def _moved(node: Any, by: int) -> Any:
    kind = type(node)
    if kind is Span:
        return Span(node.source_path, node.start + by, node.end + by)
    if kind is tuple:
        return tuple([_moved(one, by) for one in node])
    move = _MOVES.get(kind)
    if move is None:
        move = _MOVES[kind] = _maker(kind)
    return move(node, by)


_MOVES: dict[type, Move] = {}


def _maker(kind: type) -> Move:
    if not is_dataclass(kind) or kind.__module__ not in {syntax.__name__, Diagnostic.__module__}:
        return lambda node, _: node
    names = [one.name for one in fields(kind)]

    def move(node: Any, by: int) -> Any:
        return kind(*[_moved(getattr(node, name), by) for name in names])

    return move


def moved_span(old: Span, start: int, end: int, by: int, path: str) -> Span | None:
    """A span after an edit of `start` to `end` that made the text `by` longer; None where it stood in it."""
    if old.source_path != path or old.end <= start:
        return old
    return Span(path, old.start + by, old.end + by) if old.start >= end else None


def moved_by_edit(one: Diagnostic, start: int, end: int, by: int, path: str) -> Diagnostic | None:
    """A diagnostic after an edit; None where it stood in what was edited."""
    own = moved_span(one.span, start, end, by, path)
    if own is None:
        return None
    fix = None
    if one.fix is not None:
        fix_span = moved_span(one.fix.span, start, end, by, path)
        fix = None if fix_span is None else Fix(fix_span, one.fix.replacement, one.fix.certain)
    others = ((moved_span(other, start, end, by, path), label) for other, label in one.secondary)
    secondary = tuple((other, label) for other, label in others if other is not None)
    return Diagnostic(one.code, own, one.message, one.label, one.notes, one.help, secondary, fix)
