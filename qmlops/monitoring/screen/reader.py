"""The only one that reads files: a thread that looks at the project, and tells the screen what has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project

SECONDS = 0.25
"""Between two looks."""
_BREATH = 0.02
"""At least, so that the screen comes to its turn."""


class Looked(Message):
    """Something has changed in the files."""

    def __init__(self, changed: frozenset[str]) -> None:
        self.changed = changed
        """Names of runs."""
        super().__init__()


@dataclass
class Reader:
    """Looks four times a second until it is closed. Whoever reads what it wrote holds `lock` meanwhile."""

    project: Project
    tell: Callable[[Looked], object]
    """Is called from the thread."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    _closed: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    failure: Exception | None = None
    """What ended the thread, where something has."""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._follow, name="reader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> None:
        """One look, from any thread."""
        with self.lock:
            changed = self.project.look()
        if changed:
            self.tell(Looked(frozenset(changed)))

    def _follow(self) -> None:
        while not self._closed.is_set():
            began = time.monotonic()
            try:
                self.look()
            except Exception as error:
                self.failure = error
                return
            rest = SECONDS - (time.monotonic() - began)
            self._closed.wait(_BREATH if self.project.behind else max(rest, _BREATH))
