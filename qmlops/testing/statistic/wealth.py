"""Bets against a mean of values in [0, 1], and the confidence sequence of all means that survive them.

Waudby-Smith and Ramdas 2024, arXiv:2010.09686. A stake may depend on what was seen before and not on
what it is put on, so it stays the same through one draw of many shots; wealth is looked at after it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qmlops.core.bet import LEFT, kept, stake
from qmlops.core.work import Array

Counts = NDArray[np.int64]
_STEPS = 800


@dataclass(frozen=True)
class Tally:
    """Shots so far, their sum and their sum of squares."""

    shots: int = 0
    total: float = 0.0
    squares: float = 0.0

    def plus(self, values: Array, counts: Counts) -> Tally:
        total, squares = float(counts @ values), float(counts @ values**2)
        return Tally(self.shots + int(counts.sum()), self.total + total, self.squares + squares)

    @property
    def mean(self) -> float:
        return self.total / max(self.shots, 1)

    @property
    def variance(self) -> float:
        """Drawn towards 1/4, the largest there is, as by one shot more."""
        return (0.25 + max(self.squares - self.shots * self.mean**2, 0.0)) / (1 + self.shots)


@dataclass
class Wealth:
    """Bets against a mean of `null` that win where it is nearer to `towards`, or beyond.

    An e-process for every true mean at `null` or on its other side.
    """

    null: float
    towards: float
    log: float = 0.0

    def bet(self, past: Tally, values: Array, counts: Counts) -> None:
        gains = np.log1p(stake(self.null, self.towards, past.variance) * (values - kept(self.null)))
        self.log += float(counts @ gains)


@dataclass
class Sequence:
    """Which means survive bets in both directions: a confidence sequence at 1 - alpha."""

    alpha: float
    means: Array = field(default_factory=lambda: np.linspace(0, 1, _STEPS + 1)[1:-1])
    up: Array = field(default_factory=lambda: np.zeros(_STEPS - 1))
    down: Array = field(default_factory=lambda: np.zeros(_STEPS - 1))

    def bet(self, past: Tally, values: Array, counts: Counts) -> None:
        later = past.shots + int(counts.sum())
        stake = math.sqrt(2 * math.log(2 / self.alpha) / (past.variance * later * math.log(1 + later)))
        away = values[:, None] - self.means
        self.up += counts @ np.log1p(np.minimum(stake, (1 - LEFT) / self.means) * away)
        self.down += counts @ np.log1p(-np.minimum(stake, (1 - LEFT) / (1 - self.means)) * away)

    def interval(self) -> tuple[float, float]:
        """From the last mean that is ruled out below to the first above."""
        wealth = np.logaddexp(self.up, self.down) - math.log(2)
        alive = np.flatnonzero(wealth < -math.log(self.alpha))
        if not len(alive):
            best = int(np.argmin(wealth))
            alive = np.array([best])
        return float(alive[0] / _STEPS), float((alive[-1] + 2) / _STEPS)
