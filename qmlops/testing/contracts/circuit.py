"""What every circuit promises: its weights and the site's inputs are its symbols, and its gates act on the site."""

from __future__ import annotations

from qmlops.parts.circuit import Built, Circuit, Site
from qmlops.parts.encoder.angle import Angle

WIRES = 3


def site(wires: int = WIRES, edges: tuple[tuple[int, int, float], ...] = ((0, 1, 1.0),)) -> Site:
    """So many wires with a feature each, encoded as turns."""
    import cirq

    qubits = cirq.LineQubit.range(wires)
    return Site(qubits, lambda: Angle().operations(qubits, wires), Angle().inputs(wires, wires), edges)


def has_its_weights_and_the_inputs_as_symbols(circuit: Circuit) -> None:
    import cirq

    built = circuit.build(site())
    symbols = cirq.parameter_names(cirq.Circuit(built.operations))
    assert symbols == {*site().inputs, *built.weights}, f"{sorted(symbols)} are the symbols of the gates"
    assert len(set(built.weights)) == len(built.weights), f"{built.weights} has a name twice"
    assert not set(built.weights) & set(site().inputs)


def has_gates_alone_on_the_wires_of_its_site(circuit: Circuit) -> None:
    import cirq

    built = circuit.build(site())
    numbers = dict.fromkeys((*site().inputs, *built.weights), 0.3)
    assert built.operations
    for operation in built.operations:
        assert set(operation.qubits) <= set(site().qubits)
        assert cirq.has_unitary(cirq.resolve_parameters(operation, numbers)), f"{operation} is no gate"


def names_the_writer_of_each_gate_or_of_none(circuit: Circuit) -> None:
    built = circuit.build(site())
    assert len(built.keys) in (0, len(built.operations))


def is_built_alike_each_time(circuit: Circuit) -> None:
    first, again = circuit.build(site()), circuit.build(site())
    assert _told(first) == _told(again)


def _told(built: Built) -> tuple[object, ...]:
    return built.operations, built.weights, built.keys


CONTRACT = (
    has_its_weights_and_the_inputs_as_symbols,
    has_gates_alone_on_the_wires_of_its_site,
    names_the_writer_of_each_gate_or_of_none,
    is_built_alike_each_time,
)
"""Every promise; each takes a circuit that fits three wires."""
