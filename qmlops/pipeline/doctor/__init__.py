"""Checks that try things out: of the installation, of what can be computed, and of the project here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qmlops.pipeline.doctor import computing, installation, project
from qmlops.pipeline.doctor.check import Check

Examine = Callable[[], Iterator[Check]]

EXAMINATIONS: tuple[Examine, ...] = (
    installation.python,
    installation.packages,
    installation.bytecode,
    installation.kernels,
    project.disk,
    project.store,
    project.stranded,
    computing.experiments,
    computing.backends,
)
"""The cheap ones first."""


def diagnose(examinations: tuple[Examine, ...] = EXAMINATIONS) -> Iterator[Check]:
    """Every check, as it is made. One that breaks counts as failed, and the others go on."""
    for examine in examinations:
        try:
            yield from examine()
        except Exception as error:
            name = examine.__name__
            yield Check(name, "fail", f"the check broke: {type(error).__name__}: {error}", "qmlops --debug doctor")
