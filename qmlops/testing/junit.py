"""JUnit XML, which every service for continuous integration reads."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from qmlops.testing.session import Session
from qmlops.testing.suite import Checked


def junit(checked: Sequence[Checked], session: Session) -> str:
    """One testsuite, a testcase a claim. What is inconclusive is a failure too, of its own type."""
    name = session.subject.spec.name
    failed = [item for item in checked if item.verdict.outcome != "pass"]
    seconds = sum(item.seconds for item in checked)
    root = Element("testsuites")
    counts = {"tests": str(len(checked)), "failures": str(len(failed)), "errors": "0", "skipped": "0"}
    suite = SubElement(root, "testsuite", {"name": f"qmlops.{name}", "time": f"{seconds:.3f}", **counts})
    for item in checked:
        where = f"qmlops.{name}.{item.category}"
        case = SubElement(suite, "testcase", name=item.name, classname=where, time=f"{item.seconds:.3f}")
        if item in failed:
            told = SubElement(case, "failure", type=item.verdict.outcome, message=item.verdict.reason)
            told.text = f"{item.kind}, effect {item.verdict.effect}, interval {item.verdict.interval}"
        SubElement(case, "system-out").text = item.verdict.reason
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True)
