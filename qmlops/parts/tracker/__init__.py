"""Where the numbers of a run are sent, besides its own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

KINDS = {
    "none": "qmlops.parts.tracker.none:NoTracker",
    "mlflow": "qmlops.parts.tracker.mlflow:MLflow",
}


class Tracker(Protocol):
    """A reader of run folders."""

    def follow(self, folder: Path) -> Follower:
        """Start sending what a run, or each run of a sweep, writes into its folder."""
        ...

    def sync(self, folder: Path) -> str:
        """Send whatever was not sent yet; gives a line that says where it can be seen."""
        ...

    def register(self, folder: Path, name: str) -> str:
        """Put a run's model into the registry as a new version; gives the URI that loads it."""
        ...


class Follower(Protocol):
    """A sender at work."""

    def finish(self) -> str:
        """Wait until everything is sent; gives the same line as `sync`, or one that says what failed."""
        ...
