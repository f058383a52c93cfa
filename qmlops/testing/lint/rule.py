"""The rules of the lint. Each is exact about the circuit as a graph; none runs it.

What cannot be compiled at all, such as an OpenQASM file that measures in the middle, is refused before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from qmlops.errors import Mistake
from qmlops.testing.claim.hardware_fit import HardwareFit
from qmlops.testing.level import Level
from qmlops.testing.light_cone import light_cone
from qmlops.testing.lint.written import Gate, Written
from qmlops.testing.subject import Subject
from qmlops.train.model import QuantumModel
from qmlops.train.task import first_weights

if TYPE_CHECKING:
    import cirq

Wires = set["cirq.Qid"]


def unused_parameter(written: Written) -> Iterator[Mistake]:
    """A weight that is in no angle: `0 * theta`."""
    used = _symbols(written)
    for name in written.program.weights:
        if name not in used:
            yield Mistake("circuit", f"the weight {name} is in no angle.", "leave it out, or let an angle depend on it")


def outside_light_cone(written: Written) -> Iterator[Mistake]:
    """A gate from which no path of gates leads to a wire that is read."""
    outside, _ = _cone(written)
    for key, count in Counter(gate.key for gate in outside).items():
        every = sum(gate.key == key for gate in written.gates)
        first = next(gate for gate in outside if gate.key == key)
        why = f"{count} of its {every} gates change nothing that is read, such as that on {_on(first)}."
        yield Mistake(key, why, "leave them out, or read their wires")


def unreachable_wire(written: Written) -> Iterator[Mistake]:
    """A wire that nothing leads from to what is read, or that is read and has no gate."""
    _, cone = _cone(written)
    touched = {wire for gate in written.gates for wire in gate.wires}
    for number, qubit in enumerate(written.program.qubits):
        if qubit not in cone:
            told = "use fewer qubits, or join it to a wire that is read"
            yield Mistake("qubits", f"nothing leads from wire {number} to what is read.", told)
        elif qubit not in touched:
            told = "put a gate on it, or leave it out of the readout"
            yield Mistake("readout", f"wire {number} is read, and no gate is on it: it always reads 0.", told)


def data_never_encoded(written: Written) -> Iterator[Mistake]:
    """Data of which the encoder takes nothing, or an input that is in no angle."""
    if written.task.split is None:
        return
    if not written.program.inputs:
        told = "choose encoder=angle, or data=none"
        yield Mistake("encoder", "there is data, and no gate depends on it.", told)
    used = _symbols(written)
    for name in written.program.inputs:
        if name not in used:
            yield Mistake("encoder", f"the input {name} is in no angle.", "leave the feature out, or encode it")


def cancelling_pair(written: Written) -> Iterator[Mistake]:
    """A gate that the next one on all of its wires undoes."""
    return undone(written.gates)


def undone(gates: Sequence[Gate]) -> Iterator[Mistake]:
    """The first gate of each key that the next one on all of its wires undoes."""
    import cirq

    told = set()
    for place, gate in enumerate(gates):
        after = next((later for later in gates[place + 1 :] if later.wires & gate.wires), None)
        if after is None or after.wires != gate.wires:
            continue
        if cirq.inverse(gate.operation, None) == after.operation and (gate.key, after.key) not in told:
            told.add((gate.key, after.key))
            why = f"its gate on {_on(gate)} is undone at once by the next one, of {after.key}."
            yield Mistake(gate.key, why, "leave both out")


def over_the_limits(written: Written) -> Iterator[Mistake]:
    """What the claim `hardware_fit` finds: lowered, the circuit breaks a rule of the backend's device."""
    task = written.task
    subject = Subject(task, lambda: QuantumModel(task.spec, task.program, first_weights(task)))
    verdict = HardwareFit().check(subject, Level(0.0, 0.99, 1), written.spec.seed)
    if verdict.outcome == "fail":
        yield Mistake("backend", verdict.reason, "use a smaller circuit, or another device; see qmlops plan --compare")


RULES: dict[str, Callable[[Written], Iterator[Mistake]]] = {
    "unused_parameter": unused_parameter,
    "outside_light_cone": outside_light_cone,
    "unreachable_wire": unreachable_wire,
    "data_never_encoded": data_never_encoded,
    "cancelling_pair": cancelling_pair,
    "over_the_limits": over_the_limits,
}


def _on(gate: Gate) -> str:
    """The wires of a gate, in words."""
    numbers = [str(qubit.x) for qubit in gate.qubits]
    return f"wire{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def _symbols(written: Written) -> set[str]:
    import cirq

    return set(cirq.parameter_names(written.program.circuit))


def _cone(written: Written) -> tuple[Sequence[Gate], Wires]:
    """The gates outside the past light cone of all observables, and the wires inside at the beginning."""
    program = written.program
    read = {program.qubits[wire] for observable in program.observables for wire in observable.wires}
    inside, cone = light_cone([gate.wires for gate in written.gates], read)
    return [gate for gate, within in zip(written.gates, inside, strict=True) if not within], cone
