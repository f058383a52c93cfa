"""A run whose jobs the journal has lost, as the file was deleted: to go on would pay for them again unseen.

Those of other runs of its sweep count too, because all share one budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from qmlops.core.event import JobMoved, read
from qmlops.errors import RunFolderError
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import FILE, Entry
from qmlops.pipeline.account import ids_of
from qmlops.pipeline.folder import REQUEST, read_json
from qmlops.pipeline.jobs import listed

_BASIS = "the run's events; the journal was lost"
_UNNAMED = ("sending", "repeated", "unknown")
"""Last states of jobs that have no name and may be at the provider all the same."""


class Lost(NamedTuple):
    """A job that the journal does not have: the last that the events of its run tell of it, and when."""

    run: str
    time: float
    moved: JobMoved


def refuse_lost(folder: Path, run: str, scope: str) -> None:
    """Raises RunFolderError where the run, or one that shares its budget, has sent what the journal does not know."""
    lost = _lost(folder, run, scope)
    if lost:
        places = ", ".join(sorted({item.moved.backend for item in lost}))
        who = folder if {item.run for item in lost} == {run} else f"The sweep of {folder}"
        raise RunFolderError(
            f"{who} has sent {len(lost)} jobs to {places}, and {Path(FILE).resolve()} does not know them.\n"
            "To go on without it would pay for their work again. Put the journal back from a copy, or accept that:\n"
            f"  qmlops resume {folder} --pay-again"
        )


def give_up(folder: Path, run: str, scope: str) -> None:
    """Note the lost jobs in the journal as given up: what they took stays spent, and their work may be sent again."""
    lost = _lost(folder, run, scope)
    if lost:
        journal = Journal(Path())
        for item in lost:
            journal.add(_given_up(item, scope))
        journal.close()


def _lost(folder: Path, run: str, scope: str) -> list[Lost]:
    """What may be at a provider, of the run and of those that share its budget."""
    found = _missing(folder, run)
    for other, name in _mates(folder, run, scope):
        found += _missing(other, name)
    return found


def _mates(folder: Path, run: str, scope: str) -> Iterator[tuple[Path, str]]:
    """The other runs of a run's sweep, with their ids."""
    for request in sorted(folder.parent.glob(f"*/{REQUEST}")) if scope != run else ():
        with suppress(RunFolderError):
            other, shared = ids_of(read_json(request), request.parent)
            if shared == scope and other != run:
                yield request.parent, other


def _missing(folder: Path, run: str) -> list[Lost]:
    # The journal is read last: a run that is under way writes there first.
    events = ((stamped.time, stamped.event) for stamped in read(folder))
    told = {event.token: Lost(run, time, event) for time, event in events if isinstance(event, JobMoved)}
    sent = [item for item in told.values() if item.moved.job or item.moved.state in _UNNAMED]
    known = {entry.token for entry in listed(run)} if sent else set()
    return [item for item in sent if item.moved.token not in known]


def _given_up(lost: Lost, scope: str) -> Entry:
    moved = lost.moved
    return Entry(
        token=moved.token,
        origin=moved.token,
        attempt=0,
        scope=scope,
        run=lost.run,
        step="lost",
        provider="",
        backend=moved.backend,
        place="",
        state="retried",
        works="[]",
        circuits=moved.circuits,
        shots=moved.shots,
        amount=moved.cost,
        unit=moved.unit,
        basis=_BASIS,
        seconds=moved.seconds,
        content="",
        draw="",
        each=None,
        pooled="[]",
        created=lost.time,
        changed=lost.time,
        job=moved.job,
        reason=_BASIS,
    )
