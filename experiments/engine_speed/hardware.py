"""What the processor can do, measured: fused multiply-adds, and bandwidth at each level of memory.

The loops are written with the engine's own vectors of sixteen floats, so that they compile to the
same instructions as its kernels. Imports numba.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qmlops.simulate.crew import together
from qmlops.simulate.kernel.vector import LANES, fill, fma, load, store
from qmlops.simulate.pool import aligned

CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
ACCUMULATORS = 10
"""Enough chains of fused multiply-adds to hide their latency on two ports."""
SECONDS, REPEATS = 0.01, 5
"""A loop runs about as long, and as often; the median counts."""

Floats = NDArray[np.float32]


def caches() -> dict[str, int]:
    """Bytes of the data caches by level: L1 and L2 of a core, L3 of all."""
    found = {}
    for index in sorted(CACHES.glob("index*")):
        if (index / "type").read_text().strip() != "Instruction":
            found[f"L{(index / 'level').read_text().strip()}"] = int((index / "size").read_text().strip()[:-1]) << 10
    return found


def level_of(size: int, threads: int = 1) -> str:
    """The smallest level that so many bytes a thread fit; all threads share the last cache."""
    levels = caches()
    last = max(levels)
    for level, capacity in sorted(levels.items()):
        if size * (threads if level == last else 1) <= capacity:
            return level
    return "memory"


def measure() -> dict[str, Any]:
    """By threads: `fma` in fused multiply-adds a second, `triad` and `update` in bytes a second by level.

    A triad is a = b + s c, twelve bytes an element; an update is a = s a, eight, in place as
    gates are. Half of each cache is worked on, and four times the last one for memory.
    """
    levels = caches()
    last = max(levels)
    found: dict[str, Any] = {}
    for threads in sorted({1, len(os.sched_getaffinity(0))}):
        sizes = {level: size // 2 // (threads if level == last else 1) for level, size in levels.items()}
        sizes["memory"] = 4 * levels[last] // threads
        found[str(threads)] = {
            "fma": _rate(_fused, [np.full(2 * LANES, 1e-3, dtype=np.float32)] * threads, ACCUMULATORS * LANES),
            "triad": {level: _rate(_triad, _arrays(size, threads), size) for level, size in sizes.items()},
            "update": {level: update(size, threads) for level, size in sizes.items()},
        }
    return found


def update(size: int, threads: int = 1) -> float:
    """Bytes a second that all threads read and write where each updates so many bytes in place."""
    return _rate(_update, _arrays(size, threads), 2 * size)


def _arrays(size: int, threads: int) -> list[Floats]:
    """An array a thread of so many bytes, touched; three equal parts of it are whole vectors."""
    found = [aligned((size // 4 // (3 * LANES) * 3 * LANES,), np.float32) for _ in range(threads)]
    for array in found:
        array.fill(1)
    return found


def _rate(loop: Callable[[Floats, int], None], arrays: list[Floats], amount: int) -> float:
    """What all threads together do a second, where one turn of the loop does an amount."""
    loop(arrays[0], 1)  # compiles it
    turns = 1
    while min(_seconds(loop, arrays, turns) for _ in range(REPEATS)) < SECONDS / 2:
        turns *= 2
    return len(arrays) * amount * turns / statistics.median(_seconds(loop, arrays, turns) for _ in range(REPEATS))


def _seconds(loop: Callable[[Floats, int], None], arrays: list[Floats], turns: int) -> float:
    begin = time.perf_counter()
    together(lambda worker: loop(arrays[worker], turns), len(arrays))
    return time.perf_counter() - begin


@njit(nogil=True)
def _fused(array: Floats, turns: int) -> None:
    x, y = load(array, 0), load(array, 1)
    a = b = c = d = e = f = g = h = i = j = fill(array, 0.0)
    for _ in range(turns):
        a, b, c, d, e = fma(x, y, a), fma(x, y, b), fma(x, y, c), fma(x, y, d), fma(x, y, e)
        f, g, h, i, j = fma(x, y, f), fma(x, y, g), fma(x, y, h), fma(x, y, i), fma(x, y, j)
    store(array, 0, a + b + c + d + e + f + g + h + i + j)


@njit(nogil=True)
def _triad(array: Floats, turns: int) -> None:
    third = len(array) // (3 * LANES)
    for turn in range(turns):
        s = fill(array, 1e-9 * turn)
        for k in range(third):
            store(array, k, fma(s, load(array, k + 2 * third), load(array, k + third)))


@njit(nogil=True)
def _update(array: Floats, turns: int) -> None:
    for turn in range(turns):
        s = fill(array, 1.0 + 1e-9 * turn)
        for k in range(len(array) // LANES):
            store(array, k, s * load(array, k))
