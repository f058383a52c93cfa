"""What every source of data promises: splits that belong to their seed, and no peeping at the test part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from qmlops.core.dataset import Dataset, Split
from qmlops.errors import ConfigError
from qmlops.parts.data.csv import Csv
from qmlops.parts.data.prepare import Parts, Prepare, divide, prepared

PREPARATIONS = (
    Prepare(),
    Prepare(scale="standard"),
    Prepare(scale="none"),
    Prepare(pca=2, range=["-pi/2", "pi/2"]),
    Prepare(pca=1, scale="standard"),
    Prepare(features=["1", "0"]),
)


def loaded(part: Any, kind: str, seed: int = 3, **given: Any) -> Split:
    split = part("data", kind, **given).load(seed)
    assert isinstance(split, Split)
    return split


def everything(split: Split) -> list[Any]:
    parts = [split.train, split.validation, split.test, *split.raw.values()]
    fitted = [split.preparation.matrix, split.preparation.offset]
    return [array for item in parts for array in (item.features, item.labels)] + fitted


def test_only_the_kind_none_has_no_rows(part: Any, data_kind: str) -> None:
    assert (part("data", data_kind).load(1) is None) == (data_kind == "none")


def test_equal_seeds_split_equally(part: Any, labelled_kind: str) -> None:
    first, again, other = (everything(loaded(part, labelled_kind, seed)) for seed in (3, 3, 4))
    assert all(left.tobytes() == right.tobytes() for left, right in zip(first, again, strict=True))
    assert any(left.tobytes() != right.tobytes() for left, right in zip(first, other, strict=True))


def test_every_class_is_held_out_in_proportion(part: Any, labelled_kind: str) -> None:
    split = loaded(part, labelled_kind, split=Parts(test=0.25, validation=0.2))
    labels = {name: item.labels for name, item in split.raw.items()}
    whole = np.concatenate(list(labels.values()))
    assert len(split.classes) == whole.max() + 1
    for number in range(len(split.classes)):
        share = np.mean(whole == number)
        for name, wanted in (("test", 0.25), ("validation", 0.15), ("train", 0.6)):
            assert abs(np.sum(labels[name] == number) - share * wanted * len(whole)) <= 2
    assert labels.keys() == {"train", "validation", "test"}


@pytest.mark.parametrize("prepare", PREPARATIONS, ids=repr)
def test_the_preparation_sees_the_training_part_alone(part: Any, labelled_kind: str, prepare: Prepare) -> None:
    split = loaded(part, labelled_kind, prepare=prepare)
    np.testing.assert_array_equal(split.train.features, split.preparation(split.raw["train"].features))
    np.testing.assert_array_equal(split.test.features, split.preparation(split.raw["test"].features))
    strange = {
        name: Dataset(item.features * 100 - 7, item.labels) if name != "train" else item
        for name, item in split.raw.items()
    }
    again = prepared(strange, split.classes, split.columns, prepare)
    assert again.preparation.matrix.tobytes() == split.preparation.matrix.tobytes()
    assert again.preparation.offset.tobytes() == split.preparation.offset.tobytes()
    assert again.train.features.tobytes() == split.train.features.tobytes()
    assert again.test.features.tobytes() != split.test.features.tobytes()


def test_scaling_reaches_what_it_says(part: Any, labelled_kind: str) -> None:
    split = loaded(part, labelled_kind, prepare=Prepare(pca=2, range=["-1", "3"]))
    np.testing.assert_allclose(split.train.features.min(axis=0), -1, atol=1e-9)
    np.testing.assert_allclose(split.train.features.max(axis=0), 3, atol=1e-9)
    standard = loaded(part, labelled_kind, prepare=Prepare(pca=2, scale="standard"))
    np.testing.assert_allclose(standard.train.features.mean(axis=0), 0, atol=1e-9)
    assert standard.width == 2
    covariance = np.cov(standard.train.features.T)
    np.testing.assert_allclose(covariance[0, 1], 0, atol=1e-9)


def test_test_rows_of_a_second_file_change_nothing_that_is_trained_on(tmp_path: Path) -> None:
    rows = "\n".join(f"{a},{a * a % 7},{'x' if a % 2 else 'y'}" for a in range(40))
    (tmp_path / "train.csv").write_text(rows)
    (tmp_path / "one.csv").write_text("1,2,x\n3,4,y\n")
    (tmp_path / "two.csv").write_text("1e6,-5,x\n-1e6,4,y\n0,0,y\n")
    one, two = (Csv(str(tmp_path / "train.csv"), str(tmp_path / f"{name}.csv")).load(1) for name in ("one", "two"))
    assert one.train.features.tobytes() == two.train.features.tobytes()
    assert one.preparation.matrix.tobytes() == two.preparation.matrix.tobytes()
    assert (len(one.test), len(two.test)) == (2, 3)


def test_a_validation_part_that_is_too_small_is_refused_by_its_own_key(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("1,x\n2,y\n3,x\n4,y\n")
    (tmp_path / "test.csv").write_text("1,x\n2,y\n")
    with pytest.raises(ConfigError) as refusal:
        Csv(str(tmp_path / "train.csv"), str(tmp_path / "test.csv")).load(1)
    assert [item.path for item in refusal.value.mistakes] == ["split.validation"]


SHARES = st.floats(0.01, 0.99)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(4, 60), st.integers(2, 5), SHARES, st.just(0.0) | SHARES)
def test_parts_hold_every_row_once_or_are_refused_by_key(
    seed: int, rows: int, classes: int, test: float, validation: float
) -> None:
    numbers = np.arange(rows, dtype=np.float64)[:, None]
    labels = np.random.default_rng(seed).integers(0, classes, rows)
    try:
        raw = divide(numbers, labels, Parts(test=test, validation=validation), seed)
    except ConfigError as error:
        event("refused")
        assert {item.path for item in error.mistakes} <= {"split.test", "split.validation"}
        return
    event("divided")
    found = np.concatenate([item.features[:, 0] for item in raw.values()])
    assert sorted(found) == list(range(rows))
    assert abs(len(raw["test"]) - test * rows) < 1 + 1e-9
    assert set(labels) == set(raw["train"].labels)


def test_a_share_that_can_be_divided_is_not_refused() -> None:
    numbers = np.arange(60, dtype=np.float64)[:, None]
    raw = divide(numbers, np.arange(60) % 3, Parts(test=0.2, validation=0.1), 1)
    assert [len(raw[name]) for name in ("train", "validation", "test")] == [43, 5, 12]
