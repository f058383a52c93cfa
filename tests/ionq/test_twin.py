"""The twin computes under its machine's published errors, and agrees with the emulated machine."""

from __future__ import annotations

from dataclasses import replace

import cirq
import numpy as np
import pytest

from qmlops.config.place import devices
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import ConfigError
from qmlops.parts.backend.ionq.twin import IonqTwin
from qmlops.parts.noise.readout import ReadoutError
from tests.doubles.ionq import IonqDouble
from tests.doubles.works import collect, run, turned
from tests.ionq.conftest import MakeBackend

CATALOGUE = devices("ionq")
TWO = CATALOGUE["qpu.forte-1"]["calibration"]["two_qubit_error"]


def chain(width: int, gates: int) -> Program:
    """Gates ZZ**0.5 in multiples of four on wires 0 and 1: the identity without noise."""
    wires = cirq.LineQubit.range(width)
    circuit = cirq.Circuit([cirq.ZZ(*wires[:2]) ** 0.5] * gates)
    return Program(circuit, width, (), (), (PauliSum.parse("Z0 Z1"), PauliSum.parse("X0"), PauliSum.parse("Z0")))


def values(twin: IonqTwin, work: Work) -> np.ndarray:
    session = twin.open()
    return collect(session, session.submit([work], "token"), [work])[0].values


def test_each_two_qubit_gate_shrinks_values_as_its_error_says() -> None:
    factor = 1 - TWO * 1.25 * 16 / 15
    found = values(IonqTwin(devices=CATALOGUE), Work(chain(2, 8), np.zeros((1, 0))))
    np.testing.assert_allclose(found[0], [factor**8, 0, factor**8], atol=1e-9)
    perfect = values(IonqTwin(devices=CATALOGUE, scale=0.0), Work(chain(2, 8), np.zeros((1, 0))))
    np.testing.assert_allclose(perfect[0], [1, 0, 1], atol=1e-9)


def test_trajectories_of_wide_programs_fit_the_same_closed_form() -> None:
    shots = 3000
    found = values(IonqTwin(devices=CATALOGUE, scale=5.0), Work(chain(9, 20), np.zeros((1, 0)), shots, seed=2))
    wanted = (1 - 5 * TWO * 1.25 * 16 / 15) ** 20
    assert abs(found[0, 2] - wanted) < 6 * np.sqrt((1 - wanted**2) / shots)


def test_the_emulated_machine_reads_what_the_twin_says(backend: MakeBackend, double: IonqDouble) -> None:
    machine, shots = backend(device="qpu.forte-1"), 20_000
    program = machine.lower(turned("Z0", "Z0 Z2", "Z1"))
    work = Work(program, np.array([[0.7, 0.4], [2.5, 1.3]]), shots)
    exact = values(IonqTwin(devices=CATALOGUE), replace(work, shots=None))
    read = run(machine, [work])[0]
    assert np.all(np.abs(read.values - exact) < 6 * np.sqrt(read.variances + 1e-6))


def test_a_twin_says_what_it_cannot_imitate() -> None:
    work = Work(turned("Z0"), np.zeros((1, 2)))
    assert IonqTwin(devices=CATALOGUE).validate([work]) == []
    assert [item.path for item in IonqTwin(device="qpu.forte-enterprise-1", devices=CATALOGUE).validate([work])] == [
        "backend.device"
    ]
    noisy = IonqTwin(devices=CATALOGUE).validate([replace(work, noise=ReadoutError())])
    assert [item.path for item in noisy] == ["noise"]
    wide = Work(Program(cirq.Circuit(), 37, (), (), ()), np.zeros((1, 0)), shots=10)
    assert "37" in IonqTwin(devices=CATALOGUE).validate([wide])[0].why
    with pytest.raises(ConfigError, match=r"qpu\.forte-1"):
        IonqTwin(device="qpu.forte", devices=CATALOGUE)
