"""Where a sequential test of a chance stops, with both errors exact and not bounded.

Between two chances no test takes fewer shots on average than that which stops when their likelihood
ratio leaves an interval (Wald and Wolfowitz 1948). Wald's own ends of it bound the errors; here they
are found by following the distribution of the hits from look to look (Armitage, McPherson and Rowe
1969), so that the errors are what was asked for. Two sides are two such tests at once: the first to
reject rejects, and both must accept (Sobel and Wald 1949).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array

_LOOKS = 128
"""Looks within the size of a test that looks once."""
_LONGEST = 1.6
"""The last look, in sizes of a test that looks once."""
_SURE = 1e-9
"""Chances are kept so far from 0 and 1."""
_LOST = 1e-18
"""Chances that are left out of a distribution."""
_ROUNDS = 60


@dataclass(frozen=True)
class Outlook:
    """What a test does at one chance of a hit."""

    rejects: float
    accepts: float
    shots: float
    """On average."""


@dataclass(frozen=True)
class Boundary:
    """A test of the chance `null` against each of `ends`, at some looks, the last of which decides."""

    null: float
    ends: tuple[float, ...]
    looks: tuple[int, ...]
    """Shots in all at each look, ascending."""
    reject: float
    """Rejects where the logarithm of a likelihood ratio is so large."""
    accept: tuple[float, ...]
    """Accepts where each of them is so far below 0."""
    cut: float
    """At the last look: rejects from here on, and accepts below."""

    def evidence(self, hits: Array, shots: int) -> Array:
        """Logarithms of the likelihood ratios of each end to the null [ends × …]."""
        gains = [math.log(end / self.null) for end in self.ends]
        losses = [math.log((1 - end) / (1 - self.null)) for end in self.ends]
        return np.array([hits * gain + (shots - hits) * loss for gain, loss in zip(gains, losses, strict=True)])

    def decide(self, hits: Array, shots: int) -> NDArray[np.int8]:
        """At a look: 1 where it rejects, -1 where it accepts, 0 where it goes on."""
        evidence = self.evidence(hits, shots)
        if shots == self.looks[-1]:
            found: NDArray[np.int8] = np.where(evidence.max(axis=0) >= self.cut, 1, -1).astype(np.int8)
            return found
        rejects = evidence.max(axis=0) >= self.reject
        accepts = np.all([row <= -end for row, end in zip(evidence, self.accept, strict=True)], axis=0)
        found = np.where(rejects, 1, np.where(accepts, -1, 0)).astype(np.int8)
        return found

    def outlook(self, chance: float) -> Outlook:
        """Exact for every chance of a hit, by one convolution a look."""
        chance = _kept(chance)
        weights, low, before = np.ones(1), 0, 0
        sums = {1: 0.0, -1: 0.0}
        mean = 0.0
        for shots in self.looks:
            drawn, first = _binomial(shots - before, chance)
            weights, low, before = _convolved(weights, drawn), low + first, shots
            ended = self.decide(low + np.arange(float(len(weights))), shots)
            for way in sums:
                sums[way] += float(weights[ended == way].sum())
            mean += shots * float(weights[ended != 0].sum())
            alive = np.flatnonzero((ended == 0) & (weights > _LOST))
            if not len(alive):
                break
            weights = np.where(ended == 0, weights, 0.0)[alive[0] : alive[-1] + 1]
            low += int(alive[0])
        return Outlook(sums[1], sums[-1], mean)


def once(null: float, ends: tuple[float, ...], alpha: float, beta: float) -> int:
    """About how many shots a test takes that looks once, by the normal approximation."""
    from scipy.stats import norm

    spread = [math.sqrt(chance * (1 - chance)) for chance in (null, *ends)]
    sure, found = float(norm.isf(alpha / len(ends))), float(norm.isf(beta))
    sizes = [((sure * spread[0] + found * own) / (end - null)) ** 2 for own, end in zip(spread[1:], ends, strict=True)]
    return math.ceil(max(sizes)) + 1


@lru_cache(maxsize=512)
def boundary(null: float, ends: tuple[float, ...], alpha: float, beta: float) -> Boundary:
    """The boundary that rejects at `null` with at most `alpha`, and accepts at each end with at most `beta`.

    At a chance beyond an end it accepts less often still: there every point at which it accepts is
    less likely. Takes some tenths of a second, and is remembered.
    """
    from scipy.stats import norm

    null, ends = _kept(null), tuple(map(_kept, ends))
    size = once(null, ends, alpha, beta)
    while True:
        looks = sorted({math.ceil(size * look / _LOOKS) for look in range(1, int(_LOOKS * _LONGEST) + 1)})
        # Halfway between the two cuts at which a single look so late just keeps one of the errors.
        cut = math.sqrt(_LONGEST) / 2 * float(norm.isf(alpha / len(ends)) ** 2 - norm.isf(beta) ** 2)
        start = math.log(len(ends) / alpha) - 0.3, (max(-math.log(beta) - 0.3, 0.1),) * len(ends)
        found = _fitted(Boundary(null, ends, tuple(looks), *start, cut), alpha, beta)
        if found is not None:
            return found
        size = math.ceil(1.5 * size)


def _fitted(rough: Boundary, alpha: float, beta: float) -> Boundary | None:
    """The closest that keeps both errors, by Newton steps in their logarithms, then by small steps outward."""
    best: tuple[float, Boundary] | None = None
    for number in range(_ROUNDS):
        at_null, at_ends = rough.outlook(rough.null), [rough.outlook(end) for end in rough.ends]
        over = [_over(at_null.rejects, alpha), *(_over(item.accepts, beta) for item in at_ends)]
        if max(over) <= 0:
            mean = at_null.shots + sum(item.shots for item in at_ends)
            best = min(best or (mean, rough), (mean, rough), key=lambda item: item[0])
            if min(over) > -0.02 or number >= _ROUNDS // 4:
                break
        elif number >= _ROUNDS // 4:
            over = [max(0.0, excess) * 1.2 for excess in over]
        accept = tuple(max(end + more, 0.01) for end, more in zip(rough.accept, over[1:], strict=True))
        rough = replace(rough, reject=max(rough.reject + over[0], 0.01), accept=accept)
    return None if best is None else best[1]


def _over(found: float, allowed: float) -> float:
    """By how much an error is too large, on a logarithmic scale, in steps that do not overshoot."""
    return min(0.5, max(-0.5, math.log(max(found, 1e-12) / allowed)))


def _kept(chance: float) -> float:
    return min(max(chance, _SURE), 1 - _SURE)


@lru_cache(maxsize=4096)
def _binomial(shots: int, chance: float) -> tuple[Array, int]:
    """The chances of so many hits that are worth keeping, and the least of those numbers."""
    from scipy.stats import binom

    stray = 10 * math.sqrt(shots * chance * (1 - chance)) + 20
    low, high = max(0, math.floor(shots * chance - stray)), min(shots, math.ceil(shots * chance + stray))
    return binom.pmf(np.arange(low, high + 1), shots, chance), low


def _convolved(first: Array, second: Array) -> Array:
    from scipy.signal import fftconvolve

    small = len(first) * len(second) < 1_000_000
    found: Array = np.convolve(first, second) if small else np.maximum(fftconvolve(first, second), 0.0)
    return found
