"""The real SDK behind the adapter, against the double: tasks, order, bits, shots, tokens, bills."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from qmlops.core.work import Work
from qmlops.errors import Ambiguous, JobFailed
from qmlops.lower.split import join
from qmlops.parts.backend.density import Density
from tests.braket.conftest import MakeBackend
from tests.doubles.braket import KEY, BraketDouble
from tests.doubles.fault import status
from tests.doubles.works import POINTS, bits, collect, run, turned


def orders(double: BraketDouble) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in double.requests if request.path == "/quantum-task"]


@pytest.mark.parametrize("apart", [False, True])
def test_qubit_0_is_the_leftmost_also_in_sets_of_different_widths(
    backend: MakeBackend, double: BraketDouble, apart: bool
) -> None:
    double.apart = apart
    works = [Work(bits(4, 0), np.zeros((1, 0)), 20), Work(bits(3, 1, 2), np.zeros((2, 0)), 20)]
    first, second = run(backend(device="Garnet"), works)
    np.testing.assert_array_equal(first.values, [[1, 0, 0, 0]])
    np.testing.assert_array_equal(second.values, [[0, 1, 1], [0, 1, 1]])
    assert (double.tally.submissions, double.tally.circuits, double.tally.shots) == (1, 3, 60)


def test_exact_values_of_a_simulator_are_those_of_density_matrices(backend: MakeBackend, double: BraketDouble) -> None:
    made = backend()
    work = Work(made.lower(turned("Z0", "X0", "Y0 X2", "0.5 Z0 Z1 - 2 X1 + 0.25")), POINTS)
    parts = [part for request in made.split([work]) for part in request]
    assert [len(part.points) for part in parts] == [1, 1, 1]
    result = join([work], parts, [run(made, [part], f"t{number}")[0] for number, part in enumerate(parts)])[0]
    local = Density().open()
    exact = local.result(local.submit([work], "local"), [work])[0]
    np.testing.assert_allclose(result.values, exact.values, atol=1e-6)
    assert not result.variances.any()
    assert all(order["shots"] == 0 for order in orders(double)) and double.tally.submissions == result.circuits


def test_symbols_travel_and_each_program_is_sent_once(backend: MakeBackend, double: BraketDouble) -> None:
    made = backend(device="Garnet")
    made.open().submit([Work(made.lower(turned("Z0")), POINTS, 10)], "token")
    (order,) = orders(double)
    (program,) = json.loads(order["action"])["programs"]
    assert program["inputs"] == {"p0": [0.3, 2.0, 0.0], "p1": [1.1, -0.4, np.pi]}
    assert (order["shots"], order["clientToken"], order["tags"]) == (30, "token", {"qmlops": "token"})


def test_a_session_tells_keys_apart_without_telling_them(
    backend: MakeBackend, double: BraketDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    session: Any = backend().open()
    told = session.identity()
    assert told == session.identity() and told not in KEY and KEY not in told
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDANOTHER")
    other: Any = backend().open()
    assert told and other.identity() and other.identity() != told


def test_an_equal_token_is_one_task_and_sessions_say_so(backend: MakeBackend, double: BraketDouble) -> None:
    made = backend(device="Garnet")
    works = [Work(bits(2, 1), np.zeros((2, 0)), 10)]
    first, second = made.open(), made.open()
    assert first.idempotent  # type: ignore[attr-defined]
    assert first.submit(works, "mine") == second.submit(works, "mine")
    assert (double.tally.submissions, double.asked("POST", "/quantum-task$")) == (1, 2)


def test_a_simulators_request_of_several_bases_is_one_task_each_and_safe_to_repeat(
    backend: MakeBackend, double: BraketDouble
) -> None:
    session, works = backend().open(), [Work(turned("Z0", "X0"), POINTS[:1], 50)]
    double.plan(status(429), "POST", "/quantum-task$", after=1)
    with pytest.raises(Ambiguous, match="1 of 2"):
        session.submit(works, "mine")
    ticket = session.submit(works, "mine")
    assert (double.tally.submissions, len(double.tasks)) == (2, 2)
    assert collect(session, ticket, works)[0].shots == 100
    assert backend().open().find("mine") == ticket


def test_a_failed_task_costs_nothing(backend: MakeBackend, double: BraketDouble) -> None:
    double.conduct.failures.append(("DEVICE", "the ion was lost"))
    session = backend(device="Forte-1").open()
    ticket = session.submit([Work(bits(1), np.zeros((1, 0)), 10)], "token")
    assert session.status(ticket).state == "failed" and session.cost(ticket).amount == 0


def test_a_set_of_which_a_circuit_failed_is_an_error_with_its_reason(
    backend: MakeBackend, double: BraketDouble
) -> None:
    double.broken_executable = "no lock on qubit 3"
    session, works = backend(device="Garnet").open(), [Work(turned("Z0"), POINTS, 10)]
    with pytest.raises(JobFailed, match="no lock on qubit 3"):
        collect(session, session.submit(works, "token"), works)


def test_the_bill_is_by_the_price_list(backend: MakeBackend) -> None:
    made = backend(device="Forte-1")
    session, works = made.open(), [Work(turned("Z0"), POINTS, 1000)]
    ticket = session.submit(works, "token")
    assert session.cost(ticket).amount == pytest.approx(0.3 + 3 * 1000 * 0.08) == made.estimate(works).amount
    simulated = backend()
    work = [Work(turned("Z0"), POINTS[:1], 100)]
    assert simulated.estimate(work).amount == pytest.approx(3 * 0.075 / 60)
    session = simulated.open()
    billed = session.cost(session.submit(work, "other"))
    assert (billed.amount, billed.seconds) == (pytest.approx(4.2 * 0.075 / 60), pytest.approx(4.2))


def test_time_in_a_reservation_is_not_billed_by_the_task(backend: MakeBackend, double: BraketDouble) -> None:
    made = backend(device="Forte-1", reservation="arn:aws:braket:us-east-1:1:reservation/x")
    session, works = made.open(), [Work(turned("Z0"), POINTS, 10)]
    assert (made.estimate(works).amount, session.cost(session.submit(works, "token")).amount) == (0.0, 0.0)
    (order,) = orders(double)
    assert order["associations"] == [
        {"arn": "arn:aws:braket:us-east-1:1:reservation/x", "type": "RESERVATION_TIME_WINDOW_ARN"}
    ]


@pytest.mark.parametrize("apart", [False, True])
def test_the_sdk_itself_reads_what_the_double_says(backend: MakeBackend, double: BraketDouble, apart: bool) -> None:
    from braket.aws import AwsQuantumTask

    double.apart = apart
    session = backend(device="Forte-1").open()
    several = session.submit([Work(bits(2, 1), np.zeros((2, 0)), 10)], "several")
    one = session.submit([Work(bits(2, 1), np.zeros((1, 0)), 10)], "one")
    client = session.client  # type: ignore[attr-defined]
    assert AwsQuantumTask(several.job, client).result()[1][0].counts == {"01": 10}
    assert AwsQuantumTask(one.job, client).result().measurement_counts == {"01": 10}
