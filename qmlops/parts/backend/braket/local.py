"""Braket's own simulators on this machine: what `backend=braket` sends, computed here and for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from qmlops.core.backend import Immediate, Session
from qmlops.core.noise import Places
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Array, Counts, Result, Work
from qmlops.errors import Mistake, RequestError
from qmlops.lower.basis import misread, sample
from qmlops.lower.reading import counts_of, result_of
from qmlops.parts.backend.braket.device import Capabilities, from_file
from qmlops.parts.backend.braket.program import Sheet, sheets
from qmlops.simulate.memory import too_wide


@dataclass(frozen=True)
class BraketLocal:
    """The local simulator, or with `capabilities` the emulator of one of Braket's machines.

    State vectors, and under noise density matrices; slow beside `backend=qsim`, and there to try what
    Braket is sent. The emulator takes the machine's native gates on its own pairs, refuses what the
    machine would refuse, and has the errors that the file tells, of gates and of readings. Shots are
    drawn by the work's seed.
    """

    requires: ClassVar[tuple[str, ...]] = ("braket",)
    extra: ClassVar[str] = "braket"

    capabilities: str | None = option(None, "a device's capabilities as JSON, as GetDevice gives them: emulate it")

    def __post_init__(self) -> None:
        validate(self)
        self.target()

    @property
    def _machine(self) -> Capabilities | None:
        return None if self.capabilities is None else from_file(self.capabilities)

    def target(self) -> Target:
        if self._machine is None:
            return Target("braket_local", None, hardware=False, source="this machine")
        return self._machine.target(f"emulated {self.capabilities}", hardware=False)

    def lower(self, program: Program) -> Program:
        if self._machine is not None:
            return self._machine.lower(program)
        from qmlops.lower.gate_set import BRAKET
        from qmlops.lower.native import native

        return native(program, BRAKET)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return [mistake for work in works for mistake in self._mistakes(work)]

    def _mistakes(self, work: Work) -> list[Mistake]:
        width, found = work.program.width, []
        noisy = work.noise is not None and not work.noise.silent()
        why = too_wide("braket_local", width, 3 * 16 * 2 ** (min(width, 80) * (2 if noisy or self._machine else 1)))
        if why:
            found.append(Mistake("qubits", why, "use fewer qubits, or backend=qsim"))
        if noisy and self._machine is not None:
            found.append(Mistake("noise", "an emulated machine has the noise of its own.", "write noise=none"))
        elif noisy and isinstance(work.noise, Places):
            found.append(Mistake("noise", "programs are not placed on its device here.", "write backend=density"))
        return found

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")

    def open(self) -> Session:
        return Immediate("braket_local", _Running(self, self._machine).run)


class _Running:
    """The simulators, and the last program as it was written."""

    def __init__(self, backend: BraketLocal, machine: Capabilities | None) -> None:
        self.backend, self.machine = backend, machine
        self.told = {"backend": "braket_local", "device": backend.target().name}
        self._kept: tuple[Work, list[Sheet]] | None = None

    def run(self, work: Work) -> Result:
        probabilities = self._simulated if self.machine is None else self._emulated
        read = []
        for number, sheet in enumerate(self._sheets(work)):
            values, random = sheet.inputs(work.points), stream(work.seed, "shots", number)
            points = [{name: given[row] for name, given in values.items()} for row in range(len(work.points))]
            chances = np.array([probabilities(sheet, point) for point in points])
            flipped = misread(chances, work.noise, work.program.width)
            read.append([_counts(row, work, random) for row in flipped])
        return result_of(work, read, self.told)

    def _sheets(self, work: Work) -> list[Sheet]:
        """Of the last work too, because training asks again for the same program."""
        kept = self._kept
        if kept is None or kept[0].program is not work.program or kept[0].noise != work.noise:
            program = work.program
            if work.noise is not None and not work.noise.silent():
                program = replace(program, circuit=work.noise.apply(program.circuit))
            natively = None if self.machine is None else self.machine.natively
            found = sheets(program, exact=self.machine is None, natively=natively)
            self._kept = kept = (work, found)
        return kept[1]

    def _simulated(self, sheet: Sheet, point: Mapping[str, float]) -> Array:
        from braket.devices import LocalSimulator
        from braket.ir.openqasm import Program as Source

        noisy = "#pragma braket noise" in sheet.source
        return _values(
            LocalSimulator("braket_dm" if noisy else "braket_sv").run(
                Source(source=sheet.source, inputs=point), shots=0
            )
        )

    def _emulated(self, sheet: Sheet, point: Mapping[str, float]) -> Array:
        """Validated and made noisy by Braket's emulator; then with its measurements made one exact distribution."""
        from braket.circuits import Circuit
        from braket.circuits.compiler_directive import CompilerDirective
        from braket.circuits.measure import Measure
        from braket.devices import LocalSimulator

        circuit = Circuit.from_ir(sheet.source, inputs=dict(point))
        try:
            noisy = self._emulator.transform(circuit)
        except ValueError as error:
            raise RequestError(f"The machine of {self.backend.capabilities} would refuse this: {error}") from error
        kept = [item for item in noisy.instructions if not isinstance(item.operator, Measure | CompilerDirective)]
        ordered = sorted(sheet.qubits)
        plain = Circuit(kept).i(ordered).probability(target=ordered)
        chances = _values(LocalSimulator("braket_dm").run(plain, shots=0)).reshape((2,) * len(ordered))
        # Braket's simulator permutes the qubits of an unsorted target the wrong way round.
        return chances.transpose([ordered.index(qubit) for qubit in sheet.qubits]).ravel()

    @cached_property
    def _emulator(self) -> Any:
        from braket.emulation.local_emulator import LocalEmulator

        return LocalEmulator.from_json(Path(str(self.backend.capabilities)).read_text(encoding="utf-8"))


def _values(task: Any) -> Array:
    found: Array = np.asarray(task.result().values[0], dtype=np.float64)
    return found


def _counts(chances: Array, work: Work, random: np.random.Generator) -> Counts:
    """The distribution itself, or the shots that are drawn from it."""
    numbers = chances if work.shots is None else sample(chances[None, :], work.shots, random)[0] * work.shots
    kept = np.flatnonzero(numbers > 0)
    return counts_of({int(key): float(numbers[key]) for key in kept}, work.program.width)
