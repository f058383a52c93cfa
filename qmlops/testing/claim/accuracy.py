"""How often a trained classifier is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.parts.objective import FitsGram
from qmlops.testing.claim.field import alpha, power
from qmlops.testing.level import Level
from qmlops.testing.statistic.share import at_least
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict
from qmlops.train.gram import overlaps


@dataclass(frozen=True)
class Accuracy:
    """On rows like those of a part, the model is right at least so often.

    The rows are the sample: they are as many as they are, and too few of them are inconclusive.
    """

    category: ClassVar = "integration"
    of_model: ClassVar = True

    part: Literal["train", "validation", "test"] = option("test", "whose rows are counted")
    at_least: float = option(0.9, "the accuracy that is claimed", above=0, most=1)
    effect: float = option(0.2, "smallest shortfall worth noticing", above=0, below=1)
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        low = self.effect >= self.at_least
        why = f"{self.effect} is no less than the accuracy itself."
        validate(self, Mistake("effect", why, f"allowed: < {self.at_least}") if low else None)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        if subject.task.split is None:
            return [Mistake("kind", "there is no data to be right about.", "leave it out, or choose data")]
        if not len(subject.task.split.raw[self.part]):
            return [Mistake("part", f"the {self.part} part has no rows.", "write part: test")]
        return []

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        """One request with all rows: what the model needs to predict, with the experiment's own shots.

        A kernel machine compares each of them with its support points, which all training rows may be.
        """
        assert subject.task.split is not None
        rows, task = len(subject.task.split.raw[self.part]), subject.task
        if isinstance(subject.spec.objective, FitsGram):
            support = task.inputs if subject.guessed else subject.model.encoded_support
            return [[overlaps(task, np.zeros((rows, task.inputs.shape[1])), support)[0]]]
        points = np.zeros((rows, len(subject.program.symbols)))
        return [[subject.work(subject.program, points, subject.spec.shots)]]

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        assert subject.task.split is not None
        part = subject.task.split.raw[self.part]
        model = subject.model.on(seed=seed) if subject.spec.shots else subject.model
        hits, rows = int(np.sum(model.scores(part.features).argmax(axis=1) == part.labels)), len(part)
        found = at_least(hits, rows, self.at_least, self.effect, level.alpha, level.beta)
        low, high = found.interval
        counted = f"{hits} of {rows} {self.part} rows are right, so that {low:.3f} to {high:.3f} of all would be"
        told: dict[Outcome, str] = {
            "pass": f"{counted}; {self.at_least - self.effect:.3g} or less is ruled out.",
            "fail": f"{counted}; {self.at_least:.3g} is ruled out.",
            "inconclusive": f"{counted}; more rows would settle it.",
        }
        away, interval = hits / rows - self.at_least, (low - self.at_least, high - self.at_least)
        circuits = rows * max(1, len(model.encoded_support))
        shots = circuits * (subject.spec.shots or 0)
        return Verdict(found.outcome, told[found.outcome], away, interval, found.p_value, shots=shots, seed=seed)
