"""Waiting: for a job to end, and for a provider to answer. Every wait grows, and has a bound but the first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from qmlops.core.backend import Session
from qmlops.core.ticket import Ticket
from qmlops.errors import JobFailed, Unavailable

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Pace:
    """How long a provider is given, in seconds. A backend that knows better has fields of these names."""

    settle: float = 60.0
    """For a job whose submission was not answered to be listed."""
    patience: float = 300.0
    """For a question, or a refused request that may come again, until the run ends."""
    first: float = 0.05
    """Between the first look at a job and the second one; every later wait is half as long again."""
    longest: float = 10.0
    """Between two looks at a job."""


@dataclass
class Patience:
    """Waits that grow until so many seconds are over; `meanwhile` is called before each."""

    seconds: float
    meanwhile: Callable[[], None]
    next: float = 0.2
    _end: float = 0.0

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def rest(self, wanted: float | None = None) -> bool:
        """Wait, at least as long as was asked for; False, at once, where that is longer than is left."""
        wait, self.next = max(self.next, wanted or 0.0), min(self.next * 2, 30.0)
        left = self._end - time.monotonic()
        if left <= 0 or (wanted or 0.0) > left:
            return False
        self.meanwhile()
        time.sleep(min(wait, left))
        return True


def asked(question: Callable[[], Answer], pace: Pace, meanwhile: Callable[[], None]) -> Answer:
    """The answer to a question that may be asked again. Raises Unavailable when patience is over."""
    patience = Patience(pace.patience, meanwhile)
    while True:
        try:
            return question()
        except Unavailable:
            if not patience.rest():
                raise


def finished(session: Session, ticket: Ticket, pace: Pace = Pace()) -> None:
    """Return when a job is done. Raises JobFailed where it ended otherwise."""
    wait = pace.first
    while (status := session.status(ticket)).state in ("queued", "running"):
        time.sleep(wait)
        wait = min(wait * 1.5, pace.longest)
    if status.state != "done":
        told = status.reason or "no reason given"
        raise JobFailed(f"{ticket.backend} job {ticket.job or ticket.token} {status.state}: {told}.")
