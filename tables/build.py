"""Writes every generated table into the package. `python -m tables.build` writes them anew."""

from __future__ import annotations

import importlib
from pathlib import Path

GENERATORS = (
    # module of this package, file that it writes (under src/solon)
    ("unicode", "matcher/data/unicode.bin"),
    ("phones", "compiler/data/phones.bin"),
    ("phone_patterns", "matcher/data/phones.json"),
    ("suffixes", "matcher/data/suffixes.txt"),
)


def build(package: Path, *, force: bool = False) -> None:
    """Write each table that is missing or older than its generator."""
    for name, target in GENERATORS:
        path = package / target
        source = Path(__file__).with_name(f"{name}.py")
        if not force and path.exists() and path.stat().st_mtime >= source.stat().st_mtime:
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(importlib.import_module(f"tables.{name}").table())


if __name__ == "__main__":
    build(Path(__file__).resolve().parent.parent / "src" / "solon", force=True)
