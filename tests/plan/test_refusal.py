"""The budget refuses with the plan in short, and what it proposes is enough and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qmlops.errors import BudgetError
from qmlops.execute.ledger import FILE, entries
from qmlops.pipeline.plan.estimate import plan
from qmlops.pipeline.plan.refusal import with_plan
from qmlops.pipeline.run import start
from tests.execute.provider import jobs
from tests.plan.conftest import SHORT, SpecAt


def refused(scripted: SpecAt, folder: Path, *overrides: str, **backend: object) -> BudgetError:
    spec = scripted(*SHORT, *overrides, **backend)
    with pytest.raises(BudgetError) as caught, with_plan(spec):
        start(spec, folder, lambda event: None, [])
    return caught.value


def test_the_default_spends_nothing_and_prints_the_plan(scripted: SpecAt, tmp_path: Path) -> None:
    error = refused(scripted, tmp_path / "run", "budget.usd=0")
    assert error.exit_code == 4 and jobs(tmp_path / "provider") == []
    planned = plan(scripted(*SHORT, "budget.usd=0"), rehearsed=False)
    assert f"{planned.whole.all.circuits:,} circuits" in str(error)
    assert f"{planned.cost.amount:,.2f} USD" in str(error)


@pytest.mark.parametrize("bound", ["usd", "shots", "circuits"])
def test_what_is_proposed_is_enough_for_the_whole_run(scripted: SpecAt, tmp_path: Path, bound: str) -> None:
    error = refused(scripted, tmp_path / "first", f"budget.{bound}=0")
    allow = re.findall(r"to allow it +(.*)", str(error))[0]
    assert allow.startswith(f"budget.{bound}=")
    start(scripted(*SHORT, allow), tmp_path / "second", lambda event: None, [])
    spent = sum(entry.amount or 0 for entry in entries(tmp_path / FILE))
    assert spent == pytest.approx(plan(scripted(*SHORT), rehearsed=False).cost.amount)


def test_an_unknown_price_is_never_shown_as_nothing(scripted: SpecAt, tmp_path: Path) -> None:
    error = refused(scripted, tmp_path / "run", "budget.usd=0", price=None)
    assert "its cost" in str(error) and "not known" in str(error)
    assert "0.00 USD" not in str(error)
