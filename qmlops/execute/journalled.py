"""The session of a provider, wrapped: nothing is sent but through the journal and within the budget."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from qmlops.core.account import Account
from qmlops.core.backend import ABILITIES
from qmlops.core.event import JobMoved
from qmlops.core.seed import draw
from qmlops.core.ticket import Cost, Status, Ticket
from qmlops.core.work import Result, Work
from qmlops.errors import BackendError, JobFailed
from qmlops.execute.bill import billed
from qmlops.execute.blob import pack, unpack
from qmlops.execute.identity import described, way_of
from qmlops.execute.intent import Intents, Provider
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import ANSWERED, IN_FLIGHT, Entry, entries
from qmlops.execute.lowering import Lowering
from qmlops.execute.reuse import pooled
from qmlops.execute.sender import Sender, unknown, unreadable
from qmlops.execute.wait import Answer, Pace, asked

_CANCEL_SECONDS = 10.0
"""For a cancellation to be answered: a person waits, and other jobs cost money meanwhile."""


class Journalled:
    """A Session that takes logical works: lowered, answered from the journal, reserved, sent once, stored.

    Nothing is opened, and no key is read, before the first work.
    """

    def __init__(self, backend: Provider, account: Account, pace: Pace) -> None:
        self.backend = backend
        self.account = account
        self.pace = pace
        self.session = backend.open()
        self.place = way_of(backend)
        self._told: dict[str, tuple[str, int | None]] = {}
        account.control.handlers["cancel"] = self._cancel
        for name in ABILITIES:
            if hasattr(self.session, name):
                setattr(self, name, getattr(self.session, name))

    @cached_property
    def journal(self) -> Journal:
        opened = Journal(self.account.folder)
        opened.keep_place(self.place, described(self.backend))
        return opened

    @cached_property
    def lowering(self) -> Lowering:
        return Lowering(self.backend, self.journal, self.account.run, self.place, self.account.once)

    @cached_property
    def intents(self) -> Intents:
        return Intents(self.backend, self.account, self.journal, self.lowering, self.place, self._ask)

    @cached_property
    def sender(self) -> Sender:
        control = self.account.control
        return Sender(self.session, self.journal, self._tell, self.pace, control.look, control.obey, self._affordable)

    def _affordable(self, entry: Entry) -> None:
        self.journal.affirm(entry, self.account.budget)

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        """The requests that the provider's limits allow, as logical works.

        Parts of one work get seeds of their own, or shots drawn by them would be the same in each.
        """
        requests = self.backend.split([self.lowering.lowered(work) for work in works])
        rest = [(work, 0) for work in works if len(work.points)]
        cut: list[list[Work]] = []
        for request in requests:
            cut.append([])
            for part in request:
                work, begin = rest.pop(0)
                end = begin + len(part.points)
                seed = draw(work.seed, "part", begin) if begin else work.seed
                cut[-1].append(replace(work, points=work.points[begin:end], seed=seed))
                if end < len(work.points):
                    rest.insert(0, (work, end))
        return cut

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        """A ticket for what is sent now, was sent before, or needs no sending. `token` names the step.

        Raises BudgetError, UnknownJob, Unsent, Stopped.
        """
        self.account.control.obey()
        entry = self.intents.begun(works, token)
        if entry.state != "done":
            self._tell(entry)
        if entry.state in ("intent", "sending"):
            sent = self.lowering.read(entry.works, [work.points for work in works])
            step = self.sender.send if entry.state == "intent" else self.sender.settled
            entry = step(entry, sent)
        elif entry.state == "unknown":
            self._look(entry)
            entry = self.journal.now(entry.token)
        return ticket_of(entry)

    def find(self, token: str) -> Ticket | None:
        entry = self.journal.entry(token)
        return self.session.find(token) if entry is None else ticket_of(entry)

    def status(self, ticket: Ticket) -> Status:
        """Where a job stands; asks again, within its patience, where the provider does not answer.

        Raises UnknownJob where the provider shows no such job; a later look may find it again.
        """
        self.account.control.look()
        entry = self._entry(ticket)
        if entry.state in (*ANSWERED, "unreadable"):
            return Status("done")
        if entry.state in (*IN_FLIGHT, "unknown"):
            return self._look(entry)
        return Status("cancelled" if entry.state == "cancelled" else "failed", entry.reason)

    def _look(self, entry: Entry) -> Status:
        """Where a job stands at the provider, written down."""
        if entry.state == "unknown" and not entry.job:
            raise unknown(entry)
        status = self._ask(partial(self._state, entry))
        self._note(entry, status)
        return status

    def _state(self, entry: Entry) -> Status:
        """What the provider says of a job.

        One that it does not show is in doubt, and has not failed: with another account's key or in
        another region every job looks like that, and what has failed is sent again.
        """
        try:
            return self.session.status(ticket_of(entry))
        except JobFailed as error:
            doubted = self.journal.move(entry.token, entry.state, state="unknown", reason=str(error))
            self._tell(doubted)
            raise unknown(doubted) from None

    def _note(self, entry: Entry, status: Status) -> None:
        """Write down what was seen, unless another process or a person has moved the job meanwhile."""
        move = partial(self.journal.move, entry.token, entry.state, reason=status.reason)
        if status.state in ("failed", "cancelled"):
            self._bill(move(state=status.state), ticket_of(entry))
        elif status.state != "done" and (status.state, status.place) != (entry.state, entry.queue):
            self._tell(move(state=status.state, queue=status.place))
        elif entry.state == "unknown":
            self._tell(move(state="running"))

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        """From the journal, where they are from the first time on that they were read."""
        entry = self._entry(ticket)
        if entry.state not in ANSWERED:
            entry = self.collect(entry)
        own = [entry.token] if entry.state == "done" else []
        draws = [unpack(self.journal.result(token)) for token in [*json.loads(entry.pooled), *own]]
        return pooled([self.lowering.lowered(work) for work in works], draws)

    def collect(self, entry: Entry) -> Entry:
        """Read the results of a job that is done, store them, and look at the bill.

        Raises JobFailed, and UnknownJob where the provider does not show the job any more. One that stays
        done at the provider is then unreadable, and never sent again by itself.
        """
        ticket, sent = ticket_of(entry), self.lowering.read(entry.works)
        try:
            results = self._ask(partial(self.session.result, ticket, sent))
            if len(results) != len(sent):
                raise JobFailed(f"{entry.backend} job {entry.job} has {len(results)} results of {len(sent)} works.")
        except JobFailed as error:
            status = self._ask(partial(self._state, entry))
            if status.state != "done":
                self._note(entry, status)
                raise
            entry = self._bill(self.journal.move(entry.token, state="unreadable", reason=str(error)), ticket)
            raise unreadable(entry) from None
        return self._bill(self.journal.finish(entry.token, pack(results)), ticket)

    def cancel(self, ticket: Ticket) -> None:
        self._ask(partial(self.session.cancel, ticket))

    def cost(self, ticket: Ticket) -> Cost:
        entry = self._entry(ticket)
        return Cost(entry.amount, entry.unit, entry.basis, entry.seconds)

    def _bill(self, entry: Entry, ticket: Ticket) -> Entry:
        entry = billed(self.session, self.journal, entry, ticket)
        self._tell(entry)
        return entry

    def _cancel(self, values: Mapping[str, Any]) -> str:
        """The command: cancel jobs of this run by the beginning of their token or name."""
        wanted = str(values.get("job", ""))
        chosen = [
            entry
            for entry in entries(self.journal.path, run=self.account.run)
            if entry.job and entry.state in IN_FLIGHT and (entry.token.startswith(wanted) or entry.job == wanted)
        ]
        refused = sum(not self._cancelled(entry) for entry in chosen)
        told = f", and {refused} cannot be: see `qmlops jobs`" if refused else ""
        return f"asked {self.backend.provider} to cancel {len(chosen) - refused} jobs{told}"

    def _cancelled(self, entry: Entry) -> bool:
        """Whether a job took its cancellation; one that did not, as it is done, keeps no other from it."""
        ticket, brief = ticket_of(entry), replace(self.pace, patience=min(self.pace.patience, _CANCEL_SECONDS))
        try:
            asked(partial(self.session.cancel, ticket), brief, self.account.control.look)
        except BackendError:
            return False
        with suppress(BackendError):
            # Once the journal has it as cancelled, a resume sends the work anew and does not fail on it.
            self._note(entry, self._state(entry))
        return True

    def _entry(self, ticket: Ticket) -> Entry:
        found = self.journal.entry(ticket.token)
        if found is None:
            raise JobFailed(f"The journal has no job {ticket.token}.")
        return found

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        return asked(question, self.pace, self.account.control.look)

    def _tell(self, entry: Entry) -> None:
        """Of every move one event, and of every repetition."""
        if entry.state != "repeated" and self._told.get(entry.token) == (entry.state, entry.queue):
            return
        self._told[entry.token] = (entry.state, entry.queue)
        told = (entry.job, entry.token, entry.backend, entry.state, entry.circuits, entry.shots)
        cost = (entry.amount, entry.unit, entry.seconds)
        self.account.emit(JobMoved(*told, entry.reason, entry.queue, *cost))


def ticket_of(entry: Entry) -> Ticket:
    """What an entry is asked for with; its job is empty where nothing was sent."""
    return Ticket(entry.provider, entry.job, entry.token, json.loads(entry.details))
