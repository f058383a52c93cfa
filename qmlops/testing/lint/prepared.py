"""From a request of a hook to a compiled task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qmlops.config.spec import RunSpec
from qmlops.core.backend import Remote
from qmlops.core.extra import uninstalled
from qmlops.parts.backend.qsim import Qsim
from qmlops.pipeline.prepare import prepare
from qmlops.testing.lint.file import Request
from qmlops.train.task import Task


def prepared(request: Request, spec: RunSpec, say: Callable[[str], None]) -> Task | None:
    """The compiled task of a request; None for one that names a placeholder. `say` is told what is not looked at.

    What is written is judged, and not the machine: where the packages of a backend are not installed,
    it is compiled for qsim. Raises ConfigError where the request cannot be carried out.
    """
    words = " ".join(request.overrides)
    if request.placeholder is not None:
        say(f"{words}: {request.placeholder} stands for a file of your own, so that nothing is compiled.")
        return None
    absent = [] if isinstance(spec.backend, Remote) else uninstalled(spec.backend, "backend")
    if absent:
        say(f"{words}: {absent[0].why.removesuffix('.')}, so that it is compiled for qsim; see {absent[0].instead}.")
        spec = replace(spec, backend=Qsim())
    return prepare(spec)
