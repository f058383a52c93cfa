"""Run folders as runs leave them, without any run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from qmlops.core.event import FILE, Event, RunStarted, StepDone, encode
from qmlops.pipeline.folder import REQUEST, SWEEP


def made(folder: Path, events: Iterable[Event] = (), overrides: Sequence[str] = (), start: float = 1e9) -> Path:
    """A run folder with a second between events, which nobody carries out."""
    folder.mkdir(parents=True)
    request = {"overrides": list(overrides), "id": folder.name, "scope": folder.parent.name}
    (folder / REQUEST).write_text(json.dumps(request))
    append(folder, events, start)
    return folder


def append(folder: Path, events: Iterable[Event], start: float = 2e9) -> None:
    with (folder / FILE).open("ab") as file:
        file.writelines(encode(event, start + second) for second, event in enumerate(events))


def swept(folder: Path, overrides: Sequence[str] = (), runs: int | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / SWEEP).write_text(json.dumps({"overrides": list(overrides), "runs": runs}))
    return folder


def started(steps: int = 10, resumed_at: int | None = None, **config: object) -> RunStarted:
    return RunStarted("run", "vqc", steps, 1, resumed_at, config)


def stepped(*steps: int) -> list[Event]:
    """The loss of step n is 1/n."""
    return [StepDone(step, {"loss": 1 / step}) for step in steps]
