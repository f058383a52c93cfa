"""Events with their moments, as a run would write them, and alerts to be held against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qmlops.core.alert import Watcher
from qmlops.core.budget import Budget, Spent
from qmlops.core.event import Event, JobMoved, Stamped, StepDone
from qmlops.monitoring.alert.condition import Condition


@dataclass
class Purse:
    """A standing that a test sets."""

    budget: Budget = field(default_factory=Budget)
    taken: Spent = field(default_factory=Spent)

    def spent(self) -> Spent:
        return self.taken


def watched(when: str, standing: Any = None) -> Watcher:
    return Condition(when).watch(standing or Purse())


def steps(name: str, values: Iterable[float], first: int = 1) -> list[Stamped]:
    """A step a second, each with one metric."""
    return [Stamped(float(step), StepDone(step, {name: value})) for step, value in enumerate(values, first)]


def job(state: str, token: str = "a", moment: float = 0.0, **more: Any) -> Stamped:
    return Stamped(moment, JobMoved(f"job-{token}", token, "machine", state, 3, 300, **more))


def at(moment: float, event: Event) -> Stamped:
    return Stamped(moment, event)
