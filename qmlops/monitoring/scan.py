"""The runs and sweeps below a folder, found again and again at little cost."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qmlops.pipeline.folder import FAILED, SWEEP, begun, is_run


@dataclass(frozen=True)
class Found:
    """What is there at one moment."""

    runs: Sequence[Path]
    """Oldest first."""
    sweeps: Sequence[Path]
    """By name."""
    failures: Sequence[Path]
    """Folders of a sweep's runs that failed before they began, by name."""


class Scan:
    """Of some folders: runs, sweeps, or what holds them. A run that is known is not walked through again."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._begun: dict[Path, int] = {}

    def look(self) -> Found:
        """Never raises."""
        kinds: dict[str, set[Path]] = {"run": set(), SWEEP: set(), FAILED: set()}
        for root in self._roots:
            _walk(root, kinds)
        self._begun = {path: self._begun[path] if path in self._begun else begun(path) for path in kinds["run"]}
        runs = sorted(self._begun, key=lambda path: (self._begun[path], str(path)))
        return Found(runs, sorted(kinds[SWEEP]), sorted(kinds[FAILED]))


def _walk(folder: Path, kinds: Mapping[str, set[Path]]) -> None:
    if is_run(folder):
        kinds["run"].add(folder)
        return
    try:
        with os.scandir(folder) as found:
            inner = [(item.name, item.is_dir(follow_symlinks=False)) for item in found]
    except OSError:
        return
    for name, is_folder in inner:
        if is_folder:
            _walk(folder / name, kinds)
        elif name in kinds:
            kinds[name].add(folder)
