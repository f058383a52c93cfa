"""An alert is told of once until it was not true again, also over the death of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from qmlops.core.account import Account
from qmlops.core.alert import Alert
from qmlops.core.control import Control
from qmlops.core.event import (
    AlertRaised,
    Event,
    JobMoved,
    Note,
    RunEnded,
    RunStarted,
    Stamped,
    StepDone,
    decode,
    encode,
    history,
)
from qmlops.core.sight import DeviceSeen
from qmlops.monitoring.alert.condition import Condition
from qmlops.pipeline import alarm as module
from qmlops.pipeline.alarm import Alarm


@dataclass
class Log:
    """What a run has written, at moments that a test sets."""

    written: list[Stamped] = field(default_factory=list)
    now: float = 0.0

    def __call__(self, event: Event) -> Stamped:
        self.now += 1.0
        # As a reader gets it, so that a replay sees no more than is in the file.
        stamped = decode(encode(event, self.now))
        assert stamped is not None
        self.written.append(stamped)
        return stamped

    def raised(self) -> list[AlertRaised]:
        return [stamped.event for stamped in self.written if isinstance(stamped.event, AlertRaised)]


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An alarm after a past, with its log; time is the log's."""

    def make(alerts: dict[str, Alert], past: Sequence[Stamped] = (), now: float = 0.0) -> tuple[Alarm, Log, Control]:
        log = Log(list(past), max([now, *(stamped.time for stamped in past)]))
        monkeypatch.setattr(module.time, "time", lambda: log.now)
        alarm = Alarm(alerts, tmp_path, log)
        control = Control(None, alarm.emit)
        alarm.begin(Account("run", "run", emit=alarm.emit, control=control, folder=tmp_path), past)
        alarm.emit(RunStarted("run", "run", 100, 1, 0 if past else None))
        return alarm, log, control

    return make


def losses(alarm: Alarm, values: Sequence[float], first: int = 1) -> None:
    for step, value in enumerate(values, first):
        alarm.emit(StepDone(step, {"loss": value}))


def test_it_is_raised_at_each_edge_and_not_while_it_stays_true(begun: Any) -> None:
    alarm, log, _ = begun({"low": Condition("loss < 1"), "never": Condition("loss < -1")})
    losses(alarm, [2, 0.5, 0.4, 2, 0.3, 0.2])
    assert [(event.name, event.step, event.value) for event in log.raised()] == [("low", 2, 0.5), ("low", 5, 0.3)]
    kinds = [type(stamped.event).__name__ for stamped in log.written[1:4]]
    assert kinds == ["StepDone", "StepDone", "AlertRaised"], "after the event that made it true was written"


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_run_that_is_killed_after_any_line_tells_of_everything_once(cut: int, begun: Any) -> None:
    alerts = {"low": Condition("loss < 1 for 2 steps"), "fallen": Condition("loss rises 1 from best")}
    values = [2, 0.5, 0.4, 2, 0.3, 0.2, 0.1, 1.5, 1.6, 0.1, 0.1]
    alarm, whole, _ = begun(alerts)
    losses(alarm, values)
    past = whole.written[:cut]
    done = max((step.step for step in history(past)), default=0)
    resumed, log, _ = begun(alerts, past)
    losses(resumed, values[max(done - 2, 0) :], first=max(done - 2, 0) + 1)
    told = [(event.name, event.step) for event in log.raised()]
    assert len(whole.raised()) == 5 and len(whole.written) >= 16
    assert told == [(event.name, event.step) for event in whole.raised()]


def test_an_alert_that_time_alone_has_raised_is_not_raised_again_when_the_run_goes_on(begun: Any) -> None:
    alerts = {"long": Condition("queue > 10s")}
    alarm, log, _ = begun(alerts)
    alarm.emit(JobMoved("job-1", "t", "machine", "queued", 1, 1))
    alarm.look()
    assert not log.raised()
    log.now += 20
    alarm.look()
    alarm.look()
    assert len(log.raised()) == 1
    again, later, _ = begun(alerts, log.written, now=100.0)
    again.look()
    assert len(later.raised()) == 1
    again.emit(JobMoved("job-1", "t", "machine", "running", 1, 1))
    again.emit(JobMoved("job-2", "u", "machine", "queued", 1, 1))
    later.now += 20
    again.look()
    assert len(later.raised()) == 2


