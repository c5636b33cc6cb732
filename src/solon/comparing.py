"""What changes in meaning between two policies, from files: `.policy` files and artifacts, in any mixture.

In: two paths or two checked policies. Out: the report of `solon.compiler.changes`, every example of which was
run on the reference interpreter of both.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from solon.authoring import PolicyError
from solon.compiler.changes.candidates import Candidate, Place
from solon.compiler.changes.compare import SECONDS_MAX, Ran, compare
from solon.compiler.changes.report import Report
from solon.dsl import ir
from solon.dsl.dump import dump
from solon.dsl.load import Checked, load_policy
from solon.dsl.render import render
from solon.dsl.undump import NotAPolicy, undump
from solon.facts_json import fact_from_text
from solon.matcher.artifact import read_artifact, read_file
from solon.matcher.errors import ArtifactError, Damaged, FactError
from solon.matcher.reference import Reference, prefix_within
from solon.matcher.reference.conditions import Situation
from solon.matcher.reference.facts import to_canonical
from solon.matcher.reference.patterns import Scan
from solon.matcher.reference.rules import rollout_hash
from solon.matcher.reference.shape import verify
from solon.testing import EPOCH, as_python

RUN_SHARE = 0.6
"""Work on examples, as a share of the time for all questions; after that none are run."""

VALUES_TRIED_MAX = 20_000
"""So many values of a fact are tried for one that a rollout takes, or does not take."""


def policy_of(path: Path) -> ir.Policy:
    """The typed IR of a `.policy` file or of an artifact (`.solon`).

    Raises PolicyError for mistakes of the author, ArtifactError for a file that is no artifact, or one
    without its IR (`solon compile --strip`).
    """
    if path.suffix != ".solon":
        return _checked(load_policy(path))
    artifact = read_artifact(read_file(path))
    if "ir" not in artifact.sections:
        raise ArtifactError("this artifact was compiled with --strip: what its policy means is not in it")
    try:
        value = json.loads(artifact.content("ir"))
        verify(value)
        return undump(value)
    except (NotAPolicy, ValueError, RecursionError) as error:
        raise Damaged(f"section ir: {error}") from None


def canonical_fact(policy: ir.Policy, name: str, text: str) -> ir.FactValue:
    """A fact as written on a command line, in canonical units. Raises FactError."""
    kinds = {fact["name"]: fact["kind"] for fact in json.loads(dump(policy))["facts"]}
    if name not in kinds:
        raise FactError(name, "there is no such fact")
    return to_canonical(name, kinds[name], fact_from_text(kinds, name, text))


def _checked(checked: Checked) -> ir.Policy:
    if checked.policy is None:
        errors = tuple(one for one in checked.diagnostics if one.is_error)
        raise PolicyError(errors, render(errors, checked.sources))
    return checked.policy


def diff(old: ir.Policy, new: ir.Policy, *, seconds: float = SECONDS_MAX) -> Report:
    """What changes in meaning from one policy to the other."""
    return compare(old, new, Both(old, new, RUN_SHARE * seconds), seconds=seconds)


class Both:
    """Two policies, ready to be run on one candidate."""

    def __init__(self, old: ir.Policy, new: ir.Policy, seconds: float) -> None:
        texts = [json.loads(dump(one)) for one in (old, new)]
        scans: dict[tuple[int, str], Scan] = {}
        # Looking is slow: where both have the same patterns, each text is looked at once.
        first, second = (_without_places(text["patterns"]) for text in texts)
        self._left = seconds
        self.old = _Runner(texts[0], scans, 0)
        self.new = _Runner(texts[1], scans, 0 if first == second else 1)

    def __call__(self, candidate: Candidate) -> Ran | None:
        """The verdicts of both; None where the candidate is not what it should be, or no time is left."""
        start = time.thread_time()
        try:
            return self._ran(candidate) if self._left > 0 else None
        finally:
            self._left -= time.thread_time() - start

    def _ran(self, candidate: Candidate) -> Ran | None:
        chosen: dict[str, ir.FactValue] = {}
        known = {name for name, _, _ in (*candidate.old_facts, *candidate.new_facts)}
        # Where the fact is absent no rollout takes it, wherever it would fall.
        for fact in {place.fact for place in candidate.places} & known:
            value = _placed(candidate, fact, [one for one in candidate.places if one.fact == fact])
            if value is None:
                return None
            chosen[fact] = value
        olds, news = (
            tuple((name, kind, chosen.get(name, value)) for name, kind, value in given)
            for given in (candidate.old_facts, candidate.new_facts)
        )
        runs = ((self.old, _as_given(olds)), (self.new, _as_given(news)))
        for side, pattern, field, is_there in candidate.needs:
            runner, given = runs[side]
            text = candidate.message if field is None else given.get(field)
            if text is not None and runner.has(pattern, str(text)) != is_there:
                return None
        at = EPOCH + as_python(candidate.at, ir.Kind("duration"))
        old, new = (runner.decide(candidate.message, given, at=at) for runner, given in runs)
        return Ran(old, new, tuple(dict.fromkeys((*olds, *news))))


class _Runner(Reference):
    """The reference interpreter, which remembers what it found in a text."""

    def __init__(self, policy_json: dict[str, Any], scans: dict[tuple[int, str], Scan], own: int) -> None:
        super().__init__(policy_json)
        self._scans = scans
        self._own = own

    def has(self, pattern: str, text: str) -> bool:
        """Whether a text has the pattern."""
        return bool(self._scan(prefix_within(text, self.header["limit_bytes"])[0]).spans(pattern))

    def _scan(self, text: str) -> Scan:
        if (self._own, text) not in self._scans:
            self._scans[self._own, text] = Scan(self.library, text)
        return self._scans[self._own, text]

    def _situation(self, message: str, facts: Mapping[str, Any]) -> tuple[Situation, tuple[str, ...]]:
        situation, limits = super()._situation(message, facts)
        scans = {field: self._scan(scan.text) for field, scan in situation.scans.items()}
        return replace(situation, scans=scans), limits


def _without_places(value: Any) -> Any:
    """JSON of patterns without what makes no difference to what they find."""
    if isinstance(value, list):
        return [_without_places(one) for one in value]
    if not isinstance(value, dict):
        return value
    skipped = ("place", "title", "match", "no_match")
    return {key: _without_places(one) for key, one in value.items() if key not in skipped}


def _as_given(facts: tuple[tuple[str, ir.Kind, ir.FactValue], ...]) -> dict[str, Any]:
    return {name: as_python(value, kind) for name, kind, value in facts}


def _placed(candidate: Candidate, fact: str, places: list[Place]) -> ir.FactValue | None:
    """A value that falls into all the places: the candidate's own, or one like it."""
    given = {name: value for name, _, value in (*candidate.old_facts, *candidate.new_facts)}
    value = given[fact]
    tried = VALUES_TRIED_MAX if fact in candidate.free else 1
    for number in range(tried):
        one = value if number == 0 else f"{value}{number}"
        if all(place.low <= rollout_hash(place.rule, str(one)) % 1_000_000 <= place.high for place in places):
            return one
    return None
