"""JUnit XML, which every service for continuous integration reads."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from qmlops.testing.session import Session
from qmlops.testing.suite import Checked


def junit(checked: Sequence[Checked], session: Session) -> str:
    """One testsuite, a testcase a claim. What is inconclusive is a failure too, of its own type; what was not
    checked is an error."""
    name = session.subject.spec.name
    failed = [item for item in checked if item.verdict.outcome != "pass"]
    seconds = sum(item.seconds for item in checked)
    root = Element("testsuites")
    counts = {"tests": len(session.planned), "failures": len(failed), "errors": len(session.unchecked(checked))}
    told = {"name": f"qmlops.{name}", "time": f"{seconds:.3f}", "skipped": "0"}
    suite = SubElement(root, "testsuite", told | {key: str(count) for key, count in counts.items()})
    for item in checked:
        where = f"qmlops.{name}.{item.category}"
        case = SubElement(suite, "testcase", name=item.name, classname=where, time=f"{item.seconds:.3f}")
        if item in failed:
            failure = SubElement(case, "failure", type=item.verdict.outcome, message=item.verdict.reason)
            failure.text = f"{item.kind}, effect {item.verdict.effect}, interval {item.verdict.interval}"
        SubElement(case, "system-out").text = item.verdict.reason
    for left in session.unchecked(checked):
        case = SubElement(suite, "testcase", name=left, classname=f"qmlops.{name}", time="0.000")
        SubElement(case, "error", type="unchecked", message="The session ended before this claim was checked.")
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True)
