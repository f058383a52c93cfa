"""How much of the variance of scores a grouping explains, from few of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qmlops.pipeline.interval import LEVEL

_LEAST_FREEDOM = 2
_HALVINGS = 60


def explained(levels: NDArray[np.intp], scores: NDArray[np.float64]) -> tuple[float, float, float] | None:
    """Eta squared, and a 95 % interval for the share in the population: None where too little is known.

    The interval holds exactly for normal noise of one variance, by inversion of the noncentral F
    distribution (Steiger 2004, doi:10.1037/1082-989X.9.2.164); a bootstrap of so few runs hardly ever
    covers a share of 0. It is widened to the share itself, which few runs make too large.
    """
    groups = int(levels.max(initial=-1)) + 1
    freedom = len(scores) - groups
    spread = float(((scores - scores.mean()) ** 2).sum()) if len(scores) else 0.0
    if groups < 2 or freedom < _LEAST_FREEDOM or spread == 0:
        return None
    sizes = np.bincount(levels, minlength=groups)
    means = np.bincount(levels, scores, groups) / np.maximum(sizes, 1)
    share = min(float((sizes * (means - scores.mean()) ** 2).sum()) / spread, 1.0)
    if share == 1:
        return 1.0, 1.0, 1.0
    ratio = share / (groups - 1) / ((1 - share) / freedom)
    low, high = (_noncentrality(ratio, groups - 1, freedom, chance) for chance in ((1 + LEVEL) / 2, (1 - LEVEL) / 2))
    return share, min(low / (low + len(scores)), share), max(high / (high + len(scores)), share)


def _noncentrality(ratio: float, between: int, within: int, chance: float) -> float:
    """The noncentrality for which an F ratio is at most this one with the given chance; 0 where none is so small."""
    from scipy.special import fdtr, ncfdtr

    if fdtr(between, within, ratio) <= chance:
        return 0.0
    low, high = 0.0, 1.0
    while ncfdtr(between, within, high, ratio) > chance:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if ncfdtr(between, within, middle, ratio) > chance else (low, middle)
    return high
