"""What was spent, of what may be, and where that leads."""

from __future__ import annotations

from dataclasses import replace

from qmlops.core.budget import Budget, Spent
from qmlops.monitoring.spend import Spend
from tests.monitoring.pane.stage import project, run, shown

TOLD = Spend(
    usd=12.0,
    unknown=False,
    shots=125_000,
    circuits=1234,
    seconds=0.0,
    budget=Budget(usd=30.0, shots=1_000_000),
    forecast_usd=28.4,
    exhausted_at_step=None,
    billed=False,
    shared=Spent(12.0, 125_000, 1234),
)


def test_each_bound_has_its_bar_and_the_forecast_its_step() -> None:
    assert shown("spend", run(), project(spent=TOLD)) == [
        "money     ━━━━━━━━━━━━━━─────────────────────  12.00 of 30.00 USD    40.0 %",
        "shots     ━━━━╸──────────────────────────────  125,000 of 1,000,000  12.5 %",
        "circuits                                       1,234, no bound",
        "forecast  28.40 USD at step 150",
        "budget    enough at this rate",
        "prices    estimated, in part or all",
    ]


def test_a_narrow_pane_has_bars_without_shares() -> None:
    assert shown("spend", run(), project(spent=TOLD), size=(38, 8))[:3] == [
        "money    ━━━──── 12.00 of 30.00 USD",
        "shots    ━────── 125,000 of 1,000,000",
        "circuits         1,234, no bound",
    ]


def test_a_budget_that_ends_too_early_says_at_which_step() -> None:
    told = replace(TOLD, exhausted_at_step=93, forecast_usd=41.2, billed=True)
    assert shown("spend", run(), project(spent=told))[3:] == [
        "forecast  41.20 USD at step 150",
        "budget    ▲ lasts to step 93 of 150 at this rate",
        "prices    billed by the provider",
    ]


def test_a_budget_of_nothing_says_so_instead_of_a_bar() -> None:
    told = replace(TOLD, usd=0.0, budget=Budget(), shared=Spent(0.0, 125_000, 1234))
    assert shown("spend", run(), project(spent=told))[0] == "money     none, and none is allowed"
    assert shown("spend", run(), project(spent=replace(told, shared=Spent(1.0))))[0].endswith(
        "1.00 of 0.00 USD  100.0 %"
    )


def test_what_is_not_known_is_said_and_never_zero() -> None:
    told = replace(
        TOLD, unknown=True, forecast_usd=None, budget=Budget(usd=None), shared=Spent(12.0, 125_000, 1234, 0.0, True)
    )
    assert shown("spend", run(), project(spent=told)) == [
        "money     at least 12.00 USD, no bound",
        "shots     125,000, no bound",
        "circuits  1,234, no bound",
        "forecast  not known: a price is not known",
        "prices    ▲ some are not known",
    ]


def test_a_budget_that_is_shared_is_filled_by_all_of_its_runs() -> None:
    told = replace(TOLD, budget=Budget(usd=30.0, minutes=10.0), shared=Spent(30.0, 300_000, 3000, 480.0))
    rows = shown("spend", run(), project(spent=told))
    assert rows[0].endswith("30.00 of 30.00 USD  100.0 %") and "─" not in rows[0]
    assert rows[3].endswith("8 min of 10 min      80.0 %")
    assert rows[4] == "this run  12.00 USD, 125,000 shots"


def test_a_journal_that_cannot_be_read_is_said_even_where_nothing_was_spent() -> None:
    told = replace(TOLD, problem="journal.db cannot be read: file is not a database")
    assert shown("spend", run(), project(spent=told))[0] == told.problem
    nothing = Spend(0.0, False, 0, 0, 0.0, Budget(), None, None, True, Spent(), told.problem)
    rows = shown("spend", run(), project(spent=nothing))
    assert rows[0] == told.problem and "asked no provider" in " ".join(rows)
