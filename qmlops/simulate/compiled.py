"""The first use on a machine compiles the kernels; later ones load them from disk. `notice` says so."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from qmlops.core.angles import AngleMap
from qmlops.simulate.fuse import fuse
from qmlops.simulate.pool import Pool
from qmlops.simulate.regime import Regime
from qmlops.simulate.tape import write

_ready: set[str] = set()


def ensure_compiled(dtype: DTypeLike) -> None:
    """Compile the kernels for a precision unless they are on disk. Costs nothing the second time."""
    precision = np.dtype(dtype).name
    if precision in _ready:
        return
    _ready.add(precision)
    import numba

    from qmlops.simulate.kernel.sweep import SOURCES, forward

    marker = Path(forward.stats.cache_path or ".") / f"qmlops-{SOURCES:x}-numba-{numba.__version__}-{precision}"
    if marker.exists():
        return
    _run_once(dtype)
    with contextlib.suppress(OSError):
        marker.touch()


def _run_once(dtype: DTypeLike) -> None:
    """Values and gradient of the empty program on one wire."""
    from qmlops.simulate.walk import Walk

    nothing = AngleMap(np.zeros(0), np.zeros((0, 0)), np.zeros((0, 3), dtype=np.int64), np.zeros(0))
    tape = write(fuse([], [0]), [], nothing, amplitudes=False)
    walk = Walk(tape, np.zeros((0, 1)), 0, Regime(False, False, 1), Pool(dtype))
    points = np.zeros((1, 0))
    held = walk.take(1)
    walk.forward(points, held)
    walk.backward(points, np.zeros((1, 1)), held, 0)
