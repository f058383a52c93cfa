"""Tables of numbers in CSV files: one that is split, or a pair for training and test."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qmlops.core.dataset import Dataset, Split
from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.errors import ConfigError, Mistake, nearest
from qmlops.parts.data.prepare import Parts, Prepare, divide, held_out, prepared


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
        columns, features, names = self._read("train", self.train)
        if self.test is None:
            classes = sorted(set(names), key=_label_order)
            raw = divide(features, _numbered(names, classes), self.split, seed)
            return prepared(raw, classes, columns, self.prepare)
        other, test_features, test_names = self._read("test", self.test)
        if len(other) != len(columns):
            why = f"{self.test} has {len(other)} feature columns and {self.train} has {len(columns)}."
            raise ConfigError([Mistake("test", why, "both files need the same columns")])
        classes = sorted(set(names) | set(test_names), key=_label_order)
        whole = Dataset(features, _numbered(names, classes))
        train, validation = held_out(whole, self.split.validation, seed, "validation")
        test = Dataset(test_features, _numbered(test_names, classes))
        raw = {"train": train, "validation": validation, "test": test}
        return prepared(raw, classes, columns, self.prepare)

    def _read(self, key: str, path: str) -> tuple[list[str], Array, list[str]]:
        """Names of the feature columns, features [rows × columns], and the labels as they stand."""
        rows = _rows(key, path, self.separator)
        first = rows[0][1]
        header = any(not _is_number(cell) for cell in first[:-1]) or len(rows) == 1
        names = [cell.strip() for cell in first] if header else [f"x{place}" for place in range(len(first))]
        body = rows[1:] if header else rows
        if not body:
            raise ConfigError([Mistake(key, f"{path} has no rows of data.")])
        place = self._label_column(names, path)
        mistakes = _cell_mistakes(key, path, body, names, place)
        if mistakes:
            raise ConfigError(mistakes)
        features = [[float(cell) for at, cell in enumerate(row) if at != place] for _, row in body]
        labels = [row[place].strip() for _, row in body]
        return [name for at, name in enumerate(names) if at != place], np.array(features, dtype=np.float64), labels

    def _label_column(self, names: list[str], path: str) -> int:
        if self.label in names:
            return names.index(self.label)
        if self.label.lstrip("-").isdigit() and -len(names) <= int(self.label) < len(names):
            return int(self.label) % len(names)
        raise ConfigError([Mistake("label", f"{path} has no column {self.label!r}.", nearest(self.label, names))])


def _rows(key: str, path: str, separator: str) -> list[tuple[int, list[str]]]:
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, delimiter=separator)
            rows = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
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
