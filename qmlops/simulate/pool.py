"""Aligned buffers that are used again: fresh pages cost more than a small gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

LINE = 64


def aligned(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An array of unset numbers that begins at a cache line."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    raw = np.empty(size + LINE, dtype=np.uint8)
    offset = -raw.ctypes.data % LINE
    return raw[offset : offset + size].view(dtype).reshape(shape)


class Pool:
    """Arrays by shape; what is given back is handed out again."""

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.free: dict[tuple[int, ...], list[NDArray[Any]]] = {}

    def take(self, *shape: int) -> NDArray[Any]:
        """An array of the shape, its content unset."""
        waiting = self.free.get(shape)
        return waiting.pop() if waiting else aligned(shape, self.dtype)

    def give(self, array: NDArray[Any]) -> None:
        """Take an array back. It must not be used any more."""
        waiting = self.free.setdefault(array.shape, [])
        if len(waiting) < 2:
            waiting.append(array)
