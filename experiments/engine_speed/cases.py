"""Which cases are measured, and with how much effort: the targets, and the whole product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from case import Case

GOALS = {(4, 32): 10, (4, 256): 10, (8, 32): 10, (12, 32): 10, (16, 8): 6, (20, 1): 6, (22, 1): 5}
"""How many times faster than the fastest peer the ring of float32 must be, by width and batch."""
MEMORY_GOAL = ((22, 1), 2.5)
"""The width and batch whose memory is bounded, and the bound in states."""

CIRCUITS = ("ring", "entangling", "uploading", "qaoa")
WIDTHS = (4, 8, 12, 16, 20, 22)
BATCHES = (1, 32, 256)


@dataclass(frozen=True)
class Effort:
    """How long a peer is measured, and what is too long to be measured."""

    rounds: int
    seconds: float
    """For each peer in each round."""
    once_ms: float = math.inf
    """A peer whose step takes longer is measured in the first round only."""
    longest_ms: float = math.inf
    """A peer whose step is estimated to take longer is left out of a case."""


@dataclass(frozen=True)
class Plan:
    """Cases in the order in which they run: smaller ones first, for they estimate the larger."""

    cases: list[Case]
    effort: Effort


def goal(case: Case) -> int | None:
    """The least ratio to the fastest peer that this case must reach, if it has one."""
    return GOALS.get((case.width, case.batch)) if (case.circuit, case.bits) == ("ring", 32) else None


PLANS = {
    "targets": Plan([Case("ring", width, batch) for width, batch in GOALS], Effort(5, 0.5)),
    "all": Plan(
        [Case(c, w, batch, bits) for c, w, bits, batch in product(CIRCUITS, WIDTHS, (32, 64), BATCHES)],
        Effort(3, 0.1, once_ms=1000, longest_ms=5000),
    ),
}
