"""All runs and sweeps below a folder, followed as they come, go on, end and disappear."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qmlops.execute.ledger import Entry
from qmlops.monitoring.books import Book
from qmlops.monitoring.follow import Follower
from qmlops.monitoring.scan import Scan
from qmlops.monitoring.spend import Spend, spend_of
from qmlops.monitoring.sweep_view import SweepView, view_of
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import RUNS

_LOOK_SECONDS = 0.1
"""One look, at most, beside the last file that it reads."""
_SCAN_SECONDS = 1.0
"""Between two looks for new folders, at journals, and at runs that have ended."""


class Project:
    """Made without looking; `look` alone reads files, so that it can stand in a thread of its own.

    `tracks` and `sweeps` are replaced as a whole and never changed, so that another thread may walk them.
    """

    def __init__(self, folder: Path = Path(), names: Sequence[str] = ()) -> None:
        self.folder = folder
        self.names = tuple(names)
        """Runs and sweeps that are followed, as paths below the runs or other ones; all where none is named."""
        self.tracks: dict[str, Track] = {}
        """By name, oldest first."""
        self.sweeps: dict[str, SweepView] = {}
        self.behind = False
        """Whether the last look left something to read: look again at once."""
        roots = [self._place(name) for name in names] if names else [folder / RUNS]
        self._scan = Scan(roots)
        self._followers: dict[Path, Follower] = {}
        self._books: dict[Path, Book] = {}
        self._scanned = float("-inf")

    @property
    def newest(self) -> str | None:
        """The run that was started last."""
        return next(reversed(self.tracks), None)

    def look(self) -> set[str]:
        """Read what is new, for about 0.1 s at most; gives the names of tracks that changed, came or went."""
        now = time.monotonic()
        changed: set[str] = set()
        every = now - self._scanned >= _SCAN_SECONDS
        if every:
            self._scanned = now
            changed |= self._find()
        changed |= self._read_events(now + _LOOK_SECONDS, every or self.behind)
        self.tracks = {item.name: item.track for item in self._followers.values()}
        if every:
            changed |= self._read_books()
            self._view_sweeps()
        return changed

    def spend(self, name: str) -> Spend:
        """What the run has spent, and may, as of the last look."""
        follower = self._follower(name)
        book, request = self._book(follower), follower.request
        shared = book.by_scope.get(str(request.get("scope", "")), [])
        spend = spend_of(follower.track, self.entries(name), shared, follower.budget)
        return replace(spend, problem=book.problem) if book.problem else spend

    def entries(self, name: str) -> list[Entry]:
        """The journal's rows of the run, as of the last look."""
        follower = self._follower(name)
        return self._book(follower).by_run.get(str(follower.request.get("id", "")), [])

    def _follower(self, name: str) -> Follower:
        return next(item for item in self._followers.values() if item.name == name)

    def _find(self) -> set[str]:
        """Begin to follow what has come, and leave what is gone."""
        runs, self._sweep_folders = self._scan.look()
        before = self._followers
        self._followers = {path: before.get(path) or Follower(path, self._name(path)) for path in runs}
        return {self._name(path) for path in before.keys() ^ self._followers.keys()}

    def _read_events(self, until: float, every: bool) -> set[str]:
        """Go on with all runs, or with those that have not ended, the newest first; gives which have changed."""
        changed = set()
        self.behind = False
        for item in reversed(self._followers.values()):
            while every or item.track.ended is None or item.behind:
                if item.look():
                    changed.add(item.name)
                if time.monotonic() > until:
                    self.behind = True
                    return changed
                if not item.behind:
                    break
        return changed

    def _read_books(self) -> set[str]:
        """Names of runs whose journal has changed."""
        for item in self._followers.values():
            self._book(item)
        read = {path for path, book in self._books.items() if book.look()}
        return {item.name for item in self._followers.values() if item.project(self.folder) in read}

    def _book(self, follower: Follower) -> Book:
        return self._books.setdefault(place := follower.project(self.folder), Book(place))

    def _view_sweeps(self) -> None:
        followers = self._followers.values()
        self.sweeps = {
            self._name(folder): view_of(
                folder, self._name(folder), [item for item in followers if item.folder.parent == folder]
            )
            for folder in self._sweep_folders
        }

    def _name(self, path: Path) -> str:
        runs = self.folder / RUNS
        return str(path.relative_to(runs)) if path.is_relative_to(runs) else str(path)

    def _place(self, name: str) -> Path:
        below = self.folder / RUNS / name
        return below if below.exists() else Path(name)
