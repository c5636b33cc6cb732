"""What changed in the facts, the header and the patterns, in sentences and lists.

In: two policies together. Out: the changes of what callers give and get, and of what patterns are made of.
"""

from __future__ import annotations

from collections.abc import Iterator

from solon.compiler.analyses.clauses import Clauses
from solon.compiler.analyses.examples import written
from solon.compiler.analyses.listed import entries_of
from solon.compiler.analyses.shared_facts import FactChange
from solon.compiler.changes.joint import Joint
from solon.compiler.changes.report import PatternChange
from solon.dsl import ir

LISTED_MAX = 10


def interface(joint: Joint) -> Iterator[str]:
    """A sentence for each change of what a policy takes, and of what holds for all of it."""
    for change in joint.facts.changes:
        yield from _fact(change)
    old, new = joint.old.policy.header, joint.new.policy.header
    if old.actions != new.actions:
        yield f"the actions were `{' < '.join(old.actions)}` and are `{' < '.join(new.actions)}`"
    if old.limit_bytes != new.limit_bytes:
        yield (
            f"messages are looked at up to {new.limit_bytes:,} bytes, before up to {old.limit_bytes:,};"
            " what follows is about messages that are within both"
        )


def _fact(change: FactChange) -> Iterator[str]:
    name, old, new = change.name, change.old, change.new
    if old is None and new is not None:
        yield f"the fact `{name}` is new: {_absence(new)}"
    elif new is None and old is not None:
        yield f"the fact `{name}` is gone: callers who give it get an error"
    elif old is not None and new is not None:
        if (old.kind.name, old.kind.currency) != (new.kind.name, new.kind.currency):
            yield f"the fact `{name}` was {kind_of(old.kind)} and is {kind_of(new.kind)}"
            return
        gone = [one for one in old.kind.values if one not in new.kind.values]
        more = [one for one in new.kind.values if one not in old.kind.values]
        if more:
            yield f"the fact `{name}` takes {_listed(more)} too"
        if gone:
            yield f"the fact `{name}` no longer takes {_listed(gone)}"
        if (old.default, old.optional) != (new.default, new.optional):
            yield f"where the fact `{name}` is not given: before {_absent(old)}, now {_absent(new)}"


def _absence(fact: ir.Fact) -> str:
    if fact.optional:
        return "it may be absent"
    return "callers must give it" if fact.default is None else f"where it is not given it is {_absent(fact)}"


def _absent(fact: ir.Fact) -> str:
    if fact.optional:
        return "unknown"
    return "an error" if fact.default is None else f"`{value_of(fact.kind, fact.default)}`"


def value_of(kind: ir.Kind, value: ir.FactValue) -> str:
    """A value as a policy writes it."""
    if isinstance(value, tuple):
        return "{" + ", ".join(one if kind.values else f'"{one}"' for one in value) + "}"
    match kind.name:
        case "text" | "scanned_text":
            return f'"{value}"'
        case "enum":
            return str(value)
        case "number":
            return repr(float(value)).removesuffix(".0")
        case _:
            return written(kind, int(value))


def kind_of(kind: ir.Kind) -> str:
    """`money(USD)`, `set of text`."""
    name = {"scanned_text": "scanned text", "set": "a set"}.get(kind.name, kind.name)
    return f"{name}({kind.currency})" if kind.currency else name


def _listed(names: list[str]) -> str:
    shown = [f"`{one}`" for one in names[:LISTED_MAX]]
    if len(names) > LISTED_MAX:
        shown.append(f"{len(names) - LISTED_MAX} more")
    return ", ".join(shown)


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────


def patterns(joint: Joint, clauses: Clauses) -> Iterator[PatternChange]:
    """What became of each pattern that rules could ask about."""
    old, new = joint.old.presence, joint.new.presence
    for name in sorted({*old.numbers, *new.numbers}):
        before, after = old.numbers.get(name), new.numbers.get(name)
        if before == after:
            continue
        if before is None:
            yield PatternChange(name, "added", "", (), ())
        elif after is None:
            yield PatternChange(name, "removed", "", (), ())
        else:
            had, has = old.contains(name), new.contains(name)
            less, more = not clauses.never(had, -has), not clauses.never(has, -had)
            relation = {
                (False, False): "same", (True, False): "less", (False, True): "more", (True, True): "other",
            }[less, more]  # fmt: skip
            was, now = _entries(old.roots[name]), _entries(new.roots[name])
            yield PatternChange(
                name,
                "changed",
                relation,  # type: ignore[arg-type]
                tuple(sorted(now - was)),
                tuple(sorted(was - now)),
            )


def _entries(root: ir.PatternNode) -> set[str]:
    """What a pattern is made of, in words; what an `except` takes away with the word before it."""
    found: set[str] = set()
    pending: list[tuple[ir.PatternNode, str]] = [(root, "")]
    while pending:
        node, before = pending.pop()
        match node:
            case ir.AnyOf(parts=parts):
                pending.extend((part, before) for part in parts)
            case ir.Except(kept=kept, removed=removed):
                pending.append((kept, before))
                pending.extend((part, "except ") for part in removed)
            case ir.Near(left=left, right=right, side=side, distance=distance, unit=unit):
                pending += [(left, before), (right, f"{side} within {distance} {unit} ")]
            case ir.Words() | ir.Text() | ir.Url():
                kind = (
                    "text exact" if isinstance(node, ir.Text) and node.exact else type(node).__name__.lower()
                )
                level = "" if node.level == "basic" else f" evasions {node.level}"
                found |= {f"{before}{kind} {_entry(one)}{level}" for one in entries_of(node)}
            case ir.Regex(source=source, cased=cased, level=level):
                found.add(f"{before}regex /{source}/{'c' if cased else ''}" + _level(level))
            case ir.Entity(name=name, regions=regions, level=level):
                narrowed = f"({', '.join(regions)})" if regions else ""
                found.add(f"{before}entity {name}{narrowed}" + _level(level))
            case ir.Zone(name=zone):
                found.add(f"{before}in {zone}")
            case ir.PatternRef(name=other):
                found.add(f"{before}{other}")
    return found


def _level(level: str) -> str:
    return "" if level == "basic" else f" evasions {level}"


def _entry(entry: tuple[object, ...]) -> str:
    last = entry[-1]
    if isinstance(last, ir.UrlShape):
        return '"' + "/".join([last.host, *(last.path or ())]) + '"'
    if entry[0] == "words":
        return f'"{"*" if entry[2] else ""}{last}{"*" if entry[3] else ""}"'
    return f'"{last}"'
