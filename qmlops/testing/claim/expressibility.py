"""How much of the state space a circuit reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.testing.claim.field import alpha, power, row
from qmlops.testing.ensemble import fidelities, points, width_mistakes
from qmlops.testing.level import Level
from qmlops.testing.statistic.divergence import DivergenceTest, Source
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Expressibility:
    """The fidelities of random states are distributed nearly as those of Haar-random ones.

    The figure is the relative entropy of their histogram to Haar's, in nats; 0 is most expressive
    (Sim, Johnson and Aspuru-Guzik 2019, doi:10.1002/qute.201900070). It passes only where rare pairs of
    nearly equal states, which weigh (2^width - 1) ln(bins) there, are ruled out too: that takes many
    pairs on many wires.
    """

    category: ClassVar = "unit"

    at_most: float = option(0.2, "the relative entropy that is claimed", unit="nats", least=0)
    effect: float = option(0.1, "smallest excess worth noticing", unit="nats", above=0)
    pairs: int = option(20_000, "most random pairs of states; it stops earlier", least=100, most=10**7)
    bins: int = option(75, "bins of the histogram", least=2, most=1000)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        return subject.row_mistakes(self.row) + width_mistakes(subject.program)

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def draws_here(self, subject: Subject) -> bool:
        return True

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        program, drawn = subject.program, 0

        def source(pairs: int) -> Counts:
            nonlocal drawn
            drawn += 1
            at = points(program, subject.task.inputs[self.row], 2 * pairs, seed, "weights", drawn)
            return binned(fidelities(program, at.reshape(2, pairs, -1)), self.bins)

        return self.decided(source, program.width, level, seed)

    def decided(self, source: Source, width: int, level: Level, seed: int) -> Verdict:
        """The verdict on binned fidelities of random states of so many wires, as they are drawn."""
        test = DivergenceTest(haar(width, self.bins), self.at_most, self.effect, level.alpha, level.beta)
        found = test.decide(source, self.pairs)
        low, high = found.interval
        figure = f"The relative entropy to Haar's fidelities is {low:.3g} to {high:.3g}"
        told: dict[Outcome, str] = {
            "pass": f"{figure}; {self.at_most + self.effect:.3g} is ruled out.",
            "fail": f"{figure}; {self.at_most:.3g} or less is ruled out.",
            "inconclusive": f"{figure}; more pairs, or fewer bins, would settle it.",
        }
        away, interval = found.figure - self.at_most, (low - self.at_most, high - self.at_most)
        return Verdict(found.outcome, told[found.outcome], away, interval, e_value=found.e_value, seed=seed)


def haar(width: int, bins: int) -> Array:
    """Logarithms of the chances of each bin of the fidelity of Haar-random states, 1 - (1 - F)^(N - 1) up to F."""
    edges, power_of = np.arange(bins) / bins, 2**width - 1
    left, right = 1 - edges, 1 - edges - 1 / bins
    ratio = np.clip(right, 0, None) / left
    chances: Array = power_of * np.log(left) + np.log1p(-(ratio**power_of))
    return chances


def binned(found: Array, bins: int) -> Counts:
    """How many fidelities lie in each of so many equal parts of [0, 1]."""
    counts: Counts = np.histogram(np.clip(found, 0, 1), bins, (0, 1))[0].astype(np.int64)
    return counts
