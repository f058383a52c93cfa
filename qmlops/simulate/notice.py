"""Says when kernels are being compiled: once on a fresh machine, for a few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_subscribers: list[Callable[[], None]] = []


@contextmanager
def on_compiling(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` once, as soon as a kernel must be compiled because the disk cache lacks it."""
    _subscribers.append(tell)
    try:
        yield
    finally:
        if tell in _subscribers:
            _subscribers.remove(tell)


@cache
def install() -> None:
    """Listen to Numba, which is imported by then; once a process."""
    from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, happening: Any) -> None:
            waiting, _subscribers[:] = list(_subscribers), []
            for tell in waiting:
                tell()

        def on_end(self, happening: Any) -> None:
            """Compiling goes on with the next kernel; there is nothing to say."""

    event.register("numba:compile", Listener())
