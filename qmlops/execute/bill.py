"""What a job cost in the end: the provider's bill in place of the estimate, once there is one."""

from __future__ import annotations

from qmlops.core.backend import Session
from qmlops.core.budget import seconds_of
from qmlops.core.ticket import Ticket
from qmlops.errors import BackendError
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import Entry


def billed(session: Session, journal: Journal, entry: Entry, ticket: Ticket) -> Entry:
    """The entry with what was billed, where the provider tells; the estimate stands otherwise.

    It stands also against a bill in another unit, which no budget could count any more, and the
    time that was reserved stands where the bill tells none.
    """
    try:
        cost = session.cost(ticket)
    except BackendError:
        return entry
    if cost.amount is None or (entry.amount is not None and cost.unit != entry.unit):
        return entry
    told = seconds_of(cost)
    seconds = entry.seconds if told is None else told
    return journal.move(entry.token, amount=cost.amount, unit=cost.unit, basis=cost.basis, seconds=seconds, billed=1)
