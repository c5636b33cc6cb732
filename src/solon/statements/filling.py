"""A statement of reasons from an audit record and a platform's mapping.

The mapping is TOML. Each table gives fields of the statement; the later ones here go before the earlier:

    [always]            what holds for all of them
    [actions.NAME]      what an action does to the content, or `statement = false` where it restricts nothing
    [labels.NAME]       what a label of a decisive rule means
    [rules.NAME]        what one decisive rule means

Two labels, or two rules, that give one field two values are a mistake that is named: lists are joined. Texts
may have `{reasons}`, `{policy}`, `{version}`, `{action}`, `{id}` and `{date}`. Where the mapping is silent,
`decision_facts` and the ground and explanation of incompatible content come from the `reason` of the decisive
rules. Nothing comes from a message: a record has none, and matched texts that somebody put into one are not
looked at.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from solon.matcher.audit import canonical
from solon.matcher.errors import SolonError
from solon.matcher.proof import RecordError, read
from solon.statements import vocabulary as v
from solon.statements.checking import Wrong, check

__all__ = ["Mapped", "MappingError", "Statement", "fill", "read_mapping"]

PLACES = re.compile(r"\{([a-z_]*)\}")
FILE_BYTES_MAX = 1 << 20
TABLES = ("always", "actions", "labels", "rules")
AREAS = {"EU": v.EU, "EEA": v.EEA}


class MappingError(SolonError, ValueError):
    """A mapping is not one, or contradicts itself. The text names the place."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping as it was read: fields of statements by table."""

    always: Mapping[str, Any]
    actions: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """What came of a record: `fields` None where none is due, and what is `wrong` with them."""

    fields: dict[str, Any] | None
    wrong: tuple[Wrong, ...] = field(default=())


def read_mapping(path: Path) -> Mapped:
    """The mapping of a file. Raises OSError, MappingError."""
    with path.open("rb") as file:
        data = file.read(FILE_BYTES_MAX + 1)
    try:
        if len(data) > FILE_BYTES_MAX:
            raise ValueError(f"it has more than {FILE_BYTES_MAX} bytes")
        found = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MappingError(f"{path}: this is no TOML: {error}") from None
    for name in found:
        if name not in TABLES:
            raise MappingError(f"{path}: there is no table `{name}`; there are {', '.join(TABLES)}")
    tables: dict[str, Any] = {name: found.get(name, {}) for name in TABLES}
    for name, table in tables.items():
        inner = [table] if name == "always" else list(table.values()) if isinstance(table, dict) else [None]
        if not isinstance(table, dict) or not all(isinstance(one, dict) for one in inner):
            raise MappingError(
                f"{path}: `{name}` takes " + ("fields" if name == "always" else "tables of fields")
            )
    return Mapped(**tables)


def fill(record: Mapping[str, Any], mapped: Mapped, given: Mapping[str, Any] | None = None) -> Statement:
    """The statement of a record, checked. `given` are fields of this one case, which go before the mapping.

    Raises RecordError for what is no record, MappingError where the mapping has no word for the action or
    contradicts itself.
    """
    at = read(record)
    action = record["action"]
    if action not in mapped.actions:
        raise MappingError(
            f"the mapping has no `[actions.{action}]`: say what it does, or `statement = false`"
        )
    of_action = dict(mapped.actions[action])
    due = of_action.pop("statement", True)
    if not isinstance(due, bool):
        raise MappingError(f"`[actions.{action}]`: `statement` takes true or false")
    if not due:
        return Statement(None)
    rules = _decisive(record)
    labels = sorted({label for rule in rules for label in rule["labels"]})
    reasons = list(dict.fromkeys(rule["reason"] for rule in rules if rule["reason"]))
    fields: dict[str, Any] = {
        "application_date": at.astimezone(UTC).date().isoformat(),
        "content_date": at.astimezone(UTC).date().isoformat(),
        "automated_detection": "Yes",
        "puid": "solon-" + hashlib.sha256(canonical(_bare(record))).hexdigest()[:40],
        "content_type": ["CONTENT_TYPE_TEXT"],
    }
    if reasons:
        fields["decision_facts"] = "{reasons}"
    fields |= mapped.always
    fields |= of_action
    fields |= _joined("label", {name: mapped.labels[name] for name in labels if name in mapped.labels})
    names = [rule["name"] for rule in rules]
    fields |= _joined("rule", {name: mapped.rules[name] for name in names if name in mapped.rules})
    fields |= given or {}
    if reasons and fields.get("decision_ground") == "DECISION_GROUND_INCOMPATIBLE_CONTENT":
        fields.setdefault("incompatible_content_ground", "{reasons}")
        fields.setdefault("incompatible_content_explanation", "{reasons}")
    words = {
        "reasons": "; ".join(reasons),
        "policy": record["policy"],
        "version": str(record["version"]),
        "action": action,
        "id": record["id"] or "",
        "date": fields["application_date"],
    }
    done = {
        name: _filled(name, _area(name, value), words) for name, value in fields.items() if value is not None
    }
    ordered = {name: done[name] for name in (*v.VOCABULARY, *v.DATES, *v.LENGTHS, *v.ONE) if name in done}
    return Statement(ordered | done, check(done))


def _decisive(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules whose action it is, in the form that a record has them in."""
    found = []
    for number, rule in enumerate(record["rules"]):
        good = (
            isinstance(rule, dict)
            and isinstance(rule.get("name"), str)
            and isinstance(rule.get("labels"), list)
        )
        good = good and all(isinstance(label, str) for label in rule["labels"])
        if (
            not good
            or not isinstance(rule.get("reason"), str | None)
            or type(rule.get("decisive")) is not bool
        ):
            raise RecordError(f"rules[{number}]", "is no rule of a record")
        if rule["decisive"]:
            found.append(rule)
    return found


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without matched texts, so that not even a hash hangs on somebody's words."""
    matches = [
        {name: value for name, value in match.items() if name != "text"} if isinstance(match, dict) else match
        for match in record["matches"]
    ]
    return {**record, "matches": matches}


def _joined(what: str, tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of several tables; a field that two of them give in two ways has no right value."""
    found: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name, table in tables.items():
        for key, value in table.items():
            if key in found and isinstance(value, list) and isinstance(found[key], list):
                found[key] = list(dict.fromkeys([*map(str, found[key]), *map(str, value)]))
            elif key in found and found[key] != value:
                raise MappingError(
                    f"`{key}` is given in two ways, by the {what}s `{origin[key]}` and `{name}`"
                )
            else:
                found[key] = value
            origin.setdefault(key, name)
    return found


def _area(name: str, value: Any) -> Any:
    """`EU` and `EEA` for all their countries."""
    return (
        list(AREAS[value])
        if name == "territorial_scope" and isinstance(value, str) and value in AREAS
        else value
    )


def _filled(name: str, value: Any, words: Mapping[str, str]) -> Any:
    if not isinstance(value, str) or name not in v.LENGTHS:
        return value
    for place in PLACES.findall(value):
        if place not in words:
            raise MappingError(
                f"`{name}`: there is no `{{{place}}}`; there are "
                + ", ".join(f"`{{{one}}}`" for one in words)
            )
    return PLACES.sub(lambda found: words[found[1]], value)


def bundles(statements: Iterable[dict[str, Any]], size: int = 100) -> Iterable[dict[str, Any]]:
    """Statements as the database takes many: at most a hundred at once."""
    held: list[dict[str, Any]] = []
    for one in statements:
        held.append(one)
        if len(held) == size:
            yield {"statements": held}
            held = []
    if held:
        yield {"statements": held}
