"""Where compiled kernels are kept: files that name their sources and this processor, and prove that they are whole."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_DIGEST = 32


def folders() -> list[Path]:
    """The named folder, beside the sources, the user's: the first that can be written is taken."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    user = Path(os.environ.get("XDG_CACHE_HOME") or usual) / "numba"
    return [*([Path(named)] if named else []), _HERE / "__pycache__", user]


@cache
def _origin() -> str:
    """Changes with any file that the kernels are made from, with the compiler and with the processor."""
    import llvmlite
    from llvmlite import binding as llvm

    files = [*sorted((_HERE / "kernel").glob("*.py")), *(_HERE / f"{name}.py" for name in ("part", "stage", "tape"))]
    parts = [file.read_bytes() for file in (*files, _HERE / "machine.py")]
    parts += [
        text.encode()
        for text in (
            llvmlite.__version__,
            llvm.get_process_triple(),
            llvm.get_host_cpu_name(),
            llvm.get_host_cpu_features().flatten(),
        )
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def name_of(entry: str, scalar: str) -> str:
    """The file of an entry point for a scalar type."""
    return f"qmlops-{entry}-{scalar}-{_origin()}.o"


def kept(name: str) -> bytes | None:
    """The content of a file, from any folder; None where it is missing, torn or cannot be read."""
    for folder in folders():
        with suppress(OSError):
            whole = (folder / name).read_bytes()
            content = whole[_DIGEST:]
            if content and hashlib.sha256(content).digest() == whole[:_DIGEST]:
                return content
    return None


def keep(name: str, content: bytes) -> None:
    """Write a file in the first folder that takes it, whole at once; without one, nothing is kept."""
    for folder in folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f"{name}.{os.getpid()}"
            try:
                part.write_bytes(hashlib.sha256(content).digest() + content)
                part.replace(folder / name)
            finally:
                part.unlink(missing_ok=True)
            return
