"""The C side of links, identities and zones behind a pipe, for the tests beside it.

Built once for a run of the tests, with the address and undefined-behaviour sanitizers. Loaded by path: the
tests are no package.
"""

from __future__ import annotations

import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from solon.compiler.links import suffix_section
from solon.matcher import folding

SOURCES = Path(__file__).resolve().parents[2] / "matcher" / "src"
DRIVER = Path(__file__).with_name("native") / "net_driver.c"
SHARED = ("memory", "props", "simd", "fold")
LINKS = ("suffixes", "hosts", "links", "link_parts", "link_shapes")
FILES = (*SHARED, *LINKS, "addresses_ip", "email", "handles", "app_names", "zones")
WHAT = ("links", "url", "email", "handle", "ip_address", "code", "quote", "shapes", "suffixes")
LEVELS = ("none", "basic", "strong")

Hit = tuple[int, int, int]


class NetEngine:
    """Asks the driver; fails where it died."""

    def __init__(self, folder: Path) -> None:
        sections = {"props": folding.props_section()}
        sections |= {level: folding.fold_section(level) for level in ("none", "basic")}
        sections["suffixes"] = suffix_section()
        command = [str(folder / "driver")]
        for name, data in sections.items():
            (folder / name).write_bytes(data)
            command.append(str(folder / name))
        flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
        flags += ["-fno-sanitize-recover=all", f"-I{SOURCES}", "-o", command[0]]
        sources = [str(SOURCES / f"{name}.c") for name in FILES]
        subprocess.run(["gcc", *flags, str(DRIVER), *sources], check=True)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, what: str, text: str, level: str = "basic", section: bytes = b"") -> list[Hit] | None:
        """(number, start, end) as the driver says; None where it refused the section."""
        request = struct.pack("<BBI", WHAT.index(what), LEVELS.index(level), len(section)) + section
        request += struct.pack("<I", len(text)) + text.encode("utf-32-le", "surrogatepass")
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(request)
        self.process.stdin.flush()
        head = self.process.stdout.read(8)
        assert len(head) == 8, f"the engine died on {text!r}"
        status, count = struct.unpack("<II", head)
        assert status in (0, 2)
        if status:
            return None
        numbers = struct.unpack(f"<{3 * count}I", self.process.stdout.read(12 * count))
        return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))

    def spans(self, what: str, text: str, level: str = "basic") -> list[tuple[int, int]]:
        """The same without the number."""
        hits = self.ask(what, text, level)
        assert hits is not None
        return [(start, end) for _, start, end in hits]


@cache
def engine() -> NetEngine:
    """The one of this process."""
    return NetEngine(Path(tempfile.mkdtemp(prefix="solon-net-")))
