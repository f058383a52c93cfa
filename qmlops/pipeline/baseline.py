"""What a classical method reaches on the same rows; shown as it is, also when it wins."""

from __future__ import annotations

from typing import Any

import numpy as np

from qmlops.core.dataset import Split
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.pipeline.interval import share

MOST_QUBITS = 14


def classifiers(split: Split) -> list[dict[str, Any]]:
    """Logistic regression and an RBF machine, scikit-learn's defaults on standardised raw features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    train, test = split.raw["train"], split.raw["test"]
    found = []
    for name, method in {"logistic regression": LogisticRegression(max_iter=1000), "RBF SVM": SVC()}.items():
        fitted = make_pipeline(StandardScaler(), method).fit(train.features, train.labels)
        hits = int(np.sum(fitted.predict(test.features) == test.labels))
        found.append(
            {
                "name": name,
                "train_accuracy": float(fitted.score(train.features, train.labels)),
                "test_accuracy": hits / len(test),
                "test_interval": share(hits, len(test)),
            }
        )
    return found


def extreme_energy(program: Program, sign: int) -> float | None:
    """The exact lowest (sign 1) or highest (sign -1) eigenvalue of the sum of all observables.

    Lanczos on the sparse matrix, checked by its residual; None above 14 qubits.
    """
    if program.width > MOST_QUBITS or not all(isinstance(item, PauliSum) for item in program.observables):
        return None
    from scipy.sparse.linalg import eigsh

    matrix = _matrix(program)
    if matrix.shape[0] <= 64:
        values = np.linalg.eigvalsh(matrix.toarray())
        return float(values[0] if sign > 0 else values[-1])
    start = np.random.default_rng(0).normal(size=matrix.shape[0])
    return float(eigsh(matrix, k=1, which="SA" if sign > 0 else "LA", v0=start)[0][0])


def _matrix(program: Program) -> Any:
    """The sum of all observables as a sparse matrix: each Pauli string permutes and signs."""
    from scipy.sparse import csr_matrix

    size = 2**program.width
    rows = np.arange(size)
    total = csr_matrix((size, size), dtype=complex)
    for observable in program.observables:
        assert isinstance(observable, PauliSum)
        for factor, pauli in observable.terms:
            columns, entries = rows.copy(), np.full(size, factor, dtype=complex)
            for wire, letter in pauli:
                place = program.width - 1 - wire
                bit = (rows >> place) & 1
                columns = columns if letter == "Z" else columns ^ (1 << place)
                entries = entries * {"X": 1, "Y": -1j * (1 - 2 * bit), "Z": 1 - 2 * bit}[letter]
            total = total + csr_matrix((entries, (rows, columns)), shape=(size, size))
    return total
