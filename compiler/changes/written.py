"""A report as text, as Markdown for a pull request, and as data for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from solon.compiler.changes.report import Change, Delta, PatternChange, Report, RuleChange, Texts, Witness

TEXT_SHOWN_MAX = 100
MESSAGE_SHOWN_MAX = 200

_HEADLINES = {
    "same": "no change in meaning: every message gets the same verdict",
    "changed": "the meaning changes",
    "maybe": "the meaning may change, but no example was found",
    "not decided": "not decided within the time",
}
_RELATIONS = {
    "more": "all that it found it still finds, and more",
    "less": "it finds less, and nothing that it did not find",
    "other": "it finds other things",
    "same": "it is there in the same messages",
    "": "",
}


def headline(report: Report) -> str:
    """The answer in a sentence."""
    if report.status == "changed" and not report.changes:
        return "what the policy takes changes; every message that both take gets the same verdict"
    return _HEADLINES[report.status]


def as_text(report: Report) -> str:
    """The report for a terminal."""
    return "\n".join(f"{'  ' * depth}{text}" for depth, text in _lines(report, "")) + "\n"


def as_markdown(report: Report) -> str:
    """The report for a pull request."""
    written: list[str] = []
    for depth, text in _lines(report, "`"):
        if depth == 0:
            written += ["", f"### {text}" if written else f"**{text}**", ""]
        else:
            written.append(f"{'  ' * (depth - 1)}- {text}")
    return "\n".join(written).strip() + "\n"


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    found = {"version": 1, **asdict(report)}
    for change in found["changes"]:
        for region in change["regions"]:
            if region["witness"] is not None:
                for facts in ("facts", "all_facts"):
                    region["witness"][facts] = dict(region["witness"][facts])
    return found


Lines = Iterator[tuple[int, str]]


def _lines(report: Report, tick: str) -> Lines:
    """Depth and text; `tick` stands around what a policy says."""
    yield 0, headline(report)
    if report.changes:
        yield 0, "what changes"
        for change in report.changes:
            yield from _change(change, tick)
        if report.more_changes:
            yield 1, "… and more, in other situations"
    if report.interface:
        yield 0, "what the policy takes"
        yield from ((1, _ticked(one, tick)) for one in report.interface)
    if report.rules:
        yield 0, "rules"
        for rule in report.rules:
            yield from _rule(rule, tick)
        if report.more_rules:
            yield 1, "… and more rules"
    if report.patterns:
        yield 0, "patterns"
        for pattern in report.patterns:
            yield from _pattern(pattern, tick)
    if report.notes:
        yield 0, "notes"
        yield from ((1, _ticked(one, tick)) for one in report.notes)


def _ticked(text: str, tick: str) -> str:
    return text if tick else text.replace("`", "")


def _change(change: Change, tick: str) -> Lines:
    first, *rest = list(_delta(change.delta, tick)) or ["something differs"]
    yield 1, first + (" (less severe)" if change.relaxes else "")
    yield from ((1, f"and {one}") for one in rest)
    for region in change.regions:
        yield 2, "where " + _joined(region.conditions, tick)
        if region.witness is None:
            yield 3, "no example was found"
        else:
            yield 3, _witness(region.witness, tick)


def _joined(conditions: tuple[str, ...], tick: str) -> str:
    return " and ".join(f"{tick}{one}{tick}" for one in conditions) or "anything is the case"


def _delta(delta: Delta, tick: str) -> Iterator[str]:
    def said(text: str) -> str:
        return f"{tick}{text}{tick}"

    if delta.action is not None:
        yield f"action {said(delta.action[0])} → {said(delta.action[1])}"
    for audience, before, after in delta.notices:
        yield f"notice for {said(audience)}: {_notice(before)} → {_notice(after)}"
    for what, lost, gained in (
        ("label", delta.labels_lost, delta.labels_gained),
        ("queue", delta.queues_lost, delta.queues_gained),
        ("reason", delta.reasons_lost, delta.reasons_gained),
    ):
        yield from (f"{what} {said(one)} is gone" for one in lost)
        yield from (f"{what} {said(one)} is new" for one in gained)
    for verb, redactions in (
        ("no longer redacts", delta.redactions_lost), ("redacts", delta.redactions_gained)
    ):  # fmt: skip
        for pattern, placeholder in redactions:
            with_what = "" if placeholder is None else f" with {json.dumps(placeholder, ensure_ascii=False)}"
            yield f"{verb} {said(pattern)}{with_what}"
    if delta.placeholders_swapped:
        yield "another placeholder stands where two redactions meet"


def _notice(texts: Texts | None) -> str:
    if texts is None:
        return "none"
    shown = [f"{locale} " * bool(locale) + _short(text, TEXT_SHOWN_MAX) for locale, text in texts[:2]]
    return ", ".join(shown) + (" …" if len(texts) > 2 else "")


def _short(text: str, most: int) -> str:
    return json.dumps(text if len(text) <= most else text[: most - 1] + "…", ensure_ascii=False)


def _witness(witness: Witness, tick: str) -> str:
    told = [
        f"{tick}{name} {value}{tick}" if value else f"no {tick}{name}{tick}" for name, value in witness.facts
    ]
    told.append(f"message {tick}{_short(witness.message, MESSAGE_SHOWN_MAX)}{tick}")
    gone = [one for one in witness.old_rules if one not in witness.new_rules]
    more = [one for one in witness.new_rules if one not in witness.old_rules]
    old = witness.old_action + (f" by {_few(gone, tick)}" if gone else "")
    new = witness.new_action + (f" by {_few(more, tick)}" if more else "")
    return f"for example {', '.join(told)}: {old} → {new}"


def _few(names: list[str], tick: str) -> str:
    shown = [f"{tick}{one}{tick}" for one in names[:4]]
    return ", ".join(shown) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _rule(rule: RuleChange, tick: str) -> Lines:
    name = f"{tick}{rule.name}{tick}"
    match rule.kind:
        case "added":
            yield 1, f"{name} is new"
        case "removed":
            yield 1, f"{name} is gone"
        case "renamed":
            yield 1, f"{name} was {tick}{rule.old_name}{tick}"
        case "changed":
            yield 1, f"{name} changed"
    yield from ((2, _ticked(one, tick)) for one in rule.edits)
    verbs = ("fires", "fired") if rule.kind in ("added", "removed") else ("fires now", "fires no longer")
    for verb, regions in zip(verbs, (rule.fires_more, rule.fires_less), strict=True):
        yield from ((2, f"{verb} where {_joined(one, tick)}") for one in regions)
    if rule.not_decided:
        yield 2, "not decided within the time where it fires"


def _pattern(pattern: PatternChange, tick: str) -> Lines:
    name = f"{tick}{pattern.name}{tick}"
    if pattern.kind != "changed":
        yield 1, f"{name} is {'new' if pattern.kind == 'added' else 'gone'}"
        return
    yield 1, f"{name}: {_RELATIONS[pattern.relation]}"
    for sign, entries in (("+", pattern.gained), ("-", pattern.lost)):
        yield from ((2, f"{sign} {tick}{one}{tick}") for one in entries[:20])
        if len(entries) > 20:
            yield 2, f"{sign} {len(entries) - 20} more"
