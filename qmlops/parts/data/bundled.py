"""Real data sets that come with scikit-learn, so that they need no network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from qmlops.core.dataset import Split
from qmlops.core.option import option, validate
from qmlops.parts.data.prepare import Parts, Prepare, divide, prepared


@dataclass(frozen=True)
class Bundled:
    """A real data set that comes with scikit-learn."""

    name: Literal["iris", "wine", "breast_cancer", "digits"] = option("iris", "which data set")
    batch: int | None = option(None, "rows a training step; null: all", least=1)
    prepare: Prepare = field(default_factory=Prepare)
    split: Parts = field(default_factory=Parts)

    def __post_init__(self) -> None:
        validate(self)

    def load(self, seed: int) -> Split:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{self.name}")()
        features = np.asarray(bunch.data, dtype=np.float64)
        raw = divide(features, np.asarray(bunch.target, dtype=np.int64), self.split, seed)
        classes = [str(name) for name in bunch.target_names]
        return prepared(raw, classes, [str(name) for name in bunch.feature_names], self.prepare)
