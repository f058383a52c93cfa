"""How entangled the states of a circuit are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.simulate.state import meyer_wallach
from qmlops.testing.claim.field import alpha, power, row
from qmlops.testing.ensemble import points, states, width_mistakes
from qmlops.testing.level import Level
from qmlops.testing.statistic.mean import MeanTest
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict


@dataclass(frozen=True)
class EntanglingCapability:
    """The Meyer-Wallach entanglement of states at random weights is at least `at_least` on average.

    0 of product states, 1 of GHZ states (Meyer and Wallach 2002, arXiv:quant-ph/0108104; Sim, Johnson
    and Aspuru-Guzik 2019, doi:10.1002/qute.201900070).
    """

    category: ClassVar = "unit"

    at_least: float = option(0.5, "the average that is claimed", above=0, most=1)
    effect: float = option(0.1, "smallest shortfall worth noticing", above=0, below=1)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        low = self.effect >= self.at_least
        why = f"{self.effect} is no less than the average itself."
        validate(self, Mistake("effect", why, f"allowed: < {self.at_least}") if low else None)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        return subject.row_mistakes(self.row) + width_mistakes(subject.program, 2)

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def draws_here(self, subject: Subject) -> bool:
        return True

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        program, drawn = subject.program, 0

        def source(draws: int) -> tuple[Array, Counts]:
            nonlocal drawn
            drawn += 1
            at = points(program, subject.task.inputs[self.row], draws, seed, "weights", drawn)
            return meyer_wallach(states(program, at)), np.ones(draws, dtype=np.int64)

        test = MeanTest(self.at_least, self.effect, 0, 1, level.alpha, level.beta, sides=1)
        found = test.decide(source, test.most)
        low, high = found.interval
        figure = f"The average entanglement of {found.shots:,} random states is about {found.mean:.3f}"
        told: dict[Outcome, str] = {
            "pass": f"{figure}; {self.at_least - self.effect:.3g} or less is ruled out.",
            "fail": f"{figure}; {self.at_least:.3g} or more is ruled out.",
            "inconclusive": f"{figure}; between what is claimed and what is worth noticing.",
        }
        interval = low - self.at_least, high - self.at_least
        away, reason = found.mean - self.at_least, told[found.outcome]
        return Verdict(found.outcome, reason, away, interval, e_value=found.e_value, seed=seed)
