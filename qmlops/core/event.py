"""The events of a run: JSON lines that the run alone appends to `events.jsonl`, and how to read them.

Imports only the standard library, so that a reader needs nothing else. A line is a promise:
`event` names the class, `time` is seconds since 1970, the rest are its fields.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen

FILE = "events.jsonl"
_LATEST = 2e11
"""A moment that calendars can still name, in seconds since 1970."""


@dataclass(frozen=True)
class RunStarted:
    """First event of a run, and again, with `resumed_at`, of each resumption."""

    run: str
    name: str
    steps: int
    seed: int
    resumed_at: int | None = None
    """The step whose checkpoint was loaded; later steps in the file are recomputed."""
    config: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    pid: int = 0


@dataclass(frozen=True)
class StepDone:
    """One answered request of the optimizer."""

    step: int
    metrics: Mapping[str, float]
    """`loss`, and where they apply `gradient_norm`, `gradient_snr`, `validation_accuracy`, `circuits`, `shots`."""


@dataclass(frozen=True)
class Note:
    """A line of talk that belongs to the run's history."""

    text: str


@dataclass(frozen=True)
class JobMoved:
    """A job at a provider came into another state."""

    job: str
    """The provider's name for it; empty while there is none."""
    token: str
    backend: str
    state: str
    """intent, sending, queued, running, done, failed, cancelled, unknown, unreadable, adopted, repeated, replayed,
    unsent."""
    circuits: int
    shots: int
    """In all of its circuits together."""
    reason: str = ""
    place: int | None = None
    """In the queue, 1 is next."""
    cost: float | None = None
    """What was billed, or before that the estimate; null: not known."""
    unit: str = "USD"
    seconds: float | None = None
    """On the machine, billed or estimated; null: not known."""


@dataclass(frozen=True)
class Obeyed:
    """A command from the run's `control.jsonl` was carried out."""

    command: str
    outcome: str


@dataclass(frozen=True)
class AlertRaised:
    """An alert that the run declares has come true; it is raised again only after it was not true for a while."""

    name: str
    """Its key in `alerts`."""
    text: str
    """What is the matter, with the number: `gradient_snr was below 1 for 20 steps; it is 0.41`."""
    step: int
    actions: Sequence[str] = ()
    """What the run did about it: show, bell, checkpoint, pause, stop, command, post."""
    value: float | None = None


@dataclass(frozen=True)
class RunEnded:
    """Last event: `state` is finished, failed, interrupted, or refused where the budget was at its end."""

    state: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""


Event = (
    RunStarted | StepDone | Note | JobMoved | Obeyed | AlertRaised | CircuitDrawn | StateSeen | DeviceSeen | RunEnded
)
_written = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True)
class Stamped:
    """An event with the moment it was written, in seconds since 1970."""

    time: float
    event: Event


def encode(event: Event, moment: float) -> bytes:
    """One line. Numbers that JSON lacks become the strings `nan`, `inf` and `-inf`."""
    body = {"event": type(event).__name__, "time": moment} | vars(event)
    try:
        return _written(body).encode() + b"\n"
    except ValueError:
        return _written(plain(body)).encode() + b"\n"


def decode(line: bytes) -> Stamped | None:
    """The event of a line; None for a torn line, a moment that no clock tells, or an event of a later version."""
    try:
        body = json.loads(str(line, "utf-8"))
        kind = _KINDS[body.pop("event")]
        moment = float(body.pop("time"))
        if not 0 <= moment < _LATEST:
            return None
        if "metrics" in body:
            body["metrics"] = {name: float(value) for name, value in body["metrics"].items()}
        return Stamped(moment, kind(**body))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


class EventLog:
    """The writer: one append a line, so that a crash tears at most the last one."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        _drop_torn_line(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, event: Event) -> Stamped:
        """Append an event, and give it with its moment. Raises OSError."""
        stamped = Stamped(time.time(), event)
        line = encode(event, stamped.time)
        if os.write(self._file, line) != len(line):
            raise OSError(28, "the disk is full; the event could not be written whole")
        return stamped

    def close(self) -> None:
        os.close(self._file)


def read(folder: Path) -> list[Stamped]:
    """All whole events of a run folder, oldest first; empty when there are none."""
    path = folder / FILE
    if not path.exists():
        return []
    return [event for event in map(decode, path.read_bytes().splitlines()) if event is not None]


def history(events: list[Stamped]) -> list[StepDone]:
    """One StepDone a step, in order; a step that was recomputed after a crash counts once."""
    steps: dict[int, StepDone] = {}
    for stamped in events:
        if isinstance(stamped.event, StepDone):
            steps[stamped.event.step] = stamped.event
    return [steps[step] for step in sorted(steps)]


def of_kind(events: list[Stamped], kind: type[Any]) -> Iterator[Any]:
    """The events of one class, oldest first."""
    return (stamped.event for stamped in events if isinstance(stamped.event, kind))


def plain(value: Any) -> Any:
    """The same value without numbers that JSON lacks: they become `nan`, `inf` and `-inf`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def numbers(value: Any) -> Any:
    """What `plain` was given, where no text of it is one of those three words."""
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    return float(value) if value in ("nan", "inf", "-inf") else value


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        text = file.read()
        if text and not text.endswith(b"\n"):
            file.truncate(text.rfind(b"\n") + 1)
