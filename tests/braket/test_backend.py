"""`backend=braket` as a configuration: what it refuses before anything is sent, and what it knows without asking."""

from __future__ import annotations

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
from qmlops.parts.backend.braket.cloud import Braket
from qmlops.parts.backend.braket.program import Natively
from qmlops.parts.noise.readout import ReadoutError
from tests.braket.conftest import MakeBackend
from tests.doubles.braket import BraketDouble
from tests.doubles.braket_device import ONE, READOUT, TWO
from tests.doubles.works import POINTS, collect, turned


def paths(backend: Braket, **given: Any) -> list[str]:
    work = Work(**({"program": turned("Z0"), "points": POINTS, "shots": 1000} | given))
    return [mistake.path for mistake in backend.validate([work])]


def wide(qubits: int) -> dict[str, Any]:
    return {"program": Program(cirq.Circuit(), qubits, (), (), ()), "points": np.zeros((1, 0))}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"device": "Aria-1"}, "device"), ({"verbatim": True}, "verbatim"), ({"timeout": 0.0}, "timeout"),
        ({"device": "Garnet", "verbatim": True}, "verbatim"), ({"capabilities": "/nowhere.json"}, "capabilities"),
        ({"devices": {"SV1": {"qubit": 3, "source": ""}}}, "devices.SV1.qubit"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_is_written(given: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Braket(**({"devices": devices("braket")} | given))
    assert path in [mistake.path for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("device", "work", "path"),
    [
        ("SV1", {}, None), ("SV1", {"shots": None}, None), ("Garnet", {}, None), ("Garnet", {"shots": None}, "shots"),
        ("SV1", {"noise": ReadoutError()}, "noise"),
        ("Garnet", wide(21), "qubits"), ("SV1", {**wide(21), "shots": None}, "shots"), ("SV1", wide(34), None),
    ],
)  # fmt: skip
def test_what_cannot_run_is_told_before_anything_is_sent(
    backend: MakeBackend, double: BraketDouble, device: str, work: dict[str, Any], path: str | None
) -> None:
    assert paths(backend(device=device), **work) == ([path] if path else [])
    assert double.requests == []


def test_the_catalogue_is_known_without_asking(backend: MakeBackend, double: BraketDouble) -> None:
    simulator, machine = backend(), backend(device="Forte-1")
    assert isinstance(simulator, Remote) and simulator.provider == "braket"
    assert (simulator.target().qubits, simulator.target().hardware) == (34, False)
    assert (machine.target().qubits, machine.target().hardware) == (36, True)
    for name in devices("braket"):
        price = backend(device=name).target().price
        assert backend(device=name).target().source and (price is None or (price.date and price.source))
    works = [Work(turned("Z0"), POINTS, 100)]
    assert machine.estimate(works).amount == pytest.approx(0.3 + 300 * 0.08)
    assert backend(device="Emerald").estimate(works).amount is None
    assert simulator.estimate([Work(**wide(30), shots=10)]).amount is None
    assert pickle.loads(pickle.dumps(machine)) == machine
    assert double.requests == []


def test_a_price_that_the_catalogue_lacks_is_looked_up_in_the_list_of_aws(backend: MakeBackend) -> None:
    quoted = backend(device="Emerald").quote([Work(turned("Z0"), POINTS, 100)])
    assert (quoted.amount, quoted.unit) == (pytest.approx(0.3 + 300 * 0.002), "USD") and "2026-10-01" in quoted.basis
    assert backend(device="Cepheus-1-108Q").quote([Work(turned("Z0"), POINTS, 100)]).amount is None


def test_tasks_are_split_at_the_bound_of_a_program_set_and_where_shots_differ(backend: MakeBackend) -> None:
    work = Work(turned("Z0", "X0"), np.zeros((120, 2)), 100)
    requests = backend(device="Garnet").split([work, Work(turned("Z0"), POINTS, 7)])
    assert [sum(len(part.points) for part in request) for request in requests] == [50, 50, 20, 3]
    assert len(backend().split([work])) == 120


def test_the_machine_is_asked_for_what_it_is_now(backend: MakeBackend) -> None:
    current = backend(device="Garnet").current()
    known = current.calibration
    assert known is not None and current.queue is not None and current.queue.jobs == 3
    assert (current.qubits, current.edges, current.gates) == (4, ((0, 1), (1, 2), (2, 3)), ("prx", "cz"))
    assert (current.limits.circuits, current.limits.executions, current.limits.most_shots) == (50, 100_000, 20_000)
    assert known.t1 == pytest.approx([40e-6] * 4) and known.one_qubit_error == pytest.approx([1 - ONE] * 4)
    assert known.two_qubit_error == pytest.approx({(0, 1): 1 - TWO, (1, 2): 1 - TWO, (2, 3): 1 - TWO})
    assert known.readout is not None and known.readout[0] == pytest.approx((1 - READOUT, 1 - READOUT))
    assert backend().current().qubits == 34


def test_verbatim_programs_run_in_native_gates_on_the_machines_own_qubits(
    backend: MakeBackend, double: BraketDouble, machine: str
) -> None:
    made = backend(device="Garnet", verbatim=True, capabilities=machine)
    work = Work(made.lower(turned("Z0 Z2", "X1")), POINTS[:1], 4000, seed=1)
    assert made.terms.natively == Natively("iqm", (1, 2, 3, 4))
    session = made.open()
    result = collect(session, session.submit([work], "token"), [work])[0]
    assert result.values[0] == pytest.approx([1.0, 0.0], abs=0.1)
    body = next(request.body for request in double.requests if request.path == "/quantum-task").decode()
    assert "braket verbatim" in body and "prx(" in body and "$1" in body and "$0" not in body and "cnot" not in body


def test_forte_needs_no_file_for_verbatim_programs(backend: MakeBackend) -> None:
    made = backend(device="Forte-1", verbatim=True)
    gates = {type(item.gate).__name__ for item in made.lower(turned("Z0")).circuit.all_operations()}
    assert made.terms.natively == Natively("ionq_native") and gates <= {"PhasedXZGate", "ZZPowGate"}


def test_keys_are_found_cheaply_and_never_stored(backend: MakeBackend) -> None:
    made = backend()
    assert made.missing() == []
    session = made.open()
    ticket = session.submit([Work(turned("Z0"), POINTS[:1], 5)], "token")
    kept = repr((made, session, vars(session), ticket, vars(session.client)))  # type: ignore[attr-defined]
    assert "braket-test-secret" not in kept
