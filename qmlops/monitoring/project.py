"""All runs and sweeps below a folder, followed as they come, go on, end and disappear."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qmlops.core.budget import Budget
from qmlops.execute.ledger import Entry
from qmlops.monitoring.books import Book
from qmlops.monitoring.follow import Follower, Hear, read_or_empty, unheard
from qmlops.monitoring.scan import Found, Scan
from qmlops.monitoring.spend import Spend, spend_of
from qmlops.monitoring.sweep_view import SweepView, view_of
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import FAILED, RUNS

_LOOK_SECONDS = 0.05
"""One look at events, at most, beside the last file that it reads."""
_NOTHING: list[Entry] = []
_SCAN_SECONDS = 1.0
"""Between two looks for new folders, at journals, and at runs that are not alive."""


class Project:
    """Made without looking; `look` alone reads files and never raises, so that it can stand in a thread of its own.

    `tracks` and `sweeps` are replaced as a whole and never changed, so that another thread may walk them.
    `hear` is called with each event that is read, after its track has taken it.
    """

    def __init__(self, folder: Path = Path(), names: Sequence[str] = (), hear: Hear = unheard) -> None:
        self.folder = folder
        self.names = tuple(names)
        """Runs and sweeps that are followed, as paths below the runs or other ones; all where none is named."""
        self.tracks: dict[str, Track] = {}
        """By name, oldest first."""
        self.sweeps: dict[str, SweepView] = {}
        self.behind = False
        """Whether the last look left something to read: look again at once."""
        self._hear = hear
        self._scan = Scan([self._place(name) for name in names] if names else [folder / RUNS])
        self._found = Found((), (), ())
        self._followers: dict[Path, Follower] = {}
        self._by_name: dict[str, Follower] = {}
        self._round: deque[Follower] = deque()
        """Those that the last look did not come to; of those with a long history to read only one."""
        self._book_of: dict[str, Book] = {}
        self._spends: dict[str, tuple[list[Entry], list[Entry], Budget, int, Spend]] = {}
        self._scanned = float("-inf")

    @property
    def newest(self) -> str | None:
        """The run that was started last."""
        return next(reversed(self.tracks), None)

    def look(self) -> set[str]:
        """Read what is new, for some 0.05 s at most; gives the names of tracks that changed, came or went."""
        now, was_behind = time.monotonic(), self.behind
        every = now - self._scanned >= _SCAN_SECONDS
        changed = set()
        if every:
            self._scanned = now
            changed = self._find() | self._read_books()
        changed |= self._read_events(now + _LOOK_SECONDS, every)
        self.tracks = {item.name: item.track for item in self._followers.values()}
        if every or (was_behind and not self.behind):
            self._view_sweeps()
        return changed

    def look_at_all(self) -> None:
        """Look until nothing is left to read."""
        self.look()
        while self.behind:
            self.look()

    def spend(self, name: str) -> Spend:
        """What the run has spent, and may, as of the last look; nothing of a run that is gone."""
        follower = self._by_name.get(name)
        if follower is None:
            return spend_of(Track(Path(name), name), [])
        book = self._book_of[name]
        own, shared = self.entries(name), book.by_scope.get(follower.scope, _NOTHING)
        asked = own, shared, follower.budget, follower.track.steps
        known = self._spends.get(name)
        if known is None or any(new is not old for new, old in zip(asked, known[:4], strict=True)):
            known = self._spends[name] = (*asked, spend_of(follower.track, own, shared, follower.budget))
        return replace(known[4], problem=book.problem) if book.problem else known[4]

    def entries(self, name: str) -> list[Entry]:
        """The journal's rows of the run, as of the last look."""
        follower = self._by_name.get(name)
        return _NOTHING if follower is None else self._book_of[name].by_run.get(follower.id, _NOTHING)

    def _find(self) -> set[str]:
        """Begin to follow what has come, and leave what is gone; names of these."""
        self._found = self._scan.look()
        before = self._followers
        self._followers = {
            path: before.get(path) or Follower(path, self._name(path), self._hear) for path in self._found.runs
        }
        self._by_name = {item.name: item for item in self._followers.values()}
        return {self._name(path) for path in before.keys() ^ self._followers.keys()}

    def _read_events(self, until: float, every: bool) -> set[str]:
        """Go on with all runs, or with those that are alive; names of what changed.

        A long history comes after what all others have to tell, that of the newest run first.
        """
        changed = set()
        if not self._round:
            runs = reversed(self._followers.values())
            self._round.extend(run for run in runs if (every or run.track.alive) and not run.behind)
            self._round.extend(self._backlog())
        while self._round:
            run = self._round.popleft()
            if run.look():
                changed.add(run.name)
            if time.monotonic() > until:
                break
            self._round.extend(() if self._round else self._backlog())
        self.behind = bool(self._round or self._backlog())
        return changed

    def _backlog(self) -> list[Follower]:
        """The newest of the runs with a long history to read."""
        return [run for run in reversed(self._followers.values()) if run.behind][:1]

    def _read_books(self) -> set[str]:
        """Names of runs whose journal has changed."""
        places = {item.name: item.project(self.folder) for item in self._followers.values()}
        before = {book.path.parent: book for book in self._book_of.values()}
        books = {place: before.get(place) or Book(place) for place in places.values()}
        self._book_of = {name: books[place] for name, place in places.items()}
        read = {place for place, book in books.items() if book.look()}
        return {name for name, place in places.items() if place in read}

    def _view_sweeps(self) -> None:
        self.sweeps = {self._name(folder): self._view(folder) for folder in self._found.sweeps}

    def _view(self, sweep: Path) -> SweepView:
        runs = [run for run in self._followers.values() if run.folder.parent == sweep]
        failed = [path for path in self._found.failures if path.parent == sweep]
        reasons = {self._name(path): str(read_or_empty(path / FAILED).get("error", "")) for path in failed}
        return view_of(self._name(sweep), sweep, runs, reasons)

    def _name(self, path: Path) -> str:
        runs = self.folder / RUNS
        return str(path.relative_to(runs)) if path.is_relative_to(runs) else str(path)

    def _place(self, name: str) -> Path:
        below = self.folder / RUNS / name
        return below if below.exists() else Path(name)
