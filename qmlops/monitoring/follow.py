"""Following one run folder: its events as they come, whether anybody carries it out, and its request."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qmlops.core.budget import Budget
from qmlops.core.control import commands
from qmlops.core.event import Stamped
from qmlops.core.tail import Tail
from qmlops.errors import RunFolderError
from qmlops.execute.ledger import FILE
from qmlops.monitoring.spend import bounded
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import FAILED, REQUEST, in_use, read_json

Hear = Callable[[Track, Stamped], None]
_SILENCE_SECONDS = 1.0
"""Without an event, before anybody is asked whether the run still has a process."""
_BYTES = 1 << 18
"""Of one read: more than a thousand events, in some hundredths of a second."""
_FIRST_BYTES = 1 << 14
"""Of the first read, so that of many runs all are soon known by what they are."""


def unheard(track: Track, stamped: Stamped) -> None:
    """Tells nobody."""


class Follower:
    """One run. `look` never raises, and disturbs no run."""

    def __init__(self, folder: Path, name: str, hear: Hear = unheard) -> None:
        self.folder, self.name = folder, name
        self.track = Track(folder, name)
        self.budget = Budget()
        """That of the config, with what was added to it by commands."""
        self.request: Mapping[str, Any] = {}
        self.id = ""
        """By which the journal knows the run, as `scope` all runs with the same budget."""
        self.scope = ""
        self._hear = hear
        self._tail = Tail(folder)
        self._restarts = 0
        self._heard = self._asked = float("-inf")
        self._begun = self._loaded = False
        self._budgets = 0
        self._read_request()

    @property
    def behind(self) -> bool:
        """Whether more waits to be read."""
        return self._tail.behind

    def project(self, default: Path) -> Path:
        """The folder of the run's journal: where it was started, or the default where it was moved."""
        told = Path(str(self.request.get("project", default)))
        return told if os.path.exists(told / FILE) else default

    def look(self) -> bool:
        """Take in what is new, up to a bound of bytes; gives whether the track has changed."""
        before = self.track.state
        events = self._tail.read(_BYTES if self._begun else _FIRST_BYTES)
        self._begun = True
        if self._tail.restarts != self._restarts:
            self._restarts, self._budgets = self._tail.restarts, 0
            self.track = Track(self.folder, self.name)
            self._read_request()
        for stamped in events:
            self.track.take(stamped)
            self._hear(self.track, stamped)
        self._judge(bool(events))
        if self.track.budgets != self._budgets:
            self._budgets = self.track.budgets
            self.budget = bounded(self.track.config, self._given())
        return bool(events) or self.track.state != before

    def _given(self) -> list[Mapping[str, Any]]:
        """What commands said of the budget."""
        try:
            return [command.values for command in commands(self.folder)[0] if command.name == "budget"]
        except OSError:
            return []

    def _judge(self, fresh: bool) -> None:
        """Find out whether the run still has a process, where its events do not tell."""
        now = time.monotonic()
        if fresh and self._loaded:
            self._heard, self.track.held = now, True
        elif not self.behind and min(now - self._heard, now - self._asked) > _SILENCE_SECONDS:
            self._asked, self._loaded = now, True
            if not self.request:
                self._read_request()
            if self.track.ended is None:
                self._ask()

    def _ask(self) -> None:
        self.track.held = in_use(self.folder)
        if not self.track.held and (failed := read_or_empty(self.folder / FAILED)):
            self.track.fail(str(failed.get("error", "")))

    def _read_request(self) -> None:
        self.request = read_or_empty(self.folder / REQUEST)
        self.id = str(self.request.get("id", ""))
        self.scope = str(self.request.get("scope", self.id))


def read_or_empty(path: Path) -> Mapping[str, Any]:
    """A JSON file of a run folder; empty where it is missing or damaged."""
    try:
        return read_json(path)
    except (RunFolderError, ValueError, TypeError):
        return {}
