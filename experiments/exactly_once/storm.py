"""The storm: submitters at the doubles, killed at random moments and started again, until all is done."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from experiments.exactly_once.fork import Standing, fork, stand
from experiments.exactly_once.place import PLACES, Place

Body = Callable[[Place, str, Path, str, int, int], int]
"""A submitting process: place, url, folder, run, jobs and the pipe that hears of its progress."""
_LATEST = 0.3
"""Seconds between the event after which a process is killed and the kill, at most."""
_AGAIN = 3
_STARTS = 10
"""For each kill, how often a submitter may give up by itself before the storm is taken for broken."""


@dataclass
class Lane:
    """One run: its jobs, and the kills that it still has to suffer."""

    standing: Standing
    folder: Path
    run: str
    jobs: int
    kills: int
    random: random.Random
    body: Body
    events: int
    """How many events a run without kills has, about; the kills are spread over them."""
    suffered: int = 0
    given_up: int = 0
    done: bool = False
    _child: int = 0
    _pulse: int = -1
    _left: int = 0
    _at: float | None = field(default=None)

    def step(self) -> None:
        """Start, hear, kill or bury the submitter, whichever is due."""
        if not self._child:
            self._start()
        self._hear()
        if self._at is not None and time.monotonic() >= self._at:
            os.kill(self._child, signal.SIGKILL)
        ended, status = os.waitpid(self._child, os.WNOHANG)
        if ended:
            os.close(self._pulse)
            self._child = 0
            self._bury(status)

    def end(self) -> None:
        """Leave no process behind."""
        for child in (self._child, self.standing.child):
            with suppress(ProcessLookupError):
                if child:
                    os.kill(child, signal.SIGKILL)

    def _start(self) -> None:
        heard, pulse = os.pipe()

        def run() -> int:
            os.close(heard)
            os.environ.update(self.standing.variables)
            return self.body(self.standing.place, self.standing.url, self.folder, self.run, self.jobs, pulse)

        (self.folder / self.run).mkdir(parents=True, exist_ok=True)
        self._child = fork(run, self.folder / f"{self.run}.log")
        os.close(pulse)
        os.set_blocking(heard, False)
        self._pulse, self._at = heard, None
        self._left = self.random.randint(1, max(2, round(1.4 * self.events / (self.kills + 1))))

    def _hear(self) -> None:
        try:
            self._left -= len(os.read(self._pulse, 65536))
        except BlockingIOError:
            return
        if self._left <= 0 and self._at is None and self.suffered < self.kills:
            self._at = time.monotonic() + self.random.uniform(0, _LATEST)

    def _bury(self, status: int) -> None:
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL, f"a submitter ended by signal {os.WTERMSIG(status)}"
            self.suffered += 1
        elif os.WEXITSTATUS(status) == _AGAIN:
            self.given_up += 1
            assert self.given_up < _STARTS * (self.kills + 1), f"{self.run} does not come to an end"
        else:
            log = (self.folder / f"{self.run}.log").read_text(encoding="utf-8")
            assert os.WEXITSTATUS(status) == 0, f"{self.run} broke:\n{log[-4000:]}"
            self.done = True


@dataclass(frozen=True)
class Suffered:
    """One provider after the storm."""

    place: Place
    runs: tuple[str, ...]
    kills: int
    given_up: int
    told: dict[str, object]
    """What the double reports."""


def storm(
    names: tuple[str, ...], jobs: int, kills: int, lanes: int, seed: int, folder: Path, body: Body, events: int
) -> list[Suffered]:
    """`jobs` and `kills` for each provider, shared by its lanes; `events` a job that a lane can hear.

    The caller has one thread and has opened nothing.
    """
    running: dict[str, list[Lane]] = {}
    for number, name in enumerate(names):
        home = folder / name
        home.mkdir(parents=True)
        standing = stand(PLACES[name], seed + number, home / "double.log")
        running[name] = [
            Lane(
                standing,
                home,
                f"run-{lane}",
                jobs // lanes,
                kills // lanes,
                random.Random(f"{seed} {name} {lane}"),
                body,
                events * (jobs // lanes),
            )
            for lane in range(lanes)
        ]
    try:
        while any(not lane.done for every in running.values() for lane in every):
            for lane in (lane for every in running.values() for lane in every if not lane.done):
                lane.step()
            time.sleep(0.002)
        return [
            Suffered(
                PLACES[name],
                tuple(lane.run for lane in every),
                sum(lane.suffered for lane in every),
                sum(lane.given_up for lane in every),
                every[0].standing.report(),
            )
            for name, every in running.items()
        ]
    except BaseException:
        for lane in (lane for every in running.values() for lane in every):
            lane.end()
        raise
