"""A run obeys what others append to its control.jsonl, answers with events, and costs nothing where nobody commands."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from qmlops.core.control import FILE, Control, append, commands
from qmlops.core.event import Event, Obeyed
from qmlops.errors import RequestError, Stopped


def test_commands_are_obeyed_in_order_once_and_answered(tmp_path: Path) -> None:
    events: list[Event] = []
    done: list[object] = []
    control = Control(tmp_path, events.append)
    control.handlers["budget"] = lambda values: done.append(values["usd"]) or "raised"  # type: ignore[func-returns-value]
    control.obey()
    append(tmp_path, "budget", usd=3)
    append(tmp_path, "checkpoint")
    append(tmp_path, "dance")
    control.obey()
    control.obey()
    assert done == [3]
    assert [(event.command, event.outcome.split(";")[0]) for event in events if isinstance(event, Obeyed)] == [
        ("budget", "raised"),
        ("checkpoint", "nothing to do"),
        ("dance", "not known"),
    ]


def test_a_handler_that_refuses_ends_nothing(tmp_path: Path) -> None:
    events: list[Event] = []

    def refuse(values: object) -> str:
        raise RequestError("no such job")

    append(tmp_path, "cancel", job="x")
    Control(tmp_path, events.append, {"cancel": refuse}).obey()
    assert events == [Obeyed("cancel", "refused: no such job")]


def test_a_paused_run_waits_until_it_is_resumed_or_stopped(tmp_path: Path) -> None:
    events: list[Event] = []
    control = Control(tmp_path, events.append)
    append(tmp_path, "pause")
    control.look()
    assert control.paused
    waiting = threading.Thread(target=control.obey, daemon=True)
    waiting.start()
    time.sleep(0.3)
    assert waiting.is_alive()
    append(tmp_path, "resume")
    waiting.join(10)
    assert not waiting.is_alive() and not control.paused
    append(tmp_path, "pause")
    append(tmp_path, "stop")
    with pytest.raises(Stopped) as stop:
        control.obey()
    assert stop.value.exit_code == 130 and events[-1] == Obeyed("stop", "stopping")


def test_torn_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    append(tmp_path, "checkpoint")
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"[1]\n\xff\n{}\n" + b"[" * 100_000 + b"\n" + b'{"command": "sto')
    found, position = commands(tmp_path)
    assert [command.name for command in found] == ["checkpoint"]
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'p"}\n')
    assert [command.name for command in commands(tmp_path, position)[0]] == ["stop"]


@pytest.mark.parametrize("leave_empty", [True, False])
def test_what_a_rotated_file_commands_is_obeyed_though_it_is_shorter(tmp_path: Path, leave_empty: bool) -> None:
    events: list[Event] = []
    control = Control(tmp_path, events.append)
    for _ in range(3):
        append(tmp_path, "checkpoint")
    control.obey()
    (tmp_path / FILE).rename(tmp_path / "control.1")
    if leave_empty:
        control.obey()
    append(tmp_path, "resume")
    control.obey()
    assert [event.command for event in events if isinstance(event, Obeyed)] == ["checkpoint"] * 3 + ["resume"]


def test_nobody_commands_where_there_is_no_folder_and_no_file(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        Control(folder, pytest.fail).obey()  # type: ignore[arg-type]
    assert commands(tmp_path) == ([], 0)


def test_what_a_run_orders_of_itself_comes_before_what_others_command_and_says_by_whom(tmp_path: Path) -> None:
    events: list[Event] = []
    control, looks = Control(tmp_path, events.append), []
    control.meanwhile = lambda: looks.append(len(events))
    append(tmp_path, "resume")
    control.order("pause", "the alert low")
    assert not control.paused, "at the next look"
    control.obey()
    assert events == [Obeyed("pause", "paused by the alert low"), Obeyed("resume", "going on")] and looks == [0]
    control.order("stop", "the alert low")
    with pytest.raises(Stopped, match="Stopped by the alert low"):
        control.look()
    control.look()
    assert events[2:] == [Obeyed("stop", "stopping, by the alert low")]
