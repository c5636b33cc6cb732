"""A verdict in words and as JSON."""

from __future__ import annotations

from typing import Any

from solon.cli.common import colour, printable
from solon.matcher.verdict import Match, Verdict

MARK, PLAIN = "\x1b[1;4m", "\x1b[0m"


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Everything that a verdict says, in JSON's types; offsets in characters of the message."""
    return {
        "action": verdict.action,
        "status": verdict.status,
        "rules": list(verdict.rules),
        "shadow": list(verdict.shadow),
        "exempted": dict(verdict.exempted),
        "undecided": {rule: list(facts) for rule, facts in verdict.undecided.items()},
        "matches": [match._asdict() for match in verdict.matches],
        "notices": dict(verdict.notices),
        "labels": list(verdict.labels),
        "queues": list(verdict.queues),
        "reasons": list(verdict.reasons),
        "redacted": verdict.redacted,
        "scores": dict(verdict.scores),
        "limits": list(verdict.limits),
    }


def marked(message: str, matches: tuple[Match, ...]) -> str:
    """The message with its spans marked: underlined on a terminal, else in ⟦brackets⟧."""
    opening, closing = (MARK, PLAIN) if colour() else ("⟦", "⟧")
    parts: list[str] = []
    at = 0
    for start, end in _joined([(match.start, match.end) for match in matches if match.field is None]):
        parts += [printable(message[at:start]), opening, printable(message[start:end]), closing]
        at = end
    return "".join([*parts, printable(message[at:])])


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def verdict_in_words(message: str, verdict: Verdict) -> str:
    """A few lines: the message, the action, why, and who is told what."""
    lines = [f'"{marked(message, tuple(verdict.matches))}"']
    by = f" by {', '.join(verdict.rules)}" if verdict.rules else ""
    lines.append(f"  {verdict.action}{by}")
    if verdict.status != "decided":
        lines.append(f"  {verdict.status}: the limit of {', '.join(verdict.limits)} was hit")
    for rule, facts in verdict.undecided.items():
        lines.append(f"  undecided: {rule}, for lack of {', '.join(facts)}")
    for what, exemption in verdict.exempted.items():
        lines.append(f"  exempted: {what}, by {exemption}")
    if verdict.shadow:
        lines.append(f"  in shadow: {', '.join(verdict.shadow)}")
    for match in verdict.matches:
        where = f" of {match.field}" if match.field else ""
        lines.append(
            f'  matched {match.pattern}: "{printable(match.text)}" at {match.start}..{match.end}{where}'
        )
    for audience, notice in verdict.notices.items():
        texts = {"": notice} if isinstance(notice, str) else notice
        for locale, text in texts.items():
            lines.append(f"  told {audience}{f' ({locale})' if locale else ''}: {printable(text)}")
    for name, values in (("queue", verdict.queues), ("label", verdict.labels), ("reason", verdict.reasons)):
        if values:
            lines.append(f"  {name}: {', '.join(values)}")
    if verdict.redacted != message:
        lines.append(f'  redacted: "{printable(verdict.redacted)}"')
    return "\n".join(lines)
