"""An interval of a smooth function of a distribution, from samples: the jackknife over groups.

Leaving out one group at a time takes the leading bias out of an estimate, and the spread of the
pseudo-values is its error, with the t distribution (Quenouille 1956, Tukey 1958). It is approximate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qmlops.core.work import Array
from qmlops.testing.verdict import Outcome

_GROUPS = 25


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error."""

    value: float
    error: float

    def interval(self, alpha: float) -> tuple[float, float]:
        """Two-sided, at confidence 1 - alpha."""
        from scipy.stats import t

        reach = float(t.isf(alpha / 2, _GROUPS - 1)) * self.error
        return self.value - reach, self.value + reach

    def below(self, bound: float) -> float:
        """The p-value of the truth being at least `bound`."""
        from scipy.stats import t

        if not self.error:
            return float(self.value >= bound)
        return float(t.cdf((self.value - bound) / self.error, _GROUPS - 1))

    def at_least(self, value: float, effect: float, alpha: float, beta: float) -> Outcome:
        """Rejects a truth of `value` or more by `alpha`; accepts where `value - effect` or less is out by `beta`."""
        if self.below(value) <= alpha:
            return "fail"
        return "pass" if 1 - self.below(value - effect) <= beta else "inconclusive"


def jackknife(samples: Array, estimate: Callable[[Array], float]) -> Estimate:
    """Of `estimate(samples)`, where the rows of `samples` [rows × …] are independent; at least 25 rows."""
    groups = np.array_split(np.arange(len(samples)), _GROUPS)
    whole = estimate(samples)
    parts = np.array([estimate(np.delete(samples, group, axis=0)) for group in groups])
    pseudo = _GROUPS * whole - (_GROUPS - 1) * parts
    return Estimate(float(pseudo.mean()), float(pseudo.std(ddof=1)) / math.sqrt(_GROUPS))
