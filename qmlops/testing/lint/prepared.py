"""From a request of a hook to a compiled task, and to the claims that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from qmlops.config.spec import RunSpec
from qmlops.core.backend import Remote
from qmlops.core.extra import uninstalled
from qmlops.parts.backend.qsim import Qsim
from qmlops.pipeline.prepare import prepare
from qmlops.testing.claim import Claim
from qmlops.testing.claim.drift import Drift
from qmlops.testing.lint.file import Request
from qmlops.testing.subject import Subject
from qmlops.testing.suite import plan, refuse
from qmlops.train.model import QuantumModel
from qmlops.train.task import Task, first_weights


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


def refuse_claims(task: Task, claims: Mapping[str, Claim]) -> None:
    """Raise ConfigError with every mistake of claims of a task, as `qmlops test` does before it runs any.

    Trains nothing and runs nothing.
    """
    subject = _subject(task)
    refuse(subject, plan(subject, claims))


def without_runs(task: Task, say: Callable[[str], None]) -> dict[str, Claim]:
    """The claims of a task but for those that fit it, and lack on this machine the stored run that they name."""
    subject, kept = _subject(task), dict(task.spec.tests)
    for name, claim in task.spec.tests.items():
        if isinstance(claim, Drift) and {mistake.path for mistake in claim.mistakes(subject)} == {"run"}:
            say(f"tests.{name} is not looked at: this machine has no run {claim.run} of {task.spec.name}.")
            del kept[name]
    return kept


def _subject(task: Task) -> Subject:
    return Subject(task, lambda: QuantumModel(task.spec, task.program, first_weights(task)))
