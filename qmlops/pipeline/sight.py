"""What a run lets others see beside its numbers: its circuit, its device, and its state while it trains."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from qmlops.core.backend import Remote
from qmlops.core.event import Event, Note, StepDone
from qmlops.core.sight import DeviceSeen
from qmlops.core.target import Target
from qmlops.core.work import Array
from qmlops.errors import QmlopsError, Stopped
from qmlops.parts.optimizer import State
from qmlops.pipeline.machine import moment
from qmlops.train.allowance import Allowance
from qmlops.train.quantum_monitor import QuantumMonitor
from qmlops.train.shadow_work import due
from qmlops.train.signal import convergence_rate
from qmlops.train.task import Task

_ASK_SECONDS = 1.0
"""For a provider to say how its device is, before the run goes on and hears it later."""
_WIDE = 1e-8
"""Seconds for each amplitude and wire of a wide state, somewhat more than a look takes at 20 wires."""
_LOSSES = 90
"""Of which the rate of convergence is told."""


class Sight:
    """One run's. It never ends the run: what cannot be seen is a Note, once, and then left alone."""

    def __init__(self, task: Task, emit: Callable[[Event], None]) -> None:
        """Emits the circuit and the device; asks a provider's machine how it is."""
        words = task.spec.monitor
        self._task, self._emit, self._every = task, emit, words.every
        self._monitor = QuantumMonitor(words.wires, words.shadows)
        self._sees = words.share > 0 and self._monitor.sees(task)
        self._draws = self._sees and self._monitor.draws(task)
        self._remote = isinstance(task.spec.backend, Remote)
        self._losses: deque[float] = deque(maxlen=_LOSSES)
        self._show_circuit()
        backend = task.spec.backend
        target = backend.target()
        emit(_device(task, target))
        self._asked = _Asked(backend) if isinstance(backend, Remote) and target.hardware else None
        self._hear()
        if self._draws and not self._remote:
            # Its many programs would push the training's own out of a simulator that keeps the last ones.
            self._task = task.opened(task.account)
        wide = task.program.width > words.wires and not self._draws
        self._forced = not wide
        self._allowance = Allowance(words.share, _WIDE * task.program.width * 2.0**task.program.width if wide else 0.0)

    def watched(self, steps: Iterable[tuple[StepDone, State]]) -> Iterator[tuple[StepDone, State]]:
        """The same steps; after the first, the last, and as many as there is time for, the state is looked at.

        Where it is wider than `monitor.wires` time decides of the first and the last too.
        """
        first, most = True, self._task.spec.steps
        for event, after in steps:
            yield event, after
            self._losses.append(event.metrics["loss"])
            last = after.done or after.step >= most
            if self._sees and (((first or last) and self._forced) or self._draws or self._allowance.due()):
                self._look(event, after.weights, first, last)
            if self._asked is not None:
                self._hear()
            first = False

    def fitted(self, event: StepDone) -> None:
        """Look at a circuit without weights, after what was fitted on it."""
        if self._forced or self._allowance.due():
            self._look(event, np.zeros(0), first=True, last=True)

    def _look(self, event: StepDone, weights: Array, first: bool, last: bool) -> None:
        if not self._sees or (self._draws and not self._is_drawn(event.step, first, last)):
            return
        if not np.all(np.isfinite(weights)):
            return  # the next loss will end the run, and say why
        try:
            with self._allowance.spending():
                seen = self._monitor.look(self._task, weights, step=event.step)
                self._emit(replace(seen, metrics={**seen.metrics, **self._run_metrics(event)}))
        except Stopped:
            raise
        except (QmlopsError, MemoryError, np.linalg.LinAlgError) as error:
            self._sees = False
            self._emit(Note(f"the state is not looked at any more: {str(error).partition(chr(10))[0]}"))

    def _is_drawn(self, step: int, first: bool, last: bool) -> bool:
        """At a provider by steps alone, so that a plan counts and a resume repeats it; here time bounds it too."""
        return due(step, last, self._every) and (self._remote or first or last or self._allowance.due())

    def _run_metrics(self, event: StepDone) -> dict[str, float]:
        """What steps tell of the search, as far as they do."""
        found = {}
        ratio, rate = event.metrics.get("gradient_snr"), convergence_rate([*self._losses])
        if ratio:
            found["gradient_variance"] = (event.metrics["gradient_norm"] / ratio) ** 2
        if rate is not None:
            found["convergence_rate"] = rate
        return found

    def _show_circuit(self) -> None:
        try:
            self._emit(self._monitor.drawing(self._task.program).drawn)
        except QmlopsError as error:
            self._emit(Note(f"the circuit is not shown: {str(error).partition(chr(10))[0]}"))

    def _hear(self) -> None:
        """Tell of the device as its provider describes it, once that has come."""
        if self._asked is None or not self._asked.over():
            return
        if self._asked.answer is not None:
            self._emit(_device(self._task, self._asked.answer))
        self._asked = None


class _Asked:
    """A question to a provider that nobody waits long for."""

    def __init__(self, backend: Remote) -> None:
        self.answer: Target | None = None
        self._thread = threading.Thread(target=self._ask, args=(backend,), daemon=True)
        self._thread.start()
        self._thread.join(_ASK_SECONDS)

    def over(self) -> bool:
        return not self._thread.is_alive()

    def _ask(self, backend: Remote) -> None:
        try:
            self.answer = backend.current()
        except QmlopsError:
            self.answer = None


def _device(task: Task, target: Target) -> DeviceSeen:
    found, queue = target.calibration, target.queue
    backend = str(task.spec.config["backend"]["kind"])
    seen = DeviceSeen(backend, target.name, target.qubits, target.hardware, target.source)
    if queue is not None:
        seen = replace(seen, queue_jobs=queue.jobs, queue_seconds=queue.seconds)
    if found is None:
        return seen
    pairs = found.two_qubit_error
    both = [pairs] if isinstance(pairs, float | int) else [*(pairs or {}).values()]
    return replace(
        seen,
        calibrated=moment(found.time),
        t1=_median(found.t1),
        t2=_median(found.t2),
        one_qubit_error=_median(found.one_qubit_error),
        two_qubit_error=_median(both),
        readout_error=_median([(up + down) / 2 for up, down in found.readout or ()]),
    )


def _median(values: Iterable[float] | None) -> float | None:
    known = [float(value) for value in values or ()]
    return median(known) if known else None
