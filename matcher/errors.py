"""The errors that Solon raises, all under `SolonError`.

A wrong call from Python (`FactError`) and an artifact that cannot be used (`ArtifactError` and its kinds)
are exceptions; mistakes of a policy's author are diagnostics and become one `PolicyError` in the facade. No
message here carries the text of a message or the terms of a pattern: what users wrote to each other stays
out of logs.
"""

from __future__ import annotations

__all__ = [
    "ArtifactError",
    "BadSignature",
    "Damaged",
    "Expired",
    "FactError",
    "ForeignFile",
    "NotSigned",
    "RolledBack",
    "SolonError",
    "Stripped",
    "TableError",
    "TooFewSignatures",
    "TooNew",
    "TooOld",
    "Truncated",
]


class SolonError(Exception):
    """Whatever Solon raises on purpose is one of these."""


class FactError(SolonError, ValueError):
    """The facts of a call do not fit the policy: a wrong type, an unknown value or name, one that is missing.

    `fact` names the fact (dotted), `message` says what it got and what it takes.
    """

    def __init__(self, fact: str, message: str) -> None:
        super().__init__(fact, message)
        self.fact = fact
        self.message = message

    def __str__(self) -> str:
        return f"{self.fact}: {self.message}"


class TableError(SolonError, ValueError):
    """A table of messages cannot be read: a column that is not there or of another type, a null message, text
    that is not UTF-8. It names the column and the row, and never shows a text."""


class ArtifactError(SolonError):
    """An artifact cannot be used; the kinds below say why."""


class ForeignFile(ArtifactError):
    """The file is not a Solon artifact at all."""


class Truncated(ArtifactError):
    """The file ends before the artifact does."""


class TooOld(ArtifactError):
    """The artifact's format is older than what this version reads."""


class TooNew(ArtifactError):
    """The artifact's format, or a feature that it requires, is newer than this version."""


class Damaged(ArtifactError):
    """The digest does not fit the content, or a table breaks its own rules."""


class NotSigned(ArtifactError):
    """The loader wants signatures, and the artifact has none."""


class BadSignature(ArtifactError):
    """A signature in the name of a trusted key is not one of this artifact."""


class TooFewSignatures(ArtifactError):
    """Fewer trusted keys have signed the artifact than the loader wants."""


class RolledBack(ArtifactError):
    """The policy's version is lower than the least that the loader accepts."""


class Expired(ArtifactError):
    """The artifact's own expiry has passed."""


class Stripped(ArtifactError):
    """The artifact carries no typed IR: it can decide, but not be explained."""
