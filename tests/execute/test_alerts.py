"""Alerts of a run at a provider: a pause holds submissions back, a stop is a stop, and doubt is told of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from qmlops.cli.main import main
from qmlops.core.control import append
from qmlops.core.event import AlertRaised, JobMoved, Obeyed, RunEnded, of_kind, read
from qmlops.core.ticket import Status
from qmlops.errors import JobFailed, Stopped
from qmlops.execute.connect import connect
from qmlops.execute.ledger import FILE, entries
from qmlops.execute.run import execute
from qmlops.pipeline.run import resume, start
from tests.execute.conftest import work
from tests.execute.provider import FAULTS, Fault, busy, dropped, jobs
from tests.train.small_runs import outcome

FOLDER = Path("runs/run")


def ignore(event: object) -> None:
    """Watches nothing."""


def sent() -> list[dict[str, Any]]:
    return jobs("provider")


def raised() -> list[AlertRaised]:
    """Of the alert that a test declares; the double's calibration is old, and told of besides."""
    return [event for event in of_kind(read(FOLDER), AlertRaised) if event.name == "mine"]


@contextmanager
def beside(call: Callable[[], Any]) -> Iterator[Thread]:
    """Something that goes on while a test looks at it, and ends with the block."""
    thread = Thread(target=call, daemon=True)
    thread.start()
    yield thread
    thread.join(60)
    assert not thread.is_alive()


def wait_for(fact: Callable[[], Any]) -> None:
    until = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


def alert(when: str, *actions: str) -> tuple[str, str]:
    """The overrides that declare one alert beside the defaults."""
    return f"+alerts.mine={{kind: condition, when: '{when}'}}", f"alerts.mine.do=[{','.join(actions)}]"


@pytest.mark.parametrize(("most", "before"), [(0, 0), (10, 1)])
def test_after_the_pause_of_an_alert_nothing_is_submitted_until_the_run_is_told_to_go_on(
    most: int, before: int, spec: Any
) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    one = len(sent())
    price = next(entry.amount for entry in entries(Path(FILE)))
    assert price is not None and 10 < price < 2 * price - 10
    limit = most if not before else price + most
    with beside(lambda: start(spec(*alert(f"spend > {limit}", "pause")), FOLDER, ignore, [])):
        wait_for(lambda: FOLDER.exists() and list(of_kind(read(FOLDER), Obeyed)))
        assert [event.outcome for event in of_kind(read(FOLDER), Obeyed)] == ["paused by the alert mine"]
        at_pause = len(sent())
        time.sleep(0.5)
        assert len(sent()) == at_pause == one + before, "the intent that raised it was not sent either"
        append(FOLDER, "resume")
    assert outcome(FOLDER) == outcome(whole.folder) and len(sent()) == 2 * one
    assert [(event.name, event.actions) for event in raised()] == [("mine", ["pause"])]


@pytest.mark.parametrize(("idempotent", "fault"), [(False, busy()), (True, busy()), (True, dropped)])
def test_a_pause_holds_back_also_the_attempt_after_a_refusal_or_a_lost_request(
    idempotent: bool, fault: Fault, place: Any, account: Any
) -> None:
    known = account()

    def fail(name: str, call: Callable[[], Any]) -> Any:
        known.control.order("pause", "a test")
        fault(name, call)

    FAULTS["submit"] = [fail]
    session = connect(place(idempotent=idempotent, patience=30.0), known)
    with beside(lambda: execute(session, [work()], "step-1")):
        wait_for(lambda: known.control.paused)
        time.sleep(0.6)
        assert not jobs(place().folder)
        known.control.order("resume", "a test")
    assert len(jobs(place().folder)) == 1


