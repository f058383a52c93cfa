"""The real cirq-ionq behind the adapter, against the double: jobs, order, bits, shots, bills."""

from __future__ import annotations

import json

import cirq
import numpy as np
import pytest

from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from tests.doubles.ionq import IonqDouble
from tests.doubles.works import POINTS, bits, collect, run, turned
from tests.ionq.conftest import MakeBackend

OLD = cirq.__version__ < "1.6"


@pytest.mark.parametrize("device", ["simulator", "qpu.forte-1"])
def test_qubit_0_is_the_leftmost_also_in_batches_of_different_widths(
    backend: MakeBackend, double: IonqDouble, device: str
) -> None:
    double.provider.noise = 0.0
    works = [Work(bits(4, 0), np.zeros((1, 0)), 200), Work(bits(3, 1, 2), np.zeros((2, 0)), 200)]
    first, second = run(backend(device=device), works)
    np.testing.assert_array_equal(first.values, [[1, 0, 0, 0]])
    np.testing.assert_array_equal(second.values, [[0, 1, 1], [0, 1, 1]])


def test_shots_of_the_simulator_are_drawn_here_by_the_works_seed(backend: MakeBackend, double: IonqDouble) -> None:
    made = backend()
    work = Work(made.lower(turned("X0", "Z0")), POINTS, shots=400, seed=5)
    first, again = (run(made, [work], token)[0] for token in ("a", "b"))
    other = run(made, [Work(work.program, POINTS, 400, seed=6)], "c")[0]
    assert first.values.tobytes() == again.values.tobytes() != other.values.tobytes()
    assert "drawn here" in first.provenance["shots"]
    assert first.shots == 2 * 3 * 400 and double.tally.shots == 0
    np.testing.assert_allclose(first.variances, (1 - first.values**2) / 399)


def test_a_machine_counts_its_shots(backend: MakeBackend, double: IonqDouble) -> None:
    made = backend(device="qpu.forte-1")
    work = Work(made.lower(turned("Z0")), np.array([[2 * np.pi / 3, 0.0]]), shots=900)
    result = run(made, [work])[0]
    assert float(result.values[0, 0] * 900) == pytest.approx(round(float(result.values[0, 0] * 900)))
    assert abs(result.values[0, 0] + 0.5) < 6 * np.sqrt(0.75 / 900) + 0.01
    assert result.provenance == {"backend": "ionq", "device": "qpu.forte-1", "job": next(iter(double.jobs))}
    assert double.tally.shots == 900


def test_jobs_are_split_where_the_numbers_of_shots_differ_on_a_machine(backend: MakeBackend) -> None:
    works = [Work(turned("Z0"), POINTS, shots) for shots in (100, 100, 200)]
    assert [len(job) for job in backend(device="qpu.forte-1").split(works)] == [2, 1]
    assert [len(job) for job in backend().split(works)] == [3]


def test_jobs_are_split_at_the_providers_limits(backend: MakeBackend) -> None:
    work = Work(turned("Z0", "X0"), np.zeros((6000, 2)), 100)
    requests = backend(device="qpu.forte-1").split([work])
    assert [sum(len(part.points) for part in request) for request in requests] == [2500, 2500, 1000]


def test_mitigation_is_always_named_and_the_compiler_is_off(backend: MakeBackend, double: IonqDouble) -> None:
    for token, given in (("a", {}), ("b", {"debiasing": True, "optimise": True, "session": None})):
        made = backend(device="qpu.forte-1", **given)
        made.open().submit([Work(made.lower(turned("Z0")), POINTS, 500)], token)
    orders = [json.loads(request.body) for request in double.requests if request.method == "POST"]
    if OLD:
        assert [order["error_mitigation"] for order in orders] == [{"debias": False}, {"debias": True}]
    else:
        settings = [order["settings"] for order in orders]
        assert [item["error_mitigation"] for item in settings] == [{"debiasing": False}, {"debiasing": True}]
        assert [item["compilation"]["opt"] for item in settings] == [0, 1]
    assert [order["metadata"]["qmlops"] for order in orders] == [order["name"] for order in orders] == ["a", "b"]
    assert max(len(value) for order in orders for value in order["metadata"].values()) < 40


def test_the_noise_model_and_its_seed_travel(backend: MakeBackend, double: IonqDouble) -> None:
    made = backend(noise_model="aria-1")
    work = Work(made.lower(turned("Z0")), POINTS, shots=300, seed=9)
    results = [run(made, [work], token)[0].values.tolist() for token in ("a", "b")]
    assert results[0] == results[1]
    assert double.tally.shots == 2 * 3 * 300
    assert json.loads(double.requests[0].body)["noise"]["model"] == "aria-1"


def test_sharpening_is_asked_for_with_the_results(backend: MakeBackend, double: IonqDouble) -> None:
    run(backend(sharpen=True), [Work(bits(2, 0), np.zeros((1, 0)))])
    assert double.requests[-1].option("sharpen") == "True"


def test_a_batch_and_a_single_job_do_not_disturb_each_other(backend: MakeBackend) -> None:
    session = backend().open()
    many, one = [Work(bits(3, 1), np.zeros((2, 0)))], [Work(bits(3, 2), np.zeros((1, 0)))]
    first, second = session.submit(many, "many"), session.submit(one, "one")
    np.testing.assert_array_equal(collect(session, first, many)[0].values, [[0, 1, 0]] * 2)
    np.testing.assert_array_equal(collect(session, second, one)[0].values, [[0, 0, 1]])


def test_the_bill_is_read(backend: MakeBackend) -> None:
    made = backend(device="qpu.forte-1")
    session, works = made.open(), [Work(made.lower(turned("Z0")), POINTS, 1000)]
    ticket = session.submit(works, "token")
    collect(session, ticket, works)
    one, two = 2, 1
    price = 3 * 1000 * (one * 0.0002 + two * 0.001)
    assert session.cost(ticket) == Cost(pytest.approx(price), "USD", "IonQ's bill of the job")
    if not OLD:
        quoted = made.quote(works)
        assert (quoted.amount, quoted.unit) == (pytest.approx(price), "USD") and "rate card" in quoted.basis
