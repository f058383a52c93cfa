"""The screen without its keys: what is selected, and which panes show it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from qmlops.monitoring.pane import PANES as SIGHTS
from qmlops.monitoring.pane.base import Pane
from qmlops.monitoring.screen.board import Board
from qmlops.monitoring.screen.caption import caption
from qmlops.monitoring.screen.config import Config
from qmlops.monitoring.screen.curves import Curves
from qmlops.monitoring.screen.guide import welcome
from qmlops.monitoring.screen.keys import PANES
from qmlops.monitoring.screen.log import Log
from qmlops.monitoring.screen.news import News
from qmlops.monitoring.screen.reader import Looked, Reader
from qmlops.monitoring.screen.run_table import RunTable
from qmlops.monitoring.screen.runs import ALIVE
from qmlops.monitoring.screen.strip import Head, Hints, Tabs

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_CLOCK_SECONDS = 1.0
_SHARE = 0.08
"""Of the time, that may be spent on showing what has changed: what takes long is shown less often."""
_PAINTING = 3
"""How many times longer it takes to show something than to lay it out, about."""
_MOST_OVERLAID = 12
"""Members of a selected sweep whose curves are drawn."""


class Stage(Screen[None]):
    """Shows a project. Reads no file: its reader does, in a thread, unless nothing is `live`."""

    AUTO_FOCUS = "#runs"

    def __init__(self, project: Project, live: bool) -> None:
        super().__init__()
        self.project, self.live = project, live
        self.reader, self.news = Reader(project, self.post_message), News(time.time())
        self.table, self.curves, self.said, self.config = RunTable(), Curves(), Log(), Config()
        own: dict[str, Pane] = {"curves": self.curves, "log": self.said, "config": self.config}
        self.panes = {name: own.get(name) or SIGHTS[name](id=name) for name in PANES}
        self.head, self.tabs = Head(), Tabs()
        self.board = Board([self.table, *self.panes.values(), self.tabs])
        for pane in (self.table, *self.panes.values()):
            pane.add_class("pane")
        self.active = PANES[0]
        """The pane that keys speak of."""
        self.pinned = False
        """Whether a person has chosen a run; until then the newest is followed."""
        self.overlaid: list[str] = []
        """Runs whose curves are drawn beside those of the selected one."""
        self._due = 0.0
        self._later: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.board
        yield Static(id="welcome")
        yield Hints()
        yield Input(id="ask", compact=True)

    def on_mount(self) -> None:
        caption(self.table, "border_title", RunTable.TITLE)
        self.present()
        if self.live:
            self.reader.start()
            self.set_interval(_CLOCK_SECONDS, self.present)

    def on_unmount(self) -> None:
        self.reader.close()

    @property
    def track(self) -> Track | None:
        """The run that panes show: the selected one, or of a selected sweep one that is alive, or the best."""
        tracks, sweep = self.project.tracks, self.project.sweeps.get(self.table.cursor)
        if sweep is None:
            return tracks.get(self.table.cursor)
        members = [tracks[name] for name in sweep.members if name in tracks]
        alive = [track for track in members if track.state in ALIVE]
        best = [tracks[sweep.best]] if sweep.best in tracks else []
        return next(iter([*alive[::-1], *best, *members[::-1]]), None)

    def on_looked(self, looked: Looked) -> None:
        with self.reader.lock:
            self.table.listing.forget(looked.changed)
            for text, severity in self.news.of(self.project, looked.changed):
                self.notify(text, severity=severity, markup=False)
            if self.news.rings(self.project, looked.changed):
                self.app.bell()
        if self._later is None:
            self._later = self.set_timer(max(self._due - time.monotonic(), 0.001), self.present)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.present)

    def present(self) -> None:
        """Bring everything that is in sight up to what is known by now."""
        if not self.is_mounted:
            return
        if self.reader.failure is not None:
            # A dashboard that is open all day must not go on showing what has long passed.
            raise self.reader.failure
        self._later, began = None, time.thread_time()
        with self.reader.lock:
            self._select()
            track = self.track
            self.board.display = track is not None
            self.query_one("#welcome").display = track is None
            if track is None:
                self.query_one("#welcome", Static).update(welcome(str(self.project.folder.resolve())))
            else:
                self._show(track)
            self._tell_head()
        self._due = time.monotonic() + (time.thread_time() - began) * _PAINTING / _SHARE

    def activate(self, pane: str) -> None:
        """Bring a pane into sight, and let keys speak of it."""
        self.active = pane
        self.board.bring(pane)
        self.call_after_refresh(self.present)

    def _select(self) -> None:
        """Follow the newest run until a person has chosen another; leave what is gone."""
        known = self.table.cursor in self.project.tracks or self.table.cursor in self.project.sweeps
        if not (known and self.pinned):
            self.pinned = False
            self.table.cursor = self.project.newest or ""
        self.overlaid = [name for name in self.overlaid if name in self.project.tracks]

    def _show(self, track: Track) -> None:
        sweep = self.project.sweeps.get(self.table.cursor)
        self.table.overlaid = self.overlaid
        self.curves.overlaid = self.overlaid or (list(sweep.members[:_MOST_OVERLAID]) if sweep else [])
        self.table.show(track, self.project)
        self.board.make_room(len(self.table.rows))
        for name in self._frame():
            self.panes[name].show(track, self.project)

    def _frame(self) -> list[str]:
        """Mark the panes that are in sight, and give their names."""
        plan = self.board.plan()
        front = next((name for name in plan.stack if name in plan.regions), "")
        self.tabs.tell(plan.stack, front)
        self.tabs.set_class(bool(front) and self.panes[front].has_focus, "focused")
        for name, pane in self.panes.items():
            pane.set_class(name == self.active, "active")
            caption(pane, "border_title", "" if name == front else name)
        return [name for name in plan.regions if name in self.panes]

    def _tell_head(self) -> None:
        tracks = self.project.tracks.values()
        alive = sum(track.state in ALIVE for track in tracks)
        clock = time.strftime("%H:%M:%S", time.localtime(time.time()))
        folder = self.project.folder.resolve().name
        self.head.tell(folder, alive, len(tracks), *self.table.listing.spent(), clock)
