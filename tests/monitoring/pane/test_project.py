"""Panes on a project that is read from files, as the app has them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

import qmlops.monitoring.pane
from qmlops.core.event import AlertRaised, Event, JobMoved
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.monitoring.pane import PANES
from qmlops.monitoring.project import Project
from qmlops.monitoring.screen.theme import COLOURS, SIXTEEN
from tests.monitoring.folder import made, started, stepped, swept
from tests.monitoring.pane.stage import Stage, play

SEEN: list[Event] = [
    CircuitDrawn(1, 1, [(0, "RY", [0], None)], ["theta_0"], [0]),
    DeviceSeen("qsim", "qsim", None, False, "this machine"),
    StateSeen(1, 0, [[0.0, 0.0, 1.0]], {"0": 1.0}, {"purity": 1.0}, [0.5]),
    JobMoved("job-1", "token", "simulator", "queued", 1, 100, cost=0.5),
    AlertRaised("gradient", "gradient_snr is below 1", 1, ("show",)),
]
TOLD = {
    "circuit": "RY ↗",
    "state": "purity 1.000",
    "jobs": "queued",
    "spend": "asked no provider",
    "device": "qsim",
    "alerts": "gradient_snr is below 1",
    "sweep": "2 runs · 2 scored",
}


@pytest.fixture
def read(tmp_path: Path) -> Project:
    """A sweep of two runs that both have done everything."""
    swept(tmp_path / "runs" / "s", ["seed=1,2"])
    for number in (0, 1):
        events = [started(), *SEEN, *stepped(1, 2 + number)]
        made(tmp_path / "runs" / "s" / str(number), events, [f"seed={number}"])
    project = Project(tmp_path)
    project.look_at_all()
    return project


@pytest.mark.parametrize("name", PANES)
def test_a_pane_shows_what_the_files_tell_and_goes_on_when_they_are_deleted(name: str, read: Project) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        track = read.tracks["s/1"]
        stage.pane.show(track, read)
        await pilot.pause()
        assert TOLD[name] in "\n".join(stage.seen())
        shutil.rmtree(read.folder / "runs")
        gone = Project(read.folder)
        gone.look_at_all()
        stage.pane.show(track, gone)
        await pilot.pause()
        assert not gone.tracks and any(stage.seen())

    play(name, act)


def test_every_colour_of_a_pane_stands_in_both_dresses() -> None:
    files = sorted(Path(qmlops.monitoring.pane.__file__).parent.glob("*.py"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r"\$([a-z-]+)", text)) - {"accent", "success", "warning", "error"}
    assert len(files) >= 10 and named == {"text-muted", "line", "cursor"}
    assert named <= set(COLOURS.variables) and named <= set(SIXTEEN.variables)
