"""A condition is true exactly where its words say so, and tells the number."""

from __future__ import annotations

import math

import pytest

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.core.budget import Budget, Spent
from qmlops.core.event import Obeyed, RunStarted, StepDone
from qmlops.core.sight import DeviceSeen, StateSeen
from qmlops.monitoring.alert.condition import duration
from tests.alert.run_of_events import Purse, at, job, steps, watched

NAN = math.nan


@pytest.mark.parametrize(
    ("when", "values", "true"),
    [
        ("loss < 1", [2, 1, 0.5, 3], [False, False, True, False]),
        ("loss <= 1", [2, 1, 0.5, 3], [False, True, True, False]),
        ("loss > 1", [2, 1, NAN, 3], [True, False, False, True]),
        ("loss >= 1 for 2 steps", [2, 1, 0, 1, 1, 1], [None, True, False, None, True, True]),
        ("loss is nan", [1, NAN, math.inf, NAN], [False, True, False, True]),
        ("loss is inf", [1, NAN, -math.inf, 2], [False, False, True, False]),
        ("loss drops 0.05 from best", [0.9, 0.95, 0.91, 0.9, 1.0], [False, False, False, True, False]),
        ("loss rises 1 from best", [NAN, 3, 2, 2.9, 3, 1], [False, False, False, False, True, False]),
        ("loss drops 1 from best for 2 steps", [3, 2, 1, 3, 2], [False, None, True, False, None]),
        ("loss < 1 for 2s", [0, 0, 0, 2, 0], [None, None, True, False, None]),
    ],
)
def test_a_metric_is_compared_at_every_step(when: str, values: list[float], true: list[bool | None]) -> None:
    watcher = watched(when)
    assert [watcher.see(stamped) for stamped in steps("loss", values)] == true


def test_a_step_without_the_metric_says_nothing_and_breaks_no_row_of_steps() -> None:
    watcher = watched("validation_accuracy < 0.5 for 5 steps")
    told = [(1, 0.4), (2, None), (3, 0.4), (4, None), (5, 0.4)]
    given = [at(step, StepDone(step, {} if value is None else {"validation_accuracy": value})) for step, value in told]
    assert [watcher.see(stamped) for stamped in given] == [None, None, None, None, True]
    assert watcher.found().text == "validation_accuracy has been below 0.5 for 5 steps; it is 0.4"


def test_a_metric_of_the_state_is_seen_where_the_state_is() -> None:
    watcher = watched("entropy_2 > 1.5")
    assert watcher.kinds == (StateSeen,)
    assert watcher.see(at(0, StateSeen(1, 0, [], {}, {"entropy_2": 1.75, "purity": 1.0}))) is True
    assert watcher.see(at(0, StateSeen(1, 0, [], {}, {"purity": 1.0}))) is None
    assert watcher.found().text == "entropy_2 is above 1.5; it is 1.75"


def test_time_alone_makes_a_duration_full_but_begins_none() -> None:
    watcher = watched("loss < 1 for 1m")
    assert watcher.at(0) is None
    assert [watcher.see(stamped) for stamped in steps("loss", [0.5])] == [None]
    assert [watcher.at(moment) for moment in (30.0, 60.9, 61.0)] == [None, None, True]
    assert watcher.found().text == "loss has been below 1 for 1 min; it is 0.5"
    assert watched("loss < 1").at(5) is None


def test_what_is_spent_is_held_against_what_the_budget_allows_now() -> None:
    purse = Purse(Budget(usd=10), Spent(usd=7.9))
    watcher = watched("spend > 0.8 * budget", purse)
    assert watcher.see(job("intent")) is False
    purse.taken = Spent(usd=8.13)
    assert [watcher.see(job(state)) for state in ("queued", "running")] == [None, None]
    assert watcher.see(job("done")) is True
    assert watcher.found().text == "spend is above 0.8 * budget (8.00 USD); it is 8.13 USD"
    purse.budget = Budget(usd=20)
    assert watcher.see(at(1, Obeyed("budget", ""))) is False and watcher.see(at(1, Obeyed("pause", ""))) is None
    purse.budget = Budget(usd=None)
    purse.taken = Spent(usd=10**9)
    assert watcher.see(job("done")) is False, "there is no bound"


def test_machine_time_is_held_against_the_budgets_minutes() -> None:
    watcher = watched("machine_time > 0.5 * budget", Purse(Budget(minutes=10), Spent(seconds=301)))
    assert watcher.see(job("done")) is True
    assert watcher.found().text == "machine_time is above 0.5 * budget (5 min); it is 5.02 min"


