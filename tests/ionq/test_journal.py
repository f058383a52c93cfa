"""Through the journal, with the real client: no job twice, none lost, and none without money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.event import Event, JobMoved
from qmlops.core.work import Work
from qmlops.errors import BudgetError, JobFailed
from qmlops.execute.connect import connect
from qmlops.execute.run import execute
from tests.doubles.fault import Fault, drop, garbage, status, truncated
from tests.doubles.ionq import IonqDouble
from tests.ionq.conftest import POINTS, MakeBackend, turned

WORK = Work(turned("Z0", "X1"), POINTS, shots=200, seed=3)
MakeAccount = Callable[..., Account]


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def account(tmp_path: Path, heard: list[Event]) -> MakeAccount:
    def make(usd: float | None = 0.0) -> Account:
        return Account("run", "run", Budget(usd=usd), emit=heard.append, folder=tmp_path)

    return make


@pytest.mark.parametrize(
    "fault",
    [drop(True), status(502, processed=True), garbage(), truncated(), status(429, retry_after=0.1), status(409)],
    ids=lambda fault: fault.name,
)
def test_a_lost_reply_and_a_refusal_that_passes_cost_one_job(
    backend: MakeBackend, double: IonqDouble, account: MakeAccount, heard: list[Event], fault: Fault
) -> None:
    double.plan(fault, "POST", "/jobs$")
    (result,) = execute(connect(backend(settle=10.0), account()), [WORK], "step 0")
    assert np.isfinite(result.values).all()
    assert (double.tally.submissions, double.tally.circuits) == (1, 3)
    states = [event.state for event in heard if isinstance(event, JobMoved)]
    assert states[-1] == "done" and ("adopted" in states) == fault.processed


def test_a_run_that_goes_on_pays_nothing_again(backend: MakeBackend, double: IonqDouble, account: MakeAccount) -> None:
    first = execute(connect(backend(), account()), [WORK], "step 0")[0]
    again = execute(connect(backend(), account()), [WORK], "step 0")[0]
    assert first.values.tobytes() == again.values.tobytes()
    assert double.tally.submissions == 1


def test_a_machine_is_asked_for_its_price_and_costs_what_the_budget_allows(
    backend: MakeBackend, double: IonqDouble, account: MakeAccount
) -> None:
    made = backend(device="qpu.forte-1")
    with pytest.raises(BudgetError):
        execute(connect(made, account()), [WORK], "step 0")
    assert double.tally.submissions == 0
    (result,) = execute(connect(made, account(usd=None)), [WORK], "step 0")
    assert double.tally.shots == result.shots == 3 * 200


def test_a_job_that_fails_at_the_provider_is_told_with_its_reason(
    backend: MakeBackend, double: IonqDouble, account: MakeAccount
) -> None:
    double.conduct.failures.append(("InternalError", "the trap was empty"))
    with pytest.raises(JobFailed, match="the trap was empty"):
        execute(connect(backend(), account()), [WORK], "step 0")
