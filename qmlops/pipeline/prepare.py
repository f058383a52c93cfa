"""From a RunSpec to a Task: load the data, compile the program, ask the backend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qmlops.compile.program import compile_program
from qmlops.config.spec import RunSpec
from qmlops.core.backend import Remote
from qmlops.core.dataset import Split
from qmlops.core.extra import uninstalled
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import ConfigError
from qmlops.execute.connect import connect
from qmlops.execute.run import refuse_metric
from qmlops.parts.objective import FitsGram
from qmlops.pipeline.alarm import unsendable
from qmlops.train.support import refuse_weights
from qmlops.train.task import Task, bare, make_task


def load(spec: RunSpec) -> Split | None:
    """The run's data. Raises ConfigError with whole key paths."""
    try:
        return spec.data.load(spec.seed)
    except ConfigError as error:
        raise ConfigError([replace(item, path=f"data.{item.path}") for item in error.mistakes]) from None


def prepare(spec: RunSpec) -> Task:
    """Everything short of running. Raises ConfigError where the request cannot be carried out."""
    split = load(spec)
    program = compile_program(spec, split)
    refuse(spec, program)
    return make_task(spec, program, split)


def refuse_unequipped(spec: RunSpec) -> None:
    """Raise ConfigError where this machine lacks what the provider or an alert asks for, such as a key."""
    missing = spec.backend.missing() if isinstance(spec.backend, Remote) else []
    missing = [*missing, *unsendable(spec.alerts)]
    if missing:
        raise ConfigError(missing)


def refuse(spec: RunSpec, program: Program) -> None:
    """Ask backend, gradient rule and optimizer about the whole request, before anything is written."""
    work = Work(program, np.zeros((1, len(program.symbols))), spec.shots, spec.seed, spec.noise)
    # A provider's cloud can be planned for without its packages, which `refuse_unequipped` asks for later.
    absent = [] if isinstance(spec.backend, Remote) else uninstalled(spec.backend, "backend")
    mistakes = spec.backend.validate([work]) or absent
    if mistakes:
        raise ConfigError(mistakes)
    if isinstance(spec.objective, FitsGram):
        refuse_weights(program)
        return
    session = connect(spec.backend, bare(spec, program))
    spec.gradient.rule(session, work)
    if spec.optimizer.ask(spec.optimizer.init(np.zeros(len(program.weights)), spec.seed)).metric:
        refuse_metric(session, work)
