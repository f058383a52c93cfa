"""What holds for every pane: nothing, much and odd things at any size, without flicker and without a crash."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from qmlops.core.event import AlertRaised, Event, JobMoved, StepDone
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.monitoring.pane import PANES
from qmlops.monitoring.sweep_view import SweepView
from qmlops.monitoring.track import Track
from tests.monitoring.pane.stage import SIZES, Stage, play, project, run, shown, shown_at

NEXT = {
    "circuit": "qmlops run +experiment=vqc",
    "state": "monitor.share=0.02",
    "jobs": "backend=ionq",
    "spend": "budget.usd=10",
    "device": "qmlops status",
    "alerts": "+alert@alerts",
    "sweep": "qmlops run -m",
}
"""What each pane tells a person to do while it is empty."""


def much() -> Track:
    """30 wires, 300 gates, 200 jobs, alerts, a device and a state."""
    gates = [(number // 10, "RY", [number % 30], None) for number in range(300)]
    circuit = CircuitDrawn(30, 30, gates, [f"theta_{number}" for number in range(300)], range(300))
    metrics = {"purity": 1.0, "meyer_wallach": 0.4} | {f"entropy_{wire}": 0.5 for wire in range(1, 30)}
    state = StateSeen(7, 3, [[0.1, -0.2, 0.3]] * 30, {"0" * 30: 0.5, "1" * 30: 0.25}, metrics, [0.5] * 300)
    device = DeviceSeen(
        "ionq", "qpu.forte-1", 36, True, "the provider", 1.79e9, 188.0, 0.95, 2e-4, 4.6e-3, 5e-3, 12, 7500
    )
    jobs = [JobMoved(f"job-{n}", f"{n:040x}", "simulator", "done", 16, 1600, cost=0.5) for n in range(200)]
    alerts = [AlertRaised("gradient", "gradient_snr was below 1 " * 9, step, ("show", "pause")) for step in range(150)]
    return run(circuit, state, device, *jobs, *alerts, name="sweep/3")


def odd() -> Track:
    """Numbers that are none, lists that are cut short, and fields that hold other things than declared."""
    torn: Any = ["nan", None]
    events: list[Event] = [
        CircuitDrawn(3, 2, [(0, "RX", [0], None), (0, "CX", [1, 9], None), (1, "RY", [2], math.nan)], [], [0]),
        StateSeen(
            0, 0, [torn, [1.0], [math.nan] * 3], {"000": math.nan}, {"purity": math.nan, "entropy_1": math.inf}, torn
        ),
        DeviceSeen("", "", None, True, "", torn, math.nan, math.inf, None, 0.0, torn, torn, math.nan),
        JobMoved("", "", "", "vanished", 0, 0, "a reason " * 40, -1, math.nan, ""),
        AlertRaised("", "", 0),
        StepDone(1, {"loss": math.nan}),
    ]
    return run(*events, config={"alerts": {"one": None, "two": {"kind": 3}}})


def wrong() -> Track:
    """What a later version might mean by the same names."""
    track = run()
    later: Any = {"a": object()}
    track.circuit = CircuitDrawn(2, 1, [(later,)], [], [0])  # type: ignore[list-item]
    track.seen = StateSeen(1, 0, 7, later, later)  # type: ignore[arg-type]
    track.device = DeviceSeen(later, later, later, True, later)
    return track


def sweep() -> dict[str, SweepView]:
    members = [f"sweep/{number}" for number in range(200)]
    values: dict[str, Any] = {
        "optimizer.rate": [0.001 * 10 ** (number % 3) for number in range(200)],
        "circuit": [["brick", "qcnn", None][number % 3] for number in range(200)],
        "seed": [math.nan] * 200,
    }
    scores = {member: math.nan if number % 7 == 0 else number / 200 for number, member in enumerate(members[:150])}
    failed = {member: "The loss is nan.\nTake smaller steps." for member in members[150:]}
    return {"sweep": SweepView("sweep", [], members, values, scores, "test_accuracy", failed)}


def test_every_pane_is_named_and_told_of_here() -> None:
    assert list(PANES) == list(NEXT)
    assert [pane.TITLE for pane in PANES.values()] == [name.capitalize() for name in NEXT]


@pytest.mark.parametrize("name", PANES)
def test_an_empty_pane_says_what_to_do_next_at_every_size(name: str) -> None:
    track = run()
    track.started = None
    for rows in shown_at(name, track, project(), SIZES):
        assert NEXT[name].split()[0] in " ".join(rows)
        assert 2 <= len([row for row in rows if row]) <= 5


@pytest.mark.parametrize("name", PANES)
@pytest.mark.parametrize("made", [much, odd])
def test_whatever_a_run_tells_is_laid_out_at_every_size(name: str, made: Callable[[], Track]) -> None:
    for rows in shown_at(name, made(), project(sweeps=sweep()), SIZES):
        assert any(rows)
        assert "cannot be shown" not in " ".join(rows)


@pytest.mark.parametrize("name", ["circuit", "state", "device"])
def test_what_another_version_tells_is_said_to_be_strange(name: str) -> None:
    assert "What the run tells cannot be shown." in " ".join(shown(name, wrong()))


@pytest.mark.parametrize("name", PANES)
def test_a_pane_survives_any_change_of_size(name: str) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.show(much(), project(sweeps=sweep()))
        for number in range(12):
            await pilot.resize_terminal(1 + 37 * number % 160, 1 + 11 * number % 45)
            stage.pane.scroll_to(3 * number, number, animate=False)
        await pilot.resize_terminal(76, 18)
        await pilot.pause()
        assert any(stage.seen())

    play(name, act)


@pytest.mark.parametrize("name", PANES)
def test_the_same_shown_again_repaints_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        track, told = much(), project(sweeps=sweep())
        stage.pane.show(track, told)
        await pilot.pause()
        painted: list[object] = []
        monkeypatch.setattr(stage.pane, "refresh", lambda *regions, **how: painted.append(regions))
        stage.pane.show(track, told)
        await pilot.pause()
        monkeypatch.undo()
        assert not painted

    monkeypatch.setattr("qmlops.monitoring.pane.jobs.time", lambda: 1.8e9)
    monkeypatch.setattr("qmlops.monitoring.pane.device.time", lambda: 1.8e9)
    play(name, act)


def test_only_the_lines_that_changed_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        first = DeviceSeen("ionq", "qpu.forte-1", 36, True, "the provider", queue_jobs=12)
        stage.pane.show(run(first), project())
        await pilot.pause()
        painted: list[Any] = []
        monkeypatch.setattr(stage.pane, "refresh", lambda *regions, **how: painted.extend(regions))
        stage.pane.show(run(DeviceSeen("ionq", "qpu.forte-1", 36, True, "the provider", queue_jobs=13)), project())
        monkeypatch.undo()
        assert [(region.y, region.height) for region in painted] == [(7, 1)]

    play("device", act)