def test_an_alert_stops_a_run_as_a_person_does_and_it_is_not_raised_again_when_it_goes_on(spec: Any) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    before = len(sent())
    with pytest.raises(Stopped, match="the alert mine") as stop:
        start(spec(*alert("loss > 0", "checkpoint", "stop")), FOLDER, ignore, [])
    assert stop.value.exit_code == 130 and "qmlops resume run" in str(stop.value)
    assert [event.command for event in of_kind(read(FOLDER), Obeyed)] == ["checkpoint", "stop"]
    assert [event.state for event in of_kind(read(FOLDER), RunEnded)] == ["interrupted"]
    assert len(sent()) < 2 * before and (FOLDER / "checkpoint.npz").exists()
    assert resume(FOLDER, ignore).state == "finished"
    assert len(raised()) == 1 and raised()[0].step == 1
    assert outcome(FOLDER) == outcome(whole.folder) and len(sent()) == 2 * before


def test_what_is_spent_is_told_with_the_budget_and_a_bigger_one_makes_it_untrue(spec: Any) -> None:
    start(spec(), Path("whole"), ignore, [])
    paid = sum(entry.amount or 0.0 for entry in entries(Path(FILE)))
    with pytest.raises(Stopped):
        start(spec(*alert("spend > 0.5 * budget", "stop"), f"budget.usd={paid * 1.01}"), FOLDER, ignore, [])
    (first,) = raised()
    assert first.value is not None and first.value > 0.5 * paid
    assert f"above 0.5 * budget ({0.505 * paid:.2f} USD); it is {first.value:.2f} USD" in first.text
    assert resume(FOLDER, ignore, {"usd": 3 * paid}).state == "finished"
    assert len(raised()) == 1


def test_a_price_that_is_not_known_is_told_of_and_only_shown(spec: Any) -> None:
    start(spec(*alert("spend > 1", "stop"), price=None), FOLDER, ignore, [])
    (told,) = raised()
    assert "cannot be told" in told.text and "prices are not known" in told.text and told.actions == ["show"]


def test_a_job_that_waits_too_long_is_told_of_while_it_waits(spec: Any) -> None:
    FAULTS["status"] = [lambda name, call: Status("queued")] * 6
    start(spec(*alert("queue > 0.3s", "show"), "steps=1"), FOLDER, ignore, [])
    (told,), events = raised(), [stamped.event for stamped in read(FOLDER)]
    moved = [event.state for event in events[: events.index(told)] if isinstance(event, JobMoved)]
    assert moved == ["intent", "sending", "queued"] and "job-0000" in told.text


def test_a_job_of_a_run_that_is_under_way_is_cancelled_by_that_run(
    spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    def cancel(name: str, call: Callable[[], Any]) -> Any:
        assert main(["jobs", "cancel", entries(Path(FILE))[0].token[:8]]) == 0
        seen.append(sent()[0]["state"])
        return call()

    FAULTS["status"] = [cancel]
    with pytest.raises(JobFailed, match="cancelled"):
        start(spec(polls=3), FOLDER, ignore, [])
    assert seen == ["running"] and sent()[0]["state"] == "cancelled"
    assert "was told to cancel it" in capsys.readouterr().err
    assert [event.outcome for event in of_kind(read(FOLDER), Obeyed)] == ["asked scripted to cancel 1 jobs"]


def test_a_secret_that_an_alert_will_need_is_missed_before_anything_is_sent(
    spec: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qmlops.errors import ConfigError

    monkeypatch.delenv("QMLOPS_HOOK", raising=False)
    post = ("+alerts.mine={kind: condition, when: loss is nan}", "alerts.mine.post=env:QMLOPS_HOOK")
    with pytest.raises(ConfigError, match=r"alerts\.mine\.post: QMLOPS_HOOK is not set"):
        start(spec(*post), FOLDER, ignore, [])
    assert not sent() and not FOLDER.exists()


def test_stored_configs_without_alerts_still_build_and_run(spec: Any) -> None:
    with pytest.raises(Stopped):
        start(spec(*alert("loss > 0", "stop")), FOLDER, ignore, [])
    path = FOLDER / "config.yaml"
    import yaml

    stored = yaml.safe_load(path.read_text())
    del stored["alerts"]
    path.write_text(yaml.safe_dump(stored))
    assert resume(FOLDER, ignore).state == "finished"
    assert json.loads((FOLDER / "result.json").read_text())["schema"] == 1
