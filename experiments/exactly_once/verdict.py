"""What the storm left: jobs as the doubles, the journal and the events have them, laid beside each other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from experiments.exactly_once.storm import Suffered
from experiments.exactly_once.submitter import token
from qmlops.core.event import JobMoved, of_kind, read
from qmlops.execute.ledger import FILE, entries

_SENDING = ("sending", "repeated")


def judged(suffered: Suffered, jobs: int, folder: Path) -> dict[str, Any]:
    """Counts of one provider. `lost`, `paid_twice`, `stray` and `silent` are what must be 0.

    lost: neither answered nor UNKNOWN, or answered without a job; paid_twice: more jobs than one;
    stray: at the provider, and not asked for; silent: submissions that no event announced.
    """
    told: Any = suffered.told
    held, sent = Counter(told["held"]), Counter(told["sent"])
    wanted = {token(run, number) for run in suffered.runs for number in range(jobs)}
    journal = {entry.token: entry.state for entry in entries(folder / FILE)}
    announced: Counter[str] = Counter()
    adopted = 0
    for run in suffered.runs:
        for event in of_kind(read(folder / run), JobMoved):
            announced[event.token] += event.state in _SENDING
            adopted += event.state == "adopted"
    unknown = [name for name in wanted if journal.get(name) == "unknown"]
    done = [name for name in wanted if journal.get(name) == "done"]
    return {
        "provider": suffered.place.name,
        "jobs": len(wanted),
        "kills": suffered.kills,
        "given_up": suffered.given_up,
        "done": len(done),
        "unknown": len(unknown),
        "unknown_and_there": sum(held[name] > 0 for name in unknown),
        "lost": len(wanted) - len(done) - len(unknown) + sum(held[name] == 0 for name in done),
        "paid_twice": sum(count - 1 for count in held.values()),
        "stray": len(set(held) - wanted),
        "silent": sum(max(0, count - announced[name]) for name, count in sent.items()),
        "submissions": sum(sent.values()),
        "accepted": told["submissions"],
        "adopted": adopted,
        "faults": told["faults"],
    }
