"""Stand-ins for the engine's vectors that count what is done with them, and compute nothing.

Importing this turns the compiler off and puts them in the place of the vectors, so it must be
imported before any kernel is.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import numpy as np

COUNTS: Counter[str] = Counter()
"""`fused`, `single` (an addition or a multiplication), and `load` and `store` with a kind of array."""


class Named(np.ndarray):  # type: ignore[type-arg]
    """An array that knows what it is for; its parts know it too."""

    kind = "table"

    def __array_finalize__(self, whole: Any) -> None:
        self.kind = getattr(whole, "kind", "table")


def named(array: Any, kind: str) -> Named:
    """The same memory under a name."""
    found: Named = array.view(Named)
    found.kind = kind
    return found


class Vector:
    """Any sixteen numbers."""

    def single(self, other: object = None) -> Vector:
        COUNTS["single"] += 1
        return self

    __add__ = __sub__ = __mul__ = single

    def __neg__(self) -> Vector:
        return self


VECTOR = Vector()


def _kind(array: object) -> str:
    return array.kind if isinstance(array, Named) else "table"


def load(array: object, index: int) -> Vector:
    COUNTS[f"load {_kind(array)}"] += 1
    return VECTOR


def store(array: object, index: int, value: Vector) -> None:
    COUNTS[f"store {_kind(array)}"] += 1


def fused(a: Vector, b: Vector, c: Vector) -> Vector:
    COUNTS["fused"] += 1
    return VECTOR


def same(*anything: object) -> Vector:
    """Constants, casts, rounding and shuffles, which take no multiplier."""
    return VECTOR


def _install() -> None:
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    from qmlops.simulate.kernel import vector

    shuffles = ("fill", "constant", "cast", "rounded", "select", "flip0", "flip1", "flip2", "flip3")
    for name, stand_in in {"load": load, "store": store, "fma": fused, "fnma": fused}.items():
        setattr(vector, name, stand_in)
    for name in shuffles:
        assert hasattr(vector, name)
        setattr(vector, name, same)


_install()
