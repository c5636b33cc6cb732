"""Any bytes at all: a policy that decides, or an error of a kind that says what is wrong. Never a crash."""

from __future__ import annotations

import importlib.util
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solon.matcher import layout
from solon.matcher.artifact import read_artifact
from solon.matcher.engine import Policy, from_bytes, load
from solon.matcher.errors import ArtifactError, Damaged, ForeignFile, Stripped, TooNew, TooOld, Truncated

HERE = Path(__file__).parent


def from_file(path: Path) -> Any:
    """A module beside the tests."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cases = from_file(HERE / "artifact_cases.py")

TINY = layout.write({name: name.encode() * 3 for name in sorted(layout.REQUIRED_SECTIONS)})
TABLE = layout.HEADER.size
ENTRY = layout.ENTRY.size


@pytest.fixture(scope="module")
def whole() -> bytes:
    """An artifact that has each section."""
    data: bytes = cases.artifact(cases.EVERY_SECTION)
    assert [section.name for section in layout.read(data)] == list(layout.SECTIONS)
    return data


@pytest.fixture(scope="module")
def small() -> bytes:
    """An artifact that has few."""
    data: bytes = cases.artifact(cases.SMALL, strip=True)
    assert "ir" not in {section.name for section in layout.read(data)}
    return data


def run(*words: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own, which may crash."""
    return subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, timeout=300, check=False, cwd=cwd,
        env={**os.environ, **env},
    )  # fmt: skip


# ── Damage that the digest shows ─────────────────────────────────────────────────────────────────────


def test_cut_off_anywhere_it_is_truncated(small: bytes) -> None:
    """Each length."""
    for length in (*range(100), len(small) - 1):
        with pytest.raises(Truncated, match=f"{length} "):
            read_artifact(small[:length])
    assert all(kind_of(small[:length]) is Truncated for length in range(len(small)))


def kind_of(data: bytes) -> type[ArtifactError] | None:
    """The class of error that refuses the container."""
    try:
        read_artifact(data)
    except ArtifactError as error:
        return type(error)
    return None


def expected_at(place: int) -> set[type[ArtifactError]]:
    """How a flipped bit of this byte shows itself."""
    if place < 8:
        return {ForeignFile}
    if place < 12:
        return {TooOld, TooNew}
    if place < 16:
        return {TooNew}
    return {Truncated, Damaged} if place < 24 or 28 <= place < 32 else {Damaged}


def test_each_bit_counts() -> None:
    assert kind_of(TINY) is None
    for place in range(len(TINY)):
        for bit in range(8):
            data = bytearray(TINY)
            data[place] ^= 1 << bit
            assert kind_of(bytes(data)) in expected_at(place), (place, bit)


def test_a_flipped_byte_of_a_real_artifact_is_refused(small: bytes) -> None:
    """Each byte."""
    data = bytearray(small)
    for place in range(len(small)):
        data[place] ^= 0xFF
        assert kind_of(bytes(data)) in expected_at(place), place
        data[place] ^= 0xFF
    assert kind_of(bytes(data)) is None


# ── Damage that was sealed again ─────────────────────────────────────────────────────────────────────

SECTIONS = {
    "tables": (1, "words_none words_basic literals_raw literals_none literals_basic links_none links_basic"),
    "patterns": (1, "patterns"),
    "decision": (1, "decision"),
    "meta": (1, "meta"),
    "automata": (19, "dfas"),
    "IR": (19, "ir"),
    "tables that ship": (1009, "props fold_cased fold_none fold_basic suffixes phones"),
}


@pytest.mark.parametrize("group", SECTIONS)
def test_each_byte_changed_and_sealed_is_refused_or_decides(group: str, whole: bytes, tmp_path: Path) -> None:
    stride, names = SECTIONS[group]
    file, progress = tmp_path / "x.solon", tmp_path / "progress"
    file.write_bytes(whole)
    done = run(HERE / "artifact_cases.py", file, progress, stride, *names.split())
    assert done.returncode == 0, f"{cases.Progress.last(progress)}\n{done.stderr}"
    assert "'decided': " in done.stdout
    assert "'Damaged': " in done.stdout


LOADER = HERE.parent / "fuzz" / "loader.py"


def test_mutants_that_know_the_format_are_refused_or_decide(tmp_path: Path) -> None:
    progress = tmp_path / "progress"
    words = ("--mutants", 3000, "--seconds", 20, "--seed", 1, "--workers", 1, "--progress", progress)
    done = run(LOADER, *words)
    assert done.returncode == 0, f"{cases.Progress.last(progress)}\n{done.stderr}"
    assert {"'Damaged': ", "'decided': ", "'TooNew': ", "'Truncated': "} <= set(
        re.findall(r"'\w+': ", done.stdout)
    )


