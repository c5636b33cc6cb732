"""Signatures, expiry and versions: what a loader takes, and each way to refuse, by its own error."""

from __future__ import annotations

import hashlib
import random
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

import solon
from solon.cli.group import group
from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text
from solon.matcher import layout
from solon.matcher.artifact import read_artifact
from solon.matcher.trust import Keys, key_id, new_key, private_key, sign

END = datetime(2026, 7, 1, tzinfo=UTC)


def artifact(version: int = 3, word: str = "zoom", expires: datetime | None = None) -> bytes:
    """A small policy that finds one word."""
    checked = load_policy_text(
        f"policy p {{ version {version} actions allow < block  default allow }}\n"
        f'pattern w {{ words "{word}" }}\nrule r {{ when message contains w then block }}'
    )
    assert checked.policy is not None
    compiled = compile_policy(
        checked.policy, strip=True, expires=None if expires is None else int(expires.timestamp())
    )
    assert compiled.artifact is not None
    return compiled.artifact


class Person:
    """Somebody with a pair of keys."""

    def __init__(self, folder: Path, name: str) -> None:
        private, public, self.key_id = new_key()
        self.private_file, self.public_file = folder / f"{name}.key", folder / f"{name}.pem"
        self.private_file.write_bytes(private)
        self.public_file.write_bytes(public)
        self.key = private_key(self.private_file)

    def __call__(self, data: bytes) -> bytes:
        return sign(data, self.key)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return artifact()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> tuple[Person, Person, Person]:
    """The author, the approver, and somebody whom nobody trusts."""
    trusted, other = tmp_path_factory.mktemp("trusted"), tmp_path_factory.mktemp("other")
    return Person(trusted, "author"), Person(trusted, "approver"), Person(other, "stranger")


@pytest.fixture(scope="module")
def keys(people: tuple[Person, Person, Person]) -> Keys:
    return Keys.read(people[0].public_file, people[1].public_file)


# ── What signing does ────────────────────────────────────────────────────────────────────────────────


