"""Whether a run still has a process is found out at once, and without getting in its way."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from qmlops.errors import RunFolderError
from qmlops.monitoring.project import Project
from qmlops.pipeline.folder import claimed, in_use
from tests.monitoring.folder import append, made, started, stepped

HOLD = """
import sys, time
from pathlib import Path
from qmlops.pipeline.folder import claimed
with claimed(Path(sys.argv[1]), new=False):
    print("held", flush=True)
    time.sleep(600)
"""


def becomes(state: str, project: Project) -> bool:
    """Whether the run comes into a state before the patience of a loaded machine ends."""
    until = time.monotonic() + 30
    while project.tracks["a"].state != state and time.monotonic() < until:
        time.sleep(0.05)
        project.look()
    return project.tracks["a"].state == state


def test_a_thousand_looks_disturb_no_start_and_always_say_what_is(tmp_path: Path) -> None:
    """Two lookers all the time, beside one who takes the folder and leaves it again and again."""
    folder, until, wrong = made(tmp_path / "run"), threading.Event(), list[bool]()
    with claimed(folder, new=False):
        pass
    looks = [0, 0]

    def look(place: int) -> None:
        while not until.is_set() or looks[place] < 1000:
            in_use(folder)
            looks[place] += 1

    lookers = [threading.Thread(target=look, args=(place,)) for place in (0, 1)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(100):
            with claimed(folder, new=False):
                wrong.append(not in_use(folder))
            wrong.append(in_use(folder))
    finally:
        until.set()
        for looker in lookers:
            looker.join()
    assert not any(wrong) and len(wrong) == 200 and min(looks) >= 1000


def test_a_look_makes_no_file_and_changes_none(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1)])
    before = {path: path.stat().st_mtime_ns for path in (folder, *folder.iterdir())}
    project = Project(tmp_path)
    for _ in range(50):
        project.look()
        assert not in_use(folder)
    assert before == {path: path.stat().st_mtime_ns for path in (folder, *folder.iterdir())}
    assert {path.name for path in tmp_path.iterdir()} == {"runs"}


def test_a_folder_in_use_refuses_another_start(tmp_path: Path) -> None:
    folder = made(tmp_path / "run")
    refused = 0
    with claimed(folder, new=False):
        try:
            with claimed(folder, new=False):
                pass
        except RunFolderError as error:
            refused += "in use" in str(error)
    assert refused == 1


def test_a_run_that_is_killed_is_dead_and_alive_again_when_it_goes_on(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started()])
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        project = Project(tmp_path)
        project.look_at_all()
        append(folder, stepped(1))
        project.look()
        assert project.tracks["a"].state == "running"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert becomes("dead", project)
        append(folder, [started(resumed_at=1)])
        assert becomes("running", project)
    finally:
        holder.kill()
        holder.communicate()
