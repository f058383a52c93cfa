"""What an interval keeps where a test has ruled something out."""

from __future__ import annotations

from collections.abc import Sequence

from qmlops.testing.verdict import Outcome

Interval = tuple[float, float]


def standing(outcome: Outcome, interval: Interval, found: float, null: float, ends: Sequence[float]) -> Interval:
    """The interval, without the ends and beyond where it passed, and without the null and beyond where it failed.

    What is cut off is wrong only where the test errs, so that the interval misses the truth with the chance that
    it had, and alpha or beta more.
    """
    low, high = interval
    if outcome == "pass":
        low = max([low, *(end for end in ends if end < null)])
        high = min([high, *(end for end in ends if end > null)])
    elif outcome == "fail":
        low, high = (low, min(high, null)) if found < null else (max(low, null), high)
    return min(low, found), max(high, found)
