"""What every source of labelled rows promises: splits that belong to their seed, with all classes in each part."""

from __future__ import annotations

import numpy as np

from qmlops.core.dataset import Labels, Split
from qmlops.core.work import Array
from qmlops.parts.data import Data

_SEEDS = (3, 4)
_ROWS = 2
"""By how many rows the share of a class in a part may be off: roundings of two divisions."""


def splits_equally_for_equal_seeds_and_otherwise_for_others(data: Data) -> None:
    first, again, other = (everything(loaded(data, seed)) for seed in (_SEEDS[0], *_SEEDS))
    assert all(left.tobytes() == right.tobytes() for left, right in zip(first, again, strict=True))
    assert any(left.tobytes() != right.tobytes() for left, right in zip(first, other, strict=True))


def has_every_class_in_each_part_in_proportion(data: Data) -> None:
    split = loaded(data)
    whole = np.concatenate([part.labels for part in split.raw.values()])
    assert split.raw.keys() == {"train", "validation", "test"}
    assert len(split.classes) == whole.max() + 1 and whole.min() == 0
    for name, part in split.raw.items():
        for number in range(len(split.classes)):
            wanted = np.mean(whole == number) * len(part)
            assert abs(np.sum(part.labels == number) - wanted) <= _ROWS, f"class {number} in the {name} part"


def prepares_each_part_by_one_affine_map(data: Data) -> None:
    split = loaded(data)
    for name, part in (("train", split.train), ("validation", split.validation), ("test", split.test)):
        np.testing.assert_array_equal(part.features, split.preparation(split.raw[name].features))
        np.testing.assert_array_equal(part.labels, split.raw[name].labels)
        assert part.features.dtype == np.float64 and np.all(np.isfinite(part.features))
        assert split.raw[name].features.shape[1] == len(split.columns)


def loaded(data: Data, seed: int = _SEEDS[0]) -> Split:
    """The split of a seed."""
    split = data.load(seed)
    assert isinstance(split, Split), "a source without rows has no contract"
    return split


def everything(split: Split) -> list[Array | Labels]:
    """All that a split holds in numbers."""
    parts = [split.train, split.validation, split.test, *split.raw.values()]
    fitted = [split.preparation.matrix, split.preparation.offset]
    return [array for item in parts for array in (item.features, item.labels)] + fitted


CONTRACT = (
    splits_equally_for_equal_seeds_and_otherwise_for_others,
    has_every_class_in_each_part_in_proportion,
    prepares_each_part_by_one_affine_map,
)
"""Every promise; each takes a source that divides its own rows."""
