"""Features with labels, the three parts of a split, and the fitted map that prepares features."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array

Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of float64 features with the numbers of their classes."""

    features: Array
    """[rows × features]"""
    labels: Labels
    """[rows], each an index into `classes`."""

    def __len__(self) -> int:
        return len(self.features)

    def rows(self, index: NDArray[np.int64]) -> Dataset:
        return Dataset(self.features[index], self.labels[index])


@dataclass(frozen=True, eq=False)
class Preparation:
    """A fitted affine map from raw features to those that the encoder gets.

    Choosing columns, standardising, PCA and min-max scaling are all affine, so that one matrix
    [raw × prepared] and one offset [prepared] hold whatever was fitted, exactly.
    """

    matrix: Array
    offset: Array

    def __call__(self, features: Array) -> Array:
        prepared: Array = np.asarray(features, dtype=np.float64) @ self.matrix + self.offset
        return prepared


@dataclass(frozen=True, eq=False)
class Split:
    """Raw and prepared data. The preparation was fitted on `train` alone."""

    train: Dataset
    validation: Dataset
    test: Dataset
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    """Names of the raw features."""
    preparation: Preparation
    raw: dict[str, Dataset]
    """The same three parts before preparation, for baselines on equal terms."""

    @property
    def width(self) -> int:
        """Number of prepared features."""
        return int(self.train.features.shape[1])

    def digest(self) -> str:
        """SHA-256 of the raw rows, labels and names; what is fitted may differ between machines."""
        digest = hashlib.sha256(repr((self.classes, self.columns)).encode())
        for name, part in sorted(self.raw.items()):
            digest.update(f"{name}{part.features.shape}".encode())
            digest.update(np.ascontiguousarray(part.features, dtype="<f8").tobytes())
            digest.update(np.ascontiguousarray(part.labels, dtype="<i8").tobytes())
        return digest.hexdigest()


def column_numbers(wanted: Sequence[str | int], columns: Sequence[str]) -> list[int | None]:
    """Where each wanted column stands, by name or by number; None where it does not."""
    known = {name: index for index, name in enumerate(columns)}
    return [known.get(str(item), int(item) if _is_column(item, len(columns)) else None) for item in wanted]


def _is_column(item: str | int, count: int) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", str(item)) is not None and int(item) < count
