"""Syntax trees to typed IR: every name resolved, every literal in canonical units, or the reasons why not.

In: the files of a policy, its sources, and a reader of list files. Out: the policy and all diagnostics.
Nothing is raised for what an author wrote. Each construct has its own file, `check_*.py`; this one says in
which order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

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
