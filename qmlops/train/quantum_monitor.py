"""What can be told of the state that a circuit makes: exactly where a simulator holds it, else by shadows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from qmlops.core.backend import HoldsDensities, HoldsStates
from qmlops.core.program import Program
from qmlops.core.sight import StateSeen
from qmlops.core.work import Array, Work
from qmlops.errors import CapacityError, RequestError
from qmlops.execute.run import execute
from qmlops.simulate.memory import usable_bytes
from qmlops.simulate.state import State, bloch, entropies, fidelity, likeliest, meyer_wallach, probabilities, purity
from qmlops.train.dimension import EffectiveDimension, effective_dimension
from qmlops.train.drawing import Drawing, draw
from qmlops.train.model import QuantumModel
from qmlops.train.shadow import Estimate, Letters, Shadow
from qmlops.train.shadow_work import random_bases, read, work_of
from qmlops.train.task import Task, first_weights, make_task

MOST_OUTCOMES = 16
_MOST_CUT = 3
"""Wires of a cut whose purity is estimated from a shadow: it takes 4^wires Pauli strings."""
_AMPLITUDE = 64
"""Bytes for each number of a state while it is looked at."""


@dataclass(eq=False)
class QuantumMonitor:
    """Looks at the state of a run's circuit, or of a trained model's.

        seen = QuantumMonitor().look(run.model, features=[5.1, 3.5, 1.4, 0.2])
        seen.metrics["meyer_wallach"], seen.bloch

    A run has one of its own, with the words of its config's `monitor`.
    """

    wires: int = 12
    """Most wires of which each cut's entropy is computed, and how far the state has come from its start."""
    shadows: int = 0
    """Bases that are drawn where the task draws shots; 0: none are."""
    _drawing: tuple[Program, Drawing] | None = field(default=None, repr=False)
    _bases: Letters | None = field(default=None, repr=False)
    _start: tuple[Program, Array, State] | None = field(default=None, repr=False)
    """The state at a row's inputs before any training."""

    def look(
        self,
        subject: Task | QuantumModel,
        weights: Array | None = None,
        row: int = 0,
        features: ArrayLike | None = None,
        step: int = 0,
    ) -> StateSeen:
        """The state at one row: of a task's training data, or of the raw `features` that a model is given.

        Without weights they are the model's; a task wants some. Raises RequestError where the state
        cannot be seen: where shots or noise hide it and no shadows are allowed. Costs one state and
        a pass for each wire and cut, or a work of `shadows` circuits.
        """
        began = time.monotonic()
        task, inputs, weights = _at(subject, weights, row, features)
        point = np.concatenate([inputs[0], weights])
        seen = self._seen(task, inputs, weights, step)
        angles = self.drawing(task.program).angles(point)
        return replace(seen, step=step, point=row, angles=angles, seconds=time.monotonic() - began)

    def sees(self, task: Task) -> bool:
        """Whether `look` would see something, as far as that is known without looking."""
        return self.draws(task) or _holds(task)

    def draws(self, task: Task) -> bool:
        """Whether it would be by shots."""
        return self.shadows > 0 and task.spec.shots is not None

    def work(self, task: Task, inputs: Array, weights: Array, step: int) -> Work:
        """What a look by shots sends, at one row of inputs [1 × inputs]; the bases are the same in each step."""
        return work_of(task, inputs, weights, self._bases_of(task), step)

    def drawing(self, program: Program) -> Drawing:
        """The program's gates; the last one's are kept."""
        if self._drawing is None or self._drawing[0] is not program:
            self._drawing = (program, draw(program))
        return self._drawing[1]

    def effective_dimension(
        self, model: QuantumModel, features: ArrayLike, rows: int | None = None, samples: int = 100, gamma: float = 1.0
    ) -> EffectiveDimension:
        """See `train.dimension`: how much of a classifier's weights its predictions can tell apart."""
        return effective_dimension(model, features, rows, samples, gamma)

    def _seen(self, task: Task, inputs: Array, weights: Array, step: int) -> StateSeen:
        if self.draws(task):
            (result,) = execute(task.session, [self.work(task, inputs, weights, step)], f"shadow-{step}")
            return _of_shadow(read(self._bases_of(task), result))
        return self._of_state(task, inputs, _state(task, inputs, weights))

    def _bases_of(self, task: Task) -> Letters:
        if self._bases is None or self._bases.shape[1] != task.program.width:
            self._bases = random_bases(task.program.width, self.shadows, task.spec.seed)
        return self._bases

    def _before(self, task: Task, inputs: Array) -> State:
        """The state at the weights that the seed draws; the last one is kept."""
        kept = self._start
        if kept is None or kept[0] is not task.program or not np.array_equal(kept[1], inputs):
            self._start = kept = (task.program, inputs, _state(task, inputs, first_weights(task)))
        return kept[2]

    def _of_state(self, task: Task, inputs: Array, state: State) -> StateSeen:
        metrics = {"purity": float(purity(state)[0]), "meyer_wallach": float(meyer_wallach(state)[0])}
        if state.shape[1] <= 2**self.wires:
            metrics["fidelity_start"] = float(fidelity(self._before(task, inputs), state)[0])
            metrics |= {f"entropy_{cut + 1}": bits for cut, bits in enumerate(entropies(state)[0].tolist())}
        outcomes = likeliest(probabilities(state)[0], MOST_OUTCOMES)
        return StateSeen(0, 0, bloch(state)[0].tolist(), outcomes, metrics)


