"""A run that is followed is in MLflow once and whole, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from qmlops.errors import BackendError
from qmlops.parts.tracker.mlflow import MLflow
from qmlops.parts.tracker.sink.sender import Request, Sender
from tests.tracker.conftest import Folder, Seen, expected

Make = Callable[..., Folder]


def test_a_followed_run_is_there_when_finish_returns(make: Make, seen: Seen) -> None:
    folder = make().start(circuit={"layers": 3}, tags={"team": "red"}).steps(1, 500)
    (folder.path / "report.html").write_text("<p>it</p>")
    follower = MLflow().follow(folder.path)
    assert follower.process is not None and os.getpgid(follower.process.pid) != os.getpgid(0)
    seen.until(folder.path, "RUNNING")
    folder.steps(501, 700).end(test_accuracy=0.9, loss=0.1)
    line = follower.finish()
    assert line == f"MLflow: sqlite:///mlflow.db, run {seen.run(folder.path)}  (see it with: mlflow ui)"
    assert seen.status(folder.path) == "FINISHED"
    assert seen.points(folder.path) == expected(700, {"final_loss": 0.1, "test_accuracy": 0.9})
    assert seen.pairs("params", folder.path) == {"circuit.layers": "3", "tags.team": "red"}
    assert seen.pairs("tags", folder.path).items() >= {"team": "red", "qmlops.state": "finished"}.items()
    (uri,) = seen.ask("select artifact_uri from runs where run_uuid = ?", seen.run(folder.path))
    assert Path(str(uri[0]), "report.html").read_text() == "<p>it</p>"
    started, ended = seen.ask("select start_time, end_time from runs where run_uuid = ?", seen.run(folder.path))[0]
    assert ended - started == 701


def test_killed_senders_and_recomputed_steps_leave_each_point_once(make: Make, seen: Seen) -> None:
    random = Random(5)
    folder, last = make().start(), 0
    for _ in range(3):
        folder.start(resumed_at=last).steps(last + 1, last + 1500)
        follower = MLflow().follow(folder.path)
        time.sleep(random.uniform(1.2, 2.6))
        assert follower.process is not None
        follower.process.kill()
        assert "died" in follower.finish()
        last += 1500 - random.randrange(100)
    folder.start(resumed_at=last).steps(last + 1, 4500).end(test_accuracy=1.0)
    MLflow().sync(folder.path)
    assert seen.points(folder.path) == expected(4500, {"test_accuracy": 1.0})
    assert seen.status(folder.path) == "FINISHED"


def test_a_run_that_is_killed_is_marked_and_its_resumption_goes_into_the_same_one(make: Make, seen: Seen) -> None:
    folder = make()
    code = (
        "import sys, time; from pathlib import Path; from qmlops.parts.tracker.mlflow import MLflow;"
        "MLflow().follow(Path(sys.argv[1])); print(flush=True); time.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", code, folder.path], stdout=subprocess.PIPE) as run:
        folder.start(pid=run.pid).steps(1, 50)
        assert run.stdout is not None and run.stdout.readline()
        seen.until(folder.path, "RUNNING")
        run.send_signal(signal.SIGKILL)
    seen.until(folder.path, "KILLED")
    assert seen.points(folder.path) == expected(50)
    first = seen.run(folder.path)
    folder.start(resumed_at=40).steps(41, 60)
    follower = MLflow().follow(folder.path)
    seen.until(folder.path, "RUNNING")
    folder.end()
    follower.finish()
    assert seen.run(folder.path) == first and seen.status(folder.path) == "FINISHED"
    assert seen.points(folder.path) == expected(60)


def test_a_run_that_stops_without_an_end_has_failed(make: Make, seen: Seen) -> None:
    folder = make().start().steps(1, 3)
    MLflow().follow(folder.path).finish()
    assert seen.status(folder.path) == "FAILED"
    assert seen.points(folder.path) == expected(3)


def test_a_run_that_was_never_followed_is_sent_by_sync_twice_with_one_result(make: Make, seen: Seen) -> None:
    folder = make().start(pid=2**22 + 1).steps(1, 30)
    lines = {MLflow().sync(folder.path) for _ in range(2)}
    assert len(lines) == 1 and seen.run(folder.path) in lines.pop()
    assert seen.status(folder.path) == "KILLED"
    assert seen.points(folder.path) == expected(30)


def test_senders_that_make_the_store_at_once_do_not_break_it(make: Make, tmp_path: Path) -> None:
    """Nor does what one left behind that was killed while it made the store."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mlflow.db.making").write_bytes(b"SQLite format 3\0 and no more")
    folders = [make(str(number)).start().steps(1, 5).end() for number in range(3)]
    tracker = MLflow(f"sqlite:///{tmp_path}/new/mlflow.db")
    lines = [follower.finish() for follower in [tracker.follow(folder.path) for folder in folders]]
    assert all("--backend-store-uri" in line for line in lines), lines
    assert not list((tmp_path / "new").glob("*.making*"))
    fresh = Seen(tmp_path / "new" / "mlflow.db")
    assert [fresh.points(folder.path) for folder in folders] == [expected(5)] * 3
    (beside,) = {Path(str(uri)).parts[:-2] for (uri,) in fresh.ask("select artifact_uri from runs")}
    assert Path(*beside).parent == tmp_path / "new" / "mlruns"


def test_a_server_that_is_not_there_costs_a_line(make: Make) -> None:
    folder = make().start().steps(1, 5).end()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        tracker = MLflow(f"http://127.0.0.1:{free.getsockname()[1]}")
    began = time.monotonic()
    line = tracker.follow(folder.path).finish()
    assert time.monotonic() - began < 90
    assert "ConnectionRefused" in line and "qmlops sync runs/" in line
    with pytest.raises(BackendError, match="qmlops sync"):
        tracker.sync(folder.path)


def test_a_server_that_never_answers_does_not_hold_up_the_run(make: Make) -> None:
    folder = make().start().steps(1, 5).end()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        follower = Sender.start(Request(str(folder.path), uri, "qmlops", live=True), patience=3)
        began = time.monotonic()
        line = follower.finish()
    assert 2 < time.monotonic() - began < 40
    assert "within 3 s" in line and "qmlops sync" in line
    assert follower.process is not None and follower.process.returncode == -signal.SIGKILL


def test_a_starved_sender_is_replaced_by_one_at_normal_priority(make: Make, seen: Seen) -> None:
    folder = make().start().steps(1, 50).end()
    request = Request(str(folder.path), "sqlite:///mlflow.db", "qmlops", live=True, gentle=True)
    starved = Sender.start(request, patience=0.5)
    assert starved.process is not None
    starved.process.send_signal(signal.SIGSTOP)
    line = starved.finish()
    assert seen.run(folder.path) in line
    assert starved.process.returncode == -signal.SIGKILL
    assert seen.points(folder.path) == expected(50) and seen.status(folder.path) == "FINISHED"
