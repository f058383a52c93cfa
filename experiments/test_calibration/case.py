"""One row of the table: a statistic on a shape, how to draw a trial of a true null, and one of the effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Random = np.random.Generator
ALPHA, BETA = 0.05, 0.05
ROWS = 300
"""Of claims about rows of data."""


@dataclass(frozen=True)
class Case:
    """One statistic on one shape: draws a trial under the null, or at the declared effect."""

    statistic: str
    shape: str
    rejected: Callable[[Random, int], int]
    """How many of so many trials of a true null are rejected."""
    found: Callable[[Random, int], int]
    """How many of so many trials at the declared effect are."""
