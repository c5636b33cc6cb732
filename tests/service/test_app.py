"""The application without a network: what is asked, what is answered, and what is never told."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
import serving
from prometheus_client.parser import text_string_to_metric_families

from solon.matcher.engine import load
from solon.matcher.errors import NotSigned
from solon.matcher.trust import new_key, private_key, sign
from solon.service.following import Following
from solon.service.logs import JsonLines

FACTS = serving.FACTS
Talk = Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]


def talk(path: Path, say: Callable[..., Coroutine[Any, Any, None]], **wanted: Any) -> None:
    """Run a conversation with the service."""

    async def run() -> None:
        with serving.served(path, **wanted) as app:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                await say(client, app)

    asyncio.run(run())


def test_a_decision_is_the_public_view(house: Path) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        facts = {
            "contract": {"started": False},
            "sender": {"name": "Ada", "tenure": "3 days"},
            "spam.score": 0,
        }
        answer = await client.post("/decide", json={"message": "on zoom at 5?", "facts": facts})
        assert answer.status_code == 200
        assert answer.json() == {
            "action": "block",
            "notices": {"sender": "Dear client Ada: later."},
            "redacted": "on [removed] at 5?",
            "reasons": ["house rules, 7.1"],
        }
        policy = load(house)
        assert answer.headers["solon-policy"] == f'"house"; version=4; digest="{policy.digest}"'

    talk(house, say)


def test_a_large_body_is_decided_in_a_thread_and_says_the_same(house: Path) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        for message in ("zoom", "zoom " + "x " * 60_000):
            answer = await client.post("/decide", json={"message": message, "facts": FACTS})
            assert answer.json() == load(house).decide(message, FACTS).public()
        assert dict(app.service.counts.limits) == {"message": 1}

    talk(house, say)


def test_a_batch(house: Path) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        asked = [
            {"message": "zoom"},
            {"message": "zoom", "facts": {"contract.started": True}},
            {"message": 3},
            {"message": "zoom", "facts": {"sender.role": "king"}},
            7,
        ]
        answer = await client.post("/decide/batch", json={"facts": FACTS, "questions": asked})
        found = answer.json()["answers"]
        assert answer.status_code == 200
        assert [one["verdict"]["action"] for one in found[:2]] == ["block", "allow"]
        assert [one["problem"]["status"] for one in found[2:]] == [422] * 3
        assert found[3]["problem"]["fact"] == "sender.role"
        assert app.service.counts.problems == {"bad-message": 1, "bad-fact": 1, "bad-request": 1}
        for name, value in (("no.fact", 1), ("sender.tenure", "x"), ("sender.role", "king")):
            refused = await client.post("/decide/batch", json={"facts": {name: value}, "questions": asked})
            assert (refused.status_code, refused.json()["fact"]) == (422, name)
        many = await client.post("/decide/batch", json={"questions": asked * 3})
        assert many.status_code == 422

    talk(house, say, batch_max=10)


def test_the_internal_view_is_there_only_where_it_is_asked_for(house: Path) -> None:
    body = {"message": "zoom", "facts": FACTS, "at": "2026-12-01T10:00:00Z", "id": "m-1"}

    async def closed(client: httpx.AsyncClient, app: Any) -> None:
        assert (await client.post("/internal/decide", json=body)).status_code == 404
        assert "/internal/decide" not in (await client.get("/openapi.json")).json()["paths"]

    async def open_(client: httpx.AsyncClient, app: Any) -> None:
        found = (await client.post("/internal/decide", json=body)).json()
        policy = load(house)
        record = found["audit"]
        assert (record["id"], record["at"], record["digest"]) == (
            "m-1",
            "2026-12-01T10:00:00Z",
            policy.digest,
        )
        assert record["message"]["digest"] and record["facts"]["spam.score"]
        assert found["public"] == policy.decide("zoom", FACTS).public()
        assert (await client.post("/decide", json=body)).status_code == 422, "`at` and `id` are of the inside"

    talk(house, closed)
    talk(house, open_, internal=True, audit_key=serving.KEY)


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status", "kind"),
    [
        ("POST", "/decide", {"content-type": "text/plain"}, b"{}", 415, "not-json"),
        ("POST", "/decide", {}, b"{}", 415, "not-json"),
        ("POST", "/decide", {"content-type": "application/json"}, b"{", 400, "bad-json"),
        ("POST", "/decide", {"content-type": "Application/JSON; charset=utf-8"}, b"{}", 422, "bad-request"),
        ("GET", "/decide", {}, b"", 405, "wrong-method"),
        ("PUT", "/healthz", {}, b"", 405, "wrong-method"),
        ("GET", "/", {}, b"", 404, "not-found"),
        ("GET", "/decide/", {}, b"", 404, "not-found"),
        ("GET", "/%ff%00", {}, b"", 404, "not-found"),
    ],
)
def test_what_is_refused(  # noqa: PLR0917
    house: Path, method: str, path: str, headers: dict[str, str], content: bytes, status: int, kind: str
) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        answer = await client.request(method, path, headers=headers, content=content)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"urn:solon:problem:{kind}"
        assert ("allow" in answer.headers) == (status == 405)
        assert app.service.counts.problems == {kind: 1}
        assert sum(app.service.counts.requests.values()) == 1

    talk(house, say)


async def chunks(count: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


def test_a_body_that_is_too_large_is_refused_with_a_length_and_without(house: Path) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        head = {"content-type": "application/json"}
        for content in (b" " * 2001, chunks(30, 100)):
            answer = await client.post("/decide", content=content, headers=head)
            assert answer.status_code == 413
            assert answer.headers["connection"] == "close"
            assert answer.json()["detail"] == "a body has 2000 bytes at most"
        lies = await client.post(
            "/decide", content=chunks(1, 10), headers={**head, "content-length": "9" * 30}
        )
        assert lies.status_code == 400, "what is said of the length is nothing to lean on"
        room = await client.post("/decide", content=chunks(20, 100), headers=head)
        assert room.status_code == 400

    talk(house, say, body_bytes_max=2000)


def test_a_body_that_does_not_arrive(house: Path) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    async def say(client: httpx.AsyncClient, app: Any) -> None:
        answer = await client.post("/decide", content=slow(), headers={"content-type": "application/json"})
        assert answer.status_code == 408

    talk(house, say, body_seconds=0.05)


def test_more_at_once_than_is_allowed(house: Path) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        app.service.counts.in_flight = 2
        answer = await client.post("/decide", json={"message": "x", "facts": FACTS})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        app.service.counts.in_flight = 0
        assert (await client.post("/decide", json={"message": "x", "facts": FACTS})).status_code == 200
        assert app.service.counts.in_flight == 0

    talk(house, say, in_flight_max=2)


def test_a_defect_is_a_number_and_no_word_of_the_message(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the secret word")

    monkeypatch.setattr("solon.service.answering._decide", broken)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("solon.service")
    logger.addHandler(handler)

    async def say(client: httpx.AsyncClient, app: Any) -> None:
        answer = await client.post("/decide", json={"message": "x", "facts": FACTS})
        assert answer.status_code == 500
        number = answer.json()["detail"].rpartition(" ")[2]
        line = next(
            line for line in map(json.loads, stream.getvalue().splitlines()) if line["event"] == "defect"
        )
        assert (line["id"], line["exception"]) == (number, "RuntimeError")
        assert any("answering.py" in place for place in line["at"])
        assert "secret" not in stream.getvalue() + answer.text

    try:
        talk(house, say)
    finally:
        logger.removeHandler(handler)


def test_health_tells_degraded_from_healthy(house: Path) -> None:
    good = house.read_bytes()

    async def say(client: httpx.AsyncClient, app: Any) -> None:
        assert (await client.get("/healthz")).json()["status"] == "ok"
        serving.put(house, b"rubbish")
        app.service.following._watched.refresh()
        answer = await client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json()["status"] == "degraded"
        assert answer.json()["reasons"][0] | {"detail": ""} == {
            **{"reason": "refused", "kind": "ForeignFile", "detail": ""},
        }
        assert (await client.get("/readyz")).status_code == (await client.get("/livez")).status_code == 200
        decided = await client.post("/decide", json={"message": "zoom", "facts": FACTS})
        assert decided.json()["action"] == "block", "the last good one decides"
        serving.put(house, good)
        app.service.following._watched.refresh()
        assert (await client.get("/healthz")).status_code == 200
        await asyncio.sleep(0.3)
        stale = await client.get("/healthz")
        assert (stale.status_code, stale.json()["reasons"][0]["reason"]) == (503, "stale")

    talk(house, say, max_age=0.25)


def test_a_swap_shows_in_answers_and_in_the_description(house: Path) -> None:
    other = serving.artifact(
        serving.POLICY.replace("version 4", "version 5").replace('"zoom", "skype"', '"viber"')
    )

    async def say(client: httpx.AsyncClient, app: Any) -> None:
        assert (await client.get("/openapi.json")).json()["info"]["version"] == "4"
        serving.put(house, other)
        assert app.service.following._watched.refresh()
        answer = await client.post("/decide", json={"message": "zoom", "facts": FACTS})
        assert answer.json()["action"] == "allow"
        assert "version=5;" in answer.headers["solon-policy"]
        assert (await client.get("/openapi.json")).json()["info"]["version"] == "5"
        assert (await client.get("/healthz")).json()["swaps"] == 1

    talk(house, say)


def test_metrics(house: Path) -> None:
    async def say(client: httpx.AsyncClient, app: Any) -> None:
        for message in ("zoom", "zoom", "hello", "xyzzy", "x" * 5000):
            await client.post("/decide", json={"message": message, "facts": FACTS})
        await client.post("/decide", json={"message": "hello", "facts": {"contract.started": True}})
        await client.post("/decide", json={"message": 1})
        answer = await client.get("/metrics")
        found = {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
        assert found["solon_decisions_total", "block"] == 2
        assert found["solon_decisions_total", "hold"] == 1
        assert found["solon_rules_fired_total", "early"] == 2
        assert found["solon_rules_shadow_total", "hidden"] == 1
        assert found["solon_rules_undecided_total", "spam"] == 1
        assert found["solon_limits_hit_total", "message"] == 1
        assert found["solon_problems_total", "bad-message"] == 1
        assert found["solon_requests_total", "/decide", "200"] == 6
        assert found["solon_decision_seconds_count",] == found["solon_decision_seconds_bucket", "+Inf"] == 6
        assert found["solon_policy_healthy",] == 1
        assert found["solon_policy_stale",] == found["solon_policy_swaps_total",] == 0
        assert any(name[0] == "solon_policy_info" and load(house).digest in name for name in found)
        assert found["process_resident_memory_bytes",] > 0

    talk(house, say)


def test_names_of_one_family_do_not_grow_for_ever(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solon.service.counting.SERIES_MAX", 2)
    with serving.served(house) as app:
        from solon.service.answering import Seen  # noqa: PLC0415

        for name in ("a", "b", "c", "d", "a"):
            app.service.counts.decided([Seen(name, (), (), (), (), 0.1)])
        assert app.service.counts.decisions == {"a": 2, "b": 1, "(other)": 2}


def test_signatures_are_demanded_of_every_version(house: Path, tmp_path: Path) -> None:
    private, public, _ = new_key()
    (tmp_path / "a.key").write_bytes(private)
    (tmp_path / "a.pem").write_bytes(public)
    plain = house.read_bytes()
    with pytest.raises(NotSigned):
        Following(house, trust=(tmp_path / "a.pem",))
    signed = sign(plain, private_key(tmp_path / "a.key"))
    serving.put(house, signed)
    following = Following(house, trust=(tmp_path / "a.pem",), threshold=1, interval=3600)
    try:
        assert following.health()["status"] == "ok"
        serving.put(house, plain)
        following._watched.refresh()
        assert [one["kind"] for one in following.health()["reasons"]] == ["NotSigned"]
        assert following.policy.decide("zoom", FACTS).action == "block"
    finally:
        following.close()
