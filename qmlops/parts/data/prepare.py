"""From raw rows to a Split: parts for training, validation and test, and the fitted preparation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qmlops.core.dataset import Dataset, Labels, Preparation, Split, column_numbers
from qmlops.core.expression import number
from qmlops.core.option import option, validate
from qmlops.core.seed import draw
from qmlops.core.work import Array
from qmlops.errors import ConfigError, Mistake, RequestError, nearest, shown


@dataclass(frozen=True)
class Prepare:
    """What happens to the features, fitted on the training part only."""

    features: list[str] | None = option(None, "columns to use, by name or number; null: all")
    pca: int | None = option(None, "principal components to keep of the standardised columns; null: none", least=1)
    scale: Literal["minmax", "standard", "none"] = option("minmax", "to a range, to mean 0 and deviation 1, or as is")
    range: list[str] = option(["0", "pi"], "lowest and highest value after minmax, as expressions", unit="rad")

    def __post_init__(self) -> None:
        validate(self, _range_mistake(self.range) or self._unread_range())

    @property
    def bounds(self) -> tuple[float, float]:
        return number(self.range[0]), number(self.range[1])

    def _unread_range(self) -> Mistake | None:
        if self.scale == "minmax" or self.bounds == (0, math.pi):
            return None
        why = f"{shown(self.range)} is read by scale=minmax only, and scale is {self.scale}."
        return Mistake("range", why, "leave it at [0, pi], or write data.prepare.scale=minmax")


@dataclass(frozen=True)
class Parts:
    """Shares of the rows, drawn with every class in proportion."""

    test: float = option(0.2, "share of all rows that is held out for the final score", above=0, below=1)
    validation: float = option(0.1, "share of the remaining rows that is watched during training", least=0, below=1)

    def __post_init__(self) -> None:
        validate(self)


def divide(features: Array, labels: Labels, parts: Parts, seed: int) -> dict[str, Dataset]:
    """Stratified `train`, `validation` and `test` parts of all rows."""
    rest, test = held_out(Dataset(features, labels), parts.test, seed, "test")
    train, validation = held_out(rest, parts.validation, seed, "validation")
    return {"train": train, "validation": validation, "test": test}


def prepared(raw: dict[str, Dataset], classes: Sequence[str], columns: Sequence[str], prepare: Prepare) -> Split:
    """Fit the preparation on the training part and apply it to all three.

    Raises ConfigError where a feature is too large to be prepared.
    """
    with np.errstate(all="ignore"):
        preparation = _fit(raw["train"].features, columns, prepare)
        done = {name: Dataset(_finite(preparation(part.features)), part.labels) for name, part in raw.items()}
    return Split(**done, classes=tuple(classes), columns=tuple(columns), preparation=preparation, raw=raw)


def held_out(data: Dataset, share: float, seed: int, name: str) -> tuple[Dataset, Dataset]:
    """The rows that are left, and a share of them with every class in proportion.

    `name` is the part's key below `split`, and names the draw.
    """
    from sklearn.model_selection import train_test_split

    rows = np.arange(len(data))
    if share == 0:
        return data, data.rows(rows[:0])
    counts = np.bincount(data.labels)
    held = math.ceil(len(rows) * share)
    kept = len(rows) - held
    why = f"{share:g} of {len(rows)} rows in {np.count_nonzero(counts)} classes is too small a part."
    instead = "each class needs a row on both sides; give more rows or another share"
    refusal = ConfigError([Mistake(f"split.{name}", why, instead)])
    if counts[counts > 0].min() < 2 or min(kept, held) < np.count_nonzero(counts):
        raise refusal
    random = draw(seed, "split", name)
    left, out = train_test_split(rows, test_size=held, stratify=data.labels, random_state=random)
    if set(data.labels[left]) != set(data.labels[out]):
        raise refusal
    return data.rows(left), data.rows(out)


def _fit(features: Array, columns: Sequence[str], prepare: Prepare) -> Preparation:
    chosen = _columns(prepare.features, columns)
    matrix = np.eye(len(columns))[:, chosen]
    offset = np.zeros(len(chosen))
    if prepare.pca is not None or prepare.scale == "standard":
        matrix, offset = _then(matrix, offset, *_standard(features @ matrix + offset))
    if prepare.pca is not None:
        matrix, offset = _then(matrix, offset, *_principal(features @ matrix + offset, prepare.pca))
    if prepare.scale == "minmax":
        matrix, offset = _then(matrix, offset, *_minmax(features @ matrix + offset, *prepare.bounds))
    return Preparation(matrix, offset)


def _then(matrix: Array, offset: Array, second: Array, shift: Array) -> tuple[Array, Array]:
    return matrix @ second, offset @ second + shift


def _standard(features: Array) -> tuple[Array, Array]:
    deviation = _finite(features.std(axis=0))
    scale = 1 / np.where(deviation > 0, deviation, 1)
    return np.diag(scale), -features.mean(axis=0) * scale


def _minmax(features: Array, low: float, high: float) -> tuple[Array, Array]:
    least, span = features.min(axis=0), _finite(np.ptp(features, axis=0))
    scale = (high - low) / np.where(span > 0, span, 1)
    return np.diag(scale), low - least * scale


def _finite(values: Array) -> Array:
    """The values, refused where arithmetic on raw features has overflowed."""
    if np.all(np.isfinite(values)):
        return values
    why = "features are too large, or too close together, for 64-bit numbers to scale."
    raise ConfigError(
        [Mistake("prepare", why, "give them in another unit, or choose columns with data.prepare.features")]
    )


def _principal(features: Array, components: int) -> tuple[Array, Array]:
    from sklearn.decomposition import PCA

    if components > min(features.shape):
        why = f"{components} components cannot be taken from {features.shape[1]} columns and {len(features)} rows."
        raise ConfigError([Mistake("prepare.pca", why, f"allowed: 1 to {min(features.shape)}")])
    fitted = PCA(n_components=components, svd_solver="full").fit(features)
    return fitted.components_.T, -fitted.mean_ @ fitted.components_.T


def _columns(wanted: list[str] | None, columns: Sequence[str]) -> list[int]:
    if wanted is None:
        return list(range(len(columns)))
    numbers = column_numbers(wanted, columns)
    mistakes = [
        Mistake(f"prepare.features[{at}]", f"there is no column {name!r}.", nearest(str(name), list(columns)))
        for at, (name, place) in enumerate(zip(wanted, numbers, strict=True))
        if place is None
    ]
    if not wanted:
        mistakes.append(Mistake("prepare.features", "no column is chosen.", "name at least one, or write null for all"))
    if mistakes:
        raise ConfigError(mistakes)
    return [place for place in numbers if place is not None]


def _range_mistake(texts: list[str]) -> Mistake | None:
    try:
        low, high = (number(text) for text in texts)
    except (RequestError, ValueError) as error:
        return Mistake("range", f"{texts!r} is no range: {error}.", "allowed: two expressions, as in ['-pi/2', 'pi/2']")
    if not math.isfinite(high - low):
        return Mistake("range", f"{texts!r} is too wide for 64-bit numbers.", "as in ['-pi/2', 'pi/2']")
    if low < high:
        return None
    return Mistake("range", f"{texts!r} is empty.", "the first number must be below the second")
