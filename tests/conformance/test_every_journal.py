"""Through the journal, by each provider's real client: no job twice, none lost, and none without money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.exactly_once.place import PLACES
from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.event import Event, JobMoved
from qmlops.core.work import Work
from qmlops.errors import BudgetError, JobFailed, UnknownJob
from qmlops.execute.connect import connect
from qmlops.execute.ledger import FILE, entries
from qmlops.execute.run import execute
from tests.conformance.conftest import MakeBackend
from tests.doubles.fault import Double, drop, garbage, status, truncated
from tests.doubles.works import POINTS, turned

WORK = Work(turned("Z0", "X1"), POINTS, shots=50, seed=3)
CIRCUITS = 3
"""Both observables are read in one basis."""
PAID = {"ionq": {"device": "qpu.forte-1"}, "braket": {}, "ibm": {"device": "ibm_fez"}}
FAULTS = (
    *(drop(True), status(502, processed=True), garbage(), truncated()),
    *(status(429, retry_after=0.1), status(429)),
)
MakeAccount = Callable[..., Account]


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def account(tmp_path: Path, heard: list[Event]) -> MakeAccount:
    def make(run: str = "run", usd: float | None = None) -> Account:
        return Account(run, run, Budget(usd=usd), emit=heard.append, folder=tmp_path)

    return make


@pytest.mark.parametrize("name", PLACES)
def test_a_lost_reply_and_a_refusal_that_passes_cost_one_job(
    name: str, backend: MakeBackend, double: Double, account: MakeAccount, heard: list[Event]
) -> None:
    for number, fault in enumerate(FAULTS):
        double.plan(fault, "POST", PLACES[name].path)
        (result,) = execute(connect(backend(), account(f"run-{number}")), [WORK], "step 0")
        assert np.isfinite(result.values).all()
        assert (double.tally.submissions, double.tally.circuits) == (number + 1, CIRCUITS * (number + 1)), fault.name
        states = [event.state for event in heard if isinstance(event, JobMoved)]
        kept = "repeated" if PLACES[name].idempotent else "adopted"
        assert states[-1] == "done" and (kept in states) == fault.processed, fault.name
        heard.clear()


@pytest.mark.parametrize("name", PLACES)
def test_a_run_that_goes_on_pays_nothing_again(
    name: str, backend: MakeBackend, double: Double, account: MakeAccount
) -> None:
    first = execute(connect(backend(), account()), [WORK], "step 0")[0]
    again = execute(connect(backend(), account()), [WORK], "step 0")[0]
    assert first.values.tobytes() == again.values.tobytes()
    assert double.tally.submissions == 1


@pytest.mark.parametrize("name", PLACES)
def test_a_machine_costs_what_the_budget_allows(
    name: str, backend: MakeBackend, double: Double, account: MakeAccount
) -> None:
    made = backend(**PAID[name])
    with pytest.raises(BudgetError, match=r"budget\.usd="):
        execute(connect(made, account(usd=0.0)), [WORK], "step 0")
    assert double.tally.submissions == 0
    (result,) = execute(connect(made, account(usd=None)), [WORK], "step 0")
    assert double.tally.shots == result.shots == CIRCUITS * 50


@pytest.mark.parametrize("name", PLACES)
def test_a_job_that_fails_at_the_provider_is_told_with_its_reason(
    name: str, backend: MakeBackend, double: Double, account: MakeAccount
) -> None:
    double.conduct.failures.append(("8000", "the fridge is warm"))
    with pytest.raises(JobFailed, match="the fridge is warm"):
        execute(connect(backend(), account()), [WORK], "step 0")


@pytest.mark.parametrize("name", PLACES)
def test_a_job_that_is_not_shown_is_unknown_is_not_sent_again_and_is_gone_on_with_once_it_is(
    name: str, backend: MakeBackend, double: Any, account: MakeAccount, tmp_path: Path
) -> None:
    ticket = connect(backend(), account()).submit([WORK], "step 0-0")
    jobs = double.tasks if name == "braket" else double.jobs
    hidden = dict(jobs)
    jobs.clear()
    for _ in range(2):
        with pytest.raises(UnknownJob, match="qmlops jobs fetch") as told:
            execute(connect(backend(), account()), [WORK], "step 0")
        (entry,) = entries(tmp_path / FILE)
        assert (entry.state, entry.job) == ("unknown", ticket.job) and entry.reason in str(told.value)
    jobs.update(hidden)
    (result,) = execute(connect(backend(), account()), [WORK], "step 0")
    assert result.shots == CIRCUITS * 50 and double.tally.submissions == 1
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["done"]
