"""Circuits that the compiled engine cannot express: computed all the same, and a line says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.event import Note, history, of_kind, read
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.execute.run import differentiate
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.circuit.gate import GATES, GateKind
from qmlops.parts.gradient.adjoint import Adjoint
from qmlops.parts.gradient.auto import Auto
from qmlops.parts.gradient.parameter_shift import ParameterShift
from qmlops.pipeline.folder import MODEL
from qmlops.simulate import prepare
from qmlops.simulate.notice import on_uncompiled
from qmlops.simulate.plain import PlainEngine
from tests.simulate.test_engine import cirq_values

QUBITS = cirq.LineQubit.range(4)
T = sympy.Symbol("t")
UNCOMPILED: dict[str, cirq.Operation] = {
    "a swap under control": cirq.ControlledGate(cirq.SWAP**T)(*QUBITS[:3]),
    "a rotation where a control is 0": cirq.ControlledGate(cirq.rx(T), control_values=[0, 1])(*QUBITS[:3]),
    "a matrix on four wires": cirq.MatrixGate(cirq.testing.random_unitary(16, random_state=5))(*QUBITS),
}
STARTS = {
    "a swap under control": r"CSWAP\*\*t on wires 0, 1, 2 has",
    "a rotation where a control is 0": r"C0C1Rx\(.*t.*\) on wires 0, 1, 2 has",
    "a matrix on four wires": r"\[\[.{57}… on wires 0, 1, 2, 3 has",
}


def program_with(operation: cirq.Operation) -> Program:
    mix = [cirq.ry(0.4 + wire)(qubit) for wire, qubit in enumerate(QUBITS)] + [cirq.CX(*QUBITS[:2])]
    circuit = cirq.Circuit(mix, cirq.ry(T / 2)(QUBITS[1]), operation, mix)
    return Program(circuit, 4, (), ("t",), (PauliSum.parse("Z0 X1"), PauliSum.parse("Z2 - 0.3 Y3")))


@pytest.mark.parametrize("name", UNCOMPILED)
def test_values_equal_cirq_and_one_line_names_the_gate(name: str) -> None:
    program, lines = program_with(UNCOMPILED[name]), []
    with on_uncompiled(lines.append):
        engine = prepare(program, "double")
        prepare(program, "double")
    assert isinstance(engine, PlainEngine)
    assert len(lines) == 1
    assert re.match(STARTS[name], lines[0]) and "no compiled form" in lines[0] and "\n" not in lines[0]
    expected = [cirq_values(program, point) for point in ([0.7], [-1.9])]
    np.testing.assert_allclose(engine.values(np.array([[0.7], [-1.9]])), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", UNCOMPILED)
def test_adjoint_and_auto_give_what_shifted_circuits_give(name: str) -> None:
    work = Work(program_with(UNCOMPILED[name]), np.array([[0.7], [-1.9]]))
    session, cotangent = Qsim("double").open(), np.array([[1.0, -0.5], [0.3, 2.0]])
    gradients = (Adjoint(), Auto(), ParameterShift())
    adjoint, auto, shifted = (differentiate(session, rule, [work], "t")[0].pullback(cotangent) for rule in gradients)
    np.testing.assert_allclose(adjoint, shifted, rtol=0, atol=1e-10)
    assert auto.tobytes() == adjoint.tobytes()


def test_a_compiled_program_says_nothing() -> None:
    lines: list[str] = []
    with on_uncompiled(lines.append):
        prepare(program_with(cirq.CCX(*QUBITS[:3])), "double")
    assert lines == []


def test_a_run_trains_and_says_it_once_in_its_events(
    run_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = GateKind(3, True, lambda angle: cirq.ControlledGate(cirq.SWAP ** (angle / sympy.pi)))
    monkeypatch.setitem(GATES, "cswap_power", swap)
    blocks = (
        "circuit.blocks=[{gate: ry, wires: all, angle: theta}, {gate: cswap_power, wires: [[0, 1, 2]], angle: phi}]"
    )
    run = run_of("+experiment=vqc", "circuit.layers=1", blocks, "steps=20")
    notes = [note.text for note in of_kind(read(run.folder), Note) if "no compiled form" in note.text]
    assert len(notes) == 1 and notes[0].startswith("CSWAP")
    losses = [step.metrics["loss"] for step in history(read(run.folder))]
    assert losses[-1] < 0.9 * losses[0]
    assert (run.folder / MODEL).is_dir()
