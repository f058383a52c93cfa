"""The report of a finished run: one HTML file without any other file, and its circuit as pictures."""

from __future__ import annotations

from pathlib import Path

CIRCUIT_SVG = "circuit.svg"
CIRCUIT_TEXT = "circuit.txt"


def write_report(folder: Path) -> None:
    """Write report.html, circuit.svg and circuit.txt of a run whose result.json is there.

    Reads nothing but the run folder. Raises RunFolderError where the result, the request or the
    model is missing or damaged.
    """
    from qmlops.pipeline.folder import REPORT
    from qmlops.pipeline.report.drawing import draw, standalone, text
    from qmlops.pipeline.report.facts import gather
    from qmlops.pipeline.report.page import page
    from qmlops.train.checkpoint import replace_file

    facts = gather(folder)
    circuit = draw(facts.model.program)
    for name, content in {
        CIRCUIT_SVG: standalone(circuit),
        CIRCUIT_TEXT: text(facts.model.program),
        REPORT: page(facts, circuit),
    }.items():
        replace_file(folder / name, content.encode(errors="replace"))
