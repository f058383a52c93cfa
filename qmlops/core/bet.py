"""How much to bet against a mean of values in [0, 1]: what sequential tests and detectors of change share."""

from __future__ import annotations

LEFT = 0.05
"""The share of its wealth that a bet keeps whatever comes."""
_SURE = 1e-9


def kept(mean: float) -> float:
    """A mean that is kept a little inside [0, 1]."""
    return min(max(mean, _SURE), 1 - _SURE)


def stake(null: float, towards: float, variance: float) -> float:
    """What grows fastest where the mean is `towards` and values have this variance (Kelly 1956), within bounds.

    1 + stake * (value - kept(null)) is at least LEFT for each value in [0, 1], and 1 on average where the
    mean is `null`. With `towards` below `null` the stake is negative.
    """
    null = kept(null)
    towards = kept(towards)
    away = towards - null
    # The best stake on values that are 0 or one other number has the first spread; that on a narrow bell the second.
    part = min(variance / (towards * (1 - towards)), 1.0)
    kelly = away / max(part * null * (1 - null), variance + away**2)
    return min(max(kelly, -(1 - LEFT) / (1 - null)), (1 - LEFT) / null)
