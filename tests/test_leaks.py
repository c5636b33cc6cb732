"""Each public call leaves nothing behind, also where it ends with an error. The long way is `make leaks`."""

from __future__ import annotations

import gc
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import solon
from solon.matcher.artifact import read_artifact
from solon.matcher.trust import Keys, new_key, private_key, sign

ROOT = Path(__file__).resolve().parents[1]


def from_file(path: Path) -> Any:
    """A module beside the tests."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


leaks = from_file(ROOT / "fuzz" / "leaks.py")
cases = leaks.cases
DATA: bytes = cases.artifact(cases.EVERY_SECTION)
POLICY = solon.from_bytes(DATA)
BOUND = POLICY.bind(cases.FACTS)
VERDICT = POLICY.decide(cases.MESSAGES[0], cases.FACTS, at=cases.MOMENT)


class Hostile(str):
    """A message that is not quite a str, whose every question fails."""

    def __hash__(self) -> int:
        raise RuntimeError("no")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")


def verdict(message: str = cases.MESSAGES[0]) -> solon.Verdict:
    return POLICY.decide(message, cases.FACTS, at=cases.MOMENT)


CALLS: dict[str, Callable[[], object]] = {
    "decide": verdict,
    "decide a long message": lambda: verdict(cases.MESSAGES[0] * 60),
    "decide an empty message": lambda: verdict(""),
    "decide now": lambda: POLICY.decide("zoom", cases.FACTS),
    "bind": lambda: POLICY.bind(cases.FACTS),
    "decide, bound": lambda: BOUND.decide(cases.MESSAGES[1], at=cases.MOMENT),
    "find": lambda: POLICY.find(cases.MESSAGES[0]),
    "every attribute": lambda: [
        getattr(one, name) for one in (verdict(),) for name in dir(one)
        if not name.startswith("_") and not callable(getattr(one, name))
    ],
    "audit": lambda: verdict().audit(),
    "public": lambda: verdict().public(),
    "explain": lambda: verdict("zoom").explain(),
    "repr": lambda: (repr(verdict()), repr(POLICY)),
    "ir": POLICY.ir,
    "fact_kinds": POLICY.fact_kinds,
    "properties": lambda: (
        POLICY.name, POLICY.version, POLICY.digest, POLICY.actions, POLICY.rules, POLICY.patterns,
        POLICY.signers, POLICY.expires,
    ),
    "from_bytes": lambda: solon.from_bytes(DATA),
    "from_bytes of a bytearray": lambda: solon.from_bytes(bytearray(DATA)),
}  # fmt: skip

WRONG: dict[str, Callable[[], object]] = {
    "a message of another type": lambda: POLICY.decide(b"zoom", cases.FACTS),  # type: ignore[arg-type]
    "a message that is None": lambda: POLICY.decide(None, cases.FACTS),  # type: ignore[arg-type]
    "a hostile message": lambda: POLICY.decide(Hostile("zoom"), cases.FACTS),
    "facts of another type": lambda: POLICY.decide("zoom", [1]),  # type: ignore[arg-type]
    "an unknown fact": lambda: POLICY.decide("zoom", {**cases.FACTS, "nothing": 1}),
    "a missing fact": lambda: POLICY.decide("zoom", {}),
    "a fact of another type": lambda: POLICY.decide("zoom", {**cases.FACTS, "name": 3}),
    "an unknown value": lambda: POLICY.decide("zoom", {**cases.FACTS, "state": "x" * 99}),
    "a set of another type": lambda: POLICY.decide("zoom", {**cases.FACTS, "tags": ["red", 3]}),
    "a time without a zone": lambda: POLICY.decide("x", cases.FACTS, at=cases.MOMENT.replace(tzinfo=None)),
    "a cut artifact": lambda: solon.from_bytes(DATA[:-1]),
    "another file": lambda: solon.from_bytes(b"x" * 100),
    "damaged tables": lambda: solon.from_bytes(DATAMAGED),
    "damaged meta": lambda: solon.from_bytes(METAMAGED),
    "a file that is not there": lambda: solon.load("/nowhere/p.solon"),
    "an older artifact": lambda: solon.from_bytes(DATA, not_before_version=2),
}


def changed(name: str, content: bytes) -> bytes:
    """The artifact with another section."""
    artifact = read_artifact(DATA)
    return leaks.layout.write({**{one: artifact.content(one) for one in artifact.sections}, name: content})


DATAMAGED = changed("decision", read_artifact(DATA).content("decision")[:-8])
METAMAGED = changed("meta", b'{"policy":"x"}')


@pytest.fixture(scope="module", autouse=True)
def quick_collections() -> Iterator[None]:
    """What the other tests hold is not looked through each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("name", CALLS)
def test_a_call_leaves_nothing(name: str) -> None:
    call = CALLS[name]
    times = 8 if name.startswith("from_bytes") or name in ("ir", "explain") else 50
    # Explaining makes so many objects that the lists of free ones take a block now and then, for long.
    rest = 1 if name == "explain" else 0
    assert leaks.blocks_left(call, times, rest) <= rest, f"a leak of one a call would be {times}"
    things = [POLICY, BOUND, VERDICT, DATA, cases.FACTS, cases.MESSAGES[0], cases.MOMENT, None, True]
    assert max(map(abs, leaks.references_left(things[:-2], call, times))) == 0


@pytest.mark.parametrize("name", WRONG)
def test_a_call_that_fails_leaves_nothing(name: str) -> None:
    def call() -> None:
        with suppress(solon.SolonError, TypeError, ValueError, OSError, RuntimeError):
            WRONG[name]()
            raise AssertionError(f"{name} was taken")

    times = 8 if "artifact" in name or "damaged" in name else 50
    assert leaks.blocks_left(call, times) <= 0
    assert (
        max(map(abs, leaks.references_left([POLICY, DATA, cases.FACTS, cases.MESSAGES[0]], call, times))) == 0
    )


def test_loads_with_signatures_leave_nothing(tmp_path: Path) -> None:
    private, public, _ = new_key()
    (tmp_path / "a.pem").write_bytes(public)
    (tmp_path / "a.key").write_bytes(private)
    signed, keys = sign(DATA, private_key(tmp_path / "a.key")), Keys.read(tmp_path)

    def refused() -> None:
        with suppress(solon.NotSigned):
            solon.from_bytes(DATA, trust=keys)
            raise AssertionError("an unsigned artifact was taken")

    assert leaks.blocks_left(lambda: solon.from_bytes(signed, trust=keys), 10) <= 0
    assert leaks.blocks_left(refused, 10) <= 0


def test_memory_stays_flat(tmp_path: Path) -> None:
    """The short way."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    for name, (work, which) in leaks.works(tmp_path).items():
        times = {"decisions": 8_000, "loads": 30}[which]
        assert leaks.grown(work, times) <= 0 * leaks.GROWN_BYTES_MAX, name
