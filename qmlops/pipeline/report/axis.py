"""One axis of a chart: where a value stands, and which few values are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high`, on a linear or a logarithmic scale."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high one."""
        if self.log:
            low, high, value = math.log10(self.low), math.log10(self.high), math.log10(value)
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """At most so many values with their labels, all of them on the axis."""
        if self.log:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            if last > first:
                stride = math.ceil((last - first + 1) / most)
                powers = range(first, last + 1, stride)
                return [(10.0**power, "10" + str(power).translate(_SUPERSCRIPT)) for power in powers]
        step = _step(self.high - self.low, most)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        return [(index * step, _written(index * step, digits)) for index in range(first, last + 1)]


def around(values: Iterable[float], log: bool = False, margin: float = 0.05) -> Axis:
    """An axis that holds all values with some room on both sides."""
    found = [value for value in values if math.isfinite(value) and (value > 0 or not log)] or [1.0]
    low, high = min(found), max(found)
    if log:
        ratio = max((high / low) ** margin, 1.2)
        return Axis(low / ratio, high * ratio, log=True)
    room = (high - low) * margin or max(abs(high), 1e-12) * margin
    return Axis(low - room, high + room)


def _step(span: float, most: int) -> float:
    """The smallest step of 1, 2 or 5 times a power of ten that gives at most so many ticks."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * size for size in (1, 2, 5, 10, 20) if span / (power * size) <= most - 1)


def _written(value: float, digits: int) -> str:
    text = f"{value:.3g}" if abs(value) >= 1e5 or digits > 4 else f"{value:,.{digits}f}"
    return text.replace("-", "\u2212")
