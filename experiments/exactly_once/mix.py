"""What goes wrong in the storm, and how often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from qmlops.serving.web import Request
from tests.doubles.fault import Fault, drop, garbage, status, truncated


@dataclass(frozen=True)
class Share:
    """Of the requests of a kind, how many meet a fault."""

    name: str
    fault: Fault
    share: float


LOST = (
    Share("accepted, connection dropped", drop(True), 0.03),
    Share("accepted, 502", status(502, processed=True), 0.02),
    Share("accepted, page for people", garbage(), 0.02),
    Share("accepted, half an answer", truncated(), 0.01),
)
"""A submission that the provider has, and whose answer is no use."""
REFUSED = (Share("429 with Retry-After", status(429, retry_after=0.1), 0.04),)
IN_DOUBT = (
    Share("dropped before it was read", drop(False), 0.001),
    Share("500, nothing done", status(500), 0.0005),
    Share("503, nothing done", status(503), 0.0005),
)
"""A submission that the provider does not have, and of which nobody can tell.

Nothing but UNKNOWN is right then, so that their share is the floor of the UNKNOWN jobs. Where a
provider takes equal tokens for one request they do no harm, and come IDEMPOTENT times as often.
"""
IDEMPOTENT = 20.0
QUESTIONS = (
    Share("question dropped", drop(False), 0.01),
    Share("question answered, dropped", drop(True), 0.01),
    Share("question 500", status(500), 0.01),
    Share("question 503", status(503), 0.01),
    Share("question 429 with Retry-After", status(429, retry_after=0.1), 0.01),
    Share("question page for people", garbage(), 0.01),
    Share("question half an answer", truncated(), 0.01),
)
LAG = 0.4
"""Seconds for which a new job is missing from the provider's lists."""
POLLS = 2
"""How often a job is still waiting when it is asked for."""
SETTLE = 4.0
"""Seconds that the journal gives a job to be listed."""


def of_submissions(idempotent: bool) -> tuple[Share, ...]:
    factor = IDEMPOTENT if idempotent else 1.0
    return (*LOST, *REFUSED, *(Share(item.name, item.fault, item.share * factor) for item in IN_DOUBT))


@dataclass
class Weather:
    """Draws a fault for each request by a seed, and counts what it drew.

    The order in which requests come is the machine's, so that a seed fixes the draws and not who meets them.
    """

    submits: Callable[[Request], bool]
    idempotent: bool
    seed: int
    played: Counter[str] = field(default_factory=Counter)
    sent: list[Request] = field(default_factory=list)
    """The submissions that came, whatever became of them."""
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def __call__(self, request: Request) -> Fault | None:
        with self._lock:
            if not self.submits(request):
                return self._drawn(QUESTIONS)
            self.sent.append(request)
            return self._drawn(of_submissions(self.idempotent))

    def _drawn(self, shares: Sequence[Share]) -> Fault | None:
        lot = self._random.random()
        for item in shares:
            if lot < item.share:
                self.played[item.name] += 1
                return item.fault
            lot -= item.share
        return None
