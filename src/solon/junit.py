"""The results of a policy's tests as JUnit XML, which CI servers read.

A file is a suite, a case is a test case: its name is the test's, with the number of the message where the
test has several. The messages of failing cases are told, for they are the policy's own examples.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from solon.testing import CaseResult


def as_junit(results: Iterable[CaseResult]) -> bytes:
    """One document for all results, in their order."""
    root = ET.Element("testsuites", name="solon")
    by_file: dict[str, list[CaseResult]] = {}
    for one in results:
        by_file.setdefault(one.place.file, []).append(one)
    for file, cases in by_file.items():
        suite = ET.SubElement(root, "testsuite", name=_xml(file), errors="0", time="0")
        _counts(suite, cases)
        numbers: dict[str, int] = {}
        for one in cases:
            numbers[one.test] = numbers.get(one.test, 0) + 1
            _case(suite, one, numbers[one.test])
    _counts(root, [one for cases in by_file.values() for one in cases])
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _counts(element: ET.Element, cases: Sequence[CaseResult]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(not one.passed for one in cases)))
    element.set("skipped", str(sum(one.todo and one.passed for one in cases)))


def _case(suite: ET.Element, one: CaseResult, number: int) -> None:
    name = one.test if number == 1 else f"{one.test} ({number})"
    file = one.place.file
    case = ET.SubElement(
        suite,
        "testcase",
        name=_xml(name),
        classname=_xml(file.removesuffix(".policy").replace("/", ".")),
        file=_xml(file),
        line=str(one.place.line),
        time="0",
    )
    if not one.passed:
        told = [f'{file}:{one.place.line}: message "{one.message}"', *one.problems]
        failure = ET.SubElement(case, "failure", type="difference", message=_xml(one.problems[0]))
        failure.text = _xml("\n".join(told))
    elif one.todo:
        ET.SubElement(case, "skipped", message="todo: this test is known to fail")


def _xml(text: str) -> str:
    """The text with what XML cannot hold, or what turns the direction of writing, as its number."""
    return "".join(one if one.isprintable() or one == "\n" else f"\\u{{{ord(one):X}}}" for one in text)
