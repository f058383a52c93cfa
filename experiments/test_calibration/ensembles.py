"""Trials of the claims that draw on this machine: random states, random weights, and rows of data under noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import fftconvolve

from experiments.test_calibration.case import BETA, ROWS, Case, Random
from qmlops.core.work import Array
from qmlops.testing.claim.barren_plateau import PLATEAU, BarrenPlateau
from qmlops.testing.claim.expressibility import Expressibility, haar
from qmlops.testing.statistic.divergence import DivergenceTest
from qmlops.testing.statistic.share import unchanged
from qmlops.testing.statistic.slope import SlopeTest

_WIRES = 2
_MOST = 2**20
"""Pairs: enough for the rarest of the shapes."""
_DELTA, _MENDED = 0.1, 0.03


def expressibility(shape: str, chances: Array, alpha: float) -> Case:
    """Outcomes are fidelities in their order from 0 to 1. The claim is their true figure, or the effect less."""
    claim = Expressibility()
    reference = haar(_WIRES, claim.bins)
    fidelities = (np.arange(len(chances)) + 0.5) / len(chances)
    spread = np.histogram(fidelities, claim.bins, (0, 1), weights=chances)[0]
    seen = spread > 0
    figure = float(spread[seen] @ (np.log(spread[seen]) - reference[seen]))

    def count(claimed: float, random: Random, trials: int) -> int:
        test = DivergenceTest(reference, claimed, claim.effect, alpha, BETA)
        outcomes = [test.decide(lambda pairs: random.multinomial(pairs, spread), _MOST).outcome for _ in range(trials)]
        return outcomes.count("fail")

    return Case(
        "expressibility", shape, lambda r, n: count(figure, r, n), lambda r, n: count(figure - claim.effect, r, n)
    )


def barren_plateau(shape: str, chances: Array, alpha: float) -> Case:
    """Outcomes are derivatives in their order, over all that they can be, less on more wires.

    Under the null by the polynomial that is claimed, and at the effect by half a wire.
    """
    claim = BarrenPlateau()
    widths = np.array(claim.widths, dtype=np.float64)
    possible = np.flatnonzero(chances)
    own = chances[possible[0] : possible[-1] + 1]
    apart = np.clip(fftconvolve(own, own[::-1])[len(own) - 1 :], 0, None)
    apart = np.where(apart < 1e-15, 0.0, np.concatenate([apart[:1], 2 * apart[1:]]))
    apart /= apart.sum()
    halves = (np.arange(len(own)) / (len(own) - 1)) ** 2
    test = SlopeTest(claim.widths, claim.claimed, claim.claimed - PLATEAU, alpha, BETA)

    def count(factors: Array, random: Random, trials: int) -> int:
        def source(pairs: int) -> Sequence[tuple[Array, np.ndarray]]:
            found = []
            for factor in factors:
                counts = random.multinomial(pairs, apart)
                drawn = np.flatnonzero(counts)
                found.append((factor * halves[drawn], counts[drawn]))
            return found

        return sum(test.decide(source, _MOST).outcome == "fail" for _ in range(trials))

    polynomial = (widths / widths[0]) ** -claim.degree
    steep = np.exp(PLATEAU * (widths - widths[0]))
    return Case("barren plateau", shape, lambda r, n: count(polynomial, r, n), lambda r, n: count(steep, r, n))


def noise_resilience(shape: str, chances: Array, alpha: float, outcome: str) -> Case:
    """Noise mends up to 3 % of the rows, where the likeliest outcome is right, and breaks more.

    To pass: the null is a loss of delta, and the effect is none at all. To fail: a loss of delta, and of three.
    """
    right = max(float(chances.max()), 0.4)
    mended = min(_MENDED, (1 - right) / 2)
    null, effect = _DELTA, 0.0 if outcome == "pass" else 3 * _DELTA

    def count(loss: float, random: Random, trials: int) -> int:
        drawn = random.multinomial(ROWS, [loss + mended, mended, 1 - loss - 2 * mended], size=trials)
        outcomes = [unchanged(int(row[0]), int(row[1]), ROWS, _DELTA, alpha, BETA).outcome for row in drawn]
        return outcomes.count(outcome)

    name = f"noise resilience, to {outcome}"
    return Case(name, shape, lambda r, n: count(null, r, n), lambda r, n: count(effect, r, n))
