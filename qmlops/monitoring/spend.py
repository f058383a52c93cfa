"""What a run has spent, what it may spend, and where it will end at this rate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from qmlops.core.budget import Budget, Spent, spent
from qmlops.errors import ConfigError
from qmlops.execute.ledger import FREE, Entry
from qmlops.monitoring.track import Track

_STEP = re.compile(r"(?:step|validation)-(\d+)\b")
"""Names of requests that belong to a step of the training."""


@dataclass(frozen=True)
class Spend:
    """Jobs that certainly took nothing are left out; those under way count as what was reserved for them."""

    usd: float
    unknown: bool
    """Whether some price is not known, or not in USD: then `usd` is less than what was spent."""
    shots: int
    circuits: int
    seconds: float
    """On the machine, where that is known."""
    budget: Budget
    """With what was added to it by commands."""
    forecast_usd: float | None
    """At the last step, where each step costs as the mean step so far; None: no step was paid, or not known."""
    exhausted_at_step: int | None
    """The last step that the budget allows at this rate, where it comes before the last; None: it is enough."""
    billed: bool
    """Whether every amount is the provider's bill, and none an estimate."""
    shared: Spent
    """What all runs with the same budget have taken: a sweep's, or this run alone."""
    problem: str = ""
    """Why the journal cannot be read; what it told before still stands."""


def spend_of(
    track: Track, entries: Sequence[Entry], shared: Sequence[Entry] | None = None, budget: Budget | None = None
) -> Spend:
    """Of a run and its rows of the journal; `shared` are those of its whole sweep, in the same budget."""
    paid = [entry for entry in entries if entry.state not in FREE]
    whole = _taken(paid)
    together = whole if shared is None else _taken([entry for entry in shared if entry.state not in FREE])
    budget = budget or bounded(track.config, ())
    stepped = [(int(found[1]), entry) for entry in paid if (found := _STEP.match(entry.step))]
    done = max((step for step, _ in stepped), default=0)
    training = _taken([entry for _, entry in stepped])
    known = done and track.steps and not whole.unknown
    forecast = whole.usd + training.usd / done * max(track.steps - done, 0) if known else None
    last = _exhausted(budget, together, training, done) if done else None
    return Spend(
        whole.usd,
        whole.unknown,
        whole.shots,
        whole.circuits,
        whole.seconds,
        budget,
        forecast,
        last if last is not None and last < track.steps else None,
        all(entry.billed for entry in paid),
        together,
    )


def bounded(config: Mapping[str, Any], commands: Iterable[Mapping[str, Any]]) -> Budget:
    """The budget of a config, and of the commands after it; one that names no bound changes nothing."""
    names = {item.name for item in fields(Budget)}
    given = config.get("budget")
    budget = Budget()
    for values in (given if isinstance(given, Mapping) else {}, *commands):
        try:
            budget = budget.replaced({name: value for name, value in values.items() if name in names})
        except ConfigError:
            continue
    return budget


def _taken(entries: Iterable[Entry]) -> Spent:
    return spent(
        (entry.unit, entry.amount, entry.circuits, entry.shots, entry.seconds or 0.0, entry.amount or 0.0)
        for entry in entries
    )


def _exhausted(budget: Budget, taken: Spent, training: Spent, done: int) -> int | None:
    """The first of the bounds that the mean step so far runs into; None where there is no bound or no cost."""
    bounds = (
        (budget.usd, taken.usd, training.usd),
        (budget.shots, taken.shots, training.shots),
        (budget.circuits, taken.circuits, training.circuits),
        (None if budget.minutes is None else 60 * budget.minutes, taken.seconds, training.seconds),
    )
    reached = [
        done + max(0, int((most - used) / (each / done) + 1e-9))
        for most, used, each in bounds
        if most is not None and each
    ]
    return min(reached, default=None)
