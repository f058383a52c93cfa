"""Bills that come after their jobs, often when the run has ended: asked for again, in bounded time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmlops.errors import QmlopsError, RunFolderError
from qmlops.execute.ledger import FILE, Entry, entries

if TYPE_CHECKING:
    from qmlops.core.backend import Session

_AWAITED_SECONDS = 14 * 86400.0
"""After the end of a job; a provider that has told no bill by then is not asked any more."""
_BILLED = ("done", "failed", "cancelled", "unreadable")
_SECONDS = 5.0
"""For all questions together; the last one may take as long again."""


def late_bills(run: str | None = None, seconds: float = _SECONDS) -> int:
    """Ask for the bills that a run's jobs, or all of this folder's, still await; gives how many came.

    The newest jobs come first. What cannot be asked, as its key or its package is not here, is
    passed over, and so is a journal that cannot be read or written: those who need it will say so.
    """
    with suppress(RunFolderError, sqlite3.DatabaseError):
        waiting = awaited(entries(Path(FILE), run=run))
        return _told(waiting[::-1], seconds) if waiting else 0
    return 0


def awaited(found: Sequence[Entry]) -> list[Entry]:
    """Jobs that have ended lately, may have cost something, and whose bill has not come."""
    since = time.time() - _AWAITED_SECONDS
    return [
        entry
        for entry in found
        if entry.job and entry.state in _BILLED and not entry.billed and entry.amount != 0.0 and entry.changed > since
    ]


def _told(waiting: Sequence[Entry], seconds: float) -> int:
    from qmlops.execute.bill import billed
    from qmlops.execute.journal import Journal
    from qmlops.execute.journalled import ticket_of

    end, came = time.monotonic() + seconds, 0
    sessions: dict[str, Session | None] = {}
    with closing(Journal(Path())) as journal:
        for entry in waiting:
            if time.monotonic() > end:
                break
            if entry.place not in sessions:
                sessions[entry.place] = _opened(entry, seconds)
            session = sessions[entry.place]
            if session is None:
                continue
            try:
                came += billed(session, journal, entry, ticket_of(entry)).billed
            except QmlopsError:
                sessions[entry.place] = None
    return came


def _opened(entry: Entry, seconds: float) -> Session | None:
    """A session that waits no longer than a person does; None where the backend cannot be made here."""
    from qmlops.pipeline.jobs import backend_of

    try:
        backend: Any = backend_of(entry)
        if backend.missing():
            return None
        hasty = replace(backend, timeout=min(backend.timeout, seconds)) if hasattr(backend, "timeout") else backend
        session: Session = hasty.open()
    except (QmlopsError, ImportError):
        return None
    return session
