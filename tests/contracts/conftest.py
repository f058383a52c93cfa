"""The kinds of each group, installed plugins included, each as a part that can be tried out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.config.kind import load, table
from qmlops.core.noise import NeedsTarget
from qmlops.core.program import Program
from qmlops.core.target import Calibration, Target
from qmlops.core.work import Work

MakePart = Callable[..., Any]
TARGET = Target(
    "three qubits on a line",
    3,
    hardware=False,
    source="made up",
    gates=("sx", "x", "rz", "cz"),
    edges=((0, 1), (1, 2)),
    calibration=Calibration(
        "made up", "2026-11", (1e-4,), (8e-5,), (1e-3, 2e-3, 3e-3), {(0, 1): 0.01, (1, 2): 0.02}, ((0.01, 0.02),), 3e-8
    ),
)


def installed(cls: Any) -> bool:
    """Whether the packages that a kind imports late are here; the session that installs them tests it."""
    return all(find_spec(module) for module in getattr(cls, "requires", ()))


def exact(cls: Any) -> bool:
    """Whether a backend computes here, and exact values by itself: no provider's, and no noisy machine's twin."""
    work = Work(Program(cirq.Circuit(), 1, (), (), ()), np.zeros((1, 0)))
    return installed(cls) and not hasattr(cls, "provider") and not cls().validate([work])


def samples(cls: Any) -> bool:
    """Whether a backend takes work with shots; the others refuse it before anything runs."""
    return not cls().validate([Work(Program(cirq.Circuit(), 1, (), (), ()), np.zeros((1, 0)), shots=1)])


CHOSEN: dict[str, tuple[str, Callable[[str, Any], bool]]] = {
    "backend_kind": ("backend", lambda kind, cls: exact(cls)),
    "sampling_backend_kind": ("backend", lambda kind, cls: exact(cls) and samples(cls)),
    "labelled_kind": ("data", lambda kind, cls: kind != "none"),
    "stepped_kind": ("objective", lambda kind, cls: hasattr(cls, "loss")),
    "fitted_kind": ("objective", lambda kind, cls: hasattr(cls, "fit")),
    "stepped_classifier_kind": ("objective", lambda kind, cls: hasattr(cls, "loss") and hasattr(cls, "scores")),
}
"""Arguments that stand for some of a group's kinds."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill the argument `encoder_kind` with every kind of encoder, and so for each group."""
    for name in metafunc.fixturenames:
        group, fits = CHOSEN.get(name, (name.removesuffix("_kind"), lambda kind, cls: True))
        if name.endswith("_kind"):
            kinds = [kind for kind in table(group) if fits(kind, load(group, kind))]
            assert kinds
            metafunc.parametrize(name, kinds)


def write_rows(path: Path, seed: int, rows: int = 60) -> Path:
    """A table of three features and two classes."""
    random = np.random.default_rng(seed)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "label"])
        for row in random.normal(size=(rows, 3)):
            writer.writerow([*row, "yes" if row[0] + 0.3 * row[1] > 0 else "no"])
    return path


@pytest.fixture
def part(tmp_path: Path) -> MakePart:
    """A part of a kind with its defaults; files that it cannot do without are made."""

    def make(group: str, kind: str, **given: Any) -> Any:
        if kind == "csv":
            given.setdefault("train", str(write_rows(tmp_path / "train.csv", 1)))
        if kind == "qasm":
            file = tmp_path / "bell.qasm"
            file.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\ncx q[0],q[1];\n')
            given.setdefault("file", str(file))
        made = load(group, kind)(**given)
        return made.of(TARGET) if isinstance(made, NeedsTarget) else made

    return make
