"""What a Python user calls: `qmlops.run`, `qmlops.sweep`, `QuantumMLPipeline`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qmlops.config.build import build
from qmlops.config.compose import Composed, compose
from qmlops.config.spec import RunSpec
from qmlops.core.event import Event
from qmlops.core.noise import Noise
from qmlops.pipeline.folder import RUNS
from qmlops.pipeline.plan.refusal import with_plan
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import start
from qmlops.pipeline.settle import settled


def _unwatched(event: Event) -> None:
    return None


def spec(overrides: Sequence[str] = ()) -> RunSpec:
    """The typed request of some overrides, as on the command line, `backend=auto` settled. Raises ConfigError."""
    return settled(_built(compose(overrides)))[0]


def run(overrides: Sequence[str] = (), watch: Callable[[Event], None] = _unwatched) -> Run:
    """Train as `qmlops run` does; `watch` sees every event. Raises QmlopsError."""
    composed = compose(overrides)
    wanted = _built(composed)
    with with_plan(wanted):
        return start(wanted, Path(composed.folder), watch, list(overrides))


def _built(composed: Composed) -> RunSpec:
    return build(composed.config, list(composed.mistakes))


@dataclass
class QuantumMLPipeline:
    """One experiment from training to deployment."""

    spec: RunSpec
    folder: Path | None = None
    watch: Callable[[Event], None] = field(default=_unwatched, repr=False)
    run: Run | None = field(default=None, init=False)

    def train(self) -> Run:
        """Run the experiment; the folder is a new one below ./runs unless one was named."""
        folder = self.folder or RUNS / f"{datetime.now():%Y-%m-%d_%H-%M-%S}_{self.spec.name}"
        self.run = start(self.spec, folder, self.watch, [])
        return self.run

    def evaluate(self, shots: int = 1000, noise: Noise | None = None) -> dict[str, dict[str, Any]]:
        """Scores of the trained model with 95 % intervals: `exact`, `sampled` and `noisy`.

        Sampled ones draw `shots` a circuit; noisy ones are exact density-matrix values under
        `noise`, one percent depolarising by default. Costs 4^qubits a test row for the latter.
        """
        from qmlops.parts.backend.density import Density
        from qmlops.parts.backend.qsim import Qsim
        from qmlops.parts.noise.depolarising import Depolarising
        from qmlops.parts.noise.none import NoNoise
        from qmlops.pipeline.evaluate import evaluate
        from qmlops.pipeline.prepare import load

        model, split = self._trained().model, load(self.spec)
        model_noise = noise or Depolarising(one_qubit=0.01, two_qubit=0.01)
        places = {
            "exact": model.on(Qsim(precision="double"), 0, NoNoise()),
            "sampled": model.on(Qsim(precision="double"), shots, NoNoise()),
            "noisy": model.on(Density(), 0, model_noise),
        }
        kept = ("metrics", "intervals")
        scores = {name: {key: evaluate(at, split)[key] for key in kept} for name, at in places.items()}
        scores["noisy"]["noise"] = repr(model_noise)
        return scores

    def deploy(self) -> str:
        """Register the model in MLflow under the experiment's name; gives its URI.

        Raises RequestError where the experiment has tracker=none.
        """
        return self.spec.tracker.register(self._trained().folder, self.spec.name)

    def _trained(self) -> Run:
        return self.run or self.train()
