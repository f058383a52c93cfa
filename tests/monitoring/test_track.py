"""A track is what its events say: state, steps, scores, jobs, pace; odd events change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qmlops.core.event import AlertRaised, Event, JobMoved, Note, Obeyed, RunEnded, RunStarted, Stamped, StepDone
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.monitoring.track import Track
from tests.monitoring.folder import started, stepped


def track_of(*events: Event, start: float = 100.0) -> Track:
    """A second between events."""
    track = Track(Path("runs/a"), "a")
    for second, event in enumerate(events):
        track.take(Stamped(start + second, event))
    return track


def moved(token: str, state: str, **more: Any) -> JobMoved:
    return JobMoved(more.pop("job", ""), token, "ionq", state, 3, 300, **more)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "waiting"),
        ([started()], "running"),
        ([started(), Obeyed("pause", "paused")], "paused"),
        ([started(), Obeyed("pause", "paused"), Obeyed("resume", "going on")], "running"),
        ([started(), Obeyed("pause", "paused"), RunEnded("interrupted")], "interrupted"),
        ([started(), RunEnded("failed", reason="why")], "failed"),
        ([started(), RunEnded("refused")], "refused"),
        ([started(), RunEnded("interrupted"), started(resumed_at=3)], "running"),
        ([started(), RunEnded("finished")], "finished"),
    ],
)
def test_the_state_follows_the_events(events: list[Event], state: str) -> None:
    assert track_of(*events).state == state


@pytest.mark.parametrize(("events", "state"), [([], "dead"), ([started()], "dead"), ([started(), RunEnded("a")], "a")])
def test_only_a_run_without_an_end_is_dead_without_a_process(events: list[Event], state: str) -> None:
    track = track_of(*events)
    track.held = False
    assert track.state == state


def test_steps_that_are_computed_again_replace_the_old_ones() -> None:
    track = track_of(started(), *stepped(1, 2, 3, 4), started(resumed_at=2), StepDone(3, {"loss": 9.0}))
    assert track.series["loss"].steps.tolist() == [1, 2, 3, 4]
    assert track.series["loss"].values.tolist() == [1, 1 / 2, 9, 1 / 4]
    assert (track.step, track.started, track.changed) == (3, 100.0, 106.0)


def test_the_score_is_the_final_one_and_before_that_the_newest() -> None:
    track = track_of(started(), *stepped(1, 2))
    assert track.score() == ("loss", 0.5)
    track.take(Stamped(104.0, StepDone(3, {"loss": 0.1, "validation_accuracy": 0.9})))
    assert track.score() == ("validation_accuracy", 0.9)
    track.take(Stamped(105.0, RunEnded("finished", {"test_accuracy": 0.8, "loss": 0.1})))
    assert track.score() == ("test_accuracy", 0.8)


def test_steps_a_second_and_the_time_left_follow_the_events_own_clock() -> None:
    track = track_of(started(steps=20), *stepped(1, 2, 3, 4, 5))
    assert (track.rate(), track.left()) == (1.0, 15.0)
    track.take(Stamped(106.0, Obeyed("pause", "paused")))
    assert track.left() is None
    for event in (Obeyed("resume", "going on"), *stepped(6, 7)):
        track.take(Stamped(10000.0 + getattr(event, "step", 0), event))
    assert (track.rate(), track.left()) == (1.0, 13.0)


def test_no_rate_comes_from_a_clock_that_jumps_back() -> None:
    track = track_of(started(), *stepped(1, 2, 3))
    track.take(Stamped(50.0, StepDone(4, {"loss": 1.0})))
    assert track.rate() is None and track.step == 4
    track.take(Stamped(54.0, StepDone(6, {"loss": 1.0})))
    assert track.rate() == 0.5


def test_a_job_waits_from_its_first_event_to_its_end() -> None:
    track = track_of(started(), moved("a", "sending"), moved("a", "queued", job="j"), moved("b", "sending"))
    assert [job.moved.state for job in track.jobs.values()] == ["queued", "sending"]
    assert track.jobs["a"].waiting(now=161.0) == 60.0
    track.take(Stamped(111.0, moved("a", "done", job="j")))
    assert track.jobs["a"].waiting(now=161.0) == 10.0 and not track.jobs["a"].open


def test_of_many_jobs_all_open_ones_and_the_newest_are_kept() -> None:
    track = track_of(moved("open", "queued"), *(moved(f"{number}", "done") for number in range(2500)))
    assert {"open", "2499", "1501"} <= track.jobs.keys() and len(track.jobs) <= 2001


def test_what_was_seen_last_stands() -> None:
    state = StateSeen(2, 0, [[0.0, 0.0, 1.0]], {"0": 1.0}, {"purity": 0.9})
    device, drawn = DeviceSeen("ionq", "forte", 36, True, "now"), CircuitDrawn(1, 1, [])
    track = track_of(started(), drawn, device, StateSeen(1, 0, [], {}, {"purity": 1.0}), state)
    assert (track.circuit, track.device, track.seen) == (drawn, device, state)
    assert track.series["purity"].values.tolist() == [1.0, 0.9]


def test_the_log_has_a_line_for_each_thing_that_happened_with_its_level() -> None:
    alert = AlertRaised("flat", "gradient_snr is 0.4", 2, ["show"], 0.4)
    events = [started(), Note("a word"), moved("a", "queued"), *stepped(1), alert, Obeyed("stop", "stopping")]
    track = track_of(*events, RunEnded("failed", reason="why"))
    assert [level for _, level, _ in track.log] == ["info", "info", "job", "alert", "command", "end"]
    assert [time for time, _, _ in track.log] == [100, 101, 102, 104, 105, 106]
    assert track.log[-1][2] == "failed: why" and [stamped.event for stamped in track.alerts] == [alert]


ODD: list[Any] = [
    StepDone("three", {"loss": 1.0}),  # type: ignore[arg-type]
    StepDone(10**40, {"loss": 1.0}),
    StepDone(3, None),  # type: ignore[arg-type]
    RunStarted("run", "vqc", "many", 1),  # type: ignore[arg-type]
    RunStarted("run", "vqc", 10, 1, None, ["no", "config"]),  # type: ignore[arg-type]
    JobMoved("job", "a", "ionq", "queued", 3, 300, cost="much"),  # type: ignore[arg-type]
    JobMoved("job", ["a"], "ionq", "queued", 3, 300),  # type: ignore[arg-type]
    StateSeen(None, 0, [], {}, {"purity": 1.0}),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("odd", ODD, ids=lambda event: type(event).__name__)
def test_an_event_with_fields_of_other_types_is_passed_over(odd: Event) -> None:
    track = track_of(started(steps=10), *stepped(1, 2))
    track.take(Stamped(200.0, odd))
    assert (track.state, track.step, track.steps, track.jobs) == ("running", 2, 10, {})
    assert track.changed == 102.0 and track.score() == ("loss", 0.5)
