"""The real qiskit-ibm-runtime behind the adapter, against the double: jobs, order, bits, shots, bills."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.work import Work
from qmlops.execute.connect import connect
from qmlops.execute.ledger import FILE, entries
from qmlops.execute.run import execute
from qmlops.pipeline.late import late_bills
from tests.doubles.ibm import CRN, KEY, IbmDouble
from tests.doubles.works import POINTS, bits, run, turned
from tests.ibm.conftest import MakeBackend

SAMPLERS = ("executor", "legacy")
DEVICES = ("ibm_manila", "ibm_fez", "ibm_brussels")
SIX = 6
"""Standard errors within which a mean of shots lies, but for one in 500 million."""


def order(double: IbmDouble) -> dict[str, Any]:
    """The last job that the double was sent."""
    asked = [request for request in double.requests if request.method == "POST" and request.path.endswith("/jobs")]
    return dict(json.loads(asked[-1].body))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_qubit_0_is_the_leftmost_on_each_machine_and_sampler(backend: MakeBackend, device: str, sampler: str) -> None:
    made = backend(device=device, sampler=sampler)
    programs = [made.lower(program) for program in (bits(4, 0), bits(3, 1, 2), turned("Z0", "Z1", "Z2"))]
    works = [
        Work(program, np.zeros((1 + number % 2, len(program.symbols))), 50) for number, program in enumerate(programs)
    ]
    works[2] = Work(programs[2], np.array([[np.pi, 0.0], [0.0, np.pi]]), 50)
    first, second, third = run(made, works)
    np.testing.assert_array_equal(first.values, [[1, 0, 0, 0]])
    np.testing.assert_array_equal(second.values, [[0, 1, 1], [0, 1, 1]])
    np.testing.assert_array_equal(third.values, [[-1, 1, -1], [1, -1, 1]])


def test_a_program_is_compiled_once_and_the_machine_asked_once(backend: MakeBackend, double: IbmDouble) -> None:
    made = backend()
    session, works = made.open(), [Work(made.lower(turned("Z0")), POINTS, 10)]
    for token in ("a", "b"):
        session.submit(works, token)
    assert double.asked("GET", "/configuration$") == double.asked("GET", "/properties$") == 1
    assert double.provider.logins == 1


def test_programs_may_be_placed_by_a_snapshot_and_are_then_sent_as_they_are(backend: MakeBackend) -> None:
    made = backend(device="ibm_fez", placement="snapshot")
    lowered = made.lower(turned("Z0 Z2"))
    assert lowered.places is not None and len(set(lowered.places)) == lowered.width
    (result,) = run(made, [Work(lowered, np.array([[0.0, 0.3]]), 20)])
    np.testing.assert_array_equal(result.values, [[1.0]])


def test_jobs_are_split_where_numbers_of_shots_differ_and_at_ten_million_executions(backend: MakeBackend) -> None:
    works = [Work(turned("Z0"), POINTS, shots) for shots in (100, 100, 200)]
    assert [len(job) for job in backend().split(works)] == [2, 1]
    many = Work(turned("Z0", "X0"), np.zeros((2600, 2)), 2000)
    requests = backend(device="ibm_fez").split([many])
    assert [sum(len(part.points) for part in request) for request in requests] == [2500, 100]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_job_carries_its_token_and_the_bound_of_its_time(
    backend: MakeBackend, double: IbmDouble, sampler: str
) -> None:
    run(backend(sampler=sampler, max_seconds=7), [Work(bits(2, 1), np.zeros((1, 0)), 10)], "the-token")
    sent = order(double)
    assert (sent["tags"], sent["cost"], sent["backend"]) == (["the-token"], 7, "ibm_manila")


def test_twirling_and_decoupling_travel_and_change_no_values(backend: MakeBackend, double: IbmDouble) -> None:
    given = {"twirl_gates": True, "twirl_measurement": True, "decoupling": "XY4"}
    work = Work(backend().lower(turned("Z0", "Z1")), np.array([[np.pi, 0.0]]), 64)
    (legacy,) = run(backend(sampler="legacy", **given), [work], "a")
    params = order(double)["params"]["options"]
    assert params["dynamical_decoupling"] == {"enable": True, "sequence_type": "XY4"}
    assert (params["twirling"]["enable_gates"], params["twirling"]["enable_measure"]) == (True, True)
    (executor,) = run(
        backend(device="ibm_fez", **given),
        [Work(backend(device="ibm_fez").lower(turned("Z0", "Z1")), work.points, 64)],
        "b",
    )
    items = order(double)["params"]["quantum_program"]["items"]
    assert [item["item_type"] for item in items] == ["samplex"]
    for result in (legacy, executor):
        np.testing.assert_array_equal(result.values, [[-1.0, 1.0]])


@pytest.mark.parametrize(("mode", "sent"), [("batch", "batch"), ("session", "dedicated")])
def test_jobs_of_one_session_share_a_batch(backend: MakeBackend, double: IbmDouble, mode: str, sent: str) -> None:
    session, works = backend(mode=mode).open(), [Work(bits(1), np.zeros((1, 0)), 10)]
    for token in ("a", "b"):
        session.submit(works, token)
    assert [item["mode"] for item in double.provider.sessions] == [sent]
    assert {job.order["session_id"] for job in double.jobs.values()} == {"session-1"}


def test_the_bill_is_the_counted_time_at_the_plans_price(backend: MakeBackend, double: IbmDouble) -> None:
    for plan, price in (("pay_as_you_go", 1.6), ("premium", 0.8), ("open", 0.0)):
        made = backend(device="ibm_fez", plan=plan)
        session, works = made.open(), [Work(made.lower(turned("Z0")), POINTS, 1000)]
        ticket = session.submit(works, plan)
        seconds = 2 + 3 * 1000 * 0.00035
        cost, guess = session.cost(ticket), made.estimate(works)
        assert (cost.amount, cost.seconds, cost.unit) == (pytest.approx(seconds * price), pytest.approx(seconds), "USD")
        assert guess.amount == pytest.approx(seconds * price) and "guess" in guess.basis and "2026-05-25" in guess.basis
    double.provider.counted = False
    assert session.cost(ticket).amount is None


def test_time_that_ibm_counts_later_replaces_the_estimate_in_the_journal(
    backend: MakeBackend, double: IbmDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    double.provider.counted = False
    session = connect(backend(), Account("run", "run", Budget(usd=None)))
    execute(session, [Work(turned("Z0"), POINTS, 100)], "step")
    (before,) = entries(tmp_path / FILE)
    assert (before.state, before.billed, late_bills()) == ("done", 0, 0)
    double.provider.counted = True
    assert late_bills() == 1
    (after,) = entries(tmp_path / FILE)
    assert (after.billed, after.basis.startswith("IBM's count"), "guess" in before.basis) == (1, True, True)
    assert after.seconds == pytest.approx(2 + 300 * 0.00035) and after.amount == pytest.approx(1.6 * after.seconds)


def test_nothing_is_asked_before_the_first_use_and_no_key_is_shown(backend: MakeBackend, double: IbmDouble) -> None:
    made = backend()
    session = made.open()
    assert double.requests == []
    run(made, [Work(bits(1), np.zeros((1, 0)), 10)])
    with_key = [
        request.path for request in double.requests if KEY.encode() in request.body or KEY in str(request.headers)
    ]
    assert with_key == ["/identity/token"]
    assert KEY not in repr(made) and KEY not in repr(vars(session))
    assert not any("qiskit" in request.headers.get("x-qx-client-application", "") for request in double.requests)
    assert CRN not in repr(made)
