"""What a run has spent, may spend and will have spent, from its rows of the journal."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from qmlops.core.budget import Budget, Spent
from qmlops.core.control import append as command
from qmlops.core.event import Obeyed, Stamped
from qmlops.core.ticket import Cost
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import Entry
from qmlops.monitoring.project import Project
from qmlops.monitoring.spend import Spend, bounded, spend_of
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import REQUEST, claimed
from tests.monitoring.folder import append, made, started, stepped


def entry(token: str, step: str, amount: float | None = 2.0, **more: Any) -> Entry:
    values = {item.name: "" for item in fields(Entry)} | {"created": 1.0, "changed": 1.0, "billed": 1, "seconds": 30.0}
    values |= {"token": token, "origin": token, "attempt": 1, "run": "a", "scope": "sweep", "step": step}
    values |= {
        "state": "done",
        "amount": amount,
        "unit": "USD",
        "circuits": 3,
        "shots": 300,
        "queue": None,
        "each": 100,
    }
    return Entry(**values | more)


def spent_by(entries: list[Entry], steps: int = 10, shared: list[Entry] | None = None, **budget: Any) -> Spend:
    track = Track(Path("a"), "a")
    track.take(Stamped(1.0, started(steps, budget=budget)))
    return spend_of(track, entries, shared)


FOUR = [entry(f"{step}", f"step-{step}-0") for step in (1, 2, 3, 4)]


def test_the_forecast_is_that_each_step_costs_as_those_before() -> None:
    found = spent_by([*FOUR, entry("v", "validation-4", amount=4.0), entry("t", "test", amount=1.0)])
    assert (found.usd, found.circuits, found.shots, found.seconds) == (13.0, 18, 1800, 180.0)
    assert found.forecast_usd == pytest.approx(13.0 + 6 * 12 / 4) and found.billed and not found.unknown


@pytest.mark.parametrize(
    ("budget", "last"),
    [
        ({"usd": 12.9}, 6),
        ({"usd": 20.0}, None),
        ({"usd": None}, None),
        ({"usd": None, "shots": 2100}, 7),
        ({"usd": 100.0, "circuits": 24, "shots": 2100}, 7),
        ({"usd": 100.0, "circuits": 15, "shots": 2100}, 5),
        ({"usd": None, "minutes": 2.5}, 5),
        ({"usd": 1.0}, 4),
    ],
)
def test_the_budget_ends_with_the_last_step_that_every_bound_allows(budget: dict[str, Any], last: int | None) -> None:
    assert spent_by(FOUR, **budget).exhausted_at_step == last


def test_what_other_runs_of_a_sweep_spent_is_gone_from_the_budget() -> None:
    others = [entry(f"other-{number}", "step-1-0", run="b") for number in range(3)]
    alone, together = spent_by(FOUR, usd=20.0), spent_by(FOUR, shared=[*FOUR, *others], usd=20.0)
    assert (alone.exhausted_at_step, together.exhausted_at_step) == (None, 7)
    assert (together.usd, together.shared.usd) == (8.0, 14.0)


def test_jobs_that_took_nothing_do_not_count() -> None:
    nothing = [entry(f"{number}", "step-5-0", state=state) for number, state in enumerate(["unsent", "replayed"])]
    assert spent_by([*FOUR, *nothing]) == spent_by(FOUR)


def test_an_unknown_price_is_told_and_nothing_is_forecast() -> None:
    found = spent_by([*FOUR, entry("x", "step-5-0", amount=None)], usd=20.0)
    assert found.unknown and found.usd == 8.0 and found.forecast_usd is None


def test_time_on_a_machine_is_no_unknown_price() -> None:
    found = spent_by([entry("x", "step-1-0", amount=30.0, unit="seconds")], minutes=10.0)
    assert (found.unknown, found.usd, found.seconds, found.exhausted_at_step) == (False, 0.0, 30.0, None)
    assert spent_by([entry("x", "step-1-0", unit="EUR")]).unknown


def test_an_estimate_is_no_bill() -> None:
    assert not spent_by([*FOUR, entry("x", "step-5-0", billed=0)]).billed


def test_without_paid_steps_nothing_is_forecast() -> None:
    for entries in ([], [entry("x", "gram", amount=3.0)]):
        found = spent_by(entries, usd=1.0)
        assert (found.forecast_usd, found.exhausted_at_step) == (None, None)


def test_a_budget_is_that_of_the_config_with_what_commands_changed() -> None:
    commands = [{"usd": 5, "time": 1.0}, {"usd": "much"}, {"shots": -1}, {"minutes": None, "circuits": 7}]
    assert bounded({"budget": {"usd": 1, "minutes": 2.0}}, commands) == Budget(usd=5, circuits=7)
    assert bounded({"budget": "none"}, []) == Budget()


def test_the_same_sums_hold_a_budget_and_are_shown(tmp_path: Path) -> None:
    """The journal's own sums, by which it refuses, are the oracle."""
    folder = made(tmp_path / "runs/sweep/a", [started(10, budget={"usd": 100.0}), *stepped(1)])
    request = json.loads((folder / REQUEST).read_text())
    (folder / REQUEST).write_text(json.dumps(request | {"project": str(tmp_path)}))
    journal = Journal(tmp_path)
    every = [*FOUR, entry("eur", "step-5-0", unit="EUR"), entry("free", "step-6-0", state="forgotten")]
    for item in every:
        journal.reserve(item, Cost(0.0, "USD", "a test"), Budget(usd=None))
    project = Project(tmp_path)
    project.look_at_all()
    assert [item.token for item in project.entries("sweep/a")] == sorted(item.token for item in every)
    found, held = project.spend("sweep/a"), journal._spent("sweep")
    assert Spent(found.usd, found.shots, found.circuits, found.seconds, found.unknown) == held == found.shared
    assert project.spend("sweep/a") is found
    journal.close()


def test_a_budget_that_was_raised_while_the_run_went_on_is_the_budget(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(10, budget={"usd": 1.0})])
    with claimed(folder, new=False):
        project = Project(tmp_path)
        project.look_at_all()
        assert project.spend("a").budget == Budget(usd=1.0)
        command(folder, "budget", usd=9.0)
        append(folder, [Obeyed("budget", "the budget is 9")])
        project.look()
        assert project.spend("a").budget == Budget(usd=9.0)
