"""One engine shared by many threads without any lock, under a race detector.

Builds the C part and `race_driver.c` with the thread sanitizer, opens an artifact that has every section,
and lets the threads find and decide over many messages at once. The exit code is 1 where two threads
touched one place and one of them wrote, or where they did not all find the same. Python's part is not in
it: that is Cython's code around one C call.

    python fuzz/race.py --threads 8 --rounds 20
"""

from __future__ import annotations

import argparse
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import artifact_cases as cases
import generated

from solon.matcher import layout

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "race"
SOURCES = ROOT / "matcher" / "src"


def built(compiler: str, sanitizer: str) -> Path:
    """The driver, with a sanitizer."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    driver = FOLDER / f"driver-{sanitizer}"
    sources = [Path(__file__).with_name("race_driver.c"), *sorted(SOURCES.glob("*.c"))]
    flags = ["-std=c11", "-O1", "-g", f"-fsanitize={sanitizer}", "-pthread", f"-I{SOURCES}"]
    subprocess.run([compiler, *flags, *map(str, sources), "-o", str(driver)], check=True)
    return driver


def texts(many: int, seed: int) -> bytes:
    """Messages as the driver reads them."""
    rng = random.Random(seed)
    out = bytearray()
    for _ in range(many):
        parts = rng.choices([*generated.FRAGMENTS, *cases.MESSAGES], k=rng.randrange(12))
        text = rng.choice((" ", "", "\n")).join(parts)
        widest = max(text, default="\0")
        kind = 1 if widest < "\u0100" else 2 if widest < "\U00010000" else 4
        encoding = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}[kind]
        content = text.encode(encoding, "surrogatepass")
        out += struct.pack("<II", kind, len(text)) + content + bytes(-len(content) % 8)
    return bytes(out)


def main(words: list[str]) -> None:
    """Builds, runs, and ends with the driver's exit code."""
    parser = argparse.ArgumentParser(description="Many threads, one engine, under the thread sanitizer.")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cc", default="cc")
    given = parser.parse_args(words)
    driver = built(given.cc, "thread")
    data = cases.artifact(cases.EVERY_SECTION, strip=True)
    (FOLDER / "artifact").write_bytes(data)
    (FOLDER / "messages").write_bytes(texts(given.messages, given.seed))
    lines = [f"{one.name} {one.offset} {one.length}\n" for one in layout.read(data)]
    (FOLDER / "sections").write_text("".join(lines), encoding="ascii")
    files = [str(FOLDER / name) for name in ("artifact", "messages", "sections")]
    command = [str(driver), *files, str(given.threads), str(given.rounds)]
    # The sanitizer wants its shadow where address space randomisation may have put something.
    fixed = [shutil.which("setarch") or "", "-R"] if shutil.which("setarch") else []
    raise SystemExit(1 if subprocess.run([*fixed, *command], check=False).returncode else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
