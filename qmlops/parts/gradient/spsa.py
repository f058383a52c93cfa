"""A random directional derivative: two shifted evaluations whatever the number of weights.

Spall 1992, doi:10.1109/9.119632. Unbiased up to the square of the distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qmlops.core.backend import Session
from qmlops.core.option import option, validate
from qmlops.core.seed import stream
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.parts.gradient import Rule


@dataclass(frozen=True)
class Spsa:
    """The mean over `directions` of central differences along random signs."""

    distance: float = option(0.1, "how far the weights are moved each way", unit="rad", above=0, most=10)
    directions: int = option(1, "how many random directions are averaged", least=1, most=10_000)

    def __post_init__(self) -> None:
        validate(self)

    def rule(self, session: Session, work: Work) -> Rule:
        return self

    def construct(self, work: Work) -> list[Work]:
        """One work: the rows as they are, then for each direction the rows forth and back."""
        blocks = [work.points]
        for signs in self._signs(work):
            move = np.zeros(work.points.shape[1])
            move[len(work.program.inputs) :] = self.distance * signs
            blocks += [work.points + move, work.points - move]
        return [Work(work.program, np.concatenate(blocks), work.shots, work.seed, work.noise)]

    def combine(self, work: Work, results: Sequence[Result]) -> tuple[Array, Pullback]:
        rows = len(work.points)
        values = results[0].values.reshape(1 + 2 * self.directions, rows, -1)
        slopes = (values[1::2] - values[2::2]) / (2 * self.distance)

        def pullback(cotangent: Array) -> Array:
            along = np.sum(cotangent * slopes, axis=2)
            gradient: Array = along.T @ self._signs(work) / self.directions
            return gradient

        return values[0], pullback

    def _signs(self, work: Work) -> Array:
        """Random signs [directions × weights] that belong to the work's seed."""
        random = stream(work.seed, "spsa")
        signs = random.integers(0, 2, (self.directions, len(work.program.weights)))
        return np.asarray(2 * signs - 1, dtype=np.float64)
