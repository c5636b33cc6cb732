"""What several tests of the matcher share: the native recognisers of numbers, in a process of their own."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from solon.compiler.phones import phones_section, region_ids
from solon.matcher import folding

SOURCES = Path(__file__).resolve().parents[2] / "matcher" / "src"
DRIVER = Path(__file__).with_name("native") / "number_driver.c"
NEEDED = (
    "memory",
    "props",
    "simd",
    "fold",
    "sha256",
    "keccak",
    "phone",
    "phone_context",
    "phone_plain",
    "phone_spelled",
    "payment_accounts",
    "wallet",
    "money",
    "postal",
    "postal_forms",
    "postal_words",
)
WHAT = ("phone", "iban", "credit_card", "crypto_wallet", "postal_address", "money")
LEVELS = ("none", "basic", "strong")


class NumberEngine:
    """The C recognisers behind a pipe, built with the address and undefined-behaviour sanitizers."""

    def __init__(self, folder: Path) -> None:
        self.command = [str(folder / "driver")]
        sections = {"props": folding.props_section(), "phones": phones_section()}
        sections |= {f"fold_{level}": folding.fold_section(level) for level in ("cased", "none", "basic")}
        for name in ("props", "fold_cased", "fold_none", "fold_basic", "phones"):
            (folder / name).write_bytes(sections[name])
            self.command.append(str(folder / name))
        flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
        flags += ["-fno-sanitize-recover=all", f"-I{SOURCES}", "-o", self.command[0]]
        sources = [str(SOURCES / f"{name}.c") for name in NEEDED if (SOURCES / f"{name}.c").exists()]
        subprocess.run(["gcc", *flags, str(DRIVER), *sources], check=True)
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def find(
        self, what: str, text: str, level: str = "basic", regions: Sequence[str] = ()
    ) -> list[tuple[int, int]]:
        """The spans that the engine finds; fails where it crashed."""
        ids = region_ids(regions)
        request = struct.pack("<BBH", WHAT.index(what), LEVELS.index(level), len(ids)) + struct.pack(
            f"<{len(ids)}H", *ids
        )
        request += struct.pack("<I", len(text)) + text.encode("utf-32-le", "surrogatepass")
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(request)
        self.process.stdin.flush()
        head = self.process.stdout.read(8)
        assert len(head) == 8, f"the engine died on {text!r}"
        status, count = struct.unpack("<II", head)
        assert status == 0
        numbers = struct.unpack(f"<{2 * count}I", self.process.stdout.read(8 * count))
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def run(self, mode: str) -> str:
        """What the driver prints in one of its other modes."""
        return subprocess.run(
            [*self.command, mode], check=True, capture_output=True, text=True, timeout=300
        ).stdout

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture(scope="session")
def number_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NumberEngine]:
    engine = NumberEngine(tmp_path_factory.mktemp("numbers"))
    yield engine
    engine.close()
