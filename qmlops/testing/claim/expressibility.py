"""How much of the state space a circuit reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.simulate.state import fidelity
from qmlops.testing.claim.field import alpha, power, row
from qmlops.testing.ensemble import points, states, width_mistakes
from qmlops.testing.level import Level
from qmlops.testing.statistic.jackknife import jackknife
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Expressibility:
    """The fidelities of random states are distributed nearly as those of Haar-random ones.

    The figure is the relative entropy of their histogram to Haar's, in nats; 0 is most expressive
    (Sim, Johnson and Aspuru-Guzik 2019, doi:10.1002/qute.201900070).
    """

    category: ClassVar = "unit"

    at_most: float = option(0.2, "the relative entropy that is claimed", unit="nats", least=0)
    effect: float = option(0.1, "smallest excess worth noticing", unit="nats", above=0)
    pairs: int = option(5000, "random pairs of states", least=100, most=10**6)
    bins: int = option(75, "bins of the histogram", least=2, most=1000)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        return subject.row_mistakes(self.row) + width_mistakes(subject.program)

    def works(self, subject: Subject, level: Level) -> tuple[Work, ...]:
        return ()

    def draws_here(self, subject: Subject) -> bool:
        return True

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        program = subject.program
        at = points(program, subject.task.inputs[self.row], 2 * self.pairs, seed, "weights")
        first, second = states(program, at).reshape(2, self.pairs, -1)
        return self.decided(fidelity(first, second), program.width, level, seed)

    def decided(self, fidelities: Array, width: int, level: Level, seed: int) -> Verdict:
        """The verdict on the fidelities [pairs] of random states of so many wires."""
        found = jackknife(fidelities, lambda part: relative_entropy(part, width, self.bins))
        low, high = found.interval(level.alpha)
        # Less is better: the claim is that minus the figure is at least minus the bound.
        mirrored = type(found)(-found.value, found.error)
        outcome = mirrored.at_least(-self.at_most, self.effect, level.alpha, level.beta)
        figure = f"The relative entropy to Haar's fidelities is {found.value:.3g} ({low:.3g} to {high:.3g})"
        told: dict[Outcome, str] = {
            "pass": f"{figure}; {self.at_most + self.effect:.3g} is ruled out.",
            "fail": f"{figure}; {self.at_most:.3g} or less is ruled out.",
            "inconclusive": f"{figure}; more pairs would settle it.",
        }
        p_value = mirrored.below(-self.at_most)
        interval = low - self.at_most, high - self.at_most
        return Verdict(outcome, told[outcome], found.value - self.at_most, interval, p_value, seed=seed)


def relative_entropy(fidelities: Array, width: int, bins: int) -> float:
    """Of a histogram of fidelities in [0, 1] to that of Haar-random states, (N - 1)(1 - F)^(N - 2), in nats."""
    counts = np.histogram(np.clip(fidelities, 0, 1), bins, (0, 1))[0]
    edges, power_of = np.arange(bins) / bins, 2**width - 1
    left, right = 1 - edges, 1 - edges - 1 / bins
    ratio = np.clip(right, 0, None) / left
    haar = power_of * np.log(left) + np.log1p(-(ratio**power_of))
    seen = counts > 0
    shares = counts[seen] / counts.sum()
    return float(shares @ (np.log(shares) - haar[seen]))
