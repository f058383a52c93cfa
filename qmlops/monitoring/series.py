"""One metric over the steps of a run: growing, compact, and drawn in any number of columns."""

from __future__ import annotations

from itertools import accumulate
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Steps: TypeAlias = NDArray[np.int64]
Values: TypeAlias = NDArray[np.float64]
_FIRST = 64


class Series:
    """Values by step, steps ascending. 16 bytes a value; appending costs amortised constant time.

    `steps` and `values` are views: they stay as they are when the series grows, but see a value replaced.
    """

    def __init__(self) -> None:
        self._steps: Steps = np.empty(_FIRST, np.int64)
        self._values: Values = np.empty(_FIRST, np.float64)
        self._count = 0
        self._highest = -1
        self._eased: tuple[float, int, float, Series] | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> Steps:
        return self._steps[: self._count]

    @property
    def values(self) -> Values:
        return self._values[: self._count]

    def put(self, step: int, value: float) -> None:
        """Append; a step that was computed again replaces the old value."""
        count = self._count
        if step <= self._highest:
            self._replace(step, value)
            return
        if count == len(self._steps):
            self._steps = np.concatenate([self._steps, np.empty_like(self._steps)])
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
        self._values[count] = value
        self._steps[count] = step
        self._highest = step
        self._count = count + 1

    def _replace(self, step: int, value: float) -> None:
        self._eased = None
        place = int(np.searchsorted(self.steps, step))
        if place < self._count and self._steps[place] == step:
            self._values[place] = value
            return
        self._values = np.insert(self.values, place, value)
        self._steps = np.insert(self.steps, place, step)
        self._count += 1

    @property
    def last(self) -> float | None:
        """The newest finite value."""
        finite = self._finite
        return float(finite[-1]) if len(finite) else None

    @property
    def least(self) -> float | None:
        """The least finite value."""
        finite = self._finite
        return float(finite.min()) if len(finite) else None

    @property
    def most(self) -> float | None:
        """The greatest finite value."""
        finite = self._finite
        return float(finite.max()) if len(finite) else None

    @property
    def _finite(self) -> Values:
        values = self.values
        return values[np.isfinite(values)]

    def thinned(self, columns: int, first: int, last: int) -> tuple[Steps, Values]:
        """Least and greatest value of each of `columns` equal ranges of steps, in the order of steps.

        At most two points a column, all points where these are no more than that. Steps from `first` to
        `last` inclusive; values that are not finite are left out.
        """
        low, high = np.searchsorted(self.steps, [first, last + 1])
        steps, values = self.steps[low:high], self.values[low:high]
        finite = np.isfinite(values)
        if not finite.all():
            steps, values = steps[finite], values[finite]
        if len(steps) <= 2 * columns:
            return steps, values
        edges = first + -(-np.arange(columns) * (last - first + 1) // columns)
        starts = np.unique(np.searchsorted(steps, edges))
        starts = starts[starts < len(steps)]
        kept = np.union1d(
            _places(values, np.minimum.reduceat(values, starts), starts),
            _places(values, np.maximum.reduceat(values, starts), starts),
        )
        return steps[kept], values[kept]

    def smoothed(self, weight: float) -> Series:
        """The exponential moving average with `weight` in [0, 1) on the past, debiased: it starts at the first value.

        Of the finite values. What was averaged before is not averaged again.
        """
        if self._eased is None or self._eased[0] != weight:
            self._eased = weight, 0, 0.0, Series()
        _, done, level, eased = self._eased
        count = self._count
        finite = np.isfinite(self._values[done:count])
        steps, values = self._steps[done:count][finite], self._values[done:count][finite]
        levels = list(
            accumulate(values.tolist(), lambda past, value: past + (1 - weight) * (value - past), initial=level)
        )
        past = len(eased) + 1 + np.arange(len(values))
        eased._extend(steps, np.array(levels[1:]) / (1 - weight**past))
        self._eased = weight, count, levels[-1], eased
        return eased

    def _extend(self, steps: Steps, values: Values) -> None:
        self._steps = np.concatenate([self.steps, steps])
        self._values = np.concatenate([self.values, values])
        self._count = len(self._steps)


def _places(values: Values, extremes: Values, starts: Steps) -> Steps:
    """Where each part, from its start to the next, first takes its extreme."""
    at = np.flatnonzero(values == np.repeat(extremes, np.diff(starts, append=len(values))))
    _, first = np.unique(np.searchsorted(starts, at, side="right"), return_index=True)
    return at[first]
