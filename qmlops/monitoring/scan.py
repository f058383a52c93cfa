"""The runs and sweeps below a folder, found again and again at little cost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qmlops.pipeline.folder import SWEEP, begun, is_run


class Scan:
    """Of some folders: runs, sweeps, or what holds them. A run that is known is not walked through again."""

    def __init__(self, roots: list[Path]) -> None:
        self._roots = roots
        self._runs: dict[Path, int] = {}

    def look(self) -> tuple[list[Path], list[Path]]:
        """Runs that are there, oldest first, and sweeps, by name. Never raises."""
        sweeps: set[Path] = set()
        there = dict.fromkeys(path for root in self._roots for path in self._below(root, sweeps))
        self._runs = {path: self._runs[path] if path in self._runs else begun(path) for path in there}
        return sorted(there, key=lambda path: (self._runs[path], str(path))), sorted(sweeps)

    def _below(self, folder: Path, sweeps: set[Path]) -> Iterator[Path]:
        if is_run(folder):
            yield folder
            return
        try:
            with os.scandir(folder) as found:
                inner = [(item.name, item.is_dir(follow_symlinks=False)) for item in found]
        except OSError:
            return
        if (SWEEP, False) in inner:
            sweeps.add(folder)
        for name, is_folder in inner:
            if is_folder:
                yield from self._below(folder / name, sweeps)
