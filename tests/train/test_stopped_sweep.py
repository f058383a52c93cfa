from __future__ import annotations

from pathlib import Path

import pytest

from qmlops.core.event import Event, RunStarted, StepDone
from qmlops.pipeline import sweep as room
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import Interrupted, resume
from qmlops.pipeline.sweep import sweep

WORDS = ["+experiment=vqc_moons", "steps=3", "tracker=none", "seed=1,2,3"]


def test_a_sweep_that_ctrl_c_ends_names_the_run_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begun = []

    def watch(event: Event) -> None:
        begun.extend([event] if isinstance(event, RunStarted) else [])
        if isinstance(event, StepDone) and len(begun) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(room, "_unwatched", watch)
    with pytest.raises(Interrupted) as stop:
        sweep(WORDS)
    head, command = str(stop.value).splitlines()
    assert head.startswith("Stopped after 1 of 3 runs; ")
    folder = Path(command.removeprefix("Go on with: qmlops resume "))
    assert folder.name == "1"
    assert resume(folder, lambda event: None).folder.resolve() == folder.resolve()
    assert Run(folder).state == "finished"
