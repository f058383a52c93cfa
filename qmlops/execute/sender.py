"""One submission, exactly once: what is sent, what is sent again, and what must never be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from qmlops.core.backend import Session
from qmlops.core.work import Work
from qmlops.errors import Ambiguous, BackendError, BudgetError, JobFailed, RequestError, Unavailable, UnknownJob, Unsent
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import Entry
from qmlops.execute.wait import Pace, Patience

_TRUSTED_SECONDS = 900.0
"""After a request was last tried, for which a provider is trusted to know its token; none says for how long it does."""


@dataclass
class Sender:
    """Takes an intent of the journal to a job at the provider, or to a typed error."""

    session: Session
    journal: Journal
    tell: Callable[[Entry], None]
    pace: Pace
    meanwhile: Callable[[], None]
    """Called before each wait."""
    permitted: Callable[[], None]
    """Called before each attempt: returns when the run may submit, or raises Stopped."""
    affordable: Callable[[Entry], None]
    """Raises BudgetError: since an intent was reserved the budget may have shrunk, or bills may have grown."""

    @property
    def idempotent(self) -> bool:
        """Whether the provider takes requests with an equal token for one."""
        return bool(getattr(self.session, "idempotent", False))

    def _key(self) -> str:
        """Digest of the key that a request is sent with, where the session tells it."""
        identity = getattr(self.session, "identity", None)
        return str(identity()) if identity is not None else ""

    def _repeatable(self, entry: Entry) -> bool:
        """Whether sending once more makes no second job: another account, or a later day, knows no token of ours."""
        fresh = time.time() - entry.changed < _TRUSTED_SECONDS
        return self.idempotent and fresh and json.loads(entry.details).get("key", "") == self._key()

    def send(self, entry: Entry, works: Sequence[Work]) -> Entry:
        """Submit an intent once, and as often again as the provider certainly has nothing of it.

        Raises Unsent, RequestError or BudgetError where it was refused, UnknownJob where nobody can tell.
        """
        patience = Patience(self.pace.patience, self.meanwhile)
        self._prepare(works)
        while True:
            self.permitted()
            try:
                self.affordable(entry)
            except BudgetError as refusal:
                self._refused(entry, "intent", refusal)
                raise
            if not self.journal.claim(entry.token, self._key()):
                return self.settled(entry, works)
            self.tell(self.journal.now(entry.token))
            try:
                return self._accepted(entry, works)
            except Unsent as refusal:
                # Nothing is there, so that a process that dies while it waits may send it again.
                entry = self.journal.move(entry.token, "sending", state="intent", reason=str(refusal))
                self.tell(entry)
                if not (refusal.again and patience.rest(refusal.wait)):
                    self._refused(entry, "intent", refusal)
                    raise
            except RequestError as refusal:
                self._refused(entry, "sending", refusal)
                raise
            except Ambiguous as doubt:
                return self.settled(self.journal.move(entry.token, reason=str(doubt)), works)

    def settled(self, entry: Entry, works: Sequence[Work]) -> Entry:
        """What became of a request whose answer is not known: found at the provider, or UNKNOWN.

        Where equal tokens are one request, it is simply sent once more, soon and with the same key, but
        not where a person or another process has settled it meanwhile.
        """
        known = self.journal.now(entry.token)
        if known.state == "sending":
            known = self._repeated(known, works) if self._repeatable(known) else self._found(known)
        # Another process was sending it and was refused: nothing is there.
        return self.send(known, works) if known.state == "intent" else self._known(known)

    def adopt(self, entry: Entry) -> Entry | None:
        """The entry with the job that carries its token, where the provider has one."""
        ticket = self.session.find(entry.token)
        if ticket is None:
            return None
        adopted = self.journal.accept(ticket, entry.token)
        self.tell(replace(adopted, state="adopted"))
        return adopted

    def _prepare(self, works: Sequence[Work]) -> None:
        """Let a session do what it does before its one request, so that a process that dies in it leaves no doubt."""
        prepare = getattr(self.session, "prepare", None)
        if prepare is not None:
            # What goes wrong here goes wrong again in `submit`, whose errors have an answer.
            with suppress(BackendError, RequestError):
                prepare(works)

    def _accepted(self, entry: Entry, works: Sequence[Work]) -> Entry:
        entry = self.journal.accept(self.session.submit(works, entry.token), entry.token)
        self.tell(entry)
        return entry

    def _repeated(self, entry: Entry, works: Sequence[Work]) -> Entry:
        patience = Patience(self.pace.patience, self.meanwhile)
        self._tell_again(entry)
        while True:
            self.permitted()
            try:
                return self._accepted(entry, works)
            except (Ambiguous, Unsent) as doubt:
                wanted = doubt.wait if isinstance(doubt, Unsent) else None
                if (isinstance(doubt, Unsent) and not doubt.again) or not patience.rest(wanted):
                    raise
                self._tell_again(entry)

    def _tell_again(self, entry: Entry) -> None:
        self.tell(replace(entry, state="repeated"))

    def _found(self, entry: Entry) -> Entry:
        settle = Patience(self.pace.settle, self.meanwhile)
        patience = Patience(self.pace.settle + self.pace.patience, self.meanwhile)
        while True:
            known = self.journal.now(entry.token)
            if known.state != "sending":
                return known
            try:
                adopted = self.adopt(entry)
            except Unavailable:
                if not patience.rest():
                    raise
                continue
            if adopted is not None:
                return adopted
            if not settle.rest():
                break
        reason = f"not listed within {self.pace.settle:.0f} s"
        entry = self.journal.move(entry.token, "sending", state="unknown", reason=reason)
        self.tell(entry)
        return entry

    def _known(self, entry: Entry) -> Entry:
        if entry.state == "unknown":
            raise unknown(entry)
        return entry

    def _refused(self, entry: Entry, was: str, refusal: Exception) -> None:
        told = {"reason": str(refusal), "amount": 0.0, "billed": 1}
        self.tell(self.journal.move(entry.token, was, state="unsent", **told))


def unknown(entry: Entry) -> UnknownJob:
    """The error of a job that may exist or not, with what a person can do."""
    if entry.job:
        return UnknownJob(
            f"{entry.backend} job {entry.job} ({entry.circuits} circuits, {entry.shots} shots) was accepted, and "
            f"{entry.provider} does not show it: {entry.reason}\n"
            "It may be paid, so that it is not sent again by itself. Check that the key is one of the account and "
            "project\n(or instance) that sent it, in the same region, and that the provider has no outage. Then:\n"
            f"  qmlops jobs fetch {entry.token}       ask again and go on with it, as a resume does too\n"
            f"  qmlops jobs adopt {entry.token} JOB   it is there under another name\n"
            f"  qmlops jobs forget {entry.token}      it was deleted before it ran: nothing was spent\n"
            f"  qmlops jobs retry {entry.token}       send it again at the next resume, though it may be paid twice"
        )
    return UnknownJob(
        f"Whether {entry.provider} has the job {entry.token} ({entry.circuits} circuits, {entry.shots} shots on "
        f"{entry.backend}) cannot be found out: it was sent, no answer came, and the job is not listed.\n"
        f"It is not sent again by itself. Look at the provider, with the key and in the region it was sent with:\n"
        f"  qmlops jobs adopt {entry.token} [JOB]   it is there\n"
        f"  qmlops jobs forget {entry.token}        it is not there: nothing was spent\n"
        f"  qmlops jobs retry {entry.token}         send it again, though it may be paid twice"
    )


def unreadable(entry: Entry) -> JobFailed:
    """The error of a job that is done, and perhaps paid for, and gives no results, with what a person can do."""
    return JobFailed(
        f"{entry.backend} job {entry.job} is done, and its results cannot be read: {entry.reason}\n"
        f"It is not sent again by itself:\n"
        f"  qmlops jobs fetch {entry.token}   read them once more, as a resume does too\n"
        f"  qmlops jobs retry {entry.token}   send it again at the next resume, and pay again"
    )
