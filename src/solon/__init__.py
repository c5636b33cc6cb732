"""Solon: a policy language for messages.

>>> import solon                                                   # doctest: +SKIP
>>> policy = solon.compile("contact_sharing.policy")               # doctest: +SKIP
>>> policy.decide("Let's hop on z00m", {"contract.state": "none"}) # doctest: +SKIP
<Verdict hold; by meeting_again_after_a_warning>

Everything is loaded when it is first used: deciding never imports the parser, checking never needs the
extension.
"""

# ruff: noqa: F401  (what type checkers import is exported by its name in `_HOMES`)

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solon.authoring import PolicyError, compile
    from solon.matcher.batch import Batch
    from solon.matcher.engine import Bound, Policy, from_bytes, load
    from solon.matcher.errors import (
        ArtifactError,
        BadSignature,
        Damaged,
        Expired,
        FactError,
        ForeignFile,
        NotSigned,
        RolledBack,
        SolonError,
        Stripped,
        TableError,
        TooFewSignatures,
        TooNew,
        TooOld,
        Truncated,
    )
    from solon.matcher.proof import Proof, RecordError, prove
    from solon.matcher.trust import Keys
    from solon.matcher.verdict import Match, Verdict
    from solon.matcher.watching import Status, Watched, watch

_HOMES = {
    "ArtifactError": "solon.matcher.errors",
    "BadSignature": "solon.matcher.errors",
    "Batch": "solon.matcher.batch",
    "Bound": "solon.matcher.engine",
    "Damaged": "solon.matcher.errors",
    "Expired": "solon.matcher.errors",
    "FactError": "solon.matcher.errors",
    "ForeignFile": "solon.matcher.errors",
    "Keys": "solon.matcher.trust",
    "Match": "solon.matcher.verdict",
    "NotSigned": "solon.matcher.errors",
    "Policy": "solon.matcher.engine",
    "PolicyError": "solon.authoring",
    "Proof": "solon.matcher.proof",
    "RecordError": "solon.matcher.proof",
    "RolledBack": "solon.matcher.errors",
    "SolonError": "solon.matcher.errors",
    "Status": "solon.matcher.watching",
    "Stripped": "solon.matcher.errors",
    "TableError": "solon.matcher.errors",
    "TooFewSignatures": "solon.matcher.errors",
    "TooNew": "solon.matcher.errors",
    "TooOld": "solon.matcher.errors",
    "Truncated": "solon.matcher.errors",
    "Verdict": "solon.matcher.verdict",
    "Watched": "solon.matcher.watching",
    "compile": "solon.authoring",
    "from_bytes": "solon.matcher.engine",
    "load": "solon.matcher.engine",
    "prove": "solon.matcher.proof",
    "watch": "solon.matcher.watching",
}

__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604  (the keys are the names above)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("solon.matcher.verdict").engine_version()
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'solon' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
