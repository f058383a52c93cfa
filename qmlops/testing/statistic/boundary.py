"""Where a sequential test of a chance stops, with both errors exact and not bounded.

Between two chances no test takes fewer shots on average than that which stops when their likelihood
ratio leaves an interval (Wald and Wolfowitz 1948). Wald's own ends of it bound the errors; here they
are found by following the distribution of the hits from look to look (Armitage, McPherson and Rowe
1969), so that the errors are what was asked for. Two sides are two such tests at once: the first to
reject rejects, and both must accept (Sobel and Wald 1949). Alpha is divided between them so that both
effects take equally many shots on average, which makes the larger of the two as small as may be.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array

_LOOKS = 256
"""Looks where they cost nothing."""
_LONGEST = 2.0
"""Their last one, in sizes of a test that looks once."""
_SHORTER = (1.0, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5)
"""The last of a few looks, of which the best is taken."""
_SURE = 1e-9
"""Chances are kept so far from 0 and 1."""
_LOST = 1e-18
"""Chances that are left out of a distribution."""
_ROUNDS = 60
_LEANS = 5.0
"""How far alpha is shifted to the side that takes more shots, in logarithms of their ratio."""


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
    lean: tuple[float, ...]
    """How much more than the others each end must show to reject, in logarithms of likelihood ratios."""
    reject: float
    """Rejects where such a logarithm, less the lean, is so large."""
    accept: tuple[float, ...]
    """Accepts where each of them is so far below 0."""
    cut: float
    """At the last look: rejects from here on, less the lean, and accepts below."""

    def evidence(self, hits: Array, shots: int) -> Array:
        """Logarithms of the likelihood ratios of each end to the null [ends × …]."""
        gains = [math.log(end / self.null) for end in self.ends]
        losses = [math.log((1 - end) / (1 - self.null)) for end in self.ends]
        return np.array([hits * gain + (shots - hits) * loss for gain, loss in zip(gains, losses, strict=True)])

    def decide(self, hits: Array, shots: int) -> NDArray[np.int8]:
        """At a look: 1 where it rejects, -1 where it accepts, 0 where it goes on."""
        evidence, against = self.evidence(hits, shots), self._against(hits, shots)
        if shots == self.looks[-1]:
            found: NDArray[np.int8] = np.where(against >= self.cut, 1, -1).astype(np.int8)
            return found
        rejects = against >= self.reject
        accepts = np.all([row <= -end for row, end in zip(evidence, self.accept, strict=True)], axis=0)
        found = np.where(rejects, 1, np.where(accepts, -1, 0)).astype(np.int8)
        return found

    def _against(self, hits: Array, shots: int) -> Array:
        """The evidence against the null of the end that shows most, less its lean."""
        lean = np.array(self.lean).reshape(-1, *(1 for _ in np.shape(hits)))
        found: Array = (self.evidence(hits, shots) - lean).max(axis=0)
        return found

    def outlook(self, chance: float) -> Outlook:
        """Exact for every chance of a hit, by one convolution a look."""
        sums, mean = {1: 0.0, -1: 0.0}, 0.0
        for shots, _, weights, ended in self._endings(chance):
            for way in sums:
                sums[way] += float(weights[ended == way].sum())
            mean += shots * float(weights[ended != 0].sum())
        return Outlook(sums[1], sums[-1], mean)

    def p_value(self, hits: int, shots: int, alpha: float) -> float:
        """The chance under the null of an end at least as much against it: all rejections come before all
        acceptances, and within them goes the evidence. Where it accepts, rejections count as all that `alpha`
        allows them, so that it is at most alpha just where it rejects."""
        at = np.array([float(hits)])
        rejected, own = int(self.decide(at, shots)[0]) == 1, float(self._against(at, shots)[0])
        found = 0.0 if rejected else alpha
        for look, there, weights, ended in self._endings(self.null):
            further = self._against(there, look) >= own - 1e-9
            found += float(weights[(ended == (1 if rejected else -1)) & further].sum())
        return min(found, 1.0)

    def _endings(self, chance: float) -> Iterator[tuple[int, Array, Array, NDArray[np.int8]]]:
        """At each look its shots, the hits that are possible, their chances, and what it decides."""
        chance = _kept(chance)
        weights, low, before = np.ones(1), 0, 0
        for shots in self.looks:
            drawn, first = _binomial(shots - before, chance)
            weights, low, before = _convolved(weights, drawn), low + first, shots
            hits = low + np.arange(float(len(weights)))
            ended = self.decide(hits, shots)
            yield shots, hits, weights, ended
            alive = np.flatnonzero((ended == 0) & (weights > _LOST))
            if not len(alive):
                return
            weights = np.where(ended == 0, weights, 0.0)[alive[0] : alive[-1] + 1]
            low += int(alive[0])


def once(null: float, ends: tuple[float, ...], alpha: float, beta: float) -> int:
    """About how many shots a test takes that looks once, by the normal approximation."""
    from scipy.stats import norm

    spread = [math.sqrt(chance * (1 - chance)) for chance in (null, *ends)]
    sure, found = float(norm.isf(alpha / len(ends))), float(norm.isf(beta))
    sizes = [((sure * spread[0] + found * own) / (end - null)) ** 2 for own, end in zip(spread[1:], ends, strict=True)]
    return math.ceil(max(sizes)) + 1


@lru_cache(maxsize=512)
def boundary(null: float, ends: tuple[float, ...], alpha: float, beta: float, looks: int | None = None) -> Boundary:
    """The boundary that rejects at `null` with at most `alpha`, and accepts at each end with at most `beta`.

    At a chance beyond an end it accepts less often still: there every point at which it accepts is
    less likely. It looks at most `looks` times; None: as often as helps. Takes up to a second, more
    where the ends are near, and is remembered.
    """
    null, ends = _kept(null), tuple(map(_kept, ends))
    size = once(null, ends, alpha, beta)
    while True:
        most, longest = (_LOOKS, (_LONGEST,)) if looks is None else (looks, _SHORTER)
        found = [_fitted(null, ends, alpha, beta, _evenly(part * size, most)) for part in longest]
        kept = [item for item in found if item is not None]
        if kept:
            return min(kept, key=lambda item: item[0])[1]
        size = math.ceil(1.1 * size)


def _evenly(last: float, most: int) -> tuple[int, ...]:
    """So many looks at most, the last one at `last`."""
    return tuple(sorted({math.ceil(last * look / most) for look in range(1, most + 1)}))


def _fitted(
    null: float, ends: tuple[float, ...], alpha: float, beta: float, looks: tuple[int, ...]
) -> tuple[float, Boundary] | None:
    """The best that keeps both errors, after its most shots on average: Newton steps in the logarithms of
    the errors, then small steps outward. None where no step keeps them."""
    from scipy.stats import norm

    lean = np.zeros(len(ends))
    # Halfway between the two cuts at which a single look so late just keeps one of the errors.
    late = math.sqrt(looks[-1] / once(null, ends, alpha, beta)) / 2
    cut = late * float(norm.isf(alpha / len(ends)) ** 2 - norm.isf(beta) ** 2)
    start = math.log(len(ends) / alpha) - 0.3, (max(-math.log(beta) - 0.3, 0.1),) * len(ends)
    rough, best = Boundary(null, ends, looks, tuple(lean), *start, cut), None
    for number in range(_ROUNDS):
        at_null, at_ends = rough.outlook(null), [rough.outlook(end) for end in ends]
        over = [_over(at_null.rejects, alpha), *(_over(item.accepts, beta) for item in at_ends)]
        means = np.array([item.shots for item in at_ends])
        uneven = np.log(means / means.mean())
        if max(over) <= 0:
            slowest = max(at_null.shots, float(means.max()))
            best = min(best or (slowest, rough), (slowest, rough), key=lambda item: item[0])
            if min(over) > -0.02 and np.abs(uneven).max() < 0.01:
                break
        elif number >= _ROUNDS // 4:
            over = [max(0.0, excess) * 1.2 for excess in over]
        if number < _ROUNDS // 2:
            lean = lean - _LEANS * (uneven - uneven.mean())
        accept = tuple(max(end + more, 0.01) for end, more in zip(rough.accept, over[1:], strict=True))
        rough = replace(rough, lean=tuple(lean), reject=max(rough.reject + over[0], 0.01), accept=accept)
    return best


def _over(found: float, allowed: float) -> float:
    """By how much an error is too large, on a logarithmic scale, in steps that do not overshoot."""
    return min(0.5, max(-0.5, math.log(max(found, 1e-300) / allowed)))


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
