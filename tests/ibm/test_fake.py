"""backend=ibm_fake: Aer's own noise of a snapshot, bits by wire, equal draws from equal seeds."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.core.program import Program
from qmlops.core.work import Result, Work
from qmlops.lower.calibrated import Calibrated
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.ibm import fake as fake_module
from qmlops.parts.backend.ibm.fake import IbmFake
from qmlops.parts.backend.ibm.snapshot import fake, snapshot
from tests.doubles.works import POINTS, bits, turned

FAKE = IbmFake("fake_manila")
MODELS = 0.02
"""By how much two noise models of one calibration may differ: Aer reads with the mean of both errors."""


def run(work: Work, session: Any = None) -> Result:
    session = session or FAKE.open()
    return session.result(session.submit([work], "token"), [work])[0]  # type: ignore[no-any-return]


def test_qubit_0_is_the_leftmost_under_noise() -> None:
    for ones in ((0,), (1, 2), (0, 3)):
        (values,) = run(Work(FAKE.lower(bits(4, *ones)), np.zeros((1, 0)), 400, seed=1)).values
        np.testing.assert_array_equal(values[:4].round(), [float(wire in ones) for wire in range(4)])
        assert not np.isin(values[list(ones)], (0.0, 1.0)).all()


def test_its_noise_is_that_of_the_snapshot() -> None:
    program = FAKE.lower(Program(cirq.Circuit(
        cirq.H(cirq.LineQubit(0)), cirq.CNOT(*cirq.LineQubit.range(2)), cirq.CNOT(*cirq.LineQubit.range(1, 3))
    ), 3, (), (), turned("Z0 Z1", "Z1 Z2", "Z0 Z2").observables))  # fmt: skip
    shots = 20_000
    (values,) = run(Work(program, np.zeros((1, 0)), shots, seed=2)).values
    calibration = snapshot("fake_manila").calibration
    assert calibration is not None
    noisy = Work(program, np.zeros((1, 0)), noise=Calibrated(calibration, program.places))
    local = Density().open()
    (ours,) = local.result(local.submit([noisy], "ours"), [noisy])[0].values
    assert (values < 0.97).all()
    assert (np.abs(values - ours) < 6 / np.sqrt(shots) + MODELS).all(), (values, ours)


def test_noise_on_the_used_qubits_alone_draws_what_the_whole_machines_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    from qiskit_aer import AerSimulator

    program = FAKE.lower(turned("Z0 Z2", "X1"))
    assert program.width < 5, "some qubits are idle"
    work = Work(program, POINTS, 400, seed=3)
    own = run(work)
    monkeypatch.setattr(fake_module, "_simulator", lambda device, qubits: AerSimulator.from_backend(fake(device)))
    assert run(work).values.tobytes() == own.values.tobytes()


def test_equal_work_with_an_equal_seed_gives_equal_bytes() -> None:
    session, program = FAKE.open(), FAKE.lower(turned("Z0", "X1"))
    draws = [run(Work(program, POINTS, 300, seed), session) for seed in (1, 1, 2)]
    assert draws[0].values.tobytes() == draws[1].values.tobytes() != draws[2].values.tobytes()
    assert draws[0].provenance["device"] == "fake_manila" and "manila" in draws[0].provenance["calibration"]
    assert (draws[0].circuits, draws[0].shots) == (3, 900)


def test_what_a_fake_cannot_do_is_said_before() -> None:
    found = FAKE.validate([Work(turned("Z0"), POINTS), Work(bits(6), np.zeros((1, 0)), 10)])
    assert [mistake.path for mistake in found] == ["shots", "qubits"]
    assert FAKE.validate([Work(turned("Z0"), POINTS, 10)]) == []
    assert FAKE.estimate([]).amount == 0.0 and not FAKE.target().hardware
