"""The journal as others read it: its tables, a row of them, and what was spent.

Imports only the standard library, so that a reader needs nothing else, and opens the file
read-only: a reader never holds up the run that writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

FILE = "journal.db"
"""In the project's folder, beside `runs`."""
SCHEMA = 1
TABLES = """
CREATE TABLE IF NOT EXISTS job (
    token TEXT PRIMARY KEY, origin TEXT NOT NULL, attempt INTEGER NOT NULL,
    scope TEXT NOT NULL, run TEXT NOT NULL, step TEXT NOT NULL,
    provider TEXT NOT NULL, backend TEXT NOT NULL, place TEXT NOT NULL,
    state TEXT NOT NULL, job TEXT NOT NULL DEFAULT '', details TEXT NOT NULL DEFAULT '{}',
    reason TEXT NOT NULL DEFAULT '', queue INTEGER,
    works TEXT NOT NULL, circuits INTEGER NOT NULL, shots INTEGER NOT NULL,
    amount REAL, unit TEXT NOT NULL, basis TEXT NOT NULL, seconds REAL, billed INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL, draw TEXT NOT NULL, each INTEGER, pooled TEXT NOT NULL DEFAULT '[]',
    created REAL NOT NULL, changed REAL NOT NULL);
CREATE INDEX IF NOT EXISTS job_origin ON job (origin, attempt);
CREATE INDEX IF NOT EXISTS job_scope ON job (scope);
CREATE INDEX IF NOT EXISTS job_content ON job (content, draw);
CREATE TABLE IF NOT EXISTS result (token TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS program (digest TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS lowering (
    run TEXT NOT NULL, logical TEXT NOT NULL, place TEXT NOT NULL, lowered TEXT NOT NULL,
    PRIMARY KEY (run, logical, place));
CREATE TABLE IF NOT EXISTS place (digest TEXT PRIMARY KEY, data TEXT NOT NULL);
"""
IN_FLIGHT = ("intent", "sending", "queued", "running")
"""States from which a job goes on."""
ANSWERED = ("done", "replayed")
"""States that have results."""
FREE = ("unsent", "forgotten", "replayed")
"""States of jobs that took nothing: the provider certainly has none."""
IN_DOUBT = ("unknown", "unreadable")
"""States of jobs that may have been paid and have no result here: a person settles them, and nothing is sent again."""
ENDED = ("unsent", "forgotten", "failed", "cancelled", "retried")
"""States without a result; the same work may be sent again, as a new attempt with a token of its own."""


@dataclass(frozen=True)
class Entry:
    """One submission: a row of the table `job`."""

    token: str
    origin: str
    """The token of the first attempt; equal for all attempts at the same request."""
    attempt: int
    scope: str
    """Which runs share a budget: a sweep's id, or a run's own."""
    run: str
    """The id of the run; `model-…` where a loaded model predicts by itself."""
    step: str
    """Which request of the run, such as `step-3-0`."""
    provider: str
    backend: str
    """The device's name."""
    place: str
    """Digest of the backend's configuration, by which the table `place` has it."""
    state: str
    """intent, sending, queued, running, done, failed, cancelled, replayed, unsent, retried, forgotten, or in doubt."""
    works: str
    """What was sent, as a JSON list: program digest, points, shots, seed, counts kept."""
    circuits: int
    shots: int
    """In all of its circuits together."""
    amount: float | None
    """What was billed, or before that the estimate; None: not known."""
    unit: str
    basis: str
    seconds: float | None
    """Time on the machine, billed or estimated."""
    content: str
    """Digest of what is measured, calibration included, without shots and seed: what may be reused."""
    draw: str
    """Digest of the seeds: the name of the draw."""
    each: int | None
    """Shots of each circuit that were asked for; None: exact values."""
    pooled: str
    """Tokens whose results belong to this one's, a JSON list."""
    created: float
    changed: float
    """Seconds since 1970."""
    job: str = ""
    """The provider's name for it; empty while there is none."""
    details: str = "{}"
    """The ticket's details, a JSON object."""
    reason: str = ""
    queue: int | None = None
    """The place in the provider's queue, 1 is next."""
    billed: int = 0
    """1 once the amount is the provider's own."""


COLUMNS = tuple(item.name for item in fields(Entry))


def row(values: Any) -> Entry:
    """The entry of a row that was selected with COLUMNS."""
    return Entry(*values)


def entries(path: Path, run: str | None = None, scope: str | None = None, wait: float = 10.0) -> list[Entry]:
    """The jobs of a run, of a scope or of all, oldest first; empty where there is no journal.

    Raises sqlite3.DatabaseError for a journal that is damaged, or that another process holds for
    longer than `wait` seconds.
    """
    wanted = {"run": run, "scope": scope}
    given = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(f"{name} = ?" for name in given) or "1"
    query = f"SELECT {', '.join(COLUMNS)} FROM job WHERE {where} ORDER BY created, token"
    with _opened(path, wait) as connection:
        return [] if connection is None else [row(values) for values in connection.execute(query, [*given.values()])]


def bills(path: Path, scope: str) -> list[tuple[str, float | None, int, int]]:
    """What a scope has spent or reserved: unit, amount, circuits and shots, one row a unit.

    An amount is None where a price in it is not known.
    """
    return [values[:4] for values in sums(path, scope)]


def sums(path: Path, scope: str) -> list[tuple[Any, ...]]:
    """What `totals` tells of a scope; empty where there is no journal. Raises sqlite3.DatabaseError."""
    with _opened(path) as connection:
        return [] if connection is None else totals(connection, scope)


def totals(connection: sqlite3.Connection, scope: str, but: str = "") -> list[tuple[Any, ...]]:
    """Unit, amount, circuits, shots and seconds of a scope, one row a unit; in the caller's transaction.

    The job with the token `but` is left out.
    """
    query = (
        "SELECT unit, CASE WHEN COUNT(amount) = COUNT(*) THEN SUM(amount) END, SUM(circuits), SUM(shots),"
        " SUM(COALESCE(seconds, 0)), SUM(COALESCE(amount, 0)) FROM job"
        f" WHERE scope = ? AND token != ? AND state NOT IN ({', '.join('?' * len(FREE))}) GROUP BY unit ORDER BY unit"
    )
    return connection.execute(query, [scope, but, *FREE]).fetchall()


@contextmanager
def _opened(path: Path, wait: float = 10.0) -> Iterator[sqlite3.Connection | None]:
    if not path.exists():
        yield None
        return
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(path.resolve().as_posix())}?mode=ro", uri=True, timeout=wait)
        made = connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'job'").fetchone()[0]
        yield connection if made else None
    finally:
        if connection is not None:
            connection.close()
