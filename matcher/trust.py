"""Who may say what a policy is: keys that a loader trusts, and what it demands of an artifact before it
opens it.

In: a verified container (`matcher.artifact`), the keys, how many of them must have signed, the least
version, the time. Out: nothing, or the kind of ArtifactError that says what is missing. That signatures are
needed is said by the caller, never by the file: a file without them cannot ask to be believed.

Signing and verifying need the extra `sign` (the package `cryptography`); the rest does not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from solon.matcher import layout
from solon.matcher.artifact import Artifact, read_artifact
from solon.matcher.errors import BadSignature, Damaged, Expired, NotSigned, RolledBack, TooFewSignatures

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["Demands", "Keys", "Trust", "expiry_of", "key_id", "sign", "verify_signatures", "version_of"]

PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
PEM_BYTES_MAX = 1 << 20
MISSING_EXTRA = 'signatures need the extra "sign": pip install "solon[sign]"'


@dataclass(frozen=True, slots=True)
class Keys:
    """Public keys by their id (SHA-256 of the key's 32 bytes, hex). A key that stands in two files is one
    key."""

    by_id: Mapping[str, Ed25519PublicKey]

    @staticmethod
    def read(*sources: str | Path) -> Keys:
        """The keys of PEM files and of folders, which give every `*.pem` in them.

        Raises OSError for what cannot be read, ValueError (which names the file) for what is no Ed25519
        public key or where there is none at all, ImportError without the extra `sign`.
        """
        found: dict[str, Ed25519PublicKey] = {}
        for source in sources:
            for path in _files(Path(source)):
                for key in _public_keys(path):
                    found[key_id(key)] = key
        if not found:
            raise ValueError(f"no public key in {', '.join(map(str, sources)) or 'nothing'}")
        return Keys(MappingProxyType(found))

    @staticmethod
    def of(trust: Trust) -> Keys:
        """What callers may say for `trust`: keys, a file, a folder, or several of those."""
        if isinstance(trust, Keys):
            return trust
        return Keys.read(*([trust] if isinstance(trust, str | Path) else trust))

    def __len__(self) -> int:
        return len(self.by_id)


Trust = Keys | str | Path | Iterable[str | Path]
"""What callers may say for `trust`."""


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        # Mounted folders keep their old and new content in hidden ones beside what they show.
        yield from sorted(one for one in path.glob("*.pem") if not one.name.startswith("."))
    else:
        yield path


def _public_keys(path: Path) -> Iterator[Ed25519PublicKey]:
    with path.open("rb") as file:
        text = file.read(PEM_BYTES_MAX + 1)
    blocks = list(PEM.finditer(text))
    if not blocks or len(text) > PEM_BYTES_MAX:
        raise ValueError(f"{path}: this is no PEM file of public keys")
    for block in blocks:
        if b"PRIVATE" in block[1]:
            raise ValueError(f"{path}: this is a private key: trust its public half, and keep this one apart")
        yield _public_key(block[0], path)


def _public_key(pem: bytes, path: Path) -> Ed25519PublicKey:
    ed25519, serialization = _cryptography()
    try:
        key = serialization.load_pem_public_key(pem)
    except Exception:  # the library's errors for hostile text are of many kinds
        key = None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise ValueError(f"{path}: this is not an Ed25519 public key")
    public: Ed25519PublicKey = key
    return public


def private_key(path: str | Path) -> Ed25519PrivateKey:
    """The private key of a PEM file, to sign with. Raises OSError, ValueError (which names the file) for
    anything else, ImportError without the extra `sign`."""
    ed25519, serialization = _cryptography()
    with Path(path).open("rb") as file:
        text = file.read(PEM_BYTES_MAX + 1)
    if b"ENCRYPTED" in text:
        raise ValueError(f"{path}: the key is encrypted, and there is nobody to ask for its password")
    try:
        key = serialization.load_pem_private_key(text[:PEM_BYTES_MAX], password=None)
    except Exception:  # the library's errors for hostile text are of many kinds
        key = None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ValueError(f"{path}: this is not an Ed25519 private key")
    private: Ed25519PrivateKey = key
    return private


def new_key() -> tuple[bytes, bytes, str]:
    """A new key pair: the private half and the public half as PEM, and the key's id."""
    ed25519, serialization = _cryptography()
    key = ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public, key_id(key.public_key())


def key_id(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's 32 bytes, hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def _cryptography() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  (deciding has no dependency)
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    except ImportError:
        raise ImportError(MISSING_EXTRA) from None
    return ed25519, serialization


def sign(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """Artifact bytes with a signature by this key beside those that they have; the same bytes where it is
    there.

    A signature of the same key that does not hold is replaced. Raises a kind of ArtifactError for bytes that
    are no artifact, ValueError where no further signature fits.
    """
    read_artifact(data)
    mine = bytes.fromhex(key_id(key.public_key()))
    others = [one for one in layout.signatures(data) if one.key_id != mine]
    new = layout.Signature(mine, key.sign(layout.message_to_sign(data)))
    signed = layout.with_signatures(data, [*others, new])
    read_artifact(signed)
    return signed


def verify_signatures(artifact: Artifact, keys: Keys, threshold: int = 1) -> tuple[str, ...]:
    """The ids of the trusted keys that signed. Raises NotSigned, BadSignature or TooFewSignatures.

    A signature by a key that is not trusted counts for nothing; one by a trusted key that does not hold
    refuses the artifact, however many others do.
    """
    found = layout.signatures(artifact.data)
    if not found:
        raise NotSigned("the artifact is not signed")
    held = []
    for one in found:
        name = one.key_id.hex()
        if name in keys.by_id:
            if not _holds(keys.by_id[name], one.value, layout.message_to_sign(artifact.data)):
                raise BadSignature(f"the signature by the key {name[:16]} is not one of this artifact")
            held.append(name)
    if len(held) < threshold:
        foreign = len(found) - len(held)
        others = f"; {foreign} by keys that are not trusted" if foreign else ""
        raise TooFewSignatures(f"{len(held)} of the {threshold} signatures that are needed{others}")
    return tuple(held)


def _holds(key: Ed25519PublicKey, value: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  (there is a key: so there is the package)

    try:
        key.verify(value, message)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Demands:
    """What a loader wants of an artifact before it opens its tables. `keys` None: signatures are not looked
    at."""

    keys: Keys | None = None
    threshold: int = 1
    not_before_version: int = 0

    @staticmethod
    def of(
        trust: Trust | None,
        threshold: int | None,
        not_before_version: int | None,
    ) -> Demands:
        """From the arguments of `load`. Raises ValueError for demands that no artifact could meet, or that
        demand nothing."""
        keys = None if trust is None else Keys.of(trust)
        if keys is None and threshold is not None:
            raise ValueError("a threshold needs the keys that it counts: say `trust`")
        wanted = 1 if threshold is None else threshold
        if keys is not None and not 1 <= wanted <= len(keys):
            raise ValueError(f"the threshold is from 1 to {len(keys)}, the number of keys, not {wanted}")
        return Demands(keys, wanted, not_before_version or 0)

    def of_signatures(self, artifact: Artifact) -> None:
        """Before a table is opened. Raises NotSigned, BadSignature or TooFewSignatures."""
        if self.keys is not None:
            verify_signatures(artifact, self.keys, self.threshold)

    def of_age(self, version: int, expires: datetime | None, at: datetime | None = None) -> None:
        """Raises RolledBack or Expired. `at` is the time that the expiry is held against: now, where left
        out."""
        if version < self.not_before_version:
            raise RolledBack(f"the policy has version {version}, and {self.not_before_version} is the least")
        if expires is not None and (datetime.now(UTC) if at is None else at) >= expires:
            raise Expired(f"the artifact expired at {expires.isoformat()}")


def version_of(meta: Mapping[str, Any]) -> int:
    """The version of the policy block. Raises Damaged."""
    version = meta.get("version")
    if type(version) is not int:
        raise Damaged("section meta: it is not what the compiler writes")
    return version


def expiry_of(meta: Mapping[str, Any]) -> datetime | None:
    """The end of what was compiled with `--expires`; None where it does not end. Raises Damaged."""
    seconds = meta.get("expires")
    if seconds is None:
        return None
    try:
        if type(seconds) is int:
            return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        pass
    raise Damaged("section meta: it is not what the compiler writes")
