"""Damaged artifacts that look whole: mutants that know the format, sealed again, opened and asked to decide.

Each mutant must be refused by a kind of ArtifactError, or decide. A crash, a hang and any other exception is
a finding; `--only NUMBER` makes that mutant again and writes it to a file.

    python fuzz/loader.py --seconds 60 --seed 1
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import artifact_cases as cases

from solon.matcher import _engine, layout

PROGRESS = Path("build/fuzz-loader.txt")
HANG_SECONDS = 60
JSON_SECTIONS = ("meta", "ir")
# Where most mutants go: the tables that ship with Solon are large, and much the same at each place.
OF_THE_POLICY = ("meta", "words_", "literals_", "dfas", "links_", "patterns", "decision")
HEAD_BYTES = 160  # counts stand at the start of a section
WIDTHS = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**32, 2**63, 2**64, -(2**63) - 1, 10**400, 0.5, 1e999, float("nan"),
    "", "x", "é", "\ud800", "\x00", "{state}", "a.b", "x" * 5000,
    [], [[]], ["x"], [0], [["", ""]], {}, {"": None}, {"x": 2**40}, [[[[[[[]]]]]]],
)  # fmt: skip

Sections = dict[str, bytes]


def sections_of(data: bytes) -> Sections:
    """An artifact taken apart."""
    return {one.name: data[one.offset : one.offset + one.length] for one in layout.read(data)}


# ── One section ──────────────────────────────────────────────────────────────────────────────────────


def number(rng: random.Random, data: bytearray, others: Sections) -> None:
    """A number of 1, 2, 4 or 8 bytes becomes an extreme one, a neighbour, or another one of the section."""
    width = rng.choice((1, 2, 4, 4, 4, 8))
    if len(data) < width:
        return
    within = len(data) if rng.random() < 0.5 else min(len(data), HEAD_BYTES)
    at = rng.randrange(max(1, within - width + 1)) // width * width
    packer, most = struct.Struct(WIDTHS[width]), (1 << 8 * width) - 1
    (before,) = packer.unpack_from(data, at)
    (elsewhere,) = packer.unpack_from(data, rng.randrange(max(1, len(data) - width + 1)) // width * width)
    value = rng.choice(
        (0, 1, 2, before + 1, before - 1, before * 2, before << 8, before ^ 1 << rng.randrange(8 * width),
         most, most - 1, most // 2, most // 2 + 1, len(data), len(data) // width, elsewhere)
    )  # fmt: skip
    packer.pack_into(data, at, value & most)


def cut(rng: random.Random, data: bytearray, others: Sections) -> None:
    """Some bytes go, often to the end."""
    at = rng.randrange(len(data) + 1)
    del data[at : len(data) if rng.random() < 0.3 else at + rng.choice((1, 2, 4, 8, 16, 24, 64))]


def grow(rng: random.Random, data: bytearray, others: Sections) -> None:
    """Some bytes come, zero, all ones or once more what is there."""
    at, many = rng.randrange(len(data) + 1), rng.choice((1, 4, 8, 16, 20, 24, 32, 64, 512))
    data[at:at] = rng.choice((bytes(many), b"\xff" * many, bytes(data[at : at + many])))


def move(rng: random.Random, data: bytearray, others: Sections) -> None:
    """A record takes the place of another one."""
    size = rng.choice((4, 8, 16, 20, 24, 32, 40, 80))
    if len(data) >= 2 * size:
        source, target = (rng.randrange(len(data) // size) * size for _ in range(2))
        data[target : target + size] = data[source : source + size]


def graft(rng: random.Random, data: bytearray, others: Sections) -> None:
    """A part, or all, comes from a section of another name or another artifact."""
    other = others[rng.choice(sorted(others))]
    if rng.random() < 0.3:
        data[:] = other
    elif other:
        at, many = rng.randrange(len(other)), rng.choice((4, 16, 64, 256))
        place = rng.randrange(len(data) + 1)
        data[place : place + many] = other[at : at + many]


Change = Callable[[random.Random, bytearray, Sections], None]
BINARY: tuple[Change, ...] = (*[number] * 5, cut, grow, move, graft)


def changed_json(rng: random.Random, data: bytes) -> bytes:
    """One value becomes a strange one, goes, comes twice, or stands where another one stood."""
    value = json.loads(data)
    places = _places(value)
    for _ in range(rng.choice((1, 1, 1, 2, 4)) if places else 0):
        node, key = rng.choice(places)
        new = rng.choice(STRANGE) if rng.random() < 0.7 else _copy(rng.choice(places))
        how = rng.randrange(4)
        if isinstance(node, dict) and how == 0:
            node.pop(key, None)
        elif isinstance(node, dict):
            node[key] = new
        else:
            node[key : key + 1] = ([], node[key : key + 1] * 2, [new], [new])[how]
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Each (object or list, key) of a JSON value."""
    places: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        node = pending.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        places += [(node, key) for key in keys]
        pending += [node[key] for key in keys if isinstance(node[key], dict | list)]
    return places


