"""The live line tells step, loss, accuracy, gradient and time left, and is plain in a pipe."""

from __future__ import annotations

import io

import pytest

from qmlops.cli.progress import Progress
from qmlops.core.event import AlertRaised, Obeyed, RunEnded, RunStarted, StepDone


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def step(number: int, **more: float) -> StepDone:
    return StepDone(number, {"loss": 1 / number, "gradient_norm": 0.5, **more})


def follow(out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """Four steps of a run, a second each after a first that took a minute."""
    moments = iter([60.0, 60.0, 70.0, 80.0, 90.0, 90.0])
    monkeypatch.setattr("qmlops.cli.progress.time.monotonic", lambda: next(moments))
    progress = Progress(out)
    progress(RunStarted("run", "run", 103, 1))
    for number, more in ((1, {"validation_accuracy": 0.5}), (2, {}), (3, {}), (4, {})):
        progress(step(number, **more))
    progress(RunEnded("finished"))
    return out.getvalue()


def test_a_pipe_gets_plain_lines_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = follow(io.StringIO(), monkeypatch).splitlines()
    assert lines[0] == "step 1/103  loss 1.0000  val 0.500  |grad| 5.00e-01"
    assert lines[1] == "step 2/103  loss 0.5000  val 0.500  |grad| 5.00e-01  16:50 left"
    assert [line.split("/")[0] for line in lines] == ["step 1", "step 2", "step 3", "step 4"]
    assert "\r" not in "".join(lines)


def test_the_last_line_in_a_pipe_is_told_once_and_no_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    moments = iter([60.0, 60.0, 61.0, 61.0])
    monkeypatch.setattr("qmlops.cli.progress.time.monotonic", lambda: next(moments))
    progress = Progress(out)
    for event in (RunStarted("run", "run", 200, 1), step(1), step(2), RunEnded("finished")):
        progress(event)
    assert out.getvalue().splitlines()[1:] == ["step 2/200  loss 0.5000  |grad| 5.00e-01"]


def test_a_terminal_gets_one_line_that_is_drawn_again_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    drawn = follow(Terminal(), monkeypatch)
    assert "\n" not in drawn
    parts = drawn.split("\r")
    assert all(len(part) <= 60 for part in parts)
    assert parts[-1] == "" and parts[-2].strip() == ""


def test_an_error_before_the_first_step_covers_what_a_terminal_shows() -> None:
    out = Terminal()
    Progress(out)
    shown = out.getvalue()
    assert shown.endswith("\r") and len(shown.rstrip("\r")) <= len("qmlops: ")


@pytest.mark.parametrize(
    ("actions", "shown", "rung"),
    [(["show"], True, False), (["show", "bell"], True, True), (["bell"], False, True), (["post"], False, False)],
)
def test_an_alert_is_a_line_and_rings_only_a_terminals_bell(actions: list[str], shown: bool, rung: bool) -> None:
    drawn = []
    for out in (Terminal(), io.StringIO()):
        Progress(out)(AlertRaised("low", "loss is below 1; it is 0.5", 7, actions))
        drawn.append(out.getvalue())
    assert ["alert low: loss is below 1; it is 0.5" in text for text in drawn] == [shown, shown]
    assert ["\a" in text for text in drawn] == [rung, False]


def test_a_pause_says_how_to_go_on() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress(RunStarted("2026_mine", "mine", 3, 1))
    progress(Obeyed("pause", "paused by the alert low"))
    assert out.getvalue() == "pause: paused by the alert low; qmlops stop 2026_mine --resume lets it go on\n"
