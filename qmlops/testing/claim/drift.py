"""Whether a stored model still gives what it gave."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake, RunFolderError
from qmlops.execute.run import execute
from qmlops.parts.backend.density import Density
from qmlops.pipeline.folder import find, latest_of
from qmlops.pipeline.record import Run
from qmlops.testing.claim.by_mean import by_meter, requests
from qmlops.testing.claim.field import alpha, power, row
from qmlops.testing.derivative import alone
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter, meter
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict
from qmlops.train.model import QuantumModel


@dataclass(frozen=True)
class Drift:
    """On the backend, now, an observable has the mean that it had in a stored run, with its weights.

    What it had is computed under the noise that the run was configured with.
    """

    category: ClassVar = "quantum"

    run: str = option("latest", "the stored run: its folder, its name below ./runs, or the latest of this circuit")
    observable: int = option(0, "which observable of the readout", least=0)
    effect: float = option(0.1, "smallest change of its mean worth noticing", above=0)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found, count = subject.row_mistakes(self.row), len(subject.program.observables)
        if self.observable >= count:
            why = f"there is no observable {self.observable}: the program has {count}."
            found.append(Mistake("observable", why, f"allowed: 0 to {count - 1}"))
        try:
            model = self._stored(subject).model
        except RunFolderError as error:
            return [*found, Mistake("run", str(error).replace("\n", " "), "run the experiment first: qmlops run")]
        if model.program.digest() != subject.program.digest():
            found.append(Mistake("run", "its circuit is another one.", "name a run of this experiment"))
        elif not model.spec.noise.silent():
            noisy = Density().validate([self._then(model, subject)])
            found += [Mistake("run", f"what it had cannot be computed: {item.why}", item.instead) for item in noisy]
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return requests(self._meter(subject), self._had(self._stored(subject), subject), self.effect, 2, level)

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        stored = self._stored(subject)
        what = f"<{subject.program.observables[self.observable]}> of run {stored.folder.name}"
        return by_meter(self._meter(subject), self._had(stored, subject), self.effect, 2, level, seed, what)

    def _had(self, stored: Run, subject: Subject) -> float:
        """The mean that the observable had in the run."""
        then = self._then(stored.model, subject)
        quiet = then.noise is None or then.noise.silent()
        value = subject.ideal(then.program, then.points) if quiet else _under_noise(then)
        return float(value[0, 0])

    def _stored(self, subject: Subject) -> Run:
        def is_of_this_circuit(folder: Path) -> bool:
            with suppress(RunFolderError):
                return Run(folder).model.program.digest() == subject.program.digest()
            return False

        return Run(latest_of(is_of_this_circuit) if self.run == "latest" else find(self.run))

    def _then(self, model: QuantumModel, subject: Subject) -> Work:
        point = np.concatenate([subject.task.inputs[self.row], model.weights])[None]
        return Work(alone(subject, self.observable), point, noise=model.spec.noise)

    def _meter(self, subject: Subject) -> Meter:
        then = self._then(self._stored(subject).model, subject)
        return meter(subject, then.program, then.program.observables[0], then.points)


def _under_noise(work: Work) -> Array:
    return execute(Density().open(), [work], "drift")[0].values
