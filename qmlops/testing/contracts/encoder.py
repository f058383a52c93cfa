"""What every encoder promises: its inputs are its columns, and its gates take exactly those."""

from __future__ import annotations

import numpy as np

from qmlops.core.work import Array
from qmlops.parts.encoder import Encoder

_SIZES = (1, 2, 3, 5)


def rows_of(features: int) -> Array:
    """Six different rows in [0.1, 3)."""
    rows: Array = np.random.default_rng(features).uniform(0.1, 3.0, (6, features))
    return rows


def has_as_many_columns_as_inputs_and_symbols(encoder: Encoder) -> None:
    import cirq

    for features in _SIZES:
        least = max(1, encoder.wires(features))
        for width in (least, least + 1):
            qubits = cirq.LineQubit.range(width)
            names = encoder.inputs(features, width)
            circuit = cirq.Circuit(encoder.operations(qubits, features))
            assert len(set(names)) == len(names), f"{names} has a name twice"
            assert encoder.encode(rows_of(features), width).shape == (6, len(names))
            assert cirq.parameter_names(circuit) == set(names)
            assert circuit.all_qubits() <= set(qubits)
            resolved = cirq.resolve_parameters(circuit, dict.fromkeys(names, 0.3))
            assert all(cirq.has_unitary(operation) for operation in resolved.all_operations())


def encodes_a_row_alone_and_leaves_it_as_it_was(encoder: Encoder) -> None:
    for features in _SIZES:
        rows = rows_of(features)
        width, before = max(1, encoder.wires(features)), rows.copy()
        together = encoder.encode(rows, width)
        assert together.dtype == np.float64
        assert np.all(np.isfinite(together))
        np.testing.assert_array_equal(rows, before)
        np.testing.assert_array_equal(encoder.encode(rows[[3, 3, 0]], width), together[[3, 3, 0]])
        for number in range(len(rows)):
            one = encoder.encode(rows[number : number + 1], width)[0]
            np.testing.assert_allclose(one, together[number], atol=1e-15)


def tells_different_rows_apart(encoder: Encoder) -> None:
    rows = rows_of(3)
    inputs = encoder.encode(rows, max(1, encoder.wires(3)))
    assert len(np.unique(inputs, axis=0)) == (len(rows) if inputs.shape[1] else 1)


CONTRACT = (
    has_as_many_columns_as_inputs_and_symbols,
    encodes_a_row_alone_and_leaves_it_as_it_was,
    tells_different_rows_apart,
)
"""Every promise; each takes an encoder."""
