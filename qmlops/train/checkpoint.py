"""A checkpoint: the optimizer's state in one file that is replaced whole, and never pickled."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np

from qmlops.errors import RunFolderError
from qmlops.parts.optimizer import State

FILE = "checkpoint.npz"
_MEMORY = "memory."


def save(folder: Path, state: State) -> None:
    """Write the state so that a crash at any moment leaves this one or the last one."""
    arrays = {_MEMORY + name: value for name, value in state.memory.items()}
    buffer = io.BytesIO()
    progress = np.array([state.step, state.done], dtype=np.int64)
    np.savez(buffer, allow_pickle=False, weights=state.weights, progress=progress, **arrays)
    replace_file(folder / FILE, buffer.getvalue())


def load(folder: Path) -> State | None:
    """The last saved state, or None. Raises RunFolderError for a file that was damaged."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            memory = {name[len(_MEMORY) :]: file[name] for name in file.files if name.startswith(_MEMORY)}
            step, done = (int(value) for value in file["progress"])
            return State(file["weights"], step, bool(done), memory)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise RunFolderError(f"{path} is damaged ({error}).\nDelete it to train again from the first step.") from None


def replace_file(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one: fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
