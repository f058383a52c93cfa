"""Nothing is sent; the run folder has everything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qmlops.errors import RequestError


@dataclass(frozen=True)
class NoTracker:
    """The run folder is the only record."""

    def follow(self, folder: Path) -> NoTracker:
        return self

    def sync(self, folder: Path) -> str:
        return ""

    def register(self, folder: Path, name: str) -> str:
        raise RequestError("tracker=none has no registry.\nUse tracker=mlflow to register a model.")

    def finish(self) -> str:
        return ""
