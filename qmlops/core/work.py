"""Work goes to a backend, a Result comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qmlops.core.noise import Noise
from qmlops.core.program import Program

Array = NDArray[np.float64]
Pullback = Callable[[Array], Array]
"""Takes a cotangent [points × observables], gives the gradient in the weights, one row a point."""


@dataclass(frozen=True, eq=False)
class Work:
    """One program at many points.

    `points` is [rows × symbols], inputs first. `shots` is the number for each row and each
    measured basis, or None for exact values. Equal work with an equal seed gives equal bytes.
    """

    program: Program
    points: Array
    shots: int | None = None
    seed: int = 0
    noise: Noise | None = None
    keep_counts: bool = False
    """Whether the result shall hold what was read, and not only its moments."""

    @property
    def exact(self) -> bool:
        """Whether states alone decide its values: no shots, and no noise that does anything."""
        return self.shots is None and (self.noise is None or self.noise.silent())

    def digest(self) -> str:
        """SHA-256 of program, points, shots, seed and noise."""
        sha = hashlib.sha256(self.program.digest().encode())
        sha.update(np.ascontiguousarray(self.points, dtype=np.float64).tobytes())
        sha.update(repr((self.points.shape, self.shots, self.seed, self.noise)).encode())
        return sha.hexdigest()


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each outcome of one circuit was read."""

    bits: NDArray[np.uint8]
    """Distinct outcomes [outcomes × wires], wire 0 leftmost."""
    numbers: Array
    """How many shots read each of them; or their probabilities, which sum to 1, where these are exact."""


@dataclass(frozen=True, eq=False)
class Result:
    """What was measured: one row a point, one column an observable."""

    values: Array
    """Expectation values [points × observables]."""
    variances: Array
    """Variance of each value as an estimate [points × observables]; zero where exact."""
    circuits: int
    """How many circuits were executed for it."""
    shots: int = 0
    """How many shots were drawn in all."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Where the numbers come from: backend, device, calibration."""
    counts: tuple[tuple[Counts, ...], ...] | None = None
    """For each measured basis (as `lower.basis.bases` orders them) and each point, where the work asked."""
