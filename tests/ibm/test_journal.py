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
from qmlops.pipeline.record import Run
from tests.doubles.fault import Fault, drop, garbage, status
from tests.doubles.ibm import IbmDouble
from tests.ibm.conftest import POINTS, MakeBackend, turned

WORK = Work(turned("Z0", "X1"), POINTS, shots=50, seed=3)
MakeAccount = Callable[..., Account]


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def account(tmp_path: Path, heard: list[Event]) -> MakeAccount:
    def make(usd: float | None = None) -> Account:
        return Account("run", "run", Budget(usd=usd), emit=heard.append, folder=tmp_path)

    return make


def test_an_experiment_trains_on_the_machine(
    backend: MakeBackend, double: IbmDouble, run_of: Callable[..., Run]
) -> None:
    backend()
    few = ["shots=10", "steps=1", "data.rows=40", "optimizer=spsa", "budget.usd=null"]
    run_of("+experiment=vqc_moons", "backend=ibm", f"backend.url={double.url}", "backend.timeout=300", *few)
    assert double.tally.submissions == double.asked("POST", "/jobs$") == len(double.jobs) > 0


@pytest.mark.parametrize(
    "fault", [drop(True), status(502, processed=True), garbage(), status(429, retry_after=0.1)], ids=lambda f: f.name
)
def test_a_lost_reply_and_a_refusal_that_passes_cost_one_job(
    backend: MakeBackend, double: IbmDouble, account: MakeAccount, heard: list[Event], fault: Fault
) -> None:
    double.plan(fault, "POST", "/jobs$")
    (result,) = execute(connect(backend(settle=30.0), account()), [WORK], "step 0")
    assert np.isfinite(result.values).all()
    assert (double.tally.submissions, double.tally.circuits) == (1, 3)
    states = [event.state for event in heard if isinstance(event, JobMoved)]
    assert states[-1] == "done" and ("adopted" in states) == fault.processed


def test_a_run_that_goes_on_pays_nothing_again_whatever_the_machine_says_of_itself_by_then(
    backend: MakeBackend, double: IbmDouble, account: MakeAccount
) -> None:
    first = execute(connect(backend(), account()), [WORK], "step 0")[0]
    again = execute(connect(backend(), account()), [WORK], "step 0")[0]
    assert first.values.tobytes() == again.values.tobytes()
    assert double.tally.submissions == 1


def test_a_paid_plan_costs_what_the_budget_allows(
    backend: MakeBackend, double: IbmDouble, account: MakeAccount
) -> None:
    made = backend(device="ibm_fez")
    with pytest.raises(BudgetError, match=r"budget\.usd="):
        execute(connect(made, account(usd=0.0)), [WORK], "step 0")
    assert double.tally.submissions == 0
    (result,) = execute(connect(made, account(usd=10.0)), [WORK], "step 0")
    assert double.tally.shots == result.shots == 3 * 50


def test_a_job_that_fails_at_the_provider_is_told_with_its_reason(
    backend: MakeBackend, double: IbmDouble, account: MakeAccount
) -> None:
    double.conduct.failures.append(("8000", "the fridge is warm"))
    with pytest.raises(JobFailed, match="the fridge is warm"):
        execute(connect(backend(), account()), [WORK], "step 0")
