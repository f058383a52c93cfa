"""Whether a device can run the circuit, and how well it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Target, of_qubit
from qmlops.core.work import Work
from qmlops.errors import Mistake, QmlopsError
from qmlops.lower.figure import Figures, figures, seconds
from qmlops.lower.gate_set import native_set
from qmlops.lower.native import native
from qmlops.lower.route import route
from qmlops.testing.claim.field import alpha, power
from qmlops.testing.level import Level
from qmlops.testing.matrix import state_infidelity, unitary_infidelity
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict, exactly

_WHOLE = 8
"""Most wires of which unitaries are compared."""
_WIDEST = 16
"""Most wires of which states are compared."""
_LOOK = (
    "`qmlops status` shows what the provider tells, and backend=ibm_fake, or backend=braket with "
    "backend.capabilities=FILE, knows pairs and times here"
)
_ON_MACHINES = "this is a simulator: name a machine in `backend`, such as backend=ibm_fake"


@dataclass
class _Found:
    """What was found out about a circuit and its device."""

    broken: list[str] = field(default_factory=list)
    """Rules and bounds that do not hold."""
    missing: list[str] = field(default_factory=list)
    """Facts without which something that is claimed cannot be checked."""
    unchecked: list[str] = field(default_factory=list)
    """What was not claimed and not checked."""


@dataclass(frozen=True)
class HardwareFit:
    """Lowered to the backend's device, the program keeps all of its rules and its own unitary.

    Gates, pairs, qubits, shots and what else the device asks for; and, at random symbols, the unitary of
    the written circuit, up to where its wires begin, and end, on the device. On more than 8 wires those
    are random product states instead, and on more than 16 nothing is compared. A program that its
    provider places is placed here as this package would. What is claimed and cannot be checked, as a
    fact about the device is not known, is inconclusive. Offline: nothing is sent.
    """

    category: ClassVar = "unit"

    two_qubit: int | None = option(None, "most native gates on two qubits; null: any number", least=0)
    depth: int | None = option(None, "greatest native depth; null: any", least=0)
    duration: float | None = option(
        None,
        "longest shot, in units of the shortest T2 of its qubits; null: 1, where both are known",
        unit="T2",
        above=0,
    )
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
            made = _placed(lowered, target)
            counts = figures(made)
        except QmlopsError as error:
            return exactly(False, f"{target.name} cannot run it: {error}", 1.0)
        found = _Found(broken=[*self._broken(subject, lowered, target), *_apart(made, target)])
        self._counted(counts, target, found)
        self._fits(made, target, found)
        self._shot(target, found)
        told = f"{counts.two_qubit} two-qubit gates, depth {counts.depth}, {made.width} qubits on {target.name}"
        told += self._compared(subject.written, made, seed, found)
        rest = f"; not checked: {', '.join(found.unchecked)}." if found.unchecked else "."
        if found.missing and not found.broken:
            look = _LOOK if target.hardware else _ON_MACHINES
            missing = f"not known of {target.name}: {'; '.join(found.missing)}"
            return Verdict("inconclusive", f"{missing}; {look}; {told}{rest}")
        return exactly(not found.broken, "; ".join([*found.broken, told]) + rest, float(len(found.broken)))

    def _broken(self, subject: Subject, lowered: Program, target: Target) -> Iterator[str]:
        """Rules that the backend has, of itself or for the device."""
        shots, most = self.shots or subject.spec.shots, target.limits.most_shots
        work = subject.work(lowered, np.zeros((1, len(lowered.symbols))), shots)
        yield from (f"{item.path}: {item.why}" for item in subject.spec.backend.validate([work]))
        if target.qubits is not None and lowered.width > target.qubits:
            yield f"it takes {lowered.width} of {target.qubits} qubits"
        if shots is not None and not target.limits.least_shots <= shots <= (most or shots):
            yield f"{shots:,} shots are not within {target.limits.least_shots:,} to {most or 'any':,}"

    def _counted(self, counts: Figures, target: Target, found: _Found) -> None:
        """Bounds on gates. Without the pairs of a device the SWAPs are missing, so that there are more."""
        short = _uncounted(target)
        gates = (self.two_qubit, counts.two_qubit, "two-qubit gates")
        for bound, number, what in (gates, (self.depth, counts.depth, "layers of depth")):
            if bound is not None and number > bound:
                found.broken.append(f"{number} {what} are more than {bound}")
            elif bound is not None and short:
                found.missing.append(f"{short}, to count {what}")
        if short and self.two_qubit is None and self.depth is None:
            found.unchecked.append(f"connectivity ({short} not known)")
        if target.hardware and target.qubits is None:
            found.missing.append("how many qubits it has")

    def _fits(self, made: Program, target: Target, found: _Found) -> None:
        """The duration of a shot against T2."""
        time, shortest = seconds(made, target), _shortest_t2(made, target)
        if time is not None and shortest is not None and not _uncounted(target):
            if time > (self.duration or 1.0) * shortest:
                found.broken.append(f"a shot takes {time:.3g} s, {time / shortest:.3g} of the shortest T2")
            return
        facts = {"times of gates and readings": time, "T2": shortest, _uncounted(target): None}
        lacking = ", ".join(name for name, known in facts.items() if name and known is None)
        if self.duration is not None:
            found.missing.append(f"{lacking}, to time a shot")
        elif target.hardware:
            found.unchecked.append(f"duration ({lacking} not known)")

    def _shot(self, target: Target, found: _Found) -> None:
        """Whether a bound on shots is known."""
        if target.limits.most_shots is None and target.limits.executions is None:
            if self.shots is not None:
                found.missing.append(f"how many shots a circuit may have, to allow {self.shots:,}")
            elif target.hardware:
                found.unchecked.append("shots (no bound is known)")

    def _compared(self, written: Program, made: Program, seed: int, found: _Found) -> str:
        """How far compilation moves the circuit, in words."""
        if made.width > _WIDEST:
            found.unchecked.append(f"what compilation changes (nothing is compared above {_WIDEST} qubits)")
            return ""
        what, away = "unitary", unitary_infidelity
        if made.width > _WHOLE:
            what, away = "state from random product states", state_infidelity
        lost = away(written, made, seed)
        if lost >= self.effect:
            found.broken.append(f"compilation changes the {what}: infidelity {lost:.3g}")
        return f", {lost:.1g} of the {what} lost"


def _placed(lowered: Program, target: Target) -> Program:
    """In the machine's own gates and on its pairs, where both are known and the program is not there yet."""
    gates = native_set(target.gates or ())
    if gates is None or lowered.places is not None:
        return lowered
    return native(lowered, gates) if target.edges is None else route(lowered, target, gates)


def _uncounted(target: Target) -> str:
    """What is not known and native gates cannot be counted without; empty where they can be."""
    gates = native_set(target.gates or ()) is not None or not target.hardware
    return ", ".join(name for name, known in (("its pairs", target.knows_pairs), ("its gates", gates)) if not known)


def _apart(made: Program, target: Target) -> Iterator[str]:
    """Gates on pairs that the device does not join."""
    if target.edges is None or (target.hardware and made.places is None):
        return
    edges = {frozenset(pair) for pair in target.edges}
    place = made.places or tuple(range(made.width))
    used = [operation.qubits for operation in made.circuit.all_operations() if len(operation.qubits) > 1]
    apart = {tuple(place[qubit.x] for qubit in pair) for pair in used}
    apart = {pair for pair in apart if frozenset(pair) not in edges}
    if apart:
        yield f"{len(apart)} pairs are not joined, such as {min(apart)}"


def _shortest_t2(made: Program, target: Target) -> float | None:
    if target.calibration is None:
        return None
    places = made.places or tuple(range(made.width))
    known = [of_qubit(target.calibration.t2, place) for place in places]
    return min((time for time in known if time is not None), default=None)
