"""Two-dimensional shapes, drawn anew for each seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from qmlops.core.dataset import Split
from qmlops.core.option import option, validate
from qmlops.core.seed import draw
from qmlops.parts.data.prepare import Parts, Prepare, divide, prepared


@dataclass(frozen=True)
class Synthetic:
    """Two classes in the plane, drawn by scikit-learn from the run's seed."""

    name: Literal["moons", "circles"] = option("moons", "which shape")
    rows: int = option(300, "rows in all", least=10, most=1_000_000)
    noise: float = option(0.15, "standard deviation of the points around the shape", least=0)
    batch: int | None = option(None, "rows a training step; null: all", least=1)
    prepare: Prepare = field(default_factory=Prepare)
    split: Parts = field(default_factory=Parts)

    def __post_init__(self) -> None:
        validate(self)

    def load(self, seed: int) -> Split:
        from sklearn import datasets

        make = getattr(datasets, f"make_{self.name}")
        features, labels = make(n_samples=self.rows, noise=self.noise, random_state=draw(seed, "rows"))
        raw = divide(np.asarray(features, dtype=np.float64), labels.astype(np.int64), self.split, seed)
        return prepared(raw, ("0", "1"), ("x", "y"), self.prepare)
