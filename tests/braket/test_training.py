"""A whole run at Braket: through the journal, with each request one task, within the budget."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.work import Work
from qmlops.errors import BudgetError
from qmlops.execute.connect import connect
from qmlops.execute.run import execute
from tests.braket.conftest import POINTS, MakeBackend, turned
from tests.doubles.braket import BraketDouble
from tests.doubles.fault import drop


def test_a_lost_answer_leads_to_one_task_and_its_results(
    backend: MakeBackend, double: BraketDouble, tmp_path: Path
) -> None:
    made = backend(device="Garnet")
    account = Account("run", "run", Budget(usd=5.0), folder=tmp_path)
    double.plan(drop(True), "POST", "/quantum-task$")
    (result,) = execute(connect(made, account), [Work(turned("Z0", "X0"), POINTS, 50, seed=1)], "step")
    assert np.isfinite(result.values).all() and result.shots == 2 * 3 * 50
    assert (double.tally.submissions, double.asked("POST", "/quantum-task$")) == (1, 2)


def test_the_budget_refuses_before_anything_is_sent(backend: MakeBackend, double: BraketDouble, tmp_path: Path) -> None:
    account = Account("run", "run", Budget(usd=0.1), folder=tmp_path)
    with pytest.raises(BudgetError):
        execute(connect(backend(device="Garnet"), account), [Work(turned("Z0"), POINTS, 50)], "step")
    assert double.asked("POST", "/quantum-task$") == 0
