"""A test of several distributions at once, each drawn in equal parts: the multinomial G test, calibrated.

It rejects by the sum of G over the settings, against its simulated null, so that the level holds on the
thinnest cells: (r + 1) / (m + 1), with r of m simulations as extreme, is a p-value for every m (Phipson and
Smyth 2010, doi:10.2202/1544-6115.1585). It accepts by the mean D of the total-variation distances: one
of N shots in k equal parts moves D by at most 1/N, and D is at least its true value on average, as it is
convex (McDiarmid 1989). There are two looks, with both chances of an error divided over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from qmlops.core.seed import stream
from qmlops.core.work import Array
from qmlops.testing.statistic.distribution import mean_distance
from qmlops.testing.statistic.standing import standing
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.verdict import Outcome

Source = Callable[[int], Counts]
"""Draws so many more shots of each setting: how often each outcome came [settings × outcomes]."""
_LOOKS = ((0.25, 0.25), (1.0, 0.75))
"""The part of the shots, and the share of alpha and beta, of each look."""
_FINE = 5
"""Simulations are so many that the smallest p-value is this many times below what rejects."""
_AT_ONCE = 2**22
_MOST = 10**6
"""Simulations."""


@dataclass(frozen=True)
class SettingsDecision:
    """How a test of several distributions ended."""

    outcome: Outcome
    p_value: float
    """Of the null, corrected for all looks."""
    distance: float
    """Mean total-variation distance of the observed frequencies; larger than the true one on average."""
    interval: tuple[float, float]
    """Of the true mean distance, at confidence 1 - alpha, and without what the outcome rules out."""
    shots: int


@dataclass(frozen=True, eq=False)
class SettingsTest:
    """Null: outcomes of each setting come with the chances `expected` [settings × outcomes].

    Rejects a true null with a chance of at most `alpha`, and accepts distributions whose mean
    distance is `effect` or more with a chance of at most `beta`. The null is simulated below `seed`.
    """

    expected: Array = field(repr=False)
    effect: float
    alpha: float
    beta: float
    seed: int
    looks: int | None = None
    """At most so many; more than two do not help."""

    def schedule(self, most: int) -> list[int]:
        """Shots of each setting at each look, with `most` at most over all of them."""
        return [each for each, _ in self._shares(most)]

    def _shares(self, most: int) -> list[tuple[int, float]]:
        """Shots of each setting at each look, and its share of both chances of an error."""
        return [(max(1, int(most * part) // len(self.expected)), share) for part, share in _LOOKS[-(self.looks or 2) :]]

    def decide(self, source: Source, most: int) -> SettingsDecision:
        """Draw up to each look in turn, at most `most` shots in all."""
        counts, p_value = np.zeros(self.expected.shape, dtype=np.int64), 1.0
        for each, share in self._shares(most):
            more = each - int(counts[0].sum())
            counts += source(more) if more else 0
            total = each * len(counts)
            distance = float(np.abs(counts / each - self.expected).sum(axis=1).mean()) / 2
            p_value = min(p_value, self._p_value(counts, each, distance) / share)
            if p_value <= self.alpha:
                return self._ended("fail", p_value, distance, total)
            if distance <= self.effect - math.sqrt(-math.log(share * self.beta) / (2 * total)):
                return self._ended("pass", p_value, distance, total)
        return self._ended("inconclusive", p_value, distance, total)

    def _p_value(self, counts: Counts, each: int, distance: float) -> float:
        """By simulation; where that would take too many draws, by how far D is above its mean under the null."""
        simulations = math.ceil(_FINE / (self.alpha * _LOOKS[0][1]))
        if simulations > _MOST:
            stray = float(np.mean([mean_distance(row, each) for row in self.expected]))
            return math.exp(-2 * each * len(counts) * max(0.0, distance - stray) ** 2)
        null = _null(self.expected.tobytes(), self.expected.shape, each, simulations, self.seed)
        observed = float(likelihood(counts, self.expected).sum()) * (1 - 1e-12)
        return (simulations - int(np.searchsorted(null, observed)) + 1) / (simulations + 1)

    def _ended(self, outcome: Outcome, p_value: float, distance: float, shots: int) -> SettingsDecision:
        """The interval allows for what the frequencies of so many outcomes stray by themselves."""
        sure = math.sqrt(-math.log(self.alpha * _LOOKS[0][1] / 2) / (2 * shots))
        settings, cells = self.expected.shape
        stray = 0.5 * math.sqrt((cells - 1) * settings / shots)
        interval = max(0.0, distance - stray - sure), min(1.0, distance + sure)
        interval = standing(outcome, interval, distance, 0.0, (self.effect,))
        return SettingsDecision(outcome, min(p_value, 1.0), distance, interval, shots)


@lru_cache(maxsize=64)
def _null(expected: bytes, shape: tuple[int, int], each: int, simulations: int, seed: int) -> Array:
    """Sorted draws of G under the null; remembered, as many mutants are held against one program."""
    chances, random = np.frombuffer(expected).reshape(shape), stream(seed, "null", each)
    total, block = np.zeros(simulations), max(1, _AT_ONCE // shape[1])
    for row in chances:
        for start in range(0, simulations, block):
            drawn = random.multinomial(each, row, size=min(block, simulations - start))
            total[start : start + block] += likelihood(drawn, row)
    return np.sort(total)


def likelihood(counts: Counts, expected: Array) -> Array:
    """G, twice the log-likelihood ratio, of each row of counts [rows × outcomes] against chances [outcomes].

    Chances may have a row of their own each; a count where nothing is expected gives infinity.
    """
    means = counts.sum(axis=1, keepdims=True) * expected
    seen = counts > 0
    with np.errstate(divide="ignore"):
        terms = np.where(seen, counts * np.log(np.where(seen, counts, 1) / np.where(seen, means, 1.0)), 0.0)
    g: Array = 2 * terms.sum(axis=1)
    return g