def _copy(place: tuple[Any, Any]) -> Any:
    node, key = place
    try:
        return json.loads(json.dumps(node[key]))
    except LookupError:  # it went before
        return None


# ── A whole artifact ─────────────────────────────────────────────────────────────────────────────────


def mutant(rng: random.Random, seeds: list[Sections]) -> bytes:
    """An artifact with one to four changes, sealed."""
    base, donor = rng.choice(seeds), rng.choice(seeds)
    sections = dict(base)
    small = [name for name in sections if name.startswith(OF_THE_POLICY)]
    for _ in range(rng.choice((1, 1, 1, 1, 2, 2, 3, 4))):
        how = rng.random()
        name = rng.choice(small if rng.random() < 0.85 else sorted(base))
        if how < 0.04 and name not in layout.REQUIRED_SECTIONS:
            sections.pop(name, None)
        elif how < 0.08:
            name = rng.choice(sorted(donor))
            sections[name] = donor[name]
        elif name in sections:
            sections[name] = _changed(rng, name, sections[name], {**donor, **base})
    data = layout.write(sections)
    if rng.random() < 0.05:
        table_end = layout.HEADER.size + layout.ENTRY.size * len(sections)
        head = bytearray(data[:table_end])
        number(rng, head, base)
        data = layout.seal(bytes(head) + data[table_end:])
    return data


def _changed(rng: random.Random, name: str, data: bytes, others: Sections) -> bytes:
    """One section with one change."""
    if name in JSON_SECTIONS and rng.random() < 0.9:
        try:
            return changed_json(rng, data)
        except ValueError:  # an earlier change: it is no JSON any more
            return data
    changed = bytearray(data)
    rng.choice(BINARY)(rng, changed, others)
    return bytes(changed)


def seed_artifacts() -> list[Sections]:
    """What mutants are made of."""
    return [
        sections_of(cases.artifact(text, strip=strip))
        for text, strip in ((cases.EVERY_SECTION, False), (cases.EVERY_SECTION, True), (cases.SMALL, True))
    ]


def options(words: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Opens mutated artifacts until one does what it must not.")
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--mutants", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--seed", type=int, help="the same seed makes the same mutants; else by the clock")
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--only", type=int, help="this mutant alone, written beside the progress file")
    parser.add_argument("--progress", type=Path, default=PROGRESS, help="where the present mutant is noted")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Runs; ends with an exception, or a signal, at the first finding."""
    given = options(words)
    seed = int(time.time()) if given.seed is None else given.seed
    faulthandler.enable()
    given.progress.parent.mkdir(parents=True, exist_ok=True)
    progress = cases.Progress(given.progress)
    seeds = seed_artifacts()
    first, most = (given.first, given.mutants) if given.only is None else (given.only, 1)
    print(f"loader: seed {seed}, mutants from {first} on, engine {_engine.__file__}", flush=True)
    seen: Counter[str] = Counter()
    end = time.monotonic() + given.seconds
    made = 0
    while made < most and time.monotonic() < end:
        case = first + made
        progress.note(f"seed {seed}, mutant {case}")
        data = mutant(random.Random(f"{seed} {case}"), seeds)
        if given.only is not None:
            given.progress.with_suffix(".solon").write_bytes(data)
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        try:
            seen[cases.outcome_of(data)] += 1
        except BaseException:
            print(f"finding: python fuzz/loader.py --seed {seed} --only {case}", file=sys.stderr)
            raise
        made += 1
    faulthandler.cancel_dump_traceback_later()
    print(f"loader: {made} mutants: {dict(sorted(seen.items()))}")


if __name__ == "__main__":
    main()
