"""`backend=braket_local`: the emulator of a machine takes what the machine would take, and errs as it says."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import cirq
import numpy as np
import pytest

pytest.importorskip("braket.emulation")

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Result, Work
from qmlops.errors import ConfigError, RequestError
from qmlops.parts.backend.braket.local import BraketLocal
from qmlops.parts.noise.readout import ReadoutError
from tests.doubles.braket_device import ONE, READOUT, TWO, capabilities
from tests.doubles.works import POINTS, turned


def run(backend: BraketLocal, work: Work) -> Result:
    session = backend.open()
    return session.result(session.submit([work], "token"), [work])[0]


def test_an_emulated_machine_has_the_errors_that_its_file_tells(machine: str) -> None:
    a, b = cirq.LineQubit.range(2)
    program = Program(cirq.Circuit(cirq.X(a), cirq.CZ(a, b)), 2, (), (), (PauliSum.parse("Z0"),))
    backend = BraketLocal(machine)
    lowered = backend.lower(program)
    turns = sum(len(operation.qubits) == 1 for operation in lowered.circuit.all_operations())
    assert turns == 1 and sum(len(operation.qubits) == 2 for operation in lowered.circuit.all_operations()) == 1
    one, two = 1 - 2 * (1 - ONE), 1 - 16 / 15 * 5 / 4 * (1 - TWO)
    wanted = -one * two * (2 * READOUT - 1)
    exact = run(backend, Work(lowered, np.zeros((1, 0))))
    assert exact.values[0, 0] == pytest.approx(wanted, abs=1e-6)
    shots = run(backend, Work(lowered, np.zeros((1, 0)), shots=4000, seed=3))
    again = run(backend, Work(lowered, np.zeros((1, 0)), shots=4000, seed=3))
    assert shots.values.tobytes() == again.values.tobytes()
    assert abs(shots.values[0, 0] - wanted) < 6 * np.sqrt((1 - wanted**2) / 4000)


def test_programs_are_placed_on_the_machines_pairs(machine: str) -> None:
    backend = BraketLocal(machine)
    values = run(backend, Work(backend.lower(turned("Z0 Z2", "Z1")), POINTS[:2])).values
    assert np.all(np.abs(values - [[1, np.cos(1.1)], [1, np.cos(-0.4)]]) < 0.25)
    assert backend.target().edges == ((0, 1), (1, 2), (2, 3))


def test_qubit_0_is_the_leftmost_wherever_the_wires_stand(machine: str) -> None:
    a = cirq.LineQubit(0)
    names = tuple(PauliSum.parse(text) for text in ("Z0", "Z1", "Z2"))
    for places in permutations((1, 2, 3)):
        circuit = cirq.Circuit(cirq.PhasedXZGate(x_exponent=1, z_exponent=0, axis_phase_exponent=0)(a))
        program = Program(circuit, 3, (), (), names, places=places)
        values = run(BraketLocal(machine), Work(program, np.zeros((1, 0)))).values
        np.testing.assert_array_equal(values.round(), [[-1, 1, 1]])


def test_what_the_machine_would_refuse_is_refused(machine: str) -> None:
    a, c = cirq.LineQubit(0), cirq.LineQubit(2)
    far = Program(cirq.Circuit(cirq.CZ(a, c)), 3, (), (), (PauliSum.parse("Z0"),), places=(0, 1, 2))
    with pytest.raises(RequestError, match="would refuse"):
        run(BraketLocal(machine), Work(far, np.zeros((1, 0))))
    work = Work(turned("Z0"), POINTS, noise=ReadoutError())
    assert [mistake.path for mistake in BraketLocal(machine).validate([work])] == ["noise"]


@pytest.mark.parametrize("full", [False, True])
def test_a_machine_tells_whether_all_of_its_pairs_are_joined(tmp_path: Path, full: bool) -> None:
    document = capabilities(3)
    document["paradigm"]["connectivity"]["fullyConnected"] = full
    (tmp_path / "file.json").write_text(json.dumps(document))
    target = BraketLocal(str(tmp_path / "file.json")).target()
    assert (target.all_pairs, target.edges) == ((True, None) if full else (False, ((0, 1), (1, 2))))


@pytest.mark.parametrize("content", ["", "[]", json.dumps({"paradigm": {}})])
def test_a_file_that_is_no_machine_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "file.json").write_text(content)
    with pytest.raises(ConfigError, match="capabilities"):
        BraketLocal(str(tmp_path / "file.json"))


def test_native_gates_that_nobody_knows_are_told(tmp_path: Path) -> None:
    document = capabilities(3)
    document["paradigm"]["nativeGateSet"] = ["ecr", "sx"]
    (tmp_path / "file.json").write_text(json.dumps(document))
    with pytest.raises(ConfigError, match="ecr, sx"):
        BraketLocal(str(tmp_path / "file.json"))
