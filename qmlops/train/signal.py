"""How sure a step is of its way, and how fast the loss settles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qmlops.core.work import Array

_ROUNDING = 1e-12
_LEAST = 3
"""Losses of a third of a curve, before its settling is told."""


def signal_to_noise(rows: Array, gradient: Array) -> float | None:
    """|gradient| over the root of the trace of its covariance; None for one row, which shows no spread.

    `rows` [rows × weights] are the rows' shares, whose sum is `gradient`; the rows are taken as drawn
    independently, so that their spread, shot noise included, is that of their mean times the root of
    their number. None also where all rows agree. Costs some microseconds.
    """
    count = len(rows)
    if count < 2:
        return None
    square = float(gradient @ gradient)
    turned = rows.T  # engines give columns
    return ratio(square, (count * float(np.einsum("wr,wr->", turned, turned)) - square) / (count - 1))


def ratio(square: float, variance: float) -> float | None:
    """The root of a squared length over a variance; None where there is no noise but that of rounding."""
    return math.sqrt(square / variance) if 0 < variance < math.inf and variance > _ROUNDING * square else None


def convergence_rate(losses: Sequence[float]) -> float | None:
    """The factor by which a loss comes nearer to its limit with each step; smaller is faster.

    From the means of three equal stretches of the latest losses: of a geometric decay they give its
    factor exactly (Aitken 1926). None where there are too few, or where they do not settle.
    """
    third = len(losses) // 3
    if third < _LEAST:
        return None
    first, second, last = np.asarray(losses[-3 * third :]).reshape(3, third).mean(axis=1).tolist()
    before, after = second - first, last - second
    if before * after <= 0 or abs(after) >= abs(before):
        return None
    return float((after / before) ** (1 / third))
