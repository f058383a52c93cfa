"""The unitary of a circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.from_file import from_file
from qmlops.testing.level import Level
from qmlops.testing.matrix import WIDEST, infidelity, matrix, state_infidelity, unitary_infidelity
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict, exactly


@dataclass(frozen=True)
class Unitary:
    """The program's unitary is that of an OpenQASM file, or survives what the backend lowers it to.

    The effect is 1 - |tr U†V|² / 4^n, which global phases leave alone. Always exact, on this machine.
    """

    category: ClassVar = "unit"

    file: str | None = option(None, "an OpenQASM file to agree with; null: the program as the backend runs it")
    effect: float = option(1e-6, "smallest infidelity worth noticing", above=0, below=1)
    at: At = option("initial", AT + "; for a file")
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found, width = subject.row_mistakes(self.row), subject.program.width
        if width > WIDEST:
            return [*found, Mistake("kind", f"a unitary of {width} qubits is too large.", f"up to {WIDEST}")]
        try:
            if self.file is not None:
                from_file(self.file, subject.program.qubits)
        except ConfigError as error:
            found += [Mistake("file", item.why, item.instead) for item in error.mistakes]
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        if self.file is None:
            away = self._through_compilation(subject, seed)
            what = f"what {subject.spec.backend.target().name} runs"
        else:
            program, point = subject.written, subject.point(self.at, self.row)
            values = dict(zip(program.symbols, point[0], strict=True))
            circuits = subject.program.circuit, from_file(self.file, program.qubits)
            away = infidelity(*(matrix(circuit, program.qubits, values) for circuit in circuits))
            what = f"that of {self.file}"
        return exactly(away < self.effect, f"The unitary is {away:.2g} from {what}, in infidelity.", away)

    def _through_compilation(self, subject: Subject, seed: int) -> float:
        """At random values of all symbols, with wires where routing lets them begin and end."""
        lowered = subject.spec.backend.lower(subject.program)
        apart = unitary_infidelity if lowered.width <= WIDEST else state_infidelity
        return apart(subject.written, lowered, seed)
