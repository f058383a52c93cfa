"""The expectation value of an observable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qmlops.core.observable import PauliSum
from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake, RequestError
from qmlops.testing.claim.by_mean import by_meter, requests
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.level import Level
from qmlops.testing.meter import WIDEST, Meter, meter, widest
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict


@dataclass(frozen=True)
class Expectation:
    """The observable's mean is `value`; an error of `effect` is worth noticing."""

    category: ClassVar = "quantum"

    observable: str = option("Z0", "a sum of Pauli strings, such as 'Z0' or '0.5 Z0 Z1 - X2'")
    value: float = option(0.0, "the mean that is claimed")
    effect: float = option(0.1, "smallest error worth noticing", above=0)
    at: At = option("initial", AT)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)
        try:
            PauliSum.parse(self.observable)
        except RequestError as error:
            raise ConfigError([Mistake("observable", str(error))]) from None

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found, observable = subject.row_mistakes(self.row), PauliSum.parse(self.observable)
        width = subject.program.width
        absent = [wire for wire in observable.wires if wire >= width]
        if absent:
            why = f"it is on wire {absent[0]}, and there are {width} wires."
            return [*found, Mistake("observable", why, f"use wires 0 to {width - 1}")]
        if not observable.wires:
            return [*found, Mistake("observable", "it is a constant.", "name a wire, as in 'Z0'")]
        reach = sum(abs(size) for size, pauli in observable.terms if pauli)
        middle = sum(size for size, pauli in observable.terms if not pauli)
        if abs(self.value - middle) >= reach + self.effect:
            why = f"<{self.observable}> is never near {self.value:g}."
            found.append(Mistake("value", why, f"allowed: {middle - reach:g} to {middle + reach:g}"))
        if not subject.exact and widest(observable) > WIDEST:
            why = f"its terms are read together on more than {WIDEST} wires."
            found.append(Mistake("observable", why, "claim its terms one by one"))
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return requests(self._meter(subject), self.value, self.effect, 2, level)

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        what = f"<{self.observable}>"
        return by_meter(self._meter(subject), self.value, self.effect, 2, level, seed, what)

    def _meter(self, subject: Subject) -> Meter:
        point = subject.point(self.at, self.row)
        return meter(subject, subject.program, PauliSum.parse(self.observable), point)
