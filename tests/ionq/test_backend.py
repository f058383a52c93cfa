"""`backend=ionq` as a configuration: what it refuses before anything is sent, and what it knows without asking."""

from __future__ import annotations

import json
import pickle
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.config.place import devices
from qmlops.core.backend import Remote
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import ConfigError
from qmlops.parts.backend.catalogue import target_of
from qmlops.parts.backend.ionq.cloud import Ionq
from qmlops.parts.noise.readout import ReadoutError
from tests.doubles.ionq import KEY, IonqDouble
from tests.doubles.works import POINTS, run, turned
from tests.ionq.conftest import MakeBackend


def paths(backend: Ionq, **given: Any) -> list[str]:
    work = Work(**({"program": turned("Z0"), "points": POINTS, "shots": 1000} | given))
    return [mistake.path for mistake in backend.validate([work])]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"device": "qpu.harmony"}, "device"), ({"api_key": "abc123"}, "api_key"), ({"url": "http://ionq.co"}, "url"),
        ({"url": "api.ionq.co"}, "url"), ({"device": "qpu.forte-1", "noise_model": "aria-1"}, "noise_model"),
        ({"timeout": 0.0}, "timeout"),
        ({"devices": {"simulator": {"qubit": 3, "source": ""}}}, "devices.simulator.qubit"),
        ({"devices": {"simulator": {"qubits": 3}}}, "devices.simulator.source"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_is_written(given: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Ionq(**({"devices": devices("ionq")} | given))
    assert path in [mistake.path for mistake in caught.value.mistakes]
    assert "abc123" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "work", "path"),
    [
        ({}, {}, None), ({}, {"shots": None}, None), ({"device": "qpu.forte-1"}, {}, None),
        ({"device": "qpu.forte-1"}, {"shots": None}, "shots"), ({"noise_model": "aria-1"}, {"shots": None}, "shots"),
        ({}, {"shots": 1_000_001}, "shots"), ({}, {"noise": ReadoutError()}, "noise"),
        ({"device": "qpu.forte-1", "debiasing": True}, {"shots": 499}, "backend.debiasing"),
        ({"device": "qpu.forte-1", "debiasing": True}, {"shots": 500}, None),
        ({}, {"program": Program(cirq.Circuit(), 30, (), (), ()), "points": np.zeros((1, 0))}, "qubits"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_told_before_anything_is_sent(
    backend: MakeBackend, double: IonqDouble, given: dict[str, Any], work: dict[str, Any], path: str | None
) -> None:
    assert paths(backend(**given), **work) == ([path] if path else [])
    assert double.requests == []


def test_the_catalogue_is_known_without_asking(backend: MakeBackend, double: IonqDouble) -> None:
    simulator, machine = backend(), backend(device="qpu.forte-1")
    assert isinstance(simulator, Remote) and simulator.provider == "ionq"
    assert (simulator.target().qubits, simulator.target().hardware) == (29, False)
    assert (machine.target().qubits, machine.target().hardware) == (36, True)
    assert all(target.source for target in (simulator.target(), machine.target()))
    works = [Work(turned("Z0"), POINTS, 100)]
    assert (simulator.estimate(works).amount, machine.estimate(works).amount) == (0.0, None)
    assert pickle.loads(pickle.dumps(machine)) == machine
    assert double.requests == []


def test_without_a_catalogue_nothing_is_claimed() -> None:
    assert Ionq().target().qubits is None and Ionq().estimate([]).amount is None
    assert target_of("x", {}, hardware=True).price is None


def test_the_machine_is_asked_for_its_calibration(backend: MakeBackend) -> None:
    current = backend(device="qpu.forte-1").current()
    assert current.calibration is not None
    assert current.calibration.two_qubit_error == pytest.approx(0.00464)
    assert current.calibration.one_qubit_error == pytest.approx((0.0002,))
    assert current.source.startswith("http://127.0.0.1")


def test_the_key_is_fetched_anew_and_never_stored(backend: MakeBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backend()
    session = made.open()
    ticket = session.submit([Work(turned("Z0"), POINTS)], "token")
    kept = repr((made, session, vars(session), ticket)) + json.dumps([ticket.job, ticket.token, dict(ticket.details)])
    assert KEY not in kept
    monkeypatch.setenv("ANOTHER", KEY)
    assert run(backend(api_key="env:ANOTHER"), [Work(turned("Z0"), POINTS)], "again")[0].values.shape == (3, 1)


def test_versions_of_cirq_that_do_not_belong_together_are_told(
    backend: MakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert backend().missing() == []
    monkeypatch.setattr(
        "qmlops.parts.backend.ionq.cloud.version", {"cirq-core": "1.6.0", "cirq-ionq": "1.7.0"}.__getitem__
    )
    (told,) = backend().missing()
    assert "cirq-ionq==1.6.0" in told.instead
