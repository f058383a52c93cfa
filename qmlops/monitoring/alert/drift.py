"""An alert that is true when the mean of a metric has drifted, by a sequential test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from qmlops.core.alert import Action, Finding, Standing, Watcher
from qmlops.core.event import Stamped
from qmlops.core.option import option, validate
from qmlops.errors import Mistake, nearest, shown
from qmlops.monitoring.alert.action import command, do, mistakes, post, token
from qmlops.monitoring.alert.detector import Detector
from qmlops.monitoring.alert.quantity import Metric, known, metric, names, unit


@dataclass(frozen=True)
class Drift:
    """Notices that the mean of a bounded metric is not what it was, after `after` steps.

    As long as it is, given all that came before, an alert comes by chance only after `apart` values on
    average or later, and within T values with a chance of at most T / apart (see `detector`). That
    rests on no model of the values; a single one outside [low, high] is told of at once.
    """

    metric: str = option("validation_accuracy", "whose mean is watched")
    mean: float = option(0.9, "what the mean is while all is well; with `side`, at least or at most")
    effect: float = option(0.05, "smallest change worth noticing, which is noticed soonest", above=0)
    side: Literal["below", "above", "both"] = option("below", "on which side of the mean it would lie")
    low: float = option(0.0, "the least value that the metric can have")
    high: float = option(1.0, "the largest one")
    after: int = option(0, "steps that are passed over, while it is trained", unit="steps", least=0)
    apart: int = option(10_000, "values between two false alarms, on average, at least", least=10, most=10**12)
    do: tuple[Action, ...] = do()
    command: str | None = command()
    post: str | None = post()
    token: str | None = token()

    def __post_init__(self) -> None:
        validate(self, self._unknown(), self._outside(), *mistakes(self))

    def watch(self, standing: Standing) -> Watcher:
        reach = self.high - self.low
        null, away = (self.mean - self.low) / reach, self.effect / reach
        ends = {"below": (null - away,), "above": (null + away,), "both": (null - away, null + away)}
        inside = tuple(end for end in ends[self.side] if 0 <= end <= 1)
        return DriftWatcher(self, metric(self.metric), Detector(null, inside, self.apart))

    def _unknown(self) -> Mistake | None:
        if known(self.metric) and not unit(self.metric):
            return None
        hint = nearest(self.metric, [name for name in names() if not unit(name)])
        return Mistake("metric", f"{shown(self.metric)} is no metric.", hint)

    def _outside(self) -> Mistake | None:
        if not self.low < self.high:
            return Mistake("high", f"{self.high:g} is not above low.", "write the metric's range")
        if not self.low <= self.mean <= self.high:
            return Mistake("mean", f"{self.mean:g} is not in [{self.low:g}, {self.high:g}].", "write a mean inside it")
        below, above = self.mean - self.effect >= self.low, self.mean + self.effect <= self.high
        if {"below": below, "above": above, "both": below or above}[self.side]:
            return None
        why = f"no value is so far from {self.mean:g} on that side."
        return Mistake("effect", why, f"write less, or another range than [{self.low:g}, {self.high:g}]")


@dataclass
class DriftWatcher:
    """Gives a metric's values to a detector."""

    drift: Drift
    metric: Metric
    detector: Detector
    value: float = 0.0

    @property
    def kinds(self) -> tuple[type[Any], ...]:
        return self.metric.kinds

    def see(self, stamped: Stamped) -> bool | None:
        value = self.metric.told(stamped)
        if value is None or stamped.event.step <= self.drift.after:  # type: ignore[union-attr]
            return None
        self.value = value
        return not self._inside or self.detector.see((value - self.drift.low) / (self.drift.high - self.drift.low))

    def at(self, moment: float) -> bool | None:
        return None

    def found(self) -> Finding:
        name, drift = self.metric.name, self.drift
        if not self._inside:
            return Finding(f"{name} is {self.value:.4g}, outside [{drift.low:g}, {drift.high:g}]", self.value)
        side = {"below": "at least ", "above": "at most ", "both": ""}[drift.side]
        told = f"the mean of {name} is not {side}{drift.mean:g} any more"
        return Finding(f"{told}; it is {self.value:.4g} (by chance once in {drift.apart:,} values at most)", self.value)

    @property
    def _inside(self) -> bool:
        return self.drift.low <= self.value <= self.drift.high
