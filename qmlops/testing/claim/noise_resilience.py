"""What noise costs a trained model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.none import NoNoise
from qmlops.testing.claim.field import alpha, power
from qmlops.testing.level import Level
from qmlops.testing.statistic.share import unchanged
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict, exactly
from qmlops.train.model import QuantumModel

MOST = 0.75
"""The strongest depolarising noise of one wire: it leaves nothing of the state."""
_HALVINGS = 10


@dataclass(frozen=True)
class NoiseResilience:
    """With depolarising noise after each gate, the trained model's score is less than `delta` away.

    The score is the share of rows that are right, or the energy. Both models are computed exactly; the
    rows are a sample: it passes where noise breaks less than `delta` of them and mends less, and fails
    where it breaks `delta` more than it can mend. The headroom is the strongest noise that still passes.
    """

    category: ClassVar = "integration"
    of_model: ClassVar = True

    noise: float = option(0.01, "chance of an error after each gate", unit="probability", above=0, most=MOST)
    delta: float = option(0.1, "smallest change of the score worth noticing", above=0)
    part: Literal["train", "validation", "test"] = option("train", "whose rows are counted; energies have none")
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found = [Mistake("kind", item.why, item.instead) for item in Density().validate(self._noisy(subject))]
        split = subject.task.split
        if split is not None and not len(split.raw[self.part]):
            found.append(Mistake("part", f"the {self.part} part has no rows.", "write part: train"))
        if split is not None and self.delta >= 1:
            found.append(Mistake("delta", "no share changes by so much.", "write less than 1"))
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def draws_here(self, subject: Subject) -> bool:
        """Rows are a sample; an energy has none."""
        return subject.task.split is not None

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        model, split = subject.model, subject.task.split
        quiet = model.on(Qsim(precision="double"), 0, NoNoise())
        if split is None:
            clean = float(quiet.values().sum())
            return self._with_headroom(lambda noise: self._of_energy(model, clean, noise))
        rows = split.raw[self.part]
        right = quiet.scores(rows.features).argmax(axis=1) == rows.labels

        def at(noise: float) -> Verdict:
            noisy = _under(model, noise).scores(rows.features).argmax(axis=1) == rows.labels
            return self.of_rows(right, noisy, noise, level)

        return self._with_headroom(at)

    def of_rows(self, right: NDArray[np.bool_], noisy: NDArray[np.bool_], noise: float, level: Level) -> Verdict:
        """The verdict on which rows are right without noise and with it."""
        rows, broken, mended = len(right), int(np.sum(right & ~noisy)), int(np.sum(noisy & ~right))
        found = unchanged(broken, mended, rows, self.delta, level.alpha, level.beta)
        counted = f"Noise of {noise:.3g} breaks {broken} of {rows} rows and mends {mended}"
        told: dict[Outcome, str] = {
            "pass": f"{counted}; a change of {self.delta:.3g} is ruled out.",
            "fail": f"{counted}; a loss below {self.delta:.3g} is ruled out.",
            "inconclusive": f"{counted}; more rows would tell this from {self.delta:.3g}.",
        }
        return Verdict(found.outcome, told[found.outcome], (broken - mended) / rows, found.interval, found.p_value)

    def _of_energy(self, model: QuantumModel, clean: float, noise: float) -> Verdict:
        away = float(_under(model, noise).values().sum()) - clean
        reason = f"Noise of {noise:.3g} moves the energy by {away:.4g}; {self.delta:.3g} would be too much."
        return exactly(abs(away) < self.delta, reason, away)

    def _with_headroom(self, at: Callable[[float], Verdict]) -> Verdict:
        found = at(self.noise)
        most = headroom(lambda noise: at(noise).outcome == "pass")
        told = f"it passes up to {most:.3g}" if most else "no noise passes"
        return replace(found, reason=f"{found.reason[:-1]}; {told}.")

    def _noisy(self, subject: Subject) -> list[Work]:
        program = subject.program
        return [Work(program, np.zeros((1, len(program.symbols))), noise=Depolarising(self.noise, self.noise))]


def headroom(passes: Callable[[float], bool]) -> float:
    """The strongest noise that passes, by halving; as if what passes did so at all that is weaker."""
    low, high = 0.0, MOST
    if passes(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if passes(middle) else (low, middle)
    return low


def _under(model: QuantumModel, noise: float) -> QuantumModel:
    return model.on(Density(), 0, Depolarising(noise, noise))
