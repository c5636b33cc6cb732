"""Builds what setuptools cannot describe: the tables that ship, and the extension.

Everything else stands in pyproject.toml.
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).resolve().parent
LINKS = ("dsl", "compiler", "matcher")

for name in LINKS:
    if not (ROOT / "src" / "solon" / name / "__init__.py").exists():
        raise SystemExit(
            f"src/solon/{name} must be a link to ../../{name}: check out with symbolic links "
            "(git config core.symlinks true), or build from the sdist"
        )

sys.path.insert(0, str(ROOT))
from tables import build as tables  # noqa: E402  (needs the path above)

tables.build(ROOT / "src" / "solon")

SANITIZE = os.environ.get("SOLON_SANITIZE")  # for example "address,undefined"
FLAGS = ["-std=c11", "-O3", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-unused-parameter"]
if SANITIZE:
    FLAGS = ["-std=c11", "-O1", "-g", "-fno-omit-frame-pointer", f"-fsanitize={SANITIZE}"]

SOURCES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src/solon/matcher/src").glob("*.c"))

setup(
    ext_modules=cythonize(
        [
            Extension(
                "solon.matcher._engine",
                ["src/solon/matcher/_engine.pyx", *SOURCES],
                include_dirs=["src/solon/matcher/src"],
                depends=[str(p.relative_to(ROOT)) for p in (ROOT / "src/solon/matcher/src").glob("*.h")],
                extra_compile_args=FLAGS,
                extra_link_args=[f"-fsanitize={SANITIZE}"] if SANITIZE else [],
            )
        ],
        language_level=3,
    )
)
