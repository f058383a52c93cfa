"""`qmlops stop` gives a run every command from a shell, and none to a run that is not under way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qmlops.cli.main import main
from qmlops.core.control import COMMANDS, FILE, commands
from qmlops.core.event import EventLog, RunStarted
from qmlops.pipeline.folder import claimed

GIVEN = {
    (): [("stop", {})],
    ("--now",): [("cancel", {}), ("stop", {})],
    ("--pause",): [("pause", {})],
    ("--resume",): [("resume", {})],
    ("--checkpoint",): [("checkpoint", {})],
    ("--budget", "usd=30", "budget.shots=null"): [("budget", {"usd": 30.0, "shots": None})],
}


@pytest.fixture
def under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    with claimed(Path("runs/mine"), new=True) as folder:
        log = EventLog(folder)
        log.write(RunStarted("mine", "mine", 9, 1))
        log.close()
        yield folder


@pytest.mark.parametrize("flags", GIVEN)
def test_each_flag_is_a_command_of_the_run(
    flags: tuple[str, ...], under_way: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stop", "mine", *flags, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = [
        (command.name, {key: value for key, value in command.values.items() if key != "time"})
        for command in commands(under_way)[0]
    ]
    assert found == GIVEN[flags] and told["commands"] == [name for name, _ in found]


def test_every_command_can_be_given_from_a_shell() -> None:
    assert {name for given in GIVEN.values() for name, _ in given} == set(COMMANDS)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--pause", "--resume"], "not allowed with"),
        (["--budget", "dollars=3"], "budget.dollars"),
        (["--budget", "usd=much"], "is no bound"),
        (["--budget", "usd=-1"], "out of range"),
    ],
)
def test_what_is_no_command_is_refused_and_not_given(
    flags: list[str], told: str, under_way: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stop", "mine", *flags]) == 2
    assert told in capsys.readouterr().err and not (under_way / FILE).exists()