def _at(
    subject: Task | QuantumModel, weights: Array | None, row: int, features: ArrayLike | None
) -> tuple[Task, Array, Array]:
    """A task, one row of its inputs, and weights."""
    if isinstance(subject, QuantumModel):
        task = make_task(subject.spec, subject.program, None, subject.account)
        return task, subject.encode(features)[:1], subject.weights if weights is None else weights
    if weights is None:
        raise RequestError("A task has no weights of its own.\nGive some, or look at its model.")
    return subject, subject.inputs[row : row + 1], weights


def _holds(task: Task) -> bool:
    """Whether the session shows the state, with all noise that the task has."""
    session = task.session
    return isinstance(session, HoldsDensities) or (isinstance(session, HoldsStates) and task.spec.noise.silent())


def _state(task: Task, inputs: Array, weights: Array) -> State:
    """A vector [1 × 2^width], or a density matrix where the session has noise inside. Raises RequestError."""
    if not _holds(task):
        told = f"{task.spec.backend.target().name} shows no state of this work: it has shots or noise only."
        raise RequestError(f"{told}\nUse QuantumMonitor(shadows=30) with shots, or a simulator without noise.")
    dense = isinstance(task.session, HoldsDensities)
    if _AMPLITUDE << (task.program.width * (1 + dense)) > usable_bytes():
        raise CapacityError(f"A state of {task.program.width} qubits is too large to be looked at here.")
    work = replace(task.work(inputs, weights, "look"), shots=None)
    if dense:
        return cast(HoldsDensities, task.session).densities(work)
    return cast(HoldsStates, task.session).states(work)


def _of_shadow(shadow: Shadow) -> StateSeen:
    wires = shadow.bloch()
    named = {f"{axis}{wire}": item for wire, row in enumerate(wires) for axis, item in zip("xyz", row, strict=True)}
    figures: dict[str, Estimate | None] = {"meyer_wallach": shadow.meyer_wallach()}
    for cut in range(1, min(_MOST_CUT, len(wires)) + 1):
        figures["purity" if cut == len(wires) else f"purity_{cut}"] = shadow.purity(range(cut))
    told = {name: item for name, item in figures.items() if item is not None}
    outcomes = shadow.likeliest(MOST_OUTCOMES)
    return StateSeen(
        step=0,
        point=0,
        bloch=[[item.value for item in row] for row in wires],
        probabilities={bits: item.value for bits, item in outcomes.items()},
        metrics={name: item.value for name, item in told.items()},
        intervals={name: (item.low, item.high) for name, item in {**told, **named, **outcomes}.items()},
        shots=shadow.shots,
    )
