"""How a provider that is stood in for behaves, and what was handed to it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Conduct:
    """What a person or a test can ask of an emulated provider; may be changed while it serves."""

    polls: int = 0
    """How often a job is still waiting or running when its state is asked for."""
    lag: float = 0.0
    """Seconds for which a new job is missing from lists, though it can be asked for by its name."""
    offline: bool = False
    """Whether its machines take no jobs."""
    failures: deque[tuple[str, str]] = field(default_factory=deque)
    """Code and text with which the next jobs end, one entry a job."""

    def listed(self, created: float) -> bool:
        """Whether lists show a job that was created at a moment of `time.monotonic`."""
        return time.monotonic() >= created + self.lag


@dataclass
class Tally:
    """What was accepted: a refused request counts nothing, an accepted one counts however it ends."""

    submissions: int = 0
    circuits: int = 0
    shots: int = 0
    """Over all circuits."""

    def add(self, circuits: int, shots: int) -> None:
        """Count one submission; the caller holds the provider's lock."""
        self.submissions += 1
        self.circuits += circuits
        self.shots += shots