def test_the_fuzzer_makes_the_same_mutant_again(tmp_path: Path) -> None:
    """In two processes, under other hash seeds; and the mutant is kept where it is a finding."""
    made = []
    for number in ("1", "2"):
        progress = tmp_path / number
        done = run(LOADER, "--seed", 5, "--only", 7, "--progress", progress, PYTHONHASHSEED=number)
        assert done.returncode == 0, done.stderr
        made.append(progress.with_suffix(".solon").read_bytes())
    assert made[0] == made[1]
    assert cases.Progress.last(tmp_path / "1") == "--seed 5 --only 7"


CORPUS = HERE / "corpus" / "loader"


def test_every_artifact_of_the_corpus_is_refused_or_decides(tmp_path: Path) -> None:
    """What was found once, and a mutant for each thing that a refusal has said. A crash ends this process."""
    done = run(HERE / "artifact_cases.py", CORPUS, tmp_path / "progress")
    assert done.returncode == 0, f"{cases.Progress.last(tmp_path / 'progress')}\n{done.stderr}"
    outcomes = {name: int(many) for name, many in re.findall(r"'(\w+)': (\d+)", done.stdout)}
    assert sum(outcomes.values()) >= 100
    assert outcomes["Damaged"] >= 50


def with_section(data: bytes, name: str, change: Callable[[bytearray], object]) -> bytes:
    """The artifact with one section changed, sealed."""
    sections = {one.name: data[one.offset : one.offset + one.length] for one in layout.read(data)}
    changed = bytearray(sections[name])
    change(changed)
    return layout.write({**sections, name: bytes(changed)})


def refused(data: bytes) -> str:
    """What the error says that refuses the artifact."""
    with pytest.raises(Damaged) as error:
        from_bytes(data)
    return str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"schema":{}}', b'{"schema":[]}', b'{"schema":null}',
        b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000,
    ],
)  # fmt: skip
def test_meta_that_is_something_else(small: bytes, content: bytes) -> None:
    assert "section meta" in refused(
        with_section(small, "meta", lambda data: data.__setitem__(slice(None), content))
    )


@pytest.mark.parametrize("field", ["policy", "version", "schema"])
@pytest.mark.parametrize("value", [b"null", b'["x"]', b"1.5", b"true"])
def test_meta_with_a_field_of_another_type(small: bytes, field: str, value: bytes) -> None:
    def change(data: bytearray) -> None:
        pattern = rb'"%s":("[^"]*"|\d+|\{.*\})' % field.encode()
        data[:] = re.sub(pattern, b'"%s":%s' % (field.encode(), value), bytes(data), count=1)

    assert "section meta" in refused(with_section(small, "meta", change))


def test_a_fold_table_of_another_level(whole: bytes) -> None:
    basic = read_artifact(whole).content("fold_basic")
    said = refused(with_section(whole, "fold_none", lambda data: data.__setitem__(slice(None), basic)))
    assert said == "section fold_none: the table is of another level (at 4)"


def test_automata_share_no_table(whole: bytes) -> None:
    """Else few bytes could name much to verify."""

    def change(data: bytearray) -> None:
        assert struct.unpack_from("<I", data)[0] > 1
        data[64:80] = data[32:48]

    assert "tile" in refused(with_section(whole, "dfas", change))


def test_nodes_share_no_children(whole: bytes) -> None:
    """Else few bytes could name much to compute."""

    def change(data: bytearray) -> None:
        patterns, nodes = struct.unpack_from("<2I", data)
        parents = [
            at for at in range(32 + 8 * patterns, 32 + 8 * patterns + 20 * nodes, 20) if data[at] in (2, 3, 4)
        ]
        data[parents[1] + 4 : parents[1] + 8] = data[parents[0] + 4 : parents[0] + 8]

    assert "children" in refused(with_section(whole, "patterns", change))


