"""The expectation value itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qmlops.core.dataset import Labels
from qmlops.core.observable import Observable
from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.errors import Mistake


@dataclass(frozen=True)
class Energy:
    """The sum of all observables, made small or large."""

    sense: Literal["minimise", "maximise"] = option("minimise", "which way; the loss is the negative when maximising")

    def __post_init__(self) -> None:
        validate(self)

    @property
    def sign(self) -> int:
        return 1 if self.sense == "minimise" else -1

    def mistakes(self, observables: tuple[Observable, ...], classes: int) -> list[Mistake]:
        if classes:
            return [Mistake("objective", "energy makes no use of labels.", "use objective=classify, or data=none")]
        return []

    def loss(self, values: Array, labels: Labels) -> tuple[float, Array]:
        slope = np.full(values.shape, self.sign / len(values))
        return float(np.sum(values * slope)), slope
