"""The kernels as machine code: made once on a machine, kept on disk, linked into each process.

Linking takes LLVM alone. Numba, which takes a quarter of a second until it has loaded anything, is
imported only by the processes that compile. `notice` says when they do.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from qmlops.errors import BackendError
from qmlops.simulate.machine import machine
from qmlops.simulate.notice import say_compiling
from qmlops.simulate.store import keep, kept, name_of

ARGUMENTS = {"forward": 13, "backward": 17}
_linked: dict[str, Kernels] = {}
_linking = Lock()


class Kernels(NamedTuple):
    """The entry points of kernel/entry.py for one precision; they take addresses and release the interpreter's lock."""

    forward: Callable[..., None]
    backward: Callable[..., None]


def kernels(dtype: DTypeLike) -> Kernels:
    """The kernels for float32 or float64. The first call on a machine takes seconds, the first of a process 10 ms.

    Raises BackendError where the compiler fails.
    """
    scalar = np.dtype(dtype).name
    with _linking:
        if scalar not in _linked:
            codes = _codes(scalar)
            _linked[scalar] = Kernels(*(_link(entry, code) for entry, code in zip(ARGUMENTS, codes, strict=True)))
        return _linked[scalar]


def _codes(scalar: str) -> list[bytes]:
    """The object files of all entry points, from disk or made now, side by side."""
    names = [name_of(entry, scalar) for entry in ARGUMENTS]
    codes = [kept(name) for name in names]
    missing = [entry for entry, code in zip(ARGUMENTS, codes, strict=True) if code is None]
    if not missing:
        return [code for code in codes if code is not None]
    say_compiling()
    made = dict(zip(missing, _make(missing, scalar), strict=True))
    for entry, code in made.items():
        keep(name_of(entry, scalar), code)
    return [made[entry] if code is None else code for entry, code in zip(ARGUMENTS, codes, strict=True)]


def _make(entries: list[str], scalar: str) -> list[bytes]:
    """The object files of entry points, each from a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment |= {"NUMBA_OPT": "0", "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
    command = [sys.executable, "-m", "qmlops.simulate.kernel.build"]
    building = [
        subprocess.Popen(
            [*command, entry, scalar],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        for entry in entries
    ]
    try:
        made = [process.communicate() for process in building]
    finally:
        for process in building:
            process.kill()
            process.wait()
    for process, (_, told) in zip(building, made, strict=True):
        if process.returncode:
            last = told.decode(errors="replace").strip().splitlines()[-1:] or ["It said nothing."]
            raise BackendError(
                f"The engine could not be compiled: the compiler ended with code {process.returncode}.\n{last[0]}\n"
                "Free some memory and try again, or see `qmlops doctor`."
            )
    return [code for code, _ in made]


_engines: list[Any] = []
"""Machine code lives as long as the engine that it was linked by."""


def _link(entry: str, code: bytes) -> Callable[..., None]:
    from llvmlite import binding as llvm

    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * ARGUMENTS[entry])
    return prototype(engine.get_function_address(entry))
