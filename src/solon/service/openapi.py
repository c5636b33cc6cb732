"""The OpenAPI document of the service, with the facts that the policy takes."""

from __future__ import annotations

from typing import Any

from solon.matcher.audit import schema as audit_schema
from solon.matcher.engine import Policy
from solon.matcher.schema import FactEntry
from solon.matcher.verdict import engine_version
from solon.service.problems import KINDS, MEDIA_TYPE
from solon.service.settings import Settings

__all__ = ["document", "fact_schema", "facts_schema"]

DURATION = r"^[0-9]{1,5} ?(second|minute|hour|day|week|month|year)s?$"
AMOUNT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?( ?%s)?$"
DATE = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
MOMENT = DATE + r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z$"
TIME = {"oneOf": [{"type": "string", "pattern": DATE + "$"}, {"type": "string", "pattern": MOMENT}]}


def fact_schema(fact: FactEntry) -> dict[str, Any]:
    """The JSON that a fact takes. Somewhat narrower than what is accepted: years with two digits of a
    century, amounts of twelve digits."""
    text: dict[str, Any] = {"type": "string"}
    found: dict[str, Any]
    match fact.kind:
        case "bool":
            found = {"type": "boolean"}
        case "int":
            found = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
        case "number":
            found = {"type": "number"}
        case "enum":
            found = {"enum": list(fact.values)}
        case "set":
            found = {"type": "array", "items": {"enum": list(fact.values)} if fact.values else text}
        case "duration":
            found = {"type": "string", "pattern": DURATION, "examples": ["3 days", "6 hours"]}
        case "money":
            found = {"type": "string", "pattern": AMOUNT % fact.currency, "examples": ["10.50"]}
        case "time":
            found = dict(TIME)
        case _:
            found = dict(text)
    if fact.optional:
        return {"anyOf": [found, {"type": "null"}]}
    return found


def facts_schema(facts: tuple[FactEntry, ...]) -> dict[str, Any]:
    """The object of all facts, with dotted names. Nested objects are taken as well."""
    return {
        "type": "object",
        "properties": {fact.name: fact_schema(fact) for fact in facts},
        "required": [fact.name for fact in facts if not fact.optional and fact.default is None],
        "additionalProperties": False,
    }


def document(policy: Policy, settings: Settings) -> dict[str, Any]:
    """OpenAPI 3.1, for one policy."""
    facts = facts_schema(policy._schema.facts)
    asked: dict[str, Any] = {
        "type": "object",
        "properties": {"message": {"type": "string"}, "facts": facts},
        "required": ["message", "facts"] if facts["required"] else ["message"],
        "additionalProperties": False,
    }
    paths = {
        "/decide": {"post": _decision("one message by the policy", asked, _ref("Public"))},
        "/decide/batch": {
            "post": _decision("many messages by one version of the policy", _ref("Batch"), _ref("Answers"))
        },
        "/healthz": {"get": _said("whether the newest artifact decides", 200, 503)},
        "/readyz": {"get": _said("whether to send messages here", 200, 503)},
        "/livez": {"get": _said("whether the process answers", 200)},
        "/metrics": {"get": _text("figures for Prometheus")},
        "/openapi.json": {"get": _said("this document", 200)},
    }
    schemas = _schemas(policy, settings)
    if settings.internal:
        members = asked["properties"] | {
            "at": {"type": ["string", "null"], "pattern": MOMENT},
            "id": {"type": ["string", "null"], "maxLength": 500},
        }
        paths["/internal/decide"] = {
            "post": _decision(
                "one message, with the audit record", asked | {"properties": members}, _ref("Internal")
            )
        }
        record = audit_schema()
        schemas |= record.pop("$defs")
        schemas["Audit"] = _moved(record)
        schemas |= {name: _moved(one) for name, one in schemas.items() if name in ("rule", "match", "names")}
        schemas["Internal"] = _object({"public": _ref("Public"), "audit": _ref("Audit")})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Solon: {policy.name}",
            "version": f"{policy.version}",
            "summary": f"Solon {engine_version()}",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _schemas(policy: Policy, settings: Settings) -> dict[str, Any]:
    text = {"type": "string"}
    texts = {"type": "object", "additionalProperties": text}
    public = {
        "action": {"enum": list(policy.actions)},
        "notices": {"type": "object", "additionalProperties": {"anyOf": [text, texts]}},
        "redacted": text,
        "reasons": {"type": "array", "items": text},
    }
    kinds = [f"urn:solon:problem:{kind}" for kind in KINDS]
    problem = {"type": {"enum": kinds}, "title": text, "status": {"type": "integer"}, "detail": text}
    question = {"type": "object", "description": "as the body of /decide; each is judged by itself"}
    many: dict[str, Any] = {"type": "array", "items": question, "minItems": 1, "maxItems": settings.batch_max}
    common = facts_schema(policy._schema.facts) | {"required": []}
    common["description"] = "facts that all questions have; a question's own go before them"
    batch = {"facts": common, "questions": many}
    answer = {"oneOf": [_object({"verdict": _ref("Public")}), _object({"problem": _ref("Problem")})]}
    return {
        "Public": _object(public),
        "Problem": _object(problem) | {"properties": problem | {"place": text, "fact": text}},
        "Batch": _object(batch) | {"required": ["questions"]},
        "Answers": _object({"answers": {"type": "array", "items": answer}}),
    }


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _moved(node: Any) -> Any:
    """A schema whose definitions stand among the components."""
    if isinstance(node, dict):
        moved = {key: _moved(one) for key, one in node.items() if key not in ("$schema", "$id")}
        if isinstance(node.get("$ref"), str):
            moved["$ref"] = node["$ref"].replace("#/$defs/", "#/components/schemas/")
        return moved
    return [_moved(one) for one in node] if isinstance(node, list) else node


def _decision(what: str, asked: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    refused = {str(status): _problem(status) for status in (400, 408, 413, 415, 422, 500, 503)}
    return {
        "summary": f"Decide {what}",
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": {"200": _content("decided", "application/json", answered)} | refused,
    }


def _problem(status: int) -> dict[str, Any]:
    said = "; ".join(title for code, title in KINDS.values() if code == status)
    return _content(said, MEDIA_TYPE, _ref("Problem"))


def _said(what: str, *statuses: int) -> dict[str, Any]:
    said = {str(status): _content(what, "application/json", {"type": "object"}) for status in statuses}
    return {"summary": what, "responses": said}


def _text(what: str) -> dict[str, Any]:
    return {"summary": what, "responses": {"200": _content(what, "text/plain", {"type": "string"})}}


def _content(what: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": what, "content": {media_type: {"schema": schema}}}
