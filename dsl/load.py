"""Policy text to typed IR in one call: read, parse, resolve, check.

In: the path of a root file, or its text and the files beside it. Out: `Checked`, the policy or None, all
there is to say about it, and the sources that the diagnostics point into. This is the door for the
compiler, the command line and editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from solon.dsl import ir, project, syntax
from solon.dsl.allows import sort_out
from solon.dsl.check import check
from solon.dsl.diagnostics import Diagnostic, in_order
from solon.dsl.source import Source


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a policy; `policy` is None where, and only where, a diagnostic is an error."""

    policy: ir.Policy | None
    diagnostics: tuple[Diagnostic, ...]
    """In order of file and place; warnings that their line allows are left out."""
    sources: Mapping[str, Source]
    root_path: str = ""
    silenced: tuple[Diagnostic, ...] = ()
    """The warnings that their line allows."""


def load_policy(
    path: Path, *, today: date | None = None, instead: Mapping[str, str] | None = None
) -> Checked:
    """The policy whose root file is `path`.

    `today` is what exemptions' ends are held against; `instead` has texts that stand for those on the disk,
    by path from the root file's folder.
    """
    return check_project(project.load(path, instead), today)


def load_policy_text(
    text: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    name: str = "policy.policy",
    today: date | None = None,
) -> Checked:
    """The policy that `text` is, with `files` by path beside it; the disk is not looked at."""
    return check_project(project.load_text(text, name, files), today)


def check_project(files: project.Project, today: date | None = None) -> Checked:
    """The policy of files that were read already."""
    lists: dict[syntax.ListFile, list[str] | None] = {}

    def read_list(node: syntax.ListFile) -> list[str] | None:
        if node not in lists:
            before = len(files.diagnostics)
            entries = files.read_list(node)
            failed = any(one.is_error for one in files.diagnostics[before:])
            lists[node] = None if failed else entries
        return lists[node]

    policy, found = check(
        files.root_path,
        files.files,
        files.sources,
        read_list,
        today=today or datetime.now(UTC).date(),
        packs=files.packs,
        incomplete=files.incomplete,
        mistakes=tuple(files.diagnostics),
    )
    every = in_order([*files.diagnostics, *found])
    if any(one.is_error for one in every):
        policy = None
    told = sort_out(every, files.sources)
    return Checked(policy, told.left, files.sources, files.root_path, told.silenced)