def test_a_condition_of_two_rules_keeps_its_value(whole: bytes) -> None:
    """Else many rules could ask a large condition anew each."""

    def change(data: bytearray) -> None:
        head = struct.unpack_from("<24I", data)
        sizes = ((2, 16), (4, 4), (6, 32), (7, 4), (9, 16), (10, 24))
        rules = 96 + sum(-(-head[field] * size // 8) * 8 for field, size in sizes)
        assert head[11] == 4
        struct.pack_into("<I", data, rules + 64, *struct.unpack_from("<I", data, rules))

    assert "memo" in refused(with_section(whole, "decision", change))


# ── The container ────────────────────────────────────────────────────────────────────────────────────


def put(data: bytes, at: int, form: str, value: Any) -> bytes:
    """A field written over, sealed."""
    changed = bytearray(data)
    struct.pack_into(form, changed, at, value)
    return layout.seal(bytes(changed))


def moved(names: list[str]) -> bytes:
    """The tiny container with its entries in another order, or of other names."""
    sections = {one.name: TINY[one.offset : one.offset + one.length] for one in layout.read(TINY)}
    start = end = TABLE + ENTRY * len(names)
    table, body = b"", b""
    for name in names:
        body += bytes(-end % layout.ALIGNMENT)
        content = sections.get(name, b"zzz")
        table += layout.ENTRY.pack(name.encode(), start + len(body), len(content))
        body += content
        end = start + len(body)
    header = layout.HEADER.pack(layout.MAGIC, layout.FORMAT_VERSION, 0, end, len(names), 0, bytes(32))
    return layout.seal(header + table + body)


SIZE = len(TINY)
NAMES = [section.name for section in layout.read(TINY)]
GAP = layout.read(TINY)[0].offset + layout.read(TINY)[0].length

CONTAINERS: dict[str, tuple[bytes, type[ArtifactError], str]] = {
    "nothing": (b"", Truncated, "the file ends after 0 bytes, inside the header"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), ForeignFile, "this is not a Solon artifact"),
    "an archive": (b"PK\x03\x04" + bytes(99), ForeignFile, "this is not a Solon artifact"),
    "the policy's text": (b"policy x { actions allow < block }", ForeignFile, "this is not a Solon artifact"),
    "sent as text": (TINY.replace(b"\r\n", b"\n", 1), ForeignFile, "this is not a Solon artifact"),
    "the magic alone": (layout.MAGIC, Truncated, "the file ends after 8 bytes, inside the header"),
    "the next version": (put(TINY, 8, "<I", 2), TooNew, "reads version 1: use a newer Solon"),
    "a version before": (put(TINY, 8, "<I", 0), TooOld, "reads version 1: compile the policy again"),
    "a feature": (put(TINY, 12, "<I", 4), TooNew, "it needs features 0x4 that this Solon does not have"),
    "one byte more": (TINY + b"\0", Damaged, f"the header says {SIZE} bytes, the file has {SIZE + 1}"),
    "one byte less": (TINY[:-1], Truncated, f"the file has {SIZE - 1} of {SIZE} bytes"),
    "a size beyond all": (put(TINY, 16, "<Q", 2**64 - 1), Truncated, f"the file has {SIZE} of {2**64 - 1}"),
    "another content": (TINY[:-1] + b"?", Damaged, "does not have the digest that the header says"),
    "no section": (put(TINY, 24, "<I", 0), Damaged, "the sections end at byte 64"),
    "many sections": (put(TINY, 24, "<I", 2**32 - 1), Damaged, f"the header says {2**32 - 1} sections"),
    "a signature that is not there": (put(TINY, 28, "<I", 1), Truncated, f"the file has {SIZE} of"),
    "many signatures": (put(TINY, 28, "<I", 65), Damaged, "the header says 65 signatures, more than"),
    "sections out of order": (moved(NAMES[::-1]), Damaged, "'patterns' is unknown or out of order"),
    "a section twice": (moved([NAMES[0], *NAMES]), Damaged, "'meta' is unknown or out of order"),
    "an unknown section": (moved([*NAMES, "extra"]), Damaged, "'extra' is unknown or out of order"),
    "a name that is no text": (put(TINY, TABLE, "<B", 0xFF), Damaged, "is unknown or out of order"),
    "a missing section": (moved(NAMES[:-1]), Damaged, "there is no section decision"),
    "an offset before": (put(TINY, TABLE + ENTRY + 16, "<Q", 64), Damaged, "section props: offset 64"),
    "an offset between": (put(TINY, TABLE + 16, "<Q", 225), Damaged, "section meta: offset 225"),
    "an offset beyond": (put(TINY, TABLE + 16, "<Q", 2**64 - 64), Damaged, "section meta: offset"),
    "a length beyond": (put(TINY, TABLE + 24, "<Q", 2**64 - 1), Damaged, "do not tile the file"),
    "sections that overlap": (put(TINY, TABLE + 24, "<Q", 65), Damaged, "section props: offset"),
    "padding": (put(TINY, GAP, "<B", 1), Damaged, "the padding before section props is not zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_that_breaks_its_rules(name: str, tmp_path: Path) -> None:
    data, kind, says = CONTAINERS[name]
    with pytest.raises(kind, match=re.escape(says)) as error:
        read_artifact(data)
    assert type(error.value) is kind
    (tmp_path / "x.solon").write_bytes(data)
    with pytest.raises(kind, match=re.escape(says)):
        load(tmp_path / "x.solon")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "FILE_BYTES_MAX", len(TINY))
    assert kind_of(TINY) is None
    (tmp_path / "x.solon").write_bytes(TINY + b"x")
    with pytest.raises(ForeignFile, match=f"more than {len(TINY)} bytes"):
        load(tmp_path / "x.solon")


@pytest.mark.parametrize("path", ["nowhere.solon", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, path: str) -> None:
    with pytest.raises(OSError):
        load(tmp_path / path)


@pytest.mark.parametrize("data", ["text", None, 3, 10**15, ["x"]])
def test_what_is_no_bytes_is_a_wrong_call(data: Any) -> None:
    with pytest.raises(TypeError):
        from_bytes(data)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_other_bytes_are_bytes(small: bytes, kind: Callable[[bytes], Any]) -> None:
    assert from_bytes(kind(small)).decide("zoom", {}).action == "block"


# ── Promises ─────────────────────────────────────────────────────────────────────────────────────────

COMPILE = """
import hashlib, sys
from solon.dsl.load import load_policy
from solon.authoring import compile_checked
from pathlib import Path
print(hashlib.sha256(compile_checked(load_policy(Path(sys.argv[1])))).hexdigest())
"""


def test_the_same_policy_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the hash seed, the locale, the time zone and the folder where the command runs."""
    text = cases.EVERY_SECTION.replace("facts {", 'use "std/contact"\nuse "more.policy"\nfacts {', 1)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "main.policy").write_text(
        text + "\nrule more { when message contains more or message contains email then warn }\n"
    )
    (tmp_path / "here" / "more.policy").write_text(
        'pattern more { words "é", "z", "a", "zoom*", "meet me"  text "b", "a" }'
    )
    runs = [
        run("-c", COMPILE, "here/main.policy", cwd=tmp_path, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8"),
        run(
            "-c",
            COMPILE,
            tmp_path / "here/main.policy",
            cwd=Path("/"),
            PYTHONHASHSEED="4321",
            TZ="Asia/Kathmandu",
            LC_ALL="C",
            PYTHONUTF8="0",
        ),
        run(
            "-O",
            "-c",
            COMPILE,
            "main.policy",
            cwd=tmp_path / "here",
            PYTHONHASHSEED="random",
            TZ="America/Lima",
            LANG="tr_TR.UTF-8",
        ),
    ]
    assert [done.stderr for done in runs] == [""] * 3
    assert len({done.stdout for done in runs}) == 1
    assert re.fullmatch(r"[0-9a-f]{64}\n", runs[0].stdout)


def test_a_stripped_artifact_decides_the_same_and_does_not_explain(whole: bytes) -> None:
    full, stripped = from_bytes(whole), from_bytes(cases.artifact(cases.EVERY_SECTION, strip=True))
    fired = set()
    for message in cases.MESSAGES:
        one, other = (policy.decide(message, cases.FACTS, at=cases.MOMENT) for policy in (full, stripped))
        assert one.public() == other.public()
        assert {**one.audit(), "digest": ""} == {**other.audit(), "digest": ""}
        assert full.find(message) == stripped.find(message)
        fired |= set(one.rules)
        with pytest.raises(Stripped, match="--strip"):
            other.explain()
        one.explain()
    assert fired >= {"r1", "r2"}
    assert full.digest != stripped.digest


def test_a_loaded_policy_does_not_need_its_file(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.solon"
    path.write_bytes(whole)
    policy = load(path)
    before = [policy.decide(message, cases.FACTS, at=cases.MOMENT).audit() for message in cases.MESSAGES]
    with path.open("r+b") as file:  # the same file, as a careless deployment does it
        file.write(b"\xff" * len(whole))
    after = [policy.decide(message, cases.FACTS, at=cases.MOMENT).audit() for message in cases.MESSAGES]
    path.write_bytes(b"")
    path.unlink()
    assert (
        before
        == after
        == [policy.decide(message, cases.FACTS, at=cases.MOMENT).audit() for message in cases.MESSAGES]
    )
    assert policy.ir()["header"]["name"] == "every_section"


def test_bytes_that_the_caller_changes_afterwards_change_nothing(small: bytes) -> None:
    buffer = bytearray(small)
    policy: Policy = from_bytes(buffer)  # type: ignore[arg-type]
    buffer[:] = b"\xff" * len(buffer)
    assert policy.decide("zoom", {}).action == "block"
