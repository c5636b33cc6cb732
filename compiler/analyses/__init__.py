"""What the checker finds by meaning, not by text: one file a finding, named by its sentence.

    ir.Policy ──situations──▶ clauses ──a question a finding──▶ diagnostics

In: a checked policy. Out: warnings with the place, a second place where another rule matters, and a situation
for example. No finding is false: what cannot be proved, or not within the time, is not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solon.compiler.analyses.clauses import Clauses
from solon.compiler.analyses.condition_always_decided import always_decided
from solon.compiler.analyses.exemption_exempts_nothing import exempting_nothing
from solon.compiler.analyses.no_rule_looks import gaps as all_gaps
from solon.compiler.analyses.notice_leaves_out import leaving_out
from solon.compiler.analyses.notices_tie import tying
from solon.compiler.analyses.pattern_swallows_another import swallowed
from solon.compiler.analyses.question import Question
from solon.compiler.analyses.rule_always_outdone import always_outdone
from solon.compiler.analyses.rule_never_fires import never_firing
from solon.compiler.analyses.situations import Situations
from solon.dsl import ir
from solon.dsl.diagnostics import Diagnostic, in_order
from solon.dsl.source import Source

SECONDS_MAX = 5.0
"""Time for all questions about one policy; what is not answered by then is not said."""


MEANING_CODES = frozenset(
    {
        "rule-never-fires",
        "rule-always-outdone",
        "condition-always-true",
        "condition-always-false",
        "exemption-exempts-nothing",
        "notice-leaves-out",
        "notices-tie",
        "pattern-swallowed",
        "no-rule-looks",
    }
)
"""The codes of what is found here."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found, and the questions that were not decided within the time."""

    diagnostics: tuple[Diagnostic, ...]
    not_decided: tuple[str, ...]


def analyse(
    policy: ir.Policy, sources: Mapping[str, Source], *, gaps: bool = False, seconds: float = SECONDS_MAX
) -> tuple[Diagnostic, ...]:
    """All findings about a policy, in order; with `gaps` also the combinations of facts that no rule looks
    at."""
    return analysis(policy, sources, gaps=gaps, seconds=seconds).diagnostics


def analysis(
    policy: ir.Policy, sources: Mapping[str, Source], *, gaps: bool = False, seconds: float = SECONDS_MAX
) -> Analysis:
    """The same, and what could not be decided."""
    clauses = Clauses(seconds)
    try:
        question = Question(Situations(policy, clauses), sources)
        never = never_firing(question)
        skipped = frozenset(never)
        found = [
            *never.values(),
            *always_decided(question, skipped),
            *exempting_nothing(question),
            *always_outdone(question, skipped),
            *tying(question, skipped),
            *leaving_out(question, skipped),
            *swallowed(question),
        ]
        if gaps:  # last, for it shuts out what it has told
            found += all_gaps(question)
        return Analysis(in_order(found), tuple(clauses.not_decided))
    finally:
        clauses.close()
