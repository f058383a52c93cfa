"""Tables of numbers in CSV files: one that is split, or a pair for training and test."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from qmlops.core.dataset import Dataset, Split
from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.errors import ConfigError, Mistake, nearest, shown
from qmlops.parts.data.prepare import Parts, Prepare, divide, held_out, prepared

_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True)
class Csv:
    """Rows of numbers with a label in one column; a first row of words names the columns."""

    train: str = option("", "path of the file; all rows are split from it when `test` is null")
    test: str | None = option(None, "path of a second file, held out for the final score")
    label: str = option("-1", "the label's column, by name or number; -1: the last")
    separator: str = option(",", "what stands between two columns")
    batch: int | None = option(None, "rows a training step; null: all", least=1)
    prepare: Prepare = field(default_factory=Prepare)
    split: Parts = field(default_factory=Parts)

    def __post_init__(self) -> None:
        missing = None if self.train else Mistake("train", "no file is named.", "write data.train=FILE.csv")
        wide = None if len(self.separator) == 1 else Mistake("separator", f"{self.separator!r} is not one character.")
        validate(self, missing, wide)

    def load(self, seed: int) -> Split:
        table = self._read("train", self.train)
        names = set(table.labels)
        if self.test is None:
            classes = sorted(names, key=_label_order)
            raw = divide(table.features, _numbered(table.labels, classes), self.split, seed)
            return prepared(raw, classes, table.columns, self.prepare)
        other = self._in_order(self._read("test", self.test), table)
        untrained = sorted(set(other.labels) - names, key=_label_order)
        if untrained:
            why = f"class {shown(untrained[0])} of {self.test} has no rows for training."
            raise ConfigError([Mistake("train", why, "give it rows here, or take its rows out of data.test")])
        classes = sorted(names, key=_label_order)
        whole = Dataset(table.features, _numbered(table.labels, classes))
        train, validation = held_out(whole, self.split.validation, seed, "validation")
        test = Dataset(other.features, _numbered(other.labels, classes))
        raw = {"train": train, "validation": validation, "test": test}
        return prepared(raw, classes, table.columns, self.prepare)

    def _in_order(self, test: _Table, train: _Table) -> _Table:
        """The test table with its columns where the training table has them; by place without names."""
        if len(test.columns) != len(train.columns):
            why = f"{self.test} has {len(test.columns)} feature columns and {self.train} has {len(train.columns)}."
            raise ConfigError([Mistake("test", why, "both files need the same columns")])
        if not (test.header and train.header) or test.columns == train.columns:
            return test
        strange = [name for name in test.columns if name not in train.columns]
        if strange:
            why = f"{self.test} has a column {shown(strange[0])}, and {self.train} has not."
            raise ConfigError([Mistake("test", why, nearest(strange[0], train.columns))])
        if len(set(test.columns)) < len(test.columns) or len(set(train.columns)) < len(train.columns):
            why = f"{self.test} has other columns than {self.train}, or in another order, and a name occurs twice."
            raise ConfigError([Mistake("test", why, "give each column a name of its own")])
        order = [test.columns.index(name) for name in train.columns]
        return replace(test, columns=train.columns, features=test.features[:, order])

    def _read(self, key: str, path: str) -> _Table:
        rows = _rows(key, path, self.separator)
        first = [cell.strip() for cell in rows[0][1]]
        number = self._label_number(len(first))
        words = any(not _is_number(cell) for at, cell in enumerate(first) if at != number)
        named = self.label in first and not _WHOLE.fullmatch(self.label)
        header = words or named or len(rows) == 1
        names = first if header else [f"x{at}" for at in range(len(first))]
        place = names.index(self.label) if self.label in names else number
        if place is None:
            why = f"{path} has no column {shown(self.label)}."
            raise ConfigError([Mistake("label", why, nearest(self.label, names))])
        body = rows[1:] if header else rows
        if not body:
            raise ConfigError([Mistake(key, f"{path} has no rows of data.")])
        mistakes = _cell_mistakes(key, path, body, names, place)
        if mistakes:
            raise ConfigError(mistakes)
        features = [[float(cell) for at, cell in enumerate(row) if at != place] for _, row in body]
        labels = [row[place].strip() for _, row in body]
        columns = [name for at, name in enumerate(names) if at != place]
        return _Table(header, columns, np.array(features, dtype=np.float64), labels)

    def _label_number(self, columns: int) -> int | None:
        """The label's place where `label` is the number of a column."""
        if _WHOLE.fullmatch(self.label) and -columns <= int(self.label) < columns:
            return int(self.label) % columns
        return None


@dataclass(frozen=True, eq=False)
class _Table:
    """What stands in a file."""

    header: bool
    """Whether the first row named the columns."""
    columns: list[str]
    """Of the features; x0, x1, … by place in the file where there is no header."""
    features: Array
    """[rows × columns]"""
    labels: list[str]


def _rows(key: str, path: str, separator: str) -> list[tuple[int, list[str]]]:
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, delimiter=separator)
            rows = [(reader.line_num, row) for row in reader if row]
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is not a UTF-8 text table"
        where = "a relative path starts at the folder in which the command was given"
        raise ConfigError([Mistake(key, f"{path!r} cannot be read: {reason}.", where)]) from None
    if not rows:
        raise ConfigError([Mistake(key, f"{path} is empty.")])
    if len(rows[0][1]) < 2:
        told = f"features and a label need at least two; data.separator is {separator!r}"
        raise ConfigError([Mistake(key, f"{path} has one column.", told)])
    return rows


def _cell_mistakes(
    key: str, path: str, body: list[tuple[int, list[str]]], names: list[str], label: int
) -> list[Mistake]:
    """The first few cells that are no finite number, and rows of another length."""
    found = []
    for line, row in body:
        if len(row) != len(names):
            found.append(Mistake(key, f"{path} line {line} has {len(row)} columns instead of {len(names)}."))
            continue
        for place, cell in enumerate(row):
            if place == label and not cell.strip():
                found.append(Mistake(key, f"{path} line {line}: the label is missing."))
            elif place != label and not _is_number(cell):
                found.append(
                    Mistake(key, f"{path} line {line}, column {names[place]!r}: {cell!r} is no finite number.")
                )
    most = 5
    if len(found) > most:
        rest = Mistake(key, f"{len(found) - most} more cells of {path} are wrong.")
        return [*found[:most], rest]
    return found


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _label_order(name: str) -> tuple[bool, float, str]:
    return (False, float(name), name) if _is_number(name) else (True, 0.0, name)


def _numbered(names: list[str], classes: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    place = {name: index for index, name in enumerate(classes)}
    return np.array([place[name] for name in names], dtype=np.int64)
