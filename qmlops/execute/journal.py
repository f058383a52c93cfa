"""The journal: every submission to a provider, in one SQLite database a project, written before it happens.

All changes are transactions that are on the disk when they return (synchronous=FULL), so that a
process that is killed at any moment leaves a row that says how far it came.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qmlops.core.budget import Budget, Spent, objections, spent
from qmlops.core.ticket import Cost, Ticket
from qmlops.errors import BudgetError, RunFolderError
from qmlops.execute.disk import file_system, local, prove_locks
from qmlops.execute.ledger import COLUMNS, FILE, SCHEMA, TABLES, Entry, row, totals

_WAIT_SECONDS = 60.0
"""For another process that writes."""
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened or made",
    sqlite3.SQLITE_IOERR: "the disk fails",
    sqlite3.SQLITE_BUSY: f"another process held it for {_WAIT_SECONDS:.0f} s",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is no database",
}


class Journal:
    """One process's connection. Raises RunFolderError where the file cannot be used or trusted."""

    def __init__(self, folder: Path) -> None:
        self.path = folder.resolve() / FILE
        kind, options = file_system(folder)
        with self._explained():
            self._db = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)
            self._change_mode("WAL" if local(kind) else "DELETE")
            self._db.execute("PRAGMA synchronous=FULL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA:
                raise RunFolderError(f"{self.path} was written by a later version of qmlops.\nUse that version.")
            if not local(kind):
                prove_locks(self.path, kind, options)
            if version < SCHEMA:
                self._db.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version={SCHEMA}; COMMIT;")

    def _change_mode(self, mode: str) -> None:
        """SQLite does not wait by itself here for another process that is making the file at this moment."""
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                self._db.execute(f"PRAGMA journal_mode={mode}")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(0.01)

    def close(self) -> None:
        self._db.close()

    def entry(self, token: str) -> Entry | None:
        return self._one("token = ?", token)

    def now(self, token: str) -> Entry:
        """The row of a token that is known to have one."""
        found = self.entry(token)
        assert found is not None
        return found

    def latest(self, origin: str) -> Entry | None:
        """The last attempt at a request."""
        return self._one("origin = ? ORDER BY attempt DESC LIMIT 1", origin)

    def alike(self, content: str) -> list[Entry]:
        """What was measured before of the same content and has results of its own, oldest first."""
        query = f"SELECT {', '.join(COLUMNS)} FROM job WHERE content = ? AND state = 'done' ORDER BY created, token"
        with self._explained():
            return [row(values) for values in self._db.execute(query, [content])]

    def reserve(self, entry: Entry, cost: Cost, budget: Budget) -> None:
        """Write an intent and what it will take, in one transaction over all processes.

        Does nothing where another process has just written it. Raises BudgetError, with nothing
        written, where the scope's budget does not allow it.
        """
        with self._transaction():
            if self.entry(entry.token) is not None:
                return
            told = objections(budget, self._spent(entry.scope), cost, entry.circuits, entry.shots)
            if told:
                raise _refused(entry, told)
            self._insert(entry)

    def affirm(self, entry: Entry, budget: Budget) -> None:
        """Raises BudgetError where the budget, as it is now, does not hold what was reserved for an intent."""
        with self._explained():
            others = spent(totals(self._db, entry.scope, but=entry.token))
        cost = Cost(entry.amount, entry.unit, entry.basis, entry.seconds)
        told = objections(budget, others, cost, entry.circuits, entry.shots)
        if told:
            raise _refused(entry, told)

    def add(self, entry: Entry) -> None:
        """Write a row that takes nothing, unless another process has just written it."""
        with self._transaction():
            if self.entry(entry.token) is None:
                self._insert(entry)

    def claim(self, token: str, key: str = "") -> bool:
        """Mark an intent as being sent, with the digest of a `key` if any; False where it is none any more."""
        details = json.dumps({"key": key} if key else {})
        return self._change(token, {"state": "sending", "details": details}, "state = 'intent'")

    def move(self, token: str, was: str | None = None, **changes: Any) -> Entry:
        """Change a row, and give it back as it is then; one that is not in the state `was` any more stays.

        What one process decides on a state that it has seen, another may have overtaken.
        """
        self._change(token, changes, "1" if was is None else f"state = '{was}'")
        return self.now(token)

    def accept(self, ticket: Ticket, token: str) -> Entry:
        """The provider has the job: from here on it is asked for by its name."""
        details = json.dumps(dict(ticket.details), sort_keys=True)
        return self.move(token, state="queued", job=ticket.job, details=details, reason="")

    def finish(self, token: str, data: bytes) -> Entry:
        """Store results, and say that they are there, in one transaction."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO result VALUES (?, ?)", [token, data])
            self._db.execute("UPDATE job SET state = 'done', changed = ? WHERE token = ?", [time.time(), token])
        return self.now(token)

    def result(self, token: str) -> bytes:
        return bytes(self._value("SELECT data FROM result WHERE token = ?", token))

    def program(self, digest: str) -> bytes:
        return bytes(self._value("SELECT data FROM program WHERE digest = ?", digest))

    def lowering(self, run: str, logical: str, place: str) -> str | None:
        """Digest of what a run made of a program at a place."""
        query = "SELECT lowered FROM lowering WHERE run = ? AND logical = ? AND place = ?"
        with self._explained():
            found = self._db.execute(query, [run, logical, place]).fetchone()
        return None if found is None else str(found[0])

    def keep_lowering(self, run: str, logical: str, place: str, lowered: str, data: bytes) -> None:
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO program VALUES (?, ?)", [lowered, data])
            self._db.execute("INSERT OR REPLACE INTO lowering VALUES (?, ?, ?, ?)", [run, logical, place, lowered])

    def place(self, digest: str) -> str:
        """The configuration of a backend, as JSON."""
        return str(self._value("SELECT data FROM place WHERE digest = ?", digest))

    def keep_place(self, digest: str, data: str) -> None:
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO place VALUES (?, ?)", [digest, data])

    def _spent(self, scope: str) -> Spent:
        return spent(totals(self._db, scope))

    def _insert(self, entry: Entry) -> None:
        values = [getattr(entry, name) for name in COLUMNS]
        self._db.execute(f"INSERT INTO job ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})", values)

    def _change(self, token: str, changes: Mapping[str, Any], condition: str) -> bool:
        changed = {**changes, "changed": time.time()}
        assert set(changed) <= set(COLUMNS)
        columns = ", ".join(f"{name} = ?" for name in changed)
        with self._transaction():
            query = f"UPDATE job SET {columns} WHERE token = ? AND {condition}"
            return self._db.execute(query, [*changed.values(), token]).rowcount == 1

    def _one(self, condition: str, value: str) -> Entry | None:
        with self._explained():
            found = self._db.execute(f"SELECT {', '.join(COLUMNS)} FROM job WHERE {condition}", [value]).fetchone()
        return None if found is None else row(found)

    def _value(self, query: str, key: str) -> Any:
        with self._explained():
            found = self._db.execute(query, [key]).fetchone()
        if found is None:
            raise RunFolderError(f"{self.path} has lost what belongs to {key[:32]}.\nRestore it from a copy.")
        return found[0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and on the disk when it ends; nobody else writes meanwhile."""
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            reason = _REASONS.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
            if reason is None:
                raise
            raise RunFolderError(
                f"The journal {self.path} cannot be used: {reason}.\n"
                "Nothing is submitted without it: mend that, and resume the run."
            ) from error


def _refused(entry: Entry, told: Sequence[tuple[str, str]]) -> BudgetError:
    allow = " ".join(overrides for _, overrides in told)
    size = f"{entry.circuits} circuits, {entry.shots} shots"
    reasons = "; ".join(why for why, _ in told)
    return BudgetError(
        f"The budget does not allow the next request to {entry.backend} ({size}): {reasons}.\n"
        f"Nothing was sent. What would allow this one request: {allow}",
        allow,
    )
