"""An alert of a run on this machine acts at the very step, and changes no number of the training."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from qmlops.core.control import append
from qmlops.core.event import AlertRaised, Obeyed, StepDone, of_kind, read
from qmlops.errors import Stopped
from qmlops.pipeline.run import resume, start
from qmlops.train.checkpoint import load
from tests.conftest import MakeSpec
from tests.train.small_runs import MOONS, outcome

AT = 7
ONCE = ("+alert@alerts.mine=condition", f"alerts.mine.when='loss > -1 for {AT} steps'")
"""It comes true at one step and stays true."""
SHORT = (*MOONS, "data.batch=8", "steps=20")


def ignore(event: object) -> None:
    """Watches nothing."""


def steps_of(folder: Path) -> list[int]:
    return [event.step for event in of_kind(read(folder), StepDone)]


def test_a_stop_comes_at_the_step_and_the_resumed_run_ends_with_the_same_bits(
    run_of: Any, spec_of: MakeSpec, tmp_path: Path
) -> None:
    whole = run_of(*SHORT, "~alerts", name="whole")
    overrides, folder = (*SHORT, *ONCE, "alerts.mine.do=[checkpoint,stop]"), tmp_path / "run"
    with pytest.raises(Stopped):
        start(spec_of(*overrides), folder, ignore, list(overrides))
    saved = load(folder)
    assert saved is not None and saved.step == AT and steps_of(folder) == list(range(1, AT + 1))
    assert resume(folder, ignore).state == "finished"
    assert [(event.name, event.step) for event in of_kind(read(folder), AlertRaised)] == [("mine", AT)]
    assert outcome(folder) == outcome(whole.folder)


def test_a_paused_run_takes_no_step_until_it_is_told_to_go_on(spec_of: MakeSpec, tmp_path: Path) -> None:
    overrides, folder = (*SHORT, *ONCE, "alerts.mine.do=[pause]"), tmp_path / "run"
    thread = threading.Thread(target=start, args=(spec_of(*overrides), folder, ignore, list(overrides)), daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not list(of_kind(read(folder), Obeyed)) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.3)
    assert steps_of(folder)[-1] == AT and thread.is_alive()
    append(folder, "resume")
    thread.join(60)
    assert steps_of(folder)[-1] == 20 and not thread.is_alive()
    told = [event.outcome for event in of_kind(read(folder), Obeyed)]
    assert told == ["paused by the alert mine", "going on"]
