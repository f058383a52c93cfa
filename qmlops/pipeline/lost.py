"""A run whose jobs the journal has lost, as the file was deleted: to go on would pay for them again unseen."""

from __future__ import annotations

from pathlib import Path

from qmlops.core.event import JobMoved, read
from qmlops.errors import RunFolderError
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import FILE, Entry
from qmlops.pipeline.jobs import listed

_BASIS = "the run's events; the journal was lost"


def refuse_lost(folder: Path, run: str) -> None:
    """Raises RunFolderError where the run has jobs at a provider that this folder's journal does not know."""
    lost = _lost(folder, run)
    if lost:
        places = ", ".join(sorted({moved.backend for _, moved in lost}))
        raise RunFolderError(
            f"{folder} has sent {len(lost)} jobs to {places}, and {Path(FILE).resolve()} does not know them.\n"
            "To go on without it would pay for their work again. Put the journal back from a copy, or accept that:\n"
            f"  qmlops resume {folder} --pay-again"
        )


def give_up(folder: Path, run: str, scope: str) -> None:
    """Note the lost jobs in the journal as given up: what they took stays spent, and their work may be sent again."""
    lost = _lost(folder, run)
    if lost:
        journal = Journal(Path())
        for time, moved in lost:
            journal.add(_given_up(time, moved, run, scope))
        journal.close()


def _lost(folder: Path, run: str) -> list[tuple[float, JobMoved]]:
    """The last that the events tell of each job that the journal does not have, and when."""
    known = {entry.token for entry in listed(run)}
    told: dict[str, tuple[float, JobMoved]] = {}
    for stamped in read(folder):
        moved = stamped.event
        if isinstance(moved, JobMoved) and moved.job and moved.token not in known:
            told[moved.token] = (stamped.time, moved)
    return list(told.values())


def _given_up(time: float, moved: JobMoved, run: str, scope: str) -> Entry:
    return Entry(
        token=moved.token,
        origin=moved.token,
        attempt=0,
        scope=scope,
        run=run,
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
        seconds=None,
        content="",
        draw="",
        each=None,
        pooled="[]",
        created=time,
        changed=time,
        job=moved.job,
        reason=_BASIS,
    )
