"""Jobs at providers, from the journal of the project: looked at, and settled by a person."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from qmlops.config.build import Builder
from qmlops.config.kind import table
from qmlops.core.account import Account
from qmlops.core.backend import Backend
from qmlops.core.ticket import Ticket
from qmlops.errors import ConfigError, JobFailed, RequestError, RunFolderError
from qmlops.execute.connect import connect
from qmlops.execute.journal import Journal
from qmlops.execute.journalled import Journalled, ticket_of
from qmlops.execute.ledger import FILE, IN_DOUBT, IN_FLIGHT, Entry, entries
from qmlops.execute.sender import unknown


def listed(run: str | None = None, in_flight: bool = False, project: Path = Path()) -> list[Entry]:
    """The jobs of a run's id or of all, oldest first; only those that are under way or in doubt, if asked."""
    found = _entries(project, run)
    return [entry for entry in found if not in_flight or entry.state in (*IN_FLIGHT, *IN_DOUBT)]


def find(token: str, project: Path = Path()) -> Entry:
    """The job whose token, or whose name at the provider, begins so. Raises RequestError."""
    every = _entries(project)
    close = [entry for entry in every if entry.token.startswith(token) or entry.job == token]
    if len(close) != 1:
        told = f"fits {len(close)} jobs" if close else "names no job of this folder's journal"
        raise RequestError(f"{token!r} {told}.\nSee `qmlops jobs`.")
    return close[0]


def _entries(project: Path, run: str | None = None) -> list[Entry]:
    try:
        return entries(project / FILE, run=run)
    except sqlite3.DatabaseError as error:
        told = f"The journal {project / FILE} cannot be read: {error}."
        raise RunFolderError(f"{told}\nRestore it from a copy.") from None


def cancel(entry: Entry) -> Entry:
    """Ask the provider to cancel a job. Raises RequestError where there is nothing to cancel."""
    if entry.state == "intent":
        return _settled(entry, "unsent", "cancelled before it was sent", amount=0.0)
    _refuse_unless(entry, entry.job and entry.state in IN_FLIGHT, "cancelled")
    session = _session(entry)
    session.cancel(ticket_of(entry))
    session.status(ticket_of(entry))
    return find(entry.token)


def fetch(entry: Entry) -> Entry:
    """Look at a job once, and store its results where it is done; one in doubt is gone on with where it is seen again.

    Raises JobFailed where it has failed, and UnknownJob where the provider does not show it.
    """
    _refuse_unless(entry, entry.job, "fetched")
    session = _session(entry)
    status = session.status(ticket_of(entry))
    if status.state in ("failed", "cancelled"):
        raise JobFailed(f"{entry.backend} job {entry.job} {status.state}: {status.reason or 'no reason given'}.")
    now = find(entry.token)
    return session.collect(now) if status.state == "done" and now.state in (*IN_FLIGHT, "unreadable") else now


def adopt(entry: Entry, job: str = "") -> Entry:
    """Take a job in doubt for the one that the provider has under its token, or for the one that is named."""
    _refuse_unless(entry, entry.state in ("unknown", "sending"), "adopted")
    session = _session(entry)
    if job:
        ticket = Ticket(entry.provider, job, entry.token, json.loads(entry.details))
        owner = next((other.token for other in listed() if other.job == job and other.token != entry.token), None)
        if owner is not None:
            raise RequestError(f"The job {job} belongs to {owner} already.\nSee `qmlops jobs show {owner}`.")
        # A name that the provider does not know would leave the run waiting for nothing.
        session.session.status(ticket)
        return session.journal.accept(ticket, entry.token)
    found = session.sender.adopt(entry)
    if found is None:
        raise unknown(entry)
    return found


def retry(entry: Entry) -> Entry:
    """Let the run send a job in doubt again; what it took, or what was reserved for it, stays counted as spent."""
    _refuse_unless(entry, entry.state in IN_DOUBT, "sent again")
    return _settled(entry, "retried", "given up; sent again under another token")


def forget(entry: Entry) -> Entry:
    """A person has looked, and the provider has no such job: nothing was spent, and it may be sent again."""
    _refuse_unless(entry, entry.state == "unknown", "forgotten")
    return _settled(entry, "forgotten", "the provider has no such job", amount=0.0)


def rows(found: Sequence[Entry]) -> list[list[str]]:
    """Token, provider's name, place, state, size and money of each job."""
    return [
        [
            *(entry.token[:10], entry.job or "–", entry.backend, entry.step, entry.state),
            *(str(entry.circuits), str(entry.shots)),
            f"{'' if entry.billed else 'about '}{entry.amount:.2f} {entry.unit}"
            if entry.amount is not None
            else "unknown",
        ]
        for entry in found
    ]


def backend_of(entry: Entry) -> Backend:
    """The backend that a job was sent by, as it was configured. Raises RequestError where its kind is not installed."""
    journal = Journal(Path())
    try:
        told = json.loads(journal.place(entry.place))
    finally:
        journal.close()
    kinds = {target: kind for kind, target in table("backend").items()}
    if told["class"] not in kinds:
        raise RequestError(f"The backend {told['class']} is not installed here.\nInstall its package.")
    builder = Builder([])
    built: Backend | None = builder.group("backend", {"kind": kinds[told["class"]], **told["fields"]}, "backend")
    if built is None or builder.mistakes:
        raise ConfigError(builder.mistakes)
    return built


def _session(entry: Entry) -> Journalled:
    session = connect(backend_of(entry), Account(entry.run, entry.scope))
    assert isinstance(session, Journalled)
    return session


def _settled(entry: Entry, state: str, reason: str, **changes: float) -> Entry:
    """The entry in a state that a person gives it, unless its run has overtaken that. Raises RequestError."""
    now = Journal(Path()).move(entry.token, entry.state, state=state, reason=reason, **changes)
    if now.state != state:
        raise RequestError(f"The job {entry.token} is {now.state} now, and stays so.\nSee `qmlops jobs`.")
    return now


def _refuse_unless(entry: Entry, fit: object, what: str) -> None:
    if not fit:
        told = "its provider has never named it" if not entry.job else f"it is {entry.state}"
        raise RequestError(f"The job {entry.token} cannot be {what}: {told}.")
