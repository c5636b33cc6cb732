"""Syntax trees to typed IR: every name resolved, every literal in canonical units, or the reasons why not.

In: the files of a policy, its sources, and a reader of list files. Out: the policy and all diagnostics.
Nothing is raised for what an author wrote. Each construct has its own file, `check_*.py`; this one says in
which order.
"""

from __future__ import annotations

from collections.abc import ItemsView, Mapping, Sequence, ValuesView
from datetime import date
from typing import TypeVar

from solon.dsl import ir, syntax
from solon.dsl.advice import advise
from solon.dsl.check_conditions import Conditions
from solon.dsl.check_context import Context, ListReader
from solon.dsl.check_exemptions import check_exemptions, check_scores
from solon.dsl.check_facts import check_facts, check_kinds
from solon.dsl.check_header import check_header
from solon.dsl.check_patterns import check_patterns
from solon.dsl.check_rules import check_rules
from solon.dsl.check_tests import check_tests
from solon.dsl.diagnostics import Diagnostic
from solon.dsl.resolve import resolve
from solon.dsl.source import Source

Declared = TypeVar("Declared")


def check(
    root_path: str,
    files: Sequence[syntax.File],
    sources: Mapping[str, Source],
    read_list: ListReader,
    *,
    today: date,
    packs: frozenset[str] = frozenset(),
    incomplete: bool = False,
    mistakes: Sequence[Diagnostic] = (),
) -> tuple[ir.Policy | None, tuple[Diagnostic, ...]]:
    """The policy, or None where there is an error in it, and what there is to say about it.

    `files` has the root file first; `packs` are the paths of those that ship with Solon. `incomplete` says
    that a file that is used could not be read, so that what is not found may stand there.
    `mistakes` are what was said when the files were read. Warnings come only where there is no error at all:
    to who has mistakes to mend they are noise.
    """
    names, found = resolve(root_path, files, packs, incomplete=incomplete, mistakes=mistakes)
    ctx = Context(sources, names, read_list, today, diagnostics=found, errors=len(found))
    policy = _policy(ctx)
    if policy is not None and ctx.errors == 0 and not any(one.is_error for one in mistakes):
        advise(ctx, policy)
    return (policy if ctx.errors == 0 else None), tuple(ctx.diagnostics)


def check_some(
    root_path: str,
    files: Sequence[syntax.File],
    sources: Mapping[str, Source],
    changed: Sequence[syntax.Item],
    *,
    today: date,
    packs: frozenset[str] = frozenset(),
) -> tuple[Diagnostic, ...]:
    """The mistakes that these items can have, in a policy of which all else stays as it is.

    For an editor between two keystrokes: what is not in `changed` is looked up and not checked, no list is
    read, and there are no warnings. Places outside of the changed items may be those of an older text.
    """
    names, found = resolve(root_path, files, packs)
    ctx = Context(sources, names, lambda _: None, today, diagnostics=found, errors=len(found))
    check_kinds(ctx)
    check_header(ctx)
    conditions = Conditions(ctx)
    check_facts(ctx)
    every, names.rules = names.rules, _Few(names.rules, changed)
    check_rules(ctx, conditions)
    names.rules = every
    names.exemptions = _Few(names.exemptions, changed)
    check_exemptions(ctx, conditions)
    names.scores = _Few(names.scores, changed)
    check_scores(ctx, conditions)
    names.tests = [item for item in changed if isinstance(item, syntax.Test)]
    check_tests(ctx)
    names.patterns = _Few(names.patterns, changed)
    ctx.reached.clear()
    check_patterns(ctx)
    return tuple(ctx.diagnostics)


class _Few(dict[str, Declared]):
    """A table in which all names are found, and only some of the declarations are gone through."""

    def __init__(self, table: Mapping[str, Declared], few: Sequence[syntax.Item]) -> None:
        super().__init__(table)
        self._few = {name: node for name, node in table.items() if any(node is one for one in few)}

    def items(self) -> ItemsView[str, Declared]:  # type: ignore[override]
        return self._few.items()

    def values(self) -> ValuesView[Declared]:  # type: ignore[override]
        return self._few.values()


def _policy(ctx: Context) -> ir.Policy | None:
    check_kinds(ctx)
    header = check_header(ctx)
    conditions = Conditions(ctx)
    facts = check_facts(ctx)
    rules = check_rules(ctx, conditions)
    exemptions = check_exemptions(ctx, conditions)
    scores = check_scores(ctx, conditions)
    tests = check_tests(ctx)
    # Last, when it is known which patterns of the packs are wanted.
    patterns = check_patterns(ctx)
    if header is None:
        return None
    in_order = tuple(pattern for _, pattern in sorted(patterns.items()))
    return ir.Policy(header, facts, in_order, scores, rules, exemptions, tests)