def test_signing_changes_neither_the_digest_nor_a_byte_of_the_content(
    plain: bytes, people: tuple[Person, ...]
) -> None:
    signed = people[0](people[1](plain))
    size = len(plain)
    assert signed[:28] + bytes(4) + signed[32:size] == plain
    assert read_artifact(signed).digest == read_artifact(plain).digest
    assert solon.from_bytes(signed).decide("zoom", {}).action == "block"
    assert len(signed) == -(-size // 64) * 64 + 2 * 128


def test_the_order_of_signing_and_signing_twice_change_nothing(
    plain: bytes, people: tuple[Person, ...]
) -> None:
    author, approver, stranger = people
    every = {author(approver(stranger(plain))), stranger(approver(author(plain)))}
    every.add(author(author(approver(author(stranger(plain))))))
    assert len(every) == 1
    assert set(solon.from_bytes(every.pop()).signers) == {one.key_id for one in people}


def test_the_bytes_are_those_that_the_page_says(plain: bytes, people: tuple[Person, ...]) -> None:
    """Read by hand, without the code that wrote them."""
    signed = people[0](plain)
    entry = signed[-128:]
    public = people[0].key.public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert entry[:32] == hashlib.sha256(raw).digest()
    assert entry[32:64] == struct.pack("<I", 1) + bytes(28)
    content = hashlib.sha256(signed[:28] + bytes(4) + signed[64 : len(plain)]).digest()
    public.verify(entry[64:], b"Solon artifact signature 1\0" + content)


def test_an_artifact_takes_so_many_signatures_and_no_more(plain: bytes) -> None:
    data = plain
    for _ in range(layout.SIGNATURES_MAX):
        data = sign(data, ed25519.Ed25519PrivateKey.generate())
    assert len(solon.from_bytes(data).signers) == layout.SIGNATURES_MAX
    with pytest.raises(ValueError, match="at most 64 signatures"):
        sign(data, ed25519.Ed25519PrivateKey.generate())


# ── What a loader takes ──────────────────────────────────────────────────────────────────────────────


def test_enough_signatures(plain: bytes, people: tuple[Person, ...], keys: Keys, tmp_path: Path) -> None:
    author, approver, stranger = people
    file = tmp_path / "p.solon"
    file.write_bytes(stranger(author(approver(plain))))
    folder = author.public_file.parent
    for trust in (keys, folder, str(folder), [author.public_file, str(approver.public_file)]):
        policy = solon.load(file, trust=trust, threshold=2, not_before_version=3)
        assert policy.decide("zoom", {}).action == "block"
    assert solon.load(file, trust=approver.public_file).version == 3
    assert solon.from_bytes(plain).signers == ()


def changed(data: bytes, at: int, form: str, value: int | bytes) -> bytes:
    out = bytearray(data)
    struct.pack_into(form, out, at, value)
    return bytes(out)


Make = Callable[[bytes, Any, Any, Any], bytes]

# INVARIANT: a policy with two keys of which both must have signed; no line here may be taken.
REFUSED: dict[str, tuple[type[solon.ArtifactError], str, Make]] = {
    "not signed": (solon.NotSigned, "the artifact is not signed", lambda p, a, b, s: p),
    "signatures stripped": (
        solon.NotSigned, "is not signed", lambda p, a, b, s: layout.with_signatures(a(b(p)), [])),
    "one of two": (solon.TooFewSignatures, "1 of the 2 signatures that are needed", lambda p, a, b, s: a(p)),
    "one stripped": (
        solon.TooFewSignatures, "1 of the 2",
        lambda p, a, b, s: layout.with_signatures(a(b(p)), layout.signatures(a(b(p)))[:1])),
    "a stranger's": (
        solon.TooFewSignatures, "0 of the 2 .*; 1 by keys that are not trusted", lambda p, a, b, s: s(p)),
    "one and a stranger's": (
        solon.TooFewSignatures, "1 of the 2 .*; 1 by keys that are not trusted", lambda p, a, b, s: s(a(p))),
    "many strangers": (
        solon.TooFewSignatures, "1 of the 2 .*; 2 by",
        lambda p, a, b, s: sign(s(a(p)), ed25519.Ed25519PrivateKey.generate())),
    "the same key twice": (
        solon.Damaged, "its key comes twice or out of order", lambda p, a, b, s: doubled(a(p), 0, 0)),
    "the wrong order": (
        solon.Damaged, "its key comes twice or out of order", lambda p, a, b, s: doubled(a(b(p)), 1, 0)),
    "of another artifact": (
        solon.BadSignature, "is not one of this artifact",
        lambda p, a, b, s: layout.with_signatures(p, layout.signatures(a(b(artifact(word="skype")))))),
    "one of another artifact": (
        solon.BadSignature, "is not one of this artifact",
        lambda p, a, b, s: layout.with_signatures(
            p, [*layout.signatures(a(p)), *layout.signatures(b(artifact(version=4)))])),
    "one more that does not hold": (
        solon.BadSignature, "is not one of this artifact",
        lambda p, a, b, s: forged(s(a(b(p))), a.key_id, a.key)),
    "in another's name": (
        solon.BadSignature, "is not one of this artifact", lambda p, a, b, s: forged(p, a.key_id, s.key)),
    "of the bare digest": (
        solon.BadSignature, "is not one of this artifact", lambda p, a, b, s: bare(p, a)),
    "of zeros": (
        solon.BadSignature, "is not one of this artifact",
        lambda p, a, b, s: layout.with_signatures(
            p, [layout.Signature(bytes.fromhex(a.key_id), bytes(64))])),
    "a byte of it turned": (
        solon.BadSignature, "is not one of this artifact",
        lambda p, a, b, s: changed(a(p), len(a(p)) - 1, "B", 255)),
    "content changed and sealed": (
        solon.BadSignature, "is not one of this artifact",
        lambda p, a, b, s: layout.seal(a(b(p)).replace(b'"version":3', b'"version":9'))),
    "content changed": (
        solon.Damaged, "does not have the digest",
        lambda p, a, b, s: a(b(p)).replace(b'"version":3', b'"version":9')),
    "an unknown algorithm": (
        solon.TooNew, "is of a kind .2. that", lambda p, a, b, s: changed(a(p), len(a(p)) - 96, "<I", 2)),
    "no algorithm": (
        solon.TooNew, "is of a kind .0. that", lambda p, a, b, s: changed(a(p), len(a(p)) - 96, "<I", 0)),
    "a reserved field": (
        solon.Damaged, "a reserved field is not zero",
        lambda p, a, b, s: changed(a(p), len(a(p)) - 65, "B", 1)),
    "padding": (
        solon.Damaged, "padding before the signatures", lambda p, a, b, s: changed(a(p), len(p), "B", 1)),
    "trailing bytes": (solon.Damaged, "the header says", lambda p, a, b, s: a(b(p)) + b"\0"),
    "a trailing signature": (solon.Damaged, "the header says", lambda p, a, b, s: a(b(p)) + a(p)[-128:]),
    "trailing bytes without signatures": (
        solon.Damaged, "the header says", lambda p, a, b, s: p + a(p)[len(p):]),
    "the last byte gone": (solon.Truncated, "the file has", lambda p, a, b, s: a(b(p))[:-1]),
    "the last signature gone": (solon.Truncated, "the file has", lambda p, a, b, s: a(b(p))[:-128]),
    "one more in the count": (
        solon.Truncated, "the file has",
        lambda p, a, b, s: changed(a(b(p)), 28, "<I", 3)),
    "one less in the count": (
        solon.Damaged, "the header says",
        lambda p, a, b, s: changed(a(b(p)), 28, "<I", 1)),
    "none in the count": (solon.Damaged, "the header says", lambda p, a, b, s: changed(a(b(p)), 28, "<I", 0)),
    "a count beyond all": (
        solon.Damaged, "more than there can be", lambda p, a, b, s: changed(a(b(p)), 28, "<I", 2**32 - 1)),
    "sections in another order": (
        solon.Damaged, "do not tile the file",
        lambda p, a, b, s: layout.seal(swapped(a(b(p))))),
    "a version before": (
        solon.RolledBack, "version 2, and 3 is the least", lambda p, a, b, s: a(b(artifact(2)))),
    "expired": (
        solon.Expired, "expired at 2026-07-01T00:00:00", lambda p, a, b, s: a(b(artifact(expires=END)))),
}  # fmt: skip


def doubled(data: bytes, *order: int) -> bytes:
    """The artifact with its signatures in this order, as no writer of ours puts them."""
    every = [
        data[len(data) - 128 * many :][:128] for many in range(struct.unpack_from("<I", data, 28)[0], 0, -1)
    ]
    start = -(-struct.unpack_from("<Q", data, 16)[0] // 64) * 64
    block = b"".join(every[one] for one in order)
    return changed(data[:start], 28, "<I", len(order)) + block


def forged(data: bytes, key_name: str, key: ed25519.Ed25519PrivateKey) -> bytes:
    """A signature of something else, or by another key, in the name of a key."""
    others = [one for one in layout.signatures(data) if one.key_id.hex() != key_name]
    mine = layout.Signature(bytes.fromhex(key_name), key.sign(layout.message_to_sign(data)[:-1]))
    return layout.with_signatures(data, [*others, mine])


def bare(data: bytes, person: Person) -> bytes:
    """A signature of the digest without the words before it."""
    value = person.key.sign(data[32:64])
    return layout.with_signatures(data, [layout.Signature(bytes.fromhex(person.key_id), value)])


def swapped(data: bytes) -> bytes:
    """The first two entries of the section table in each other's place."""
    return data[:64] + data[96:128] + data[64:96] + data[128:]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_and_by_which_error(
    name: str, plain: bytes, people: tuple[Person, ...], keys: Keys, tmp_path: Path
) -> None:
    kind, says, make = REFUSED[name]
    data = make(plain, *people)
    demands: dict[str, Any] = {
        "trust": keys, "threshold": 2, "not_before_version": 3, "at": END + timedelta(seconds=1)}  # fmt: skip
    with pytest.raises(kind, match=says) as error:
        solon.from_bytes(data, **demands)
    assert type(error.value) is kind
    file = tmp_path / "p.solon"
    file.write_bytes(data)
    with pytest.raises(kind, match=says):
        solon.load(file, **demands)
    assert solon.load(write(tmp_path, people[0](people[1](plain))), **demands).version == 3


def write(folder: Path, data: bytes) -> Path:
    file = folder / "good.solon"
    file.write_bytes(data)
    return file


def test_no_changed_bit_of_the_signatures_is_taken(
    plain: bytes, people: tuple[Person, ...], keys: Keys
) -> None:
    signed = people[0](people[1](plain))
    for place in [*range(28, 32), *range(len(plain), len(signed))]:
        with pytest.raises(solon.ArtifactError):
            solon.from_bytes(
                changed(signed, place, "B", signed[place] ^ 1 << place % 8), trust=keys, threshold=2
            )


def test_spliced_artifacts_are_never_taken(people: tuple[Person, ...], keys: Keys) -> None:
    """Parts of two well signed files, cut anywhere and sealed: none is taken but the files themselves."""
    author, approver, _ = people
    one, other = (
        author(approver(artifact(version=version, word=word))) for version, word in ((1, "zoom"), (2, "aaaa"))
    )
    assert len(one) == len(other)
    rng = random.Random(1)
    for _ in range(300):
        first, second = sorted(rng.sample(range(len(one)), 2))
        mixed = layout.seal(one[:first] + other[first:second] + one[second:])
        if mixed not in (one, other):
            with pytest.raises(solon.ArtifactError):
                solon.from_bytes(mixed, trust=keys, threshold=2)


def test_expiry_is_held_against_the_time_that_is_said(people: tuple[Person, ...]) -> None:
    data = artifact(expires=END)
    assert solon.from_bytes(data, at=END - timedelta(microseconds=1)).expires == END
    for at in (END, END + timedelta(days=1), None):  # now is later
        with pytest.raises(solon.Expired):
            solon.from_bytes(data, at=at)
    with pytest.raises(TypeError, match="time zone"):
        solon.from_bytes(data, at=datetime(2026, 1, 1))
    assert solon.from_bytes(artifact()).expires is None
    assert read_artifact(data).digest != read_artifact(artifact()).digest, "the end is part of what is signed"


@pytest.mark.parametrize("value", [b'"never"', b"1.5", b"true", b"[]", b"1" + b"0" * 30, b"-" + b"9" * 17])
def test_an_expiry_that_is_no_time_is_damage(value: bytes) -> None:
    data = artifact(expires=END)
    sections = {one.name: data[one.offset : one.offset + one.length] for one in layout.read(data)}
    sections["meta"] = sections["meta"].replace(b'"expires":%d' % END.timestamp(), b'"expires":' + value)
    with pytest.raises(solon.Damaged, match="section meta"):
        solon.from_bytes(layout.write(sections))


# ── Keys, and calls that ask for nothing ─────────────────────────────────────────────────────────────


def test_demands_that_nothing_meets_are_wrong_calls(plain: bytes, keys: Keys, tmp_path: Path) -> None:
    for threshold in (0, -1, 3):
        with pytest.raises(ValueError, match="the threshold is from 1 to 2"):
            solon.from_bytes(plain, trust=keys, threshold=threshold)
    with pytest.raises(ValueError, match="say `trust`"):
        solon.from_bytes(plain, threshold=1)
    for nothing in ([], tmp_path):
        with pytest.raises(ValueError, match="no public key in"):
            solon.from_bytes(plain, trust=nothing)


def test_a_key_in_two_files_counts_once(plain: bytes, people: tuple[Person, ...], tmp_path: Path) -> None:
    author, approver, _ = people
    for name in ("one.pem", "two.pem"):
        (tmp_path / name).write_bytes(author.public_file.read_bytes())
    assert len(Keys.read(tmp_path)) == 1
    with pytest.raises(ValueError, match="from 1 to 1"):
        solon.from_bytes(author(plain), trust=tmp_path, threshold=2)
    (tmp_path / "both.pem").write_bytes(author.public_file.read_bytes() + approver.public_file.read_bytes())
    assert len(Keys.read(tmp_path)) == 2


def test_files_that_are_no_public_keys(people: tuple[Person, ...], tmp_path: Path) -> None:
    pem, spki = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    other_kind = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(pem, spki)
    cases = {
        "private.pem": (people[0].private_file.read_bytes(), "this is a private key"),
        "empty.pem": (b"", "no PEM file"),
        "text.pem": (b"ssh-ed25519 AAAA", "no PEM file"),
        "large.pem": (people[0].public_file.read_bytes() + b" " * (1 << 20), "no PEM file"),
        "other.pem": (other_kind, "not an Ed25519 public key"),
        "broken.pem": (people[0].public_file.read_bytes().replace(b"M", b"!"), "not an Ed25519 public key"),
    }
    for name, (content, says) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name}: .*{says}"):
            Keys.read(people[0].public_file, tmp_path / name)
    with pytest.raises(OSError):
        Keys.read(tmp_path / "nowhere.pem")


def test_a_folder_that_is_mounted_shows_each_key_once(people: tuple[Person, ...], tmp_path: Path) -> None:
    (tmp_path / "..2026_06_01").mkdir()
    (tmp_path / "..2026_06_01" / "a.pem").write_bytes(people[0].public_file.read_bytes())
    (tmp_path / "..data").symlink_to("..2026_06_01")
    (tmp_path / "a.pem").symlink_to("..data/a.pem")
    (tmp_path / ".old.pem").write_bytes(b"what an editor left")
    assert list(Keys.read(tmp_path).by_id) == [people[0].key_id]


# ── The command line ─────────────────────────────────────────────────────────────────────────────────


def cli(*words: object) -> Result:
    result = CliRunner().invoke(group, list(map(str, words)), prog_name="solon")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_keygen_sign_verify(plain: bytes, tmp_path: Path) -> None:
    file = tmp_path / "p.solon"
    file.write_bytes(plain)
    for name in ("author", "approver"):
        made = cli("keygen", tmp_path / name)
        assert made.exit_code == 0
        key = tmp_path / f"{name}.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert key_id(private_key(key).public_key()) in made.output
        assert private_key(key).public_key() == next(iter(Keys.read(tmp_path / f"{name}.pem").by_id.values()))
    verify = ("verify", "--trust", tmp_path, "--threshold", 2, file)
    assert (cli(*verify).exit_code, cli(*verify).output) == (
        1,
        f"{file}: refused: the artifact is not signed\n",
    )
    assert cli("sign", "--key", tmp_path / "author.key", file).exit_code == 0
    before = file.read_bytes()
    assert "with this key already" in cli("sign", "--key", tmp_path / "author.key", file).output
    assert file.read_bytes() == before
    assert "1 of the 2" in cli(*verify).output
    assert cli("sign", "--key", tmp_path / "approver.key", file).exit_code == 0
    done = cli(*verify)
    assert (done.exit_code, done.output.count("signed by key")) == (0, 2)
    assert cli(*verify, "--not-before-version", 4).exit_code == 1
    assert '"ok": true' in cli(*verify, "--format", "json").output
    assert '"error": "RolledBack"' in cli(*verify, "--not-before-version", 4, "--format", "json").output
    assert cli("inspect", file).output.count("signed in the name of key") == 2


def test_wrong_use_of_keys(plain: bytes, tmp_path: Path) -> None:
    file = tmp_path / "p.solon"
    file.write_bytes(plain)
    cli("keygen", tmp_path / "a")
    before = (tmp_path / "a.key").read_bytes()
    assert "never written over" in cli("keygen", tmp_path / "a").output
    assert (tmp_path / "a.key").read_bytes() == before
    for words, says in {
        ("sign", "--key", tmp_path / "a.pem", file): "not an Ed25519 private key",
        ("sign", "--key", tmp_path / "a.key", tmp_path / "a.pem"): "not a Solon artifact",
        ("verify", "--trust", tmp_path / "a.key", file): "this is a private key",
        ("verify", "--trust", tmp_path / "a.pem", "--threshold", 2, file): "from 1 to 1",
    }.items():
        result = cli(*words)
        assert (result.exit_code, says in result.output) == (2, True), result.output
    assert file.read_bytes() == plain


def test_compile_with_an_end(tmp_path: Path) -> None:
    source, file = tmp_path / "p.policy", tmp_path / "p.solon"
    header, pattern = "policy p { actions allow < block  default allow }", 'pattern w { words "x" }'
    source.write_text(f"{header}\n{pattern}\nrule r {{ when message contains w then block }}")
    cli("compile", "--expires", "2026-06-30", source)
    assert "expires at 2026-07-01T00:00:00+00:00" in cli("inspect", file).output
    assert "expired at" in cli("decide", file, "x").output
    assert cli("decide", file, "x").exit_code == 2
    assert "block" in cli("decide", file, "x", "--at", "2026-06-30T23:59Z").output
    cli("compile", "--expires", "2126-06-30T10:00+02:00", source)
    assert solon.load(file).expires == datetime(2126, 6, 30, 8, tzinfo=UTC)
    assert cli("compile", "--expires", "soon", source).exit_code == 2


WITHOUT = """
import sys
sys.modules["cryptography"] = None
from click.testing import CliRunner
from solon.cli.group import group
for line in sys.stdin:
    result = CliRunner().invoke(group, line.split(), prog_name="solon")
    print(result.exit_code, result.output.splitlines()[0])
"""


def test_without_the_extra_each_verb_says_which(
    plain: bytes, tmp_path: Path, people: tuple[Person, ...]
) -> None:
    """And all that needs no signature works."""
    file = tmp_path / "p.solon"
    file.write_bytes(people[0](plain))
    key, pem = people[0].private_file, people[0].public_file
    lines = f"keygen {tmp_path}/n\nsign --key {key} {file}\nverify --trust {pem} {file}\ninspect {file}\n"
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], input=lines, capture_output=True, text=True, check=True
    )
    *said, inspected = done.stdout.splitlines()
    assert said == ['2 solon: signatures need the extra "sign": pip install "solon[sign]"'] * 3
    assert inspected.startswith("0 p, version 3")
    assert not (tmp_path / "n.key").exists()
