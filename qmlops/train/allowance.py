"""A share of the time: how often something may be done that has to stay cheap beside what it watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LEAST_SECONDS = 0.1
"""Between two times: nobody reads faster, and what is written stays small."""


@dataclass(eq=False)
class Allowance:
    """Keeps what is spent below `share` of all time since it was made; what is forced may exceed it once.

    The next time comes when one more that costs what the last one did still fits, so that an
    expensive first one makes all later ones wait.
    """

    share: float
    expected: float = 0.0
    """Seconds that the first time will take."""
    clock: Callable[[], float] = time.monotonic
    spent: float = 0.0
    """Seconds."""
    _start: float = field(init=False)
    _next: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()
        self._next = self._start + (self.expected / self.share if self.share > 0 else 0.0)

    def due(self) -> bool:
        """Whether it may be done now. Costs one look at the clock."""
        return self.share > 0 and self.clock() >= self._next

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Counts the time inside, also where it ends with an exception."""
        began = self.clock()
        try:
            yield
        finally:
            ended = self.clock()
            self.spent += ended - began
            wait = (self.spent + ended - began) / self.share if self.share > 0 else 0.0
            self._next = max(self._start + wait, ended + _LEAST_SECONDS)