def test_what_an_alert_does_is_ordered_of_the_run_and_a_pause_comes_after_the_checkpoint(begun: Any) -> None:
    alarm, log, control = begun({"low": Condition("loss < 1", ("stop", "pause", "show", "checkpoint"))})
    losses(alarm, [2])
    assert not control.ordered
    losses(alarm, [0.5], first=2)
    assert [command.name for command in control.ordered] == ["checkpoint", "pause", "stop"]
    assert {command.values["by"] for command in control.ordered} == {"the alert low"}
    assert list(log.raised()[0].actions) == ["stop", "pause", "show", "checkpoint"]


def test_nothing_is_raised_while_a_request_is_on_its_way(begun: Any, tmp_path: Path) -> None:
    alarm, log, _ = begun({"paid": Condition("queue >= 0s")})
    alarm.emit(JobMoved("", "t", "machine", "sending", 1, 1))
    assert not log.raised()
    alarm.emit(JobMoved("job", "t", "machine", "queued", 1, 1))
    assert len(log.raised()) == 1


def test_doubt_is_shown_alone_and_certainty_after_it_is_acted_on(begun: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("USD", None, 1, 1, 0.0, 2.0)]
    monkeypatch.setattr(module, "sums", lambda path, scope: rows)
    alarm, log, control = begun({"paid": Condition("spend > 5", ("stop",))})
    for state in ("intent", "done"):
        alarm.emit(JobMoved("job", "t", "machine", state, 1, 1))
    assert [list(event.actions) for event in log.raised()] == [["show"]] and not control.ordered
    rows[:] = [("USD", None, 1, 1, 0.0, 6.0)]
    alarm.emit(JobMoved("job", "t", "machine", "done", 1, 1))
    assert [list(event.actions) for event in log.raised()] == [["show"], ["stop"]] and len(control.ordered) == 1


def test_a_journal_that_cannot_be_read_makes_what_was_spent_doubtful(begun: Any, tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database" * 100)
    alarm, log, _ = begun({"paid": Condition("spend > 5", ("stop",))})
    alarm.emit(JobMoved("job", "t", "machine", "done", 1, 1))
    assert ["cannot be told" in event.text for event in log.raised()] == [True]


def test_the_end_of_a_run_waits_for_what_its_alerts_send_and_stays_the_last_event(begun: Any, tmp_path: Path) -> None:
    target = tmp_path / "told.json"
    alarm, log, _ = begun(
        {
            "told": Condition("loss < 1", command=f"sh -c 'sleep 0.2; cat > {target}'"),
            "vain": Condition("loss < 1", command="sh -c 'exit 3'"),
        }
    )
    losses(alarm, [0.5])
    alarm.emit(RunEnded("finished"))
    assert b'"name": "told"' in target.read_bytes()
    notes = [stamped.event.text for stamped in log.written if isinstance(stamped.event, Note)]
    assert notes == ["the command of the alert vain failed: 'sh' ended with code 3"]
    assert isinstance(log.written[-1].event, RunEnded)


def test_what_is_known_of_a_device_and_how_long_it_held_do_not_outlive_a_start_of_the_run(begun: Any) -> None:
    def device(calibrated: float) -> DeviceSeen:
        return DeviceSeen("ibm", "fez", 156, True, "a test", calibrated)

    alerts, day = {"old": Condition("calibration_age > 24h for 1m")}, 86400.0
    alarm, log, _ = begun(alerts, now=2 * day)
    alarm.emit(device(0.0))
    again, log, _ = begun(alerts, log.written, now=3 * day)
    again.look()
    again.emit(device(0.0))
    again.look()
    assert not log.raised(), "the provider may say something else within the minute"
    log.now += 60
    again.look()
    assert len(log.raised()) == 1
    third, log, _ = begun(alerts, log.written, now=4 * day)
    third.emit(device(0.0))
    log.now += 60
    third.look()
    assert len(log.raised()) == 1, "the same old thing"
    third.emit(device(4 * day))
    log.now += 2 * day
    third.look()
    log.now += 60
    third.look()
    assert len(log.raised()) == 2