@pytest.mark.parametrize(("when", "usd", "told"), [("spend > 5", 2.0, False), ("spend > 5", 6.0, True)])
def test_an_unknown_price_makes_a_bound_doubtful_unless_what_is_known_exceeds_it(
    when: str, usd: float, told: bool
) -> None:
    watcher = watched(when, Purse(taken=Spent(usd=usd, unknown=True)))
    assert watcher.see(job("done")) is True
    finding = watcher.found()
    assert finding.sure is told and ("at least" in finding.text) is told
    assert told or finding.text == (
        "whether spend is above 5 USD cannot be told: some prices are not known; what is known is 2.00 USD"
    )
    unbounded = watched("spend > 0.8 * budget", Purse(Budget(usd=None), Spent(unknown=True)))
    below = watched("spend < 5", Purse(taken=Spent(usd=9, unknown=True)))
    assert unbounded.see(job("done")) is False and below.see(job("done")) is False


def test_the_queue_is_the_wait_of_the_job_that_waits_longest() -> None:
    watcher = watched("queue > 2h")
    assert watcher.at(10**6) is None
    assert [watcher.see(job("intent")), watcher.see(job("queued", "a", 100.0))] == [False, False]
    assert watcher.see(job("queued", "b", 4000.0)) is False
    assert watcher.see(job("queued", "a", 5000.0)) is False, "told again, as after a resume: it has waited since 100"
    assert [watcher.at(moment) for moment in (7300.0, 7301.0)] == [False, True]
    assert watcher.found().text == "queue is above 2h; it is 2 h (machine job-a)"
    assert watcher.see(job("running", "a", 8000.0)) is False
    assert [watcher.at(moment) for moment in (11200.0, 11201.0)] == [False, True]
    assert watcher.see(job("done", "b", 12000.0)) is False and watcher.at(10**6) is None


def test_a_calibration_grows_old_and_one_of_unknown_age_or_of_a_simulator_does_not() -> None:
    def seen(calibrated: float | None, hardware: bool = True) -> DeviceSeen:
        return DeviceSeen("ibm", "fez", 156, hardware, "a test", calibrated)

    watcher = watched("calibration_age > 24h")
    for device in (seen(None), seen(0.0, hardware=False)):
        assert watcher.see(at(0.0, device)) is None and watcher.at(10**9) is None
    assert watcher.see(at(1000.0, seen(0.0))) is False
    assert [watcher.at(moment) for moment in (86400.0, 86401.0)] == [False, True]
    assert watcher.found().text == "calibration_age is above 24h; it is 1 d (fez, by a test)"


def test_durations_are_told_in_the_largest_unit_that_they_fill() -> None:
    told = [duration(seconds) for seconds in (0.5, 59, 60, 3599, 7560, 86400 * 2.5, 86400 * 1234.4)]
    assert told == ["0.5 s", "59 s", "1 min", "60 min", "2.1 h", "2.5 d", "1,234 d"]


def test_every_condition_that_is_shipped_is_one_of_the_defaults_or_can_be_added() -> None:
    from qmlops.config.place import shipped

    shipped_ones = sorted(path.stem for path in (shipped() / "alert").glob("*.yaml"))
    assert len(shipped_ones) >= 7
    composed = compose([f"+alert@alerts.{name}_too={name}" for name in shipped_ones])
    alerts = build(composed.config, list(composed.mistakes)).alerts
    assert {f"{name}_too" for name in shipped_ones} <= set(alerts)
    defaults = set(alerts) - {f"{name}_too" for name in shipped_ones}
    assert defaults == {"nearly_spent", "long_queue", "old_calibration"}
    assert all(alerts[name] == alerts[f"{name}_too"] and alerts[name].do == ("show",) for name in defaults)


def test_what_the_catalogue_has_of_a_calibration_gives_way_to_the_providers_word() -> None:
    watcher = watched("calibration_age > 24h for 1m")
    assert watcher.see(at(10**6, DeviceSeen("ibm", "fez", 156, True, "a list", 0.0))) is None
    assert watcher.at(10**6 + 30) is None
    assert watcher.see(at(10**6 + 31, DeviceSeen("ibm", "fez", 156, True, "the provider", 10**6 - 50.0))) is False
    assert watcher.at(10**6 + 100) is False


@pytest.mark.parametrize("name", ["loss", "purity", "queue", "machine_time", "calibration_age"])
def test_a_new_start_of_the_run_begins_a_duration_anew_and_says_nothing_else(name: str) -> None:
    limit = "1" if name in ("loss", "purity") else "1s"
    watcher = watched(f"{name} >= {limit} for 1m")
    assert RunStarted in watcher.kinds and watcher.see(at(0.0, RunStarted("run", "run", 9, 1, 3))) is None


def test_steps_are_counted_over_a_new_start_of_the_run_and_durations_are_not() -> None:
    start = at(2.5, RunStarted("run", "run", 9, 1, 2))
    by_steps, by_time = watched("loss < 1 for 4 steps"), watched("loss < 1 for 3s")
    given = [*steps("loss", [0, 0]), start, *steps("loss", [0, 0, 0, 0], first=3)]
    assert RunStarted not in by_steps.kinds
    assert [by_steps.see(stamped) for stamped in given if stamped is not start] == [None, None, None, True, True, True]
    assert [by_time.see(stamped) for stamped in given] == [None, None, None, None, None, None, True]
