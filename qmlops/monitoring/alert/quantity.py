"""What a condition may speak of: metrics, money, time on the machine, the queue, and a calibration's age."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from qmlops.core.alert import Standing
from qmlops.core.event import JobMoved, Obeyed, RunStarted, Stamped, StepDone
from qmlops.core.sight import DeviceSeen, StateSeen

STEPPED = ("loss", "gradient_norm", "gradient_snr", "validation_accuracy", "circuits", "shots")
"""Metrics that a step has."""
STATE = ("purity", "meyer_wallach", "fidelity_start", "gradient_variance", "convergence_rate")
"""Metrics of the state, besides `entropy_K` and `purity_K` of a cut."""
OTHERS = ("spend", "machine_time", "queue", "calibration_age")
SHORT = {"val_accuracy": "validation_accuracy", "grad_snr": "gradient_snr", "grad_norm": "gradient_norm"}
_CUT = re.compile(r"(entropy|purity)_[1-9]\d*")
_SETTLED = ("sending", "queued", "running")
"""States that change nothing of what was spent."""

Unit = Literal["", "USD", "s"]


class Quantity(Protocol):
    """A number that events tell, or time changes."""

    @property
    def kinds(self) -> tuple[type[Any], ...]: ...

    def told(self, stamped: Stamped) -> float | None:
        """Its value after an event of these kinds; None: the event tells none."""
        ...

    def at(self, moment: float) -> float | None:
        """Its value as time passes; None: it is what it was."""
        ...

    def about(self) -> str:
        """More to say of its value, such as which job it is; may be empty."""
        ...


@dataclass(frozen=True)
class Metric:
    """A metric of steps or of states."""

    name: str
    kinds: tuple[type[Any], ...]

    def told(self, stamped: Stamped) -> float | None:
        found: float | None = stamped.event.metrics.get(self.name)  # type: ignore[union-attr]
        return found

    def at(self, moment: float) -> float | None:
        return None

    def about(self) -> str:
        return ""


@dataclass(frozen=True)
class Taken:
    """What jobs have taken from the budget: USD, or seconds on the machine. Looked up when a job moves."""

    unit: Unit
    standing: Standing
    kinds: ClassVar = (JobMoved, Obeyed)

    def told(self, stamped: Stamped) -> float | None:
        event = stamped.event
        if isinstance(event, JobMoved) and event.state in _SETTLED:
            return None
        if isinstance(event, Obeyed) and event.command != "budget":
            return None
        return self.standing.spent().usd if self.unit == "USD" else self.standing.spent().seconds

    def at(self, moment: float) -> float | None:
        return None

    def about(self) -> str:
        return "at least, as some prices are not known" if self.doubtful else ""

    @property
    def doubtful(self) -> bool:
        """Whether it may be more than is known."""
        return self.unit == "USD" and self.standing.spent().unknown


@dataclass
class Queue:
    """Seconds for which the job that has waited longest has been in the provider's queue; 0 where none is."""

    kinds: ClassVar = (JobMoved,)
    waiting: dict[str, tuple[float, str]] = field(default_factory=dict)
    """By token: since when, and what it is called."""

    def told(self, stamped: Stamped) -> float | None:
        moved = stamped.event
        assert isinstance(moved, JobMoved)
        if moved.state in ("queued", "adopted"):
            self.waiting.setdefault(moved.token, (stamped.time, f"{moved.backend} {moved.job}"))
        else:
            self.waiting.pop(moved.token, None)
        return self.at(stamped.time) or 0.0

    def at(self, moment: float) -> float | None:
        return moment - min(self.waiting.values())[0] if self.waiting else None

    def about(self) -> str:
        return min(self.waiting.values())[1] if self.waiting else ""


@dataclass
class CalibrationAge:
    """Seconds since a machine was calibrated, where it tells when; what a simulator stands for does not age."""

    kinds: ClassVar = (DeviceSeen, RunStarted)
    seen: DeviceSeen | None = None
    """Since this start of the run: a device may have been calibrated while there was none."""

    def told(self, stamped: Stamped) -> float | None:
        event = stamped.event
        self.seen = event if isinstance(event, DeviceSeen) and event.hardware else None
        return self.at(stamped.time)

    def at(self, moment: float) -> float | None:
        return None if self.seen is None or self.seen.calibrated is None else moment - self.seen.calibrated

    def about(self) -> str:
        return "" if self.seen is None else f"{self.seen.device}, by {self.seen.source}"


def names() -> list[str]:
    """Every name that a condition may begin with; `entropy_1` stands for each cut."""
    return [*STEPPED, *STATE, "entropy_1", *OTHERS, *SHORT]


def known(name: str) -> bool:
    return name in names() or _CUT.fullmatch(name) is not None


def unit(name: str) -> Unit:
    """Of a name's values; empty for a plain number."""
    return "USD" if name == "spend" else "s" if name in OTHERS else ""


def metric(name: str) -> Metric:
    """The metric of a name that is known."""
    whole = SHORT.get(name, name)
    return Metric(whole, (StepDone,) if whole in STEPPED else (StateSeen,))


def quantity(name: str, standing: Standing) -> Quantity:
    """A fresh one of a name that is known."""
    if name in ("spend", "machine_time"):
        return Taken(unit(name), standing)
    if name == "queue":
        return Queue()
    return CalibrationAge() if name == "calibration_age" else metric(name)
