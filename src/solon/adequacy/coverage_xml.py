"""Coverage as Cobertura XML, which CI servers and editors read.

A file of the policy is a class; a line's hits are those of the thing on it that is reached least often;
outcomes of conditions are branches.
"""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from solon.adequacy.coverage import Coverage, Point

Rate = tuple[int, int]


@dataclass(slots=True)
class _Line:
    hits: list[int] = field(default_factory=list)
    branches: list[bool] = field(default_factory=list)


def as_cobertura(coverages: Sequence[Coverage], folders: Sequence[str], *, now: float | None = None) -> bytes:
    """One document; `folders` stand before the paths of each policy's files, seen from the current folder."""
    root = ET.Element(
        "coverage", version="solon", timestamp=str(int((time.time() if now is None else now) * 1000))
    )
    sources = ET.SubElement(root, "sources")
    ET.SubElement(sources, "source").text = "."
    packages = ET.SubElement(root, "packages")
    all_lines: Rate = (0, 0)
    all_branches: Rate = (0, 0)
    for coverage, folder in zip(coverages, folders, strict=True):
        package = ET.SubElement(packages, "package", name=coverage.policy, complexity="0")
        classes = ET.SubElement(package, "classes")
        lines: Rate = (0, 0)
        branches: Rate = (0, 0)
        for file in sorted({one.place.file for one in coverage.points}):
            points = [one for one in coverage.points if one.place.file == file]
            more_lines, more_branches = _class(classes, file, folder, points)
            lines, branches = _sum(lines, more_lines), _sum(branches, more_branches)
        _rates(package, lines, branches)
        all_lines, all_branches = _sum(all_lines, lines), _sum(all_branches, branches)
    _rates(root, all_lines, all_branches)
    for name, number in zip(
        ("lines-covered", "lines-valid", "branches-covered", "branches-valid"),
        (*all_lines, *all_branches),
        strict=True,
    ):
        root.set(name, str(number))
    root.set("complexity", "0")
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _class(classes: ET.Element, file: str, folder: str, points: Iterable[Point]) -> tuple[Rate, Rate]:
    by_line: dict[int, _Line] = {}
    for point in points:
        line = by_line.setdefault(point.place.line, _Line())
        counts = list(point.hits.values())
        if point.what == "condition":
            line.hits.append(sum(counts))
            line.branches += [bool(count) for count in counts]
        else:
            line.hits += counts
    path = f"{folder}/{file}" if folder else file
    made = ET.SubElement(classes, "class", name=_printable(file), filename=_printable(path), complexity="0")
    ET.SubElement(made, "methods")
    lines = ET.SubElement(made, "lines")
    for number, line in sorted(by_line.items()):
        element = ET.SubElement(lines, "line", number=str(number), hits=str(min(line.hits)))
        if line.branches:
            reached, total = sum(line.branches), len(line.branches)
            element.set("branch", "true")
            element.set("condition-coverage", f"{100 * reached // total}% ({reached}/{total})")
    covered = sum(1 for line in by_line.values() if min(line.hits))
    branches = [one for line in by_line.values() for one in line.branches]
    rates = (covered, len(by_line)), (sum(branches), len(branches))
    _rates(made, *rates)
    return rates


def _rates(element: ET.Element, lines: Rate, branches: Rate) -> None:
    for name, (reached, total) in (("line-rate", lines), ("branch-rate", branches)):
        element.set(name, f"{reached / total:.4f}" if total else "1")


def _sum(one: Rate, other: Rate) -> Rate:
    return one[0] + other[0], one[1] + other[1]


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
