"""What must not change when a circuit is changed: relations that hold for every program of a kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.testing.claim.by_mean import by_meter, requests
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.echo import echo
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict

_SAID = {
    "inverse": "after the circuit and its inverse",
    "relabelling": "with the circuit on turned wires",
    "weight_period": "with every weight a period further",
    "input_period": "with every input a period further",
}


@dataclass(frozen=True)
class Metamorphic:
    """A changed circuit gives back the state: their fidelity is at least `fidelity`.

    Measured as an echo: the circuit, then the changed one undone, then all wires read 0.
    """

    category: ClassVar = "unit"

    relation: Literal["inverse", "relabelling", "weight_period", "input_period"] = option(
        "inverse", "undo it; turn the wires round; move all weights, or all inputs, by a period"
    )
    period: float = option(2 * math.pi, "how far weights or inputs are moved", unit="rad", above=0)
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
        found = subject.row_mistakes(self.row)
        names = {"weight_period": subject.program.weights, "input_period": subject.program.inputs}
        if not names.get(self.relation, ("any",)):
            what = self.relation.removesuffix("_period")
            found.append(Mistake("relation", f"the circuit has no {what}s.", "use relation=inverse"))
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return requests(self._meter(subject), self.fidelity, self.effect, 1, level)

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        what = f"The fidelity {_SAID[self.relation]}"
        return by_meter(self._meter(subject), self.fidelity, self.effect, 1, level, seed, what)

    def _meter(self, subject: Subject) -> Meter:
        import cirq

        point, inputs = subject.point(self.at, self.row), len(subject.program.inputs)
        qubits = subject.program.qubits
        if self.relation == "relabelling":
            turned = subject.program.circuit.transform_qubits(dict(zip(qubits, reversed(qubits), strict=True)))
            half = len(qubits) // 2
            swaps = [cirq.SWAP(*pair) for pair in zip(qubits[:half], qubits[: -half - 1 : -1], strict=True)]
            return echo(subject, point, point, turned, swaps)
        moved = point.copy()
        if self.relation == "weight_period":
            moved[:, inputs:] += self.period
        elif self.relation == "input_period":
            moved[:, :inputs] += self.period
        return echo(subject, point, moved, None)
