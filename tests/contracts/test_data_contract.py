"""Every source of data keeps its contract, divides as it is told, and never peeps at the test part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from qmlops.parts.data.synthetic import Synthetic
from qmlops.testing.contracts import data as contract

PREPARATIONS = (
    Prepare(),
    Prepare(scale="standard"),
    Prepare(scale="none"),
    Prepare(pca=2, range=["-pi/2", "pi/2"]),
    Prepare(pca=1, scale="standard"),
    Prepare(features=["1", "0"]),
)


def loaded(part: Any, kind: str, seed: int = 3, **given: Any) -> Split:
    return contract.loaded(part("data", kind, **given), seed)


@pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)
def test_the_contract(part: Any, labelled_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("data", labelled_kind))


@dataclass(frozen=True)
class Broken(Synthetic):
    """Breaks the promises in turn: the seed is one of its own, a class is held out whole, a part is moved."""

    how: int = 0

    def load(self, seed: int) -> Split:
        split = super().load(7 if self.how == 0 else seed)
        if self.how == 0:
            return split
        if self.how == 1:
            both = split.raw["test"]
            one = both.rows(np.flatnonzero(both.labels == 0))
            return replace(
                split, raw=split.raw | {"test": one}, test=Dataset(split.preparation(one.features), one.labels)
            )
        return replace(split, test=Dataset(split.test.features + 1e-9, split.test.labels))


@pytest.mark.parametrize("how", range(len(contract.CONTRACT)))
def test_each_promise_notices_a_source_that_breaks_it_alone(how: int) -> None:
    for number, promise in enumerate(contract.CONTRACT):
        if number == how:
            with pytest.raises(AssertionError):
                promise(Broken(how=how))
        else:
            promise(Broken(how=how))


def test_only_the_kind_none_has_no_rows(part: Any, data_kind: str) -> None:
    assert (part("data", data_kind).load(1) is None) == (data_kind == "none")


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
    contract.prepares_each_part_by_one_affine_map(part("data", labelled_kind, prepare=prepare))
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


def refused(**given: Any) -> list[str]:
    """The keys of the mistakes that a table is refused with."""
    with pytest.raises(ConfigError) as refusal:
        Csv(**given).load(1)
    return [item.path for item in refusal.value.mistakes]


def table(path: Path, head: str, rows: int = 40, row: str = "{a},{b},{label}") -> str:
    body = (row.format(a=at, b=at * at % 7, label="xy"[at % 2]) for at in range(rows))
    path.write_text("\n".join([head, *body] if head else body))
    return str(path)


def test_a_test_file_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    train = table(tmp_path / "train.csv", "a,b,label")
    same = table(tmp_path / "same.csv", "a,b,label", 9)
    turned = table(tmp_path / "turned.csv", "label,b,a", 9, "{label},{b},{a}")
    first, second = (Csv(train, test, label="label").load(1) for test in (same, turned))
    assert second.test.features.tobytes() == first.test.features.tobytes()
    assert second.test.labels.tobytes() == first.test.labels.tobytes()


@pytest.mark.parametrize("head", ["a,c,label", "b,b,label"])
def test_a_test_file_with_other_columns_is_refused(tmp_path: Path, head: str) -> None:
    train, test = table(tmp_path / "train.csv", "a,b,label"), table(tmp_path / "test.csv", head)
    assert refused(train=train, test=test) == ["test"]


def test_a_test_file_without_names_is_read_by_place(tmp_path: Path) -> None:
    train, test = table(tmp_path / "train.csv", "a,b,label"), table(tmp_path / "test.csv", "", 9)
    raw = Csv(train, test).load(1).raw["test"]
    np.testing.assert_array_equal(raw.features, [[at, at * at % 7] for at in range(9)])


@pytest.mark.parametrize(
    ("label", "row"), [("0", "{label},{a},{b}"), ("1", "{a},{label},{b}"), ("-3", "{label},{a},{b}")]
)
def test_words_in_the_label_column_do_not_make_a_header(tmp_path: Path, label: str, row: str) -> None:
    split = Csv(table(tmp_path / "train.csv", "", 40, row), label=label).load(1)
    assert sum(len(item) for item in split.raw.values()) == 40


def test_a_label_by_name_says_that_there_is_a_header(tmp_path: Path) -> None:
    split = Csv(table(tmp_path / "train.csv", "1,2,kind"), label="kind").load(1)
    assert split.columns == ("1", "2")
    assert sum(len(item) for item in split.raw.values()) == 40


@pytest.mark.parametrize("label", ["²", "--1", "3", "-4", "9" * 5000])
def test_a_label_that_is_no_column_is_refused(tmp_path: Path, label: str) -> None:
    assert refused(train=table(tmp_path / "train.csv", "a,b,label"), label=label) == ["label"]


@pytest.mark.parametrize("name", ["²", "-1", "9" * 5000])
def test_a_feature_that_is_no_column_is_refused(tmp_path: Path, name: str) -> None:
    train = table(tmp_path / "train.csv", "a,b,label")
    assert refused(train=train, prepare=Prepare(features=["a", name])) == ["prepare.features[1]"]


def test_a_path_that_cannot_be_is_refused() -> None:
    assert refused(train="a\0b") == ["train"]


def test_a_class_that_only_the_test_file_has_is_refused(tmp_path: Path) -> None:
    train = table(tmp_path / "train.csv", "")
    test = tmp_path / "test.csv"
    test.write_text("1,2,x\n3,4,z\n")
    assert refused(train=train, test=str(test)) == ["train"]


@pytest.mark.parametrize(
    ("row", "prepare"),
    [
        ("-1e308,{b},{label}\n1e308,{b},{label}", Prepare()),
        ("{a}e300,{b},{label}", Prepare(scale="standard")),
        ("{a}e300,{b},{label}", Prepare(scale="none", pca=1)),
        ("{a}e-323,{b},{label}", Prepare()),
    ],
)
def test_values_that_overflow_in_preparation_are_refused(tmp_path: Path, row: str, prepare: Prepare) -> None:
    assert refused(train=table(tmp_path / "train.csv", "", 40, row), prepare=prepare) == ["prepare"]


def test_test_rows_that_overflow_in_preparation_are_refused(tmp_path: Path) -> None:
    train = table(tmp_path / "train.csv", "", 40, "{a}e-9,{b},{label}")
    test = tmp_path / "test.csv"
    test.write_text("1e308,2,x\n3,4,y\n")
    assert refused(train=train, test=str(test)) == ["prepare"]


@pytest.mark.parametrize(
    "given",
    [
        {"range": ["-1e308", "1e308"]},
        {"range": ["0", "nan"]},
        {"range": ["-pi/2", "pi/2"], "scale": "standard"},
        {"range": ["0", "1"], "scale": "none"},
    ],
    ids=str,
)
def test_a_range_that_cannot_be_or_is_not_read_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as refusal:
        Prepare(**given)
    assert [item.path for item in refusal.value.mistakes] == ["range"]


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


def test_a_share_that_leaves_a_class_without_rows_on_one_side_is_refused() -> None:
    labels = np.random.default_rng(0).integers(0, 4, 17)
    with pytest.raises(ConfigError, match=r"split\.test"):
        divide(np.arange(17.0)[:, None], labels, Parts(test=0.75, validation=0), 0)


def test_a_share_that_can_be_divided_is_not_refused() -> None:
    numbers = np.arange(60, dtype=np.float64)[:, None]
    raw = divide(numbers, np.arange(60) % 3, Parts(test=0.2, validation=0.1), 1)
    assert [len(raw[name]) for name in ("train", "validation", "test")] == [43, 5, 12]
