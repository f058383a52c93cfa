"""The live line of a run: redrawn in a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

from qmlops.core.event import AlertRaised, Event, JobMoved, Note, Obeyed, RunEnded, RunStarted, StepDone
from qmlops.monitoring.line import moved

_TERMINAL_SECONDS = 0.1
_PLAIN_SECONDS = 5.0


@dataclass
class Progress:
    """Sees every event of a run; writes to stderr. Costs a look at the clock for most steps."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    run: str = ""
    steps: int = 0
    first: int = 0
    """The first step that was seen, and when: what came before it, such as compiling, happens once."""
    began: float = 0.0
    shown: float = 0.0
    accuracy: float | None = None
    last: StepDone | None = None
    told: int | None = None
    """The last step that has a line of its own."""

    def __post_init__(self) -> None:
        if self._live:
            # Whatever is written next, an error too, begins at the left and covers it.
            self.out.write("loading…\r")
            self.out.flush()

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepDone):
            self._step(event)
        elif isinstance(event, RunStarted):
            self.run, self.steps = event.run, event.steps
            if event.resumed_at is not None:
                self._line(f"{event.name} goes on after step {event.resumed_at}")
        elif isinstance(event, RunEnded):
            self._end()
        elif isinstance(event, AlertRaised):
            self._alert(event)
        elif isinstance(event, Note):
            self._line(event.text)
        elif isinstance(event, Obeyed):
            instead = f"; qmlops stop {self.run} --resume lets it go on" if event.command == "pause" else ""
            self._line(f"{event.command}: {event.outcome}{instead}")
        elif isinstance(event, JobMoved) and event.state not in ("intent", "sending"):
            self._line(moved(event))

    def _alert(self, event: AlertRaised) -> None:
        if "bell" in event.actions and self._live:
            self.out.write("\a")
        if "show" in event.actions:
            self._line(f"alert {event.name}: {event.text}")

    def _step(self, event: StepDone) -> None:
        if self.last is None:
            self.first, self.began = event.step, time.monotonic()
        self.last = event
        self.accuracy = event.metrics.get("validation_accuracy", self.accuracy)
        now = time.monotonic()
        if now - self.shown < (_TERMINAL_SECONDS if self._live else _PLAIN_SECONDS):
            return
        self.shown = now
        if self._live:
            self.out.write("\r" + self._text(now).ljust(self._columns)[: self._columns])
            self.out.flush()
        else:
            self._line(self._text(now))
            self.told = event.step

    @property
    def _live(self) -> bool:
        return self.out.isatty()

    @property
    def _columns(self) -> int:
        return shutil.get_terminal_size().columns - 4

    def _text(self, now: float, ended: bool = False) -> str:
        assert self.last is not None
        metrics = self.last.metrics
        words = [f"step {self.last.step}/{self.steps}", f"loss {metrics['loss']:.4f}"]
        if self.accuracy is not None:
            words.append(f"val {self.accuracy:.3f}")
        if "gradient_norm" in metrics:
            words.append(f"|grad| {metrics['gradient_norm']:.2e}")
        done = self.last.step - self.first
        if done and not ended:
            words.append(f"{_clock((now - self.began) / done * (self.steps - self.last.step))} left")
        return "  ".join(words)

    def _end(self) -> None:
        if self._live:
            self.out.write("\r" + " " * self._columns + "\r")
            self.out.flush()
        elif self.last is not None and self.last.step != self.told:
            self._line(self._text(time.monotonic(), ended=True))

    def _line(self, text: str) -> None:
        if self._live:
            text = "\r" + text.ljust(self._columns)
        print(text, file=self.out, flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
