"""Amplitude encoding: the features are the amplitudes of the state.

Uniformly controlled RY rotations, split into RY and CX along a Gray code
(Möttönen et al. 2004, arXiv:quant-ph/0407010). 2^n - 1 rotations, 2^n - 2 CX on n qubits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.errors import DataError

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Amplitude:
    """Features, filled up with `pad` to a power of two and normalised, as real amplitudes."""

    pad: float = option(0.0, "value of the amplitudes beyond the features")

    def __post_init__(self) -> None:
        validate(self)

    def wires(self, features: int) -> int:
        return max(1, (features - 1).bit_length())

    def inputs(self, features: int, qubits: int) -> tuple[str, ...]:
        return tuple(f"a{level}_{place}" for level in range(qubits) for place in range(2**level))

    def encode(self, features: Array, qubits: int) -> Array:
        """Rotation angles in rad, after the Gray-code transform, level by level.

        Raises DataError for a row of zeros, which has no direction.
        """
        rows, width = features.shape
        amplitudes = np.full((rows, 2**qubits), self.pad)
        amplitudes[:, :width] = features
        if not np.all(np.linalg.norm(amplitudes, axis=1) > 0):
            raise DataError("encoder=amplitude cannot encode a row of zeros.\nUse another scale, or encoder.pad=0.1.")
        levels = []
        for level in range(qubits):
            blocks = amplitudes.reshape(rows, 2**level, 2, -1)
            last = level == qubits - 1
            sides = blocks[..., 0] if last else np.linalg.norm(blocks, axis=3)
            angles = 2 * np.arctan2(sides[:, :, 1], sides[:, :, 0])
            levels.append(angles @ _gray_transform(level))
        return np.concatenate(levels, axis=1)

    def operations(self, qubits: Sequence[cirq.Qid], features: int) -> Iterator[cirq.Operation]:
        import cirq
        import sympy

        for level, target in enumerate(qubits):
            for place in range(2**level):
                yield cirq.ry(sympy.Symbol(f"a{level}_{place}"))(target)
                if level:
                    yield cirq.CX(qubits[level - 1 - _flipped_bit(place, level)], target)


def _gray(place: int) -> int:
    return place ^ (place >> 1)


def _flipped_bit(place: int, level: int) -> int:
    """The bit, counted from the right, in which Gray words `place` and `place + 1` differ."""
    change = _gray(place) ^ _gray((place + 1) % 2**level)
    return change.bit_length() - 1


def _gray_transform(level: int) -> Array:
    """Angles of the RY gates from those of the controlled rotation: [2^level × 2^level]."""
    places = range(2**level)
    signs = [[(-1) ** (state & _gray(place)).bit_count() for place in places] for state in places]
    table: Array = np.array(signs, dtype=np.float64) / 2**level
    return table
