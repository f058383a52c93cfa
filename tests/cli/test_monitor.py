"""`qmlops monitor` without its screen: for scripts, for pipes, for ears."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qmlops.core.event import RunEnded
from qmlops.pipeline.folder import claimed
from tests.cli.conftest import Command
from tests.monitoring.folder import append, made, started, stepped

ENDED = [started(), *stepped(1, 2), RunEnded("finished", {"test_accuracy": 0.9})]


@contextmanager
def monitoring(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, both of its outputs in pipes."""
    command = [sys.executable, "-m", "qmlops", "monitor", *words]
    with subprocess.Popen(
        command, cwd=folder, stdout=-1, stderr=-1, text=True, env=os.environ | {"COLUMNS": "80"}
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_one_look_prints_a_table_or_json(qmlops: Command, tmp_path: Path) -> None:
    made(tmp_path / "runs/a", ENDED)
    table, told = qmlops("monitor", "--once"), qmlops("monitor", "--once", "--json", "latest")
    assert (table.code, table.err, told.code, told.err) == (0, "", 0, "")
    assert table.out.splitlines()[1].split()[:6] == ["a", "vqc", "finished", "2", "10", "0.9000"]
    assert [run["run"] for run in json.loads(told.out)["runs"]] == ["a"]


def test_where_there_is_no_terminal_it_looks_once_and_says_so(qmlops: Command, tmp_path: Path) -> None:
    made(tmp_path / "runs/a", ENDED)
    answer = qmlops("monitor")
    assert answer.code == 0 and answer.out == qmlops("monitor", "--once").out
    assert "no terminal" in answer.err and "qmlops monitor --once" in answer.err


def test_without_runs_it_says_what_to_do_next(qmlops: Command) -> None:
    answer = qmlops("monitor", "--once")
    assert answer.code == 0 and answer.out.endswith("Start one with: qmlops run +experiment=vqc\n")


def test_a_run_that_is_not_there_is_refused_with_the_names_that_are(qmlops: Command, tmp_path: Path) -> None:
    made(tmp_path / "runs/2026_vqc", ENDED)
    answer = qmlops("monitor", "--once", "2026_vqe")
    assert answer.code == 2 and "did you mean '2026_vqc'?" in answer.err and answer.out == ""


@pytest.mark.parametrize(
    "words",
    [
        *(["--once", "--plain"], ["--json", "--plain"], ["--json", "--svg", "a.svg"], ["--web", "--port", "99999"]),
        *(["--svg", "a.svg", "--size", "big"], ["--svg", "a.svg", "--size", "9x9"]),
    ],
    ids=" ".join,
)
def test_words_that_do_not_fit_are_refused(qmlops: Command, words: list[str]) -> None:
    assert qmlops("monitor", *words).code == 2


def test_a_picture_that_cannot_be_written_is_refused(qmlops: Command, tmp_path: Path) -> None:
    answer = qmlops("monitor", "--svg", "nowhere/a.svg")
    assert answer.code == 2 and "nowhere/a.svg cannot be written" in answer.err


def test_the_json_stream_waits_for_the_first_run_and_ends_with_it(tmp_path: Path) -> None:
    with monitoring(tmp_path, "--json") as process, claimed(tmp_path / "runs/a", new=True) as folder:
        made(tmp_path / "beside", ENDED)
        for name in ("request.json", "events.jsonl"):
            (tmp_path / "beside" / name).rename(folder / name)
        lines, errors = process.communicate(timeout=60)
    told = [json.loads(line) for line in lines.splitlines()]
    assert [line["event"] for line in told] == ["RunStarted", "StepDone", "StepDone", "RunEnded"]
    assert {line["run"] for line in told} == {"a"} and (process.returncode, errors) == (0, "")


def test_each_line_of_the_json_stream_is_there_at_once(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started()])
    with claimed(folder, new=False), monitoring(tmp_path, "--json", "a") as process:
        assert process.stdout is not None and "RunStarted" in process.stdout.readline()
        append(folder, stepped(1))
        assert "StepDone" in process.stdout.readline()
        # It ends a command as Ctrl-C does, which children of a shell's background job do not hear.
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


def test_a_pipe_that_closes_while_nothing_happens_ends_the_stream_quietly(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started()])
    with claimed(folder, new=False), monitoring(tmp_path, "--json", "a") as process:
        assert process.stdout is not None and process.stderr is not None and process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 0 and process.stderr.read() == ""


def test_sentences_go_on_until_the_run_has_ended(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1)])
    with claimed(folder, new=False), monitoring(tmp_path, "--plain", "latest") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "vqc is running, step 1 of 10, loss 1.0000\n"
        append(folder, [RunEnded("interrupted", reason="stopped")])
        rest, errors = process.communicate(timeout=60)
    assert (rest, errors, process.returncode) == ("interrupted: stopped\n", "", 0)


def test_a_terminal_that_cannot_draw_gets_sentences(tmp_path: Path) -> None:
    made(tmp_path / "runs/a", ENDED)
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "qmlops", "monitor", "a"]
    done = subprocess.run(
        command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=-1, env=os.environ | {"TERM": "dumb"}, timeout=60
    )
    os.close(theirs)
    told = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0 and b"--plain" in done.stderr
    assert told == "vqc is finished, step 2 of 10, loss 0.5000, test accuracy 0.9000\r\n"


def test_one_look_loads_neither_a_simulator_nor_a_tracker_nor_a_screen(tmp_path: Path) -> None:
    made(tmp_path / "runs/a", ENDED)
    code = "import sys; from qmlops.cli.main import main; main(['monitor', '--once']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "qmlops" in loaded and "finished" in done.stdout
    assert not loaded & {
        "cirq",
        "mlflow",
        "textual",
        "hydra",
        "omegaconf",
        "rich",
        "scipy",
        "sklearn",
        "numba",
        "requests",
    }
