"""The state that a circuit makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from qmlops.core.observable import PauliSum
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.parts.backend.qsim import Qsim
from qmlops.testing.claim.by_mean import by_exact, by_meter, requests
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.echo import echo
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict

if TYPE_CHECKING:
    import cirq

_WIDEST = 10
"""Most wires of which a Hamiltonian is diagonalised."""
_DEGENERATE = 1e-9


@dataclass(frozen=True)
class State:
    """The final state has a fidelity of at least `fidelity` with a known one.

    `ground` is the space of least energy (of most, where the objective maximises) of the sum of all
    observables, found by diagonalising it; it is decided on an ideal state vector.
    """

    category: ClassVar = "unit"

    target: Literal["zeros", "uniform", "ghz", "ground"] = option("zeros", "the state that is claimed")
    fidelity: float = option(1.0, "the fidelity that is claimed", above=0, most=1)
    effect: float = option(0.05, "smallest loss of fidelity worth noticing", above=0, below=1)
    at: At = option("initial", AT)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        low = self.effect >= self.fidelity
        why = f"{self.effect} is no less than the fidelity itself."
        validate(self, Mistake("effect", why, f"allowed: < {self.fidelity}") if low else None)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found, program = subject.row_mistakes(self.row), subject.program
        sums = all(isinstance(item, PauliSum) for item in program.observables)
        if self.target == "ground" and (program.width > _WIDEST or not sums):
            why = f"a ground state wants Pauli sums on at most {_WIDEST} qubits."
            found.append(Mistake("target", why, "claim an energy with kind: expectation"))
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        if self.target == "ground":
            return []
        return requests(self._meter(subject), self.fidelity, self.effect, 1, level)

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        what = f"The fidelity with the {self.target} state"
        if self.target == "ground":
            return by_exact(self._in_ground_space(subject), self.fidelity, self.effect, 1, what)
        return by_meter(self._meter(subject), self.fidelity, self.effect, 1, level, seed, what)

    def _meter(self, subject: Subject) -> Meter:
        point = subject.point(self.at, self.row)
        return echo(subject, point, point, _prepared(self.target, subject.program))

    def _in_ground_space(self, subject: Subject) -> float:
        """The share of the final state inside the space of extreme energy."""
        program = subject.program
        energies, states = np.linalg.eigh(_matrix(program))
        if getattr(subject.spec.objective, "sign", 1) < 0:
            energies, states = -energies[::-1], states[:, ::-1]
        space = states[:, energies <= energies[0] + _DEGENERATE * max(1.0, abs(float(energies[0])))]
        session = Qsim(precision="double").open()
        state = session.states(Work(program, subject.point(self.at, self.row)))[0]  # type: ignore[attr-defined]
        return float(np.sum(np.abs(space.conj().T @ state) ** 2))


def _prepared(target: str, program: Program) -> cirq.Circuit:
    """A circuit that makes a target from zeros."""
    import cirq

    qubits = program.qubits
    if target == "uniform":
        return cirq.Circuit(cirq.H.on_each(*qubits))
    if target == "ghz":
        return cirq.Circuit(cirq.H(qubits[0]), (cirq.CNOT(qubits[0], other) for other in qubits[1:]))
    return cirq.Circuit()


def _matrix(program: Program) -> Array:
    """The sum of all observables [2^width × 2^width], wire 0 leftmost."""
    import cirq

    letters = {"X": cirq.X, "Y": cirq.Y, "Z": cirq.Z}
    total = cirq.PauliSum()
    for item in program.observables:
        assert isinstance(item, PauliSum)
        for size, pauli in item.terms:
            string = {program.qubits[wire]: letters[letter] for wire, letter in pauli}
            total += cirq.PauliString(string, coefficient=size)
    matrix: Array = total.matrix(program.qubits)
    return matrix
