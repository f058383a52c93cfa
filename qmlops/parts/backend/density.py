"""Density matrices on this machine: exact expectation values under noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmlops.core.backend import Immediate, Session
from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Counts, Result, Work
from qmlops.errors import Mistake
from qmlops.lower.basis import all_bits, bases, misread, moments, of_mean, sample
from qmlops.lower.placed import placed, unfit
from qmlops.lower.reading import first_wires, kept_counts, tallied
from qmlops.simulate.density import DensityEngine
from qmlops.simulate.memory import too_wide, usable_bytes
from qmlops.simulate.state import reduced


@dataclass(frozen=True)
class Density:
    """Noise without sampling error; 4^n numbers a point, so for few qubits."""

    def target(self) -> Target:
        return Target("density", None, hardware=False, source="this machine")

    def lower(self, program: Program) -> Program:
        return program

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        def refusal(work: Work) -> str | None:
            return too_wide("density", work.program.width, _bytes(work.program.width))

        return unfit(works, refusal, "use fewer qubits, or backend=qsim")

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")

    def open(self) -> Session:
        engines: dict[int, DensityEngine] = {}

        def running(work: Work) -> Result:
            ready = placed(work)
            return run(ready, _engine(engines, ready), work.program.width)

        def densities(work: Work) -> NDArray[np.complexfloating]:
            ready = placed(work)
            state = _engine(engines, ready).densities(ready.points)
            square = state.reshape(len(state), 2**ready.program.width, -1)
            more = ready.program.width - work.program.width
            return reduced(square, range(work.program.width)) if more else square

        return Immediate("density", running, {"densities": densities})


def run(work: Work, engine: DensityEngine, wires: int) -> Result:
    """Values at all points, sampled when the work names shots; counts are of the first so many wires."""
    program, count = work.program, len(work.program.observables)
    values, variances = np.zeros((2, len(work.points), count))
    measured = bases(program.observables)
    tables = [basis.eigenvalues(all_bits(program.width), count) for basis in measured]
    read: list[list[Counts]] = [[] for _ in measured]
    random = [stream(work.seed, "shots", number) for number in range(len(measured))]
    size = max(1, usable_bytes() // _bytes(program.width))
    for start in range(0, len(work.points), size):
        rows = slice(start, start + size)
        state = engine.densities(work.points[rows])
        for number, (basis, eigenvalues) in enumerate(zip(measured, tables, strict=True)):
            chances = misread(engine.probabilities(state, basis.rotations(program.qubits)), work.noise, program.width)
            if work.shots is not None:
                chances = sample(chances, work.shots, random[number])
            means, spread = moments(chances, eigenvalues)
            values[rows] += means
            variances[rows] += of_mean(spread, work.shots) if work.shots else 0
            if work.keep_counts:
                read[number] += [first_wires(item, wires) for item in tallied(chances, work.shots)]
    circuits, told = len(measured) * len(values), {"backend": "density"}
    return Result(values, variances, circuits, circuits * (work.shots or 0), told, kept_counts(work, read))


def _engine(engines: dict[int, DensityEngine], work: Work) -> DensityEngine:
    """The engine of a work's program and noise; the last one is kept, because training asks again."""
    kept = engines.get(id(work.program))
    if kept is None or kept.program is not work.program or kept.noise != work.noise:
        engines.clear()
        engines[id(work.program)] = kept = DensityEngine(work.program, work.noise)
    return kept


def _bytes(width: int) -> int:
    return int(3 * 16 * 4 ** min(width, 40))
