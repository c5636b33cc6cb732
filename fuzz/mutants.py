"""Mutants of artifacts: some know the format and are sealed again, so that what lies behind the digest is
tried; others are plain damage.

In: the sections of good artifacts. Out: the bytes of a mutant, the same for the same random numbers.
"""

from __future__ import annotations

import json
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import artifact_cases as cases

from solon.matcher import layout

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
    """An artifact with one to four changes: to its sections and then sealed, to its container, or
    anywhere."""
    base, donor = rng.choice(seeds), rng.choice(seeds)
    how = rng.random()
    if how < 0.08:
        return _plain(rng, layout.seal(layout.pack(base)))
    sections = dict(base)
    small = [name for name in sections if name.startswith(OF_THE_POLICY)]
    for _ in range(rng.choice((1, 1, 1, 1, 2, 2, 3, 4))):
        what = rng.random()
        name = rng.choice(small if rng.random() < 0.85 else sorted(base))
        if what < 0.04 and name not in layout.REQUIRED_SECTIONS:
            sections.pop(name, None)
        elif what < 0.08:
            name = rng.choice(sorted(donor))
            sections[name] = donor[name]
        elif name in sections:
            sections[name] = _changed(rng, name, sections[name], {**donor, **base})
    data = layout.pack(sections)
    if how < 0.13:
        data = _container(rng, data, len(sections))
    return layout.seal(data)


def _plain(rng: random.Random, data: bytes) -> bytes:
    """Damage that nobody sealed: the digest, or what stands before it, must show it."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        rng.choice(BINARY[4:])(rng, changed, {"": data})
    return bytes(changed)


def _container(rng: random.Random, data: bytes, count: int) -> bytes:
    """The header or the section table changed, or signatures put behind, which may be changed as well."""
    if rng.random() < 0.5:
        end = layout.HEADER.size + layout.ENTRY.size * count
        head = bytearray(data[:end])
        number(rng, head, {"": data})
        return bytes(head) + data[end:]
    names = sorted({rng.randbytes(32) for _ in range(rng.choice((1, 2, 3, 64)))})
    signed = layout.with_signatures(data, [layout.Signature(one, rng.randbytes(64)) for one in names])
    if rng.random() < 0.3:
        return signed
    tail = bytearray(signed[len(data) :])
    rng.choice(BINARY)(rng, tail, {"": data})
    return signed[: len(data)] + bytes(tail)


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


# ── What mutants are made of ─────────────────────────────────────────────────────────────────────────

MIDDLE = r"""
policy middle { actions allow < warn < hold  default allow  undecided warn  incomplete hold }
facts {
  state : enum(none, offer)
  tags  : set of enum(red, green) = {red}
  paid  : money(USD) = 1 USD
  spam  : number optional
  name  : text optional
  note  : scanned text optional
}
pattern word   { words "zoom*", "off platform"  except in code }
pattern plain  { words "c++"  text "zz"  evasions none }
pattern exact  { text exact "Zo"  text "zo" }
pattern strong { words "me"  evasions strong }
pattern call   = regex /call me?\b/
pattern close  = word near call within 2 words
score risk { 2 when message contains word  1 per match of call up to 2  1 when spam >= 0.5 }
rule r1 {
  when message contains word and state = none  unless tags has green
  then hold  redact word with "[x]"  notify sender "{state} {paid}"  label a  queue "q"  reason "because"
}
rule r2 { when risk >= 2 or note contains exact or count(strong) > 1 then warn rollout 99% by name }
rule r3 { when message contains any of plain, close then warn mode shadow }
exempt e { when name = "bob" from pattern call, r2 expires 2027-01-01 }
"""


def seed_artifacts() -> list[Sections]:
    """The small ones often: a mutant of a few kilobytes is opened ten times while a large one is once."""
    every = sections_of(cases.artifact(cases.EVERY_SECTION))
    middle = sections_of(cases.artifact(MIDDLE))
    small = sections_of(cases.artifact(cases.SMALL, strip=True))
    stripped = {name: content for name, content in middle.items() if name != "ir"}
    often = [with_small_tables(one) for one in (small, small, small, middle, stripped, stripped, stripped)]
    seldom = [with_small_tables({name: content for name, content in every.items() if name != "ir"}), every]
    for one in {id(one): one for one in [*often, *seldom]}.values():
        assert cases.outcome_of(layout.write(one)) == "decided", "a seed must be good"
    return [*often, *often, *often, *seldom]


def with_small_tables(sections: Sections) -> Sections:
    """The same with character tables that know ASCII alone: they are most of a small artifact."""
    changed = dict(sections)
    pages = changed["props"][8 + 2 * 8704 :]
    (first,) = struct.unpack_from("<H", changed["props"], 8)
    changed["props"] = struct.pack("<II", 1, 0) + bytes(2 * 8704) + pages[128 * first : 128 * (first + 1)]
    for name, content in sections.items():
        if name.startswith("fold_"):
            form, level, blocks, _, _, longest = struct.unpack_from("<6I", content)
            start = 24 + -(-2 * blocks // 4) * 4
            (first,) = struct.unpack_from("<H", content, 24)
            page = content[start + 256 * first : start + 256 * (first + 1)]
            pool = struct.pack("<I", 1 << 24 | ord("a"))
            changed[name] = struct.pack("<6IHH", form, level, 1, 1, 1, longest, 0, 0) + page + pool
    return changed
