"""Is what qmlops stands on there, in versions that fit, and as fast as it can be?"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qmlops.pipeline.doctor.check import Check
from qmlops.pipeline.requirement import packages as needed

LEAST_PYTHON = (3, 11)


def python() -> Iterator[Check]:
    """The interpreter."""
    found = f"{platform.python_version()} in {sys.prefix}"
    if sys.version_info >= LEAST_PYTHON:
        yield Check("python", "ok", found)
    else:
        least = ".".join(str(number) for number in LEAST_PYTHON)
        yield Check("python", "fail", f"{found}; qmlops needs {least}", f"python{least} -m venv .venv")


def packages() -> Iterator[Check]:
    """One check for all packages that fit, and one for each that does not; an absent extra is no fault."""
    wanted = needed()
    wrong = [item for item in wanted if item.remedy and (item.installed or not item.extra)]
    if not wanted:
        yield Check("packages", "warn", "qmlops has no metadata here", "pip install qmlops")
    elif not wrong:
        yield Check("packages", "ok", f"{sum(item.installed is not None for item in wanted)} in range")
    for item in wrong:
        found = f"{item.name} {item.installed} is not {item.allowed}" if item.installed else f"{item.name} is missing"
        yield Check("packages", "warn" if item.extra else "fail", found, item.remedy)


def bytecode() -> Iterator[Check]:
    """Whether imports are kept compiled."""
    if sys.dont_write_bytecode:
        found = "Python keeps no bytecode, so that imports take three times as long"
        yield Check("bytecode", "warn", found, "unset PYTHONDONTWRITEBYTECODE")
    else:
        yield Check("bytecode", "ok", "imports are kept compiled")


def kernels() -> Iterator[Check]:
    """Whether compiled kernels can be kept."""
    places = _kernel_folders()
    kept = next((folder for folder in places if _writable(folder)), None)
    if kept is not None:
        yield Check("kernels", "ok", f"compiled ones are kept in {kept}")
    else:
        found = "no folder for compiled kernels can be written, so that each process compiles again"
        yield Check("kernels", "warn", found, 'export NUMBA_CACHE_DIR="$HOME/.cache/numba"')


def _kernel_folders() -> list[Path]:
    from qmlops.simulate.store import folders

    return folders()


def _writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the nearest one above that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
