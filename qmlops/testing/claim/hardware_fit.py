"""Whether a device can run the circuit, and how well it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Target, of_qubit
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake, QmlopsError
from qmlops.lower.figure import Figures, figures, seconds
from qmlops.simulate.state import fidelity
from qmlops.testing.claim.field import alpha, power
from qmlops.testing.ensemble import WIDEST, points, states
from qmlops.testing.level import Level
from qmlops.testing.matrix import Matrix, matrix
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict, exactly

_POINTS = 3
_WHOLE = 8
"""Most wires of which unitaries are compared."""


@dataclass(frozen=True)
class HardwareFit:
    """Lowered to the backend's device, the program keeps all of its rules and its own unitary.

    Gates, pairs, qubits, shots and what else the device asks for; the duration against the shortest T2
    of the qubits that are used; and, at random symbols, the unitary of the written circuit, up to where
    its wires begin, and end, on the device. On more than 8 wires that is the state from zeros instead,
    and on more than 12 neither. Offline: nothing is sent.
    """

    category: ClassVar = "unit"

    two_qubit: int | None = option(None, "most native gates on two qubits; null: any number", least=0)
    depth: int | None = option(None, "greatest native depth; null: any", least=0)
    duration: float = option(1.0, "longest shot, in units of the shortest T2 of its qubits", unit="T2", above=0)
    shots: int | None = option(None, "shots a circuit; null: those of the experiment", unit="shots", least=1)
    effect: float = option(1e-6, "smallest infidelity by compilation worth noticing", above=0, below=1)
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        return []

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        backend = subject.spec.backend
        target, program = backend.target(), subject.program
        try:
            lowered = backend.lower(program)
            counts = figures(lowered)
        except QmlopsError as error:
            return exactly(False, f"{target.name} cannot run it: {error}", 1.0)
        found = [*self._broken(subject, lowered, target), *self._over(lowered, counts, target, subject)]
        told = f"{counts.two_qubit} two-qubit gates, depth {counts.depth}, {lowered.width} qubits on {target.name}"
        if lowered.width <= WIDEST:
            whole = lowered.width <= _WHOLE
            away = (unitary_infidelity if whole else state_infidelity)(subject.written, lowered, seed)
            what = "unitary" if whole else "state"
            told += f", {away:.1g} of the {what} lost"
            if away >= self.effect:
                found.append(f"compilation changes the {what}: infidelity {away:.3g}")
        return exactly(not found, "; ".join([*found, told]) + ".", float(len(found)))

    def _broken(self, subject: Subject, lowered: Program, target: Target) -> Iterator[str]:
        """Rules that the device, or the backend for it, has."""
        work = subject.work(lowered, np.zeros((1, len(lowered.symbols))), self._shots(subject))
        yield from (f"{item.path}: {item.why}" for item in subject.spec.backend.validate([work]))
        if target.qubits is not None and lowered.width > target.qubits:
            yield f"it takes {lowered.width} of {target.qubits} qubits"
        if target.edges is not None:
            edges = {frozenset(pair) for pair in target.edges}
            place = lowered.places or tuple(range(lowered.width))
            used = [operation.qubits for operation in lowered.circuit.all_operations() if len(operation.qubits) > 1]
            apart = {tuple(place[qubit.x] for qubit in pair) for pair in used}
            apart = {pair for pair in apart if frozenset(pair) not in edges}
            if apart:
                yield f"{len(apart)} pairs are not joined, such as {min(apart)}"

    def _over(self, lowered: Program, counts: Figures, target: Target, subject: Subject) -> Iterator[str]:
        """Bounds that are passed."""
        if self.two_qubit is not None and counts.two_qubit > self.two_qubit:
            yield f"{counts.two_qubit} two-qubit gates are more than {self.two_qubit}"
        if self.depth is not None and counts.depth > self.depth:
            yield f"a depth of {counts.depth} is more than {self.depth}"
        shots, most = self._shots(subject), target.limits.most_shots
        if shots is not None and not target.limits.least_shots <= shots <= (most or shots):
            yield f"{shots:,} shots are not within {target.limits.least_shots:,} to {most or 'any':,}"
        time, shortest = seconds(lowered, target), _shortest_t2(lowered, target)
        if time is not None and shortest is not None and time > self.duration * shortest:
            yield f"a shot takes {time:.3g} s, {time / shortest:.3g} of the shortest T2"

    def _shots(self, subject: Subject) -> int | None:
        return self.shots or subject.spec.shots


def unitary_infidelity(program: Program, lowered: Program, seed: int) -> float:
    """The largest over some random points of 1 - |tr U†V|² / 4^n, with the written wires where V begins with them.

    Routing says where wires end and not where they begin. That is read off V: U†V takes a state with one
    wire at 1 to another such state. Where it does not, wires are taken to begin where they end.
    """
    begin, largest = None, 0.0
    for point in _points(program, seed):
        values = dict(zip(program.symbols, point, strict=True))
        written, made = (matrix(item.circuit, lowered.qubits, values) for item in (program, lowered))
        turned = written.conj().T @ made
        begin = _beginnings(turned, lowered.width) if begin is None else begin
        bits = np.arange(2**lowered.width)[:, None] >> np.arange(lowered.width)[::-1] & 1
        images = np.zeros_like(bits)
        images[:, begin] = bits
        rows = images @ (1 << np.arange(lowered.width)[::-1])
        overlap = abs(turned[rows, np.arange(len(rows))].sum()) / len(rows)
        largest = max(largest, 1 - float(overlap) ** 2)
    return largest


def _beginnings(turned: Matrix, width: int) -> list[int]:
    """The wire to which each wire's 1 is taken."""
    ones = 1 << np.arange(width)[::-1]
    images = np.abs(turned[:, ones]).argmax(axis=0).tolist()
    places = {int(one): wire for wire, one in enumerate(ones)}
    moved = sorted(set(images)) == sorted(places)
    return [places[image] for image in images] if moved else list(range(width))


def state_infidelity(program: Program, lowered: Program, seed: int) -> float:
    """The largest over some random points of 1 - |<written|lowered>|² from zeros, with added wires at 0."""
    at = _points(program, seed)
    order = [program.symbols.index(name) for name in lowered.symbols]
    written = states(_free(program), at)
    made = states(lowered, at[:, order])[:, :: 2 ** (lowered.width - program.width)]
    return float(np.max(np.clip(1 - fidelity(written, made), 0, None)))


def _points(program: Program, seed: int) -> Array:
    return points(_free(program), np.zeros(0), _POINTS, seed, "symbols")


def _free(program: Program) -> Program:
    """With inputs as further weights."""
    return Program(program.circuit, program.width, (), program.symbols, ())


def _shortest_t2(lowered: Program, target: Target) -> float | None:
    if target.calibration is None:
        return None
    places = lowered.places or tuple(range(lowered.width))
    known = [of_qubit(target.calibration.t2, place) for place in places]
    return min((time for time in known if time is not None), default=None)
