"""However a run is ended, resuming it gives what the uninterrupted run gives, bit for bit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.core.event import FILE, Event, RunEnded, StepDone, of_kind, read
from qmlops.errors import Diverged, RunFolderError
from qmlops.parts.objective.classify import Classify
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import Interrupted, resume, start
from qmlops.train.checkpoint import FILE as CHECKPOINT
from qmlops.train.checkpoint import load
from tests.train.small_runs import MOONS, outcome, starts

KILLS = int(os.environ.get("QMLOPS_KILLS", "3"))
"""How often the run is killed; the long form sets 20."""

CHILD = """
import sys, time
from pathlib import Path
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.pipeline import run

run._CHECKPOINT_SECONDS = 0.03
folder = Path(sys.argv[1])
watch = lambda event: time.sleep(0.004)
if folder.exists():
    run.resume(folder, watch)
else:
    composed = compose(sys.argv[2:])
    run.start(build(composed.config, list(composed.mistakes)), folder, watch, sys.argv[2:])
"""


def interrupted_at(step: int) -> Callable[[Event], None]:
    def watch(event: Event) -> None:
        if isinstance(event, StepDone) and event.step == step:
            raise KeyboardInterrupt

    return watch


def ignore(event: Event) -> None:
    """Watches nothing."""


def test_ctrl_c_saves_and_resuming_ends_equal(
    small: tuple[str, ...], spec_of: Callable[..., Any], run_of: Callable[..., Any], tmp_path: Path
) -> None:
    whole, folder = run_of(*small, name="whole"), tmp_path / "cut"
    with pytest.raises(Interrupted) as stop:
        start(spec_of(*small), folder, interrupted_at(7), list(small))
    assert stop.value.exit_code == 130
    assert f"qmlops resume {folder}" in str(stop.value)
    assert Run(folder).state == "interrupted"
    with pytest.raises(Interrupted):
        resume(folder, interrupted_at(12))
    assert resume(folder, ignore).state == "finished"
    assert outcome(folder) == outcome(whole.folder)
    assert len(starts(folder)) == 3 and starts(folder)[0] is None
    assert (whole.result["metrics"]["loss"], whole.result["metrics"]["circuits"]) == (
        Run(folder).result["metrics"]["loss"],
        Run(folder).result["metrics"]["circuits"],
    )


@pytest.mark.parametrize(
    "torn", [b'{"event":"StepDone","time":1.0,"st', b"\x00\x00\x00", b"{}", b'{"event":"Later"}\n']
)
def test_a_torn_or_foreign_last_line_is_passed_over(
    torn: bytes, spec_of: Callable[..., Any], run_of: Callable[..., Any], tmp_path: Path
) -> None:
    overrides, folder = (*MOONS, "steps=20"), tmp_path / "cut"
    whole = run_of(*overrides, name="whole")
    with pytest.raises(Interrupted):
        start(spec_of(*overrides), folder, interrupted_at(9), list(overrides))
    with (folder / FILE).open("ab") as file:
        file.write(torn)
    before = len(read(folder))
    resume(folder, ignore)
    assert outcome(folder) == outcome(whole.folder)
    assert len(read(folder)) > before


def test_without_a_checkpoint_it_trains_again_from_the_first_step(
    spec_of: Callable[..., Any], run_of: Callable[..., Any], tmp_path: Path
) -> None:
    overrides, folder = (*MOONS, "steps=20"), tmp_path / "cut"
    whole = run_of(*overrides, name="whole")
    with pytest.raises(Interrupted):
        start(spec_of(*overrides), folder, interrupted_at(9), list(overrides))
    (folder / CHECKPOINT).unlink()
    resume(folder, ignore)
    assert starts(folder) == [None, 0]
    assert outcome(folder) == outcome(whole.folder)


def test_a_damaged_checkpoint_is_refused_by_its_name(spec_of: Callable[..., Any], tmp_path: Path) -> None:
    overrides, folder = (*MOONS, "steps=20"), tmp_path / "cut"
    with pytest.raises(Interrupted):
        start(spec_of(*overrides), folder, interrupted_at(9), list(overrides))
    whole = (folder / CHECKPOINT).read_bytes()
    for content in (b"", whole[: len(whole) // 2], b"PK" + bytes(200), os.urandom(300)):
        (folder / CHECKPOINT).write_bytes(content)
        with pytest.raises(RunFolderError, match=CHECKPOINT):
            resume(folder, ignore)
    (folder / CHECKPOINT).write_bytes(whole)
    assert resume(folder, ignore).state == "finished"


def test_a_run_whose_data_have_changed_is_not_resumed(spec_of: Callable[..., Any], tmp_path: Path) -> None:
    table, folder = tmp_path / "mine.csv", tmp_path / "cut"
    rows = [f"{number / 7},{number % 5},{'ab'[number % 2]}" for number in range(20)]
    table.write_text("\n".join(["x,y,label", *rows]))
    overrides = ("+experiment=vqc", "data=csv", f"data.train={table}", "steps=4")
    with pytest.raises(Interrupted):
        start(spec_of(*overrides), folder, interrupted_at(2), list(overrides))
    before = (folder / FILE).read_bytes()
    for changed in (rows[:-1], [*rows[:-1], "9,9,a"], [*rows[1:], rows[0][:-1] + "b"]):
        table.write_text("\n".join(["x,y,label", *changed]))
        with pytest.raises(RunFolderError, match="not those that it was started with"):
            resume(folder, ignore)
    assert (folder / FILE).read_bytes() == before
    table.write_text("\n".join(["x,y,label", *rows]))
    assert resume(folder, ignore).state == "finished"


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_run_and_is_not_saved(
    loss: float, spec_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides, folder, real, calls = (*MOONS, "steps=9"), tmp_path / "run", Classify.loss, []

    def fail(self: Classify, values: Any, labels: Any) -> Any:
        calls.append(1)
        found = real(self, values, labels)
        return found if len(calls) < 4 else (loss, found[1])

    with monkeypatch.context() as patch:
        patch.setattr(Classify, "loss", fail)
        with pytest.raises(Diverged, match=f"The loss is {loss} at step 4") as refusal:
            start(spec_of(*overrides), folder, ignore, list(overrides))
    assert refusal.value.exit_code == 2
    written = read(folder)
    assert [event.step for event in of_kind(written, StepDone)] == [1, 2, 3, 4]
    assert [event.state for event in of_kind(written, RunEnded)] == ["failed"]
    saved = load(folder)
    assert saved is not None and saved.step == 3 and np.isfinite(saved.weights).all()
    assert resume(folder, ignore).state == "finished"


def test_a_finished_run_is_not_resumed(run_of: Callable[..., Any]) -> None:
    run = run_of(*MOONS, "steps=2")
    before = (run.folder / FILE).read_bytes()
    with pytest.raises(RunFolderError, match="has finished"):
        resume(run.folder, ignore)
    assert (run.folder / FILE).read_bytes() == before


def test_kill_9_and_resume_end_equal(run_of: Callable[..., Any], tmp_path: Path) -> None:
    steps = 60 * KILLS
    overrides = (*MOONS, "data.batch=8", f"steps={steps}", "tracker=none")
    whole, folder = run_of(*overrides, name="whole"), tmp_path / "killed"
    command = [sys.executable, "-c", CHILD, str(folder), *overrides]
    drawn, kills = random.Random(5), 0
    while kills < KILLS:
        child = subprocess.Popen(command)
        wanted = seen(folder) + drawn.randint(2, 30)
        while seen(folder) < wanted and child.poll() is None:
            time.sleep(0.002)
        assert child.poll() is None, "the run ended before it could be killed"
        child.send_signal(signal.SIGKILL)
        child.wait()
        kills += 1
    assert Run(folder).state == "unfinished"
    subprocess.run(command, check=True, timeout=120)
    assert len(starts(folder)) == KILLS + 1
    assert max(step or 0 for step in starts(folder)) > 0, "no checkpoint was ever used"
    assert [event.state for event in of_kind(read(folder), RunEnded)] == ["finished"]
    assert outcome(folder) == outcome(whole.folder)


def seen(folder: Path) -> int:
    """Lines that the run has written."""
    path = folder / FILE
    return path.read_bytes().count(b"\n") if path.exists() else 0
