"""A figure that somebody has published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.noise.none import NoNoise
from qmlops.pipeline.evaluate import evaluate
from qmlops.testing.claim.field import alpha, power
from qmlops.testing.level import Level
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict, exactly

_OF_ENERGIES = ("energy", "ratio", "error")


@dataclass(frozen=True)
class Reference:
    """The trained model reaches a published figure, within a tolerance.

    The figure is one of the scores of `qmlops run`. The weights come from the configured backend; what
    they are worth is computed without shots and noise, so that nothing is left to chance.
    """

    category: ClassVar = "integration"
    of_model: ClassVar = True

    quantity: Literal["energy", "ratio", "error", "train_accuracy", "test_accuracy"] = option(
        "energy", "which score of the trained model; ratio and error are against exact diagonalisation"
    )
    value: float = option(0.0, "the published figure")
    tolerance: float = option(0.001, "smallest difference worth noticing", above=0)
    source: str = option("", "where it was published")
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        untold = Mistake("source", "it is missing.", "say where the figure comes from")
        validate(self, None if self.source.strip() else untold)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        if (subject.task.split is None) == (self.quantity in _OF_ENERGIES):
            return []
        fitting = "energy" if subject.task.split is None else "test_accuracy"
        return [Mistake("quantity", f"this experiment has no {self.quantity}.", f"write quantity: {fitting}")]

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        quiet = subject.model.on(Qsim(precision="double"), 0, NoNoise())
        metrics: dict[str, Any] = evaluate(quiet, subject.task.split)["metrics"]
        found = float(metrics.get(self.quantity, float("nan")))
        away = found - self.value
        name = self.quantity.replace("_", " ")
        reason = f"The {name} is {found:.8g}, {self.value:.8g} by {self.source}."
        return exactly(abs(away) <= self.tolerance, reason, away)
