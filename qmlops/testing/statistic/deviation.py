"""Bounds on a standard deviation, from a sample of fixed size and whatever the distribution.

The deviation S of n values with a range R is within R sqrt(2 ln(1/a) / (n - 1)) of the true one, on either side
with a chance of 1 - a (Maurer and Pontil 2009, arXiv:0907.3740).
"""

from __future__ import annotations

import math

from qmlops.core.work import Array
from qmlops.testing.statistic.wealth import Counts


def size(reach: float, within: float, chance: float) -> int:
    """How many values bound a deviation to `within`, with this chance of an error on either side."""
    return 2 + math.ceil(-2 * math.log(chance) * (reach / within) ** 2)


def bounds(values: Array, counts: Counts, reach: float, low: float, high: float) -> tuple[float, float]:
    """From below and from above, with chances `low` and `high` of an error. Wants two values at least."""
    drawn = int(counts.sum())
    mean = float(counts @ values) / drawn
    found = math.sqrt(float(counts @ (values - mean) ** 2) / (drawn - 1))
    less, more = (reach * math.sqrt(-2 * math.log(chance) / (drawn - 1)) for chance in (low, high))
    return max(0.0, found - less), min(found + more, reach / 2)
