"""Streams tell each thing once, in order, and end when nobody works any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qmlops.core.event import AlertRaised, Obeyed, RunEnded, StepDone
from qmlops.monitoring import follow, project, stream
from qmlops.pipeline.folder import claimed
from tests.monitoring.folder import append, made, started, stepped, swept

Act = Callable[[], object]


@pytest.fixture(autouse=True)
def at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "_SCAN_SECONDS", 0.0)
    monkeypatch.setattr(follow, "_SILENCE_SECONDS", 0.0)
    monkeypatch.setattr(stream, "_PROGRESS_SECONDS", 0.0)


def acting(*acts: Act) -> Act:
    """Between two looks the next act happens; after the last one somebody presses Ctrl-C."""
    waiting = [*acts]

    def rest() -> None:
        if not waiting:
            raise KeyboardInterrupt
        waiting.pop(0)()

    return rest


def told(lines: list[str]) -> list[tuple[str, str]]:
    return [(line["run"], line["event"]) for line in map(json.loads, lines)]


def test_events_come_from_the_first_to_the_last_and_then_the_stream_ends(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1)])
    with claimed(folder, new=False):
        rest = acting(lambda: append(folder, stepped(2)), lambda: append(folder, [RunEnded("finished")]))
        lines = list(stream.as_json(["a"], rest, tmp_path))
    assert told(lines) == [("a", "RunStarted"), ("a", "StepDone"), ("a", "StepDone"), ("a", "RunEnded")]
    first = {
        "schema": 1,
        "run": "a",
        "event": "StepDone",
        "time": 1e9 + 1,
        "fields": {"step": 1, "metrics": {"loss": 1}},
    }
    assert json.loads(lines[1]) == first


def test_a_line_holds_no_number_that_json_lacks(tmp_path: Path) -> None:
    made(tmp_path / "runs/a", [started(), StepDone(1, {"loss": float("nan")}), RunEnded("failed")])
    lines = list(stream.as_json(["a"], acting(), tmp_path))
    assert json.loads(lines[1])["fields"]["metrics"] == {"loss": "nan"} and "NaN" not in "".join(lines)


def test_the_stream_of_a_run_without_a_process_ends(tmp_path: Path) -> None:
    made(tmp_path / "runs/a", [started(), *stepped(1)])
    assert len(list(stream.as_json(["a"], acting(), tmp_path))) == 2


def test_a_sweep_ends_when_no_other_run_has_come_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = [started(), RunEnded("finished")]
    sweep = swept(tmp_path / "runs/s")
    made(sweep / "0", ended)
    rest = acting(lambda: made(sweep / "1", ended), lambda: monkeypatch.setattr(stream, "_PATIENCE_SECONDS", 0.0))
    assert {run for run, _ in told(list(stream.as_json(["s"], rest, tmp_path)))} == {"s/0", "s/1"}


def test_sentences_begin_with_where_a_run_stands_and_tell_what_happens(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1), Obeyed("checkpoint", "saved step 1")])
    alert = AlertRaised("flat", "gradient_snr is 0.4", 2, ["show"], 0.4)
    with claimed(folder, new=False):
        acts = [
            lambda: append(folder, stepped(2, 3, 4), 1e9 + 3),
            lambda: append(folder, [alert, RunEnded("finished")]),
        ]
        lines = list(stream.as_text(["a"], acting(*acts), tmp_path))
    assert lines == [
        "vqc is running, step 1 of 10, loss 1.0000",
        "vqc is running, step 4 of 10, loss 0.2500, 8 s left",
        "alert: flat: gradient_snr is 0.4",
        "finished",
    ]


def test_sentences_of_several_runs_name_them_and_death_is_told_once(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1)])
    lines = list[str]()
    with pytest.raises(KeyboardInterrupt), claimed(folder, new=False) as _:
        for line in stream.as_text([], acting(lambda: made(tmp_path / "runs/b", [started()]), int, int), tmp_path):
            lines.append(line)
    assert lines[0].startswith("a: vqc is running, step 1")
    assert lines[1:] == ["b: vqc starts", "b: vqc is dead, step 0 of 10"]


def test_without_a_run_the_first_sentence_says_what_to_do_and_the_stream_waits(tmp_path: Path) -> None:
    lines = stream.as_text([], acting(lambda: made(tmp_path / "runs/a", [started()])), tmp_path)
    assert next(lines) == "No run yet. Start one with: qmlops run +experiment=vqc"
    assert next(lines) == "a: vqc starts"
