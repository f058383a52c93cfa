"""An IonQ machine imitated on this one: its gates, its published errors, our simulators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from qmlops.core.backend import Immediate, Session
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Result, Work
from qmlops.errors import Mistake
from qmlops.lower.calibrated import Calibrated
from qmlops.parts.backend.catalogue import target_of
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim

_MOST_DENSITY = 7
"""Qubits up to which shots are drawn from density matrices; above, each shot is a trajectory."""


@dataclass(frozen=True)
class IonqTwin:
    """Rehearses a machine of IonQ for nothing: the gates that `backend=ionq` sends, under its published errors.

    Exact values under noise come from density matrices, at 4^n numbers a point. The turns into a
    measured basis are perfect here, and are gates with errors on the machine.
    """

    device: str = option("qpu.forte-1", "the machine of the catalogue that is imitated")
    scale: float = option(1.0, "of all of its errors; 0 is a perfect machine", least=0, most=10)
    devices: dict[str, Any] = option({}, "the catalogue: facts of each device, as in conf/backend/ionq.yaml")

    def __post_init__(self) -> None:
        validate(self)
        self.target()

    def target(self) -> Target:
        machine = target_of(self.device, self.devices, hardware=False)
        return replace(machine, name=f"twin of {machine.name}", price=None)

    def lower(self, program: Program) -> Program:
        from qmlops.lower.gate_set import IONQ
        from qmlops.lower.native import native

        return native(program, IONQ)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        target, found = self.target(), []
        if target.calibration is None:
            why = f"of the errors of {self.device} the catalogue says nothing."
            found.append(Mistake("backend.device", why, "choose another machine, or backend=qsim noise=depolarising"))
        for work in works:
            if work.noise is not None and not work.noise.silent():
                instead = "write noise=none; backend.scale scales what it has"
                found.append(Mistake("noise", "a twin has the noise of its machine.", instead))
            if target.qubits is not None and work.program.width > target.qubits:
                why = f"{work.program.width} qubits are asked for, and {self.device} has {target.qubits}."
                found.append(Mistake("qubits", why, "use fewer qubits, or another machine"))
            found += _simulator(work).validate([replace(work, noise=None)])
        return found

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")

    def open(self) -> Session:
        return Immediate("ionq_twin", _Running(self).run)


class _Running:
    """The simulators' sessions, which keep what they have prepared."""

    def __init__(self, twin: IonqTwin) -> None:
        self.twin, self.calibration = twin, twin.target().calibration
        self.density, self.qsim = Density().open(), Qsim().open()

    def run(self, work: Work) -> Result:
        assert self.calibration is not None
        noise = Calibrated(self.calibration, work.program.places, self.twin.scale)
        session = self.density if isinstance(_simulator(work), Density) else self.qsim
        noisy = [replace(work, noise=noise)]
        result = session.result(session.submit(noisy, "work"), noisy)[0]
        told = {"backend": "ionq_twin", "device": self.twin.device, "calibration": self.calibration.id}
        return replace(result, provenance=told)


def _simulator(work: Work) -> Density | Qsim:
    return Density() if work.shots is None or work.program.width <= _MOST_DENSITY else Qsim()
