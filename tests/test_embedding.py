"""The examples of embedding run: the same three lines in a WSGI service and in an asynchronous one."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest

from solon.authoring import compile_checked
from solon.dsl.load import load_policy_text

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "embedding"
POLICY = """\
policy contact { actions allow < redact < block default allow }
facts { contract.started : bool }
pattern app  { words "zoom" }
pattern mail { words "my mail" }
rule apps  { when message contains app and not contract.started  then block  reason "house rules, 7.1" }
rule mails { when message contains mail  then redact  redact mail }
"""


@pytest.fixture
def artifact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "contact.solon"
    path.write_bytes(compile_checked(load_policy_text(POLICY)))
    monkeypatch.setenv("SOLON_ARTIFACT", str(path))
    return path


def example(name: str) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location(f"embedding_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        yield module
    finally:
        module.policy.close()


@pytest.fixture
def plain(artifact: Path) -> Iterator[ModuleType]:
    yield from example("plain")


@pytest.fixture
def asynchronous(artifact: Path) -> Iterator[ModuleType]:
    yield from example("asynchronous")


def test_a_wsgi_service(plain: ModuleType) -> None:
    def post(text: str, member: str) -> tuple[str, Any]:
        body = text.encode()
        environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))}
        environ |= {
            "wsgi.input": io.BytesIO(body),
            "REMOTE_USER": member,
            "CONTENT_TYPE": "text/plain",
            "QUERY_STRING": "",
        }
        setup_testing_defaults(environ)
        said: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said.append(status)
            return lambda data: None

        parts = validator(plain.application)(environ, start)
        try:
            return said[0], json.loads(b"".join(parts))
        finally:
            parts.close()  # type: ignore[attr-defined]

    assert post("on zoom?", "ada") == (
        "403 Forbidden",
        {"action": "block", "notices": {}, "redacted": "on zoom?", "reasons": ["house rules, 7.1"]},
    )
    assert post("on zoom?", "jess")[0] == "200 OK"
    assert post("here is my mail", "ada")[1]["redacted"] == "here is [removed]"
    assert post("x" * 70_000, "ada")[0] == "413 Content Too Large"
    assert plain.DELIVERED == ["on zoom?", "here is [removed]"]


def test_an_asynchronous_service(asynchronous: ModuleType, artifact: Path) -> None:
    async def talk() -> None:
        transport = httpx.ASGITransport(app=asynchronous.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for text in ("on zoom?", "on zoom?" + " and more" * 4000):
                assert (await client.post("/rooms/lobby", content=text)).status_code == 403
                assert (await client.post("/rooms/studio", content=text)).status_code == 200
            assert (await client.get("/healthz")).json() == {"healthy": True}
            other = compile_checked(load_policy_text(POLICY.replace('"zoom"', '"viber"')))
            beside = artifact.with_suffix(".new")
            beside.write_bytes(other)
            beside.replace(artifact)
            assert asynchronous.policy.refresh()
            assert (await client.post("/rooms/lobby", content="on zoom?")).status_code == 200

    asyncio.run(talk())


def test_the_wsgi_service_needs_the_standard_library_alone(artifact: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(EXAMPLES)!r})\n"
        "import plain\n"
        "known = {*sys.stdlib_module_names, 'solon', 'plain', '_distutils_hack', 'cython_runtime'}\n"
        "others = {name.partition('.')[0] for name in sys.modules} - known - {'__main__', '__mp_main__'}\n"
        "assert not {one for one in others if not one.startswith(('__editable__', '_cython'))}, others\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_it_is_three_lines() -> None:
    for name in ("plain", "asynchronous"):
        lines = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()
        assert [number for line in lines for number in re.findall(r"  # (\d):", line)] == ["1", "2", "3"]
