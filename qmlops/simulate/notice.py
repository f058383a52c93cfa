"""Says what a person waits for: kernels that are being compiled, gates that have no compiled form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_subscribers: list[Callable[[], None]] = []
_readers: list[Callable[[str], None]] = []


@contextmanager
def on_compiling(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` once, as soon as kernels must be compiled because they are not on disk."""
    _subscribers.append(tell)
    try:
        yield
    finally:
        if tell in _subscribers:
            _subscribers.remove(tell)


@contextmanager
def on_uncompiled(tell: Callable[[str], None]) -> Iterator[None]:
    """Call `tell` with a line for each gate that keeps a program from being compiled, once for each text."""
    told: set[str] = set()

    def once(line: str) -> None:
        if line not in told:
            told.add(line)
            tell(line)

    _readers.append(once)
    try:
        yield
    finally:
        _readers.remove(once)


def say_uncompiled(gate: str) -> None:
    """Tell all who listen that a gate is computed by the plain engine, and so is its program."""
    for tell in list(_readers):
        tell(f"{gate} has no compiled form; plain NumPy computes this circuit, with the same gradients but slower")


def say_compiling() -> None:
    """Tell all who listen, and have not been told, that kernels are being compiled."""
    waiting, _subscribers[:] = list(_subscribers), []
    for tell in waiting:
        tell()
