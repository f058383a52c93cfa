"""Following one run folder: its events as they come, whether anybody carries it out, and its request."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmlops.core.budget import Budget
from qmlops.core.control import commands
from qmlops.core.tail import Tail
from qmlops.errors import RunFolderError
from qmlops.execute.ledger import FILE
from qmlops.monitoring.spend import bounded
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import FAILED, REQUEST, in_use, read_json

_SILENCE_SECONDS = 1.0
"""Without an event, before anybody is asked whether the run still has a process."""
_BYTES = 1 << 18
"""Of one read, some thousand events, so that many runs come forward together."""


class Follower:
    """One run. `look` never raises, takes milliseconds, and disturbs no run."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.track = Track(folder, name)
        self.request: Mapping[str, Any] = read_or_empty(folder / REQUEST)
        self.budget = Budget()
        """That of the config, with what was added to it by commands."""
        self._tail = Tail(folder)
        self._restarts = 0
        self._heard = self._asked = float("-inf")
        self._loaded = False
        self._budgets = -1

    @property
    def behind(self) -> bool:
        """Whether more waits to be read."""
        return self._tail.behind

    def look(self) -> bool:
        """Take in what is new, up to a bound of bytes; gives whether the track has changed."""
        before = self.track.state
        events = self._tail.read(_BYTES)
        if self._tail.restarts != self._restarts:
            self._restarts, self.track = self._tail.restarts, Track(self.folder, self.name)
        for stamped in events:
            self.track.take(stamped)
        now = time.monotonic()
        if events and self._loaded:
            self._heard, self.track.held = now, True
        elif not self.behind and min(now - self._heard, now - self._asked) > _SILENCE_SECONDS:
            self._asked, self._loaded = now, True
            self._ask()
        if events and self.track.budgets != self._budgets:
            self._allowed()
        return bool(events) or self.track.state != before

    def _ask(self) -> None:
        """Whether the run still has a process, where its events do not say that it has ended."""
        if not self.request:
            self.request = read_or_empty(self.folder / REQUEST)
        if self.track.ended is not None:
            return
        self.track.held = in_use(self.folder)
        if not self.track.held and (failed := read_or_empty(self.folder / FAILED)):
            self.track.fail(str(failed.get("error", "")))

    def project(self, default: Path) -> Path:
        """The folder of the run's journal: where it was started, or the default where it was moved."""
        told = Path(str(self.request.get("project", default)))
        return told if (told / FILE).exists() else default

    def _allowed(self) -> None:
        self._budgets = self.track.budgets
        given = [command.values for command in commands(self.folder)[0] if command.name == "budget"]
        self.budget = bounded(self.track.config, given)


def read_or_empty(path: Path) -> Mapping[str, Any]:
    """A JSON file of a run folder; empty where it is missing or damaged."""
    try:
        return read_json(path)
    except (RunFolderError, ValueError, TypeError):
        return {}
