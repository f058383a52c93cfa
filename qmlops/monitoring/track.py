"""What the events of one run have told so far: the model behind every pane."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qmlops.core.event import (
    AlertRaised,
    Event,
    JobMoved,
    Obeyed,
    RunEnded,
    RunStarted,
    Stamped,
    StepDone,
)
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.monitoring.line import told
from qmlops.monitoring.series import Series

SCORES = ("test_accuracy", "energy", "validation_accuracy", "loss")
"""What a run is judged by, the first that it has."""
OPEN = ("intent", "sending", "queued", "running", "adopted", "unknown", "unreadable")
"""States of a job that may still get an answer."""
_LOG, _ALERTS, _JOBS = 2000, 200, 1000
_PACE_SECONDS, _PACE_POINTS = 0.1, 100


@dataclass(frozen=True)
class Job:
    """A job at a provider: its newest state, and since when."""

    moved: JobMoved
    sent: float
    """Time of its first event, as `changed` that of its last, in seconds since 1970."""
    changed: float

    @property
    def open(self) -> bool:
        return self.moved.state in OPEN

    def waiting(self, now: float) -> float:
        """Seconds from its first event to its end, or until now."""
        return max(0.0, (now if self.open else self.changed) - self.sent)


@dataclass(eq=False)
class Track:
    """One run, as far as its events were read. `take` folds one event in and never raises."""

    folder: Path
    name: str
    """What a person types: the path below the runs."""
    experiment: str = ""
    seed: int = 0
    pid: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    step: int = 0
    steps: int = 0
    started: float | None = None
    """Of the first start, in seconds since 1970, as `changed` (the newest event) and `ended`."""
    changed: float | None = None
    ended: float | None = None
    series: dict[str, Series] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    """What the run's last event says of the whole."""
    jobs: dict[str, Job] = field(default_factory=dict)
    """By token, in the order of their first events; of those that have ended, the newest 1,000."""
    alerts: deque[Stamped] = field(default_factory=lambda: deque(maxlen=_ALERTS))
    log: deque[tuple[float, str, str]] = field(default_factory=lambda: deque(maxlen=_LOG))
    """Time, level (info, job, command, alert, end) and text."""
    circuit: CircuitDrawn | None = None
    seen: StateSeen | None = None
    device: DeviceSeen | None = None
    held: bool = True
    """Whether a process has the run's lock; found out by whoever follows the run, not from events."""
    paused: bool = False
    budgets: int = 0
    """How often the run was told its budget."""
    _outcome: str = ""
    _pace: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_PACE_POINTS))
    _latest: tuple[float, int] | None = None

    @property
    def state(self) -> str:
        """waiting (no event yet), running, paused, dead (gone without an end), or what the run said at its end."""
        if self._outcome:
            return self._outcome
        if not self.held:
            return "dead"
        if self.started is None:
            return "waiting"
        return "paused" if self.paused else "running"

    @property
    def alive(self) -> bool:
        """Whether somebody works on it, or may be about to."""
        return self.state in ("waiting", "running", "paused")

    def take(self, stamped: Stamped) -> None:
        """Fold one event in; one whose fields are of other types than declared is passed over."""
        try:
            self._fold(stamped.event, stamped.time)
        except (TypeError, ValueError, AttributeError, OverflowError):
            return
        self.changed = stamped.time

    def fail(self, reason: str) -> None:
        """The run ended without an event of it, by an error that was written down elsewhere."""
        self._outcome, self.reason = "failed", reason

    def score(self) -> tuple[str, float] | None:
        """Name and value of what the run is judged by, as far as it is known."""
        for name in SCORES:
            if name in self.scores:
                return name, self.scores[name]
        for name in SCORES:
            if name in self.series and (last := self.series[name].last) is not None:
                return name, last
        return None

    def rate(self) -> float | None:
        """Steps a second over the last ten seconds, or the last hundred steps where these took longer."""
        if self._latest is None or not self._pace:
            return None
        (since, first), (until, last) = self._pace[0], self._latest
        return (last - first) / (until - since) if until > since and last > first else None

    def left(self) -> float | None:
        """Seconds to the last step at this rate; None where no rate is known or nobody works."""
        rate = self.rate()
        return (self.steps - self.step) / rate if rate and self.state == "running" else None

    def _fold(self, event: Event, time: float) -> None:
        if isinstance(event, StepDone):
            self._step(event, time)
            return
        if (line := told(event)) is not None:
            self.log.append((time, *line))
        if isinstance(event, RunStarted):
            self._start(event, time)
        elif isinstance(event, JobMoved):
            self._job(event, time)
        elif isinstance(event, Obeyed):
            self._obeyed(event)
        elif isinstance(event, AlertRaised):
            self.alerts.append(Stamped(time, event))
        elif isinstance(event, CircuitDrawn):
            self.circuit = event
        elif isinstance(event, StateSeen):
            self.seen = event
            self._measure(event.step, event.metrics)
        elif isinstance(event, DeviceSeen):
            self.device = event
        elif isinstance(event, RunEnded):
            self._outcome, self.reason, self.ended = str(event.state), str(event.reason), time
            self.scores, self.paused = event.metrics, False

    def _step(self, event: StepDone, time: float) -> None:
        step = event.step
        self._measure(step, event.metrics)
        self.step = step
        self._latest = time, step
        if self._pace and (time < self._pace[-1][0] or step <= self._pace[-1][1]):
            self._pace.clear()
        if not self._pace or time - self._pace[-1][0] >= _PACE_SECONDS:
            self._pace.append((time, step))

    def _measure(self, step: int, metrics: Mapping[str, float]) -> None:
        series = self.series
        for name, value in metrics.items():
            if name not in series:
                series[name] = Series()
            series[name].put(step, value)

    def _start(self, event: RunStarted, time: float) -> None:
        self.versions, self.config = dict(event.versions), dict(event.config)
        self.seed, self.pid, self.steps = int(event.seed), int(event.pid), int(event.steps)
        self.experiment = str(event.name)
        self.budgets += 1
        self.step = int(event.resumed_at or 0)
        self.started = time if self.started is None else self.started
        self.ended, self.scores, self.reason, self._outcome, self.paused = None, {}, "", "", False
        self._pace.clear()
        self._latest = None

    def _job(self, event: JobMoved, time: float) -> None:
        before = self.jobs.get(event.token)
        self.jobs[event.token] = Job(event, time if before is None else before.sent, time)
        if len(self.jobs) > 2 * _JOBS:
            ended = [token for token, job in self.jobs.items() if not job.open]
            for token in ended[:-_JOBS]:
                del self.jobs[token]

    def _obeyed(self, event: Obeyed) -> None:
        if event.command in ("pause", "resume"):
            self.paused = event.command == "pause"
            self._pace.clear()
        self.budgets += event.command == "budget"
