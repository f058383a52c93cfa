"""What every encoder promises: its inputs are its columns, and its gates take exactly those."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest

SIZES = (1, 2, 3, 5)


def rows_of(features: int) -> Any:
    return np.random.default_rng(features).uniform(0.1, 3.0, (6, features))


@pytest.mark.parametrize("features", SIZES)
def test_columns_inputs_and_symbols_are_the_same(part: Any, encoder_kind: str, features: int) -> None:
    encoder = part("encoder", encoder_kind)
    least = max(1, encoder.wires(features))
    for width in (least, least + 1):
        qubits = cirq.LineQubit.range(width)
        names = encoder.inputs(features, width)
        circuit = cirq.Circuit(encoder.operations(qubits, features))
        assert len(set(names)) == len(names)
        assert encoder.encode(rows_of(features), width).shape == (6, len(names))
        assert cirq.parameter_names(circuit) == set(names)
        assert circuit.all_qubits() <= set(qubits)
        resolved = cirq.resolve_parameters(circuit, dict.fromkeys(names, 0.3))
        assert all(cirq.has_unitary(operation) for operation in resolved.all_operations())


@pytest.mark.parametrize("features", SIZES)
def test_a_row_is_encoded_alone(part: Any, encoder_kind: str, features: int) -> None:
    encoder, rows = part("encoder", encoder_kind), rows_of(features)
    width, before = max(1, encoder.wires(features)), rows.copy()
    together = encoder.encode(rows, width)
    assert together.dtype == np.float64
    assert np.all(np.isfinite(together))
    np.testing.assert_array_equal(rows, before)
    np.testing.assert_array_equal(encoder.encode(rows[[3, 3, 0]], width), together[[3, 3, 0]])
    for number in range(len(rows)):
        np.testing.assert_allclose(encoder.encode(rows[number : number + 1], width)[0], together[number], atol=1e-15)


def test_different_rows_get_different_inputs(part: Any, encoder_kind: str) -> None:
    encoder, rows = part("encoder", encoder_kind), rows_of(3)
    inputs = encoder.encode(rows, max(1, encoder.wires(3)))
    assert len(np.unique(inputs, axis=0)) == (len(rows) if inputs.shape[1] else 1)
