"""What other installed packages bring, by their entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any


def extensions(group: str) -> EntryPoints:
    """The entry points of a group. All packages are read once a process, which takes long."""
    found: EntryPoints = _installed().select(group=group)
    return found


@cache
def _installed() -> Any:
    # Until Python 3.12 it is called SelectableGroups.
    return entry_points()
