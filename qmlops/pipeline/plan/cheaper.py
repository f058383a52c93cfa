"""Cheaper ways to the same end, each planned like the run itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from qmlops.config.spec import RunSpec
from qmlops.core.observable import PauliSum
from qmlops.errors import ConfigError
from qmlops.lower.basis import bases
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.spsa import Spsa
from qmlops.pipeline.plan.estimate import Plan, plan
from qmlops.pipeline.prepare import prepare
from qmlops.train.task import Task

_BATCH, _FEWER = 16, 4


@dataclass(frozen=True)
class Way:
    """An override, or a remark where there is nothing to override, and the plan with it."""

    change: str
    remark: str
    plan: Plan | None = None


def ways(spec: RunSpec, planned: Plan) -> list[Way]:
    """The ways that change something, the largest saving of circuits and shots first."""
    found = []
    for change, remark, changes in _changes(spec, planned):
        try:
            other = plan(replace(spec, **changes))
        except ConfigError:
            continue
        if _size(other) < _size(planned) or not other.remote:
            found.append(Way(change, remark, other))
    found.sort(key=lambda way: _size(way.plan) if way.plan is not None else (0, 0))
    return found + list(_remarks(prepare(spec)))


def _changes(spec: RunSpec, planned: Plan) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if planned.subject.get("gradient") == "ParameterShift":
        remark = "two evaluations a step, whatever the number of weights; noisier, so it takes more steps"
        yield "gradient=spsa", remark, {"gradient": Spsa()}
    if spec.shots is not None and spec.shots >= _FEWER:
        shots = spec.shots // _FEWER
        yield f"shots={shots}", "early on, where the gradient is large; the noise is twice as large", {"shots": shots}
    if planned.subject.get("rows"):
        remark = f"{_BATCH} rows a step; more steps see all of them"
        yield f"data.batch={_BATCH}", remark, {"data": replace(cast(Any, spec.data), batch=_BATCH)}
    if planned.remote:
        yield "backend=qsim", "rehearse here first: it is free, and without the device's errors", {"backend": Qsim()}


def _remarks(task: Task) -> Iterator[Way]:
    """What is saved already, and what would have to be written anew."""
    observables = task.program.observables
    terms = sum(len(item.terms) if isinstance(item, PauliSum) else 1 for item in observables)
    measured = len(bases(observables))
    if task.spec.shots is not None and terms > measured:
        found = "one basis" if measured == 1 else f"{measured} bases"
        saved = f"one by one is {terms / measured:.3g} times as many circuits"
        yield Way("", f"{terms} terms are read in {found} already: {saved}")
    if task.program.width > 2 and any(_reach(item) == task.program.width for item in observables):
        told = f"a term that reads all {task.program.width} wires at once has gradients that vanish fastest"
        yield Way("", f"{told}; a readout of few wires needs fewer shots (Cerezo et al. 2021): not computed")


def _reach(observable: Any) -> int:
    """The most wires that one of its terms reads."""
    if isinstance(observable, PauliSum):
        return max((len(pauli) for _, pauli in observable.terms), default=0)
    return len(observable.wires)


def _size(planned: Plan) -> tuple[int, int]:
    load = planned.whole.all
    return load.shots, load.circuits
