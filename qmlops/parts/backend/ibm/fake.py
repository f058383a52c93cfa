"""An IBM machine imitated on this one by the vendor's own means: its snapshot, and Aer's noise model of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, ClassVar

from qmlops.core.backend import Immediate, Session
from qmlops.core.extra import uninstalled
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.seed import draw
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Result, Work
from qmlops.errors import ConfigError, Mistake
from qmlops.lower.reading import result_of
from qmlops.parts.backend.ibm.circuit import Compiler, Sheet, read
from qmlops.parts.backend.ibm.snapshot import fake, gates_of, snapshot


@dataclass(frozen=True)
class IbmFake:
    """Rehearses a machine of IBM for nothing: placed, routed and translated as for the machine, with Aer's noise.

    The first work costs as long as Aer builds the noise model, some ten seconds at 156 qubits.
    """

    requires: ClassVar[tuple[str, ...]] = ("qiskit_ibm_runtime", "qiskit_aer")
    extra: ClassVar[str] = "ibm"
    slow_target: ClassVar[bool] = True
    """Its snapshot is read by Qiskit, which takes seconds to import."""

    device: str = option("fake_fez", "a snapshot in qiskit-ibm-runtime, such as fake_fez or fake_sherbrooke")
    seed: int = option(0, "of the search for qubits", least=0)

    def __post_init__(self) -> None:
        validate(self)

    def target(self) -> Target:
        """Raises ConfigError where Qiskit, which holds the snapshots, is not installed."""
        if absent := uninstalled(self, "backend"):
            raise ConfigError(absent)
        return replace(snapshot(self.device), hardware=False)

    def lower(self, program: Program) -> Program:
        from qmlops.lower.route import route

        target = self.target()
        return route(program, target, gates_of(target), self.seed)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        target, found = self.target(), []
        for work in works:
            if target.qubits is not None and work.program.width > target.qubits:
                why = f"{work.program.width} qubits are asked for, and {self.device} has {target.qubits}."
                found.append(Mistake("qubits", why, "use fewer qubits, or another snapshot"))
            if work.noise is not None and not work.noise.silent():
                found.append(Mistake("noise", "a fake has the noise of its machine.", "write noise=none"))
            if work.shots is None:
                why = f"{self.device} measures and cannot give exact values."
                found.append(Mistake("shots", why, "write shots=1000"))
        return found

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")

    def open(self) -> Session:
        return Immediate("ibm_fake", _Running(self.device).run)


class _Running:
    """The machine, and the programs that were compiled for it."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._sheets: dict[str, list[Sheet]] = {}

    def run(self, work: Work) -> Result:
        from qiskit_aer.primitives import SamplerV2

        name = work.program.digest()
        if name not in self._sheets:
            self._sheets[name] = Compiler(fake(self.device).target).sheets(work.program)
        assert work.shots is not None
        units = [unit for sheet in self._sheets[name] for unit in sheet.units(work.points, work.shots)]
        simulator = _simulator(self.device, _used(self._sheets[name]))
        sampler = SamplerV2.from_backend(simulator, seed=draw(work.seed, "ibm_fake"))
        (counts,) = read([work], list(sampler.run(units).result()))
        day = snapshot(self.device).calibration
        told = {"backend": "ibm_fake", "device": self.device, "calibration": day.id if day else ""}
        return result_of(work, counts, told)


def _used(sheets: Sequence[Sheet]) -> frozenset[int]:
    """The device's qubits on which some circuit acts."""
    circuits = [sheet.circuit for sheet in sheets]
    return frozenset(
        circuit.find_bit(qubit).index for circuit in circuits for item in circuit.data for qubit in item.qubits
    )


@lru_cache(maxsize=64)
def _simulator(device: str, qubits: frozenset[int]) -> Any:
    """Aer with the machine's noise on some qubits.

    Aer translates the noise of all qubits for every request, which takes seconds at 156 of them.
    """
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel

    gates, readings = _errors(device)
    noise = NoiseModel(basis_gates=list(fake(device).target.operation_names))
    for name, pair, error in gates:
        if qubits.issuperset(pair):
            noise.add_quantum_error(error, name, pair)
    for pair, error in readings:
        if qubits.issuperset(pair):
            noise.add_readout_error(error, pair)
    return AerSimulator(noise_model=noise)


@cache
def _errors(device: str) -> tuple[list[Any], list[Any]]:
    """Of all gates and readings, as `NoiseModel.from_backend` has them: slow, and the same for all sessions."""
    from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors

    target = fake(device).target
    return basic_device_gate_errors(target=target), basic_device_readout_errors(target=target)
