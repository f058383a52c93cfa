"""Trials of the claims about derivatives, read off two circuits of which the second is the first one reversed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq

from experiments.test_calibration.case import BETA, Case, Random
from qmlops.core.work import Array
from qmlops.testing.claim.gradient_snr import GradientSnr
from qmlops.testing.claim.gradient_variance import GradientVariance
from qmlops.testing.level import Level
from qmlops.testing.statistic.mean import MeanTest, Source

VALUES = np.array([-1.0, 0.0, 1.0])
_SHOTS, _MOST = 100, 4_000_000
_LEAST = 0.05
"""Of a variance that is claimed: one outcome alone has none."""
_HIGHEST = 5.0
"""Of a ratio that is claimed, at one shot: one outcome alone has an infinite one."""
_NEAREST = 0.6
"""Of the chance of a +: from an even one there is no ratio."""


@dataclass(frozen=True, eq=False)
class _Slope:
    """What a Meter is to a claim: half a difference of two signs, of which the first is + with a chance."""

    chance: float
    random: Random
    reach: tuple[float, float] = (-1.0, 1.0)
    readings: tuple[None, None] = field(default=(None, None))

    @property
    def weights(self) -> Array:
        """Chances of -1, 0 and 1; the second circuit reads + where the first reads -."""
        p = self.chance
        return np.array([(1 - p) ** 2, 2 * p * (1 - p), p**2])

    def ideal(self) -> tuple[float, float]:
        mean = float(self.weights @ VALUES)
        return mean, float(self.weights @ (VALUES - mean) ** 2)

    def source(self, seed: int) -> Source:
        return lambda shots: (VALUES, self.random.multinomial(shots, self.weights))


def slopes(shape: str, chances: Array, alpha: float, looks: int | None) -> list[Case]:
    """The likeliest outcome is read as +, all others as -."""
    chance = float(chances.max())
    level = Level(alpha, 1 - BETA, _MOST, looks)
    return [_bias(shape, chance, level), _variance(shape, chance, level), _ratio(shape, chance, level)]


def _bias(shape: str, chance: float, level: Level) -> Case:
    """A derivative that is 0.3 off is drawn from a circuit that is mixed with one at the farther end."""
    truth, effect = 2 * chance - 1, 0.3
    test = MeanTest(0.0, effect, -1 - truth, 1 - truth, level.alpha, level.beta, looks=level.looks)
    right = _Slope(chance, np.random.default_rng()).weights
    part = effect / (1 + abs(truth))
    off = (1 - part) * right + part * np.array([truth > 0, False, truth <= 0])

    def count(weights: Array, random: Random, trials: int) -> int:
        def source(shots: int) -> tuple[Array, np.ndarray]:
            return VALUES - truth, random.multinomial(shots, weights)

        return sum(test.decide(source, test.most).outcome == "fail" for _ in range(trials))

    return Case("gradient bias", shape, lambda r, n: count(right, r, n), lambda r, n: count(off, r, n))


def _variance(shape: str, chance: float, level: Level) -> Case:
    """What is claimed is the true variance, or two thirds of it."""
    truth = max(2 * chance * (1 - chance), _LEAST)
    at_effect = (1 - np.sqrt(1 - 2 * truth)) / 2

    def count(claimed: float, own: float, random: Random, trials: int) -> int:
        claim = GradientVariance(shots=_SHOTS, at_most=claimed / _SHOTS, effect=0.5)
        return _fails(lambda: claim.decided(_Slope(own, random), level, 0).outcome, trials)  # type: ignore[arg-type]

    return Case(
        "gradient variance",
        shape,
        lambda r, n: count(truth, chance, r, n),
        lambda r, n: count(truth / 1.5, at_effect, r, n),
    )


def _ratio(shape: str, chance: float, level: Level) -> Case:
    """What is claimed is the true ratio to a deviation that nobody knows, or twice of it."""

    def ratio(own: float) -> float:
        return abs(2 * own - 1) / np.sqrt(2 * own * (1 - own) / _SHOTS)

    highest = float(brentq(lambda one: ratio(one) - _HIGHEST * np.sqrt(_SHOTS), 0.5, 1 - 1e-6))
    own = min(max(chance, 1 - chance, _NEAREST), highest)

    def count(factor: float, random: Random, trials: int) -> int:
        claim = GradientSnr(shots=_SHOTS, at_least=factor * ratio(own), effect=0.5)
        return _fails(lambda: claim.decided(_Slope(own, random), False, level, 0).outcome, trials)  # type: ignore[arg-type]

    return Case("gradient snr", shape, lambda r, n: count(1.0, r, n), lambda r, n: count(2.0, r, n))


def _fails(outcome: Callable[[], str], trials: int) -> int:
    return [outcome() for _ in range(trials)].count("fail")
