"""The journals of the projects whose runs are followed, read again only when they have changed."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from qmlops.execute.ledger import FILE, Entry, entries

_WAIT_SECONDS = 0.05
"""For a process that holds the journal; what it told before stands meanwhile."""


class Book:
    """The rows of one journal. Never raises; `problem` says why it could not be read."""

    def __init__(self, project: Path) -> None:
        self.path = project / FILE
        self.problem = ""
        self.by_run: dict[str, list[Entry]] = {}
        self.by_scope: dict[str, list[Entry]] = {}
        self._seen: tuple[object, ...] = ()

    def look(self) -> bool:
        """Read what is there where the file has changed; gives whether it was read."""
        seen = tuple(_stamp(self.path.with_name(name)) for name in (FILE, f"{FILE}-wal"))
        if seen == self._seen:
            return False
        try:
            rows = entries(self.path, wait=_WAIT_SECONDS)
        except (sqlite3.Error, OSError) as error:
            self.problem = f"{self.path} cannot be read: {error}"
            return True
        by_run: dict[str, list[Entry]] = {}
        by_scope: dict[str, list[Entry]] = {}
        for entry in rows:
            by_run.setdefault(entry.run, []).append(entry)
            by_scope.setdefault(entry.scope, []).append(entry)
        self._seen, self.problem, self.by_run, self.by_scope = seen, "", by_run, by_scope
        return True


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
