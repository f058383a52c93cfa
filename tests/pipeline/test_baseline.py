"""The exact energy beside a trained one: right for any sum of Pauli strings, or not told."""

from __future__ import annotations

import cirq
import numpy as np
import pytest

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.pipeline.baseline import extreme_energy


def energies(width: int, *sums: str) -> list[float | None]:
    """The lowest and the highest."""
    program = Program(cirq.Circuit(), width, (), (), tuple(map(PauliSum.parse, sums)))
    return [extreme_energy(program, sign) for sign in (1, -1)]


@pytest.mark.parametrize("width", [3, 7])
@pytest.mark.parametrize(
    ("sums", "wanted"),
    [
        (["0 Z0"], [0, 0]),
        (["Z0 Z2", "0.5 X1 - Z0 Z2 - 0.5 X1"], [0, 0]),
        (["2"], [2, 2]),
        (["Z0 X1 - Y2", "0.5"], [-1.5, 2.5]),
        (["1e300 Z0"], [-1e300, 1e300]),
        (["1e-200 Z0"], [-1e-200, 1e-200]),
    ],
)
def test_extreme_energies_are_those_of_the_sum(width: int, sums: list[str], wanted: list[float]) -> None:
    assert energies(width, *sums) == pytest.approx(wanted, rel=1e-9, abs=0)


def test_what_is_not_an_eigenpair_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (np.array([-3.0]), np.eye(2**7)[:, :1])
    monkeypatch.setattr("scipy.sparse.linalg.eigsh", lambda *args, **options: wrong)
    assert energies(7, "X0 + Z1") == [None, None]
