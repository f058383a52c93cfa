"""A test of the slope of ln variance over some places, from pairs of draws at each.

Half the squared difference of two draws has the variance as its mean, and is bounded. Cells of variances
are bet against at each place, with stakes by earlier draws alone, so that no wealth against the true
variance grows on average (Waudby-Smith and Ramdas 2024, arXiv:2010.09686); nor does the product over the
places, which are drawn independently. The evidence against a slope is the least such product over all
variances that have it, and holds wherever one stops (Ville 1939).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qmlops.core.bet import LEFT
from qmlops.core.work import Array
from qmlops.testing.statistic.standing import standing
from qmlops.testing.statistic.wealth import Counts, Tally
from qmlops.testing.verdict import Outcome

Source = Callable[[int], Sequence[tuple[Array, Counts]]]
"""Draws so many more pairs at each place: distinct halves of squared differences, in parts of the largest
that there can be, and how often each came."""
_FIRST = 128
_STEP = 0.01
"""The width of a cell, in slopes."""
_LEAST = -20.0
"""ln of the smallest variance that is told from a smaller one, in parts of the largest."""


@dataclass(frozen=True)
class SlopeDecision:
    """How a test of a slope ended."""

    outcome: Outcome
    e_value: float
    """Against the null."""
    slope: float | None
    """Of the variances of the draws; None where one of them is 0."""
    interval: tuple[float, float]
    """Of the slope, at confidence 1 - alpha wherever one stops, and without what the outcome rules out."""
    pairs: int


@dataclass(frozen=True)
class SlopeTest:
    """Null: the slope of the least-squares line through ln variance is `value` or more.

    Rejects a true null with a chance of at most `alpha`, and accepts with a chance of at most `beta`
    where it is `value - effect` or less. A variance below e^-20 of the largest counts as that.
    """

    places: tuple[float, ...]
    """At least two different ones."""
    value: float
    effect: float
    alpha: float
    beta: float

    def decide(self, source: Source, most: int) -> SlopeDecision:
        """Draw until one side is ruled out, or `most` pairs are gone at each place."""
        tallies = [Tally()] * len(self.places)
        wealth = [np.zeros(len(edges) - 1) for edges in self._edges]
        while True:
            drawn = tallies[0].shots
            parts = source(min(max(_FIRST, drawn // 2), most - drawn))
            for place, (values, counts) in enumerate(parts):
                wealth[place] += _gains(tallies[place], self._edges[place], values, counts)
                tallies[place] = tallies[place].plus(values, counts)
            low, high, evidence = self._evidence(wealth)
            against = float(evidence[high >= self.value].min())
            rejects = against >= -math.log(self.alpha)
            accepts = float(evidence[low <= self.value - self.effect].min()) >= -math.log(self.beta)
            if rejects or accepts or tallies[0].shots >= most:
                break
        outcome: Outcome = "fail" if rejects else "pass" if accepts else "inconclusive"
        left = evidence < max(-math.log(self.alpha), float(evidence.min()) + 1e-9)
        slope = self._slope([tally.mean for tally in tallies])
        interval = float(low[left].min()), float(high[left].max())
        if slope is not None:
            interval = standing(outcome, interval, slope, self.value, (self.value - self.effect,))
        return SlopeDecision(outcome, math.exp(min(against, 700.0)), slope, interval, tallies[0].shots)

    def _slope(self, variances: list[float]) -> float | None:
        return float(self._shares @ np.log(variances)) if min(variances) > 0 else None

    @cached_property
    def _shares(self) -> Array:
        """How much ln variance at each place adds to the slope."""
        away: Array = np.array(self.places) - np.mean(self.places)
        shares: Array = away / (away @ away)
        return shares

    @cached_property
    def _edges(self) -> list[Array]:
        """The ends of the cells of variances [cells + 1], ascending from 0 to 1, at each place.

        A cell is a step of the slope; where the place adds nothing to it, one cell is all.
        """
        steps = [_STEP / max(abs(share), _STEP / -_LEAST) for share in self._shares]
        logs = [np.arange(-math.ceil(-_LEAST / step - 1e-9), 1) * step for step in steps]
        return [np.concatenate([[0.0], np.exp(log[1:])]) for log in logs]

    def _evidence(self, wealth: Sequence[Array]) -> tuple[Array, Array, Array]:
        """The ends of overlapping parts of all slopes, ascending, and the evidence against each part."""
        total, first = np.zeros(1), 0
        for logs, share in zip(wealth, self._shares, strict=True):
            total = _least_sums(total, logs if share > 0 else logs[::-1])
            first -= len(logs) if share > 0 else 0
        low: Array = _STEP * np.arange(first, first + len(total), dtype=np.float64)
        return low, low + len(wealth) * _STEP, total


def _gains(past: Tally, edges: Array, values: Array, counts: Counts) -> Array:
    """What bets against each cell win on new values: the least over its means."""
    if not past.shots:
        return np.zeros(len(edges) - 1)
    low, high = edges[:-1], edges[1:]
    # Means above are held against one with half a value of 1 more: what was not seen is not impossible.
    wary = (past.total + 0.5) / (past.shots + 1)
    null = np.where(low > wary, low, high)
    away = np.where(low > wary, wary - low, np.maximum(past.mean - high, 0.0))
    variance = (past.squares - past.shots * past.mean**2 + 0.5) / (past.shots + 1)
    # The best stake on values that are 0 or one other number has the first spread; that on a narrow bell the second.
    spread = np.maximum(min(variance / (wary * (1 - wary)), 1.0) * null * (1 - null), variance + away**2)
    stakes = np.clip(away / spread, -(1 - LEFT) / np.maximum(1 - null, 1e-9), (1 - LEFT) / np.maximum(null, 1e-300))
    gains: Array = counts @ np.log1p(stakes * (values[:, None] - null))
    return gains


def _least_sums(first: Array, second: Array) -> Array:
    """The least of first[i] + second[j] over all i + j alike."""
    padded = np.pad(first, len(second) - 1, constant_values=np.inf)
    parts = np.lib.stride_tricks.sliding_window_view(padded, len(second))
    found: Array = np.min(parts + second[::-1], axis=1)
    return found
